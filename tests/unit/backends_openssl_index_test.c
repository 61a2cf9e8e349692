/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/unit/backends_openssl_index.h"
#include "tests/unit/children.h"

#define ROW_OF(type, revocation, serial, name) \
	type "\t" EXPIRES_TEXT "\t" revocation "\t" serial \
	     "\tunknown\t/CN=" name "\n"
#define ROW(serial, name) ROW_OF("V", "", serial, name)

/* What the caller has issued. */
struct issued {
	struct openssl_index_entry entries[4];
	enum err err;
	int asked;
};

static enum err
each_issued(void *context,
    void (*each)(void *to, const struct openssl_index_entry *entry), void *to)
{
	struct issued *issued = context;

	issued->asked++;
	for (size_t i = 0; i < COUNT(issued->entries); i++)
		if (issued->entries[i].serial.size > 0)
			each(to, &issued->entries[i]);
	return issued->err;
}

/* An index and what came of updating it. */
struct fixture {
	struct issued issued;
	struct openssl_index_order order;
	struct openssl_index_state state;
	struct openssl_index_report report;
	struct problems *problems;
};

static struct fixture *
start(void)
{
	struct fixture *fixture = xalloc(sizeof(*fixture));

	fixture->order = (struct openssl_index_order){ .path = "index.txt",
		.rows = each_issued,
		.context = &fixture->issued };
	fixture->problems = problems_new();
	return fixture;
}

static void
finish(struct fixture *fixture)
{
	openssl_index_report_clear(&fixture->report);
	problems_free(fixture->problems);
	free(fixture);
}

static void
update(struct fixture *fixture, enum err err)
{
	const struct openssl_index_state before = fixture->state;
	enum err actual = openssl_index_update(&fixture->order, &fixture->state,
	    &fixture->report, fixture->problems);

	if (actual != err)
		fail_msg("%s, %s", err_name(actual),
		    problems_text(fixture->problems));
	if (err != ERR_OK)
		assert_true(openssl_index_state_equal(&before,
		    &fixture->state));
}

/* The report as words: kind and serial number. */
static void
assert_report(const struct fixture *fixture, const char *expected)
{
	static const char *const names[] = { "appended", "missing", "emptied",
		"unended", "unreadable", "name taken", "pruned",
		"not revoked" };
	struct buf text = { 0 };

	for (size_t i = 0; i < fixture->report.count; i++) {
		const struct openssl_index_event *event =
		    &fixture->report.events[i];

		buf_printf(&text, "%s%s ", i > 0 ? "; " : "",
		    names[event->kind]);
		if (event->serial.size > 0)
			openssl_index_serial_append(&text,
			    buf_bytes(&event->serial));
		else
			buf_printf(&text, "line %d", (int)event->line);
		assert_non_null(openssl_index_event_text(event->kind));
	}
	assert_string_equal(buf_string(&text), expected);
	buf_clear(&text);
}

static void
a_new_row_is_appended(void **state)
{
	struct fixture *fixture = start();
	struct openssl_index_entry a = entry_of("\x01", 'a');
	struct openssl_index_entry b = entry_of("\x02", 'b');
	struct openssl_index_state present;

	(void)state;
	put("index.txt", "");
	fixture->order.fresh = &a;
	update(fixture, ERR_OK);
	assert_report(fixture, "appended 01");
	assert_int_equal(fixture->issued.asked, 1);
	fixture->order.fresh = &b;
	update(fixture, ERR_OK);
	assert_report(fixture, "appended 02");
	assert_int_equal(fixture->issued.asked, 1);
	assert_text("index.txt", ROW("01", "a") ROW("02", "b"));
	assert_int_equal(openssl_index_state_read("index.txt", &present),
	    ERR_OK);
	assert_true(openssl_index_state_equal(&present, &fixture->state));
	assert_string_equal(problems_text(fixture->problems), "");
	finish(fixture);
}

static void
nothing_is_done_where_nothing_has_changed(void **state)
{
	struct fixture *fixture = start();

	(void)state;
	put("index.txt", ROW("01", "a"));
	update(fixture, ERR_OK);
	update(fixture, ERR_OK);
	assert_report(fixture, "");
	assert_int_equal(fixture->issued.asked, 1);
	assert_text("index.txt", ROW("01", "a"));
	finish(fixture);
}

/* As `openssl ca` does. */
static void
replace(const char *text)
{
	put("index.txt.new", text);
	assert_int_equal(rename("index.txt", "index.txt.old"), 0);
	assert_int_equal(rename("index.txt.new", "index.txt"), 0);
}

