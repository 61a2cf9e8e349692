/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_STORE_DATABASE_H
#define SCEPD_TESTS_UNIT_STORE_DATABASE_H

#include <dirent.h>
#include <stdlib.h>

#include "store/store.h"
#include "tests/unit/children.h"
#include "tests/unit/store_orders.h"

/* A folder with a state database in it, for each test. */

static char folder[32];
static char database[sizeof(folder) + 16];

static inline int
make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/scepd-store-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(database, sizeof(database), "%s/state.db", folder);
	return 0;
}

static inline int
remove_folder(void **state)
{
	DIR *entries = opendir(folder);

	(void)state;
	for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
		char path[sizeof(folder) + sizeof(entry->d_name) + 1];

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	closedir(entries);
	return rmdir(folder);
}

/* For the path of a file in that folder, until the next call. */
static inline const char *
in_folder(const char *name)
{
	static char path[sizeof(folder) + 64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* Appends text with "FOLDER" for the folder's name. */
static inline void
append_without_folder(struct buf *to, const char *text)
{
	const char *at;

	for (; (at = strstr(text, folder)) != NULL;
	     text = at + strlen(folder)) {
		buf_append(to, bytes_of(text, (size_t)(at - text)));
		buf_append_string(to, "FOLDER");
	}
	buf_append_string(to, text);
}

/* Whether it can be opened; else `text` gets the problems, without the folder's
 * name. */
static inline struct store *
try_store(const struct store_settings *settings, struct buf *text)
{
	struct problems *problems = problems_new();
	struct store *store = NULL;
	enum err err = store_open(settings, &store, problems);

	if (err != ERR_OK)
		assert_int_equal(err, ERR_CONFIGURATION);
	append_without_folder(text, problems_text(problems));
	problems_free(problems);
	assert_int_equal(store == NULL, text->size > 0);
	return store;
}

static inline struct store *
database_of(unsigned connections)
{
	const struct store_settings settings = { .path = database,
		.connections = connections,
		.create = true };
	struct buf text = { 0 };
	struct store *store = try_store(&settings, &text);

	if (store == NULL)
		fail_msg("%s", buf_string(&text));
	return store;
}

#endif
