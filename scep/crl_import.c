/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/crl_import.h"

#include <inttypes.h>

#include "base/count.h"
#include "base/file.h"
#include "base/log.h"
#include "base/pem.h"

/* Several hundred thousand certificates. */
#define MAX_SIZE ((size_t)32 * 1024 * 1024)

/* So many are revoked at a time, so that nobody waits long. */
#define BATCH 500

/* What is being read, and for whom. */
struct import {
	const struct endpoint *endpoint;
	const struct authority *authority;
	struct stored_crl last; /* all zeroes: none was read yet */
	struct problems *problems;
};

static const char *
file_of(const struct import *import)
{
	return backend_crl(import->authority->backend)->file;
}

static struct bytes
hash_of(const struct import *import)
{
	return BYTES_ARRAY(import->authority->hash);
}

static enum err
complain(const struct import *import, const char *what)
{
	problem_add(import->problems, PROBLEM_ERROR, "%s: %s", file_of(import),
	    what);
	return ERR_CRL_MALFORMED;
}

/* The DER, from whichever of the two forms that CAs write. */
static enum err
load(const struct import *import, struct buf *der)
{
	struct buf contents = { 0 };
	struct bytes rest;
	enum err err = file_read_now(file_of(import), MAX_SIZE, &contents,
	    import->problems);

	rest = buf_bytes(&contents);
	if (err == ERR_OK && rest.size > 0 && rest.data[0] == DER_SEQUENCE)
		buf_append(der, rest);
	else if (err == ERR_OK && pem_next(&rest, "X509 CRL", der) != ERR_OK)
		err = complain(import,
		    "holds no CRL, neither in PEM nor in DER form");
	buf_clear(&contents);
	return err;
}

static enum err
check(const struct import *import, const struct crl *crl)
{
	const struct certificate *ca = authority_certificate(import->authority);

	if (!crl_is_issued_by(import->endpoint->provider, crl, ca))
		return complain(import,
		    "this CRL is not signed by the endpoint's CA");
	if (crl->is_partial)
		return complain(import,
		    "this CRL does not speak of all certificates of the CA: it "
		    "is a delta, or one of several");
	if (crl->this_update < import->last.this_update)
		return complain(import,
		    "this CRL is older than the one that was read before");
	return ERR_OK;
}

/* Zero is nobody's number, and removeFromCRL stands in deltas alone. */
static bool
is_revocation(const struct crl_entry *entry)
{
	return entry->serial.size > 0 &&
	    entry->reason != CRL_REASON_REMOVE_FROM_CRL &&
	    entry->reason <= 10 && entry->revoked_at > 0;
}

/* At most BATCH of them. */
static enum err
read_batch(struct der *entries, struct revocation *batch, size_t *count)
{
	struct crl_entry entry;

	*count = 0;
	while (*count < BATCH && !der_at_end(entries)) {
		if (crl_next_entry(entries, &entry) != ERR_OK)
			return ERR_CRL_MALFORMED;
		if (is_revocation(&entry))
			batch[(*count)++] = (struct revocation){ entry.serial,
				entry.revoked_at, entry.reason };
	}
	return ERR_OK;
}

static enum err
revoke_all(const struct import *import, struct der entries)
{
	struct revocation batch[BATCH];
	size_t count;
	enum err err = ERR_OK;

	while (err == ERR_OK && !der_at_end(&entries)) {
		if (read_batch(&entries, batch, &count) != ERR_OK)
			return complain(import,
			    "an entry of this CRL is malformed");
		err = store_certificates_revoke(import->endpoint->store,
		    hash_of(import), batch, count);
	}
	return err;
}

/* The number is one of ours, as in crl_make.c: not every CA counts its CRLs.
 * It comes last, so that what was left halfway is done again. */
static enum err
take(const struct import *import, const struct crl *crl, int64_t now)
{
	int64_t last = import->last.number;
	struct stored_crl taken = {
		.number = now > last ? now : last + 1,
		.this_update = crl->this_update,
		.next_update = crl->next_update,
	};
	enum err err;

	buf_append(&taken.der, buf_bytes(&crl->der));
	err = store_crl_put(import->endpoint->store, hash_of(import), &taken);
	stored_crl_clear(&taken);
	if (err == ERR_OK)
		log_event(LOG_LEVEL_INFO, "a new CRL of the CA of %s is read",
		    import->endpoint->path);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

static enum err
import_crl(const struct import *import, struct bytes der, int64_t now)
{
	struct crl *crl = NULL;
	enum err err;

	if (crl_read(der, &crl) != ERR_OK)
		return complain(import,
		    "this CRL is malformed (RFC 5280 section 5.1)");
	err = check(import, crl);
	if (err == ERR_OK)
		err = revoke_all(import, crl->entries);
	if (err == ERR_OK)
		err = take(import, crl, now);
	crl_free(crl);
	return err;
}

enum err
crl_import_if_new(const struct endpoint *endpoint,
    const struct authority *authority, int64_t now, struct problems *problems)
{
	struct import import = { .endpoint = endpoint,
		.authority = authority,
		.problems = problems };
	struct buf der = { 0 };
	enum err err;

	if (backend_crl(authority->backend)->kind != BACKEND_CRL_READ)
		return ERR_OK;
	err = store_crl_get(endpoint->store, hash_of(&import), &import.last);
	if (err == ERR_OK || err == ERR_STORE_NONE)
		err = load(&import, &der);
	if (err == ERR_OK &&
	    !bytes_equal(buf_bytes(&der), buf_bytes(&import.last.der)))
		err = import_crl(&import, buf_bytes(&der), now);
	stored_crl_clear(&import.last);
	buf_clear(&der);
	return err;
}
