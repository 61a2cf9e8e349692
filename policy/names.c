/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/extension.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "policy/name_patterns.h"
#include "policy/template.h"

static const char *const default_san[] = { "dns", "email" };

/* Tells a setting that is not there from an empty list. */
static const char *const absent[] = { NULL };

const struct name_settings name_settings_default = {
	.san = { default_san, COUNT(default_san) },
	.names = { absent, 0 },
};

/* What `san` may list. */
static const struct {
	const char *word;
	unsigned kinds;
} san_words[] = {
	{ "email", 1u << GENERAL_NAME_EMAIL },
	{ "dns", 1u << GENERAL_NAME_DNS },
	{ "uri", 1u << GENERAL_NAME_URI },
	{ "ip", 1u << GENERAL_NAME_IP },
	{ "upn", GENERAL_NAMES_UPN },
	{ "sid", GENERAL_NAMES_SID },
	{ "wildcard", GENERAL_NAMES_WILDCARD | 1u << GENERAL_NAME_DNS },
};

static const enum name_kind_type alternative_types[] = { NAME_KIND_EMAIL,
	NAME_KIND_DNS, NAME_KIND_URI, NAME_KIND_IP, NAME_KIND_UPN };

static void
refuse_san(const struct conf_section *section, const char *word,
    struct problems *problems)
{
	struct buf known = { 0 };

	for (size_t i = 0; i < COUNT(san_words); i++)
		buf_printf(&known, "%s\"%s\"", i > 0 ? ", " : "",
		    san_words[i].word);
	conf_problem(section, "san", PROBLEM_ERROR, problems,
	    "unknown value \"%s\" of \"san\"; known are %s", word,
	    buf_string(&known));
	buf_clear(&known);
}

static enum err
read_san(const struct conf_section *section, const struct conf_strings *words,
    unsigned *kinds, struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < words->count; i++) {
		struct bytes word = bytes_of_string(words->items[i]);
		size_t j = 0;

		while (j < COUNT(san_words) &&
		    !bytes_equal_string(word, san_words[j].word))
			j++;
		if (j < COUNT(san_words)) {
			*kinds |= san_words[j].kinds;
			continue;
		}
		refuse_san(section, words->items[i], problems);
		err = ERR_CONFIGURATION;
	}
	return err;
}

static enum err
read_subject(const struct conf_section *section, const char *text,
    struct name_rules *rules, struct problems *problems)
{
	if (text == NULL || bytes_equal_string(bytes_of_string(text), "keep"))
		return ERR_OK;
	return template_read(section, "subject", text, &rules->subject,
	    problems);
}

static enum err
read_patterns(const struct conf_section *section,
    const struct conf_strings *names, struct name_rules *rules,
    struct problems *problems)
{
	if (names->items == absent)
		return ERR_OK;
	if (names->count == 0)
		return conf_refuse(section, "names", problems,
		    "\"names\" is empty, so that no certificate could have a "
		    "name; leave it out where every name will do");
	return name_patterns_read(section, "names", names, &rules->patterns,
	    problems);
}

static enum err
read_required(const struct conf_section *section,
    const struct conf_strings *words, struct name_rules *rules,
    struct problems *problems)
{
	enum err err = ERR_OK;

	rules->required = xcalloc(words->count + 1, sizeof(*rules->required));
	for (size_t i = 0; i < words->count; i++) {
		if (name_kind_read(bytes_of_string(words->items[i]),
			&rules->required[rules->required_count++]))
			continue;
		conf_problem(section, "require", PROBLEM_ERROR, problems,
		    "\"%s\" is no kind of name: those are attributes of the "
		    "subject, \"CN\", \"O\" or with numbers, and \"dns\", "
		    "\"email\", \"ip\", \"uri\" and \"upn\"",
		    words->items[i]);
		err = ERR_CONFIGURATION;
	}
	return err;
}

static unsigned
kinds_required(const struct name_rules *rules)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < rules->required_count; i++)
		kinds |= name_kind_bit(rules->required[i].type);
	return kinds;
}

/* What `san` leaves out, no other setting could ever find: these kinds, that a
 * setting is about, are all listed there. */
static enum err
check_listed(const struct conf_section *section, const char *key,
    unsigned kinds, unsigned listed, struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < COUNT(alternative_types); i++) {
		struct name_kind kind = { .type = alternative_types[i] };
		struct buf word = { 0 };

		if ((kinds & ~listed & name_kind_bit(kind.type)) == 0)
			continue;
		name_kind_append(&kind, &word);
		conf_problem(section, key, PROBLEM_ERROR, problems,
		    "\"%s\" is about alternative names of the kind \"%s\", "
		    "which \"san\" does not list, so that they are left out "
		    "before; list it there, or leave it out here",
		    key, buf_string(&word));
		buf_clear(&word);
		err = ERR_CONFIGURATION;
	}
	return err;
}

static enum err
check_kinds(const struct conf_section *section, const struct name_rules *rules,
    struct problems *problems)
{
	unsigned listed = rules->san;
	enum err errs[3] = { ERR_OK };

