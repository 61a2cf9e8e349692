/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/hook_answer.h"

#include "base/count.h"

/* What a line begins with that says something special. */
#define PROFILE "profile="
#define FAIL_INFO "failInfo="

/* Lines */

/* Takes the first line from the text, without its line end. */
static struct bytes
take_line(struct bytes *text)
{
	struct bytes line = *text;
	size_t size = 0;

	while (size < text->size && text->data[size] != '\n')
		size++;
	line.size = size;
	*text = bytes_from(*text, size < text->size ? size + 1 : size);
	if (line.size > 0 && line.data[line.size - 1] == '\r')
		line.size--;
	return line;
}

static bool
is_printable(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < ' ' || text.data[i] > '~')
			return false;
	return true;
}

/* What it says may be in any encoding, and goes into the state database, the
 * log and perhaps to the device. */
static void
append_plain(struct buf *to, struct bytes text)
{
	for (size_t i = 0; i < text.size && to->size < HOOK_REASON_LIMIT; i++)
		buf_append_octet(to,
		    text.data[i] >= ' ' && text.data[i] <= '~' ? text.data[i] :
								 '?');
}

/* Exit statuses */

static void
fail(struct hook_answer *answer, const char *why)
{
	answer->verdict = HOOK_TROUBLE;
	buf_truncate(&answer->reason, 0);
	buf_append_string(&answer->reason, why);
}

/* A first line profile=NAME is for hooks that decide; a certificate does not
 * begin like that. */
static void
read_done(struct bytes output, struct hook_answer *answer)
{
	struct bytes rest = output, line = take_line(&rest);

	if (bytes_begin_with(line, PROFILE))
		answer->profile = bytes_from(line, sizeof(PROFILE) - 1);
	if (answer->profile.size > HOOK_PROFILE_LIMIT ||
	    !is_printable(answer->profile)) {
		fail(answer, "it has chosen a profile that can't be");
		return;
	}
	answer->verdict = HOOK_DONE;
	answer->output = output;
}

static void
read_cookie(struct bytes output, struct hook_answer *answer)
{
	struct bytes cookie = take_line(&output);

	if (cookie.size > HOOK_COOKIE_LIMIT || !is_printable(cookie)) {
		fail(answer,
		    "its cookie is no line of at most 1024 characters of "
		    "printable ASCII");
		return;
	}
	answer->verdict = HOOK_PENDING;
	answer->cookie = cookie;
}

static void
read_wait(struct bytes output, struct hook_answer *answer)
{
	int64_t seconds;

	if (!bytes_read_number(take_line(&output), HOOK_WAIT_LIMIT, &seconds)) {
		fail(answer,
		    "its first line is not the number of seconds that status 5 "
		    "wants");
		return;
	}
	read_cookie(output, answer);
	if (answer->verdict == HOOK_PENDING)
		answer->wait = seconds;
}

/* RFC 8894 section 3.2.1.4 */
static const char *const fail_infos[] = {
	[FAIL_INFO_BAD_ALG] = "badAlg",
	[FAIL_INFO_BAD_MESSAGE_CHECK] = "badMessageCheck",
	[FAIL_INFO_BAD_REQUEST] = "badRequest",
	[FAIL_INFO_BAD_TIME] = "badTime",
	[FAIL_INFO_BAD_CERT_ID] = "badCertId",
};

static bool
read_fail_info(struct bytes word, enum fail_info *fail_info)
{
	for (size_t i = 0; i < COUNT(fail_infos); i++)
		if (bytes_equal_string(word, fail_infos[i])) {
			*fail_info = (enum fail_info)i;
			return true;
		}
	return false;
}

/* A first line failInfo=... is for those who know SCEP. */
static void
read_refusal(struct bytes output, struct hook_answer *answer)
{
	struct bytes line = take_line(&output);
	bool has_word = bytes_begin_with(line, FAIL_INFO);

	/* A shell ends so where a script has an error in it. */
	if (line.size == 0) {
		fail(answer,
		    "it refuses (status 2), but says not why on its stdout, as "
		    "a script does that has an error in it");
		return;
	}
	if (has_word &&
	    !read_fail_info(bytes_from(line, sizeof(FAIL_INFO) - 1),
		&answer->fail_info)) {
		fail(answer,
		    "it refuses with a failInfo that SCEP does not have");
		return;
	}
	answer->verdict = HOOK_REFUSED;
	append_plain(&answer->reason, has_word ? take_line(&output) : line);
	if (answer->reason.size == 0)
		buf_append_string(&answer->reason, "it says no more than that");
}

static void
read_trouble(struct bytes output, struct hook_answer *answer)
{
	(void)output;
	fail(answer, "it says that it can't do that now (status 3)");
}

static void
read_misconfigured(struct bytes output, struct hook_answer *answer)
{
	(void)output;
	fail(answer, "it says that it is not set up well (status 4)");
}

static void
read_unsupported(struct bytes output, struct hook_answer *answer)
{
	(void)output;
	fail(answer, "it does not know this operation (status 6)");
}

static void (*const statuses[])(struct bytes output,
    struct hook_answer *answer) = {
	[0] = read_done,
	[1] = read_cookie,
	[2] = read_refusal,
	[3] = read_trouble,
	[4] = read_misconfigured,
	[5] = read_wait,
	[6] = read_unsupported,
};

void
hook_answer_read(const struct command_result *result,
    struct hook_answer *answer)
{
	*answer = (struct hook_answer){ .verdict = HOOK_TROUBLE,
		.fail_info = FAIL_INFO_BAD_REQUEST };
	if (result->ending == COMMAND_EXITED && result->number >= 0 &&
	    (size_t)result->number < COUNT(statuses)) {
		statuses[result->number](buf_bytes(&result->output), answer);
		return;
	}
	buf_append_string(&answer->reason, "it ");
	command_result_describe(result, &answer->reason);
}

void
hook_answer_clear(struct hook_answer *answer)
{
	buf_clear(&answer->reason);
	*answer = (struct hook_answer){ 0 };
}
