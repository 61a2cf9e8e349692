/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/hook_line.h"

#include "base/count.h"
#include "base/json_line.h"

enum member {
	ID,
	STATUS,
	CERTIFICATE,
	PROFILE,
	FAIL_INFO,
	COOKIE,
	WAIT,
	REASON,
	MEMBERS
};

/* As a hook of the other kind has it on a line of its own. */
static void
say_word(const char *name, const struct json_line_member *member,
    struct command_result *result)
{
	if (!member->is_there)
		return;
	buf_append_string(&result->output, name);
	buf_append(&result->output, buf_bytes(&member->text));
	buf_append_octet(&result->output, '\n');
}

static void
say_done(const struct json_line_member members[MEMBERS],
    struct command_result *result)
{
	say_word("profile=", &members[PROFILE], result);
	buf_append(&result->output, buf_bytes(&members[CERTIFICATE].text));
}

static void
say_cookie(const struct json_line_member members[MEMBERS],
    struct command_result *result)
{
	buf_append(&result->output, buf_bytes(&members[COOKIE].text));
	buf_append_octet(&result->output, '\n');
}

/* Without one there is no number, which is then complained about. */
static void
say_wait(const struct json_line_member members[MEMBERS],
    struct command_result *result)
{
	if (members[WAIT].is_there)
		buf_printf(&result->output, "%lld",
		    (long long)members[WAIT].integer);
	buf_append_octet(&result->output, '\n');
	say_cookie(members, result);
}

static void
say_reason(const struct json_line_member members[MEMBERS],
    struct command_result *result)
{
	say_word("failInfo=", &members[FAIL_INFO], result);
	buf_append(&result->output, buf_bytes(&members[REASON].text));
}

static void
say_trouble(const struct json_line_member members[MEMBERS],
    struct command_result *result)
{
	struct bytes reason = buf_bytes(&members[REASON].text);

	if (reason.size > COMMAND_ERRORS_LIMIT)
		reason.size = COMMAND_ERRORS_LIMIT;
	buf_append(&result->errors, reason);
}

static void (*const statuses[])(const struct json_line_member members[MEMBERS],
    struct command_result *result) = {
	[0] = say_done,
	[1] = say_cookie,
	[2] = say_reason,
	[3] = say_trouble,
	[4] = say_trouble,
	[5] = say_wait,
	[6] = say_trouble,
};

bool
hook_line_read(struct bytes line, int64_t *id, struct command_result *result)
{
	struct json_line_member members[MEMBERS] = {
		[ID] = { .name = "id", .kind = JSON_LINE_INTEGER },
		[STATUS] = { .name = "status", .kind = JSON_LINE_INTEGER },
		[CERTIFICATE] = { .name = "certificate",
		    .kind = JSON_LINE_STRING },
		[PROFILE] = { .name = "profile", .kind = JSON_LINE_STRING },
		[FAIL_INFO] = { .name = "fail_info", .kind = JSON_LINE_STRING },
		[COOKIE] = { .name = "cookie", .kind = JSON_LINE_STRING },
		[WAIT] = { .name = "wait", .kind = JSON_LINE_INTEGER },
		[REASON] = { .name = "reason", .kind = JSON_LINE_STRING },
	};
	int64_t status;
	bool good = json_line_read(line, members, MEMBERS) == ERR_OK &&
	    members[ID].is_there && members[STATUS].is_there;

	status = members[STATUS].integer;
	good = good && status >= 0 && status < (int64_t)COUNT(statuses);
	if (good) {
		*id = members[ID].integer;
		result->ending = COMMAND_EXITED;
		result->number = (int)status;
		statuses[status](members, result);
	}
	json_line_clear(members, MEMBERS);
	return good;
}
