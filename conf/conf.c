/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "conf/conf_tree.h"

/*
 * How a file becomes a struct, layer by layer:
 * - conf_source.c reads the file and all that it includes into one text, and
 *   remembers which line came from where.  On the way conf_scan.c cuts the
 *   text into words and conf_nesting.c follows its brackets, to find what
 *   libconfig would pass over in silence or say badly.
 * - conf.c, here, has libconfig parse that text, and copies what comes out
 *   into a tree of our own (conf_tree.h): with places, with labels for
 *   findings, and without a trace of libconfig.
 * - conf_read.c holds a section of the tree against a table of keys;
 *   conf_type.c checks and stores each value, with the help of conf_value.c
 *   for units and of conf_secret.c for secrets.
 *
 * Places (conf_place.h) go along all the way, so that every finding can say
 * FILE:LINE.
 */

static struct conf_section *section_of(struct conf *conf, const char *label,
    struct conf_place place, const config_setting_t *from);

/* libconfig's types, with lists and arrays as one: nobody cares which brackets
 * it was. */
static enum conf_kind
kind_of(const config_setting_t *from)
{
	switch (config_setting_type(from)) {
	case CONFIG_TYPE_BOOL:
		return CONF_KIND_BOOLEAN;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return CONF_KIND_INTEGER;
	case CONFIG_TYPE_FLOAT:
		return CONF_KIND_FRACTION;
	case CONFIG_TYPE_STRING:
		return CONF_KIND_TEXT;
	case CONFIG_TYPE_GROUP:
		return CONF_KIND_GROUP;
	default:
		return CONF_KIND_LIST;
	}
}

/* libconfig counts the lines of the text that it was given. */
static struct conf_place
place_of(const struct conf *conf, struct conf_place outer,
    const config_setting_t *from)
{
	/* Text in a list has the line of the word behind it. */
	if (config_setting_name(from) == NULL &&
	    config_setting_type(from) == CONFIG_TYPE_STRING)
		return outer;
	return conf_source_place(&conf->source,
	    config_setting_source_line(from));
}

/* Everything is copied, as libconfig's tree goes away with its config_t. */
static void
fill_setting(struct conf_setting *setting, const struct conf_section *outer,
    const config_setting_t *from)
{
	const char *name = config_setting_name(from);

	setting->name = xstrdup(name);
	setting->label = name != NULL ?
	    xasprintf("\"%s\"", name) :
	    xasprintf("item %d of %s", config_setting_index(from) + 1,
		outer->label);
	setting->place = place_of(outer->conf, outer->place, from);
	setting->kind = kind_of(from);
	if (setting->kind == CONF_KIND_BOOLEAN)
		setting->boolean = config_setting_get_bool(from);
	if (setting->kind == CONF_KIND_INTEGER)
		setting->integer = config_setting_get_int64(from);
	if (setting->kind == CONF_KIND_TEXT)
		setting->text = xstrdup(config_setting_get_string(from));
	if (config_setting_is_aggregate(from))
		setting->inner = section_of(outer->conf, setting->label,
		    setting->place, from);
}

/* Groups and lists alike: settings with names, or items without.  The
 * recursion is as deep as the brackets of the file. */
static struct conf_section *
section_of(struct conf *conf, const char *label, struct conf_place place,
    const config_setting_t *from)
{
	struct conf_section *section = xalloc(sizeof(*section));

	section->conf = conf;
	section->label = label;
	section->place = place;
	section->count = (size_t)config_setting_length(from);
	section->settings = xcalloc(section->count, sizeof(*section->settings));
	for (size_t i = 0; i < section->count; i++)
		fill_setting(&section->settings[i], section,
		    config_setting_get_elem(from, (unsigned)i));
	return section;
}

static void
section_free(struct conf_section *section)
{
	if (section == NULL)
		return;
	for (size_t i = 0; i < section->count; i++) {
		struct conf_setting *setting = &section->settings[i];

		section_free(setting->inner);
		free(setting->name);
		free(setting->label);
		if (setting->text != NULL)
			bytes_wipe(setting->text, strlen(setting->text));
		free(setting->text);
	}
	free(section->settings);
	free(section);
}

