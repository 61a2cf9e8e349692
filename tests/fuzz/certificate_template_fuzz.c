/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/certificate_template.h"

#include <assert.h>

#include "crypto/extension.h"
#include "crypto/oid.h"
#include "crypto/text.h"
#include "tests/fuzz/fuzz.h"

/* Which template a request names: all of its extensions, or the value of one of
 * the two. */
static void
check(struct bytes extensions)
{
	struct certificate_template template;
	struct bytes name;

	certificate_template_read(extensions, &template);
	name = buf_bytes(&template.name);
	assert(!text_has_control(name));
	assert(text_count_characters(name) <= CERTIFICATE_TEMPLATE_NAME_LIMIT);
	if (template.id.size > 0) {
		assert(template.id.data >= extensions.data);
		assert(template.id.data + template.id.size <=
		    extensions.data + extensions.size);
	}
	certificate_template_clear(&template);
}

static void
check_value(struct bytes oid, struct bytes value)
{
	struct buf inner = { 0 }, list = { 0 };

	extension_append(&inner, oid, false, value);
	der_append(&list, DER_SEQUENCE, buf_bytes(&inner));
	check(buf_bytes(&list));
	buf_clear(&inner);
	buf_clear(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size);

	check(bytes);
	check_value(OID_TEMPLATE_NAME, bytes);
	check_value(OID_TEMPLATE, bytes);
	return 0;
}
