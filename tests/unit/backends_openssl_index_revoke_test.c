/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_revoke.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/xattr.h>

#include "tests/unit/backends_openssl_command.h"
#include "tests/unit/backends_openssl_rewrite.h"
#include "tests/unit/children.h"

/* One letter an outcome. */
static void
assert_outcomes(const enum openssl_index_revoked *outcomes,
    const char *expected)
{
	static const char letters[] = "-bn"; /* not found, before, now */

	for (size_t i = 0; expected[i] != '\0'; i++)
		assert_int_equal(letters[outcomes[i]], expected[i]);
}

static void
rows_are_revoked_and_all_else_stays(void **state)
{
	static const struct {
		const char *before;
		const char *serials;
		const char *outcomes;
		const char *after;
	} rows[] = {
		{ ROW("01", "a"), "\x01", "n", REVOKED("01", "a") },
		{ ROW("01", "a") ROW("02", "b") ROW("03", "c"), "\x03\x01",
		    "nn",
		    REVOKED("01", "a") ROW("02", "b") REVOKED("03", "c") },
		/* Not the whole order counts. */
		{ ROW("01", "a") ROW("02", "b"), "\x09\x02\x08", "-n-",
		    ROW("01", "a") REVOKED("02", "b") },
		{ ROW_OF("R", "200101000000Z", "01", "a") ROW("02", "b"),
		    "\x01\x02\x02", "bnn",
		    ROW_OF("R", "200101000000Z", "01", "a")
			REVOKED("02", "b") },
		/* As `openssl ca` does with what is not R. */
		{ ROW_OF("E", "", "01", "a") ROW_OF("S", "", "02", "b")
			ROW_OF("Valid", "", "03", "c"),
		    "\x01\x02\x03", "nnn",
		    REVOKED("01", "a") REVOKED("02", "b") REVOKED("03", "c") },
		{ ROW_OF("V", "200101000000Z", "01", "a"), "\x01", "n",
		    REVOKED("01", "a") },
		/* What `openssl ca` would have lost or not found. */
		{ "# one\n" ROW("0001", "a") "#\tV\t\t02\n" ROW("aB", "b\r")
			ROW("-01", "c") "#",
		    "", "",
		    "# one\n" ROW("0001", "a") "#\tV\t\t02\n" ROW("aB", "b\r")
			ROW("-01", "c") "#" },
		{ "# one\n" ROW("0001", "a") "#\tV\t\t02\n" ROW("aB", "b\r")
			ROW("-01", "c") "#\n",
		    "\x01\xab", "nn",
		    "# one\n" REVOKED("0001", "a") "#\tV\t\t02\n" REVOKED("aB",
			"b\r") ROW("-01", "c") "#\n" },
		{ "V\t20500101000000Z\t\t01\ta\\\tb.pem\t/CN=\\\t\\x00\r\n",
		    "\x01", "n",
		    "R\t20500101000000Z\t" REVOCATION
		    "\t01\ta\\\tb.pem\t/CN=\\\t\\x00\r\n" },
		/* A number twice is an index that OpenSSL refuses. */
		{ ROW("01", "a") ROW("0001", "b"), "\x01", "n",
		    REVOKED("01", "a") REVOKED("0001", "b") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		enum openssl_index_revoked outcomes[8];

		put("index.txt", rows[i].before);
		assert_err(revoke_serials(rows[i].serials, outcomes, problems),
		    ERR_OK, rows[i].before);
		assert_problems(problems, "");
		assert_outcomes(outcomes, rows[i].outcomes);
		assert_text("index.txt", rows[i].after);
		if (*rows[i].serials != '\0')
			assert_text("index.txt.old", rows[i].before);
	}
	assert_files("index.txt index.txt.old ");
}

/* One, for which there is a row that is not revoked yet. */
static void
revoke_one(struct bytes serial, int64_t at, int reason)
{
	const struct openssl_index_revocation revocation = { serial, at,
		reason };
	const struct openssl_index_revoke_order order = { "index.txt", false,
		&revocation, 1 };
	struct problems *problems = problems_new();
	enum openssl_index_revoked outcome;

	assert_err(openssl_index_revoke(&order, &outcome, problems), ERR_OK,
	    problems_text(problems));
	assert_int_equal(outcome, OPENSSL_INDEX_REVOKED_NOW);
	assert_problems(problems, "");
}

static void
long_indexes_are_copied_whole(void **state)
{
	struct buf before = { 0 }, after = { 0 };

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		bool revoked = i >= 0x1000 && i < 0x1080;
		const char *rest = "\tunknown\t/O=" EXPIRES_TEXT EXPIRES_TEXT;

		buf_printf(&before, "V\t" EXPIRES_TEXT "\t\t%06X%s\n", i, rest);
		buf_printf(&after, "%c\t" EXPIRES_TEXT "\t%s\t%06X%s\n",
		    revoked ? 'R' : 'V', revoked ? REVOCATION : "", i, rest);
	}
	put("index.txt", buf_string(&before));
	for (unsigned i = 0x1000; i < 0x1080; i++) {
		const uint8_t serial[] = { 0, (uint8_t)(i >> 8), (uint8_t)i };

		revoke_one(BYTES_ARRAY(serial), REVOKED_AT, 1);
	}
	assert_text("index.txt", buf_string(&after));
	buf_clear(&before);
	buf_clear(&after);
}

