/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_replacement.h"

#include "tests/unit/backends_openssl_books.h"

/* A certificate CN=x takes the place of another in an index: what becomes of
 * the rows, and of the store. */

#define OLD_SERIAL "\x05"

#define ROW(type, revocation, serial, name) \
	type "\t" EXPIRES_TEXT "\t" revocation "\t" serial \
	     "\tunknown\t/CN=" name "\n"
#define OLD ROW("V", "", "05", "x")
#define OTHER ROW("V", "", "06", "y")
#define FRESH ROW("V", "", "4001", "x")
#define EXPIRED ROW("E", "", "05", "x")
#define BY_OTHERS ROW("R", "261130000000Z,keyCompromise", "05", "x")
/* At NOW. */
#define SUPERSEDED ROW("R", "261201000000Z,superseded", "05", "x")
/* Another's, who was killed while he appended it, and the rest of it. */
#define BEGUN "V\t" EXPIRES_TEXT "\t\t41\tunkn"
#define ENDED "own\t/CN=z\n"

struct office {
	struct store *store;
	struct certificate *certificate;
	struct openssl_books books;
};

/* One that is about to be signed. */
static void
reserve(struct store *store, const char *serial, char name)
{
	struct transaction_order order = signing_order_of(serial, serial);

	order.certificate.subject = name_cn(name);
	order.certificate.not_after = EXPIRES;
	begun(store, &order);
}

/* The old one is not known to the store. */
static void
begin(struct office *office, const char *index)
{
	*office = (struct office){
		.store = store_new_memory(),
		.certificate = new_certificate(),
		.books = { .index = "index.txt",
		    .new_certs_dir = "newcerts",
		    .unique_subject = true,
		    .authority = hash_of('a') },
	};
	reserve(office->store, SERIAL, 'x');
	put("index.txt", index);
	assert_int_equal(mkdir("newcerts", 0700), 0);
}

static void
end(struct office *office)
{
	store_close(office->store);
	certificate_free(office->certificate);
	unlink("index.txt.old");
	unlink("newcerts/4001.pem");
	assert_int_equal(rmdir("newcerts"), 0);
}

static enum err
enter(const struct office *office, struct bytes replaces)
{
	const struct openssl_books_entry entry = {
		.certificate = office->certificate,
		.replaces = replaces,
		.now = NOW,
	};
	struct buf entered = { 0 };
	enum err err = openssl_books_enter(&office->books, office->store,
	    &entry, &entered);

	buf_clear(&entered);
	return err;
}

