/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/pem.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/xalloc.h"

/* The view behind the first `mark`; its data is NULL where there is none, and
 * not where it is only empty. */
static struct bytes
behind(struct bytes text, const char *mark)
{
	const uint8_t *found = NULL;

	if (text.size > 0)
		found = memmem(text.data, text.size, mark, strlen(mark));
	if (found == NULL)
		return bytes_of(NULL, 0);
	return bytes_from(text, (size_t)(found - text.data) + strlen(mark));
}

/*
 * Appends what the lines between the marks encode.  base64_decode is more
 * lenient than files of ours need: to it a blank is a digit, and so is the
 * hyphen of the next block's mark where this block's own end is missing.
 */
static bool
decode_lines(struct buf *der, struct bytes lines)
{
	struct buf text = { 0 };
	bool good = true;

	for (size_t i = 0; i < lines.size && good; i++) {
		uint8_t c = lines.data[i];

		good = c != '-' && c != '_';
		if (good && c != ' ' && c != '\t' && c != '\r' && c != '\n')
			buf_append_octet(&text, c);
	}
	good = good && base64_decode(der, buf_bytes(&text));
	buf_clear(&text);
	return good;
}

/* RFC 7468.  The end must bear the same label; what stands between the blocks,
 * such as the text that openssl writes above a certificate, is passed over. */
enum err
pem_next(struct bytes *text, const char *label, struct buf *der)
{
	char *begin = xasprintf("-----BEGIN %s-----", label);
	char *end = xasprintf("-----END %s-----", label);
	struct bytes body = behind(*text, begin);
	struct bytes rest = behind(body, end);
	enum err err = ERR_PEM;

	if (rest.data != NULL) {
		struct bytes inner = bytes_of(body.data,
		    body.size - rest.size - strlen(end));

		if (decode_lines(der, inner)) {
			*text = rest;
			err = ERR_OK;
		}
	}
	free(begin);
	free(end);
	return err;
}

/* RFC 7468 section 2: lines of 64 characters but for the last. */
void
pem_append(struct buf *to, const char *label, struct bytes der)
{
	struct buf text = { 0 };

	base64_append(&text, der);
	buf_printf(to, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; at < text.size; at += 64) {
		struct bytes line = bytes_from(buf_bytes(&text), at);

		if (line.size > 64)
			line.size = 64;
		buf_append(to, line);
		buf_append_octet(to, '\n');
	}
	buf_printf(to, "-----END %s-----\n", label);
	buf_clear(&text);
}
