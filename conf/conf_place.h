/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_CONF_PLACE_H
#define SCEPD_CONF_CONF_PLACE_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/problems.h"

/* A file of the configuration; conf_source.h owns it. */
struct conf_file {
	struct conf_file *next;
	char *path;     /* as it was opened, and as findings name it */
	bool is_public; /* everybody can read it: no place for a secret */
};

/* Where a setting stands. */
struct conf_place {
	const struct conf_file *file;
	unsigned line;
};

/* No file of a configuration, and none that it takes whole, is larger. */
#define CONF_FILE_LIMIT (1024 * 1024)

/* Adds a finding with "FILE:LINE: " before it. */
void conf_place_report(struct conf_place place, enum problem_level level,
    struct problems *problems, const char *format, va_list arguments)
    __attribute__((format(printf, 4, 0)));

/* The same, of a finding that keeps scepd from starting. */
void conf_place_error(struct conf_place place, struct problems *problems,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As file_read, of a file that the setting at `place` names: the finding
 * says where. */
CHECKED enum err conf_place_read_file(struct conf_place place, const char *path,
    enum file_kind kind, struct buf *contents, struct problems *problems);

#endif
