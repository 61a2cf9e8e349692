/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/xalloc.h"
#include "store/store_sqlite_internal.h"

static enum err
open_by_name(struct single_connection *single, const char *plain,
    const char *name, int flags, struct problems *problems)
{
	single->store = xalloc(sizeof(*single->store));
	single->store->path = xstrdup(plain);
	single->connection = (struct connection){ .store = single->store,
		.lock = -1 };
	return connection_open(&single->connection, name, flags, problems);
}

enum err
single_connection_open(struct single_connection *single, const char *path,
    int flags, struct problems *problems)
{
	char *plain = store_sqlite_plain_path(path);
	enum err err = open_by_name(single, plain, plain, flags, problems);

	free(plain);
	return err;
}

void
single_connection_close(struct single_connection *single)
{
	connection_close(&single->connection);
	free(single->store->path);
	free(single->store);
}

/* By which SQLite takes the file as it lies there: without locks, without its
 * log, and without a file of its own. */
static void
append_uri(struct buf *to, const char *plain)
{
	buf_append_string(to, "file:");
	for (; *plain != '\0'; plain++) {
		if (*plain == '?' || *plain == '#' || *plain == '%')
			buf_printf(to, "%%%02x", (unsigned)*plain);
		else
			buf_append_octet(to, (uint8_t)*plain);
	}
	buf_append_string(to, "?immutable=1");
}

static enum err
look_at(const char *path, struct problems *problems)
{
	struct single_connection single;
	struct buf uri = { 0 };
	char *plain = store_sqlite_plain_path(path);
	enum err err;

	append_uri(&uri, plain);
	err = open_by_name(&single, plain, buf_string(&uri),
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, problems);
	if (err == ERR_OK)
		err = store_sqlite_check_label(&single.connection, true,
		    problems);
	single_connection_close(&single);
	buf_clear(&uri);
	free(plain);
	return err;
}

/* What is not there is to be made, and nothing to be looked at. */
enum err
store_sqlite_check(const char *path, struct problems *problems)
{
	const struct store_settings settings = { .path = path };
	struct stat about;
	enum err err;

	if (stat(path, &about) != 0 && errno == ENOENT)
		return ERR_OK;
	err = store_sqlite_prepare_file(&settings, problems);
	return err == ERR_OK ? look_at(path, problems) : err;
}