/* What `openssl ca` makes of a row, and when it did. */
static struct buf
revoked_by_openssl(const char *before, const char *reason, int64_t *at)
{
	struct openssl_index_row row;
	struct bytes line;
	struct buf text;
	int code;

	put("index.txt", before);
	assert_int_equal(openssl("ca -config ca.conf -revoke old.pem %s",
			     reason),
	    0);
	text = text_of("index.txt");
	line = bytes_of(text.data, strcspn(buf_string(&text), "\n"));
	assert_int_equal(openssl_index_row_read(line, &row), ERR_OK);
	assert_int_equal(openssl_index_revocation_read(row.revocation, at,
			     &code),
	    ERR_OK);
	return text;
}

static void
rows_are_those_that_openssl_writes(void **state)
{
	static const struct {
		const char *reason;
		int code;
	} rows[] = {
		{ "", 0 },
		{ "", 7 },
		{ "", 9 },
		{ "", 10 },
		{ "-crl_reason keyCompromise", 1 },
		{ "-crl_reason CACompromise", 2 },
		{ "-crl_reason affiliationChanged", 3 },
		{ "-crl_reason superseded", 4 },
		{ "-crl_reason cessationOfOperation", 5 },
		{ "-crl_reason certificateHold", 6 },
		{ "-crl_reason removeFromCRL", 8 },
	};
	static const char *const indexes[] = {
		ROW("2710", "old-0") ROW("02", "b"),
		ROW_OF("E", "", "2710", "old-0") ROW("02", "a\\/b"),
		"V\t20500101000000Z\t\t2710\told-0.pem\t/CN=old-0\n",
	};

	(void)state;
	openssl_or_skip();
	openssl_make_ca();
	assert_int_equal(openssl_make_old(0), 0);
	for (size_t i = 0; i < COUNT(rows) * COUNT(indexes); i++) {
		const char *before = indexes[i / COUNT(rows)];
		int64_t at;
		struct buf expected = revoked_by_openssl(before,
		    rows[i % COUNT(rows)].reason, &at);

		put("index.txt", before);
		revoke_one(BYTES_LITERAL("\x27\x10"), at,
		    rows[i % COUNT(rows)].code);
		assert_text("index.txt", buf_string(&expected));
		buf_clear(&expected);
	}
	assert_int_equal(openssl("ca -config ca.conf -gencrl -out crl.pem"), 0);
}

/* OpenSSL reads two digits of the year here. */
static void
dates_are_none_that_openssl_can_not_read(void **state)
{
	static const struct {
		int64_t at;
		const char *field;
	} rows[] = {
		{ 0, "700101000000Z" },
		{ 2524607999, "491231235959Z" },
		{ 2524608000, "491231235959Z" },
		{ 253402300799, "491231235959Z" },
	};

	(void)state;
	openssl_or_skip();
	openssl_make_ca();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf expected = { 0 };

		put("index.txt", ROW("01", "a"));
		revoke_one(BYTES_LITERAL("\x01"), rows[i].at, 0);
		buf_printf(&expected,
		    "R\t" EXPIRES_TEXT "\t%s\t01\tunknown\t/CN=a\n",
		    rows[i].field);
		assert_text("index.txt", buf_string(&expected));
		assert_int_equal(openssl("ca -config ca.conf -gencrl "
					 "-out crl.pem"),
		    0);
		buf_clear(&expected);
	}
}

