/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_type.h"

#include <stdlib.h>
#include <string.h>

#include "conf/conf_secret.h"
#include "conf/conf_value.h"

/*
 * One row a type: the kinds of value that it takes, its reader, and what it
 * wants, in words.  A reader is called only for a kind of its row, so it does
 * not look again.  It stores into the caller's struct at the field's own C
 * type: conf.h says which belongs to which type, and no compiler checks it.
 */

typedef void reader(const struct conf_reading *reading);

static reader read_boolean, read_integer, read_size, read_duration, read_time,
    read_mode, read_string, read_choice, read_path, read_url_path, read_secret,
    read_key_secret, read_strings, read_section, read_sections;

#define KIND(kind) (1U << CONF_KIND_##kind)

/* What a type takes, how to say so, and who reads it. */
struct form {
	unsigned kinds;
	reader *read;
	const char *wanted;
};

#define SECRET_WANTED \
	"text in quotes, { file = \"...\"; } or { environment = \"...\"; }"

static const struct form forms[] = {
	[CONF_BOOLEAN] = { KIND(BOOLEAN), read_boolean,
	    "true or false without quotes" },
	[CONF_INTEGER] = { KIND(INTEGER), read_integer,
	    "a whole number without quotes" },
	[CONF_SIZE] = { KIND(INTEGER) | KIND(TEXT), read_size,
	    "a number of bytes, or one with its unit in quotes "
	    "(\"256k\", \"4M\")" },
	[CONF_DURATION] = { KIND(TEXT), read_duration,
	    "a time with its unit in quotes "
	    "(\"90s\", \"10m\", \"12h\", \"30d\", \"5y\")" },
	[CONF_TIME] = { KIND(TEXT), read_time,
	    "a date in quotes, with or without a time of day in UTC "
	    "(\"2027-01-01\", \"2027-01-01T06:00:00Z\")" },
	[CONF_MODE] = { KIND(TEXT), read_mode,
	    "three octal digits in quotes (\"0660\")" },
	[CONF_STRING] = { KIND(TEXT), read_string, "text in quotes" },
	[CONF_CHOICE] = { KIND(TEXT), read_choice, "a word in quotes" },
	[CONF_PATH] = { KIND(TEXT), read_path, "a file name in quotes" },
	[CONF_URL_PATH] = { KIND(TEXT), read_url_path,
	    "the path of a URL in quotes" },
	[CONF_SECRET] = { KIND(TEXT) | KIND(GROUP), read_secret,
	    SECRET_WANTED },
	[CONF_KEY_SECRET] = { KIND(TEXT) | KIND(GROUP), read_key_secret,
	    SECRET_WANTED },
	[CONF_STRINGS] = { KIND(TEXT) | KIND(LIST), read_strings,
	    "text in quotes, or a list of it: ( \"...\", \"...\" )" },
	[CONF_SECTION] = { KIND(GROUP), read_section, "a group: { ... }" },
	[CONF_SECTIONS] = { KIND(GROUP) | KIND(LIST), read_sections,
	    "a group, or a list of groups: ( { ... }, { ... } )" },
};

static const char *const kind_names[] = {
	[CONF_KIND_BOOLEAN] = "true or false",
	[CONF_KIND_INTEGER] = "a number without quotes",
	[CONF_KIND_FRACTION] = "a fraction",
	[CONF_KIND_TEXT] = "text in quotes",
	[CONF_KIND_LIST] = "a list",
	[CONF_KIND_GROUP] = "a group",
};

static void
complain_kind(const struct conf_reading *reading,
    const struct conf_setting *about, const char *wanted)
{
	conf_place_error(about->place, reading->problems,
	    "%s must be %s, not %s", about->label, wanted,
	    kind_names[about->kind]);
}

/* Quotes the text: no secret comes here. */
static void
complain_text(const struct conf_reading *reading)
{
	conf_place_error(reading->setting->place, reading->problems,
	    "%s must be %s, not \"%s\"", reading->setting->label,
	    forms[reading->key->type].wanted, reading->setting->text);
}

