/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_conf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "backends/openssl_conf_internal.h"
#include "base/file.h"
#include "base/xalloc.h"

#define ENTRY_LIMIT 8192
#define SIZE_LIMIT (4 * 1024 * 1024)

#define DEFAULT_SECTION "default"

/* A section and what it views. */
struct section {
	struct openssl_section view;
	char *name;
	struct openssl_entry **entries;
	size_t count;
};

struct openssl_conf {
	char *file;
	char *directory; /* NULL: that of the file */
	struct section **sections;
	size_t section_count;
	char **files;
	size_t file_count;
	struct openssl_variable *variables;
	size_t variable_count;
	size_t entry_count; /* of all that were read, and of sections */
	size_t size;        /* of their names and values */
};

static bool
equal(const char *a, const char *b)
{
	return bytes_equal_string(bytes_of_string(a), b);
}

/* A value may be a password for a key. */
static void
free_wiped(const char *text)
{
	char *owned = (char *)(uintptr_t)text;

	bytes_wipe(owned, strlen(owned));
	free(owned);
}

static void
free_entry(struct openssl_entry *entry)
{
	free_wiped(entry->name);
	free_wiped(entry->value);
	free(entry);
}

static void
free_section(struct section *section)
{
	for (size_t i = 0; i < section->count; i++)
		free_entry(section->entries[i]);
	free(section->entries);
	free(section->name);
	free(section);
}

void
openssl_conf_free(struct openssl_conf *conf)
{
	if (conf == NULL)
		return;
	for (size_t i = 0; i < conf->section_count; i++)
		free_section(conf->sections[i]);
	for (size_t i = 0; i < conf->file_count; i++)
		free(conf->files[i]);
	for (size_t i = 0; i < conf->variable_count; i++) {
		free_wiped(conf->variables[i].name);
		free_wiped(conf->variables[i].value);
	}
	free(conf->sections);
	free(conf->files);
	free(conf->variables);
	free(conf->file);
	free(conf->directory);
	free(conf);
}

const char *
openssl_conf_keep_file(struct openssl_conf *conf, const char *path)
{
	conf->files = xrealloc(conf->files, conf->file_count + 1,
	    sizeof(*conf->files));
	conf->files[conf->file_count] = xstrdup(path);
	return conf->files[conf->file_count++];
}

void
openssl_conf_note_variable(struct openssl_conf *conf, const char *name,
    const char *value)
{
	for (size_t i = 0; i < conf->variable_count; i++)
		if (equal(conf->variables[i].name, name))
			return;
	conf->variables = xrealloc(conf->variables, conf->variable_count + 1,
	    sizeof(*conf->variables));
	conf->variables[conf->variable_count++] =
	    (struct openssl_variable){ xstrdup(name), xstrdup(value) };
}

const struct openssl_variable *
openssl_conf_variables(const struct openssl_conf *conf, size_t *count)
{
	*count = conf->variable_count;
	return conf->variables;
}

bool
openssl_conf_is_full(const struct openssl_conf *conf)
{
	return conf->entry_count >= ENTRY_LIMIT || conf->size >= SIZE_LIMIT;
}

static struct section *
find_section(const struct openssl_conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->section_count; i++)
		if (equal(conf->sections[i]->name, name))
			return conf->sections[i];
	return NULL;
}

static struct section *
begin_section(struct openssl_conf *conf, const char *name,
    struct openssl_place place)
{
	struct section *section = find_section(conf, name);

	if (section != NULL)
		return section;
	section = xalloc(sizeof(*section));
	section->name = xstrdup(name);
	section->view = (struct openssl_section){ .name = section->name,
		.file = place.file,
		.line = place.line };
	conf->sections = xrealloc(conf->sections, conf->section_count + 1,
	    sizeof(struct section *));
	conf->sections[conf->section_count++] = section;
	conf->entry_count++;
	conf->size += strlen(name);
	return section;
}

const struct openssl_section *
openssl_conf_begin(struct openssl_conf *conf, const char *name,
    struct openssl_place place)
{
	return &begin_section(conf, name, place)->view;
}

/* Where the entry of that name is, or else the end of them. */
static size_t
find_index(const struct section *section, const char *name)
{
	size_t i = 0;

	while (i < section->count && !equal(section->entries[i]->name, name))
		i++;
	return i;
}

