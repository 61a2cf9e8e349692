/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/profiles.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* So that it needs no quotes, in a log line, a command or a hook's answer. */
static bool
is_name(const char *text)
{
	size_t length = strspn(text,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz"
	    "0123456789-_.");

	return text[length] == '\0' && length > 0 &&
	    length <= PROFILE_NAME_LIMIT;
}

static bool
is_taken(const struct profiles *profiles, size_t index)
{
	struct bytes name = bytes_of_string(profiles->items[index].name);

	for (size_t i = 0; i < index; i++)
		if (bytes_equal_string(name, profiles->items[i].name))
			return true;
	return false;
}

static enum err
check_name(const struct profiles *profiles, size_t index,
    struct problems *problems)
{
	const struct profile *profile = &profiles->items[index];

	if (profile->name == NULL && profiles->count == 1)
		return ERR_OK;
	if (profile->name == NULL)
		return conf_refuse(profile->section, NULL, problems,
		    "each of several profiles needs a name: name = \"...\"");
	if (!is_name(profile->name))
		return conf_refuse(profile->section, "name", problems,
		    "the name of a profile has ASCII letters, digits, \"-\", "
		    "\"_\" and \".\", and at most 64 of them");
	if (is_taken(profiles, index))
		return conf_refuse(profile->section, "name", problems,
		    "another profile before this one has the same name");
	return ERR_OK;
}

/* It is for all that no other is for, or they had none. */
static enum err
check_default(const struct profiles *profiles, struct problems *problems)
{
	const struct profile *first = &profiles->items[0];

	return first->rule.section == NULL ?
	    ERR_OK :
	    conf_refuse(first->section, "for", problems,
		"the first profile is for all requests that no other is for; "
		"leave \"for\" out, or put another profile first");
}

/* All are read even where one fails, so that one start reports all; a name that
 * could not be read is not missed besides. */
enum err
profiles_read(const struct conf_sections *sections, struct profiles *profiles,
    struct problems *problems)
{
	enum err result = ERR_OK;

	profiles->count = sections->count > 0 ? sections->count : 1;
	profiles->items = xcalloc(profiles->count, sizeof(*profiles->items));
	for (size_t i = 0; i < profiles->count; i++) {
		enum err err = profile_read(sections->count > 0 ?
			sections->items[i] :
			NULL,
		    &profiles->items[i], problems);

		if (err == ERR_OK)
			err = check_name(profiles, i, problems);
		if (err != ERR_OK)
			result = err;
	}
	if (check_default(profiles, problems) != ERR_OK)
		result = ERR_CONFIGURATION;
	return result;
}

void
profiles_clear(struct profiles *profiles)
{
	for (size_t i = 0; i < profiles->count; i++)
		profile_clear(&profiles->items[i]);
	free(profiles->items);
	*profiles = (struct profiles){ 0 };
}

const struct profile *
profiles_find(const struct profiles *profiles, struct bytes name)
{
	if (name.size == 0)
		return &profiles->items[0];
	for (size_t i = 0; i < profiles->count; i++)
		if (bytes_equal_string(name, profiles->items[i].name))
			return &profiles->items[i];
	return NULL;
}

const struct profile *
profiles_choose(const struct profiles *profiles, const struct csr *csr)
{
	for (size_t i = 0; i < profiles->count; i++)
		if (profile_rule_fits(&profiles->items[i].rule, csr))
			return &profiles->items[i];
	return &profiles->items[0];
}
