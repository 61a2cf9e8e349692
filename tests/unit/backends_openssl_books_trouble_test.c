/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_books.h"

#include "backends/openssl_lock.h"
#include "tests/unit/backends_openssl_books.h"
#include "tests/unit/children.h"
#include "tests/unit/slept.h"

/* What keeps a certificate from being entered, and that it is entered when
 * that is over. */

/* A CA's directory, and a certificate that is about to be given away */

#define IN_INDEX "4001"
#define FILE_NAME "newcerts/4001.pem"
#define BY_HAND "V\t" EXPIRES_TEXT "\t\t01\tunknown\t/CN=x\n"

struct entry {
	struct store *store;
	struct certificate *certificate;
	struct openssl_books books;
};

/* To be ended by entry_end. */
static struct entry
entry_begin(void)
{
	struct entry entry = {
		.store = store_new_memory(),
		.certificate = new_certificate(),
		.books = { .index = "index.txt",
		    .new_certs_dir = "newcerts",
		    .authority = hash_of('a') },
	};
	struct transaction_order order = signing_order_of("id", SERIAL);

	order.certificate.subject = entry.certificate->subject;
	begun(entry.store, &order);
	put("index.txt", "");
	assert_int_equal(mkdir("newcerts", 0700), 0);
	slept_us = 0;
	return entry;
}

static void
entry_end(struct entry *entry)
{
	store_close(entry->store);
	certificate_free(entry->certificate);
}

static enum err
enter(const struct entry *entry)
{
	struct buf entered = { 0 };
	const struct openssl_books_entry what = {
		.certificate = entry->certificate,
		.now = NOW,
	};
	enum err err = openssl_books_enter(&entry->books, entry->store, &what,
	    &entered);
	struct bytes der = buf_bytes(&entry->certificate->der);

	assert_same_bytes(buf_bytes(&entered),
	    err == ERR_OK ? der : bytes_of(NULL, 0));
	buf_clear(&entered);
	return err;
}

static enum err
update(const struct entry *entry)
{
	return openssl_books_update(&entry->books, entry->store, NOW);
}

/* How many octets of it the store has. */
static size_t
size_in_store(const struct entry *entry)
{
	struct stored_certificate stored = { 0 };
	size_t size;

	assert_int_equal(store_certificate_get(entry->store, hash_of('a'),
			     BYTES_LITERAL(SERIAL), &stored),
	    ERR_OK);
	size = stored.der.size;
	stored_certificate_clear(&stored);
	return size;
}

static size_t
count_rows(void)
{
	struct buf text = text_of("index.txt");
	size_t count = 0;

	for (const char *at = buf_string(&text);
	     (at = strstr(at, "\t" IN_INDEX "\t")) != NULL; at++)
		count++;
	buf_clear(&text);
	return count;
}

static void
assert_entered(const struct entry *entry)
{
	assert_int_equal(enter(entry), ERR_OK);
	assert_int_equal(size_in_store(entry), entry->certificate->der.size);
	assert_int_equal(access(FILE_NAME, R_OK), 0);
	assert_int_equal(count_rows(), 1);
}

static struct openssl_lock
take(void)
{
	struct problems *problems = problems_new();
	struct openssl_lock lock = { -1 };

	assert_int_equal(openssl_lock_take(".", 0, &lock, problems), ERR_OK);
	problems_free(problems);
	return lock;
}

/* The lock */

static void
assert_waited_for_the_lock(void)
{
	assert_int_equal(slept_us, OPENSSL_LOCK_WAIT_US);
	slept_us = 0;
}

static void
nothing_is_entered_while_somebody_holds_the_lock(void **state)
{
	struct entry entry = entry_begin();
	struct openssl_lock lock = take();

	(void)state;
	assert_int_equal(enter(&entry), ERR_INDEX_LOCKED);
	assert_waited_for_the_lock();
	assert_text("index.txt", "");
	assert_int_equal(access(FILE_NAME, F_OK), -1);
	assert_int_equal(size_in_store(&entry), 0);
	openssl_lock_release(&lock);
	assert_entered(&entry);
	assert_int_equal(slept_us, 0);
	entry_end(&entry);
}

