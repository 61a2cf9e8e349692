/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_NAMES_H
#define SCEPD_BACKENDS_OPENSSL_NAMES_H

#include <stdbool.h>

#include "backends/openssl_settings.h"
#include "base/buf.h"

/*
 * Appends the content octets of the object identifier that `name` stands for:
 * dotted, by a short or long name that OpenSSL has for attributes of names,
 * purposes, methods of access and policies ("CN", "commonName"), or by one of
 * the section oid_section.  Names are told apart by case.  False, with nothing
 * appended, where it is none of these.  `settings` may be NULL.
 */
bool openssl_oid(struct buf *to, const struct openssl_settings *settings,
    const char *name);

/* Append the short or the long name that OpenSSL has for an object identifier's
 * content octets, or the dotted number where it has none. */
void openssl_oid_append_name(struct buf *to, struct bytes oid);
void openssl_oid_append_long_name(struct buf *to, struct bytes oid);

/* The type of string that OpenSSL makes of ASCII for an attribute of a name, as
 * long as string_mask is not set; 0 where that is not known here. */
uint8_t openssl_attribute_tag(struct bytes oid);

#endif
