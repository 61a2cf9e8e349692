/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/template.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "policy/template_internal.h"
#include "tests/fuzz/fuzz.h"

/* Whatever a request says, the subject has the attributes of the template, and
 * no others. */
static void
check_attributes(const struct template *template, struct bytes made)
{
	struct name_value values[NAME_MAX_ATTRIBUTES];
	size_t count = 0;
	enum err err = name_values(made, values, &count);

	assert(err == ERR_OK && name_check(made) == ERR_OK);
	assert(count == template->count);
	for (size_t i = 0; i < count; i++) {
		const struct template_attribute *attribute =
		    &template->attributes[count - 1 - i];

		assert(bytes_equal(values[i].type, attribute->type->oid));
		assert(values[i].first_of_rdn);
	}
}

static void
check_apply(const struct template *template, struct bytes names)
{
	struct template_source source = { names, names };
	struct buf made = { 0 }, detail = { 0 };
	struct der der = der_of(names);

	if (der_read_whole(&der, DER_SEQUENCE, &source.subject) == ERR_OK)
		source.alt_names = der.left;
	if (template_apply(template, &source, &made, &detail) == ERR_OK) {
		assert(detail.size == 0);
		check_attributes(template, buf_bytes(&made));
	} else {
		assert(made.size == 0 && detail.size > 0);
	}
	buf_clear(&made);
	buf_clear(&detail);
}

/* The input is a template, and, with a NUL between, a Name and GeneralNames. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size);
	char *text = xstrdup_bytes(bytes_cut(&rest, '\0'));
	struct template *template = NULL;

	if (template_parse(text, &template) == NULL)
		check_apply(template, rest);
	template_free(template);
	if (template_parse("CN=${subject.CN},OU=${san.dns[0]}-${san.ip}",
		&template) == NULL)
		check_apply(template, bytes_of(data, size));
	template_free(template);
	free(text);
	return 0;
}
