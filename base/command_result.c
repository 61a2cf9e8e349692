/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/command_result.h"

#include <errno.h>
#include <string.h>

#include "base/count.h"

void
command_result_clear(struct command_result *result)
{
	buf_clear(&result->output);
	buf_clear(&result->errors);
	*result = (struct command_result){ 0 };
}

/* What strerror leaves an administrator to guess. */
static const struct {
	int cause;
	const char *remedy;
} remedies[] = {
	{ ENOENT, "; a script needs also what its first line names" },
	{ EACCES,
	    "; it, and all folders on the way, must be executable "
	    "for the user that scepd runs as" },
	{ ENOEXEC, "; a script begins with #! and its interpreter" },
	{ E2BIG, "; what the request has is too long for an environment" },
	{ EMFILE, "; allow this process more open files" },
};

static void
describe_exit(const struct command_result *result, struct buf *text)
{
	buf_printf(text, "ended with status %d", result->number);
}

static void
describe_kill(const struct command_result *result, struct buf *text)
{
	const char *name = sigabbrev_np(result->number);

	buf_printf(text, "was killed by signal %d", result->number);
	if (name != NULL)
		buf_printf(text, " (SIG%s)", name);
}

static void
describe_lateness(const struct command_result *result, struct buf *text)
{
	buf_printf(text,
	    "did not end within its time and was told to; it took %lld ms",
	    (long long)result->took_ms);
}

static void
describe_talk(const struct command_result *result, struct buf *text)
{
	buf_printf(text,
	    "wrote more than the %zu octets that it may to its standard output "
	    "and was killed",
	    result->output.size);
}

static void
describe_cancellation(const struct command_result *result, struct buf *text)
{
	(void)result;
	buf_append_string(text, "was ended before it was done, with scepd");
}

static void
describe_failure(const struct command_result *result, struct buf *text)
{
	buf_append_string(text, "could not be started: ");
	if (result->place != NULL)
		buf_printf(text, "%s: ", result->place);
	buf_append_string(text, strerror(result->number));
	for (size_t i = 0; i < COUNT(remedies); i++)
		if (remedies[i].cause == result->number)
			buf_append_string(text, remedies[i].remedy);
}

static void
describe_silence(const struct command_result *result, struct buf *text)
{
	buf_printf(text, "gave no answer; it was asked %lld ms ago",
	    (long long)result->took_ms);
}

void
command_result_describe(const struct command_result *result, struct buf *text)
{
	static void (*const describe[COMMAND_ENDINGS])(
	    const struct command_result *result, struct buf *text) = {
		[COMMAND_EXITED] = describe_exit,
		[COMMAND_KILLED] = describe_kill,
		[COMMAND_LATE] = describe_lateness,
		[COMMAND_TALKATIVE] = describe_talk,
		[COMMAND_CANCELLED] = describe_cancellation,
		[COMMAND_NOT_STARTED] = describe_failure,
		[COMMAND_SILENT] = describe_silence,
	};

	describe[result->ending](result, text);
}
