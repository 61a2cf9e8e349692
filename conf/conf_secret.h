/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_CONF_SECRET_H
#define SCEPD_CONF_CONF_SECRET_H

#include "conf/conf_tree.h"

/*
 * Reads the value of a CONF_SECRET or CONF_KEY_SECRET (conf.h says which forms
 * there are) that is text or a group; `kind` is FILE_SECRET or FILE_KEY.
 * *secret lives until conf_free, which wipes it; it is of size 0 where it is a
 * FILE_KEY and this process has no keys.  ERR_CONFIGURATION with a line in
 * `problems`, which never quotes the secret.
 */
CHECKED enum err conf_secret_read(const struct conf_setting *setting,
    enum file_kind kind, struct bytes *secret, struct problems *problems);

#endif
