/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/pending_asked.h"

#include "crypto/csr.h"
#include "crypto/extension.h"
#include "crypto/oid.h"
#include "policy/challenge_names.h"
#include "policy/held.h"
#include "tools/serial.h"

/* Until then it is remembered of each that is a renewal which it renews. */
#define UNDECIDED \
	(1U << TRANSACTION_HELD | 1U << TRANSACTION_APPROVED | \
	    1U << TRANSACTION_SUBMITTED)

/* A name is a stranger's: it must not look like two. */
static void
append_escaped(struct buf *to, struct bytes name)
{
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] == ',' || name.data[i] == '\\')
			buf_append_octet(to, '\\');
		buf_append_octet(to, name.data[i]);
	}
}

static void
record_texts(struct record *record, const char *field,
    const struct challenge_texts *texts)
{
	struct buf line = { 0 };

	for (size_t i = 0; i < texts->count; i++) {
		if (i > 0)
			buf_append_string(&line, ", ");
		append_escaped(&line, buf_bytes(&texts->items[i]));
	}
	if (texts->count == 0 && !record->json)
		buf_append_string(&line, "none");
	record_text(record, field, buf_bytes(&line));
	buf_clear(&line);
}

/* The names in a subjectAltName, or nothing. */
static void
record_names(struct record *record, const char *field, struct bytes subject,
    struct bytes alt_names)
{
	struct challenge_names names;
	struct buf extensions = { 0 };
	size_t list = der_open(&extensions, DER_SEQUENCE);

	if (alt_names.size > 0)
		extension_append(&extensions, OID_SUBJECT_ALT_NAME, false,
		    alt_names);
	der_close(&extensions, list);
	challenge_names_read(subject, buf_bytes(&extensions), &names);
	if (names.is_readable)
		record_texts(record, field, &names.alternative);
	else
		record_unknown(record, field);
	challenge_names_clear(&names);
	buf_clear(&extensions);
}

static void
record_request(struct record *record, const struct transaction *transaction,
    const struct profile_request *request)
{
	bool is_renewal = transaction->renews_serial.size > 0;

	record_names(record, "san", request->subject, request->alt_names);
	if (request->names_are_settled)
		record_text(record, "names",
		    BYTES_LITERAL("those of the certificate that it renews"));
	else if (request->names_are_vouched)
		record_text(record, "names",
		    BYTES_LITERAL("those that its challenge is for"));
	if (request->days != 0)
		record_number(record, "days", request->days);
	if ((1U << transaction->state & UNDECIDED) != 0)
		record_text(record, "renewal",
		    bytes_of_string(is_renewal ? "yes" : "no"));
}

/* As it came, where nothing else is kept. */
static void
record_csr(struct record *record, const struct transaction *transaction)
{
	const struct provider *provider = provider_find("gnutls");
	struct profile_request request;
	struct csr *csr = NULL;

	if (transaction->csr.size == 0 || provider == NULL ||
	    csr_read(provider, buf_bytes(&transaction->csr), &csr) != ERR_OK)
		return;
	request = profile_request_of(csr);
	record_request(record, transaction, &request);
	csr_free(csr);
}

static void
record_certificate(struct record *record, struct bytes der)
{
	struct certificate *certificate = NULL;
	struct bytes names = bytes_of(NULL, 0);

	if (der.size == 0 || certificate_read(der, &certificate) != ERR_OK)
		return;
	(void)extensions_find(certificate->extensions, OID_SUBJECT_ALT_NAME,
	    &names);
	record_name(record, "cert_subject", certificate->subject);
	record_hex(record, "cert_serial", serial_number(certificate->serial));
	record_names(record, "cert_san", certificate->subject, names);
	certificate_free(certificate);
}

void
pending_record_asked(struct record *record,
    const struct transaction *transaction)
{
	struct profile_request request;

	if (held_read(buf_bytes(&transaction->request), &request) == ERR_OK)
		record_request(record, transaction, &request);
	else
		record_csr(record, transaction);
	record_certificate(record, buf_bytes(&transaction->certificate));
}
