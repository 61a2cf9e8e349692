/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_settings.h"

#include <stdlib.h>
#include <string.h>

#include "backends/openssl_settings_internal.h"
#include "base/count.h"
#include "base/xalloc.h"

const struct openssl_entry *
openssl_reading_find(const struct openssl_reading *reading, const char *name)
{
	return openssl_conf_find(reading->conf, reading->section->name, name);
}

bool
openssl_reading_is(const struct openssl_entry *entry, const char *value)
{
	return bytes_equal_string(bytes_of_string(entry->value), value);
}

void
openssl_reading_note(struct openssl_reading *reading, enum err err)
{
	reading->failed = reading->failed || err != ERR_OK;
}

void
openssl_reading_miss(struct openssl_reading *reading, const char *name,
    const char *why)
{
	problem_add(reading->problems, PROBLEM_ERROR,
	    "%s:%u: the section \"%s\" has no \"%s\"%s", reading->section->file,
	    reading->section->line, reading->section->name, name, why);
	reading->failed = true;
}

const struct openssl_entry *
openssl_reading_check_named(struct openssl_reading *reading,
    const struct openssl_entry *entry)
{
	if (entry == NULL ||
	    openssl_conf_section(reading->conf, entry->value) != NULL)
		return entry;
	openssl_reading_note(reading,
	    openssl_entry_refuse(entry, reading->problems,
		"\"%s\" names the section \"%s\", which is not there",
		entry->name, entry->value));
	return NULL;
}

/* NULL, and a finding, where it is not set or set to nothing. */
static const struct openssl_entry *
find_required(struct openssl_reading *reading, const char *name,
    const char *why)
{
	const struct openssl_entry *entry = openssl_reading_find(reading, name);

	if (entry == NULL) {
		openssl_reading_miss(reading, name, why);
		return NULL;
	}
	if (*entry->value == '\0') {
		openssl_reading_note(reading,
		    openssl_entry_refuse(entry, reading->problems,
			"\"%s\" has no value", name));
		return NULL;
	}
	return entry;
}

static const struct {
	const char *name;
	size_t offset;
	const char *why; /* NULL: it need not be there */
} files[] = {
	{ "certificate", offsetof(struct openssl_settings, certificate),
	    "; name the file of the CA's certificate" },
	{ "database", offsetof(struct openssl_settings, database),
	    "; name the list of certificates, as in database = "
	    "$dir/index.txt" },
	{ "new_certs_dir", offsetof(struct openssl_settings, new_certs_dir),
	    "; name the folder for new certificates, as in new_certs_dir = "
	    "$dir/newcerts" },
	{ "crlnumber", offsetof(struct openssl_settings, crlnumber), NULL },
};

static void
set_path(const struct openssl_reading *reading, size_t offset, const char *name)
{
	char **path = (char **)(void *)((char *)reading->settings + offset);

	*path = openssl_conf_path(reading->conf, name);
}

static void
read_files(struct openssl_reading *reading)
{
	for (size_t i = 0; i < COUNT(files); i++) {
		const struct openssl_entry *entry = files[i].why != NULL ?
		    find_required(reading, files[i].name, files[i].why) :
		    openssl_reading_find(reading, files[i].name);

		if (entry != NULL && *entry->value != '\0')
			set_path(reading, files[i].offset, entry->value);
	}
}

