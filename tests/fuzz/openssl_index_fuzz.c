/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

#include "backends/openssl_index_internal.h"
#include "backends/openssl_name.h"
#include "tests/fuzz/fuzz.h"

/* CN=a */
#define NAME \
	BYTES_LITERAL("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01" \
		      "a")

static struct openssl_index_entry
entry_of(struct bytes serial, struct bytes subject)
{
	return (struct openssl_index_entry){ .serial = serial,
		.subject = subject,
		.not_after = 1826755200 };
}

/* Whatever is a Name is a field of a row that is read as it was written. */
static void
check_name(struct bytes bytes)
{
	const struct openssl_index_entry entry = entry_of(BYTES_LITERAL("\x80"),
	    bytes);
	struct openssl_index_row row;
	struct buf text = { 0 }, line = { 0 };
	enum err err = openssl_name_append(&text, bytes);

	assert(openssl_index_row_append(&line, &entry) == err);
	if (err == ERR_OK) {
		for (size_t i = 0; i < text.size; i++)
			assert(text.data[i] >= ' ' && text.data[i] <= '~');
		assert(openssl_index_row_read(bytes_of(line.data,
						  line.size - 1),
			   &row) == ERR_OK);
		assert(bytes_equal(row.subject, buf_bytes(&text)) ||
		    (text.size == 0 && bytes_equal(row.subject, row.serial)));
	} else {
		assert(text.size == 0 && line.size == 0);
	}
	buf_clear(&text);
	buf_clear(&line);
}

/* A date that can be read has the form in which it is written, or the other
 * one. */
static void
check_fields(struct bytes bytes)
{
	struct buf serial = { 0 }, text = { 0 };
	int64_t at = -1;
	int reason = -1;

	if (openssl_index_serial_read(bytes, &serial) == ERR_OK)
		assert(serial.size > 0 && serial.size <= bytes.size);
	else
		assert(serial.size == 0);
	if (openssl_index_date_read(bytes, &at) == ERR_OK) {
		int64_t again = -1;

		openssl_index_date_append(&text, at);
		assert(openssl_index_date_read(buf_bytes(&text), &again) ==
		    ERR_OK);
		assert(again == at);
	}
	if (openssl_index_revocation_read(bytes, &at, &reason) == ERR_OK)
		assert(at >= 0 && reason >= 0 && reason <= 8);
	buf_clear(&serial);
	buf_clear(&text);
}

static enum err
rows(void *context,
    void (*each)(void *to, const struct openssl_index_entry *entry), void *to)
{
	const struct openssl_index_entry entry =
	    entry_of(BYTES_LITERAL("\x12\x34"), NAME);

	(void)context;
	each(to, &entry);
	return ERR_OK;
}

static enum err
find(int fd, bool unique, struct buf *lines)
{
	const struct openssl_index_entry fresh = entry_of(BYTES_LITERAL("\x05"),
	    NAME);
	const struct openssl_index_order order = { .fresh = &fresh,
		.rows = rows };
	struct openssl_index_report report = { 0 };
	enum err err = openssl_index_find_missing(&order, fd, unique, lines,
	    &report);

	assert(err != ERR_INDEX_DAMAGED || report.count > 0);
	openssl_index_report_clear(&report);
	return err;
}

/* What is missing is missing no longer once it was appended. */
static void
check_index(struct bytes bytes, bool unique)
{
	struct buf lines = { 0 }, none = { 0 };
	int fd = memfd_create("index", MFD_CLOEXEC);
	enum err err;

	assert(write(fd, bytes.data, bytes.size) == (ssize_t)bytes.size);
	err = find(fd, unique, &lines);
	assert(err == ERR_OK || err == ERR_INDEX_DAMAGED ||
	    (err == ERR_INDEX_SUBJECT && unique));
	if (err != ERR_INDEX_DAMAGED) {
		assert(write(fd, lines.data, lines.size) ==
		    (ssize_t)lines.size);
		assert(find(fd, unique, &none) == err);
		assert(none.size == 0);
	}
	buf_clear(&lines);
	buf_clear(&none);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size);

	check_name(bytes);
	check_fields(bytes);
	check_index(bytes, false);
	check_index(bytes, true);
	return 0;
}