static void
an_index_is_looked_through_under_the_lock_and_only_if_it_has_changed(
    void **state)
{
	struct entry entry = entry_begin();
	struct openssl_lock lock;

	(void)state;
	assert_entered(&entry);
	/* The first look is at all of it. */
	assert_int_equal(update(&entry), ERR_OK);
	lock = take();
	assert_int_equal(update(&entry), ERR_OK);
	assert_int_equal(slept_us, 0);
	put("index.txt", BY_HAND);
	assert_int_equal(update(&entry), ERR_INDEX_LOCKED);
	assert_waited_for_the_lock();
	assert_text("index.txt", BY_HAND);
	openssl_lock_release(&lock);
	assert_int_equal(update(&entry), ERR_OK);
	assert_int_equal(count_rows(), 1);
	entry_end(&entry);
}

/* What an administrator has to mend */

static void
what_is_wrong_with_the_directory_keeps_it_until_it_is_mended(void **state)
{
	static const struct {
		const char *name; /* of a file, and its text then */
		const char *text;
		bool unique_subject;
		enum err err;
	} rows[] = {
		{ "index.txt", "V\t271121000000Z", false, ERR_INDEX_DAMAGED },
		{ "index.txt", "not a row\n", false, ERR_INDEX_DAMAGED },
		{ "index.txt", BY_HAND, true, ERR_INDEX_SUBJECT },
		{ "index.txt", NULL, false, ERR_INDEX },
		{ FILE_NAME, "another's", false, ERR_INDEX_SERIAL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct entry entry = entry_begin();

		entry.books.unique_subject = rows[i].unique_subject;
		if (rows[i].text != NULL)
			put(rows[i].name, rows[i].text);
		else
			assert_int_equal(unlink(rows[i].name), 0);
		assert_int_equal(enter(&entry), rows[i].err);
		assert_int_equal(size_in_store(&entry), 0);
		unlink(rows[i].name);
		put("index.txt", "");
		assert_entered(&entry);
		unlink(FILE_NAME);
		assert_int_equal(rmdir("newcerts"), 0);
		entry_end(&entry);
	}
}

static void
without_newcerts_nothing_is_entered(void **state)
{
	struct entry entry = entry_begin();

	(void)state;
	assert_int_equal(rmdir("newcerts"), 0);
	assert_int_equal(enter(&entry), ERR_INDEX);
	assert_text("index.txt", "");
	assert_int_equal(size_in_store(&entry), 0);
	assert_int_equal(mkdir("newcerts", 0700), 0);
	assert_entered(&entry);
	entry_end(&entry);
}

/* Rights */

/* Permissions are nothing to root, so it becomes somebody else. */
static void
check_as_nobody(const struct entry *entry,
    enum err (*run)(const struct entry *), enum err wanted)
{
	enum err err;

	if (geteuid() == 0 && setuid(65534) != 0)
		_exit(1);
	err = run(entry);
	if (err != wanted)
		print_error("# %s, wanted %s\n", err_name(err),
		    err_name(wanted));
	_exit(err != wanted);
}

static void
assert_as_nobody(const struct entry *entry,
    enum err (*run)(const struct entry *), enum err wanted)
{
	pid_t child = fork();

	if (child == 0)
		check_as_nobody(entry, run, wanted);
	assert_ends_well(child);
}

/* The store of a child ends with it; what it has put into the directory does
 * not. */
static void
without_the_rights_nothing_is_entered_nor_looked_through(void **state)
{
	static const struct {
		const char *name;
		mode_t mode;
		mode_t enough;
	} rows[] = {
		{ ".", 0555, 0777 },
		{ "newcerts", 0555, 0777 },
		{ "index.txt", 0444, 0666 },
	};
	struct entry entry = entry_begin();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(chmod(rows[i].name, rows[i].enough), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(chmod(rows[i].name, rows[i].mode), 0);
		assert_as_nobody(&entry, enter, ERR_INDEX);
		assert_as_nobody(&entry, update, ERR_INDEX);
		assert_text("index.txt", "");
		assert_int_equal(chmod(rows[i].name, rows[i].enough), 0);
	}
	assert_as_nobody(&entry, enter, ERR_OK);
	assert_int_equal(count_rows(), 1);
	assert_as_nobody(&entry, update, ERR_OK);
	entry_end(&entry);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(nothing_is_entered_while_somebody_holds_the_lock),
		CONF_TEST(
		    an_index_is_looked_through_under_the_lock_and_only_if_it_has_changed),
		CONF_TEST(
		    what_is_wrong_with_the_directory_keeps_it_until_it_is_mended),
		CONF_TEST(without_newcerts_nothing_is_entered),
		CONF_TEST(
		    without_the_rights_nothing_is_entered_nor_looked_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
