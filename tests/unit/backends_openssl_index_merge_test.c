/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_merge.h"

#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/backends_openssl_rewrite.h"

/* Fails unless merging the two ends so; the findings have to be exactly these,
 * or, where NULL, some. */
static struct openssl_index_merge_report
merge(bool unique_subject, enum err err, const char *findings)
{
	struct problems *problems = problems_new();
	struct openssl_index_merge_report report = { 7, 7, 7 };
	enum err actual = openssl_index_merge("index.txt", "index.txt.old",
	    unique_subject, &report, problems);

	assert_err(actual, err, problems_text(problems));
	if (err != ERR_OK)
		assert_int_equal(report.appended, 7);
	assert_findings(problems, findings);
	return report;
}

static void
what_an_index_lacks_is_brought_in(void **state)
{
	static const struct {
		const char *earlier;
		const char *before;
		const char *after; /* NULL: the same */
		size_t appended;
		size_t revoked;
	} rows[] = {
		{ "", "", NULL, 0, 0 },
		{ "", ROW("01", "a"), NULL, 0, 0 },
		{ ROW("01", "a"), ROW("01", "a") ROW("02", "b"), NULL, 0, 0 },
		{ ROW("01", "a") ROW("02", "b") ROW("03", "c"),
		    ROW("01", "a") ROW("04", "d"),
		    ROW("01", "a") ROW("04", "d") ROW("02", "b") ROW("03", "c"),
		    2, 0 },
		{ REVOKED("01", "a") ROW("02", "b"),
		    ROW("01", "a") ROW("02", "b"),
		    REVOKED("01", "a") ROW("02", "b"), 0, 1 },
		/* Both at once, and the other way round too. */
		{ REVOKED("01", "a") ROW("02", "b") ROW("03", "c"),
		    ROW("01", "a") ROW_OF("R", "200101000000Z", "02", "b"),
		    REVOKED("01", "a") ROW_OF("R", "200101000000Z", "02", "b")
			ROW("03", "c"),
		    1, 1 },
		/* As it stands: reason, type, file, octets. */
		{ ROW_OF("R",
		      "200101000000Z,holdInstruction,"
		      "holdInstructionReject",
		      "01",
		      "a") "E\t20500101000000Z\t\t0003\tc\\\t.pem\t/\\x\r\n",
		    ROW_OF("E", "", "0001", "b"),
		    ROW_OF("R",
			"200101000000Z,holdInstruction,"
			"holdInstructionReject",
			"0001",
			"b") "E\t20500101000000Z\t\t0003\tc\\\t.pem\t/\\x\r\n",
		    1, 1 },
		/* Other differences stay. */
		{ ROW_OF("R", "200101000000Z", "01", "a") ROW("02", "b")
			ROW_OF("E", "", "03", "c") "# comment\n",
		    REVOKED("01", "x") ROW_OF("E", "", "02", "b")
			ROW("03", "c"),
		    NULL, 0, 0 },
		/* Never a number twice. */
		{ ROW("02", "b") ROW("0002", "x") ROW("0001", "y"),
		    "# comment\n" ROW("01", "a"),
		    "# comment\n" ROW("01", "a") ROW("02", "b"), 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct openssl_index_merge_report report;
		const char *after = rows[i].after != NULL ? rows[i].after :
							    rows[i].before;

		put("index.txt.old", rows[i].earlier);
		put("index.txt", rows[i].before);
		report = merge(false, ERR_OK, "");
		assert_text("index.txt", after);
		assert_int_equal(report.appended, rows[i].appended);
		assert_int_equal(report.revoked, rows[i].revoked);
		assert_int_equal(report.left_out, 0);
		assert_text("index.txt.old",
		    rows[i].revoked > 0 ? rows[i].before : rows[i].earlier);
		report = merge(false, ERR_OK, "");
		assert_int_equal(report.appended + report.revoked, 0);
		assert_text("index.txt", after);
	}
	assert_files("index.txt index.txt.old ");
}

#define TAKEN \
	": the row is missing in the index, and can't be put back as another " \
	"certificate of its subject is valid and unique_subject is yes; " \
	"revoke one of the two, or write no into the .attr file\n"

static void
names_that_are_to_be_unique_are_not_doubled(void **state)
{
	static const char earlier[] = ROW("04", "a") REVOKED("01", "a")
	    ROW("05", "b") REVOKED("06", "b") ROW("07", "a") ROW("08", "c");
	static const char before[] = ROW("01", "a") ROW("02", "b");
	struct openssl_index_merge_report report;

	(void)state;
	put("index.txt.old", earlier);
	put("index.txt", before);
	report = merge(true, ERR_OK,
	    "error: index.txt: 05" TAKEN "error: index.txt: 07" TAKEN);
	assert_text("index.txt",
	    REVOKED("01", "a") ROW("02", "b") ROW("04", "a") REVOKED("06", "b")
		ROW("08", "c"));
	assert_int_equal(report.appended, 3);
	assert_int_equal(report.revoked, 1);
	assert_int_equal(report.left_out, 2);
	/* What the file beside says counts. */
	put("index.txt.old", earlier);
	put("index.txt", before);
	put("index.txt.attr", "unique_subject = no\n");
	report = merge(true, ERR_OK, "");
	assert_int_equal(report.appended, 5);
}

/* An index that has only got more is no other file than before. */
static void
rows_alone_are_appended_to_the_file(void **state)
{
	struct openssl_index_state before, after;

	(void)state;
	put("index.txt.old", ROW("02", "b"));
	put("index.txt", ROW("01", "a"));
	assert_int_equal(openssl_index_state_read("index.txt", &before),
	    ERR_OK);
	merge(false, ERR_OK, "");
	assert_int_equal(openssl_index_state_read("index.txt", &after), ERR_OK);
	assert_int_equal(before.inode, after.inode);
	assert_text("index.txt", ROW("01", "a") ROW("02", "b"));
}

#define UNREADABLE \
	": a line of the index is no row, for which \"openssl ca\" refuses " \
	"it; correct or remove it\n"
#define UNENDED \
	": the last line of the index has no end, so that \"openssl ca\" " \
	"would lose it; end it if it is whole, and remove it if not\n"

static void
nothing_is_taken_of_or_put_into_what_is_damaged(void **state)
{
	static const struct {
		const char *earlier;
		const char *index;
		const char *finding;
	} rows[] = {
		{ ROW("02", "b"), ROW("01", "a") "\n",
		    "error: index.txt:2" UNREADABLE },
		{ ROW("02", "b"), ROW("01", "a") "V",
		    "error: index.txt:2" UNENDED },
		{ ROW("02", "b") "x\n", ROW("01", "a"),
		    "error: index.txt.old:2" UNREADABLE },
		{ ROW("02", "b") "V", ROW("01", "a"),
		    "error: index.txt.old:2" UNENDED },
		/* `openssl ca` would refuse the index for such a row. */
		{ ROW_OF("V", "200101000000Z", "02", "b"), ROW("01", "a"),
		    "error: index.txt.old:1" UNREADABLE },
		{ ROW_OF("R", "", "02", "b"), ROW("01", "a"),
		    "error: index.txt.old:1" UNREADABLE },
		{ ROW_OF("R", "200101000000Z,why", "01", "a"), ROW("01", "a"),
		    "error: index.txt.old:1" UNREADABLE },
		{ "V\t2\t\t02\tunknown\t/\n", ROW("01", "a"),
		    "error: index.txt.old:1" UNREADABLE },
		{ ROW("01", "a"), "",
		    "error: index.txt: the index is empty and was not before; "
		    "see whether its predecessor (.old) has the rows, and put "
		    "it there\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put("index.txt.old", rows[i].earlier);
		put("index.txt", rows[i].index);
		merge(false, ERR_INDEX_DAMAGED, rows[i].finding);
		assert_text("index.txt", rows[i].index);
		assert_text("index.txt.old", rows[i].earlier);
		assert_files("index.txt index.txt.old ");
	}
}

/* What is in both need not be looked at. */
static void
damage_that_is_not_brought_in_is_no_matter(void **state)
{
	(void)state;
	put("index.txt.old", ROW_OF("V", "?", "01", "a") ROW("02", "b"));
	put("index.txt", ROW("01", "a"));
	merge(false, ERR_OK, "");
	assert_text("index.txt", ROW("01", "a") ROW("02", "b"));
}

static void
what_can_not_be_read_is_named(void **state)
{
	(void)state;
	put("index.txt.old", ROW("02", "b"));
	merge(false, ERR_INDEX_DAMAGED, NULL);
	put("index.txt", ROW("01", "a"));
	assert_int_equal(mkdir("index.txt.attr", 0700), 0);
	merge(true, ERR_INDEX, "error: index.txt.attr: Is a directory\n");
	assert_text("index.txt", ROW("01", "a"));
	assert_int_equal(rmdir("index.txt.attr"), 0);
	assert_int_equal(unlink("index.txt.old"), 0);
	merge(false, ERR_INDEX, NULL);
	assert_int_equal(mkfifo("index.txt.old", 0600), 0);
	merge(false, ERR_INDEX,
	    "error: index.txt.old: Invalid argument; is it a regular file?\n");
}

static void
a_full_disk_leaves_the_index_as_it_was(void **state)
{
	struct rlimit before, limit;

	(void)state;
	put("index.txt.old", ROW("02", "b"));
	put("index.txt", ROW("01", "a"));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ strlen(ROW("01", "a")) + 10, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	merge(false, ERR_INDEX, "error: index.txt: No space left on device\n");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_text("index.txt", ROW("01", "a"));
	merge(false, ERR_OK, "");
	assert_text("index.txt", ROW("01", "a") ROW("02", "b"));
}

static void
what_was_left_behind_is_brought_in_too(void **state)
{
	struct openssl_index_merge_report report;

	(void)state;
	put("index.txt.scepd-0", REVOKED("01", "a") ROW("03", "c"));
	put("index.txt.old", ROW("01", "a") ROW("02", "b"));
	put("index.txt", ROW("01", "a"));
	report = merge(false, ERR_OK,
	    "warning: index.txt: was replaced while others wrote into it; put "
	    "back are 1 rows and 1 revocations\n");
	assert_int_equal(report.appended, 1);
	assert_text("index.txt",
	    REVOKED("01", "a") ROW("02", "b") ROW("03", "c"));
	/* It may be the index itself. */
	put("index.txt.old", ROW("04", "d"));
	assert_int_equal(rename("index.txt", "index.txt.scepd-0"), 0);
	report = merge(false, ERR_OK, "");
	assert_int_equal(report.appended, 1);
	assert_text("index.txt",
	    REVOKED("01", "a") ROW("02", "b") ROW("03", "c") ROW("04", "d"));
	assert_files("index.txt index.txt.old ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(what_an_index_lacks_is_brought_in),
		CONF_TEST(names_that_are_to_be_unique_are_not_doubled),
		CONF_TEST(rows_alone_are_appended_to_the_file),
		CONF_TEST(nothing_is_taken_of_or_put_into_what_is_damaged),
		CONF_TEST(damage_that_is_not_brought_in_is_no_matter),
		CONF_TEST(what_can_not_be_read_is_named),
		CONF_TEST(a_full_disk_leaves_the_index_as_it_was),
		CONF_TEST(what_was_left_behind_is_brought_in_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
