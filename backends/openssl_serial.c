/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_serial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/openssl_index_row.h"
#include "backends/openssl_sync.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "crypto/certificate.h"

#define MAX_FILE 4096

static enum err
read_number(struct bytes text, struct buf *number)
{
	enum err err;

	text = bytes_trim_end(text, " \t\r\n");
	if (bytes_begin_with(text, "-"))
		return ERR_INDEX_DAMAGED;
	err = openssl_index_serial_read(text, number);
	if (err != ERR_OK)
		return err;
	return number->size < OPENSSL_SERIAL_MAX ||
		(number->size == OPENSSL_SERIAL_MAX && number->data[0] < 0x80) ?
	    ERR_OK :
	    ERR_INDEX_DAMAGED;
}

enum err
openssl_serial_read(const char *path, struct buf *number,
    struct problems *problems)
{
	struct buf text = { 0 }, read = { 0 };
	enum err err = file_read_now(path, MAX_FILE, &text, problems);

	if (err != ERR_OK)
		return ERR_INDEX;
	err = read_number(buf_bytes(&text), &read);
	if (err == ERR_OK)
		buf_append(number, buf_bytes(&read));
	else
		problem_add(problems, PROBLEM_ERROR,
		    "%s: is not one number of an even count of hexadecimal "
		    "digits, 40 at most, as \"openssl ca\" wants it; write the "
		    "next number to be used into it, as in: echo 1000 > %s",
		    path, path);
	buf_clear(&text);
	buf_clear(&read);
	return err;
}

/* The number after `number`, as octets. */
static void
append_next(struct buf *to, struct bytes number)
{
	size_t at = to->size + number.size;
	uint8_t carry = 1;

	buf_append_octet(to, 0);
	buf_append(to, number);
	for (; carry != 0; at--) {
		to->data[at]++;
		carry = to->data[at] == 0;
	}
}

/* The name is not that of `openssl ca`, serial.new, which may be in use. */
static enum err
replace(const char *path, struct bytes text)
{
	char *new_path = xasprintf("%s.scepd", path);
	struct stat status;
	int fd = stat(path, &status) != 0 ?
	    -1 :
	    open(new_path,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	enum err err = ERR_INDEX;
	int cause;

	if (fd >= 0 && file_write_synced(fd, text) == 0 &&
	    fchmod(fd, status.st_mode & 0777) == 0 &&
	    rename(new_path, path) == 0 && openssl_sync_folder_of(path) == 0)
		err = ERR_OK;
	cause = errno;
	if (fd >= 0)
		close(fd);
	free(new_path);
	errno = cause;
	return err;
}

enum err
openssl_serial_advance(const char *path, struct bytes number,
    struct problems *problems)
{
	struct buf next = { 0 }, text = { 0 };
	enum err err;

	append_next(&next, number);
	openssl_index_serial_append(&text, buf_bytes(&next));
	buf_append_octet(&text, '\n');
	err = replace(path, buf_bytes(&text));
	if (err != ERR_OK)
		problem_add(problems, PROBLEM_ERROR,
		    "%s: can't be replaced: %s; scepd needs to write to its "
		    "folder",
		    path, strerror(errno));
	buf_clear(&next);
	buf_clear(&text);
	return err;
}
