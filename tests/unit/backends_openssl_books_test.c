/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_books.h"

#include "backends/openssl_alarms.h"
#include "tests/unit/backends_openssl_index.h"

/* The alarms that looks at a directory leave in the store and in the log; what
 * else they do, backends_backend_openssl_test.c has. */

#define NOW INT64_C(1796083200)
#define DAY INT64_C(86400)
#define ROW_5 "V\t" EXPIRES_TEXT "\t\t05\tunknown\t/CN=a\n"
#define ROW_6 "V\t" EXPIRES_TEXT "\t\t06\tunknown\t/CN=b\n"
#define REVOKED_5 "R\t" EXPIRES_TEXT "\t261201000000Z\t05\tunknown\t/CN=a\n"

static uint8_t authority[STORE_HASH_SIZE];

static const struct openssl_books books = {
	.index = "index.txt",
	.new_certs_dir = "newcerts",
	.authority = { authority, sizeof(authority) },
};

static void
add(struct store *store, const char *serial, char name, int64_t issued)
{
	const struct certificate_record record = {
		.authority = books.authority,
		.serial = bytes_of_string(serial),
		.subject = name_cn(name),
		.key = BYTES_ARRAY(authority),
		.not_before = issued,
		.not_after = EXPIRES,
	};

	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
}

static void
revoke_here(struct store *store, const char *serial)
{
	assert_int_equal(store_certificate_revoke(store, books.authority,
			     bytes_of_string(serial), 0, NOW),
	    ERR_OK);
}

/* Two certificates, which are in the index. */
static struct store *
begin(void)
{
	struct store *store = store_new_memory();

	put("index.txt", ROW_5 ROW_6);
	assert_int_equal(mkdir("newcerts", 0700), 0);
	add(store, "\x05", 'a', NOW);
	add(store, "\x06", 'b', NOW);
	return store;
}

/* Looks, and appends the events that it logs to `log`. */
static enum err
look(struct store *store, int64_t now, struct buf *log)
{
	FILE *file = tmpfile();
	int before = dup(STDERR_FILENO);
	char line[1000];
	enum err err;

	assert_true(file != NULL && before >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	err = openssl_books_update(&books, store, now);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	close(before);
	rewind(file);
	while (fgets(line, sizeof(line), file) != NULL)
		buf_append_string(log, strchr(line, '"') + 1);
	fclose(file);
	return err;
}

static bool
append_standing(void *context, const struct stored_alarm *stored)
{
	buf_append(context, buf_bytes(&stored->subject));
	buf_append_octet(context, ' ');
	buf_append(context, buf_bytes(&stored->kind));
	buf_append_octet(context, ' ');
	buf_append(context, buf_bytes(&stored->detail));
	buf_append_octet(context, ';');
	return true;
}

static void
assert_standing(struct store *store, const char *expected)
{
	struct buf standing = { 0 };

	assert_int_equal(store_alarm_list(store, NULL, append_standing,
			     &standing),
	    ERR_OK);
	assert_string_equal(buf_string(&standing), expected);
	buf_clear(&standing);
}

/* Each line begins with one of these, in this order. */
static void
assert_logged(struct buf *log, const char *const *expected, size_t count)
{
	const char *at = buf_string(log);

	for (size_t i = 0; i < count && expected[i] != NULL; i++) {
		const char *end = strchr(at, '\n');

		if (strncmp(at, expected[i], strlen(expected[i])) != 0)
			fail_msg("%s is not the next of: %s", expected[i],
			    buf_string(log));
		at = end + 1;
	}
	assert_string_equal(at, "");
	buf_truncate(log, 0);
}

#define MARKED "index.txt: 1 certificates that are revoked here are marked so"

static void
an_alarm_stands_and_is_logged_once_until_a_look_finds_it_mended(void **state)
{
	/* In this order; the second certificate was revoked here. */
	static const struct {
		const char *index; /* NULL: what was there is moved to .old */
		enum err err;
		const char *standing;
		const char *logged[3];
	} rows[] = {
		{ ROW_5 ROW_6, ERR_OK, "", { MARKED } },
		{ ROW_5 "\n" ROW_6, ERR_INDEX_DAMAGED,
		    "index.txt index-unreadable line 2;",
		    { "alarm: index.txt: line 2: a line of the index is no" } },
		{ ROW_5 ROW_6 "V\t", ERR_INDEX_DAMAGED,
		    "index.txt index-unended line 3;",
		    { "alarm is over: index.txt: line 2: a line of",
			"alarm: index.txt: line 3: the last line" } },
		{ "", ERR_INDEX_DAMAGED, "index.txt index-emptied ;",
		    { "alarm is over: index.txt: line 3: the last",
			"alarm: index.txt: the index is empty and" } },
		{ ROW_5 ROW_6, ERR_OK, "",
		    { MARKED,
			"alarm is over: index.txt: the index is empty "
			"and was not before\"\n" } },
		{ NULL, ERR_INDEX_DAMAGED, "index.txt index-missing ;",
		    { "alarm: index.txt: the index is gone" } },
		{ REVOKED_5 ROW_6, ERR_OK, "",
		    { "alarm is over: index.txt: the index is gone" } },
	};
	struct store *store = begin();
	struct buf log = { 0 };

	(void)state;
	revoke_here(store, "\x05");
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].index != NULL)
			put("index.txt", rows[i].index);
		else
			assert_int_equal(rename("index.txt", "index.txt.old"),
			    0);
		assert_int_equal(look(store, NOW + 1, &log), rows[i].err);
		assert_standing(store, rows[i].standing);
		assert_logged(&log, rows[i].logged, COUNT(rows[i].logged));
		assert_int_equal(look(store, NOW + 2, &log), rows[i].err);
		assert_standing(store, rows[i].standing);
		assert_string_equal(buf_string(&log), "");
	}
	buf_clear(&log);
	store_close(store);
}