static void
remove_entry(struct section *section, size_t index)
{
	struct openssl_entry **at = section->entries + index;

	free_entry(*at);
	section->count--;
	memmove(at, at + 1, (section->count - index) * sizeof(*at));
}

static void
append_entry(struct section *section, struct openssl_entry *entry)
{
	section->entries = xrealloc(section->entries, section->count + 1,
	    sizeof(struct openssl_entry *));
	section->entries[section->count++] = entry;
	section->view.entries =
	    (const struct openssl_entry *const *)section->entries;
	section->view.count = section->count;
}

void
openssl_conf_add(struct openssl_conf *conf, const char *section_name,
    const char *name, const char *value, struct openssl_place place)
{
	struct section *section = begin_section(conf, section_name, place);
	size_t old = find_index(section, name);
	struct openssl_entry *entry = xalloc(sizeof(*entry));

	*entry = (struct openssl_entry){ section->name, xstrdup(name),
		xstrdup(value), place.file, place.line };
	conf->entry_count++;
	conf->size += strlen(name) + strlen(value);
	if (old < section->count)
		remove_entry(section, old);
	append_entry(section, entry);
}

const struct openssl_entry *
openssl_conf_find_in(const struct openssl_conf *conf, const char *section_name,
    const char *name)
{
	const struct section *section = find_section(conf, section_name);
	size_t index;

	if (section == NULL)
		return NULL;
	index = find_index(section, name);
	return index < section->count ? section->entries[index] : NULL;
}

const struct openssl_entry *
openssl_conf_find(const struct openssl_conf *conf, const char *section,
    const char *name)
{
	const struct openssl_entry *entry = NULL;

	if (section != NULL)
		entry = openssl_conf_find_in(conf, section, name);
	return entry != NULL ?
	    entry :
	    openssl_conf_find_in(conf, DEFAULT_SECTION, name);
}

const struct openssl_section *
openssl_conf_section(const struct openssl_conf *conf, const char *name)
{
	const struct section *section = find_section(conf, name);

	return section != NULL ? &section->view : NULL;
}

const char *
openssl_conf_file(const struct openssl_conf *conf)
{
	return conf->file;
}

/* "./demoCA" is common; findings read better without the dot. */
char *
openssl_conf_path(const struct openssl_conf *conf, const char *name)
{
	while (bytes_begin_with(bytes_of_string(name), "./") && name[2] != '\0')
		name += strlen("./");
	if (name[0] == '/' || conf->directory == NULL)
		return file_path_beside(conf->file, name);
	return xasprintf("%s/%s", conf->directory, name);
}

enum err
openssl_conf_open(const char *path, const char *directory,
    struct openssl_conf **conf, struct problems *problems)
{
	struct openssl_conf *made = xalloc(sizeof(*made));

	made->file = xstrdup(path);
	made->directory = xstrdup(directory);
	openssl_conf_begin(made, DEFAULT_SECTION,
	    (struct openssl_place){ made->file, 1 });
	if (openssl_conf_read(made, problems) != ERR_OK) {
		openssl_conf_free(made);
		return ERR_CONFIGURATION;
	}
	*conf = made;
	return ERR_OK;
}

/* A value may have line ends in it, and a finding is one line. */
static void
mask_controls(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20)
			*text = '?';
}

static void report(const struct openssl_entry *entry, enum problem_level level,
    struct problems *problems, const char *format, va_list arguments)
    __attribute__((format(printf, 4, 0)));

static void
report(const struct openssl_entry *entry, enum problem_level level,
    struct problems *problems, const char *format, va_list arguments)
{
	char *text = xvasprintf(format, arguments);

	mask_controls(text);
	problem_add(problems, level, "%s:%u: %s", entry->file, entry->line,
	    text);
	free(text);
}

void
openssl_entry_problem(const struct openssl_entry *entry,
    enum problem_level level, struct problems *problems, const char *format,
    ...)
{
	va_list arguments;

	va_start(arguments, format);
	report(entry, level, problems, format, arguments);
	va_end(arguments);
}

enum err
openssl_entry_refuse(const struct openssl_entry *entry,
    struct problems *problems, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	report(entry, PROBLEM_ERROR, problems, format, arguments);
	va_end(arguments);
	return ERR_CONFIGURATION;
}
