/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/journal.h"

#include "base/clock.h"
#include "base/log.h"

/*
 * Keys are spelled as RFC 8894 spells the attribute, so that whoever reads the
 * log finds them there.  What a client sent goes through log_field, which
 * escapes it.
 */

static void
field_if_any(struct buf *line, const char *key, struct bytes value)
{
	if (value.size > 0)
		log_field(line, key, value);
}

/* Refusals are warnings, so that they can be found by level alone. */
void
journal_write(struct journal *journal)
{
	struct buf line = { 0 };
	int64_t spent_us = clock_monotonic_us() - journal->started_us;
	bool refused = journal->reason != ERR_OK;

	field_if_any(&line, "endpoint", bytes_of_string(journal->endpoint));
	field_if_any(&line, "operation", bytes_of_string(journal->operation));
	field_if_any(&line, "messageType", buf_bytes(&journal->message_type));
	field_if_any(&line, "transactionID",
	    buf_bytes(&journal->transaction_id));
	field_if_any(&line, "peer", journal->peer);
	log_field(&line, "result", bytes_of_string(journal->result));
	if (refused)
		log_field(&line, "reason",
		    bytes_of_string(err_name(journal->reason)));
	if (journal->request != 0)
		log_field_number(&line, "request", journal->request);
	if (journal->challenge != 0)
		log_field_number(&line, "challenge", journal->challenge);
	field_if_any(&line, "detail", buf_bytes(&journal->detail));
	field_if_any(&line, "serial", buf_bytes(&journal->serial));
	field_if_any(&line, "subject", buf_bytes(&journal->subject));
	log_field_number(&line, "ms", spent_us / 1000);
	log_line(refused ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
	    buf_bytes(&line));
	buf_clear(&line);
	buf_clear(&journal->message_type);
	buf_clear(&journal->transaction_id);
	buf_clear(&journal->serial);
	buf_clear(&journal->subject);
	buf_clear(&journal->detail);
}
