/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_newcerts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/openssl_index_row.h"
#include "backends/openssl_sync.h"
#include "base/file.h"
#include "base/pem.h"
#include "base/xalloc.h"

/* With the text that `openssl ca` writes before the PEM. */
#define MAX_FILE (1u << 20)

/* Whoever reads the file under its own name finds it whole: it is linked there
 * when it is written, which fails where something has that name, unlike
 * rename. */
static int
write_and_link(char *temporary, const char *path, struct bytes contents)
{
	int fd = mkostemp(temporary, O_CLOEXEC);
	int status = -1, cause;

	if (fd < 0)
		return -1;
	if (file_write_synced(fd, contents) == 0 && fchmod(fd, 0644) == 0)
		status = link(temporary, path);
	cause = errno;
	close(fd);
	unlink(temporary);
	errno = cause;
	return status == 0 ? openssl_sync_folder_of(path) : -1;
}

/* The first one of the file. */
static enum err
read_certificate(const char *path, struct buf *certificate)
{
	struct problems *unseen = problems_new();
	struct buf text = { 0 };
	enum err err = file_read_now(path, MAX_FILE, &text, unseen);

	if (err == ERR_OK) {
		struct bytes left = buf_bytes(&text);

		err = pem_next(&left, "CERTIFICATE", certificate);
	}
	buf_clear(&text);
	problems_free(unseen);
	return err == ERR_OK ? ERR_OK : ERR_INDEX;
}

static bool
has_certificate(const char *path, struct bytes certificate)
{
	struct buf der = { 0 };
	bool same = read_certificate(path, &der) == ERR_OK &&
	    bytes_equal(buf_bytes(&der), certificate);

	buf_clear(&der);
	return same;
}

/* Synced, as whoever made it may have been killed before that. */
static enum err
accept_existing(const char *path, struct bytes certificate,
    struct problems *problems)
{
	if (has_certificate(path, certificate)) {
		if (openssl_sync_folder_of(path) == 0)
			return ERR_OK;
		problem_add(problems, PROBLEM_ERROR, "%s: %s", path,
		    strerror(errno));
		return ERR_INDEX;
	}
	problem_add(problems, PROBLEM_ERROR,
	    "%s: has another certificate than the one that is to be put there; "
	    "does the file \"serial\" say a number that was used?",
	    path);
	return ERR_INDEX_SERIAL;
}

static enum err
put(const char *path, char *temporary, struct bytes certificate,
    struct problems *problems)
{
	struct buf text = { 0 };
	int status;

	pem_append(&text, "CERTIFICATE", certificate);
	status = write_and_link(temporary, path, buf_bytes(&text));
	buf_clear(&text);
	if (status == 0)
		return ERR_OK;
	if (errno == EEXIST)
		return accept_existing(path, certificate, problems);
	problem_add(problems, PROBLEM_ERROR,
	    "%s: %s; scepd needs to write to the folder", path,
	    strerror(errno));
	return ERR_INDEX;
}

static struct buf
path_of(const char *folder, struct bytes serial)
{
	struct buf path = { 0 };

	buf_printf(&path, "%s/", folder);
	openssl_index_serial_append(&path, serial);
	buf_append_string(&path, ".pem");
	return path;
}

enum err
openssl_newcerts_get(const char *folder, struct bytes serial,
    struct buf *certificate)
{
	struct buf path = path_of(folder, serial);
	enum err err = read_certificate(buf_string(&path), certificate);

	buf_clear(&path);
	return err;
}

enum err
openssl_newcerts_put(const char *folder, struct bytes serial,
    struct bytes certificate, struct problems *problems)
{
	char *temporary = xasprintf("%s/.scepd-XXXXXX", folder);
	struct buf path = path_of(folder, serial);
	enum err err = put(buf_string(&path), temporary, certificate, problems);

	buf_clear(&path);
	free(temporary);
	return err;
}
