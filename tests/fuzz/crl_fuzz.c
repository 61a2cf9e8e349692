/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/crl.h"

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_key.h"

/* An entry that is made of what was read is read as it was written. */
static void
check_entry(const struct crl_entry *entry)
{
	struct buf made = { 0 };
	struct crl_entry again;
	struct der entries;

	/* UTCTime begins with 1950, and we write it up to 2049. */
	if (entry->revoked_at < 0)
		return;
	crl_append_entry(&made, entry);
	entries = der_of(buf_bytes(&made));
	assert(crl_next_entry(&entries, &again) == ERR_OK);
	assert(der_at_end(&entries));
	assert(bytes_equal(again.serial, entry->serial));
	assert(again.revoked_at == entry->revoked_at);
	assert(again.reason == entry->reason);
	buf_clear(&made);
}

static void
check_entries(struct der entries)
{
	struct crl_entry entry;

	while (!der_at_end(&entries) &&
	    crl_next_entry(&entries, &entry) == ERR_OK)
		check_entry(&entry);
}

/* So is a whole CRL. */
static void
check_round_trip(const struct crl *crl)
{
	const struct crl_order order = {
		.issuer = crl->issuer,
		.authority_key_id = BYTES_LITERAL("key"),
		.number = 1,
		.this_update = crl->this_update,
		.next_update = crl->next_update,
		.entries = crl->entries.left,
	};
	const struct key *key = fuzz_key();
	struct buf tbs = { 0 }, made = { 0 };
	struct crl *again = NULL;

	if (crl->this_update < 0 || crl->next_update < 0)
		return;
	crl_append_tbs(&tbs, &order, key_scheme(key), key_digest(key));
	assert(signed_object_append(&made, key, buf_bytes(&tbs)) == ERR_OK);
	assert(crl_read(buf_bytes(&made), &again) == ERR_OK);
	assert(bytes_equal(again->issuer, crl->issuer));
	assert(bytes_equal(again->entries.left, crl->entries.left));
	assert(again->this_update == crl->this_update);
	assert(again->next_update == crl->next_update);
	assert(!again->is_partial);
	crl_free(again);
	buf_clear(&made);
	buf_clear(&tbs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crl *crl = NULL;

	if (crl_read(bytes_of(data, size), &crl) == ERR_OK) {
		check_entries(crl->entries);
		check_round_trip(crl);
	}
	crl_free(crl);
	return 0;
}