static void
rows_that_are_not_put_back_are_alarms_as_well(void **state)
{
	static const char *const logged[] = {
		"alarm: index.txt: 07: the row is missing in the index, and "
		"was issued so long ago",
		"alarm: index.txt: 08: the row is missing in the index, and "
		"can't be put back",
	};
	struct store *store = begin();
	struct buf log = { 0 };

	(void)state;
	put("index.txt.attr", "unique_subject = yes\n");
	add(store, "\x07", 'c', NOW - 40 * DAY);
	add(store, "\x08", 'a', NOW);
	assert_int_equal(look(store, NOW, &log), ERR_OK);
	assert_standing(store,
	    "index.txt row-pruned 07;index.txt row-name-taken 08;");
	assert_logged(&log, logged, COUNT(logged));
	buf_clear(&log);
	store_close(store);
}

static void
what_can_not_be_looked_at_is_an_alarm_until_it_can(void **state)
{
	static const char *const over[] = { "alarm is over: index.txt: " };
	static const struct {
		const char *from, *to; /* what is moved away */
		const char *logged[1];
	} rows[] = {
		{ "newcerts", "aside",
		    { "alarm: index.txt: newcerts: this folder is gone, and "
		      "no certificate" } },
		{ "index.txt", "aside",
		    { "alarm: index.txt: No such file or directory; for a new "
		      "CA, make an empty file there\"\n" } },
	};
	struct store *store = begin();
	struct buf log = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(rename(rows[i].from, rows[i].to), 0);
		assert_int_equal(look(store, NOW, &log), ERR_INDEX);
		assert_standing(store, "index.txt index-access ;");
		assert_logged(&log, rows[i].logged, 1);
		assert_int_equal(rename(rows[i].to, rows[i].from), 0);
		assert_int_equal(look(store, NOW, &log), ERR_OK);
		assert_standing(store, "");
		assert_logged(&log, over, 1);
	}
	buf_clear(&log);
	store_close(store);
}

