/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_CONF_H
#define SCEPD_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * A reader for libconfig files, driven by tables.  It knows no section: each
 * module declares the keys of its own section and the struct they fill, and
 * conf_read checks and fills.  Whatever is unknown, missing, doubled or
 * mistyped is a line in `problems` with FILE:LINE, the key, what is wrong and
 * the nearest known name.
 *
 * Everything handed out lives until conf_free and is constant until then.
 */
struct conf;

/* One group of settings in the file: the root, or what CONF_SECTION gave. */
struct conf_section;

/* A list of strings, or of sections. */
struct conf_strings {
	const char *const *items;
	size_t count;
};

struct conf_sections {
	const struct conf_section *const *items;
	size_t count;
};

/*
 * What a key's value is, and what conf_read stores at the key's offset.
 * A key that is absent and not required leaves the struct's field as the
 * caller preset it: presets are the defaults.
 */
enum conf_type {
	CONF_BOOLEAN,    /* true or false -> bool */
	CONF_INTEGER,    /* a number from minimum to maximum -> int64_t */
	CONF_SIZE,       /* a number, or "256k", "4M" (KiB, MiB), from minimum
	                  * to maximum -> int64_t bytes */
	CONF_DURATION,   /* "90s", "10m", "12h", "30d", "5y" -> int64_t seconds,
	                  * from minimum to maximum; a bare number is refused,
	                  * as nobody can tell its unit; a year is 365 days */
	CONF_TIME,       /* "2027-01-01" or "2027-01-01T06:00:00Z", in UTC ->
	                  * int64_t seconds since 1970 */
	CONF_MODE,       /* "0660": three octal digits in a string, since
	                  * libconfig reads 0660 as decimal -> int64_t */
	CONF_STRING,     /* text, not empty -> const char * */
	CONF_CHOICE,     /* one of the key's `choices` -> int64_t, its index */
	CONF_PATH,       /* a file name, relative to the folder of the file that
	                  * the setting stands in -> const char * */
	CONF_URL_PATH,   /* the path of a URL, whole segments and nothing
	                  * encoded: "/scep/devices" -> const char * */
	CONF_SECRET,     /* text, { file = "..."; } or { environment = "..."; }
	                  * -> struct bytes, never empty, wiped by conf_free.
	                  * One final line end of a file is not part of it. A
	                  * file that everybody can read is refused, and so is
	                  * text in a configuration that everybody can read. */
	CONF_KEY_SECRET, /* the same of a private key; nothing in a process that
	                  * has no keys (file_keys_are_withheld) */
	CONF_STRINGS, /* a string, or a list or array of strings, none of them
	               * empty, though a list may be -> conf_strings */
	CONF_SECTION, /* { ... } -> const struct conf_section * */
	CONF_SECTIONS /* { ... } or ( { ... }, ... ), at least one ->
	               * conf_sections */
};

/* One row of a section's table, which ends with a row without a name. */
struct conf_key {
	const char *name;
	enum conf_type type;
	bool required;
	size_t offset;              /* of the field in the caller's struct */
	int64_t minimum;            /* where the type has a range */
	int64_t maximum;            /* 0: as large as an int64_t can be */
	const char *const *choices; /* CONF_CHOICE: names, NULL at the end */
};

/*
 * Reads and parses the file at `path` and what it includes: @include "FILE"
 * anywhere between settings, relative to the folder of the file it stands in.
 * The conf is the caller's, to conf_free; where `path` is relative, so are
 * the paths that it hands out.  ERR_CONFIGURATION, with every finding in
 * `problems`, where a file can't be read or parsed, or has a number that
 * libconfig would misread, a NUL character, or a setting twice in a group.
 */
CHECKED enum err conf_open(const char *path, struct conf **conf,
    struct problems *problems);

/* Wipes and frees; NULL is nothing. */
void conf_free(struct conf *conf);

/* The outermost section. */
const struct conf_section *conf_root(const struct conf *conf);

/*
 * Checks `section` against `keys` and fills the struct at `into`.  All
 * findings are added to `problems`; ERR_CONFIGURATION where one is an error,
 * and `into` is then partly filled and not to be used.
 */
CHECKED enum err conf_read(const struct conf_section *section,
    const struct conf_key *keys, void *into, struct problems *problems);

/*
 * Reads the one key whose row is `key` into its field of the struct at `into`,
 * and nothing else of the section, which may have whatever other settings it
 * likes: how a section says which table fits the rest of it
 * (backend = "file").  Where the key is absent and not required, the field
 * stays as it was.  conf_read knows the key only when it is in the table too.
 */
CHECKED enum err conf_read_one(const struct conf_section *section,
    const struct conf_key *key, void *into, struct problems *problems);

/*
 * Adds a finding about `key` of `section`, for rules that no table can say.
 * "FILE:LINE: " of the key goes before it; that of the section where `key` is
 * NULL or not set.  The format names the key where it should be named.
 */
void conf_problem(const struct conf_section *section, const char *key,
    enum problem_level level, struct problems *problems, const char *format,
    ...) __attribute__((format(printf, 5, 6)));

/* Adds such a finding, an error in these words, and is ERR_CONFIGURATION. */
CHECKED enum err conf_refuse(const struct conf_section *section,
    const char *key, struct problems *problems, const char *what);

#endif
