/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "backends/openssl_conf_internal.h"
#include "base/count.h"
#include "base/file.h"
#include "base/xalloc.h"

/* More names than any folder of configuration has. */
#define NAME_LIMIT 4096

/* What stands before the paths in what is recorded. */
enum what {
	WHAT_NOTHING,
	WHAT_FILE,
	WHAT_FOLDER
};

static enum err
complain(const char *path, int cause, struct problems *problems)
{
	problem_add(problems, PROBLEM_ERROR, "%s: %s", path, strerror(cause));
	return ERR_FILE;
}

/* As OpenSSL has it, there is something before the ending. */
static bool
is_configuration(const char *name)
{
	static const char *const endings[] = { ".cnf", ".conf" };
	struct bytes text = bytes_of_string(name);

	for (size_t i = 0; i < COUNT(endings); i++) {
		size_t size = strlen(endings[i]);

		if (text.size > size &&
		    bytes_equal_string_nocase(bytes_from(text,
						  text.size - size),
			endings[i]))
			return true;
	}
	return false;
}

static int
order(const void *a, const void *b)
{
	const char *const *first = a, *const *second = b;

	return bytes_compare(bytes_of_string(*first), bytes_of_string(*second));
}

static void
append_path(struct buf *paths, const char *path)
{
	buf_append(paths, bytes_of(path, strlen(path) + 1));
}

/* The names in the order in which the folder has them, each to be freed. */
static size_t
read_names(DIR *folder, char *names[NAME_LIMIT])
{
	const struct dirent *entry;
	size_t count = 0;

	while (count < NAME_LIMIT && (entry = readdir(folder)) != NULL)
		if (is_configuration(entry->d_name))
			names[count++] = xstrdup(entry->d_name);
	return count;
}

static enum err
list_folder(const char *path, struct buf *paths, struct problems *problems)
{
	DIR *folder = opendir(path);
	char **names;
	size_t count;

	if (folder == NULL)
		return complain(path, errno, problems);
	names = xcalloc(NAME_LIMIT, sizeof(*names));
	count = read_names(folder, names);
	closedir(folder);
	qsort(names, count, sizeof(*names), order);
	for (size_t i = 0; i < count; i++) {
		char *file = xasprintf("%s/%s", path, names[i]);

		append_path(paths, file);
		free(file);
		free(names[i]);
	}
	free(names);
	return ERR_OK;
}

static enum err
list(const char *path, struct buf *listing, struct problems *problems)
{
	struct stat status;

	if (stat(path, &status) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return complain(path, errno, problems);
		buf_append_octet(listing, WHAT_NOTHING);
		return ERR_OK;
	}
	if (S_ISDIR(status.st_mode)) {
		buf_append_octet(listing, WHAT_FOLDER);
		return list_folder(path, listing, problems);
	}
	buf_append_octet(listing, WHAT_FILE);
	append_path(listing, path);
	return ERR_OK;
}

/* What no snapshot has was not there when it was made. */
static enum err
list_or_replay(const char *path, struct buf *listing, struct problems *problems)
{
	/* No path is looked up by a name with "=" behind it. */
	char *name = xasprintf("inclusion: %s=", path);
	enum err err = file_replay_made(name, listing);

	if (err != ERR_OK && file_is_replayed()) {
		buf_append_octet(listing, WHAT_NOTHING);
		err = ERR_OK;
	} else if (err != ERR_OK) {
		err = list(path, listing, problems);
		if (err == ERR_OK)
			file_record_made(name, buf_bytes(listing));
	}
	free(name);
	return err;
}

enum err
openssl_include_list(const char *path, bool *is_folder, struct buf *paths,
    struct problems *problems)
{
	struct buf listing = { 0 };
	enum err err = list_or_replay(path, &listing, problems);

	if (err == ERR_OK && listing.size > 0) {
		*is_folder = listing.data[0] == WHAT_FOLDER;
		buf_append(paths, bytes_from(buf_bytes(&listing), 1));
	}
	buf_clear(&listing);
	return err;
}
