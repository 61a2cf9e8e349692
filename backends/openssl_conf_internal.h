/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_CONF_INTERNAL_H
#define SCEPD_BACKENDS_OPENSSL_CONF_INTERNAL_H

#include <stdbool.h>

#include "backends/openssl_conf.h"
#include "base/buf.h"

/* What openssl_conf.c keeps while openssl_conf_read.c reads. */

/* OpenSSL's own limit of a value. */
#define OPENSSL_VALUE_LIMIT 65535

/* Where something stands; the file's name is the conf's. */
struct openssl_place {
	const char *file;
	unsigned line;
};

/* openssl_conf_read.c: reads the file that is given, and what it includes, into
 * an empty conf.  ERR_CONFIGURATION. */
CHECKED enum err openssl_conf_read(struct openssl_conf *conf,
    struct problems *problems);

/* A copy of `path` that lives as long as the conf. */
const char *openssl_conf_keep_file(struct openssl_conf *conf, const char *path);

/* The section of that name, which is made where there is none. */
const struct openssl_section *openssl_conf_begin(struct openssl_conf *conf,
    const char *name, struct openssl_place place);

/* Puts an entry at the end of a section and takes away the one of this name
 * that was there. */
void openssl_conf_add(struct openssl_conf *conf, const char *section,
    const char *name, const char *value, struct openssl_place place);

/* The entry of that section itself, or NULL. */
const struct openssl_entry *
openssl_conf_find_in(const struct openssl_conf *conf, const char *section,
    const char *name);

/* Keeps in mind that a variable of the environment was asked for. */
void openssl_conf_note_variable(struct openssl_conf *conf, const char *name,
    const char *value);

/* Whether there is more of it than any CA needs. */
bool openssl_conf_is_full(const struct openssl_conf *conf);

/*
 * openssl_conf_text.c: the parts of a line.  Functions that return a size say
 * how much of the start of `text` it is.
 */

/* Blanks. */
size_t openssl_text_blanks(struct bytes text);

/* All but a comment. */
size_t openssl_text_uncommented(struct bytes text);

/* A name, of which "$" is a part where `dollars` is set. */
size_t openssl_text_name(struct bytes text, bool dollars);

/* Without the blanks at both ends. */
struct bytes openssl_text_trim(struct bytes text);

/* What variables are looked up with, and where a finding about one belongs. */
struct openssl_text_context {
	struct openssl_conf *conf;
	const char *section; /* of a variable that names none */
	bool dollars;        /* "$" alone begins no variable */
	struct openssl_place place;
	struct problems *problems;
};

/*
 * Appends `text` with quotes and escapes taken away and variables put in.
 * ERR_CONFIGURATION, with a finding, and a value that is not whole, where a
 * variable has no value or the result is larger than OPENSSL_VALUE_LIMIT.
 */
CHECKED enum err openssl_text_expand(const struct openssl_text_context *context,
    struct bytes text, struct buf *value);

/*
 * openssl_conf_include.c: appends the paths of the files that the inclusion of
 * `path` reads, in order, each with a NUL behind it: none where there is
 * nothing, `path` itself, or what the folder there holds.  ERR_FILE with a
 * finding where that can't be found out.  Recorded and replayed.
 */
CHECKED enum err openssl_include_list(const char *path, bool *is_folder,
    struct buf *paths, struct problems *problems);

#endif
