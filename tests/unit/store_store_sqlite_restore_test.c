/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sqlite3.h>
#include <sys/stat.h>

#include "base/xalloc.h"
#include "tests/unit/store_database.h"

static void
add(struct store *store, const char *serial)
{
	const struct certificate_record record = record_of(serial);

	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
}

static bool
has(struct store *store, const char *serial)
{
	struct stored_certificate certificate = { 0 };
	enum err err = store_certificate_get(store, hash_of('a'),
	    bytes_of_string(serial), &certificate);

	stored_certificate_clear(&certificate);
	return err == ERR_OK;
}

static void
back_up(struct store *store)
{
	struct problems *problems = problems_new();

	assert_int_equal(store_backup(store, in_folder("backup"), problems),
	    ERR_OK);
	problems_free(problems);
}

/* Restores a file of the folder; `text` gets the problems, without the folder's
 * name. */
static enum err
restored(const char *name, const char *suffix, struct buf *kept,
    struct buf *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	const struct store_restoration order = { .path = database,
		.backup = path,
		.suffix = suffix };
	struct problems *problems = problems_new();
	enum err err = store_restore(&order, kept, problems);

	append_without_folder(text, problems_text(problems));
	problems_free(problems);
	free(path);
	return err;
}

/* `wanted` is where the one that was there is kept. */
static void
assert_restored(const char *name, const char *suffix, const char *wanted)
{
	struct buf kept = { 0 }, text = { 0 };
	enum err err = restored(name, suffix, &kept, &text);

	assert_string_equal(buf_string(&text), "");
	assert_int_equal(err, ERR_OK);
	assert_string_equal(buf_string(&kept), wanted);
	buf_clear(&kept);
	buf_clear(&text);
}

static void
assert_refused(const char *wanted)
{
	struct buf kept = { 0 }, text = { 0 };
	enum err err = restored("backup", "kept", &kept, &text);

	assert_string_equal(buf_string(&text), wanted);
	assert_int_equal(err, ERR_FILE);
	assert_int_equal(kept.size, 0);
	assert_int_not_equal(access(in_folder("state.db.restored"), F_OK), 0);
	buf_clear(&text);
}

/* Ends without closing it, so that its log stays. */
static void
add_and_crash(const char *serial)
{
	pid_t child = fork();

	if (child == 0) {
		add(database_of(1), serial);
		_exit(0);
	}
	assert_ends_well(child);
	assert_int_equal(access(in_folder("state.db-wal"), F_OK), 0);
}

static void
a_backup_takes_the_place_and_the_other_is_kept_whole(void **state)
{
	struct store *store = database_of(1);
	struct stat about;

	(void)state;
	add(store, "before");
	back_up(store);
	store_close(store);
	add_and_crash("after");
	assert_restored("backup", "kept", in_folder("state.db.kept"));
	assert_int_equal(stat(database, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);
	assert_int_equal(about.st_nlink, 1);
	store = database_of(2);
	assert_true(has(store, "before"));
	assert_false(has(store, "after"));
	store_close(store);
	/* And back again, from a file with a log. */
	assert_int_equal(access(in_folder("state.db.kept-wal"), F_OK), 0);
	assert_restored("state.db.kept", "again", in_folder("state.db.again"));
	store = database_of(1);
	assert_true(has(store, "before"));
	assert_true(has(store, "after"));
	store_close(store);
}

static void
where_there_is_none_a_backup_is_put(void **state)
{
	struct store *store = database_of(1);

	(void)state;
	add(store, "before");
	back_up(store);
	store_close(store);
	unlink(database);
	assert_restored("backup", "kept", "");
	store = database_of(1);
	assert_true(has(store, "before"));
	store_close(store);
}

static void
what_is_restored_is_its_owners(void **state)
{
	struct store *store;
	struct stat about;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(folder, 65534, 65534), 0);
	store = database_of(1);
	back_up(store);
	store_close(store);
	assert_restored("backup", "kept", in_folder("state.db.kept"));
	assert_int_equal(stat(database, &about), 0);
	assert_int_equal(about.st_uid, 65534);
	unlink(database);
	unlink(in_folder("state.db.lock"));
	assert_restored("backup", "kept", "");
	assert_int_equal(stat(database, &about), 0);
	assert_int_equal(about.st_uid, 65534);
	assert_int_equal(stat(in_folder("state.db.lock"), &about), 0);
	assert_int_equal(about.st_uid, 65534);
}

