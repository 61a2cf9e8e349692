/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_extensions_internal.h"
#include "backends/openssl_policy.h"
#include "base/count.h"
#include "crypto/oid.h"

/* The extensions of one certificate, by the plan for all. */

static void
append_part(struct buf *to, const struct openssl_part *part, struct bytes value)
{
	extension_append(to, buf_bytes(&part->oid), part->critical, value);
}

static void
append_key_id(struct buf *to, const struct openssl_part *part,
    struct bytes key_id)
{
	struct buf value = { 0 };

	der_append(&value, DER_OCTET_STRING, key_id);
	append_part(to, part, buf_bytes(&value));
	buf_clear(&value);
}

/* The e-mail addresses are what a device has said in its subject: the filter
 * looks at them as at those of a request.  No names, no extension. */
static enum err
append_names(struct buf *to, const struct openssl_part *part,
    struct bytes subject)
{
	struct bytes constant = buf_bytes(&part->value);
	struct buf names = { 0 }, value = { 0 };
	size_t start = der_open(&names, DER_SEQUENCE);
	enum err err;

	buf_append(&names, bytes_of(constant.data, part->emails_at));
	err = openssl_name_append_emails(&names, subject);
	buf_append(&names, bytes_from(constant, part->emails_at));
	der_close(&names, start);
	if (err == ERR_OK)
		err = general_names_filter(&value, buf_bytes(&names),
		    GENERAL_NAMES_KNOWN);
	if (err == ERR_OK && value.size > 0)
		append_part(to, part, buf_bytes(&value));
	buf_clear(&names);
	buf_clear(&value);
	return err == ERR_OK ? ERR_OK : ERR_SAN;
}

static enum err
append_parts(struct buf *to, const struct openssl_extensions *plan,
    const struct openssl_extensions_order *order, bool late)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < plan->count; i++) {
		const struct openssl_part *part = &plan->parts[i];

		if (part->late != late)
			continue;
		if (part->kind == OPENSSL_PART_CONSTANT)
			append_part(to, part, buf_bytes(&part->value));
		else if (part->kind == OPENSSL_PART_KEY_ID)
			append_key_id(to, part, order->key_id);
		else
			err = append_names(to, part, order->subject);
	}
	return err;
}

/* Of the kinds that are listed: policy has left no others. */
static enum err
copy_alt_name(struct buf *to, const struct extension *asked)
{
	struct buf names = { 0 };
	enum err err = general_names_filter(&names, asked->value,
	    GENERAL_NAMES_KNOWN | GENERAL_NAMES_POWERFUL);

	if (err == ERR_OK && names.size > 0)
		extension_append(to, asked->oid, asked->critical,
		    buf_bytes(&names));
	buf_clear(&names);
	return err;
}

/* Written anew, as it is lenient readers that have let it through so far. */
static enum err
copy_key_usage(struct buf *to, const struct extension *asked)
{
	struct der der = der_of(asked->value);
	struct buf value = { 0 };
	unsigned bits;

	if (der_read_named_bits(&der, &bits) != ERR_OK || !der_at_end(&der) ||
	    bits == 0 ||
	    (bits & (KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN)) != 0)
		return ERR_OK;
	der_append_named_bits(&value, bits);
	extension_append(to, asked->oid, asked->critical, buf_bytes(&value));
	buf_clear(&value);
	return ERR_OK;
}

static enum err
copy_purposes(struct buf *to, const struct extension *asked)
{
	struct der der = der_of(asked->value), list;
	struct bytes purpose;

	if (der_enter(&der, DER_SEQUENCE, &list) != ERR_OK ||
	    !der_at_end(&der) || der_at_end(&list))
		return ERR_OK;
	while (!der_at_end(&list))
		if (der_read_oid(&list, &purpose) != ERR_OK ||
		    bytes_equal(purpose, OID_OCSP_SIGNING))
			return ERR_OK;
	extension_append(to, asked->oid, asked->critical, asked->value);
	return ERR_OK;
}

/* What a request may decide, where the section has not; the guard has the same
 * list. */
static const struct {
	struct bytes oid;
	unsigned open;
	enum err (*copy)(struct buf *to, const struct extension *asked);
} copied[] = {
	{ OID_SUBJECT_ALT_NAME, SIGN_OPEN_ALT_NAME, copy_alt_name },
	{ OID_KEY_USAGE, SIGN_OPEN_KEY_USAGE, copy_key_usage },
	{ OID_EXTENDED_KEY_USAGE, SIGN_OPEN_PURPOSES, copy_purposes },
};

static enum err
copy_one(struct buf *to, const struct openssl_extensions *plan,
    const struct extension *asked)
{
	for (size_t i = 0; i < COUNT(copied); i++)
		if (bytes_equal(copied[i].oid, asked->oid) &&
		    openssl_extensions_part(plan, asked->oid) == NULL)
			return copied[i].copy(to, asked);
	return ERR_OK;
}

static enum err
copy_asked(struct buf *to, const struct openssl_extensions *plan,
    struct bytes extensions)
{
	struct der outer = der_of(extensions), list;
	struct extension asked;
	enum err err = extensions_check(extensions);

	if (err != ERR_OK || extensions.size == 0)
		return err;
	if (der_enter(&outer, DER_SEQUENCE, &list) != ERR_OK)
		return ERR_CSR_ATTRIBUTE;
	while (err == ERR_OK && !der_at_end(&list)) {
		if (extension_read(&list, &asked) != ERR_OK)
			return ERR_CSR_ATTRIBUTE;
		err = copy_one(to, plan, &asked);
	}
	return err;
}

enum err
openssl_extensions_append(struct buf *to, const struct openssl_extensions *plan,
    const struct openssl_extensions_order *order)
{
	size_t before = to->size;
	enum err err = append_parts(to, plan, order, false);

	if (err == ERR_OK && plan->copies)
		err = copy_asked(to, plan, order->asked);
	if (err == ERR_OK)
		err = append_parts(to, plan, order, true);
	if (err != ERR_OK)
		buf_truncate(to, before);
	return err;
}

bool
openssl_extensions_move_email(const struct openssl_extensions *plan)
{
	return plan->moves_email;
}

void
openssl_extensions_sign_rule(const struct openssl_extensions *plan,
    struct sign_rule *rule)
{
	rule->verbatim = buf_bytes(&plan->verbatim);
	rule->open = 0;
	for (size_t i = 0; i < COUNT(copied); i++) {
		const struct openssl_part *part = openssl_extensions_part(plan,
		    copied[i].oid);

		if (part == NULL ? plan->copies :
				   part->kind == OPENSSL_PART_NAMES)
			rule->open |= copied[i].open;
	}
}
