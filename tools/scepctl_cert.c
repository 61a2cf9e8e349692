/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_cert.h"

#include <string.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/hex.h"
#include "base/pem.h"
#include "crypto/certificate.h"
#include "crypto/credential.h"
#include "crypto/name.h"
#include "tools/listing.h"
#include "tools/serial.h"
#include "tools/shown.h"
#include "tools/state.h"

/* First, as state.h wants it. */
struct wishes {
	struct state_wishes state;
	const char *subject;
	const char *limit;
	const char *ca;
	const char *reason;
	bool revoked;
	bool pem;
};

#define OPTION(field) .offset = offsetof(struct wishes, field)

/* CRLReason (RFC 5280 section 5.3.1), without those of CAs and attribute
 * authorities. */
static const struct reason {
	const char *name;
	int number; /* as store_certificate_revoke takes it */
} reasons[] = {
	{ "unspecified", 0 },
	{ "keyCompromise", 1 },
	{ "affiliationChanged", 3 },
	{ "superseded", 4 },
	{ "cessationOfOperation", 5 },
	{ "certificateHold", 6 },
	{ "privilegeWithdrawn", 9 },
	{ "removeFromCRL", -1 },
};

#define REASON_HOLD 6

static const struct wishes *
wishes_of(const struct state_call *call)
{
	return (const struct wishes *)(const void *)call->wishes;
}

static const char *
reason_name(int number)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (reasons[i].number == number)
			return reasons[i].name;
	return "other";
}

static const char *
state_name(const struct stored_certificate *certificate, int64_t now)
{
	if (certificate->revoked_at != 0)
		return certificate->reason == REASON_HOLD ? "hold" : "revoked";
	return certificate->not_after < now ? "expired" : "valid";
}

static void
record_certificate(struct record *record,
    const struct stored_certificate *certificate, int64_t now)
{
	struct buf subject = { 0 };

	name_append_text(&subject, buf_bytes(&certificate->subject));
	record_begin(record);
	record_hex(record, "serial", buf_bytes(&certificate->serial));
	record_text(record, "state",
	    bytes_of_string(state_name(certificate, now)));
	record_text(record, "subject", buf_bytes(&subject));
	record_time(record, "not_before", certificate->not_before);
	record_time(record, "not_after", certificate->not_after);
	if (certificate->revoked_at != 0) {
		record_time(record, "revoked", certificate->revoked_at);
		record_text(record, "reason",
		    bytes_of_string(reason_name(certificate->reason)));
	}
	record_hex(record, "key", buf_bytes(&certificate->key));
	record_hex(record, "authority", buf_bytes(&certificate->authority));
	record_end(record);
	buf_clear(&subject);
}

/* A list, and what is to be in it. */
struct cert_listing {
	struct listing listing;
	const char *subject; /* what it has to contain, or NULL */
	int64_t now;
	int64_t limit;
};

static void
add_row(struct table *table, const struct stored_certificate *certificate,
    struct bytes subject, int64_t now)
{
	struct buf serial = { 0 }, end = { 0 };

	hex_append(&serial, buf_bytes(&certificate->serial));
	shown_append_time(&end, certificate->not_after);
	table_add(table, buf_bytes(&serial));
	table_add(table, bytes_of_string(state_name(certificate, now)));
	table_add(table, buf_bytes(&end));
	table_add(table, subject);
	buf_clear(&serial);
	buf_clear(&end);
}

/* In the C locale: ASCII letters of either case, and no others. */
static bool
list_one(void *context, const struct stored_certificate *certificate)
{
	struct cert_listing *certs = context;
	struct listing *listing = &certs->listing;
	struct buf subject = { 0 };
	bool wanted;

	name_append_text(&subject, buf_bytes(&certificate->subject));
	wanted = certs->subject == NULL ||
	    strcasestr(buf_string(&subject), certs->subject) != NULL;
	if (wanted && listing_next(listing))
		record_certificate(&listing->record, certificate, certs->now);
	else if (wanted)
		add_row(&listing->table, certificate, buf_bytes(&subject),
		    certs->now);
	buf_clear(&subject);
	return (int64_t)listing->count < certs->limit;
}

