/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_SECRET_TEXT_H
#define SCEPD_TOOLS_SECRET_TEXT_H

#include "crypto/provider.h"

/*
 * Appends `length` random characters in groups of four, "KQ7M-2XRT": capital
 * letters and digits, those left out that are easily taken for another.  The
 * first is a letter and worth 4 bits, as Cisco routers take no password that
 * begins with a digit; the others are worth 5 bits.
 */
void secret_text_append(struct buf *to, const struct provider *provider,
    size_t length);

#endif
