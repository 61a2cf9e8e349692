/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/duplicates.h"

#include <stdlib.h>

#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"

const char *const duplicates_words[] = {
	[DUPLICATES_REFUSE] = "refuse",
	[DUPLICATES_HOLD] = "hold",
	[DUPLICATES_WARN] = "warn",
	NULL,
};

enum err
duplicate_rules_set(const struct conf_section *section, int64_t max_active,
    int64_t action, struct duplicate_rules *rules, struct problems *problems)
{
	if (max_active == 0 && action >= 0)
		return conf_refuse(section, "duplicates", problems,
		    "\"duplicates\" does nothing without \"max_active\", which "
		    "says how many certificates of the same names there may "
		    "be");
	*rules = (struct duplicate_rules){
		.max_active = max_active,
		.action = action < 0 ? DUPLICATES_REFUSE :
				       (enum duplicates)action,
	};
	return ERR_OK;
}

/* What general_names_filter lets through at most. */
#define MOST_NAMES 256

static int
compare(const void *a, const void *b)
{
	return bytes_compare(*(const struct bytes *)a,
	    *(const struct bytes *)b);
}

/* Hosts, e-mail addresses and URIs differ by more than case where they differ;
 * that the rest of an address or a URI may mean its case, some say, and no
 * certificate depends on it. */
static void
lower(struct buf *names, const struct der_element *name)
{
	static const unsigned texts = 1u << GENERAL_NAME_EMAIL |
	    1u << GENERAL_NAME_DNS | 1u << GENERAL_NAME_URI;
	uint8_t *at = names->data + (name->content.data - names->data);
	unsigned choice = name->tag & 0x1fu;

	if (name->tag != DER_CONTEXT + choice || (texts >> choice & 1) == 0)
		return;
	for (size_t i = 0; i < name->content.size; i++)
		if (at[i] >= 'A' && at[i] <= 'Z')
			at[i] = (uint8_t)(at[i] - 'A' + 'a');
}

/* Each once, in the order of their octets; as far as they are well-formed,
 * which those of a certificate are. */
static void
append_set(struct buf *to, struct bytes alt_names)
{
	struct bytes items[MOST_NAMES];
	struct buf names = { 0 };
	struct der_element name;
	struct der list;
	size_t count = 0;

	buf_append(&names, alt_names);
	if (der_enter(&(struct der){ buf_bytes(&names) }, DER_SEQUENCE,
		&list) != ERR_OK)
		list = der_of(bytes_of(NULL, 0));
	while (count < MOST_NAMES && !der_at_end(&list) &&
	    der_read_any(&list, &name) == ERR_OK) {
		lower(&names, &name);
		items[count++] = name.whole;
	}
	qsort(items, count, sizeof(items[0]), compare);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || !bytes_equal(items[i], items[i - 1]))
			buf_append(to, items[i]);
	buf_clear(&names);
}

void
duplicates_identity(const struct provider *provider, struct bytes subject,
    struct bytes alt_names, uint8_t identity[DUPLICATES_IDENTITY_SIZE])
{
	struct buf folded = { 0 };
	struct bytes parts[1];

	if (!name_is_empty(subject))
		name_append_folded(&folded, subject);
	else
		append_set(&folded, alt_names);
	parts[0] = buf_bytes(&folded);
	provider_digest(provider, DIGEST_SHA256, parts, 1, identity);
	buf_clear(&folded);
}

void
duplicates_identity_of(const struct provider *provider,
    const struct certificate *certificate,
    uint8_t identity[DUPLICATES_IDENTITY_SIZE])
{
	struct bytes alt_names = bytes_of(NULL, 0);

	(void)extensions_find(certificate->extensions, OID_SUBJECT_ALT_NAME,
	    &alt_names);
	duplicates_identity(provider, certificate->subject, alt_names,
	    identity);
}

enum err
duplicates_check(const struct duplicate_rules *rules, int64_t active,
    bool *hold)
{
	bool is_one_too_many = rules->max_active > 0 &&
	    active >= rules->max_active;

	if (is_one_too_many && rules->action == DUPLICATES_REFUSE)
		return ERR_DUPLICATE;
	*hold = is_one_too_many && rules->action == DUPLICATES_HOLD;
	return ERR_OK;
}
