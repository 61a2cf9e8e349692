/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_KEY_TYPES_H
#define SCEPD_TOOLS_KEY_TYPES_H

#include "crypto/provider.h"

/* The kinds of keys that options name, for messages. */
#define KEY_TYPES_TEXT "rsa-3072, rsa-2048, rsa-4096, secp256r1 or secp384r1"

/* The kind with this name, a constant; NULL where there is none. */
const struct key_spec *key_type_find(const char *name);

#endif
