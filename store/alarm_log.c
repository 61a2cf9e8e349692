/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/alarm_log.h"

#include "base/log.h"

/* What is over needs no remedy. */
static struct bytes
shortened(struct bytes text)
{
	return bytes_cut(&text, ';');
}

void
alarm_log(void *context, const struct stored_alarm *stored, bool is_over)
{
	struct bytes text = buf_bytes(&stored->text);
	struct buf line = { 0 };

	(void)context;
	buf_append_string(&line, is_over ? "alarm is over: " : "alarm: ");
	buf_append(&line, buf_bytes(&stored->subject));
	if (stored->detail.size > 0)
		buf_append_string(&line, ": ");
	buf_append(&line, buf_bytes(&stored->detail));
	buf_append_string(&line, ": ");
	buf_append(&line, is_over ? shortened(text) : text);
	log_event(is_over ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "%s",
	    buf_string(&line));
	buf_clear(&line);
}