/* The word before the first ":" of an URL; 0: it is a path. */
static size_t
scheme_size(const char *value)
{
	size_t size = strspn(value,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

	return value[size] == ':' ? size : 0;
}

/* A key may be in a token, which the provider of keys knows; what OpenSSL has
 * beside that is its own. */
static void
read_key(struct openssl_reading *reading)
{
	const struct openssl_entry *entry = find_required(reading,
	    "private_key", "; name the file of the CA's key");
	size_t size = entry != NULL ? scheme_size(entry->value) : 0;
	struct bytes scheme;

	if (entry == NULL)
		return;
	scheme = bytes_of(entry->value, size);
	if (size == 0)
		set_path(reading,
		    offsetof(struct openssl_settings, private_key),
		    entry->value);
	else if (bytes_equal_string_nocase(scheme, "pkcs11"))
		reading->settings->private_key = xstrdup(entry->value);
	else
		openssl_reading_note(reading,
		    openssl_entry_refuse(entry, reading->problems,
			"\"private_key\" names a key by \"%.*s:\", which "
			"scepd does not know; name a file or a pkcs11: URL, "
			"or have openssl sign (method = \"openssl\")",
			(int)size, entry->value));
}

/* Whatever the value is: rand_serial = no is a yes. */
static void
read_serial(struct openssl_reading *reading)
{
	const struct openssl_entry *entry;

	if (openssl_reading_find(reading, "rand_serial") != NULL)
		return;
	entry = find_required(reading, "serial",
	    "; set rand_serial = yes, or name the file of the next number");
	if (entry != NULL)
		set_path(reading, offsetof(struct openssl_settings, serial),
		    entry->value);
}

static void
read_sections(struct openssl_reading *reading)
{
	struct openssl_settings *settings = reading->settings;

	settings->policy = openssl_reading_check_named(reading,
	    find_required(reading, "policy",
		"; name the section that says what a subject may have"));
	settings->x509_extensions = openssl_reading_check_named(reading,
	    find_required(reading, "x509_extensions",
		": certificates would be of version 1, without any extension, "
		"and taken for a CA's by some; name a section with "
		"basicConstraints = CA:FALSE in it"));
	settings->crl_extensions = openssl_reading_check_named(reading,
	    openssl_reading_find(reading, "crl_extensions"));
}

static void
read_copying(struct openssl_reading *reading)
{
	const struct openssl_entry *entry = openssl_reading_find(reading,
	    "copy_extensions");
	struct bytes value = bytes_of_string(entry != NULL ? entry->value :
							     "none");

	if (bytes_equal_string_nocase(value, "none"))
		return;
	if (bytes_equal_string_nocase(value, "copy"))
		reading->settings->copy_extensions = true;
	else if (bytes_equal_string_nocase(value, "copyall"))
		openssl_reading_note(reading,
		    openssl_entry_refuse(entry, reading->problems,
			"copy_extensions = copyall lets a request replace "
			"what x509_extensions says, so that anybody could "
			"become a CA (CA:TRUE); set it to copy or none, or "
			"give scepd a section of its own"));
	else
		openssl_reading_note(reading,
		    openssl_entry_refuse(entry, reading->problems,
			"\"copy_extensions\" is none or copy, and not \"%s\"",
			entry->value));
}

static void
read_all(struct openssl_reading *reading)
{
	read_files(reading);
	read_key(reading);
	read_serial(reading);
	read_sections(reading);
	read_copying(reading);
	openssl_settings_read_values(reading);
	openssl_settings_read_global(reading);
}

/* Where things are, and what would let a device choose what it becomes. */
static void
read_place(struct openssl_reading *reading)
{
	read_files(reading);
	read_serial(reading);
	read_sections(reading);
	read_copying(reading);
	openssl_settings_read_switches(reading);
}

/* The section that is asked for, or that the configuration names. */
static const struct openssl_section *
choose_section(const struct openssl_conf *conf, const char *name,
    struct problems *problems)
{
	const struct openssl_entry *entry = openssl_conf_find(conf,
	    OPENSSL_BASE_SECTION, "default_ca");
	const struct openssl_section *section;

	if (name == NULL && entry == NULL) {
		problem_add(problems, PROBLEM_ERROR,
		    "%s: nothing names the section of the CA: set default_ca "
		    "in [ca] there, or the setting section of scepd",
		    openssl_conf_file(conf));
		return NULL;
	}
	section = openssl_conf_section(conf,
	    name != NULL ? name : entry->value);
	if (section == NULL && name != NULL)
		problem_add(problems, PROBLEM_ERROR,
		    "%s: there is no section \"%s\"", openssl_conf_file(conf),
		    name);
	else if (section == NULL)
		openssl_entry_problem(entry, PROBLEM_ERROR, problems,
		    "\"default_ca\" names the section \"%s\", which is not "
		    "there",
		    entry->value);
	return section;
}

static enum err
read_settings(const struct openssl_conf *conf, const char *section,
    void (*read)(struct openssl_reading *reading),
    struct openssl_settings *settings, struct problems *problems)
{
	struct openssl_settings made = { 0 };
	struct openssl_reading reading = { .conf = conf,
		.section = choose_section(conf, section, problems),
		.settings = &made,
		.problems = problems };

	if (reading.section == NULL)
		return ERR_CONFIGURATION;
	made.section = reading.section->name;
	read(&reading);
	if (reading.failed) {
		openssl_settings_clear(&made);
		return ERR_CONFIGURATION;
	}
	*settings = made;
	return ERR_OK;
}

enum err
openssl_settings_read(const struct openssl_conf *conf, const char *section,
    struct openssl_settings *settings, struct problems *problems)
{
	return read_settings(conf, section, read_all, settings, problems);
}

enum err
openssl_settings_read_place(const struct openssl_conf *conf,
    const char *section, struct openssl_settings *settings,
    struct problems *problems)
{
	return read_settings(conf, section, read_place, settings, problems);
}

void
openssl_settings_clear(struct openssl_settings *settings)
{
	free(settings->certificate);
	free(settings->private_key);
	free(settings->database);
	free(settings->new_certs_dir);
	free(settings->serial);
	free(settings->crlnumber);
	*settings = (struct openssl_settings){ 0 };
}
