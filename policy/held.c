/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/held.h"

#include "crypto/der.h"

static void
append_optional(struct buf *to, unsigned number, struct bytes whole)
{
	if (whole.size > 0)
		der_append(to, (uint8_t)(DER_CONTEXT_CONSTRUCTED + number),
		    whole);
}

void
held_append(struct buf *to, const struct profile_request *request)
{
	size_t start = der_open(to, DER_SEQUENCE);

	buf_append(to, request->subject);
	buf_append(to, request->spki);
	append_optional(to, 0, request->extensions);
	append_optional(to, 1, request->alt_names);
	der_append_boolean(to, request->names_are_settled);
	if (request->days != 0)
		der_append_number(to, request->days);
	if (request->names_are_vouched)
		der_append_boolean(to, true);
	der_close(to, start);
}

static enum err
read_optional(struct der *der, unsigned number, struct bytes *whole)
{
	uint8_t tag = (uint8_t)(DER_CONTEXT_CONSTRUCTED + number);

	*whole = bytes_of(NULL, 0);
	return der_next_is(der, tag) ? der_read(der, tag, whole) : ERR_OK;
}

enum err
held_read(struct bytes held, struct profile_request *request)
{
	struct der outer = der_of(held), inner;
	struct profile_request read = { 0 };
	enum err err = der_enter(&outer, DER_SEQUENCE, &inner);

	if (err == ERR_OK)
		err = der_read_whole(&inner, DER_SEQUENCE, &read.subject);
	if (err == ERR_OK)
		err = der_read_whole(&inner, DER_SEQUENCE, &read.spki);
	if (err == ERR_OK)
		err = read_optional(&inner, 0, &read.extensions);
	if (err == ERR_OK)
		err = read_optional(&inner, 1, &read.alt_names);
	if (err == ERR_OK)
		err = der_read_boolean(&inner, &read.names_are_settled);
	if (err == ERR_OK && der_next_is(&inner, DER_INTEGER))
		err = der_read_number(&inner, &read.days);
	if (err == ERR_OK && der_next_is(&inner, DER_BOOLEAN))
		err = der_read_boolean(&inner, &read.names_are_vouched);
	if (err == ERR_OK)
		err = der_end(&inner);
	if (err == ERR_OK)
		err = der_end(&outer);
	if (err != ERR_OK)
		return ERR_CSR_MALFORMED;
	*request = read;
	return ERR_OK;
}
