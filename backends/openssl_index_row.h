/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_ROW_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_ROW_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * One line of index.txt, as `openssl ca` has it: six fields with TABs between,
 *     V  271121000000Z  (nothing)                      0A  unknown  /CN=x
 *     R  271121000000Z  261120100000Z,keyCompromise    0B  unknown  /CN=y
 * where a TAB in a field is escaped by a backslash.
 */

/* A row that was read: views of its line, as it stands there. */
struct openssl_index_row {
	uint8_t type;            /* 'V', 'R' or 'E'; 0: nothing */
	struct bytes expires;    /* UTCTime or GeneralizedTime */
	struct bytes revocation; /* DATE[,REASON[,ARGUMENT]]; or nothing */
	struct bytes serial;     /* hexadecimal digits */
	struct bytes file;       /* nearly always "unknown" */
	struct bytes subject;    /* as openssl_name_append writes it */
};

/* Reads a line, without its line end.  ERR_INDEX_DAMAGED where it has not six
 * fields, for which `openssl ca` refuses the whole index. */
CHECKED enum err openssl_index_row_read(struct bytes line,
    struct openssl_index_row *row);

/*
 * Appends the octets of a row's serial number, without zeros at their start:
 * the form in which the state database has it.  A negative number, which
 * OpenSSL tolerates, is a zero octet and its amount, so that it equals no
 * other.  ERR_INDEX_DAMAGED where it is none that `openssl ca` takes: an even
 * number of hexadecimal digits, at least two.
 */
CHECKED enum err openssl_index_serial_read(struct bytes text,
    struct buf *serial);

/* Appends a serial number's octets, big-endian and whatever zeros they begin
 * with, as `openssl ca` writes it: in upper case, 0 as "00". */
void openssl_index_serial_append(struct buf *to, struct bytes serial);

/* Reads a date YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ, in seconds since 1970, where
 * anything before is 0.  ERR_INDEX_DAMAGED. */
CHECKED enum err openssl_index_date_read(struct bytes text, int64_t *seconds);

/* Appends a date as certificates and index.txt have it: with two digits of the
 * year until 2049, with four from then on. */
void openssl_index_date_append(struct buf *to, int64_t seconds);

/*
 * Reads the revocation field of a revoked row.  The reason is a CRLReason (RFC
 * 5280 section 5.3.1), 0 where none is said; holdInstruction is 6, keyTime 1,
 * CAkeyTime 2.  ERR_INDEX_DAMAGED.
 */
CHECKED enum err openssl_index_revocation_read(struct bytes text, int64_t *at,
    int *reason);

/*
 * Appends such a field.  `at` is in seconds since 1970, not negative, and
 * nothing later than 2049 is written, as OpenSSL reads two digits of the year
 * here.  Reason 0, and one that OpenSSL has no name for, is left out, as by
 * `openssl ca -revoke` without -crl_reason: RFC 5280 section 5.3.1 wants
 * "unspecified" absent.
 */
void openssl_index_revocation_append(struct buf *to, int64_t at, int reason);

/* A certificate as a row is made of it. Views. */
struct openssl_index_entry {
	struct bytes serial;  /* the octets, big-endian */
	struct bytes subject; /* Name, whole; nothing: it is known by its number
	                       * alone, and has no row to be appended */
	int64_t not_after;
	int64_t revoked_at; /* 0: it is not revoked */
	int reason;         /* CRLReason; one that OpenSSL has no name for is
	                     * left out, like 0 */
	int64_t issued_at;
	/* It is not issued yet, and its row is for others to append, who may
	 * have been killed meanwhile: openssl_index_update does not miss it,
	 * and completes it where the file ends in the middle of it. */
	bool reserved;
};

/*
 * Appends the line of a certificate, with its line end, octet for octet as
 * `openssl ca` would.  An empty subject is replaced by the serial number.
 * ERR_CERTIFICATE_MALFORMED where the subject is no Name.
 */
CHECKED enum err openssl_index_row_append(struct buf *to,
    const struct openssl_index_entry *entry);

#endif
