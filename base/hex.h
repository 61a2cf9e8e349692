/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_HEX_H
#define SCEPD_BASE_HEX_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends two lower-case hexadecimal digits an octet. */
void hex_append(struct buf *to, struct bytes bytes);

/* As hex_append, upper case with a colon between octets, as fingerprints are
 * shown to people. */
void hex_append_colons(struct buf *to, struct bytes bytes);

/* The value of one digit of either case, or -1. */
int hex_digit(uint8_t character);

/* Appends what `text` spells; false, with nothing appended, where it is not
 * an even number of hexadecimal digits. */
bool hex_decode(struct buf *to, struct bytes text);

#endif
