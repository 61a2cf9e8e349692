/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "conf/conf.h"
#include "conf/conf_tree.h"
#include "conf/conf_type.h"
#include "conf/conf_value.h"

/*
 * A section is gone through twice: first its settings, each of which must be
 * in the table, then the table, for what is required and missing.  All
 * findings are collected, so that one run shows them all; the result tells
 * only whether there was one.
 */

/* Tables are short, and read once, at start: a loop will do. */
static const struct conf_key *
key_of(const struct conf_key *keys, const char *name)
{
	const struct conf_key *key = keys;

	while (key->name != NULL &&
	    !bytes_equal_string(bytes_of_string(name), key->name))
		key++;
	return key->name != NULL ? key : NULL;
}

/* The least number of slips wins, the first one of several.  One slip, or in
 * a longer name a few, explain a name; more do not: NULL. */
static const char *
nearest_of(const struct conf_key *keys, const char *name)
{
	const char *nearest = NULL;
	size_t distance = strlen(name) / 4 + 2;

	for (const struct conf_key *key = keys; key->name != NULL; key++) {
		size_t slips = conf_value_distance(name, key->name);

		if (slips < distance) {
			distance = slips;
			nearest = key->name;
		}
	}
	return nearest;
}

static void
append_names(struct buf *to, const struct conf_key *keys)
{
	for (const struct conf_key *key = keys; key->name != NULL; key++)
		buf_printf(to, "%s%s", key > keys ? ", " : "", key->name);
}

/* The one name that was meant is asked about; otherwise all are named. */
static void
complain_unknown(const struct conf_section *section,
    const struct conf_setting *setting, const struct conf_key *keys,
    struct problems *problems)
{
	const char *nearest = nearest_of(keys, setting->name);
	struct buf text = { 0 };

	buf_printf(&text, "unknown setting \"%s\"", setting->name);
	if (section->label != NULL)
		buf_printf(&text, " in %s", section->label);
	if (nearest != NULL)
		buf_printf(&text, "; did you mean \"%s\"?", nearest);
	else {
		buf_append_string(&text, "; known here: ");
		append_names(&text, keys);
	}
	conf_place_error(setting->place, problems, "%s", buf_string(&text));
	buf_clear(&text);
}

static void
complain_missing(const struct conf_section *section, const struct conf_key *key,
    struct problems *problems)
{
	conf_place_error(section->place, problems, "\"%s\" is missing%s%s",
	    key->name, section->label != NULL ? " in " : "",
	    section->label != NULL ? section->label : "");
}

static void
read_setting(const struct conf_section *section,
    const struct conf_setting *setting, const struct conf_key *keys, void *into,
    struct problems *problems)
{
	const struct conf_key *key = key_of(keys, setting->name);
	struct conf_reading reading = { section->conf, setting, key, NULL,
		problems };

	if (key == NULL) {
		complain_unknown(section, setting, keys, problems);
		return;
	}
	reading.field = (char *)into + key->offset;
	conf_type_read(&reading);
}

static void
check_required(const struct conf_section *section, const struct conf_key *keys,
    struct problems *problems)
{
	for (const struct conf_key *key = keys; key->name != NULL; key++)
		if (key->required && conf_find(section, key->name) == NULL)
			complain_missing(section, key, problems);
}

/* Counted and not passed along: findings are made far below. */
static enum err
result(const struct problems *problems, size_t before)
{
	if (problems_count(problems, PROBLEM_ERROR) > before)
		return ERR_CONFIGURATION;
	return ERR_OK;
}

enum err
conf_read(const struct conf_section *section, const struct conf_key *keys,
    void *into, struct problems *problems)
{
	size_t before = problems_count(problems, PROBLEM_ERROR);

	for (size_t i = 0; i < section->count; i++)
		read_setting(section, &section->settings[i], keys, into,
		    problems);
	check_required(section, keys, problems);
	return result(problems, before);
}

enum err
conf_read_one(const struct conf_section *section, const struct conf_key *key,
    void *into, struct problems *problems)
{
	const struct conf_setting *setting = conf_find(section, key->name);
	size_t before = problems_count(problems, PROBLEM_ERROR);
	struct conf_reading reading = { section->conf, setting, key,
		(char *)into + key->offset, problems };

	if (setting != NULL)
		conf_type_read(&reading);
	else if (key->required)
		complain_missing(section, key, problems);
	return result(problems, before);
}