static enum err
list(const struct state_call *call, struct cert_listing *certs)
{
	static const char *const head[] = { "SERIAL", "STATE", "NOT AFTER",
		"SUBJECT" };
	const struct certificate_filter filter = {
		.revoked_only = wishes_of(call)->revoked
	};
	enum err err;

	listing_begin(&certs->listing, call->output, call->wishes->json, head,
	    COUNT(head));
	err = store_certificate_list(call->store, &filter, INT64_MAX, list_one,
	    certs);
	listing_end(&certs->listing);
	return err;
}

static enum err
run_list(const struct state_call *call)
{
	const struct wishes *wishes = wishes_of(call);
	struct cert_listing certs = {
		.subject = wishes->subject,
		.now = clock_now(),
		.limit = INT64_MAX,
	};
	enum err err = ERR_OK;

	if (wishes->limit != NULL)
		err = state_number("--limit", wishes->limit, &certs.limit,
		    call->problems);
	return err == ERR_OK ? list(call, &certs) : err;
}

/* Appends what the store knows the CA of a file by. */
static enum err
read_authority(const struct state_call *call, struct buf *authority)
{
	const struct provider *provider = provider_find("gnutls");
	struct certificate *ca = NULL;
	uint8_t hash[STORE_HASH_SIZE];
	size_t count;
	enum err err;

	if (provider == NULL) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "GnuTLS can't be used on this machine");
		return ERR_CONFIGURATION;
	}
	err = certificates_load(wishes_of(call)->ca, &ca, 1, &count,
	    call->problems);
	if (err != ERR_OK)
		return err;
	provider_digest(provider, DIGEST_SHA256, &ca->spki, 1, hash);
	buf_append(authority, BYTES_ARRAY(hash));
	certificate_free(ca);
	return ERR_OK;
}

/* Who has issued a certificate of this serial number. */
struct search {
	struct bytes serial;
	struct buf authority; /* of the first one */
	size_t count;
};

static bool
search_one(void *context, const struct stored_certificate *certificate)
{
	struct search *search = context;

	if (!bytes_equal(buf_bytes(&certificate->serial), search->serial))
		return true;
	if (search->count == 0)
		buf_append(&search->authority,
		    buf_bytes(&certificate->authority));
	return ++search->count < 2;
}

/* Looks at them all: serial numbers are indexed below their CA alone. */
static enum err
search_authority(const struct state_call *call, struct bytes serial,
    struct buf *authority)
{
	const struct certificate_filter filter = { 0 };
	struct search search = { .serial = serial };
	enum err err = store_certificate_list(call->store, &filter, INT64_MAX,
	    search_one, &search);

	if (err == ERR_OK && search.count > 1) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "several CAs have a certificate of this serial number; "
		    "name one by --ca FILE.pem");
		err = ERR_CONFIGURATION;
	}
	if (err == ERR_OK)
		buf_append(authority, buf_bytes(&search.authority));
	buf_clear(&search.authority);
	return err;
}

/* The certificate that the operand names. */
static enum err
get(const struct state_call *call, struct stored_certificate *certificate)
{
	struct buf serial = { 0 }, authority = { 0 };
	enum err err = serial_read(call->operand, &serial, call->problems);

	if (err == ERR_OK && wishes_of(call)->ca != NULL)
		err = read_authority(call, &authority);
	else if (err == ERR_OK)
		err = search_authority(call, buf_bytes(&serial), &authority);
	if (err == ERR_OK)
		err = store_certificate_get(call->store, buf_bytes(&authority),
		    buf_bytes(&serial), certificate);
	if (err == ERR_STORE_NONE)
		problem_add(call->problems, PROBLEM_ERROR,
		    "there is no certificate %s", call->operand);
	buf_clear(&serial);
	buf_clear(&authority);
	return err;
}

static enum err
append_pem(const struct state_call *call,
    const struct stored_certificate *certificate)
{
	if (certificate->der.size > 0) {
		pem_append(call->output, "CERTIFICATE",
		    buf_bytes(&certificate->der));
		return ERR_OK;
	}
	problem_add(call->problems, PROBLEM_ERROR,
	    "certificate %s is not signed yet, or only its serial number is "
	    "known",
	    call->operand);
	return ERR_STORE_NONE;
}

