/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "backends/openssl_settings_internal.h"
#include "base/count.h"

/* OpenSSL reads both of these in [default] alone. */
static void
read_oids(struct openssl_reading *reading)
{
	const struct openssl_entry *file = openssl_conf_find(reading->conf,
	    NULL, "oid_file");
	const struct openssl_entry *section =
	    openssl_reading_check_named(reading,
		openssl_conf_find(reading->conf, NULL, "oid_section"));

	if (section != NULL)
		reading->settings->oids = openssl_conf_section(reading->conf,
		    section->value);
	if (file != NULL)
		openssl_reading_note(reading,
		    openssl_entry_refuse(file, reading->problems,
			"scepd reads no \"oid_file\"; write its lines into a "
			"section, as NAME = NUMBER, and name that by "
			"oid_section, or have openssl sign (method = "
			"\"openssl\")"));
}

/* Those that come with OpenSSL: they keep no keys. */
static bool
is_own_provider(const char *name)
{
	static const char *const own[] = { "default", "base", "legacy", "fips",
		"null" };

	for (size_t i = 0; i < COUNT(own); i++)
		if (bytes_equal_string(bytes_of_string(name), own[i]))
			return true;
	return false;
}

static void
check_module(struct openssl_reading *reading,
    const struct openssl_entry *module)
{
	struct bytes name = bytes_of_string(module->name);
	bool engines = bytes_begin_with(name, "engines");
	const struct openssl_section *section = NULL;

	if (engines || bytes_begin_with(name, "providers"))
		section = openssl_conf_section(reading->conf, module->value);
	for (size_t i = 0; section != NULL && i < section->count; i++) {
		const struct openssl_entry *entry = section->entries[i];

		if (engines || !is_own_provider(entry->name))
			openssl_reading_note(reading,
			    openssl_entry_refuse(entry, reading->problems,
				"this loads \"%s\" into OpenSSL, which may "
				"keep the CA's key where scepd can't use it; "
				"have openssl sign (method = \"openssl\"), or "
				"give scepd a file without this line",
				entry->name));
	}
}

/* What OpenSSL sets up before anything else. */
static void
check_modules(struct openssl_reading *reading)
{
	const struct openssl_entry *entry = openssl_conf_find(reading->conf,
	    NULL, "openssl_conf");
	const struct openssl_section *section = entry != NULL ?
	    openssl_conf_section(reading->conf, entry->value) :
	    NULL;

	for (size_t i = 0; section != NULL && i < section->count; i++)
		check_module(reading, section->entries[i]);
}

void
openssl_settings_read_global(struct openssl_reading *reading)
{
	read_oids(reading);
	check_modules(reading);
}

/* NAME = NUMBER, or NAME = LONG NAME, NUMBER: the long one ends at the last
 * comma. */
bool
openssl_settings_oid(const struct openssl_settings *settings, const char *name,
    struct bytes *dotted)
{
	size_t count = settings->oids != NULL ? settings->oids->count : 0;

	for (size_t i = 0; i < count; i++) {
		const struct openssl_entry *entry = settings->oids->entries[i];
		const char *comma = strrchr(entry->value, ',');
		const char *number = comma != NULL ? comma + 1 : entry->value;
		struct bytes long_name = bytes_of(entry->value,
		    comma != NULL ? (size_t)(comma - entry->value) : 0);

		while (long_name.size > 0 &&
		    long_name.data[long_name.size - 1] == ' ')
			long_name.size--;
		if (!bytes_equal_string(bytes_of_string(entry->name), name) &&
		    !(comma != NULL && bytes_equal_string(long_name, name)))
			continue;
		*dotted = bytes_of_string(number + strspn(number, " \t"));
		return true;
	}
	return false;
}
