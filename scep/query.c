/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/query.h"

#include "base/base64.h"
#include "base/hex.h"

/* Byte by byte: no decoding before the cut, or an encoded "&" would end a
 * parameter.  The first of several wins (T6). */
bool
query_find(struct bytes query, const char *name, struct bytes *value)
{
	while (query.size > 0) {
		struct bytes parameter = bytes_cut(&query, '&');
		struct bytes key = bytes_cut(&parameter, '=');

		if (bytes_equal_string(key, name)) {
			*value = parameter;
			return true;
		}
	}
	return false;
}

/*
 * Once, and only %XX: the "+" of base64 stays what it is (T5).  A bad escape
 * is refused, not passed through, so that what was sent and what is read can't
 * differ.
 */
enum err
query_decode(struct bytes value, struct buf *to)
{
	size_t before = to->size;

	for (size_t i = 0; i < value.size; i++) {
		int high = -1, low = -1;

		if (value.data[i] != '%') {
			buf_append_octet(to, value.data[i]);
			continue;
		}
		if (value.size - i > 2) {
			high = hex_digit(value.data[i + 1]);
			low = hex_digit(value.data[i + 2]);
		}
		if (high < 0 || low < 0) {
			buf_truncate(to, before);
			return ERR_HTTP_BASE64;
		}
		buf_append_octet(to, (uint8_t)(high * 16 + low));
		i += 2;
	}
	return ERR_OK;
}

/* Percent first, then base64, as the client did it the other way round (RFC
 * 8894 section 4.1). */
enum err
query_decode_message(struct bytes value, struct buf *to)
{
	struct buf text = { 0 };
	size_t before = to->size;
	enum err err = query_decode(value, &text);

	if (err == ERR_OK && !base64_decode(to, buf_bytes(&text)))
		err = ERR_HTTP_BASE64;
	if (err == ERR_OK && to->size == before)
		err = ERR_HTTP_MESSAGE;
	buf_clear(&text);
	return err;
}
