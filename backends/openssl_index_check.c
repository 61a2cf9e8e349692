/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/openssl_index_internal.h"
#include "backends/openssl_index_row.h"
#include "backends/openssl_index_scan.h"
#include "backends/openssl_index_set.h"
#include "base/xalloc.h"

/* Who has more than these has the wrong file, or no use for the rest. */
#define MAX_FINDINGS 20

/* Of a .attr, which has one line. */
#define MAX_ATTRIBUTES 4096

/* How long one may be absent while it is replaced. */
#define ABSENCE_US 1000000

struct check {
	const char *path;
	struct problems *problems;
	bool unique_subject;
	struct openssl_index_set serials; /* and their lines */
	struct openssl_index_set names;   /* of valid rows, if unique */
	uint64_t line;
	size_t findings;
	bool damaged;
};

/* `what` says what is wrong, what OpenSSL makes of it, and the remedy. */
static void
finding(struct check *check, enum problem_level level, const char *what)
{
	check->damaged |= level == PROBLEM_ERROR;
	if (++check->findings < MAX_FINDINGS)
		problem_add(check->problems, level, "%s:%llu: %s", check->path,
		    (unsigned long long)check->line, what);
	else if (check->findings == MAX_FINDINGS)
		problem_add(check->problems, level,
		    "%s: there are more lines of that kind", check->path);
}

static void
finding_other(struct check *check, const char *what, uint64_t other,
    const char *remedy)
{
	char *text = xasprintf("%s line %llu %s", what,
	    (unsigned long long)other, remedy);

	finding(check, PROBLEM_ERROR, text);
	free(text);
}

static void
check_revocation(struct check *check, const struct openssl_index_row *row)
{
	int64_t at;
	int reason;

	if (row->type != 'R' && row->revocation.size > 0)
		finding(check, PROBLEM_ERROR,
		    "has the date of a revocation and is not revoked (R), for "
		    "which \"openssl ca\" refuses the whole index; make it "
		    "one or the other");
	if (row->type == 'R' &&
	    openssl_index_revocation_read(row->revocation, &at, &reason) !=
		ERR_OK)
		finding(check, PROBLEM_ERROR,
		    "the third field is no YYMMDDHHMMSSZ[,reason], for which "
		    "\"openssl ca\" refuses the whole index; correct it");
}

static bool
has_lower_case(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= 'a' && text.data[i] <= 'f')
			return true;
	return false;
}

static void
check_serial(struct check *check, const struct openssl_index_row *row)
{
	struct buf serial = { 0 };
	uint64_t other;

	if (openssl_index_serial_read(row->serial, &serial) != ERR_OK) {
		finding(check, PROBLEM_ERROR,
		    "the fourth field is no even number of hexadecimal digits, "
		    "for which \"openssl ca\" refuses the whole index; put a 0 "
		    "before an odd one");
		return;
	}
	other = openssl_index_set_add(&check->serials, buf_bytes(&serial),
	    check->line);
	if (other != 0)
		finding_other(check, "has the serial number of", other,
		    "as well, for which \"openssl ca\" refuses the whole "
		    "index; remove the one that was not issued, or keep the "
		    "revoked one");
	if (has_lower_case(row->serial))
		finding(check, PROBLEM_WARNING,
		    "the serial number has small letters, so \"openssl ca\" "
		    "does not find it to revoke it; write capital ones");
	buf_clear(&serial);
}

static void
check_name(struct check *check, const struct openssl_index_row *row)
{
	uint64_t other;

	if (row->subject.size > 0 &&
	    row->subject.data[row->subject.size - 1] == '\r')
		finding(check, PROBLEM_WARNING,
		    "ends as lines do on Windows, which becomes part of the "
		    "subject; use lines that end in LF alone");
	if (!check->unique_subject || row->type != 'V')
		return;
	other = openssl_index_set_add(&check->names, row->subject, check->line);
	if (other != 0)
		finding_other(check, "has the subject of", other,
		    "as well, and subjects are to be unique, so \"openssl ca\" "
		    "refuses the whole index; revoke one of them, or write "
		    "\"unique_subject = no\" into the .attr file beside it");
}

static void
check_row(struct check *check, const struct openssl_index_row *row)
{
	int64_t seconds;

	if (openssl_index_date_read(row->expires, &seconds) != ERR_OK)
		finding(check, PROBLEM_ERROR,
		    "the second field is no date YYMMDDHHMMSSZ or "
		    "YYYYMMDDHHMMSSZ, for which \"openssl ca\" refuses the "
		    "whole index; correct it");
	check_revocation(check, row);
	check_serial(check, row);
	check_name(check, row);
}

