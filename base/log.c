/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/xalloc.h"

/* Enough for every name and reason; a client can't fill the log by one. */
#define VALUE_LIMIT 512

/* Set once, before threads begin, and only read from then on. */
static enum log_target target = LOG_TO_STDERR;

struct level {
	const char *name;
	int priority;
};

static const struct level levels[] = {
	[LOG_LEVEL_ERROR] = { "error", LOG_ERR },
	[LOG_LEVEL_WARNING] = { "warning", LOG_WARNING },
	[LOG_LEVEL_INFO] = { "info", LOG_INFO },
};

void
log_open(enum log_target to)
{
	target = to;
	if (to == LOG_TO_SYSLOG)
		openlog("scepd", LOG_PID, LOG_DAEMON);
}

/* One write for one line, so that lines of several threads and processes do
 * not mix; syslog does the same by itself. */
void
log_line(enum log_level level, struct bytes line)
{
	struct buf whole = { 0 };
	ssize_t written;

	if (target == LOG_TO_SYSLOG) {
		syslog(levels[level].priority, "%.*s", (int)line.size,
		    (const char *)line.data);
		return;
	}
	buf_printf(&whole, "scepd[%ld]: level=%s ", (long)getpid(),
	    levels[level].name);
	buf_append(&whole, line);
	buf_append_octet(&whole, '\n');
	/* Where even the log can't be written, nothing sensible is left. */
	written = write(STDERR_FILENO, whole.data, whole.size);
	(void)written;
	buf_clear(&whole);
}

/* The text is ours, but strings in it may not be: it is quoted as one value. */
void
log_event(enum log_level level, const char *format, ...)
{
	struct buf line = { 0 };
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = xvasprintf(format, arguments);
	va_end(arguments);
	log_field(&line, "event", bytes_of_string(text));
	log_line(level, buf_bytes(&line));
	buf_clear(&line);
	free(text);
}

/* What stands without quotes must not end the value or begin another. */
static bool
is_plain(struct bytes value)
{
	for (size_t i = 0; i < value.size; i++) {
		uint8_t c = value.data[i];

		if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=')
			return false;
	}
	return value.size > 0;
}

/* No control character gets through: a line end would begin a line of its own,
 * and an escape sequence would speak to the administrator's terminal. */
static void
append_quoted(struct buf *line, struct bytes value, const char *end)
{
	buf_append_octet(line, '"');
	for (size_t i = 0; i < value.size; i++) {
		uint8_t c = value.data[i];

		if (c == '"' || c == '\\')
			buf_printf(line, "\\%c", c);
		else if (c < ' ' || c > '~')
			buf_printf(line, "\\x%02x", c);
		else
			buf_append_octet(line, c);
	}
	buf_printf(line, "%s\"", end);
}

void
log_field(struct buf *line, const char *key, struct bytes value)
{
	const char *end = "";

	if (value.size > VALUE_LIMIT) {
		value.size = VALUE_LIMIT;
		end = "...";
	}
	if (line->size > 0)
		buf_append_octet(line, ' ');
	buf_printf(line, "%s=", key);
	if (is_plain(value)) {
		buf_append(line, value);
		buf_append_string(line, end);
	} else {
		append_quoted(line, value, end);
	}
}

void
log_field_number(struct buf *line, const char *key, long long value)
{
	if (line->size > 0)
		buf_append_octet(line, ' ');
	buf_printf(line, "%s=%lld", key, value);
}
