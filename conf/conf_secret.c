/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_secret.h"

/* Where a secret that is a group comes from: one of them. */
struct origin {
	const char *file;
	const char *environment;
};

static const struct conf_key origin_keys[] = {
	{ .name = "file",
	    .type = CONF_PATH,
	    .offset = offsetof(struct origin, file) },
	{ .name = "environment",
	    .type = CONF_STRING,
	    .offset = offsetof(struct origin, environment) },
	{ 0 },
};

/*
 * A configuration is public by nature: it is shown to colleagues and put into
 * version control.  So text in it is taken only where the file is not for
 * everybody's eyes.
 */
static enum err
read_inline(const struct conf_setting *setting, struct bytes *secret,
    struct problems *problems)
{
	const struct conf_file *file = setting->place.file;

	if (file->is_public && setting->text[0] != '\0') {
		conf_place_error(setting->place, problems,
		    "%s is a secret in a file that everybody can read; run: "
		    "chmod o-rwx %s, or keep it in a file of its own: "
		    "%s = { file = \"...\"; }",
		    setting->label, file->path, setting->name);
		return ERR_CONFIGURATION;
	}
	*secret = bytes_of_string(setting->text);
	return ERR_OK;
}

/* Editors and echo end a line that nobody wants in a secret. */
static struct bytes
without_line_end(struct bytes text)
{
	size_t size = text.size;

	if (size > 0 && text.data[size - 1] == '\n') {
		size--;
		if (size > 0 && text.data[size - 1] == '\r')
			size--;
	}
	return bytes_of(text.data, size);
}

/* The file is read into memory that the conf wipes.  The finding has the place
 * of the setting, where it can be put right. */
static enum err
read_file(const struct conf_section *group, const char *path,
    enum file_kind kind, struct buf *contents, struct problems *problems)
{
	struct conf_place place = conf_find(group, "file")->place;

	return conf_place_read_file(place, path, kind, contents, problems);
}

/* Copied, since what the environment has may change. */
static enum err
read_environment(const struct conf_section *group, const char *name,
    enum file_kind kind, struct buf *value, struct problems *problems)
{
	enum err err = file_read_variable(name, kind, value);

	if (err != ERR_OK)
		conf_problem(group, "environment", PROBLEM_ERROR, problems,
		    "the environment has no variable %s", name);
	return err;
}

/* One of the two and not both: a table of keys can't say that. */
static enum err
read_origin(const struct conf_setting *setting, enum file_kind kind,
    struct bytes *secret, struct problems *problems)
{
	const struct conf_section *group = setting->inner;
	struct buf *kept = conf_keep(group->conf);
	struct origin origin = { 0 };
	enum err err = conf_read(group, origin_keys, &origin, problems);

	if (err != ERR_OK)
		return err;
	if ((origin.file == NULL) == (origin.environment == NULL)) {
		conf_place_error(setting->place, problems,
		    "%s needs one of \"file\" and \"environment\"",
		    setting->label);
		return ERR_CONFIGURATION;
	}
	if (origin.file != NULL)
		err = read_file(group, origin.file, kind, kept, problems);
	else
		err = read_environment(group, origin.environment, kind, kept,
		    problems);
	if (err != ERR_OK)
		return ERR_CONFIGURATION;
	*secret = origin.file != NULL ? without_line_end(buf_bytes(kept)) :
					buf_bytes(kept);
	return ERR_OK;
}

/* An empty secret is an error and not "none": a check against it would let
 * everybody in, or nobody. */
enum err
conf_secret_read(const struct conf_setting *setting, enum file_kind kind,
    struct bytes *secret, struct problems *problems)
{
	struct bytes found = { 0 };
	enum err err;

	if (kind == FILE_KEY && file_keys_are_withheld())
		return ERR_OK;
	err = setting->kind == CONF_KIND_TEXT ?
	    read_inline(setting, &found, problems) :
	    read_origin(setting, kind, &found, problems);
	if (err == ERR_OK && found.size == 0) {
		conf_place_error(setting->place, problems,
		    "%s is empty: anybody would know it", setting->label);
		return ERR_CONFIGURATION;
	}
	if (err == ERR_OK)
		*secret = found;
	return err;
}