/* Wipes libconfig's own copies of texts.  Those that its scanner left in
 * freed memory are out of reach: a secret in a file of its own never comes
 * there. */
static void
wipe(const config_setting_t *setting)
{
	int count = config_setting_length(setting);

	if (config_setting_type(setting) == CONFIG_TYPE_STRING &&
	    setting->value.sval != NULL)
		bytes_wipe(setting->value.sval, strlen(setting->value.sval));
	for (int i = 0; i < count; i++)
		wipe(config_setting_get_elem(setting, (unsigned)i));
}

/* What libconfig says, and what that mostly comes from: its own words would
 * leave an administrator with "syntax error". */
static enum err
complain(const struct conf_source *source, const config_t *config,
    struct problems *problems)
{
	static const char *const hints[][2] = {
		{ "syntax error",
		    ": here or just before, something is missing or "
		    "misplaced, such as a comma, \"=\" or the quotes around "
		    "text" },
		{ "mismatched element type in array",
		    ": [ ] holds values of one type, ( ) of any" },
	};
	struct conf_place place = conf_source_place(source,
	    (unsigned)config_error_line(config));
	const char *what = config_error_text(config);
	const char *hint = "";

	for (size_t i = 0; i < COUNT(hints); i++)
		if (bytes_equal_string(bytes_of_string(what), hints[i][0]))
			hint = hints[i][1];
	conf_place_error(place, problems, "%s%s", what, hint);
	return ERR_CONFIGURATION;
}

/* The text is wiped as soon as the tree is there: it may hold secrets. */
static enum err
parse(struct conf *conf, struct problems *problems)
{
	config_t config;
	enum err err = ERR_OK;

	config_init(&config);
	if (config_read_string(&config, buf_string(&conf->source.text)))
		conf->root = section_of(conf, NULL,
		    conf_source_place(&conf->source, 1),
		    config_root_setting(&config));
	else
		err = complain(&conf->source, &config, problems);
	wipe(config_root_setting(&config));
	config_destroy(&config);
	conf_source_forget_text(&conf->source);
	return err;
}

enum err
conf_open(const char *path, struct conf **conf, struct problems *problems)
{
	struct conf *made = xalloc(sizeof(*made));
	enum err err = conf_source_read(&made->source, path, problems);

	if (err == ERR_OK)
		err = parse(made, problems);
	if (err == ERR_OK) {
		*conf = made;
		made = NULL;
	}
	conf_free(made);
	return err;
}

void
conf_free(struct conf *conf)
{
	if (conf == NULL)
		return;
	while (conf->kept != NULL) {
		struct conf_kept *next = conf->kept->next;

		buf_clear(&conf->kept->buf);
		free(conf->kept);
		conf->kept = next;
	}
	section_free(conf->root);
	conf_source_clear(&conf->source);
	free(conf);
}

const struct conf_section *
conf_root(const struct conf *conf)
{
	return conf->root;
}

/* What is handed out beside the tree is kept in a list: a setting may be read
 * more than once, and then has a copy for each time. */
struct buf *
conf_keep(struct conf *conf)
{
	struct conf_kept *kept = xalloc(sizeof(*kept));

	kept->next = conf->kept;
	conf->kept = kept;
	return &kept->buf;
}

const struct conf_setting *
conf_find(const struct conf_section *section, const char *name)
{
	for (size_t i = 0; i < section->count; i++)
		if (bytes_equal_string(
			bytes_of_string(section->settings[i].name), name))
			return &section->settings[i];
	return NULL;
}

void
conf_problem(const struct conf_section *section, const char *key,
    enum problem_level level, struct problems *problems, const char *format,
    ...)
{
	const struct conf_setting *setting = key == NULL ?
	    NULL :
	    conf_find(section, key);
	va_list arguments;

	va_start(arguments, format);
	conf_place_report(setting != NULL ? setting->place : section->place,
	    level, problems, format, arguments);
	va_end(arguments);
}

enum err
conf_refuse(const struct conf_section *section, const char *key,
    struct problems *problems, const char *what)
{
	conf_problem(section, key, PROBLEM_ERROR, problems, "%s", what);
	return ERR_CONFIGURATION;
}
