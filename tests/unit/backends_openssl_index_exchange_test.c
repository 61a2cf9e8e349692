/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whoever revokes, or merges, is stopped before and after each system call: it
 * is killed there, or an administrator's `openssl ca` comes between, at one
 * point after the other.
 */
#include "backends/openssl_index_exchange.h"

#include "tests/unit/backends_openssl_rewrite.h"
#include "tests/unit/traced.h"

/* What the administrator revokes, and what he issues. */
#define HIS_REVOKED ROW_OF("R", "200101000000Z", "02", "b")
#define HIS_ISSUED ROW("04", "d")

static const char before[] = ROW("01", "a") ROW("02", "b") ROW("03", "c");
static const char after[] = REVOKED("01", "a") ROW("02", "b") ROW("03", "c");
static const char with_his[] = REVOKED("01", "a") HIS_REVOKED ROW("03", "c")
    HIS_ISSUED;

/* Of a child's */

static bool no_exchange; /* the file system can't exchange two files */

static void
spoil_exchange(void)
{
	if (no_exchange)
		spoil_call(SCMP_SYS(renameat2), EINVAL, 4);
}

static void
revoke_one(void)
{
	struct problems *problems = problems_new();
	enum openssl_index_revoked outcome;

	spoil_exchange();
	if (revoke_serials("\x01", &outcome, problems) != ERR_OK) {
		print_error("# %s\n", problems_text(problems));
		_exit(1);
	}
	problems_free(problems);
}

static enum err
merge_with(struct problems *problems)
{
	struct openssl_index_merge_report report;

	return openssl_index_merge("index.txt", "index.txt.old", false, &report,
	    problems);
}

static void
merge(void)
{
	struct problems *problems = problems_new();

	spoil_exchange();
	if (merge_with(problems) != ERR_OK) {
		print_error("# %s\n", problems_text(problems));
		_exit(1);
	}
	problems_free(problems);
}

/* Of the administrator's, who takes no lock: as `openssl ca` does it, with its
 * three moments.  It fails where it finds no index. */

static struct buf his; /* what he has read, and changed */
static bool he_is_done;

static void
replace_in(struct buf *text, const char *what, const char *by)
{
	char *at = strstr((char *)(uintptr_t)buf_string(text), what);
	struct buf changed = { 0 };

	if (at == NULL)
		return;
	buf_append(&changed,
	    bytes_of(text->data, (size_t)((uint8_t *)at - text->data)));
	buf_append_string(&changed, by);
	buf_append_string(&changed, at + strlen(what));
	buf_clear(text);
	*text = changed;
}

static void
he_reads(void)
{
	buf_clear(&his);
	he_is_done = false;
	if (access("index.txt", F_OK) != 0)
		return;
	his = text_of("index.txt");
	replace_in(&his, ROW("02", "b"), HIS_REVOKED);
	if (strstr(buf_string(&his), HIS_ISSUED) == NULL)
		buf_append_string(&his, HIS_ISSUED);
}

static void
he_takes_away(void)
{
	if (his.size == 0)
		return;
	put("index.txt.new", buf_string(&his));
	if (rename("index.txt", "index.txt.old") != 0)
		buf_clear(&his);
}

static void
he_puts(void)
{
	if (his.size == 0)
		return;
	assert_int_equal(rename("index.txt.new", "index.txt"), 0);
	he_is_done = true;
	buf_clear(&his);
}

static void
he_comes(void)
{
	he_reads();
	he_takes_away();
	he_puts();
}

static void
reset(const char *earlier, const char *index)
{
	static const char *const names[] = { "index.txt", "index.txt.old",
		"index.txt.new", "index.txt.attr" };

	for (size_t i = 0; i < COUNT(names); i++)
		unlink(names[i]);
	assert_files("");
	he_is_done = false;
	put("index.txt", index);
	if (earlier != NULL)
		put("index.txt.old", earlier);
}

/* In both worlds. */
static void
twice(void (*test)(void))
{
	no_exchange = false;
	test();
	no_exchange = true;
	test();
	no_exchange = false;
}

/* The index is one of the two, and there always is one, unless the file system
 * leaves no choice. */
static void
assert_one_of(const char *one, const char *other)
{
	struct buf text;

	if (no_exchange && access("index.txt", F_OK) != 0)
		return;
	text = text_of("index.txt");
	if (strcmp(buf_string(&text), one) != 0)
		assert_string_equal(buf_string(&text), other);
	buf_clear(&text);
}

static void
kill_who_revokes(void)
{
	bool early = true;

	for (unsigned point = 0; early; point++) {
		const struct traced_step step = { point, NULL };

		reset(NULL, before);
		early = traced_run(revoke_one, &step, 1);
		assert_one_of(before, after);
		assert_revoke("", ERR_OK, "");
		assert_one_of(before, after);
		assert_revoke("\x01", ERR_OK, "");
		assert_text("index.txt", after);
		assert_text("index.txt.old", before);
		assert_files("index.txt index.txt.old ");
	}
}

