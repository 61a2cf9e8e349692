/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_CONF_H
#define SCEPD_BACKENDS_OPENSSL_CONF_H

#include <stddef.h>

#include "base/err.h"
#include "base/problems.h"

/*
 * A file in the syntax of openssl.cnf (config(5) of OpenSSL), read as OpenSSL
 * 3.0 reads it: sections, variables, quotes, continued lines, .include and
 * .pragma.  It knows no name that stands in such a file; openssl_settings.h
 * knows those of a CA.
 *
 * What OpenSSL leaves to chance is settled here: the files of a folder that is
 * included are read in the order of their names, a NUL character is refused,
 * and so is a file that is there and can't be read.  One that is not there is
 * passed over, as OpenSSL does.
 *
 * Relative file names.  OpenSSL takes them from the folder that somebody was in
 * who ran it: "dir = ./demoCA" is beside the prompt.  A daemon has no such
 * place, so it is said: `directory` of openssl_conf_open, which is where the
 * administrator changes to before running "openssl ca"; without it, the folder
 * of the configuration file.
 *
 * Everything handed out lives until openssl_conf_free and is constant until
 * then, so that several threads may look.
 */
struct openssl_conf;

/* One line NAME = VALUE, after variables, quotes and escapes. */
struct openssl_entry {
	const char *section; /* where it is, "default" without any */
	const char *name;    /* "0.organizationName" is as it stands */
	const char *value;   /* "" where there is none */
	const char *file; /* where that was read: the file as it was opened */
	unsigned line;    /* and the first of the entry's lines */
};

/*
 * One section.  Of a name that is set twice in it, only the later one is there,
 * at the later one's place in the order.
 */
struct openssl_section {
	const char *name;
	const char *file; /* where it is first begun */
	unsigned line;
	const struct openssl_entry *const *entries; /* in their order */
	size_t count;
};

/*
 * Reads the file at `path` and what it includes.  `directory` may be NULL.  The
 * conf is the caller's.  ERR_CONFIGURATION, with every finding in `problems` as
 * FILE:LINE, where a file can't be read, a line is none, a variable has no
 * value, or there is more of it than any CA needs: files over 1 MiB and 4 MiB
 * of them together, 10 that include one another, 256 in all, 65535 octets of a
 * value, 4 MiB of values, 8192 entries and sections.  After 20 findings the
 * rest is not looked at.
 *
 * Files, the variables of the environment that are asked for ($ENV::NAME), and
 * what a folder holds are recorded and replayed (base/file.h).
 */
CHECKED enum err openssl_conf_open(const char *path, const char *directory,
    struct openssl_conf **conf, struct problems *problems);

/* Wipes and frees; NULL is nothing. */
void openssl_conf_free(struct openssl_conf *conf);

/*
 * The entry that OpenSSL finds under this name: that of the section, or else
 * that of the section "default", also where there is no such section at all.
 * NULL where neither has it.  `section` may be NULL: "default" alone.
 */
const struct openssl_entry *openssl_conf_find(const struct openssl_conf *conf,
    const char *section, const char *name);

/* The section itself, which has no part of "default"; NULL where there is
 * none.  "default" is always there. */
const struct openssl_section *
openssl_conf_section(const struct openssl_conf *conf, const char *name);

/* A variable of the environment that it has asked for, and the value. */
struct openssl_variable {
	const char *name;
	const char *value;
};

/* All of them, each once. */
const struct openssl_variable *
openssl_conf_variables(const struct openssl_conf *conf, size_t *count);

/* The file that was opened, for findings about what is nowhere in it. */
const char *openssl_conf_file(const struct openssl_conf *conf);

/* A file name of the configuration as seen from `directory`, or from the folder
 * of the file; absolute ones stay.  The caller's to free(). */
char *openssl_conf_path(const struct openssl_conf *conf, const char *name);

/* Adds a finding about an entry, with its "FILE:LINE: " before it. */
void openssl_entry_problem(const struct openssl_entry *entry,
    enum problem_level level, struct problems *problems, const char *format,
    ...) __attribute__((format(printf, 4, 5)));

/* Adds such a finding, an error, and is ERR_CONFIGURATION. */
CHECKED enum err openssl_entry_refuse(const struct openssl_entry *entry,
    struct problems *problems, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
