/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "store/store_sqlite_internal.h"

enum err
store_sqlite_complain(struct problems *problems, const char *path,
    const char *remedy)
{
	problem_add(problems, PROBLEM_ERROR, "%s: %s; %s", path,
	    strerror(errno), remedy);
	return ERR_FILE;
}

/* One transaction of reading, so that the copy is of one moment. */
static int
copy(struct connection *connection, const char *path)
{
	sqlite3_stmt *statement = NULL;
	int result = sqlite3_prepare_v2(connection->db, "VACUUM INTO ?", -1,
	    &statement, NULL);

	if (result == SQLITE_OK)
		result = sqlite3_bind_text(statement, 1, path, -1,
		    SQLITE_STATIC);
	if (result == SQLITE_OK)
		result = sqlite3_step(statement);
	(void)sqlite3_finalize(statement);
	return result == SQLITE_DONE ? SQLITE_OK : result;
}

/* SQLite leaves that to the system. */
static bool
sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool synced = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return synced;
}

enum err
store_sqlite_copy(struct connection *connection, const char *path,
    struct problems *problems)
{
	int result = copy(connection, path);

	if (result != SQLITE_OK) {
		(void)connection_problem(connection, result, problems);
		return ERR_FILE;
	}
	return sync_file(path) ?
	    ERR_OK :
	    store_sqlite_complain(problems, path, "look at its disk");
}

enum err
store_sqlite_backup(void *state, const char *path, struct problems *problems)
{
	char *plain = store_sqlite_plain_path(path);
	struct connection *connection = store_sqlite_take(state);
	enum err err = file_create(plain, 0600, bytes_of_string(NULL),
	    problems);

	if (err == ERR_OK) {
		err = store_sqlite_copy(connection, plain, problems);
		if (err != ERR_OK)
			unlink(plain);
	}
	store_sqlite_give(connection);
	free(plain);
	return err;
}