static void
who_revokes_may_be_killed_at_any_point(void **state)
{
	(void)state;
	twice(kill_who_revokes);
}

static void
kill_who_merges_into(const char *earlier, const char *index,
    const char *expected)
{
	bool early = true;

	for (unsigned point = 0; early; point++) {
		const struct traced_step step = { point, NULL };
		struct problems *problems = problems_new();

		reset(earlier, index);
		early = traced_run(merge, &step, 1);
		assert_one_of(index, expected);
		assert_int_equal(merge_with(problems), ERR_OK);
		assert_findings(problems, "");
		assert_text("index.txt", expected);
		assert_files("index.txt index.txt.old ");
	}
}

static void
kill_who_merges(void)
{
	kill_who_merges_into(with_his, before, with_his);
	kill_who_merges_into(ROW("04", "d"), before,
	    ROW("01", "a") ROW("02", "b") ROW("03", "c") ROW("04", "d"));
}

static void
who_merges_may_be_killed_at_any_point(void **state)
{
	(void)state;
	twice(kill_who_merges);
}

static void
cross(void)
{
	bool early = true;

	for (unsigned point = 0; early; point++) {
		const struct traced_step step = { point, he_comes };

		reset(NULL, before);
		early = traced_run(revoke_one, &step, 1);
		assert_text("index.txt", he_is_done ? with_his : after);
		assert_true(he_is_done || no_exchange);
		assert_files("index.txt index.txt.old ");
	}
}

static void
nothing_is_lost_when_an_administrator_comes_between(void **state)
{
	(void)state;
	twice(cross);
}

/* Points at which the index lacks what he has done. */
static unsigned lacking;

static void
look_for_his(void)
{
	struct buf text = text_of("index.txt");

	lacking += strstr(buf_string(&text), HIS_REVOKED) == NULL;
	buf_clear(&text);
}

/* Another `openssl ca` of his may read it at any time, and would write what it
 * has read: what was exchanged is back with the next call but one. */
static void
what_an_administrator_has_done_is_hardly_ever_missed(void **state)
{
	struct traced_step steps[200] = { { 0, he_comes } };
	bool early = true;

	(void)state;
	for (unsigned point = 0; early; point++) {
		steps[0].point = point;
		for (unsigned i = 1; i < COUNT(steps); i++)
			steps[i] = (struct traced_step){ point + i,
				look_for_his };
		reset(NULL, before);
		lacking = 0;
		early = traced_run(revoke_one, steps, COUNT(steps));
		assert_text("index.txt", with_his);
		assert_true(lacking <= 4);
	}
}

/* Who has read the index before undoes what is done meanwhile, whoever does it;
 * all of it is there once the two are merged. */
static void
cross_stale(void)
{
	static const unsigned gaps[][2] = { { 0, 1 }, { 2, 0 }, { 6, 3 },
		{ 25, 1 } };
	bool early = true;

	for (unsigned point = 0; early; point++)
		for (size_t i = 0; i < COUNT(gaps); i++) {
			const struct traced_step steps[] = {
				{ point, he_reads },
				{ point + gaps[i][0], he_takes_away },
				{ point + gaps[i][0] + gaps[i][1], he_puts },
			};
			struct problems *problems = problems_new();

			reset(NULL, before);
			early = traced_run(revoke_one, steps, COUNT(steps));
			assert_int_equal(merge_with(problems), ERR_OK);
			assert_text("index.txt", he_is_done ? with_his : after);
			assert_true(he_is_done || no_exchange);
			problems_free(problems);
		}
}

static void
nothing_is_lost_when_an_administrator_was_there_before(void **state)
{
	(void)state;
	twice(cross_stale);
}

static void
cross_and_kill(void)
{
	static const unsigned gaps[] = { 1, 2, 5, 8, 21 };
	bool early = true;

	for (unsigned point = 0; early; point++)
		for (size_t i = 0; i < COUNT(gaps); i++) {
			const struct traced_step steps[] = {
				{ point, he_comes },
				{ point + gaps[i], NULL },
			};
			struct problems *problems = problems_new();
			enum openssl_index_revoked outcome;

			reset(NULL, before);
			early = traced_run(revoke_one, steps, COUNT(steps));
			assert_int_equal(revoke_serials("\x01", &outcome,
					     problems),
			    ERR_OK);
			problems_free(problems);
			assert_text("index.txt", he_is_done ? with_his : after);
			unlink("index.txt.new");
			assert_files("index.txt index.txt.old ");
		}
}

static void
nothing_is_lost_when_it_is_killed_besides(void **state)
{
	(void)state;
	twice(cross_and_kill);
}