/* A lock that is held takes seconds to be found so. */
static void
each_way_to_fail_has_its_alarm(void **state)
{
	static const struct {
		enum err err;
		const char *problem;
		const char *standing;
	} rows[] = {
		{ ERR_INDEX, "index.txt: is odd", "index.txt index-access ;" },
		{ ERR_INDEX_LOCKED, NULL, "index.txt index-locked ;" },
		{ ERR_CERTIFICATE_MALFORMED, NULL,
		    "index.txt index-unchecked ;" },
		/* These have told already. */
		{ ERR_INDEX_DAMAGED, NULL, "index.txt index-unchecked ;" },
		{ ERR_STORE, NULL, "index.txt index-unchecked ;" },
		{ ERR_OK, NULL, "" },
	};
	struct store *store = store_new_memory();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();

		if (rows[i].problem != NULL)
			problem_add(problems, PROBLEM_ERROR, "%s",
			    rows[i].problem);
		assert_int_equal(openssl_alarms_keep_look("index.txt", store,
				     rows[i].err, problems, NOW),
		    rows[i].err);
		assert_standing(store, rows[i].standing);
		problems_free(problems);
	}
	store_close(store);
}

/* Nobody touches the index, and then an `openssl ca` that has read it before. */
static void
what_is_revoked_here_is_marked_in_the_index_as_often_as_it_takes(void **state)
{
	static const char *const logged[] = { MARKED };
	struct store *store = begin();
	struct buf log = { 0 };

	(void)state;
	assert_int_equal(look(store, NOW, &log), ERR_OK);
	assert_text("index.txt", ROW_5 ROW_6);
	revoke_here(store, "\x05");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(look(store, NOW, &log), ERR_OK);
		assert_text("index.txt", REVOKED_5 ROW_6);
		assert_logged(&log, logged, 1);
		assert_standing(store, "");
		assert_int_equal(look(store, NOW, &log), ERR_OK);
		assert_string_equal(buf_string(&log), "");
		put("index.txt", ROW_5 ROW_6);
	}
	buf_clear(&log);
	store_close(store);
}

/* Somebody else's, of which the store has learned nothing but the number. */
static void
what_is_revoked_by_its_number_alone_is_marked_too(void **state)
{
	const struct revocation revocations[] = {
		{ BYTES_LITERAL("\x06"), NOW, 1 },
		{ BYTES_LITERAL("\x77"), NOW, 1 },
	};
	struct store *store = store_new_memory();
	struct buf log = { 0 };

	(void)state;
	put("index.txt", ROW_5 ROW_6);
	assert_int_equal(mkdir("newcerts", 0700), 0);
	assert_int_equal(store_certificates_revoke(store, books.authority,
			     revocations, COUNT(revocations)),
	    ERR_OK);
	assert_int_equal(look(store, NOW, &log), ERR_OK);
	assert_text("index.txt",
	    ROW_5 "R\t" EXPIRES_TEXT
		  "\t261201000000Z,keyCompromise\t06\tunknown\t/CN=b\n");
	assert_standing(store, "");
	buf_clear(&log);
	store_close(store);
}

/* What stands in the way of what was put aside. */
static void
what_can_not_be_marked_is_an_alarm(void **state)
{
	struct store *store = begin();
	struct buf log = { 0 };

	(void)state;
	assert_int_equal(look(store, NOW, &log), ERR_OK);
	revoke_here(store, "\x05");
	assert_int_equal(mkdir("index.txt.old", 0700), 0);
	put("index.txt.old/file", "");
	assert_int_equal(look(store, NOW, &log), ERR_INDEX);
	assert_standing(store, "index.txt index-access ;");
	assert_int_equal(unlink("index.txt.old/file"), 0);
	assert_int_equal(rmdir("index.txt.old"), 0);
	assert_int_equal(look(store, NOW + 60, &log), ERR_OK);
	assert_standing(store, "");
	assert_text("index.txt", REVOKED_5 ROW_6);
	buf_clear(&log);
	store_close(store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(
		    an_alarm_stands_and_is_logged_once_until_a_look_finds_it_mended),
		CONF_TEST(rows_that_are_not_put_back_are_alarms_as_well),
		CONF_TEST(what_can_not_be_looked_at_is_an_alarm_until_it_can),
		CONF_TEST(
		    what_is_revoked_here_is_marked_in_the_index_as_often_as_it_takes),
		CONF_TEST(what_is_revoked_by_its_number_alone_is_marked_too),
		CONF_TEST(what_can_not_be_marked_is_an_alarm),
		CONF_TEST(each_way_to_fail_has_its_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