static void
what_a_rewrite_has_lost_is_put_back(void **state)
{
	struct fixture *fixture = start();
	struct openssl_index_entry fresh = entry_of("\x05", 'e');

	(void)state;
	fixture->issued.entries[0] = entry_of("\x01", 'a');
	fixture->issued.entries[1] = entry_of("\x02", 'b');
	fixture->issued.entries[2] = entry_of("\x03", 'c');
	fixture->issued.entries[2].revoked_at = 1795523696;
	fixture->issued.entries[2].reason = 1;
	put("index.txt", ROW("01", "a") ROW("02", "b"));
	update(fixture, ERR_OK);
	assert_report(fixture, "appended 03");
	replace(ROW_OF("R", "261120100000Z", "01", "a") ROW("04", "d"));
	fixture->order.fresh = &fresh;
	update(fixture, ERR_OK);
	assert_report(fixture, "appended 02; appended 03; appended 05");
	assert_text("index.txt",
	    ROW_OF("R", "261120100000Z", "01", "a") ROW("04", "d") ROW("02",
		"b") ROW_OF("R", "261124123456Z,keyCompromise", "03", "c")
		ROW("05", "e"));
	finish(fixture);
}

static void
a_row_that_is_there_is_not_appended_again(void **state)
{
	struct fixture *fixture = start();
	struct openssl_index_entry fresh = entry_of("\x01", 'a');

	(void)state;
	fixture->issued.entries[0] = entry_of("\x01", 'a');
	put("index.txt", "");
	fixture->order.fresh = &fresh;
	update(fixture, ERR_OK);
	fixture->order.recover = true;
	update(fixture, ERR_OK);
	assert_report(fixture, "");
	replace("V\t1Z\t\t0001\tunknown\t/CN=other\n");
	update(fixture, ERR_OK);
	assert_report(fixture, "");
	assert_text("index.txt", "V\t1Z\t\t0001\tunknown\t/CN=other\n");
	finish(fixture);
}

static void
names_that_are_to_be_unique_are_not_doubled(void **state)
{
	struct fixture *fixture = start();
	struct openssl_index_entry fresh = entry_of("\x05", 'a');

	(void)state;
	fixture->order.unique_subject = true;
	fixture->issued.entries[0] = entry_of("\x02", 'a');
	fixture->issued.entries[1] = entry_of("\x03", 'b');
	fixture->issued.entries[2] = entry_of("\x04", 'b');
	put("index.txt", ROW("01", "a"));
	fixture->order.fresh = &fresh;
	update(fixture, ERR_INDEX_SUBJECT);
	assert_report(fixture, "name taken 02; appended 03; name taken 04");
	assert_text("index.txt", ROW("01", "a") ROW("03", "b"));
	replace(ROW_OF("R", "261120100000Z", "01", "a") ROW("03", "b"));
	fixture->issued.entries[0].revoked_at = 1795523696;
	update(fixture, ERR_OK);
	assert_report(fixture, "appended 02; name taken 04; appended 05");
	/* The fast way does not lead past the names. */
	fixture->order.fresh = &fixture->issued.entries[3];
	fixture->issued.entries[3] = entry_of("\x06", 'a');
	update(fixture, ERR_INDEX_SUBJECT);
	/* What the file beside says counts. */
	put("index.txt.attr", "unique_subject = no\n");
	update(fixture, ERR_OK);
	assert_string_equal(problems_text(fixture->problems), "");
	finish(fixture);
}

static void
what_somebody_has_removed_long_ago_stays_removed(void **state)
{
	struct fixture *fixture = start();
	struct openssl_index_entry fresh = entry_of("\x03", 'c');

	(void)state;
	fixture->issued.entries[0] = entry_of("\x01", 'a');
	fixture->issued.entries[1] = entry_of("\x02", 'b');
	fixture->issued.entries[1].issued_at = 2000;
	fixture->order.fresh = &fresh;
	fixture->order.settled_before = 1500;
	put("index.txt", "");
	update(fixture, ERR_OK);
	assert_report(fixture, "pruned 01; appended 02; appended 03");
	finish(fixture);
}

static void
a_revocation_that_the_index_lacks_is_an_alarm(void **state)
{
	struct fixture *fixture = start();

	(void)state;
	for (char i = 0; i < 3; i++) {
		static const char *const serials[] = { "\x01", "\x02", "\x03" };

		fixture->issued.entries[(int)i] = entry_of(serials[(int)i],
		    (char)('a' + i));
		fixture->issued.entries[(int)i].revoked_at = 1795523696;
	}
	put("index.txt",
	    ROW("01", "a") ROW_OF("R", "261120100000Z", "02", "b")
		ROW_OF("E", "", "03", "c"));
	update(fixture, ERR_OK);
	assert_report(fixture, "not revoked 01; not revoked 03");
	finish(fixture);
}

