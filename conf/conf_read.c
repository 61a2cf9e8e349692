/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "conf/conf.h"
#include "conf/conf_tree.h"
#include "conf/conf_type.h"
#include "conf/conf_value.h"

/*
 * A section is gone through twice: first its settings, each of which must be
 * in a table, then the tables, for what is required and missing.  All findings
 * are collected, so that one run shows them all; the result tells only whether
 * there was one.
 */

/* The keys of one struct. */
struct table {
	const struct conf_key *keys;
	void *into;
};

/* Tables are short, and read once, at start: a loop will do. */
static const struct conf_key *
key_of(const struct table *table, const char *name)
{
	const struct conf_key *key = table->keys;

	while (key->name != NULL &&
	    !bytes_equal_string(bytes_of_string(name), key->name))
		key++;
	return key->name != NULL ? key : NULL;
}

/* The least number of slips wins, the first one of several. */
static void
nearest_of(const struct table *table, const char *name, const char **nearest,
    size_t *distance)
{
	for (const struct conf_key *key = table->keys; key->name != NULL;
	     key++) {
		size_t slips = conf_value_distance(name, key->name);

		if (slips < *distance) {
			*distance = slips;
			*nearest = key->name;
		}
	}
}

/* A key that is in both tables is named once. */
static void
list_names(struct buf *to, const struct table tables[2])
{
	for (size_t i = 0; i < 2; i++) {
		const struct conf_key *key = tables[i].keys;

		for (; key->name != NULL; key++)
			if (i == 0 || key_of(&tables[0], key->name) == NULL)
				buf_printf(to, "%s%s", to->size > 0 ? ", " : "",
				    key->name);
	}
}

/* A name that one slip explains, or in a longer one a few, is asked about;
 * otherwise all are named. */
static void
complain_unknown(const struct conf_section *section,
    const struct conf_setting *setting, const struct table tables[2],
    struct problems *problems)
{
	const char *nearest = NULL;
	size_t distance = strlen(setting->name) / 4 + 2;
	struct buf text = { 0 };
	struct buf names = { 0 };

	nearest_of(&tables[0], setting->name, &nearest, &distance);
	nearest_of(&tables[1], setting->name, &nearest, &distance);
	list_names(&names, tables);
	buf_printf(&text, "unknown setting \"%s\"", setting->name);
	if (section->label != NULL)
		buf_printf(&text, " in %s", section->label);
	if (nearest != NULL)
		buf_printf(&text, "; did you mean \"%s\"?", nearest);
	else
		buf_printf(&text, "; known here: %s", buf_string(&names));
	conf_place_error(setting->place, problems, "%s", buf_string(&text));
	buf_clear(&names);
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
    const struct conf_setting *setting, const struct table tables[2],
    struct problems *problems)
{
	for (size_t i = 0; i < 2; i++) {
		const struct conf_key *key = key_of(&tables[i], setting->name);
		struct conf_reading reading = { section->conf, setting, key,
			NULL, problems };

		if (key == NULL)
			continue;
		reading.field = (char *)tables[i].into + key->offset;
		conf_type_read(&reading);
		return;
	}
	complain_unknown(section, setting, tables, problems);
}

static void
check_required(const struct conf_section *section, const struct table *table,
    struct problems *problems)
{
	for (const struct conf_key *key = table->keys; key->name != NULL; key++)
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
conf_read_with(const struct conf_section *section, const struct conf_key *keys,
    void *into, const struct conf_key *more_keys, void *more_into,
    struct problems *problems)
{
	const struct table tables[2] = { { keys, into },
		{ more_keys, more_into } };
	size_t before = problems_count(problems, PROBLEM_ERROR);

	for (size_t i = 0; i < section->count; i++)
		read_setting(section, &section->settings[i], tables, problems);
	check_required(section, &tables[0], problems);
	check_required(section, &tables[1], problems);
	return result(problems, before);
}

enum err
conf_read(const struct conf_section *section, const struct conf_key *keys,
    void *into, struct problems *problems)
{
	static const struct conf_key none[] = { { 0 } };

	return conf_read_with(section, keys, into, none, into, problems);
}

enum err
conf_read_choice(const struct conf_section *section, const struct conf_key *key,
    int64_t *index, struct problems *problems)
{
	const struct conf_setting *setting = conf_find(section, key->name);
	size_t before = problems_count(problems, PROBLEM_ERROR);
	struct conf_reading reading = { section->conf, setting, key, index,
		problems };

	if (setting != NULL)
		conf_type_read(&reading);
	else if (key->required)
		complain_missing(section, key, problems);
	return result(problems, before);
}
