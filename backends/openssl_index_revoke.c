/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_revoke.h"

#include <stdlib.h>
#include <unistd.h>

#include "backends/openssl_index_internal.h"
#include "backends/openssl_index_merge.h"
#include "backends/openssl_index_rewrite.h"
#include "backends/openssl_index_set.h"
#include "base/xalloc.h"
#include "crypto/certificate.h"

struct revoking {
	const struct openssl_index_revoke_order *order;
	struct problems *problems;
	struct openssl_index_set serials; /* and which revocation, plus 1 */
	enum openssl_index_revoked *outcomes;
	struct buf field;
};

/* An index may have a number twice, though OpenSSL refuses it. */
static struct bytes
revocation_of(void *context, const struct openssl_index_item *item)
{
	struct revoking *revoking = context;
	uint64_t place = openssl_index_set_find(&revoking->serials,
	    item->serial);
	const struct openssl_index_revocation *revocation;
	enum openssl_index_revoked *outcome;

	if (place == 0)
		return (struct bytes){ 0 };
	outcome = &revoking->outcomes[place - 1];
	if (item->row->type == 'R') {
		if (*outcome == OPENSSL_INDEX_NOT_FOUND)
			*outcome = OPENSSL_INDEX_REVOKED_BEFORE;
		return (struct bytes){ 0 };
	}
	*outcome = OPENSSL_INDEX_REVOKED_NOW;
	revocation = &revoking->order->revocations[place - 1];
	buf_truncate(&revoking->field, 0);
	openssl_index_revocation_append(&revoking->field, revocation->at,
	    revocation->reason);
	return buf_bytes(&revoking->field);
}

static enum err
rewrite(struct revoking *revoking, bool *again)
{
	struct openssl_index_source index = { revoking->order->path, -1,
		revoking->problems };
	struct openssl_index_state state;
	const struct openssl_index_rewrite rewrite = {
		.index = &index,
		.state = &state,
		.revocation = revocation_of,
		.context = revoking,
	};
	enum err err = openssl_index_source_open(&index, &state);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < revoking->order->count; i++)
		revoking->outcomes[i] = OPENSSL_INDEX_NOT_FOUND;
	err = openssl_index_rewrite(&rewrite, again);
	close(index.fd);
	return err;
}

static enum err
merge_left(const struct revoking *revoking)
{
	return openssl_index_merge_left(revoking->order->path,
	    revoking->order->unique_subject, revoking->problems);
}

static enum err
run_rounds(struct revoking *revoking)
{
	bool again = revoking->order->count > 0;
	enum err err = merge_left(revoking);

	for (int i = 0; err == ERR_OK && again && i < OPENSSL_INDEX_ROUNDS;
	     i++) {
		err = rewrite(revoking, &again);
		if (err == ERR_OK && again)
			err = merge_left(revoking);
	}
	return err == ERR_OK && again ?
	    openssl_index_busy(revoking->order->path, revoking->problems) :
	    err;
}

/* As what the first one of its number. */
static void
hand_over(const struct revoking *revoking, enum openssl_index_revoked *outcomes)
{
	const struct openssl_index_revoke_order *order = revoking->order;

	for (size_t i = 0; i < order->count; i++) {
		uint64_t place = openssl_index_set_find(&revoking->serials,
		    serial_number(order->revocations[i].serial));

		outcomes[i] = revoking->outcomes[place - 1];
	}
}

enum err
openssl_index_revoke(const struct openssl_index_revoke_order *order,
    enum openssl_index_revoked *outcomes, struct problems *problems)
{
	struct revoking revoking = { .order = order, .problems = problems };
	enum err err;

	revoking.outcomes = xcalloc(order->count + 1,
	    sizeof(*revoking.outcomes));
	for (size_t i = 0; i < order->count; i++)
		openssl_index_set_add(&revoking.serials,
		    serial_number(order->revocations[i].serial), i + 1);
	err = run_rounds(&revoking);
	if (err == ERR_OK)
		hand_over(&revoking, outcomes);
	openssl_index_set_clear(&revoking.serials);
	free(revoking.outcomes);
	buf_clear(&revoking.field);
	return err;
}