	/* Patterns for URIs are for those with a SID, too. */
	if ((listed & GENERAL_NAMES_SID) != 0)
		listed |= 1u << GENERAL_NAME_URI;
	if (rules->subject != NULL)
		errs[0] = check_listed(section, "subject",
		    template_kinds(rules->subject), listed, problems);
	if (rules->patterns != NULL)
		errs[1] = check_listed(section, "names",
		    name_patterns_kinds(rules->patterns), listed, problems);
	errs[2] = check_listed(section, "require", kinds_required(rules),
	    listed, problems);
	return err_first(errs, COUNT(errs));
}

static bool
can_fit(const struct name_patterns *patterns, const struct template_view *view)
{
	struct name_kind kind;

	return view->constant.size > 0 ?
	    name_patterns_fit_attribute(patterns, view->oid, view->constant) :
	    name_kind_read(bytes_of_string(view->name), &kind) &&
		name_patterns_have(patterns, &kind);
}

/* What the template always has, and no pattern fits. */
static enum err
check_template(const struct conf_section *section,
    const struct name_rules *rules, struct problems *problems)
{
	struct template_view view;
	enum err err = ERR_OK;

	if (rules->subject == NULL || rules->patterns == NULL)
		return ERR_OK;
	for (size_t i = 0; template_attribute(rules->subject, i, &view); i++) {
		char *value;

		if (can_fit(rules->patterns, &view))
			continue;
		value = view.constant.size > 0 ? xstrdup_bytes(view.constant) :
						 xstrdup("*");
		conf_problem(section, "names", PROBLEM_ERROR, problems,
		    "no pattern of \"names\" fits the %s of \"subject\", so "
		    "that every request would be refused; add \"%s=%s\"",
		    view.name, view.name, value);
		free(value);
		err = ERR_CONFIGURATION;
	}
	return err;
}

static bool
template_has(const struct template *template, const struct name_kind *kind)
{
	struct template_view view;

	for (size_t i = 0; template_attribute(template, i, &view); i++)
		if (name_kind_is_of(kind, view.oid))
			return true;
	return false;
}

/* Why a certificate never has what is required; or NULL. */
static const char *
fault_of_required(const struct name_rules *rules, const struct name_kind *kind)
{
	if (rules->subject != NULL && kind->type == NAME_KIND_ATTRIBUTE &&
	    !template_has(rules->subject, kind))
		return "\"subject\" does not have it";
	if (rules->patterns != NULL &&
	    !name_patterns_have(rules->patterns, kind))
		return "\"names\" has no pattern for it";
	return NULL;
}

static enum err
check_possible(const struct conf_section *section,
    const struct name_settings *settings, const struct name_rules *rules,
    struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < rules->required_count; i++) {
		const char *fault = fault_of_required(rules,
		    &rules->required[i]);

		if (fault == NULL)
			continue;
		conf_problem(section, "require", PROBLEM_ERROR, problems,
		    "\"%s\" is required and %s, so that every request would "
		    "be refused; add it there, or leave it out here",
		    settings->require.items[i], fault);
		err = ERR_CONFIGURATION;
	}
	return err;
}

/* Certifried (CVE-2022-26923), and what came after it.  A SID is certified only
 * of names that a challenge is for, whatever the patterns (check_sid). */
static void
warn_of_accounts(const struct conf_section *section,
    const struct name_rules *rules, struct problems *problems)
{
	if ((rules->san & GENERAL_NAMES_UPN) != 0 && rules->patterns == NULL)
		conf_problem(section, "san", PROBLEM_WARNING, problems,
		    "with \"upn\" a device says itself which account a "
		    "Windows domain takes it for; limit that by \"names\"");
}

/* All are read even where one fails, so that one start reports all. */
enum err
name_rules_read(const struct conf_section *section,
    const struct name_settings *settings, struct name_rules *rules,
    struct problems *problems)
{
	enum err errs[4];
	enum err err;

	*rules = (struct name_rules){ 0 };
	errs[0] = read_san(section, &settings->san, &rules->san, problems);
	errs[1] = read_subject(section, settings->subject, rules, problems);
	errs[2] = read_patterns(section, &settings->names, rules, problems);
	errs[3] = read_required(section, &settings->require, rules, problems);
	err = err_first(errs, COUNT(errs));
	if (err != ERR_OK)
		return err;
	warn_of_accounts(section, rules, problems);
	errs[0] = check_kinds(section, rules, problems);
	errs[1] = check_template(section, rules, problems);
	errs[2] = check_possible(section, settings, rules, problems);
	return err_first(errs, COUNT(errs));
}

void
name_rules_clear(struct name_rules *rules)
{
	template_free(rules->subject);
	name_patterns_free(rules->patterns);
	free(rules->required);
	*rules = (struct name_rules){ 0 };
}