static void
a_damaged_index_is_left_alone(void **state)
{
	static const struct {
		const char *text;
		const char *report;
	} rows[] = {
		{ ROW("01", "a") "\n", "unreadable line 2" },
		{ ROW("1", "a"), "unreadable line 1" },
		{ "x\n", "unreadable line 1" },
		{ ROW("01", "a") "V", "unended line 2" },
		{ "# no end", "unended line 1" },
		/* The row of somebody else. */
		{ "V\t" EXPIRES_TEXT "\t\t0A\tun", "unended line 1" },
		{ "V\t" EXPIRES_TEXT "\t\t05", "unended line 1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture *fixture = start();
		struct openssl_index_entry fresh = entry_of("\x05", 'a');

		fixture->issued.entries[0] = entry_of("\x07", 'b');
		fixture->order.fresh = &fresh;
		put("index.txt", rows[i].text);
		update(fixture, ERR_INDEX_DAMAGED);
		assert_report(fixture, rows[i].report);
		assert_text("index.txt", rows[i].text);
		assert_non_null(strstr(problems_text(fixture->problems),
		    "error: index.txt:"));
		finish(fixture);
	}
}

static void
a_row_of_ours_that_was_cut_off_is_completed(void **state)
{
	static const char row[] = ROW("05", "e");

	(void)state;
	for (size_t size = sizeof(row) - 2; size > 20; size--) {
		struct fixture *fixture = start();
		struct openssl_index_entry fresh = entry_of("\x06", 'f');
		struct buf text = { 0 };

		fixture->issued.entries[0] = entry_of("\x01", 'a');
		fixture->issued.entries[1] = entry_of("\x07", 'g');
		fixture->issued.entries[1].reserved = true;
		fixture->issued.entries[2] = entry_of("\x05", 'e');
		fixture->issued.entries[2].reserved = true;
		fixture->order.fresh = &fresh;
		fixture->issued.entries[0].revoked_at = 1795523696;
		buf_append(&text, bytes_of(row, size));
		put("index.txt", buf_string(&text));
		update(fixture, ERR_OK);
		assert_text("index.txt",
		    ROW("05", "e") ROW_OF("R", "261124123456Z", "01", "a")
			ROW("06", "f"));
		buf_clear(&text);
		finish(fixture);
	}
}

static void
an_index_that_is_gone_is_not_made_anew(void **state)
{
	struct fixture *fixture = start();

	(void)state;
	update(fixture, ERR_INDEX);
	assert_report(fixture, "");
	assert_string_equal(problems_text(fixture->problems),
	    "error: index.txt: No such file or directory; for a new CA, make an "
	    "empty file there\n");
	put("index.txt.old", "");
	update(fixture, ERR_INDEX_DAMAGED);
	assert_report(fixture, "missing line 0");
	assert_int_equal(access("index.txt", F_OK), -1);
	finish(fixture);
}

static void
an_index_that_was_emptied_is_not_filled(void **state)
{
	struct fixture *fixture = start();

	(void)state;
	fixture->issued.entries[0] = entry_of("\x01", 'a');
	put("index.txt", "");
	put("index.txt.old", ROW("01", "a"));
	update(fixture, ERR_INDEX_DAMAGED);
	assert_report(fixture, "emptied line 0");
	put("index.txt.old", "");
	update(fixture, ERR_OK);
	assert_report(fixture, "appended 01");
	put("index.txt", "");
	update(fixture, ERR_INDEX_DAMAGED);
	assert_report(fixture, "emptied line 0");
	assert_text("index.txt", "");
	finish(fixture);
}

/* `openssl ca` leaves an instant without an index; this one is long. */
static void
an_index_that_comes_back_is_waited_for(void **state)
{
	const struct timespec moment = { .tv_nsec = 50000000 };
	struct fixture *fixture = start();
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		nanosleep(&moment, NULL);
		put("index.txt.new", ROW("01", "a"));
		_exit(rename("index.txt.new", "index.txt") != 0);
	}
	update(fixture, ERR_OK);
	assert_ends_well(child);
	finish(fixture);
}