static void
the_old_row_makes_way_where_names_are_unique(void **state)
{
	static const struct row {
		const char *before;
		struct bytes replaces;
		bool unique;
		enum err err;
		const char *after;
	} rows[] = {
		{ OLD OTHER, BYTES_LITERAL(OLD_SERIAL), true, ERR_OK,
		    SUPERSEDED OTHER FRESH },
		{ OTHER OLD, BYTES_LITERAL("\0" OLD_SERIAL), true, ERR_OK,
		    OTHER SUPERSEDED FRESH },
		{ OLD, BYTES_LITERAL(OLD_SERIAL), false, ERR_OK, OLD FRESH },
		/* Nothing, nobody's, another's by its name. */
		{ OLD, BYTES_LITERAL(""), true, ERR_INDEX_SUBJECT, OLD },
		{ OLD, BYTES_LITERAL("\x07"), true, ERR_INDEX_SUBJECT, OLD },
		{ OLD OTHER, BYTES_LITERAL("\x06"), true, ERR_INDEX_SUBJECT,
		    OLD OTHER },
		{ OTHER, BYTES_LITERAL("\x06"), true, ERR_OK, OTHER FRESH },
		/* It is not in the way any more: the process before this one
		 * was killed in between, or somebody else has done it. */
		{ SUPERSEDED, BYTES_LITERAL(OLD_SERIAL), true, ERR_OK,
		    SUPERSEDED FRESH },
		{ BY_OTHERS, BYTES_LITERAL(OLD_SERIAL), true, ERR_OK,
		    BY_OTHERS FRESH },
		{ EXPIRED, BYTES_LITERAL(OLD_SERIAL), true, ERR_OK,
		    EXPIRED FRESH },
		{ "", BYTES_LITERAL(OLD_SERIAL), true, ERR_OK, FRESH },
		/* What can't be read is nobody's to rewrite. */
		{ OLD "no row\n", BYTES_LITERAL(OLD_SERIAL), true,
		    ERR_INDEX_DAMAGED, OLD "no row\n" },
		{ OLD BEGUN, BYTES_LITERAL(OLD_SERIAL), true, ERR_INDEX_DAMAGED,
		    OLD BEGUN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct office office;

		begin(&office, rows[i].before);
		office.books.unique_subject = rows[i].unique;
		assert_err(enter(&office, rows[i].replaces), rows[i].err,
		    rows[i].before);
		assert_text("index.txt", rows[i].after);
		/* The same again, by whoever was late. */
		assert_err(enter(&office, rows[i].replaces), rows[i].err,
		    rows[i].before);
		assert_text("index.txt", rows[i].after);
		end(&office);
	}
}

static void
a_row_that_was_left_halfway_is_completed_first(void **state)
{
	struct office office;

	(void)state;
	begin(&office, OLD BEGUN);
	reserve(office.store, "\x41", 'z');
	assert_int_equal(enter(&office, BYTES_LITERAL(OLD_SERIAL)), ERR_OK);
	assert_text("index.txt", SUPERSEDED BEGUN ENDED FRESH);
	end(&office);
}

/* Before its transaction is ISSUED, and for the same reason. */
static void
the_store_learns_of_it_from_the_index(void **state)
{
	struct office office;
	struct certificate_record record = record_of(OLD_SERIAL);
	struct stored_certificate stored = { 0 };
	bool revoked = true;

	(void)state;
	begin(&office, OLD);
	record.subject = name_cn('x');
	assert_int_equal(store_certificate_add(office.store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	assert_int_equal(enter(&office, BYTES_LITERAL(OLD_SERIAL)), ERR_OK);
	assert_int_equal(store_certificate_get(office.store, hash_of('a'),
			     BYTES_LITERAL(OLD_SERIAL), &stored),
	    ERR_OK);
	assert_int_equal(stored.revoked_at, NOW);
	assert_int_equal(stored.reason, 4);
	assert_int_equal(store_key_is_revoked(office.store, record.key,
			     &revoked),
	    ERR_OK);
	assert_false(revoked);
	stored_certificate_clear(&stored);
	end(&office);
}

static void
an_index_is_read_only_where_something_could_be_in_the_way(void **state)
{
	const struct openssl_index_entry fresh = entry_of(SERIAL, 'x');
	struct openssl_replacement replacement = {
		.path = "none.txt",
		.unique_subject = true,
		.serial = BYTES_LITERAL(OLD_SERIAL),
		.fresh = &fresh,
		.now = NOW,
	};
	struct problems *problems = problems_new();
	bool in_the_way = true;

	(void)state;
	/* Nobody is to make way for nothing, or where names may be twice. */
	replacement.serial = bytes_of_string("");
	assert_int_equal(openssl_replacement_find(&replacement, &in_the_way,
			     problems),
	    ERR_OK);
	assert_false(in_the_way);
	replacement.serial = BYTES_LITERAL(OLD_SERIAL);
	replacement.unique_subject = false;
	assert_int_equal(openssl_replacement_find(&replacement, &in_the_way,
			     problems),
	    ERR_OK);
	assert_false(in_the_way);
	problems_free(problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(the_old_row_makes_way_where_names_are_unique),
		CONF_TEST(a_row_that_was_left_halfway_is_completed_first),
		CONF_TEST(the_store_learns_of_it_from_the_index),
		CONF_TEST(
		    an_index_is_read_only_where_something_could_be_in_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
