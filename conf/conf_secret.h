/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_CONF_SECRET_H
#define SCEPD_CONF_CONF_SECRET_H

#include "conf/conf_tree.h"

/*
 * Reads the value of a CONF_SECRET (conf.h says which forms there are) that
 * is text or a group.  *secret lives until conf_free, which wipes it.
 * ERR_CONFIGURATION with a line in `problems`, which never quotes the secret.
 */
CHECKED enum err conf_secret_read(const struct conf_setting *setting,
    struct bytes *secret, struct problems *problems);

#endif
