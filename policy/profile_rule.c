/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/profile_rule.h"

#include "base/count.h"
#include "crypto/certificate_template.h"
#include "crypto/oid.h"
#include "crypto/spki.h"

/* The section as it is written. */
struct settings {
	struct conf_strings template;
	struct conf_strings key;
};

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)

static const struct conf_key keys[] = {
	{ SETTING(template), .type = CONF_STRINGS },
	{ SETTING(key), .type = CONF_STRINGS },
	{ 0 },
};

static const struct {
	const char *name;
	enum key_type type;
} key_words[] = {
	{ "rsa", KEY_TYPE_RSA },
	{ "ec", KEY_TYPE_EC },
};

static bool
add_key_type(const char *word, unsigned *types)
{
	for (size_t i = 0; i < COUNT(key_words); i++)
		if (bytes_equal_string(bytes_of_string(word),
			key_words[i].name)) {
			*types |= 1u << key_words[i].type;
			return true;
		}
	return false;
}

static enum err
read_key_types(const struct conf_section *section,
    const struct conf_strings *words, unsigned *types,
    struct problems *problems)
{
	for (size_t i = 0; i < words->count; i++)
		if (!add_key_type(words->items[i], types)) {
			conf_problem(section, "key", PROBLEM_ERROR, problems,
			    "\"key\" can't be \"%s\"; it may be \"rsa\" or "
			    "\"ec\"",
			    words->items[i]);
			return ERR_CONFIGURATION;
		}
	return ERR_OK;
}

/* What fits everything would be chosen always, and no profile after it. */
enum err
profile_rule_read(const struct conf_section *section, struct profile_rule *rule,
    struct problems *problems)
{
	struct settings settings = { 0 };
	enum err err;

	*rule = (struct profile_rule){ 0 };
	if (section == NULL)
		return ERR_OK;
	err = conf_read(section, keys, &settings, problems);
	if (err == ERR_OK)
		err = read_key_types(section, &settings.key, &rule->key_types,
		    problems);
	if (err != ERR_OK)
		return err;
	if (settings.template.count == 0 && rule->key_types == 0)
		return conf_refuse(section, NULL, problems,
		    "\"for\" says nothing of the requests that the profile is "
		    "for: set \"template\" or \"key\"");
	rule->section = section;
	rule->templates = settings.template;
	return ERR_OK;
}

static bool
has_type(const struct profile_rule *rule, const struct csr *csr)
{
	struct key_facts facts;

	return spki_read(csr->spki, &facts) == ERR_OK &&
	    (rule->key_types >> facts.type & 1) != 0;
}

/* By its OID in dotted form, or by its name; which of them Microsoft's CAs
 * compare without regard to case, too. */
static bool
is_template(const char *text, const struct certificate_template *template)
{
	struct buf id = { 0 };
	bool is_it;

	if (template->id.size > 0)
		oid_append_text(&id, template->id);
	is_it = (id.size > 0 && bytes_equal_string(buf_bytes(&id), text)) ||
	    (template->name.size > 0 &&
		bytes_equal_string_nocase(buf_bytes(&template->name), text));
	buf_clear(&id);
	return is_it;
}

static bool
names_template(const struct profile_rule *rule, const struct csr *csr)
{
	struct certificate_template template;
	bool found = false;

	certificate_template_read(csr->extensions, &template);
	for (size_t i = 0; !found && i < rule->templates.count; i++)
		found = is_template(rule->templates.items[i], &template);
	certificate_template_clear(&template);
	return found;
}

bool
profile_rule_fits(const struct profile_rule *rule, const struct csr *csr)
{
	return rule->section != NULL &&
	    (rule->key_types == 0 || has_type(rule, csr)) &&
	    (rule->templates.count == 0 || names_template(rule, csr));
}
