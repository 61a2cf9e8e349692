/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

#include "tests/unit/store_database.h"

/* How SQLite would run it, a line for each step. */
static void
explain(sqlite3 *db, const char *sql, struct buf *plan)
{
	char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, explain, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(statement) == SQLITE_ROW)
		buf_printf(plan, "%s\n",
		    (const char *)sqlite3_column_text(statement, 3));
	sqlite3_finalize(statement);
	sqlite3_free(explain);
}

/* What comes out of a subquery has been searched for in it. */
static bool
is_scan(const char *line)
{
	return strncmp(line, "SCAN ", 5) == 0 &&
	    strncmp(line, "SCAN (subquery", 14) != 0;
}

static bool
has_scan(const char *plan)
{
	for (const char *line = plan; line != NULL && *line != '\0';) {
		const char *end = strchr(line, '\n');

		if (is_scan(line))
			return true;
		line = end == NULL ? NULL : end + 1;
	}
	return false;
}

static void
no_statement_looks_at_all_rows(void **state)
{
	sqlite3 *db;

	(void)state;
	store_close(database_of(1));
	assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
	for (size_t i = 0; i < STATEMENT_COUNT; i++) {
		struct buf plan = { 0 };

		/* All that wait, when a keeper begins, and they are few. */
		if (i == STATEMENT_SUBMISSION_MAKE_DUE ||
		    i == STATEMENT_NOTIFICATION_MAKE_DUE)
			continue;
		explain(db, store_sqlite_statements[i], &plan);
		if (has_scan(buf_string(&plan)))
			fail_msg("%s:\n%s", store_sqlite_statements[i],
			    buf_string(&plan));
		buf_clear(&plan);
	}
	sqlite3_close(db);
}

static void
rows_come_sorted_out_of_an_index(void **state)
{
	static const struct row {
		enum statement statement;
		const char *index;
	} rows[] = {
		{ STATEMENT_TRANSACTION_FIND, "transactions_by_key" },
		{ STATEMENT_TRANSACTION_LIST, "transactions_by_state" },
		{ STATEMENT_TRANSACTION_LAPSE, "transactions_by_age" },
		{ STATEMENT_TRANSACTION_PURGE, "transactions_by_age" },
		{ STATEMENT_HELD_COUNT, "transactions_held" },
		{ STATEMENT_CERTIFICATE_LIST_ALL, "INTEGER PRIMARY KEY" },
		{ STATEMENT_CERTIFICATE_LIST_KEY, "certificates_by_key" },
		{ STATEMENT_CERTIFICATE_LIST_SUBJECT,
		    "certificates_by_subject" },
		{ STATEMENT_CERTIFICATE_LIST_REVOKED, "certificates_revoked" },
		{ STATEMENT_KEY_IS_REVOKED, "certificates_key_revoked" },
		{ STATEMENT_ALARM_LIST_ALL, "INTEGER PRIMARY KEY" },
		{ STATEMENT_ALARM_LIST_SUBJECT, "alarms_by_subject" },
		{ STATEMENT_ALARM_FORGET, "alarms_by_age" },
		{ STATEMENT_EXPIRING_ADD, "certificates_by_end" },
		{ STATEMENT_REFUSED_COUNT, "notifications_at_once" },
		{ STATEMENT_NOTIFICATION_DUE, "notifications_by_due" },
		{ STATEMENT_NOTIFICATION_DROP, "notifications_by_age" },
		{ STATEMENT_NOTIFICATION_LIST, "INTEGER PRIMARY KEY" },
		{ STATEMENT_CHALLENGE_GET, "sqlite_autoindex_challenges_1" },
		{ STATEMENT_CHALLENGE_USE, "sqlite_autoindex_challenges_1" },
		{ STATEMENT_CHALLENGE_BIND, "sqlite_autoindex_challenges_1" },
		{ STATEMENT_CHALLENGE_FORGET, "challenges_by_end" },
		{ STATEMENT_CHALLENGE_LIST, "INTEGER PRIMARY KEY" },
		{ STATEMENT_COUNT_REVOKED, "certificates_revoked" },
		{ STATEMENT_COUNT_ACTIVE, "certificates_active" },
	};
	sqlite3 *db;

	(void)state;
	store_close(database_of(1));
	assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *sql = store_sqlite_statements[rows[i].statement];
		struct buf plan = { 0 };

		explain(db, sql, &plan);
		if (strstr(buf_string(&plan), rows[i].index) == NULL ||
		    strstr(buf_string(&plan), "TEMP B-TREE") != NULL)
			fail_msg("%s:\n%s", sql, buf_string(&plan));
		buf_clear(&plan);
	}
	sqlite3_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_statement_looks_at_all_rows,
		    make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
		    rows_come_sorted_out_of_an_index, make_folder,
		    remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
