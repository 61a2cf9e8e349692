/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_DER_H
#define SCEPD_CRYPTO_DER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * DER (X.690): a strict cursor for reading, and appending writers.
 *
 * Nothing is copied: every view lies in the bytes that the cursor was made
 * from.  Lengths must be definite and in their shortest form; tags have one
 * octet.  What clients send goes through ber_normalise first.
 */

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_NUMERIC_STRING = 0x12,
	DER_PRINTABLE_STRING = 0x13,
	DER_T61_STRING = 0x14,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_VISIBLE_STRING = 0x1a,
	DER_UNIVERSAL_STRING = 0x1c,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0x80, /* primitive [n]: DER_CONTEXT + n */
	DER_CONTEXT_CONSTRUCTED = 0xa0
};

/* A cursor over the elements that are left. */
struct der {
	struct bytes left;
};

/* One element: its tag, its content, and all of it. */
struct der_element {
	uint8_t tag;
	struct bytes content;
	struct bytes whole;
};

struct der der_of(struct bytes bytes);

/* Whether nothing is left; ERR_DER_TRAILING where something is. */
bool der_at_end(const struct der *der);
CHECKED enum err der_end(const struct der *der);

/* Whether another element is left and has this tag. */
bool der_next_is(const struct der *der, uint8_t tag);

/* Reads the next element, whatever its tag. ERR_DER_TRUNCATED,
 * ERR_DER_LENGTH, ERR_DER_TAG (also where nothing is left). */
CHECKED enum err der_read_any(struct der *der, struct der_element *element);

/* Reads an element that must have `tag`: its content, its content as a cursor
 * of its own, or the whole of it. ERR_DER_TAG where it has another. */
CHECKED enum err der_read(struct der *der, uint8_t tag, struct bytes *content);
CHECKED enum err der_enter(struct der *der, uint8_t tag, struct der *inner);
CHECKED enum err der_read_whole(struct der *der, uint8_t tag,
    struct bytes *whole);

/* The OID's content octets, checked for form. ERR_DER_OID. */
CHECKED enum err der_read_oid(struct der *der, struct bytes *oid);

/* An INTEGER's content octets as they stand, at least one: also negative or
 * not minimal, as in odd clients' serial numbers. ERR_DER_INTEGER. */
CHECKED enum err der_read_integer(struct der *der, struct bytes *integer);

/* A number from 0 to INT32_MAX. ERR_DER_INTEGER. */
CHECKED enum err der_read_number(struct der *der, int *number);

/* ERR_DER_BOOLEAN unless 00 or FF. */
CHECKED enum err der_read_boolean(struct der *der, bool *value);

/* A BIT STRING of whole octets. ERR_DER_BIT_STRING. */
CHECKED enum err der_read_bit_string(struct der *der, struct bytes *octets);

/* A BIT STRING of up to 16 named bits: bit n of *bits is bit n of the ASN.1
 * definition (keyUsage: 0 is digitalSignature). ERR_DER_BIT_STRING. */
CHECKED enum err der_read_named_bits(struct der *der, unsigned *bits);

/* A UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 has them, in
 * seconds since 1970. ERR_DER_TIME. */
CHECKED enum err der_read_time(struct der *der, int64_t *seconds);

/* As der_read_time, from the content octets alone, as they stand in files of
 * text too: YYMMDDHHMMSSZ, from 1950 to 2049, or YYYYMMDDHHMMSSZ.
 * ERR_DER_TIME. */
CHECKED enum err der_time_of(struct bytes text, int64_t *seconds);

/*
 * Writing.  A constructed element is opened, filled and closed:
 *     size_t start = der_open(to, DER_SEQUENCE);
 *     ... appends ...
 *     der_close(to, start);
 * der_close puts the length in its place; opened elements nest.
 */
size_t der_open(struct buf *to, uint8_t tag);
void der_close(struct buf *to, size_t start);

/* As der_close for a SET OF: the elements inside are put into DER order. */
void der_close_sorted(struct buf *to, size_t start);

/* Appends an element with this content. */
void der_append(struct buf *to, uint8_t tag, struct bytes content);
void der_append_null(struct buf *to);
void der_append_oid(struct buf *to, struct bytes oid);
void der_append_number(struct buf *to, int number);
void der_append_boolean(struct buf *to, bool value);
/* An unsigned number of any size, from big-endian octets. */
void der_append_unsigned(struct buf *to, struct bytes octets);
void der_append_bit_string(struct buf *to, struct bytes octets);
void der_append_named_bits(struct buf *to, unsigned bits);
/* UTCTime up to 2049, GeneralizedTime from then on (RFC 5280 4.1.2.5). */
void der_append_time(struct buf *to, int64_t seconds);

#endif
