/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_LIST_H
#define SCEPD_BACKENDS_OPENSSL_LIST_H

#include <stdbool.h>

#include "backends/openssl_conf.h"
#include "base/bytes.h"

/*
 * Values of openssl.cnf that are lists, as OpenSSL splits them:
 *     keyid:always,issuer     names with or without a value
 *     @alt_names              the lines of a section
 * A comma always ends an item, and what stands around one in blanks is not of
 * it; what must have a comma stands in a section.
 */
struct openssl_item {
	char *name;
	char *value;                       /* NULL: none */
	const struct openssl_entry *entry; /* where findings belong */
};

struct openssl_list {
	struct openssl_item *items;
	size_t count;
};

/* No certificate has more names than this. */
#define OPENSSL_LIST_LIMIT 128

/*
 * Reads `text`, which is `entry`'s value or a part of it.  The list is the
 * caller's, to openssl_list_clear.  ERR_CONFIGURATION, with a finding, where
 * an item lacks its name or its value, there is none or too many of them, or
 * there is no such section.
 */
CHECKED enum err openssl_list_read(const struct openssl_conf *conf,
    const struct openssl_entry *entry, const char *text,
    struct openssl_list *list, struct problems *problems);

/* The items that stand there alone: "@" has no meaning. */
CHECKED enum err openssl_list_items(const struct openssl_entry *entry,
    const char *text, struct openssl_list *list, struct problems *problems);

/* The lines of a section alone. */
CHECKED enum err openssl_list_section(const struct openssl_conf *conf,
    const struct openssl_entry *entry, const char *section,
    struct openssl_list *list, struct problems *problems);

void openssl_list_clear(struct openssl_list *list);

/* Whether `text` is `name`, or begins with it and a "." ("DNS.1"). */
bool openssl_name_is(const char *text, const char *name);

/* Whether `a` and `b`, which may be NULL, are the same characters. */
bool openssl_text_is(const char *a, const char *b);

#endif
