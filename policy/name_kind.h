/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_NAME_KIND_H
#define SCEPD_POLICY_NAME_KIND_H

#include "base/buf.h"
#include "crypto/der.h"

/*
 * The kinds of names that a certificate has, as settings call them: attributes
 * of its subject, "CN" or "2.5.4.97", and kinds of alternative names, "dns".
 */
enum name_kind_type {
	NAME_KIND_ATTRIBUTE,
	NAME_KIND_EMAIL,
	NAME_KIND_DNS,
	NAME_KIND_URI,
	NAME_KIND_IP,
	NAME_KIND_UPN,
	NAME_KIND_OTHER /* an alternative name of which settings can't speak */
};

#define NAME_KIND_OID_LIMIT 32

struct name_kind {
	enum name_kind_type type;
	uint8_t oid[NAME_KIND_OID_LIMIT]; /* of an attribute */
	size_t oid_size;
};

/* False where `word` is the name of no kind. */
bool name_kind_read(struct bytes word, struct name_kind *kind);

/* Whether it is that of attributes of this type. */
bool name_kind_is_of(const struct name_kind *kind, struct bytes oid);

/* That of a GeneralName; *octets is a view of what is in it. */
enum name_kind_type name_kind_of(const struct der_element *name,
    struct bytes *octets);

/* Appends what settings call it. */
void name_kind_append(const struct name_kind *kind, struct buf *to);

/* Of a kind of alternative names, the bit for general_names_filter. */
unsigned name_kind_bit(enum name_kind_type type);

/* Appends what an alternative name of this kind says, as people write it. */
void name_kind_append_text(enum name_kind_type type, struct bytes octets,
    struct buf *to);

#endif
