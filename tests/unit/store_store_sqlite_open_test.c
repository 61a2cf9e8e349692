/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

#include <linux/magic.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/unit/store_database.h"

#define WRITABLE \
	"it, the files beside it and its folder have to be writable for the " \
	"user that scepd runs as"

static void
put(const char *name, struct bytes contents, mode_t mode)
{
	struct problems *problems = problems_new();

	unlink(in_folder(name));
	if (file_create(in_folder(name), mode, contents, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
}

/* Runs SQL on the database. */
static void
execute(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* What can be wrong with the file, and how it becomes so. */

static void
put_nothing(void)
{
}

static void
put_folder(void)
{
	assert_int_equal(mkdir(database, 0700), 0);
}

static void
put_text(void)
{
	struct buf text = { 0 };

	for (int i = 0; i < 1000; i++)
		buf_append_string(&text, "This is no database. ");
	put("state.db", buf_bytes(&text), 0600);
	buf_clear(&text);
}

static void
put_empty(void)
{
	put("state.db", BYTES_LITERAL(""), 0600);
}

static void
put_others(void)
{
	execute("CREATE TABLE t (a)");
}

static void
put_newer(void)
{
	store_close(database_of(1));
	execute("PRAGMA user_version = 99");
}

/* Its first page says what it is, the others are no tables. */
static void
put_damaged(void)
{
	static const uint8_t rubbish[64 << 10] = { 0xff, 1, 2, 3 };
	FILE *file;

	store_close(database_of(1));
	file = fopen(database, "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, 100, SEEK_SET), 0);
	assert_int_equal(fwrite(rubbish, sizeof(rubbish), 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

static void
put_link_for_lock(void)
{
	assert_int_equal(symlink("/tmp/elsewhere", in_folder("state.db.lock")),
	    0);
}

static void
what_is_wrong_is_said_with_file_and_remedy(void **state)
{
	static const struct row {
		void (*put)(void);
		bool create;
		const char *problem;
	} rows[] = {
		{ put_nothing, false,
		    "FOLDER/state.db: there is no such file; scepd makes it "
		    "when it starts" },
		{ put_folder, true,
		    "FOLDER/state.db: this is no file; name a file for the "
		    "state database" },
		{ put_text, true,
		    "FOLDER/state.db: it is no database (file is not a "
		    "database); name another file, or put a backup in its "
		    "place" },
		{ put_empty, false,
		    "FOLDER/state.db: there is nothing in this database; name "
		    "the one that scepd uses" },
		{ put_others, true,
		    "FOLDER/state.db: this is another program's database; "
		    "name another file, and scepd makes it" },
		{ put_newer, true,
		    "FOLDER/state.db: a newer scepd has written it (version "
		    "99, this one knows up to 12); use that, or put an older "
		    "backup in its place" },
		{ put_damaged, true,
		    "FOLDER/state.db: it is damaged (database disk image is "
		    "malformed); put a backup in its place" },
		{ put_link_for_lock, true,
		    "FOLDER/state.db.lock: Too many levels of symbolic links; "
		    "it has to be a file that the user that scepd runs as can "
		    "open, in a folder where it can make files" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct store_settings settings = { .path = database,
			.connections = 2,
			.create = rows[i].create };
		struct buf text = { 0 }, wanted = { 0 };

		assert_int_equal(make_folder(state), 0);
		rows[i].put();
		buf_printf(&wanted, "error: %s\n", rows[i].problem);
		assert_null(try_store(&settings, &text));
		assert_string_equal(buf_string(&text), buf_string(&wanted));
		buf_clear(&text);
		buf_clear(&wanted);
		rmdir(database);
		assert_int_equal(remove_folder(state), 0);
	}
}

/* Whether a look at it finds this, and makes no file. */
static void
assert_found(const char *problem)
{
	struct problems *problems = problems_new();
	struct buf text = { 0 }, wanted = { 0 };
	enum err err = store_check(database, problems);

	if (problem != NULL)
		buf_printf(&wanted, "error: %s\n", problem);
	append_without_folder(&text, problems_text(problems));
	assert_string_equal(buf_string(&text), buf_string(&wanted));
	assert_int_equal(err, problem != NULL ? ERR_CONFIGURATION : ERR_OK);
	assert_int_not_equal(access(in_folder("state.db-wal"), F_OK), 0);
	assert_int_not_equal(access(in_folder("state.db-shm"), F_OK), 0);
	buf_clear(&text);
	buf_clear(&wanted);
	problems_free(problems);
}

static void
put_good(void)
{
	store_close(database_of(1));
}

static void
a_look_changes_nothing(void **state)
{
	static const struct row {
		void (*put)(void);
		const char *problem;
	} rows[] = {
		{ put_nothing, NULL },
		{ put_empty, NULL },
		{ put_good, NULL },
		{ put_folder,
		    "FOLDER/state.db: this is no file; name a file for the "
		    "state database" },
		{ put_text,
		    "FOLDER/state.db: it is no database (file is not a "
		    "database); name another file, or put a backup in its "
		    "place" },
		{ put_others,
		    "FOLDER/state.db: this is another program's database; "
		    "name another file, and scepd makes it" },
		{ put_newer,
		    "FOLDER/state.db: a newer scepd has written it (version "
		    "99, this one knows up to 12); use that, or put an older "
		    "backup in its place" },
		{ put_damaged,
		    "FOLDER/state.db: it is damaged (database disk image is "
		    "malformed); put a backup in its place" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(make_folder(state), 0);
		rows[i].put();
		assert_found(rows[i].problem);
		rmdir(database);
		assert_int_equal(remove_folder(state), 0);
	}
}

static void
a_look_is_possible_while_others_write(void **state)
{
	struct problems *problems = problems_new();
	struct store *store;

	(void)state;
	/* A name that a URI would take for something else. */
	strcpy(database, in_folder("a%20b?c#d"));
	store = database_of(1);
	assert_int_equal(store_check(database, problems), ERR_OK);
	assert_int_equal(problems_count(problems, PROBLEM_ERROR), 0);
	store_close(store);
	assert_int_equal(store_check(database, problems), ERR_OK);
	problems_free(problems);
}

static void
a_folder_that_is_missing_is_to_be_made(void **state)
{
	struct store_settings settings = { .connections = 1, .create = true };
	struct buf text = { 0 };

	(void)state;
	settings.path = in_folder("missing/state.db");
	assert_null(try_store(&settings, &text));
	assert_string_equal(buf_string(&text),
	    "error: FOLDER/missing/state.db: No such file or directory; make "
	    "its folder first, for the user that scepd runs as\n");
	buf_clear(&text);
}

/* Permissions are nothing to root, so it becomes somebody else. */
static void
as_nobody(void (*check)(void))
{
	pid_t child = fork();

	if (child == 0) {
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(1);
		check();
		_exit(0);
	}
	assert_ends_well(child);
}

static void
check_problem(const char *wanted)
{
	const struct store_settings settings = { .path = database,
		.connections = 1,
		.create = true };
	struct buf text = { 0 };

	if (try_store(&settings, &text) == NULL &&
	    strcmp(buf_string(&text), wanted) == 0)
		return;
	print_error("# %s", buf_string(&text));
	_exit(1);
}

static void
check_read_only(void)
{
	check_problem("error: FOLDER/state.db: it can't be written (attempt to "
		      "write a readonly database); " WRITABLE "\n");
}

static void
check_no_place(void)
{
	check_problem("error: FOLDER/state.db: Permission denied; the user "
		      "that scepd runs as has to be able to make files in its "
		      "folder\n");
}

static void
what_can_not_be_written_is_no_store(void **state)
{
	(void)state;
	assert_int_equal(chmod(folder, 0555), 0);
	as_nobody(check_no_place);
	assert_int_equal(chmod(folder, 0777), 0);
	store_close(database_of(1));
	assert_int_equal(chmod(in_folder("state.db.lock"), 0644), 0);
	assert_int_equal(chmod(database, 0444), 0);
	as_nobody(check_read_only);
	assert_int_equal(chmod(database, 0666), 0);
	assert_int_equal(chmod(folder, 0555), 0);
	as_nobody(check_read_only);
	assert_int_equal(chmod(folder, 0700), 0);
}

static void
what_root_makes_is_its_folders_owners(void **state)
{
	static const char *const names[] = { "state.db", "state.db-wal",
		"state.db-shm", "state.db.lock" };
	struct store *store;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(folder, 65534, 65534), 0);
	store = database_of(1);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct stat about;

		assert_int_equal(stat(in_folder(names[i]), &about), 0);
		assert_int_equal(about.st_uid, 65534);
		assert_int_equal(about.st_mode & 07777, 0600);
	}
	store_close(store);
}

/* Without shared memory there is no write-ahead log. */
static void
a_file_system_that_can_not_be_shared_is_none_for_a_store(void **state)
{
	const struct store_settings settings = { .path = database,
		.connections = 1,
		.create = true };
	sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
	struct buf text = { 0 };

	(void)state;
	sqlite3_vfs_register(sqlite3_vfs_find("unix-none"), 1);
	assert_null(try_store(&settings, &text));
	sqlite3_vfs_register(usual, 1);
	assert_string_equal(buf_string(&text),
	    "error: FOLDER/state.db: several processes can't share a database "
	    "on this file system; put it on a disk of this machine\n");
	buf_clear(&text);
}

static void
file_systems_of_a_network_are_known(void **state)
{
	static const struct row {
		unsigned long type;
		const char *name;
	} rows[] = {
		{ NFS_SUPER_MAGIC, "NFS" },
		{ 0xff534d42, "SMB" },
		{ V9FS_MAGIC, "9P" },
		{ EXT4_SUPER_MAGIC, NULL },
		{ XFS_SUPER_MAGIC, NULL },
		{ BTRFS_SUPER_MAGIC, NULL },
		{ TMPFS_MAGIC, NULL },
		{ OVERLAYFS_SUPER_MAGIC, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *name = store_sqlite_network_name(rows[i].type);

		if (rows[i].name == NULL)
			assert_null(name);
		else
			assert_string_equal(name, rows[i].name);
	}
}

static void
names_are_paths_whatever_they_look_like(void **state)
{
	const struct store_settings settings = {
		.path = "file:a.db?mode=memory",
		.connections = 1,
		.create = true
	};
	char before[200];
	struct buf text = { 0 };
	struct store *store;

	(void)state;
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder), 0);
	store = try_store(&settings, &text);
	assert_non_null(store);
	assert_int_equal(access("file:a.db?mode=memory-wal", F_OK), 0);
	store_close(store);
	assert_int_equal(chdir(before), 0);
}

static void
what_was_only_begun_to_be_made_is_made(void **state)
{
	(void)state;
	put_empty();
	store_close(database_of(1));
	/* As if it had ended before the tables were there. */
	unlink(database);
	execute("PRAGMA journal_mode = WAL");
	store_close(database_of(2));
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

/* Nothing of the twelfth version, nor of the eleventh; nor of the tenth. */
#define NO_PROFILE \
	"ALTER TABLE transactions DROP COLUMN chosen; " \
	"ALTER TABLE certificates DROP COLUMN profile; "
#define NO_IDENTITY \
	NO_PROFILE \
	"DROP INDEX certificates_active; " \
	"ALTER TABLE certificates DROP COLUMN identity; "

/* Nor of the ninth. */
#define NO_CHALLENGES \
	NO_IDENTITY \
	"DROP TRIGGER challenge_given_back; DROP TRIGGER challenge_used; " \
	"DROP TABLE challenge_uses; DROP TABLE challenges; "

/* Nor of the eighth, but for what the trigger does. */
#define NO_ORIGIN \
	NO_CHALLENGES \
	"DROP TRIGGER notify_revoked; DROP INDEX notifications_at_once; " \
	"ALTER TABLE certificates DROP COLUMN endpoint; " \
	"ALTER TABLE certificates DROP COLUMN request; " \
	"ALTER TABLE certificates DROP COLUMN transaction_id; " \
	"CREATE TRIGGER notify_revoked AFTER UPDATE OF revoked_at " \
	"ON certificates BEGIN SELECT 1; END; "

/* Nor of the seventh; nor of the sixth. */
#define NOTHING_WITHHELD \
	NO_ORIGIN \
	"ALTER TABLE transactions DROP COLUMN profile; " \
	"ALTER TABLE transactions DROP COLUMN fail_info; " \
	"ALTER TABLE submissions DROP COLUMN tries; " \
	"ALTER TABLE submissions DROP COLUMN supersedes; "
#define NO_NOTIFICATIONS \
	NOTHING_WITHHELD \
	"DROP TRIGGER notify_issued; DROP TRIGGER notify_refused; " \
	"DROP TRIGGER notify_held; DROP TRIGGER notify_revoked; " \
	"DROP TABLE notifications; DROP TABLE notification_settings; " \
	"DROP INDEX certificates_by_end; "

/* The table without a later state, and none of the later tables. */
#define OLDER_TABLES \
	NO_NOTIFICATIONS \
	"DROP TABLE alarms; DROP TABLE submissions; " \
	"DROP TRIGGER submissions_end; " \
	"PRAGMA writable_schema = 1; UPDATE sqlite_master SET sql = " \
	"replace(sql, 'BETWEEN 0 AND 7', 'BETWEEN 0 AND 5') " \
	"WHERE name = 'transactions'; PRAGMA writable_schema = 0; "

/* A number that was purged does not come again. */
static void
transactions_of_an_older_store_keep_their_numbers(void **state)
{
	struct store *store = database_of(1);
	int64_t first = made(store, "a", TRANSACTION_SIGNING);
	int64_t last = made(store, "b", TRANSACTION_REJECTED), count;

	(void)state;
	assert_int_equal(store_purge(store, NOW + 1, 10, &count), ERR_OK);
	assert_int_equal(count, 1);
	store_close(store);
	execute(OLDER_TABLES "PRAGMA user_version = 2");
	store = database_of(1);
	assert_int_equal(state_of(store, first), TRANSACTION_SIGNING);
	assert_int_equal(made(store, "c", TRANSACTION_SUBMITTED), last + 1);
	store_close(store);
}

/* As the first version has left it. */
static void
an_older_store_is_brought_up_to_date_in_place(void **state)
{
	struct store *store = database_of(1);
	struct certificate_record record = record_of("serial");
	struct stored_certificate certificate = { 0 };
	struct buf value = { 0 };
	int64_t count;

	(void)state;
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	store_close(store);
	execute(OLDER_TABLES "DROP TABLE marks; PRAGMA user_version = 1");
	store = database_of(1);
	assert_int_equal(store_certificate_get(store, record.authority,
			     record.serial, &certificate),
	    ERR_OK);
	assert_bytes(buf_bytes(&certificate.der), "der");
	assert_int_equal(store_mark_put(store, "a", BYTES_LITERAL("b")),
	    ERR_OK);
	assert_int_equal(store_mark_get(store, "a", &value), ERR_OK);
	assert_int_equal(store_alarms_forget(store, NOW, &count), ERR_OK);
	stored_certificate_clear(&certificate);
	buf_clear(&value);
	store_close(store);
}

/* From before anything could be replaced. */
static void
what_is_submitted_in_an_older_store_goes_on(void **state)
{
	struct store *store = database_of(1);
	struct transaction_order order = submitted_order_of("id");
	struct transaction transaction = { 0 };
	int64_t number = begun(store, &order);

	(void)state;
	store_close(store);
	execute(NO_NOTIFICATIONS
	    "ALTER TABLE submissions DROP COLUMN replaces_serial; "
	    "ALTER TABLE submissions DROP COLUMN replaces_authority; "
	    "PRAGMA user_version = 4");
	store = database_of(1);
	assert_int_equal(store_get(store, number, &transaction), ERR_OK);
	assert_bytes(buf_bytes(&transaction.csr), "csr");
	assert_int_equal(transaction.renews_serial.size, 0);
	assert_int_equal(transaction.renews_authority.size, 0);
	transaction_clear(&transaction);
	store_close(store);
}

static void
what_an_older_store_was_to_replace_is_replaced(void **state)
{
	struct store *store = database_of(1);
	struct transaction_order order = submitted_order_of("id");
	struct transaction transaction = { 0 };
	int64_t number;

	(void)state;
	order.renews = (struct certificate_id){ hash_of('o'),
		BYTES_LITERAL("old") };
	order.supersedes = true;
	number = begun(store, &order);
	store_close(store);
	execute(NOTHING_WITHHELD "PRAGMA user_version = 6");
	store = database_of(1);
	assert_int_equal(store_get(store, number, &transaction), ERR_OK);
	assert_bytes(buf_bytes(&transaction.renews_serial), "old");
	assert_same_bytes(buf_bytes(&transaction.renews_authority),
	    hash_of('o'));
	assert_true(transaction.supersedes);
	transaction_clear(&transaction);
	made(store, "w", TRANSACTION_WITHHELD);
	store_close(store);
}

/* From before it was known whose a certificate is. */
static void
certificates_of_an_older_store_are_told_without_a_request(void **state)
{
	struct store *store = database_of(1);
	struct stored_notification stored = { 0 };

	(void)state;
	made(store, "old", TRANSACTION_ISSUED);
	store_close(store);
	execute(NO_ORIGIN "PRAGMA user_version = 7");
	store = database_of(1);
	made(store, "new", TRANSACTION_ISSUED);
	assert_int_equal(store_notify(store, 1U << NOTIFICATION_REVOKED),
	    ERR_OK);
	for (int i = 0; i < 2; i++) {
		static const char *const serials[] = { "old", "new" };

		assert_int_equal(store_certificate_revoke(store, hash_of('a'),
				     bytes_of_string(serials[i]), 1, NOW),
		    ERR_OK);
		assert_int_equal(store_notification_take(store, NOW, NOW + 9,
				     &stored),
		    ERR_OK);
		assert_same_bytes(buf_bytes(&stored.serial),
		    bytes_of_string(serials[i]));
		assert_int_equal(stored.request, i == 0 ? 0 : 2);
		assert_same_bytes(buf_bytes(&stored.endpoint),
		    bytes_of_string(i == 0 ? "" : "/scep"));
	}
	stored_notification_clear(&stored);
	store_close(store);
}

/* From before they were counted. */
static void
certificates_of_an_older_store_are_not_counted(void **state)
{
	struct store *store = database_of(1);
	struct certificate_record record = record_of("old");
	const struct active_filter filter = {
		.authority = record.authority,
		.identity = hash_of('i'),
		.now = NOW,
	};
	int64_t count = -1;

	(void)state;
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	store_close(store);
	execute(NO_IDENTITY "PRAGMA user_version = 9");
	store = database_of(1);
	record.serial = BYTES_LITERAL("new");
	record.identity = hash_of('i');
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	assert_int_equal(store_count_active(store, &filter, 9, &count), ERR_OK);
	assert_int_equal(count, 1);
	store_close(store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_said_with_file_and_remedy),
		cmocka_unit_test(a_look_changes_nothing),
		IN_FOLDER(a_look_is_possible_while_others_write),
		IN_FOLDER(an_older_store_is_brought_up_to_date_in_place),
		IN_FOLDER(transactions_of_an_older_store_keep_their_numbers),
		IN_FOLDER(what_is_submitted_in_an_older_store_goes_on),
		IN_FOLDER(what_an_older_store_was_to_replace_is_replaced),
		IN_FOLDER(
		    certificates_of_an_older_store_are_told_without_a_request),
		IN_FOLDER(certificates_of_an_older_store_are_not_counted),
		IN_FOLDER(a_folder_that_is_missing_is_to_be_made),
		IN_FOLDER(what_can_not_be_written_is_no_store),
		IN_FOLDER(what_root_makes_is_its_folders_owners),
		IN_FOLDER(
		    a_file_system_that_can_not_be_shared_is_none_for_a_store),
		cmocka_unit_test(file_systems_of_a_network_are_known),
		IN_FOLDER(names_are_paths_whatever_they_look_like),
		IN_FOLDER(what_was_only_begun_to_be_made_is_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
