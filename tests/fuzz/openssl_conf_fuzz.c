/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_conf.h"

#include <assert.h>
#include <stdlib.h>

#include "backends/openssl_settings.h"
#include "base/snapshot.h"
#include "tests/fuzz/fuzz.h"

/* What the octets may include, and ask of the environment: nothing is taken
 * from where the target runs. */
static void
add(struct snapshot *snapshot, const char *name, struct bytes contents)
{
	const struct snapshot_item item = { name, FILE_PUBLIC, true, contents };

	snapshot_add(snapshot, &item);
}

static struct snapshot *
surroundings(struct bytes octets)
{
	struct snapshot *snapshot = snapshot_new();
	char *variable = snapshot_variable("V");

	add(snapshot, "a.cnf", octets);
	add(snapshot, "inclusion: a.cnf=", BYTES_LITERAL("\1a.cnf\0"));
	add(snapshot, "b.cnf", BYTES_LITERAL("[b]\nb = $a$a"));
	add(snapshot, "inclusion: d=", BYTES_LITERAL("\2b.cnf\0a.cnf\0"));
	add(snapshot, variable, BYTES_LITERAL("value"));
	free(variable);
	return snapshot;
}

/* Each entry of the section is found under its name. */
static void
check_section(const struct openssl_conf *conf, const char *name)
{
	const struct openssl_section *section = openssl_conf_section(conf,
	    name);

	for (size_t i = 0; section != NULL && i < section->count; i++) {
		const struct openssl_entry *entry = section->entries[i];

		assert(entry->line > 0 && entry->file != NULL);
		assert(openssl_conf_find(conf, name, entry->name) == entry);
	}
}

static void
check_settings(const struct openssl_conf *conf, struct problems *problems)
{
	struct openssl_settings settings;
	struct bytes dotted;

	if (openssl_settings_read(conf, NULL, &settings, problems) != ERR_OK) {
		assert(problems_count(problems, PROBLEM_ERROR) > 0);
		return;
	}
	assert(settings.certificate != NULL && settings.policy != NULL);
	assert(settings.days > 0 || settings.end != 0);
	(void)openssl_settings_oid(&settings, "o", &dotted);
	openssl_settings_clear(&settings);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot *snapshot = surroundings(bytes_of(data, size));
	struct problems *problems = problems_new();
	struct openssl_conf *conf = NULL;

	file_replay(snapshot);
	if (openssl_conf_open("a.cnf", NULL, &conf, problems) == ERR_OK) {
		assert(problems_count(problems, PROBLEM_ERROR) == 0);
		check_section(conf, "default");
		check_section(conf, "b");
		check_settings(conf, problems);
	} else {
		assert(conf == NULL);
		assert(problems_count(problems, PROBLEM_ERROR) > 0);
	}
	file_replay(NULL);
	openssl_conf_free(conf);
	problems_free(problems);
	snapshot_free(snapshot);
	return 0;
}
