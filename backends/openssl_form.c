/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>

#include "backends/openssl_extensions_internal.h"
#include "backends/openssl_names.h"
#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/der.h"
#include "crypto/text.h"

/* The small forms that extension strings are made of. */

enum err
openssl_form_unknown(const struct openssl_form *form,
    const struct openssl_entry *entry, const char *value)
{
	return openssl_entry_refuse(entry, form->problems,
	    "%s: \"%s\" is something %s", form->entry->name, value,
	    form->table->remedy);
}

bool
openssl_is_ascii(const char *text)
{
	struct bytes bytes = bytes_of_string(text);

	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] < ' ' || bytes.data[i] > '~')
			return false;
	return bytes.size > 0;
}

enum err
openssl_append_oid(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry, const char *name)
{
	struct buf oid = { 0 };
	enum err err = ERR_OK;

	if (openssl_oid(&oid, form->source->settings, name))
		der_append_oid(to, buf_bytes(&oid));
	else
		err = openssl_entry_refuse(entry, form->problems,
		    "%s: \"%s\" is no object identifier; write its number, as "
		    "1.2.3.4",
		    form->entry->name, name);
	buf_clear(&oid);
	return err;
}

enum err
openssl_append_number(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry, const char *digits)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(digits, &end, 10);
	if (digits[0] < '0' || digits[0] > '9' || *end != '\0' || errno != 0 ||
	    number > INT32_MAX)
		return openssl_form_unknown(form, entry, digits);
	der_append_number(to, (int)number);
	return ERR_OK;
}

bool
openssl_read_boolean(const char *text, bool *value)
{
	static const char *const words[][2] = { { "FALSE", "TRUE" },
		{ "false", "true" }, { "N", "Y" }, { "n", "y" },
		{ "NO", "YES" }, { "no", "yes" } };

	for (size_t i = 0; i < COUNT(words); i++)
		for (size_t j = 0; j < 2; j++)
			if (openssl_text_is(text, words[i][j])) {
				*value = j == 1;
				return true;
			}
	return false;
}

/* The types of text, and what OpenSSL takes for one.  What is not ASCII it
 * would take for Latin-1, which nobody means. */
static const struct {
	const char *name;
	const char *other_name;
	uint8_t tag;
} strings[] = {
	{ "UTF8", "UTF8String", DER_UTF8_STRING },
	{ "IA5", "IA5STRING", DER_IA5_STRING },
	{ "PRINTABLE", "PRINTABLESTRING", DER_PRINTABLE_STRING },
};

static bool
append_string(struct buf *to, const char *type, const char *value)
{
	struct bytes text = bytes_of_string(value);

	for (size_t i = 0; i < COUNT(strings); i++) {
		if (!openssl_text_is(type, strings[i].name) &&
		    !openssl_text_is(type, strings[i].other_name))
			continue;
		if (!openssl_is_ascii(value) ||
		    (strings[i].tag == DER_PRINTABLE_STRING &&
			!text_is_printable_string(text)))
			return false;
		der_append(to, strings[i].tag, text);
		return true;
	}
	return false;
}

/* "NULL" alone has no value. */
enum err
openssl_append_asn1(struct buf *to, const struct openssl_form *form,
    const struct openssl_entry *entry, const char *text)
{
	struct bytes rest = bytes_of_string(text);
	char *type = xstrdup_bytes(bytes_cut(&rest, ':'));
	const char *value = (const char *)rest.data;
	bool boolean;
	enum err err = ERR_OK;

	if (openssl_text_is(text, "NULL")) {
		der_append_null(to);
	} else if (openssl_text_is(type, "OID") ||
	    openssl_text_is(type, "OBJECT")) {
		err = openssl_append_oid(to, form, entry, value);
	} else if (openssl_text_is(type, "INT") ||
	    openssl_text_is(type, "INTEGER")) {
		err = openssl_append_number(to, form, entry, value);
	} else if ((openssl_text_is(type, "BOOL") ||
		       openssl_text_is(type, "BOOLEAN")) &&
	    openssl_read_boolean(value, &boolean)) {
		der_append_boolean(to, boolean);
	} else if (!append_string(to, type, value)) {
		err = openssl_form_unknown(form, entry, text);
	}
	free(type);
	return err;
}