static enum err
check_line(void *context, const struct openssl_index_line *line)
{
	struct check *check = context;
	struct openssl_index_row row;

	check->line = line->number;
	if (!line->ended)
		finding(check, PROBLEM_ERROR,
		    "the last line has no end, so \"openssl ca\" passes it "
		    "over and loses it; add a line end if it is whole, and "
		    "remove it if not");
	else if (openssl_index_is_comment(line))
		finding(check, PROBLEM_WARNING,
		    "\"openssl ca\" passes over what begins with \"#\", and "
		    "loses it when it writes the index; keep it elsewhere");
	else if (line->text.size == 0)
		finding(check, PROBLEM_ERROR,
		    "is empty, for which \"openssl ca\" refuses the whole "
		    "index; remove the line");
	else if (openssl_index_row_read(line->text, &row) != ERR_OK)
		finding(check, PROBLEM_ERROR,
		    "has not six fields with TABs between, for which "
		    "\"openssl ca\" refuses the whole index; correct it");
	else
		check_row(check, &row);
	return ERR_OK;
}

static enum err
scan(struct check *check, int fd)
{
	enum err err = openssl_index_scan(fd, check_line, check);

	if (err == ERR_INDEX)
		return openssl_index_complain(check->path, check->problems);
	if (err == ERR_INDEX_DAMAGED) {
		check->line++;
		finding(check, PROBLEM_ERROR,
		    "is longer than any line of an index; is it the right "
		    "file?");
	}
	return check->damaged ? ERR_INDEX_DAMAGED : ERR_OK;
}

enum err
openssl_index_check(const char *path, bool unique_subject,
    struct problems *problems)
{
	struct check check = { .path = path,
		.problems = problems,
		.unique_subject = unique_subject };
	int fd;
	enum err err = openssl_index_open(path, &fd);

	if (err != ERR_OK)
		return openssl_index_complain(path, problems);
	err = scan(&check, fd);
	close(fd);
	openssl_index_set_clear(&check.serials);
	openssl_index_set_clear(&check.names);
	return err;
}

/* OpenSSL looks at the first letter alone; what it does not know is yes. */
static bool
is_yes(struct bytes value)
{
	return value.size == 0 || memchr("fFnN0", value.data[0], 5) == NULL;
}

static struct bytes
trim(struct bytes text)
{
	return bytes_trim(text, " \t\r");
}

/* The name stands in no section, or in [default], which is the same. */
static void
read_attributes(struct bytes text, bool *unique)
{
	bool in_default = true;

	while (text.size > 0) {
		struct bytes rest = bytes_cut(&text, '\n');
		struct bytes value = trim(bytes_cut(&rest, '#'));
		struct bytes name;

		if (bytes_begin_with(value, "[")) {
			value = bytes_from(value, 1);
			in_default =
			    bytes_equal_string(trim(bytes_cut(&value, ']')),
				"default");
			continue;
		}
		name = trim(bytes_cut(&value, '='));
		if (in_default && bytes_equal_string(name, "unique_subject"))
			*unique = is_yes(trim(value));
	}
}

/*
 * Opens the file; -1 with ENOENT where there is none.  `openssl ca` leaves an
 * instant without one, in which what it says would be missed: where it has left
 * an old one, it is worth waiting.
 */
static int
open_attributes(const char *path)
{
	int fd = openssl_index_open_file(path, O_RDONLY, 0);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (openssl_index_old_size(path) >= 0)
		return openssl_index_open_file(path, O_RDONLY, ABSENCE_US);
	errno = ENOENT;
	return -1;
}

static enum err
read_unique(const char *path, bool *unique, struct problems *problems)
{
	uint8_t text[MAX_ATTRIBUTES];
	int fd = open_attributes(path);
	ssize_t size;

	if (fd < 0 && errno == ENOENT)
		return ERR_OK;
	if (fd < 0)
		return openssl_index_complain(path, problems);
	size = read(fd, text, sizeof(text));
	if (size < 0) {
		(void)openssl_index_complain(path, problems);
		close(fd);
		return ERR_INDEX;
	}
	close(fd);
	read_attributes(bytes_of(text, (size_t)size), unique);
	return ERR_OK;
}

enum err
openssl_index_unique_subject(const char *path, bool fallback, bool *unique,
    struct problems *problems)
{
	char *attributes = xasprintf("%s.attr", path);
	bool found = fallback;
	enum err err = read_unique(attributes, &found, problems);

	free(attributes);
	if (err == ERR_OK)
		*unique = found;
	return err;
}