/* Stores the value where it is in the key's range. */
static void
store(const struct conf_reading *reading, int64_t value,
    void (*print)(struct buf *, int64_t))
{
	const struct conf_key *key = reading->key;
	struct buf text = { 0 };

	if (value >= key->minimum &&
	    (key->maximum == 0 || value <= key->maximum)) {
		*(int64_t *)reading->field = value;
		return;
	}
	buf_append_string(&text, key->maximum == 0 ? "at least " : "from ");
	print(&text, key->minimum);
	if (key->maximum != 0) {
		buf_append_string(&text, " to ");
		print(&text, key->maximum);
	}
	buf_append_string(&text, ", not ");
	print(&text, value);
	conf_place_error(reading->setting->place, reading->problems,
	    "%s must be %s", reading->setting->label, buf_string(&text));
	buf_clear(&text);
}

static void
read_boolean(const struct conf_reading *reading)
{
	*(bool *)reading->field = reading->setting->boolean;
}

static void
read_integer(const struct conf_reading *reading)
{
	store(reading, reading->setting->integer, conf_value_print_number);
}

static void
read_size(const struct conf_reading *reading)
{
	int64_t size = reading->setting->integer;

	if (reading->setting->kind == CONF_KIND_TEXT &&
	    !conf_value_read_size(reading->setting->text, &size))
		complain_text(reading);
	else
		store(reading, size, conf_value_print_size);
}

static void
read_duration(const struct conf_reading *reading)
{
	int64_t seconds;

	if (!conf_value_read_duration(reading->setting->text, &seconds))
		complain_text(reading);
	else
		store(reading, seconds, conf_value_print_duration);
}

static void
read_time(const struct conf_reading *reading)
{
	int64_t seconds;

	if (!conf_value_read_time(reading->setting->text, &seconds))
		complain_text(reading);
	else
		*(int64_t *)reading->field = seconds;
}

static void
read_mode(const struct conf_reading *reading)
{
	int64_t mode;

	if (!conf_value_read_mode(reading->setting->text, &mode))
		complain_text(reading);
	else
		*(int64_t *)reading->field = mode;
}

/* Whether text is there at all: an empty one is most often a slip. */
static bool
is_filled(const struct conf_reading *reading,
    const struct conf_setting *setting)
{
	if (setting->text[0] != '\0')
		return true;
	conf_place_error(setting->place, reading->problems, "%s is empty",
	    setting->label);
	return false;
}

static void
read_string(const struct conf_reading *reading)
{
	if (is_filled(reading, reading->setting))
		*(const char **)reading->field = reading->setting->text;
}

/* The index is stored, so that callers compare numbers and not names. */
static void
read_choice(const struct conf_reading *reading)
{
	const char *const *choices = reading->key->choices;
	const struct conf_setting *setting = reading->setting;
	struct bytes text = bytes_of_string(setting->text);
	struct buf known = { 0 };

	for (size_t i = 0; choices[i] != NULL; i++) {
		if (!bytes_equal_string(text, choices[i]))
			continue;
		*(int64_t *)reading->field = (int64_t)i;
		return;
	}
	for (size_t i = 0; choices[i] != NULL; i++) {
		if (i > 0)
			buf_append_string(&known,
			    choices[i + 1] == NULL ? " or " : ", ");
		buf_printf(&known, "\"%s\"", choices[i]);
	}
	conf_place_error(setting->place, reading->problems,
	    "%s can't be \"%s\"; it may be %s", setting->label, setting->text,
	    buf_string(&known));
	buf_clear(&known);
}

/* Relative to the file that the setting stands in, included ones too, and not
 * to the folder that somebody starts scepd from. */
static void
read_path(const struct conf_reading *reading)
{
	const struct conf_setting *setting = reading->setting;
	struct buf *kept;
	char *path;

	if (!is_filled(reading, setting))
		return;
	path = file_path_beside(setting->place.file->path, setting->text);
	kept = conf_keep(reading->conf);
	buf_append_string(kept, path);
	free(path);
	*(const char **)reading->field = buf_string(kept);
}

