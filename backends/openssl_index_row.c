/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_row.h"

#include <string.h>

#include "backends/openssl_name.h"
#include "base/clock.h"
#include "base/count.h"
#include "base/hex.h"
#include "crypto/certificate.h"
#include "crypto/der.h"

#define FIELDS 6

/* 2049-12-31T23:59:59Z: the last moment of a UTCTime (RFC 5280 section
 * 4.1.2.5.1). */
#define UTC_TIME_END INT64_C(2524607999)

/* The next TAB that no backslash escapes; the end where there is none. */
static size_t
field_end(struct bytes line, size_t from)
{
	size_t at = from;

	while (at < line.size) {
		const uint8_t *tab = memchr(line.data + at, '\t',
		    line.size - at);

		if (tab == NULL)
			return line.size;
		at = (size_t)(tab - line.data);
		if (at == from || line.data[at - 1] != '\\')
			return at;
		at++;
	}
	return line.size;
}

/* A NUL octet would end the line for OpenSSL, which reads C strings. */
enum err
openssl_index_row_read(struct bytes line, struct openssl_index_row *row)
{
	struct bytes fields[FIELDS];
	size_t from = 0;

	if (line.size == 0 || memchr(line.data, 0, line.size) != NULL)
		return ERR_INDEX_DAMAGED;
	for (size_t i = 0; i < FIELDS; i++) {
		size_t end = field_end(line, from);

		if ((end == line.size) != (i == FIELDS - 1))
			return ERR_INDEX_DAMAGED;
		fields[i] = bytes_of(line.data + from, end - from);
		from = end + 1;
	}
	*row = (struct openssl_index_row){
		.type = fields[0].size > 0 ? fields[0].data[0] : 0,
		.expires = fields[1],
		.revocation = fields[2],
		.serial = fields[3],
		.file = fields[4],
		.subject = fields[5],
	};
	return ERR_OK;
}

enum err
openssl_index_serial_read(struct bytes text, struct buf *serial)
{
	size_t before = serial->size;
	bool negative = bytes_begin_with(text, "-");

	text = bytes_from(text, negative);
	if (text.size < 2)
		return ERR_INDEX_DAMAGED;
	while (text.size > 2 && bytes_begin_with(text, "00"))
		text = bytes_from(text, 2);
	if (negative)
		buf_append_octet(serial, 0);
	if (hex_decode(serial, text))
		return ERR_OK;
	buf_truncate(serial, before);
	return ERR_INDEX_DAMAGED;
}

void
openssl_index_serial_append(struct buf *to, struct bytes serial)
{
	static const char digits[] = "0123456789ABCDEF";
	struct bytes number = serial_number(serial);

	for (size_t i = 0; i < number.size; i++) {
		buf_append_octet(to, (uint8_t)digits[number.data[i] >> 4]);
		buf_append_octet(to, (uint8_t)digits[number.data[i] & 15]);
	}
}

enum err
openssl_index_date_read(struct bytes text, int64_t *seconds)
{
	int64_t read;

	if (der_time_of(text, &read) != ERR_OK)
		return ERR_INDEX_DAMAGED;
	*seconds = read < 0 ? 0 : read;
	return ERR_OK;
}

void
openssl_index_date_append(struct buf *to, int64_t seconds)
{
	struct clock_date date = clock_date_of(seconds);

	if (seconds <= UTC_TIME_END)
		buf_printf(to, "%02d", date.year % 100);
	else
		buf_printf(to, "%04d", date.year);
	buf_printf(to, "%02d%02d%02d%02d%02dZ", date.month, date.day, date.hour,
	    date.minute, date.second);
}

/* OpenSSL's names, which it reads whatever their case; those that it writes
 * itself come first. */
struct reason_name {
	const char *name;
	int reason;
	bool argument; /* another field follows */
};

static const struct reason_name reason_names[] = {
	{ "unspecified", 0, false },
	{ "keyCompromise", 1, false },
	{ "CACompromise", 2, false },
	{ "affiliationChanged", 3, false },
	{ "superseded", 4, false },
	{ "cessationOfOperation", 5, false },
	{ "certificateHold", 6, false },
	{ "removeFromCRL", 8, false },
	{ "holdInstruction", 6, true },
	{ "keyTime", 1, true },
	{ "CAkeyTime", 2, true },
};

static const struct reason_name *
find_reason(struct bytes name)
{
	for (size_t i = 0; i < COUNT(reason_names); i++)
		if (bytes_equal_string_nocase(name, reason_names[i].name))
			return &reason_names[i];
	return NULL;
}

/* The date has two digits of the year: OpenSSL takes no other here. */
enum err
openssl_index_revocation_read(struct bytes text, int64_t *at, int *reason)
{
	struct bytes date = bytes_cut(&text, ',');
	bool said = text.size > 0;
	struct bytes name = bytes_cut(&text, ',');
	const struct reason_name *found = said ? find_reason(name) :
						 &reason_names[0];
	int64_t seconds;

	if (date.size != 13 || found == NULL ||
	    (found->argument && text.size == 0) ||
	    openssl_index_date_read(date, &seconds) != ERR_OK)
		return ERR_INDEX_DAMAGED;
	*at = seconds;
	*reason = found->reason;
	return ERR_OK;
}

void
openssl_index_revocation_append(struct buf *to, int64_t at, int reason)
{
	openssl_index_date_append(to, at < UTC_TIME_END ? at : UTC_TIME_END);
	for (size_t i = 1; i < COUNT(reason_names); i++)
		if (reason_names[i].reason == reason) {
			buf_printf(to, ",%s", reason_names[i].name);
			return;
		}
}

/* No field that is written here has a TAB in it to be escaped. */
enum err
openssl_index_row_append(struct buf *to,
    const struct openssl_index_entry *entry)
{
	size_t before = to->size, subject;
	enum err err;

	buf_append_string(to, entry->revoked_at != 0 ? "R\t" : "V\t");
	openssl_index_date_append(to, entry->not_after);
	buf_append_octet(to, '\t');
	if (entry->revoked_at != 0)
		openssl_index_revocation_append(to, entry->revoked_at,
		    entry->reason);
	buf_append_octet(to, '\t');
	openssl_index_serial_append(to, entry->serial);
	buf_append_string(to, "\tunknown\t");
	subject = to->size;
	err = openssl_name_append(to, entry->subject);
	if (err != ERR_OK) {
		buf_truncate(to, before);
		return err;
	}
	if (to->size == subject)
		openssl_index_serial_append(to, entry->serial);
	buf_append_octet(to, '\n');
	return ERR_OK;
}