static void
what_is_no_index_is_an_error(void **state)
{
	struct fixture *fixture = start();

	(void)state;
	assert_int_equal(mkfifo("index.txt", 0600), 0);
	update(fixture, ERR_INDEX);
	assert_int_equal(unlink("index.txt"), 0);
	assert_int_equal(mkdir("index.txt", 0700), 0);
	update(fixture, ERR_INDEX);
	assert_string_equal(problems_text(fixture->problems),
	    "error: index.txt: Invalid argument; is it a regular file?\n"
	    "error: index.txt: Is a directory\n");
	finish(fixture);
}

static void
what_the_caller_fails_with_is_returned(void **state)
{
	struct fixture *fixture = start();

	(void)state;
	put("index.txt", "");
	fixture->issued.entries[0] = entry_of("\x01", 'a');
	fixture->issued.err = ERR_STORE;
	update(fixture, ERR_STORE);
	fixture->issued.err = ERR_OK;
	fixture->issued.entries[0].subject = BYTES_LITERAL("x");
	update(fixture, ERR_CERTIFICATE_MALFORMED);
	assert_report(fixture, "");
	assert_text("index.txt", "");
	finish(fixture);
}

static void
a_full_disk_leaves_the_index_as_it_was(void **state)
{
	struct fixture *fixture = start();
	struct openssl_index_entry fresh = entry_of("\x02", 'b');
	struct rlimit before, limit;

	(void)state;
	put("index.txt", ROW("01", "a"));
	fixture->order.fresh = &fresh;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ strlen(ROW("01", "a")) + 10, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	update(fixture, ERR_INDEX);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_report(fixture, "");
	assert_text("index.txt", ROW("01", "a"));
	update(fixture, ERR_OK);
	assert_text("index.txt", ROW("01", "a") ROW("02", "b"));
	finish(fixture);
}

static enum err
note_row(void *context, const struct openssl_index_row *row)
{
	buf_append_octet(context, row->type);
	buf_append(context, row->serial);
	buf_append_octet(context, ' ');
	return row->type == 'S' ? ERR_STORE : ERR_OK;
}

static void
rows_are_read_in_their_order(void **state)
{
	static const struct {
		const char *text;
		enum err err;
		const char *rows;
		const char *finding;
	} rows[] = {
		{ "", ERR_OK, "", "" },
		{ ROW("01", "a") "# V\n" ROW("00", "b"), ERR_OK, "V01 V00 ",
		    "" },
		{ ROW_OF("R", "261120100000Z", "01", "a") "V\t271", ERR_OK,
		    "R01 ", "" },
		{ ROW_OF("S", "", "01", "a") ROW("02", "b"), ERR_STORE, "S01 ",
		    "" },
		{ ROW("01", "a") "\n" ROW("02", "b"), ERR_INDEX_DAMAGED, "V01 ",
		    "error: index.txt:2: a line of the index is no row, for "
		    "which \"openssl ca\" refuses it; correct or remove it\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct buf seen = { 0 };

		put("index.txt", rows[i].text);
		assert_err(openssl_index_read("index.txt", note_row, &seen,
			       problems),
		    rows[i].err, rows[i].text);
		assert_string_equal(buf_string(&seen), rows[i].rows);
		assert_problems(problems, rows[i].finding);
		buf_clear(&seen);
	}
}

static void
no_rows_are_read_of_what_is_no_index(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	assert_int_equal(mkdir("index.txt", 0700), 0);
	assert_int_equal(openssl_index_read("index.txt", note_row, NULL,
			     problems),
	    ERR_INDEX);
	assert_problems(problems, "error: index.txt: Is a directory\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_new_row_is_appended),
		CONF_TEST(nothing_is_done_where_nothing_has_changed),
		CONF_TEST(what_a_rewrite_has_lost_is_put_back),
		CONF_TEST(a_row_that_is_there_is_not_appended_again),
		CONF_TEST(names_that_are_to_be_unique_are_not_doubled),
		CONF_TEST(what_somebody_has_removed_long_ago_stays_removed),
		CONF_TEST(a_revocation_that_the_index_lacks_is_an_alarm),
		CONF_TEST(a_damaged_index_is_left_alone),
		CONF_TEST(a_row_of_ours_that_was_cut_off_is_completed),
		CONF_TEST(an_index_that_is_gone_is_not_made_anew),
		CONF_TEST(an_index_that_was_emptied_is_not_filled),
		CONF_TEST(an_index_that_comes_back_is_waited_for),
		CONF_TEST(what_is_no_index_is_an_error),
		CONF_TEST(rows_are_read_in_their_order),
		CONF_TEST(no_rows_are_read_of_what_is_no_index),
		CONF_TEST(what_the_caller_fails_with_is_returned),
		CONF_TEST(a_full_disk_leaves_the_index_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