static void
a_crl_from_a_backup_calls_for_a_new_one(void **state)
{
	struct store *store = database_of(1);
	struct stored_crl crl = { .number = 7, .revision = 3 };

	(void)state;
	assert_int_equal(store_crl_put(store, hash_of('a'), &crl), ERR_OK);
	back_up(store);
	store_close(store);
	assert_restored("backup", "kept", in_folder("state.db.kept"));
	store = database_of(1);
	assert_int_equal(store_crl_get(store, hash_of('a'), &crl), ERR_OK);
	assert_int_equal(crl.number, 7);
	assert_int_equal(crl.revision, -1);
	stored_crl_clear(&crl);
	store_close(store);
}

#define OPEN \
	"error: FOLDER/state.db: somebody has it open; stop scepd first, and " \
	"see who else it is: fuser FOLDER/state.db\n"

static void
nothing_is_restored_while_somebody_has_it_open(void **state)
{
	struct store *store = database_of(1);
	sqlite3 *db;

	(void)state;
	back_up(store);
	add(store, "one");
	assert_refused(OPEN);
	add(store, "two");
	store_close(store);
	/* The shell, and whatever else knows SQLite. */
	assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "SELECT 1 FROM certificates", NULL,
			     NULL, NULL),
	    SQLITE_OK);
	assert_refused(OPEN);
	sqlite3_close(db);
	store = database_of(1);
	assert_true(has(store, "one") && has(store, "two"));
	store_close(store);
	assert_restored("backup", "kept", in_folder("state.db.kept"));
}

/* What can be wrong with a backup. */

static void
execute(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(in_folder("backup"), &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void
remove_backup(void)
{
	unlink(in_folder("backup"));
}

static void
make_text(void)
{
	FILE *file = fopen(in_folder("backup"), "w");

	assert_non_null(file);
	for (int i = 0; i < 1000; i++)
		fputs("This is no database. ", file);
	assert_int_equal(fclose(file), 0);
}

static void
make_empty(void)
{
	assert_int_equal(truncate(in_folder("backup"), 0), 0);
}

static void
make_others(void)
{
	execute("PRAGMA application_id = 1");
}

static void
make_newer(void)
{
	execute("PRAGMA user_version = 99");
}

/* An index without what it is to find. */
static void
make_damaged(void)
{
	execute("PRAGMA writable_schema = ON;"
		"UPDATE sqlite_master SET sql = 'CREATE INDEX "
		"certificates_by_key ON certificates (subject)' "
		"WHERE name = 'certificates_by_key'");
}

static void
take_name(void)
{
	FILE *file = fopen(in_folder("state.db.kept"), "w");

	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static void
a_backup_that_is_unfit_changes_nothing(void **state)
{
	static const struct row {
		void (*make)(void);
		const char *problem;
	} rows[] = {
		{ remove_backup,
		    "FOLDER/backup: No such file or directory; name a backup "
		    "of the state database" },
		{ make_text,
		    "FOLDER/backup: it is no database (file is not a "
		    "database); name another file, or put a backup in its "
		    "place" },
		{ make_empty,
		    "FOLDER/backup: there is nothing in this database; name "
		    "the one that scepd uses" },
		{ make_others,
		    "FOLDER/backup: this is another program's database; name "
		    "another file, and scepd makes it" },
		{ make_newer,
		    "FOLDER/backup: a newer scepd has written it (version 99, "
		    "this one knows up to 12); use that, or put an older "
		    "backup in its place" },
		{ make_damaged,
		    "FOLDER/backup: it is damaged; take another backup" },
		{ take_name,
		    "FOLDER/state.db.kept: File exists; the database that is "
		    "there can't be kept by this name" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct store *store;
		struct buf wanted = { 0 };

		assert_int_equal(make_folder(state), 0);
		store = database_of(1);
		add(store, "one");
		back_up(store);
		add(store, "two");
		store_close(store);
		rows[i].make();
		buf_printf(&wanted, "error: %s\n", rows[i].problem);
		assert_refused(buf_string(&wanted));
		store = database_of(1);
		assert_true(has(store, "two"));
		store_close(store);
		buf_clear(&wanted);
		assert_int_equal(remove_folder(state), 0);
	}
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_backup_takes_the_place_and_the_other_is_kept_whole),
		IN_FOLDER(where_there_is_none_a_backup_is_put),
		IN_FOLDER(what_is_restored_is_its_owners),
		IN_FOLDER(a_crl_from_a_backup_calls_for_a_new_one),
		IN_FOLDER(nothing_is_restored_while_somebody_has_it_open),
		cmocka_unit_test(a_backup_that_is_unfit_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
