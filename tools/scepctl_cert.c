/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_cert.h"

#include "tools/cert.h"

#define OPTION(field) .offset = offsetof(struct cert_wishes, field)

#define CA_ROW \
	{ \
		"ca", "FILE", OPTION(ca), \
		    "the certificate of the CA, as PEM, where several\n" \
		    "have issued one of this serial number" \
	}

/* Of those that have to know who issued it. */
#define ISSUER_ROW \
	{ \
		"ca", "FILE", OPTION(ca), \
		    "the CA certificate, as PEM, and behind it those\n" \
		    "above it; by default those of the configuration" \
	}

/* A table reads best as one. */
/* clang-format off */
#define FORM_ROWS \
	{ "form", "FORM", OPTION(form), \
	    "pem (the default), der, or p7b (PKCS#7, binary)" }, \
	{ "out", "FILE", OPTION(out), \
	    "write a new file instead of standard output" }
/* clang-format on */

static const struct options_row list_options[] = {
	{ "revoked", NULL, OPTION(revoked), "only those that are revoked" },
	{ "subject", "TEXT", OPTION(subject),
	    "only those whose subject has this in it" },
	{ "limit", "N", OPTION(limit), "at most so many, the oldest" },
	STATE_JSON_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row show_options[] = {
	{ "pem", NULL, OPTION(pem), "print the certificate itself" },
	STATE_JSON_ROW,
	CA_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row export_options[] = {
	FORM_ROWS,
	{ "chain", NULL, OPTION(chain),
	    "behind it the CA's certificate and those above" },
	{ "request", "NUMBER", OPTION(request),
	    "the certificate that this request got" },
	ISSUER_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row chain_options[] = {
	FORM_ROWS,
	ISSUER_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row revoke_options[] = {
	{ "reason", "REASON", OPTION(reason),
	    "unspecified (the default), keyCompromise,\n"
	    "affiliationChanged, superseded, certificateHold,\n"
	    "cessationOfOperation, privilegeWithdrawn; or\n"
	    "removeFromCRL, which ends a certificateHold" },
	{ "file", "FILE", OPTION(file),
	    "the certificate itself, as PEM or DER, which need\n"
	    "not be known here" },
	{ "ca", "FILE", OPTION(ca),
	    "the certificate of the CA, as PEM: where several\n"
	    "have issued one of this serial number, or it is\n"
	    "not known here" },
	STATE_OPTION_ROWS,
};

static const struct options_row allow_options[] = {
	CA_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row import_options[] = {
	ISSUER_ROW,
	{ "revoked", "REASON", OPTION(reason),
	    "they are revoked, for this reason" },
	{ "revoked-at", "DATE", OPTION(revoked_at),
	    "since 2026-11-22 or 2026-11-22T08:30:00Z; by\n"
	    "default since now" },
	STATE_JSON_ROW,
	STATE_OPTION_ROWS,
};

static const struct state_action actions[] = {
	{ "list", NULL, "list the certificates that are remembered",
	    list_options, cert_list, STATE_WHOLE },
	{ "show", "SERIAL", "show all that is known of a certificate",
	    show_options, cert_show, STATE_WHOLE },
	{ "export", "[SERIAL]", "write a certificate, with its chain or alone",
	    export_options, cert_export, STATE_WHOLE },
	{ "chain", NULL, "write the CA's certificate and those above it",
	    chain_options, cert_chain, STATE_UNOPENED },
	{ "revoke", "[SERIAL]", "revoke a certificate, or end its hold",
	    revoke_options, cert_revoke, STATE_WHOLE },
	{ "allow", "SERIAL", "let the key of a revoked certificate have others",
	    allow_options, cert_allow, STATE_WHOLE },
	{ "import", "FILE...", "add certificates that were issued elsewhere",
	    import_options, cert_import, STATE_PARTLY },
	{ 0 },
};

enum err
scepctl_cert(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	const struct state_command command = { "cert", actions };
	struct options_words words = { argv, (size_t)argc };
	struct cert_wishes wishes = { 0 };

	return state_run(&command, words, &wishes, output, problems);
}