static enum err
run_show(const struct state_call *call)
{
	struct record record = { .to = call->output,
		.json = call->wishes->json };
	struct stored_certificate certificate = { 0 };
	enum err err = get(call, &certificate);

	if (err == ERR_OK && wishes_of(call)->pem)
		err = append_pem(call, &certificate);
	else if (err == ERR_OK) {
		record_certificate(&record, &certificate, clock_now());
		buf_append_string(call->output, record.json ? "\n" : "");
	}
	stored_certificate_clear(&certificate);
	return err;
}

static enum err
find_reason(const struct state_call *call, int *number)
{
	const char *name = wishes_of(call)->reason;
	struct buf text = { 0 };

	*number = 0;
	if (name == NULL)
		return ERR_OK;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		if (bytes_equal_string_nocase(bytes_of_string(name),
			reasons[i].name)) {
			*number = reasons[i].number;
			buf_clear(&text);
			return ERR_OK;
		}
		buf_printf(&text, "%s%s", i > 0 ? ", " : "", reasons[i].name);
	}
	problem_add(call->problems, PROBLEM_ERROR,
	    "--reason \"%s\": is unknown; choose one of %s", name,
	    buf_string(&text));
	buf_clear(&text);
	return ERR_CONFIGURATION;
}

/* Who is revoked for good would come back by way of a hold. */
static enum err
revoke(const struct state_call *call,
    const struct stored_certificate *certificate, int reason)
{
	enum err err = ERR_STORE_NONE;

	if (reason == REASON_HOLD && certificate->revoked_at != 0 &&
	    certificate->reason != REASON_HOLD) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "certificate %s is revoked for good, and can't be put on "
		    "hold",
		    call->operand);
		return err;
	}
	err = store_certificate_revoke(call->store,
	    buf_bytes(&certificate->authority), buf_bytes(&certificate->serial),
	    reason, clock_now());
	if (err == ERR_STORE_NONE)
		problem_add(call->problems, PROBLEM_ERROR,
		    "certificate %s is not on hold", call->operand);
	return err;
}

static enum err
run_revoke(const struct state_call *call)
{
	struct stored_certificate certificate = { 0 };
	int reason;
	enum err err = find_reason(call, &reason);

	if (err == ERR_OK)
		err = get(call, &certificate);
	if (err == ERR_OK)
		err = revoke(call, &certificate, reason);
	if (err == ERR_OK && reason < 0)
		buf_printf(call->output, "certificate %s is valid again\n",
		    call->operand);
	else if (err == ERR_OK)
		buf_printf(call->output, "certificate %s is revoked: %s\n",
		    call->operand, reason_name(reason));
	stored_certificate_clear(&certificate);
	return err;
}

static enum err
run_allow(const struct state_call *call)
{
	struct stored_certificate certificate = { 0 };
	enum err err = get(call, &certificate);

	if (err == ERR_OK)
		err = store_key_allow(call->store, buf_bytes(&certificate.key),
		    clock_now());
	if (err == ERR_OK)
		buf_printf(call->output,
		    "the key of certificate %s may get certificates\n",
		    call->operand);
	stored_certificate_clear(&certificate);
	return err;
}

#define CA_ROW \
	{ \
		"ca", "FILE", OPTION(ca), \
		    "the certificate of the CA, as PEM, where several\n" \
		    "have issued one of this serial number" \
	}

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

static const struct options_row revoke_options[] = {
	{ "reason", "REASON", OPTION(reason),
	    "unspecified (the default), keyCompromise,\n"
	    "affiliationChanged, superseded, certificateHold,\n"
	    "cessationOfOperation, privilegeWithdrawn; or\n"
	    "removeFromCRL, which ends a certificateHold" },
	CA_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row allow_options[] = {
	CA_ROW,
	STATE_OPTION_ROWS,
};

static const struct state_action actions[] = {
	{ "list", NULL, "list the certificates that are remembered",
	    list_options, run_list },
	{ "show", "SERIAL", "show all that is known of a certificate",
	    show_options, run_show },
	{ "revoke", "SERIAL", "revoke a certificate, or end its hold",
	    revoke_options, run_revoke },
	{ "allow", "SERIAL", "let the key of a revoked certificate have others",
	    allow_options, run_allow },
	{ 0 },
};

enum err
scepctl_cert(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	const struct state_command command = { "cert", actions };
	struct options_words words = { argv, (size_t)argc };
	struct wishes wishes = { 0 };

	return state_run(&command, words, &wishes, output, problems);
}
