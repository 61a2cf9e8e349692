/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_secret.h"

#include "base/snapshot.h"
#include "tests/unit/conf_fixture.h"

#define SECRET "correct horse battery staple, in full"
#define VARIABLE "SCEPD_CONF_SECRET_TEST"

struct values {
	struct bytes secret;
	const struct conf_section *inner;
};

static const struct conf_key keys[] = {
	{ .name = "secret",
	    .type = CONF_SECRET,
	    .offset = offsetof(struct values, secret) },
	{ .name = "inner",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct values, inner) },
	{ 0 },
};

/* The text must be refused with these findings, and leave the preset. */
static void
assert_refused(const char *text, mode_t mode, const char *findings)
{
	struct values values = { .secret = BYTES_LITERAL("preset") };
	struct conf *conf;

	put_mode("a.conf", bytes_of_string(text), mode);
	conf = open_well("a.conf");
	read_with_findings(conf, keys, &values, findings);
	assert_bytes(values.secret, "preset");
	conf_free(conf);
}

static struct conf *
read_well(const char *text, struct bytes *secret)
{
	struct values values = { 0 };
	struct conf *conf;

	put("a.conf", text);
	conf = open_well("a.conf");
	read_with_findings(conf, keys, &values, "");
	*secret = values.secret;
	return conf;
}

static void
secret_is_text_or_comes_from_elsewhere(void **state)
{
	static const char *const rows[] = {
		"secret = \"" SECRET "\";",
		"secret = { file = \"b\"; };",
		"secret = { environment = \"" VARIABLE "\"; };",
	};

	(void)state;
	put("b", SECRET);
	assert_int_equal(setenv(VARIABLE, SECRET, 1), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes secret;
		struct conf *conf = read_well(rows[i], &secret);

		assert_bytes(secret, SECRET);
		conf_free(conf);
	}
	unsetenv(VARIABLE);
}

static void
one_line_end_of_a_file_is_not_part_of_it(void **state)
{
	static const struct {
		struct bytes file;
		struct bytes secret;
	} rows[] = {
#define ROW(file, secret) \
	{ \
		{ (const uint8_t *)(file), sizeof(file) - 1 }, \
		{ \
			(const uint8_t *)(secret), sizeof(secret) - 1 \
		} \
	}
		ROW("a", "a"),
		ROW("a\n", "a"),
		ROW("a\r\n", "a"),
		ROW("a\n\n", "a\n"),
		ROW("a\r\n\r\n", "a\r\n"),
		ROW("a\n\r", "a\n\r"),
		ROW("a\r", "a\r"),
		ROW("a\nb\n", "a\nb"),
		ROW(" a \n", " a "),
		ROW("a\0b\n", "a\0b"),
		ROW("\na", "\na"),
		ROW("\r\r\n", "\r"),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes secret;
		struct conf *conf;

		put_mode("b", rows[i].file, 0600);
		conf = read_well("secret = { file = \"b\"; };", &secret);
		assert_same_bytes(secret, rows[i].secret);
		conf_free(conf);
	}
}

static void
empty_secrets_are_refused(void **state)
{
	static const char finding[] = "error: a.conf:1: \"secret\" is empty: "
				      "anybody would know it\n";
	static const char *const files[] = { "", "\n", "\r\n" };

	(void)state;
	assert_refused("secret = \"\";", 0640, finding);
	assert_refused("secret = \"\";", 0644, finding);
	for (size_t i = 0; i < COUNT(files); i++) {
		put("b", files[i]);
		assert_refused("secret = { file = \"b\"; };", 0640, finding);
	}
	assert_int_equal(setenv(VARIABLE, "", 1), 0);
	assert_refused("secret = { environment = \"" VARIABLE "\"; };", 0640,
	    finding);
	unsetenv(VARIABLE);
}

