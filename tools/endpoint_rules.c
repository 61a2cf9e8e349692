/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/endpoint_rules.h"

static const struct conf_key endpoints_key = { .name = "endpoints",
	.type = CONF_SECTIONS,
	.required = true };
static const struct conf_key path_key = { .name = "path",
	.type = CONF_URL_PATH,
	.required = true };
static const struct conf_key enrol_key = { .name = "enrol",
	.type = CONF_SECTION,
	.required = true };

static const struct conf_key profile_key = { .name = "profile",
	.type = CONF_SECTIONS };
static const struct conf_key name_key = { .name = "name", .type = CONF_STRING };

static enum err
complain_none(const struct conf_sections *endpoints, const char *path,
    struct problems *problems)
{
	if (path == NULL)
		problem_add(problems, PROBLEM_ERROR,
		    "the configuration has %zu endpoints; say which one: "
		    "--endpoint PATH",
		    endpoints->count);
	else
		problem_add(problems, PROBLEM_ERROR,
		    "the configuration has no endpoint \"%s\"", path);
	return ERR_FILE;
}

/* The endpoint that is meant. */
static enum err
find(const struct conf_sections *endpoints, const char *path,
    const struct conf_section **section, struct endpoint_rules *rules,
    struct problems *problems)
{
	if (path == NULL && endpoints->count > 1)
		return complain_none(endpoints, path, problems);
	for (size_t i = 0; i < endpoints->count; i++) {
		enum err err = conf_read_one(endpoints->items[i], &path_key,
		    &rules->path, problems);

		if (err != ERR_OK)
			return err;
		*section = endpoints->items[i];
		if (path == NULL ||
		    bytes_equal_string(bytes_of_string(path), rules->path))
			return ERR_OK;
	}
	return complain_none(endpoints, path, problems);
}

static enum err
open_endpoint(const char *config, const char *path,
    const struct conf_section **endpoint, struct endpoint_rules *rules,
    struct problems *problems)
{
	struct conf_sections endpoints = { 0 };
	enum err err;

	*rules = (struct endpoint_rules){ 0 };
	err = conf_open(config, &rules->conf, problems);
	if (err == ERR_OK)
		err = conf_read_one(conf_root(rules->conf), &endpoints_key,
		    &endpoints, problems);
	if (err == ERR_OK)
		err = find(&endpoints, path, endpoint, rules, problems);
	return err == ERR_OK ?
	    conf_read_one(*endpoint, &profile_key, &rules->profiles, problems) :
	    err;
}

/* ERR_CONFIGURATION is kept for command lines that make no sense. */
enum err
endpoint_rules_read(const char *config, const char *path,
    struct endpoint_rules *rules, struct problems *problems)
{
	const struct conf_section *endpoint = NULL, *enrol = NULL;
	enum err err = open_endpoint(config, path, &endpoint, rules, problems);

	if (err == ERR_OK)
		err = conf_read_one(endpoint, &enrol_key, &enrol, problems);
	if (err == ERR_OK)
		err = enrol_rules_read(enrol, &rules->enrol, problems);
	return err == ERR_OK ? ERR_OK : ERR_FILE;
}

/* One whose name can't be read is not the one that is meant. */
bool
endpoint_rules_have_profile(const struct endpoint_rules *rules,
    const char *name)
{
	struct problems *ignored = problems_new();
	bool has = false;

	for (size_t i = 0; !has && i < rules->profiles.count; i++) {
		const char *found = NULL;
		enum err err = conf_read_one(rules->profiles.items[i],
		    &name_key, &found, ignored);

		has = err == ERR_OK &&
		    bytes_equal_string(bytes_of_string(found), name);
	}
	problems_free(ignored);
	return has;
}

/* Of the configuration nothing else is needed, so all of that may be wrong. */
enum err
endpoint_rules_check_profile(const char *config, const char *path,
    const char *name, struct problems *problems)
{
	struct problems *ignored = problems_new();
	const struct conf_section *endpoint = NULL;
	struct endpoint_rules rules;
	enum err err = open_endpoint(config, path, &endpoint, &rules, ignored);

	if (err != ERR_OK) {
		problem_add(problems, PROBLEM_WARNING,
		    "--profile is not checked: %s can't be read or has no "
		    "endpoint \"%s\"",
		    config, path);
		err = ERR_OK;
	} else if (!endpoint_rules_have_profile(&rules, name)) {
		problem_add(problems, PROBLEM_ERROR,
		    "%s: has no profile \"%s\"", path, name);
		err = ERR_FILE;
	}
	endpoint_rules_clear(&rules);
	problems_free(ignored);
	return err;
}

void
endpoint_rules_clear(struct endpoint_rules *rules)
{
	enrol_rules_clear(&rules->enrol);
	conf_free(rules->conf);
	*rules = (struct endpoint_rules){ 0 };
}