/* As another file, which is all that is asked for. */
static void
he_writes_the_same(void)
{
	struct buf text = text_of("index.txt");

	put("index.txt.new", buf_string(&text));
	assert_int_equal(rename("index.txt.new", "index.txt"), 0);
	buf_clear(&text);
}

#define BUSY "error: index.txt: is written anew all the time; who does that?\n"

static void
find_it_busy(enum err err, struct problems *problems)
{
	if (err != ERR_INDEX || strcmp(problems_text(problems), BUSY) != 0) {
		print_error("# %s\n", problems_text(problems));
		_exit(1);
	}
	problems_free(problems);
}

static void
revoke_in_vain(void)
{
	struct problems *problems = problems_new();
	enum openssl_index_revoked outcome;

	find_it_busy(revoke_serials("\x01", &outcome, problems), problems);
}

static void
merge_in_vain(void)
{
	struct problems *problems = problems_new();

	find_it_busy(merge_with(problems), problems);
}

static void
an_index_that_is_replaced_all_the_time_is_given_up(void **state)
{
	static void (*const works[])(void) = { revoke_in_vain, merge_in_vain };
	static struct traced_step steps[3000];

	(void)state;
	for (unsigned i = 0; i < COUNT(steps); i++)
		steps[i] = (struct traced_step){ 4 * i, he_writes_the_same };
	for (size_t i = 0; i < COUNT(works); i++) {
		reset(with_his, before);
		traced_run(works[i], steps, COUNT(steps));
		assert_text("index.txt", before);
		assert_revoke("\x01", ERR_OK, "");
		assert_text("index.txt", after);
		assert_files("index.txt index.txt.old ");
	}
}

/* A call that fails, and what comes of it. */
static const struct spoiled {
	int call;
	int cause;
	int argument; /* where this is not 0; -1: always */
	bool link_too;
	enum err err;
	const char *finding;
} spoiled[] = {
	{ SCMP_SYS(fsync), EIO, -1, false, ERR_INDEX, "Input/output error" },
	{ SCMP_SYS(fchmod), EIO, -1, false, ERR_INDEX, "Input/output error" },
	{ SCMP_SYS(fgetxattr), EIO, -1, false, ERR_INDEX,
	    "Input/output error" },
	{ SCMP_SYS(fgetxattr), EOPNOTSUPP, -1, false, ERR_OK, "" },
	{ SCMP_SYS(getdents64), EIO, -1, false, ERR_INDEX,
	    "Input/output error" },
	{ SCMP_SYS(renameat2), EIO, 4, false, ERR_INDEX, "Input/output error" },
	{ SCMP_SYS(renameat2), EACCES, 4, false, ERR_INDEX,
	    "Permission denied" },
	{ SCMP_SYS(renameat2), EINVAL, 4, false, ERR_OK, "" },
	{ SCMP_SYS(renameat2), ENOSYS, 4, false, ERR_OK, "" },
	{ SCMP_SYS(renameat2), EOPNOTSUPP, 4, true, ERR_OK, "" },
};

static void
revoke_spoiled(const struct spoiled *how)
{
	struct problems *problems = problems_new();
	enum openssl_index_revoked outcome;
	enum err err;

	spoil_call(how->call, how->cause, how->argument);
	if (how->link_too) {
		spoil_call(SCMP_SYS(link), EPERM, -1);
		spoil_call(SCMP_SYS(linkat), EPERM, -1);
	}
	err = revoke_serials("\x01", &outcome, problems);
	if (err != how->err ||
	    strstr(problems_text(problems), how->finding) == NULL) {
		print_error("# %s %s\n", err_name(err),
		    problems_text(problems));
		_exit(1);
	}
	problems_free(problems);
}

static void
what_fails_leaves_the_index_as_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(spoiled); i++) {
		bool fails = spoiled[i].err != ERR_OK;
		pid_t child;

		reset(NULL, before);
		child = fork();
		if (child == 0) {
			revoke_spoiled(&spoiled[i]);
			_exit(0);
		}
		assert_ends_well(child);
		assert_text("index.txt", fails ? before : after);
		assert_files(fails ? "index.txt " : "index.txt index.txt.old ");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(who_revokes_may_be_killed_at_any_point),
		CONF_TEST(who_merges_may_be_killed_at_any_point),
		CONF_TEST(nothing_is_lost_when_an_administrator_comes_between),
		CONF_TEST(what_an_administrator_has_done_is_hardly_ever_missed),
		CONF_TEST(
		    nothing_is_lost_when_an_administrator_was_there_before),
		CONF_TEST(nothing_is_lost_when_it_is_killed_besides),
		CONF_TEST(an_index_that_is_replaced_all_the_time_is_given_up),
		CONF_TEST(what_fails_leaves_the_index_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
