/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/count.h"
#include "base/pem.h"
#include "crypto/cms_certs.h"
#include "tools/cert.h"
#include "tools/exported.h"

/* Certificates that are to be written. Views. */
struct bundle {
	struct bytes certificates[KNOWN_CA_MAX + 1];
	size_t count;
};

static void
append_pem(struct buf *to, const struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->count; i++)
		pem_append(to, "CERTIFICATE", bundle->certificates[i]);
}

static void
append_der(struct buf *to, const struct bundle *bundle)
{
	buf_append(to, bundle->certificates[0]);
}

static void
append_p7b(struct buf *to, const struct bundle *bundle)
{
	cms_certs_append(to, bundle->certificates, bundle->count);
}

static const struct form {
	const char *name;
	void (*append)(struct buf *to, const struct bundle *bundle);
	size_t limit; /* of certificates */
	bool binary;
} forms[] = {
	{ "pem", append_pem, SIZE_MAX, false },
	{ "der", append_der, 1, true },
	{ "p7b", append_p7b, SIZE_MAX, true },
};

static enum err
find_form(const struct state_call *call, const struct form **form)
{
	const char *name = cert_wishes(call)->form;

	*form = &forms[0];
	if (name == NULL)
		return ERR_OK;
	for (size_t i = 0; i < COUNT(forms); i++) {
		*form = &forms[i];
		if (bytes_equal_string(bytes_of_string(name), forms[i].name))
			return ERR_OK;
	}
	problem_add(call->problems, PROBLEM_ERROR,
	    "--form \"%s\": is unknown; choose one of pem, der, p7b", name);
	return ERR_CONFIGURATION;
}

static enum err
check_form(const struct state_call *call, const struct form *form, size_t count)
{
	if (count > form->limit) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "--form %s has room for one certificate; choose pem or p7b",
		    form->name);
		return ERR_CONFIGURATION;
	}
	return ERR_OK;
}

static enum err
write_bundle(const struct state_call *call, const struct bundle *bundle)
{
	const struct form *form;
	struct buf contents = { 0 };
	enum err err = find_form(call, &form);

	if (err == ERR_OK)
		err = check_form(call, form, bundle->count);
	if (err == ERR_OK)
		form->append(&contents, bundle);
	if (err == ERR_OK)
		err = exported_write(call, buf_bytes(&contents), form->binary,
		    cert_wishes(call)->out);
	buf_clear(&contents);
	return err;
}

/* That of the CA, and those above it. */
static void
add_chain(struct bundle *bundle, const struct known_ca *authority)
{
	for (size_t i = 0; i < authority->count; i++)
		bundle->certificates[bundle->count++] =
		    buf_bytes(&authority->certificates[i]->der);
}

static enum err
add_issuer(const struct state_call *call, const struct known_cas *cas,
    struct bundle *bundle)
{
	struct certificate *certificate = NULL;
	const struct known_ca *issuer;
	enum err err = certificate_read(bundle->certificates[0], &certificate);

	if (err != ERR_OK)
		return err;
	issuer = known_cas_issuer(cas, certificate);
	certificate_free(certificate);
	if (issuer != NULL) {
		add_chain(bundle, issuer);
		return ERR_OK;
	}
	problem_add(call->problems, PROBLEM_ERROR,
	    "none of the CAs that are known has issued it; name its CA by "
	    "--ca FILE");
	return ERR_FILE;
}

static enum err
export_with_chain(const struct state_call *call, struct bundle *bundle)
{
	struct known_cas cas = { 0 };
	enum err err = cert_load_cas(call, &cas);

	if (err == ERR_OK)
		err = add_issuer(call, &cas, bundle);
	if (err == ERR_OK)
		err = write_bundle(call, bundle);
	known_cas_clear(&cas);
	return err;
}

static enum err
find_by_serial(const struct state_call *call, struct buf *der)
{
	struct stored_certificate certificate = { 0 };
	enum err err = cert_find(call, true, &certificate);

	if (err == ERR_OK)
		buf_append(der, buf_bytes(&certificate.der));
	stored_certificate_clear(&certificate);
	return err;
}

static enum err
find_by_request(const struct state_call *call, struct buf *der)
{
	struct transaction transaction = { 0 };
	int64_t number;
	enum err err = state_number("--request", cert_wishes(call)->request,
	    &number, call->problems);

	if (err != ERR_OK)
		return err;
	err = store_get(call->store, number, &transaction);
	if (err == ERR_STORE_NONE)
		problem_add(call->problems, PROBLEM_ERROR,
		    "there is no request %lld", (long long)number);
	else if (err == ERR_OK)
		buf_append(der, buf_bytes(&transaction.certificate));
	transaction_clear(&transaction);
	return err;
}

static enum err
find(const struct state_call *call, struct buf *der)
{
	bool by_request = cert_wishes(call)->request != NULL;
	enum err err;

	if (by_request == (call->operand != NULL)) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "name one certificate, by SERIAL or by --request NUMBER");
		return ERR_CONFIGURATION;
	}
	err = by_request ? find_by_request(call, der) :
			   find_by_serial(call, der);
	if (err != ERR_OK || der->size > 0)
		return err;
	problem_add(call->problems, PROBLEM_ERROR,
	    by_request ?
		"the request has no certificate" :
		"the certificate is not signed yet, or only its serial number "
		"is known");
	return ERR_STORE_NONE;
}

enum err
cert_export(const struct state_call *call)
{
	struct bundle bundle = { .count = 1 };
	struct buf der = { 0 };
	enum err err = find(call, &der);

	bundle.certificates[0] = buf_bytes(&der);
	if (err == ERR_OK && cert_wishes(call)->chain)
		err = export_with_chain(call, &bundle);
	else if (err == ERR_OK)
		err = write_bundle(call, &bundle);
	buf_clear(&der);
	return err;
}

enum err
cert_chain(const struct state_call *call)
{
	struct known_cas cas = { 0 };
	struct bundle bundle = { 0 };
	enum err err = cert_load_cas(call, &cas);

	if (err == ERR_OK && cas.count > 1) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "the configuration has several CAs; name one by --ca FILE");
		err = ERR_CONFIGURATION;
	}
	if (err == ERR_OK) {
		add_chain(&bundle, &cas.items[0]);
		err = write_bundle(call, &bundle);
	}
	known_cas_clear(&cas);
	return err;
}
