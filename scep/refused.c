/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/refused.h"

#include "base/log.h"

/* So many wait to be told at most. */
#define LIMIT 100

static struct bytes
words_of(struct buf *words, enum err reason)
{
	buf_printf(words, "%s: %s", err_name(reason), err_meaning(reason));
	return buf_bytes(words);
}

/* Whatever goes wrong the store has logged, and the answer is the same. */
void
refused_note(const struct pki_operation *operation, enum err reason)
{
	struct buf words = { 0 };
	const struct refusal refusal = {
		.endpoint = bytes_of_string(operation->endpoint->path),
		.transaction_id = buf_bytes(&operation->header.transaction_id),
		.peer = operation->journal->peer,
		.subject = operation->csr->subject,
		.reason = words_of(&words, reason),
		.now = operation->now,
	};
	int64_t untold = 0;
	enum err err = ERR_OK;

	if (err_http_status(reason) < 500)
		err = store_notify_refused(operation->endpoint->store, &refusal,
		    LIMIT, &untold);
	if (err == ERR_OK && untold > 0)
		log_event(LOG_LEVEL_WARNING,
		    "refused requests that the program of notify is not told "
		    "of: %lld, as %d wait for it already",
		    (long long)untold, LIMIT);
	buf_clear(&words);
}
