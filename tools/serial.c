/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/serial.h"

#include "base/hex.h"
#include "crypto/certificate.h"

/* RFC 5280 section 4.1.2.2: none has more octets. */
#define SERIAL_MAX 20

/* The digits, an even number of them; the caller's. */
static struct buf
digits_of(struct bytes text)
{
	struct buf digits = { 0 };
	size_t count = 0;

	if (bytes_begin_with(text, "0x") || bytes_begin_with(text, "0X"))
		text = bytes_from(text, 2);
	for (size_t i = 0; i < text.size; i++)
		count += text.data[i] != ':';
	if (count % 2 == 1)
		buf_append_octet(&digits, '0');
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] != ':')
			buf_append_octet(&digits, text.data[i]);
	return digits;
}

enum err
serial_read(const char *text, struct buf *serial, struct problems *problems)
{
	struct buf digits = digits_of(bytes_of_string(text));
	struct buf octets = { 0 };
	struct bytes number = { 0 };
	bool good = digits.size > 0 && hex_decode(&octets, buf_bytes(&digits));

	if (good)
		number = serial_number(buf_bytes(&octets));
	good = good && number.size <= SERIAL_MAX;
	if (good)
		buf_append(serial, number);
	else
		problem_add(problems, PROBLEM_ERROR,
		    "\"%s\" is not a serial number in hexadecimal", text);
	buf_clear(&digits);
	buf_clear(&octets);
	return good ? ERR_OK : ERR_CONFIGURATION;
}