static void
nothing_is_written_where_nothing_is_to_be_revoked(void **state)
{
	static const char *const rows[] = { "\x01", "\x02", "\x02\x07", "" };
	struct openssl_index_state before, after;

	(void)state;
	put("index.txt", ROW("01", "a") "# comment\n");
	assert_revoke("\x01", ERR_OK, "");
	assert_int_equal(unlink("index.txt.old"), 0);
	assert_int_equal(openssl_index_state_read("index.txt", &before),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_revoke(rows[i], ERR_OK, "");
	assert_int_equal(openssl_index_state_read("index.txt", &after), ERR_OK);
	assert_true(openssl_index_state_equal(&before, &after));
	assert_files("index.txt ");
}

/* An ACL as Linux has it: version 2, then tag, rights and user of each entry;
 * user::rw-, user:1000:rw-, group::r--, mask::rw-, other::---. */
#define ACL_NAME "system.posix_acl_access"
#define ACL \
	"\x02\x00\x00\x00" \
	"\x01\x00\x06\x00\xff\xff\xff\xff" \
	"\x02\x00\x06\x00\xe8\x03\x00\x00" \
	"\x04\x00\x04\x00\xff\xff\xff\xff" \
	"\x10\x00\x06\x00\xff\xff\xff\xff" \
	"\x20\x00\x00\x00\xff\xff\xff\xff"

static void
assert_acl(const char *name, struct bytes expected)
{
	uint8_t acl[200];
	ssize_t size = getxattr(name, ACL_NAME, acl, sizeof(acl));

	if (size < 0)
		assert_int_equal(errno, ENODATA);
	assert_same_bytes(bytes_of(acl, size < 0 ? 0 : (size_t)size), expected);
}

static mode_t
mode_of(const char *name)
{
	struct stat status;

	assert_int_equal(stat(name, &status), 0);
	return status.st_mode & 07777;
}

static void
the_rights_of_the_old_one_are_those_of_the_new_one(void **state)
{
	static const mode_t modes[] = { 0600, 0640, 0664, 0666, 0777 };

	(void)state;
	umask(077);
	for (size_t i = 0; i < COUNT(modes); i++) {
		put_mode("index.txt", BYTES_LITERAL(ROW("01", "a")), modes[i]);
		assert_revoke("\x01", ERR_OK, "");
		assert_int_equal(mode_of("index.txt"), modes[i]);
	}
	umask(022);
	put("index.txt", ROW("01", "a"));
	if (setxattr("index.txt", ACL_NAME, ACL, sizeof(ACL) - 1, 0) != 0) {
		print_message("# there are no ACLs here\n");
		return;
	}
	assert_revoke("\x01", ERR_OK, "");
	assert_acl("index.txt", BYTES_LITERAL(ACL));
	assert_int_equal(mode_of("index.txt"), 0660);
	/* One that the folder gives is not wanted. */
	assert_int_equal(setxattr(".", "system.posix_acl_default", ACL,
			     sizeof(ACL) - 1, 0),
	    0);
	put("index.txt", ROW("01", "a"));
	assert_int_equal(removexattr("index.txt", ACL_NAME), 0);
	assert_int_equal(chmod("index.txt", 0640), 0);
	assert_revoke("\x01", ERR_OK, "");
	assert_acl("index.txt", BYTES_LITERAL(""));
	assert_int_equal(mode_of("index.txt"), 0640);
}

static void
assert_owner(const char *name, uid_t user, gid_t group)
{
	struct stat status;

	assert_int_equal(stat(name, &status), 0);
	assert_int_equal(status.st_uid, user);
	assert_int_equal(status.st_gid, group);
}

/* As a user who may give a file to a group of his and to nobody else. */
static void
revoke_as(uid_t user, gid_t group)
{
	pid_t child = fork();

	if (child == 0) {
		if (setgroups(1, &group) != 0 || setgid(group + 1) != 0 ||
		    setuid(user) != 0)
			_exit(1);
		assert_revoke("\x01", ERR_OK, "");
		_exit(0);
	}
	assert_ends_well(child);
}

static void
the_owner_stays_where_we_may_say_so(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("# only root can give files away\n");
		skip();
	}
	put_mode("index.txt", BYTES_LITERAL(ROW("01", "a")), 0660);
	assert_int_equal(chown("index.txt", 1234, 2345), 0);
	assert_revoke("\x01", ERR_OK, "");
	assert_owner("index.txt", 1234, 2345);
	assert_int_equal(chmod(".", 0777), 0);
	put_mode("index.txt", BYTES_LITERAL(ROW("01", "a")), 0660);
	assert_int_equal(chown("index.txt", 0, 2345), 0);
	revoke_as(1234, 2345);
	assert_owner("index.txt", 1234, 2345);
	put_mode("index.txt", BYTES_LITERAL(ROW("01", "a")), 0666);
	assert_int_equal(chown("index.txt", 0, 0), 0);
	revoke_as(1234, 2345);
	assert_owner("index.txt", 1234, 2346);
	assert_text("index.txt", REVOKED("01", "a"));
}