/* What is wrong with it, or NULL.  Web servers decode a path before they hand
 * it to us, so one with "%" would never be met; and a path with a query in it
 * is a URL that somebody pasted. */
static const char *
url_path_fault(const char *path)
{
	size_t length = strlen(path);

	if (path[0] != '/')
		return "a path begins with \"/\"";
	if (length > 1 && path[length - 1] == '/')
		return "a path does not end in \"/\"; whatever follows it in a "
		       "URL belongs to it anyway";
	if (strpbrk(path, "?#%") != NULL || strstr(path, "//") != NULL)
		return "a path is plain: no \"?\", \"#\", \"%\" or \"//\"";
	return NULL;
}

static void
read_url_path(const struct conf_reading *reading)
{
	const struct conf_setting *setting = reading->setting;
	const char *fault = url_path_fault(setting->text);

	if (fault != NULL)
		conf_place_error(setting->place, reading->problems, "%s: %s",
		    setting->label, fault);
	else
		*(const char **)reading->field = setting->text;
}

static void
read_secret_of(const struct conf_reading *reading, enum file_kind kind)
{
	struct bytes secret = { 0 };

	if (conf_secret_read(reading->setting, kind, &secret,
		reading->problems) == ERR_OK)
		*(struct bytes *)reading->field = secret;
}

static void
read_secret(const struct conf_reading *reading)
{
	read_secret_of(reading, FILE_SECRET);
}

static void
read_key_secret(const struct conf_reading *reading)
{
	read_secret_of(reading, FILE_KEY);
}

/*
 * A single text is a list of one, so that the common case needs no brackets.
 * The array lives in a buf of the conf: it is aligned as memory from malloc
 * is.
 */
static void
read_strings(const struct conf_reading *reading)
{
	const struct conf_setting *items = reading->setting;
	struct conf_strings *field = reading->field;
	size_t count = 1;
	const char **texts;

	if (items->kind == CONF_KIND_LIST) {
		count = items->inner->count;
		items = items->inner->settings;
	}
	texts = (void *)buf_extend(conf_keep(reading->conf),
	    count * sizeof(*texts));
	for (size_t i = 0; i < count; i++) {
		if (items[i].kind != CONF_KIND_TEXT)
			complain_kind(reading, &items[i], "text in quotes");
		else if (is_filled(reading, &items[i]))
			texts[i] = items[i].text;
	}
	field->items = texts;
	field->count = count;
}

static void
read_section(const struct conf_reading *reading)
{
	*(const struct conf_section **)reading->field = reading->setting->inner;
}

/* As with strings.  Whatever items that are no groups leave in the array,
 * nobody sees it: the finding makes the whole reading fail. */
static void
read_sections(const struct conf_reading *reading)
{
	const struct conf_setting *items = reading->setting;
	struct conf_sections *field = reading->field;
	size_t count = 1;
	const struct conf_section **sections;

	if (items->kind == CONF_KIND_LIST) {
		count = items->inner->count;
		items = items->inner->settings;
	}
	if (count == 0)
		conf_place_error(reading->setting->place, reading->problems,
		    "%s is an empty list, but needs at least one group",
		    reading->setting->label);
	sections = (void *)buf_extend(conf_keep(reading->conf),
	    count * sizeof(*sections));
	for (size_t i = 0; i < count; i++) {
		if (items[i].kind != CONF_KIND_GROUP)
			complain_kind(reading, &items[i], "a group: { ... }");
		sections[i] = items[i].inner;
	}
	field->items = sections;
	field->count = count;
}

void
conf_type_read(const struct conf_reading *reading)
{
	const struct form *form = &forms[reading->key->type];

	if ((form->kinds & 1U << reading->setting->kind) == 0)
		complain_kind(reading, reading->setting, form->wanted);
	else
		form->read(reading);
}
