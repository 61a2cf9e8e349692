/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_replacement.h"

#include "backends/openssl_index.h"
#include "backends/openssl_index_check.h"
#include "backends/openssl_index_revoke.h"
#include "crypto/certificate.h"

/* CRLReason, RFC 5280 section 5.3.1. */
#define SUPERSEDED 4

struct search {
	struct bytes subject; /* of the new row, as it stands there */
	struct bytes serial;  /* of the old one */
	struct buf scratch;
	bool found;
};

/* What is wrong with a number is found where the new row is appended. */
static enum err
look_at(void *context, const struct openssl_index_row *row)
{
	struct search *search = context;

	if (row->type != 'V' || !bytes_equal(row->subject, search->subject))
		return ERR_OK;
	buf_truncate(&search->scratch, 0);
	if (openssl_index_serial_read(row->serial, &search->scratch) ==
		ERR_OK &&
	    bytes_equal(buf_bytes(&search->scratch), search->serial))
		search->found = true;
	return ERR_OK;
}

static enum err
search_index(const struct openssl_replacement *replacement, bool *in_the_way,
    struct problems *problems)
{
	struct buf line = { 0 };
	struct search search = { .serial = serial_number(replacement->serial) };
	struct openssl_index_row row = { 0 };
	enum err err = openssl_index_row_append(&line, replacement->fresh);

	if (err == ERR_OK) {
		struct bytes text = buf_bytes(&line);

		text.size--;
		err = openssl_index_row_read(text, &row);
	}
	search.subject = row.subject;
	if (err == ERR_OK)
		err = openssl_index_read(replacement->path, look_at, &search,
		    problems);
	*in_the_way = search.found;
	buf_clear(&search.scratch);
	buf_clear(&line);
	return err;
}

enum err
openssl_replacement_find(const struct openssl_replacement *replacement,
    bool *in_the_way, struct problems *problems)
{
	bool unique = false;
	enum err err;

	*in_the_way = false;
	if (replacement->serial.size == 0)
		return ERR_OK;
	err = openssl_index_unique_subject(replacement->path,
	    replacement->unique_subject, &unique, problems);
	return err == ERR_OK && unique ?
	    search_index(replacement, in_the_way, problems) :
	    err;
}

/* Who has revoked it meanwhile has made way as well. */
enum err
openssl_replacement_make_way(const struct openssl_replacement *replacement,
    struct problems *problems)
{
	const struct openssl_index_revocation revocation = {
		.serial = serial_number(replacement->serial),
		.at = replacement->now,
		.reason = SUPERSEDED,
	};
	const struct openssl_index_revoke_order order = {
		.path = replacement->path,
		.unique_subject = replacement->unique_subject,
		.revocations = &revocation,
		.count = 1,
	};
	enum openssl_index_revoked outcome;

	return openssl_index_revoke(&order, &outcome, problems);
}