static void
the_old_one_is_kept(void **state)
{
	struct openssl_index_state before, old;

	(void)state;
	put("index.txt.old", "older");
	put("index.txt", ROW("01", "a"));
	assert_int_equal(openssl_index_state_read("index.txt", &before),
	    ERR_OK);
	assert_revoke("\x01", ERR_OK, "");
	assert_int_equal(openssl_index_state_read("index.txt.old", &old),
	    ERR_OK);
	assert_int_equal(old.inode, before.inode);
	assert_text("index.txt.old", ROW("01", "a"));
	assert_files("index.txt index.txt.old ");
}

/* As `openssl ca` does with them. */
static void
links_are_replaced_by_a_file(void **state)
{
	struct stat status;

	(void)state;
	put("target", ROW("01", "a"));
	assert_int_equal(symlink("target", "index.txt"), 0);
	assert_revoke("\x01", ERR_OK, "");
	assert_text("index.txt", REVOKED("01", "a"));
	assert_int_equal(lstat("index.txt", &status), 0);
	assert_true(S_ISREG(status.st_mode));
	assert_int_equal(lstat("index.txt.old", &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_text("target", ROW("01", "a"));
}

#define UNREADABLE \
	": a line of the index is no row, for which \"openssl ca\" refuses " \
	"it; correct or remove it\n"
#define UNENDED \
	": the last line of the index has no end, so that \"openssl ca\" " \
	"would lose it; end it if it is whole, and remove it if not\n"

static void
a_damaged_index_is_left_alone(void **state)
{
	static const struct {
		const char *text;
		const char *finding;
	} rows[] = {
		{ ROW("01", "a") "\n", "error: index.txt:2" UNREADABLE },
		{ ROW("01", "a") "V\t1\t2\n" ROW("02", "b"),
		    "error: index.txt:2" UNREADABLE },
		{ ROW("1", "a"), "error: index.txt:1" UNREADABLE },
		{ ROW("01", "a") "V", "error: index.txt:2" UNENDED },
		{ ROW("01", "a") "# no end", "error: index.txt:2" UNENDED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put("index.txt", rows[i].text);
		assert_revoke("\x01", ERR_INDEX_DAMAGED, rows[i].finding);
		assert_text("index.txt", rows[i].text);
		assert_files("index.txt ");
	}
}

static void
a_line_that_is_too_long_is_damage(void **state)
{
	struct buf text = { 0 };

	(void)state;
	buf_append_string(&text, ROW("01", "a"));
	memset(buf_extend(&text, 1100000), 'x', 1100000);
	put("index.txt", buf_string(&text));
	assert_revoke("\x01", ERR_INDEX_DAMAGED,
	    "error: index.txt:2" UNREADABLE);
	assert_files("index.txt ");
	buf_clear(&text);
}

static void
an_index_that_is_gone_is_not_made_anew(void **state)
{
	(void)state;
	assert_revoke("\x01", ERR_INDEX,
	    "error: index.txt: No such file or directory; for a new CA, make "
	    "an empty file there\n");
	put("index.txt.old", ROW("01", "a"));
	assert_revoke("\x01", ERR_INDEX_DAMAGED,
	    "error: index.txt: the index is gone and its predecessor (.old) is "
	    "still there; see which is the newest of it, .old and .new, and "
	    "put it there\n");
	assert_files("index.txt.old ");
	assert_int_equal(mkdir("index.txt", 0700), 0);
	assert_revoke("\x01", ERR_INDEX, "error: index.txt: Is a directory\n");
}

static void
what_is_in_the_way_is_named(void **state)
{
	(void)state;
	put("index.txt", ROW("01", "a"));
	assert_int_equal(mkdir("index.txt.scepd", 0700), 0);
	assert_revoke("\x01", ERR_INDEX,
	    "error: index.txt: can't be replaced by way of index.txt.scepd: "
	    "File exists; scepd needs to write to its folder\n");
	assert_text("index.txt", ROW("01", "a"));
	assert_int_equal(rmdir("index.txt.scepd"), 0);
	/* The old one can't be kept: so it stays, for the next time. */
	assert_int_equal(mkdir("index.txt.old", 0700), 0);
	assert_int_equal(mkdir("index.txt.old/a", 0700), 0);
	assert_revoke("\x01", ERR_INDEX, NULL);
	assert_text("index.txt", REVOKED("01", "a"));
	assert_revoke("", ERR_INDEX, NULL);
	assert_int_equal(rmdir("index.txt.old/a"), 0);
	assert_int_equal(rmdir("index.txt.old"), 0);
	assert_revoke("", ERR_OK, "");
	assert_text("index.txt.old", ROW("01", "a"));
	assert_files("index.txt index.txt.old ");
}

static void
a_full_disk_leaves_the_index_as_it_was(void **state)
{
	struct rlimit before, limit;

	(void)state;
	put("index.txt", ROW("01", "a"));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ strlen(ROW("01", "a")) + 10, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_revoke("\x01", ERR_INDEX,
	    "error: index.txt: can't be replaced by way of index.txt.scepd: "
	    "File too large; scepd needs to write to its folder\n");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_text("index.txt", ROW("01", "a"));
	assert_files("index.txt ");
	assert_revoke("\x01", ERR_OK, "");
	assert_text("index.txt", REVOKED("01", "a"));
}

/* A file, renamed to what is the number of its inode and something more. */
static void
put_left(const char *text, uint64_t more)
{
	struct openssl_index_state left;
	char *name;

	put("left", text);
	assert_int_equal(openssl_index_state_read("left", &left), ERR_OK);
	name = xasprintf("index.txt.scepd-%llu",
	    (unsigned long long)(left.inode + more));
	assert_int_equal(rename("left", name), 0);
	free(name);
}

#define PUT_BACK(rows, revocations) \
	"warning: index.txt: was replaced while others wrote into it; put " \
	"back are " rows " rows and " revocations " revocations\n"

/* `openssl ca` has its own names, and they are not touched. */
static void
what_was_left_behind_is_taken_care_of(void **state)
{
	static const char index[] = ROW("01", "a") ROW("02", "b");
	static const char newer[] = ROW("01", "a") REVOKED("02", "b")
	    ROW("03", "c");

	(void)state;
	put("index.txt.new", "others'");
	put("index.txt.scepdx", "others'");
	put("index.txt.scepd-1x", "others'");
	put("index.txt.scepd-", "others'");
	/* A copy that was not finished, and one that was not put in place. */
	put("index.txt", index);
	put("index.txt.scepd", ROW("01", "a") "V\t27");
	put_left(newer, 0);
	assert_revoke("", ERR_OK, "");
	assert_text("index.txt", index);
	assert_revoke("\x01", ERR_OK, "");
	assert_text("index.txt", REVOKED("01", "a") ROW("02", "b"));
	/* What was replaced, and had what the present one lacks. */
	put_left(newer, 1);
	assert_revoke("\x03", ERR_OK, PUT_BACK("1", "1"));
	assert_text("index.txt",
	    REVOKED("01", "a") REVOKED("02", "b") REVOKED("03", "c"));
	/* More than one. */
	put_left(ROW("04", "d"), 1);
	put_left(ROW("04", "d"), 1000000);
	put_left(REVOKED("04", "d"), 1000001);
	assert_revoke("\x04", ERR_OK, NULL);
	assert_text("index.txt",
	    REVOKED("01", "a") REVOKED("02", "b") REVOKED("03", "c")
		REVOKED("04", "d"));
	assert_files("index.txt index.txt.new index.txt.old index.txt.scepd- "
		     "index.txt.scepd-1x index.txt.scepdx ");
}

static void
an_index_that_was_put_aside_comes_back(void **state)
{
	(void)state;
	put("index.txt.scepd-0", ROW("01", "a"));
	put("index.txt.old", ROW("02", "b"));
	assert_revoke("", ERR_OK, "");
	assert_text("index.txt", ROW("01", "a"));
	assert_files("index.txt index.txt.old ");
	/* Unless there is another. */
	put("index.txt.scepd-0", REVOKED("01", "a") ROW("03", "c"));
	assert_revoke("\x03", ERR_OK, PUT_BACK("1", "1"));
	assert_text("index.txt", REVOKED("01", "a") REVOKED("03", "c"));
}

/* As left by who is killed between a link and the removal of the other name, or
 * made by somebody who wants a copy. */
static void
a_file_with_two_names_is_one(void **state)
{
	(void)state;
	put("index.txt", ROW("01", "a") ROW("02", "b"));
	put("index.txt.old", ROW("01", "a"));
	assert_int_equal(link("index.txt", "index.txt.scepd-0"), 0);
	assert_revoke("", ERR_OK, "");
	assert_text("index.txt.old", ROW("01", "a"));
	assert_files("index.txt index.txt.old ");
	assert_int_equal(unlink("index.txt.old"), 0);
	assert_int_equal(link("index.txt", "index.txt.old"), 0);
	assert_revoke("\x01", ERR_OK, "");
	assert_text("index.txt", REVOKED("01", "a") ROW("02", "b"));
	assert_text("index.txt.old", ROW("01", "a") ROW("02", "b"));
	assert_files("index.txt index.txt.old ");
}

static void
what_was_left_behind_and_is_damaged_stays(void **state)
{
	(void)state;
	put("index.txt", ROW("01", "a"));
	put("index.txt.scepd-0", ROW("01", "a") "V");
	assert_revoke("\x01", ERR_INDEX_DAMAGED,
	    "error: index.txt.scepd-0:2" UNENDED);
	assert_files("index.txt index.txt.scepd-0 ");
	assert_text("index.txt", ROW("01", "a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(rows_are_revoked_and_all_else_stays),
		CONF_TEST(long_indexes_are_copied_whole),
		CONF_TEST(rows_are_those_that_openssl_writes),
		CONF_TEST(dates_are_none_that_openssl_can_not_read),
		CONF_TEST(nothing_is_written_where_nothing_is_to_be_revoked),
		CONF_TEST(the_rights_of_the_old_one_are_those_of_the_new_one),
		CONF_TEST(the_owner_stays_where_we_may_say_so),
		CONF_TEST(the_old_one_is_kept),
		CONF_TEST(links_are_replaced_by_a_file),
		CONF_TEST(a_damaged_index_is_left_alone),
		CONF_TEST(a_line_that_is_too_long_is_damage),
		CONF_TEST(an_index_that_is_gone_is_not_made_anew),
		CONF_TEST(what_is_in_the_way_is_named),
		CONF_TEST(a_full_disk_leaves_the_index_as_it_was),
		CONF_TEST(what_was_left_behind_is_taken_care_of),
		CONF_TEST(an_index_that_was_put_aside_comes_back),
		CONF_TEST(a_file_with_two_names_is_one),
		CONF_TEST(what_was_left_behind_and_is_damaged_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