static void
files_that_everybody_reads_hold_no_secret(void **state)
{
	static const char in_conf[] =
	    "error: a.conf:2: \"secret\" is a secret in a file that everybody "
	    "can read; run: chmod o-rwx a.conf, or keep it in a file of its "
	    "own: secret = { file = \"...\"; }\n";
	static const char in_file[] =
	    "error: a.conf:1: b: holds a secret and everybody can read it; "
	    "run: chmod o-rwx on it\n";
	static const struct {
		mode_t mode;
		bool is_public;
	} rows[] = {
		{ 0600, false },
		{ 0640, false },
		{ 0660, false },
		{ 0644, true },
		{ 0604, true },
		{ 0666, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct values values = { 0 };
		struct conf *conf;

		put_mode("a.conf", BYTES_LITERAL("\nsecret = \"x\";"),
		    rows[i].mode);
		conf = open_well("a.conf");
		read_with_findings(conf, keys, &values,
		    rows[i].is_public ? in_conf : "");
		conf_free(conf);
		put_mode("b", BYTES_LITERAL("x"), rows[i].mode);
		put_mode("a.conf", BYTES_LITERAL("secret = { file = \"b\"; };"),
		    0644);
		conf = open_well("a.conf");
		read_with_findings(conf, keys, &values,
		    rows[i].is_public ? in_file : "");
		conf_free(conf);
	}
}

static void
only_the_file_with_the_secret_must_be_closed(void **state)
{
	struct values values = { 0 };
	struct conf *conf;

	(void)state;
	assert_int_equal(mkdir("sub", 0700), 0);
	put_mode("a.conf", BYTES_LITERAL("@include \"sub/b.conf\""), 0644);
	put("sub/b.conf", "secret = \"" SECRET "\";");
	conf = open_well("a.conf");
	read_with_findings(conf, keys, &values, "");
	assert_bytes(values.secret, SECRET);
	conf_free(conf);
	put_mode("sub/b.conf", BYTES_LITERAL("\nsecret = \"x\";"), 0644);
	put("a.conf", "@include \"sub/b.conf\"");
	conf = open_well("a.conf");
	read_with_findings(conf, keys, &values,
	    "error: sub/b.conf:2: \"secret\" is a secret in a file that "
	    "everybody can read; run: chmod o-rwx sub/b.conf, or keep it in a "
	    "file of its own: secret = { file = \"...\"; }\n");
	conf_free(conf);
	put("sub/secret", "y");
	put("sub/b.conf", "secret = { file = \"secret\"; };");
	conf = open_well("a.conf");
	read_with_findings(conf, keys, &values, "");
	assert_bytes(values.secret, "y");
	conf_free(conf);
}

#define ONE_OF \
	"error: a.conf:1: \"secret\" needs one of \"file\" and " \
	"\"environment\"\n"

static void
secrets_of_other_forms_are_refused(void **state)
{
	static const struct {
		const char *text;
		const char *findings;
	} rows[] = {
		{ "secret = 7;",
		    "error: a.conf:1: \"secret\" must be text in quotes, "
		    "{ file = \"...\"; } or { environment = \"...\"; }, not a "
		    "number without quotes\n" },
		{ "secret = ( \"a\" );",
		    "error: a.conf:1: \"secret\" must be text in quotes, "
		    "{ file = \"...\"; } or { environment = \"...\"; }, not a "
		    "list\n" },
		{ "secret = { };", ONE_OF },
		{ "secret = { file = \"b\"; environment = \"HOME\"; };",
		    ONE_OF },
		{ "secret = {\nfle = \"b\"; };",
		    "error: a.conf:2: unknown setting \"fle\" in \"secret\"; "
		    "did you mean \"file\"?\n" },
		{ "secret = {\nfile = \"\"; };",
		    "error: a.conf:2: \"file\" is empty\n" },
		{ "secret = {\nfile = \"none\"; };",
		    "error: a.conf:2: none: No such file or directory\n" },
		{ "secret = {\nfile = \".\"; };",
		    "error: a.conf:2: .: is not a regular file\n" },
		{ "secret = {\nenvironment = \"" VARIABLE "\"; };",
		    "error: a.conf:2: the environment has no variable " VARIABLE
		    "\n" },
		{ "secret = {\nenvironment = \"\"; };",
		    "error: a.conf:2: \"environment\" is empty\n" },
	};

	(void)state;
	unsetenv(VARIABLE);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_refused(rows[i].text, 0640, rows[i].findings);
}

/* Looks into freed memory by way of the kernel; the first octets of a freed
 * block are the allocator's. */
static bool
is_still_there(const void *where, struct bytes secret)
{
	uint8_t now[128] = { 0 };
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	ssize_t got = pread(fd, now, secret.size, (off_t)(uintptr_t)where);

	close(fd);
	return got == (ssize_t)secret.size &&
	    bytes_equal(bytes_from(bytes_of(now, secret.size), 16),
		bytes_from(secret, 16));
}

static void
free_wipes_secrets(void **state)
{
	static const char *const rows[] = {
		"secret = \"" SECRET "\";",
		"secret = { file = \"b\"; };",
		"secret = { environment = \"" VARIABLE "\"; };",
	};

	(void)state;
	put("b", SECRET "\n");
	assert_int_equal(setenv(VARIABLE, SECRET, 1), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes secret;
		struct conf *conf = read_well(rows[i], &secret);
		const void *where = secret.data;

		assert_true(is_still_there(where, BYTES_LITERAL(SECRET)));
		conf_free(conf);
		assert_false(is_still_there(where, BYTES_LITERAL(SECRET)));
	}
	unsetenv(VARIABLE);
}

/* In a process without keys, whatever is said of their secrets. */
static void
secret_of_a_key_is_nothing_where_keys_are_withheld(void **state)
{
	static const struct conf_key of_key[] = {
		{ .name = "secret",
		    .type = CONF_KEY_SECRET,
		    .offset = offsetof(struct values, secret) },
		{ 0 },
	};
	struct snapshot *recorded = snapshot_new(), *without = NULL;
	struct values values = { 0 };
	struct buf octets = { 0 };
	struct conf *conf;

	(void)state;
	put("a.conf", "secret = { file = \"b\"; };");
	put("b", SECRET);
	file_record(recorded);
	conf = open_well("a.conf");
	read_with_findings(conf, of_key, &values, "");
	assert_bytes(values.secret, SECRET);
	conf_free(conf);
	file_record(NULL);
	snapshot_append(recorded, false, &octets);
	assert_int_equal(snapshot_read(buf_bytes(&octets), &without), ERR_OK);
	file_replay(without);
	conf = open_well("a.conf");
	read_with_findings(conf, of_key, &values, "");
	assert_int_equal(values.secret.size, 0);
	file_replay(NULL);
	conf_free(conf);
	buf_clear(&octets);
	snapshot_free(recorded);
	snapshot_free(without);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(secret_is_text_or_comes_from_elsewhere),
		CONF_TEST(one_line_end_of_a_file_is_not_part_of_it),
		CONF_TEST(empty_secrets_are_refused),
		CONF_TEST(files_that_everybody_reads_hold_no_secret),
		CONF_TEST(only_the_file_with_the_secret_must_be_closed),
		CONF_TEST(secrets_of_other_forms_are_refused),
		CONF_TEST(free_wipes_secrets),
		CONF_TEST(secret_of_a_key_is_nothing_where_keys_are_withheld),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