static bool
has_attribute(struct bytes subject, const struct name_kind *kind)
{
	struct name_value values[NAME_MAX_ATTRIBUTES];
	size_t count;

	if (name_values(subject, values, &count) != ERR_OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (name_kind_is_of(kind, values[i].type) &&
		    values[i].content.size > 0)
			return true;
	return false;
}

static bool
has_alt_name(struct bytes alt_names, enum name_kind_type type)
{
	struct der outer = der_of(alt_names), list;
	struct der_element name;
	struct bytes octets;

	if (der_enter(&outer, DER_SEQUENCE, &list) != ERR_OK)
		return false;
	while (!der_at_end(&list) && der_read_any(&list, &name) == ERR_OK)
		if (name_kind_of(&name, &octets) == type)
			return true;
	return false;
}

static enum err
check_required(const struct name_rules *rules, struct bytes subject,
    struct bytes alt_names, struct buf *detail)
{
	for (size_t i = 0; i < rules->required_count; i++) {
		const struct name_kind *kind = &rules->required[i];
		bool is_attribute = kind->type == NAME_KIND_ATTRIBUTE;

		if (is_attribute ? has_attribute(subject, kind) :
				   has_alt_name(alt_names, kind->type))
			continue;
		buf_append_string(detail, "there is no ");
		name_kind_append(kind, detail);
		return is_attribute ? ERR_SUBJECT : ERR_SAN;
	}
	return ERR_OK;
}

/* Clients that find no alternative name take the common name for the host's;
 * so a wildcard is no better here than there (crypto/extension.c). */
static enum err
check_common_names(const struct name_rules *rules, struct bytes subject,
    struct buf *detail)
{
	size_t count;
	enum err err = name_count(subject, &count);

	if ((rules->san & GENERAL_NAMES_WILDCARD) != 0)
		return err == ERR_OK ? ERR_OK : ERR_SUBJECT;
	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		struct buf text = { 0 };
		struct bytes type;

		err = name_attribute(subject, i, &type, &text);
		if (err == ERR_OK && bytes_equal(type, OID_COMMON_NAME) &&
		    text.size > 0 && memchr(text.data, '*', text.size) != NULL)
			err = ERR_SUBJECT;
		buf_clear(&text);
	}
	if (err == ERR_OK)
		return ERR_OK;
	buf_append_string(detail, "a common name is a wildcard, or malformed");
	return ERR_SUBJECT;
}

/* The subject, once the alternative names are there. */
static enum err
choose_subject(const struct name_rules *rules, const struct asked_names *asked,
    struct chosen_names *chosen, struct buf *detail)
{
	const struct template_source source = { asked->subject,
		buf_bytes(&chosen->alt_names) };
	struct bytes subject = asked->subject;
	enum err err = ERR_OK;

	if (rules->subject != NULL) {
		err = template_apply(rules->subject, &source, &chosen->subject,
		    detail);
		subject = buf_bytes(&chosen->subject);
	}
	if (err == ERR_OK)
		err = check_required(rules, subject, source.alt_names, detail);
	if (err == ERR_OK)
		err = check_common_names(rules, subject, detail);
	if (err == ERR_OK && rules->patterns != NULL)
		err = name_patterns_check(rules->patterns, subject,
		    source.alt_names, detail);
	return err;
}

static bool
has_sid(struct bytes alt_names)
{
	struct der outer = der_of(alt_names), inner;
	struct der_element name;

	if (der_enter(&outer, DER_SEQUENCE, &inner) == ERR_OK)
		while (der_read_any(&inner, &name) == ERR_OK)
			if (general_name_is_sid(&name))
				return true;
	return false;
}

/* Who may say himself which account he is, is whom he likes (Certifried). */
static enum err
check_sid(const struct asked_names *asked, struct bytes alt_names,
    struct buf *detail)
{
	if (asked->are_settled || asked->are_vouched || !has_sid(alt_names))
		return ERR_OK;
	buf_append_string(detail,
	    "a SID, and no challenge is for these names alone");
	return ERR_SAN;
}

/* Of names that are settled, those of kinds that nobody here could choose are
 * dropped all the same: what is not known is not certified. */
enum err
name_rules_apply(const struct name_rules *rules,
    const struct asked_names *asked, struct chosen_names *chosen,
    struct buf *detail)
{
	unsigned kinds = rules->san;
	enum err err = ERR_OK;

	if (asked->are_settled)
		kinds |= GENERAL_NAMES_KNOWN;
	if (asked->alt_names.size > 0)
		err = general_names_filter(&chosen->alt_names, asked->alt_names,
		    kinds);
	if (err == ERR_OK)
		err = check_sid(asked, buf_bytes(&chosen->alt_names), detail);
	if (err == ERR_OK && !asked->are_settled)
		err = choose_subject(rules, asked, chosen, detail);
	if (err != ERR_OK)
		return err;
	return chosen->alt_names.size == 0 && chosen->subject.size == 0 &&
		name_is_empty(asked->subject) ?
	    ERR_SUBJECT :
	    ERR_OK;
}
