/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/prepared.h"

#include "policy/whole.h"
#include "scep/books.h"

/* What the store finds a certificate by; views into the TBSCertificate and
 * `hashes`. */
static enum err
record_of(const struct pki_operation *operation, struct bytes tbs,
    struct record_hashes *hashes, struct certificate_record *record)
{
	struct certificate certificate;
	enum err err = certificate_view_tbs(tbs, &certificate);

	if (err != ERR_OK)
		return err;
	*record = authority_record(operation->authority,
	    operation->endpoint->provider, &certificate, hashes);
	return ERR_OK;
}

enum err
prepared_make(struct pki_operation *operation, struct prepared *prepared)
{
	enum err err = books_reserve_serial(operation->endpoint,
	    operation->authority, &prepared->made.serial);

	if (err == ERR_OK)
		err = backend_prepare(operation->authority->backend,
		    operation->verdict.authorisation, operation->now,
		    &prepared->made);
	if (err == ERR_OK)
		err = record_of(operation, buf_bytes(&prepared->made.tbs),
		    &prepared->hashes, &prepared->record);
	buf_append(&operation->header.detail,
	    buf_bytes(&prepared->made.detail));
	return err;
}

void
prepared_clear(struct prepared *prepared)
{
	buf_clear(&prepared->made.serial);
	buf_clear(&prepared->made.tbs);
	buf_clear(&prepared->made.detail);
}

bool
prepared_by_ca(const struct pki_operation *operation)
{
	return backend_requests(operation->authority->backend) !=
	    BACKEND_REQUESTS_NONE;
}

enum err
prepared_check_whole(const struct pki_operation *operation,
    const struct csr *csr)
{
	static const enum whole_part parts[] = {
		[BACKEND_REQUESTS_READ] = WHOLE_SUBJECT,
		[BACKEND_REQUESTS_NAMES] = WHOLE_NAMES,
		[BACKEND_REQUESTS_COPIED] = WHOLE_EXTENSIONS,
	};

	return whole_check(
	    authorisation_order(operation->verdict.authorisation), csr,
	    parts[backend_requests(operation->authority->backend)]);
}

bool
prepared_is_late(enum err err)
{
	return err == ERR_INDEX_LOCKED || err == ERR_ERRAND_LATE;
}
