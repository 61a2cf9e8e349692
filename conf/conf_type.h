/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_CONF_TYPE_H
#define SCEPD_CONF_CONF_TYPE_H

#include "conf/conf_tree.h"

/* One value on its way from the file to the caller's struct. */
struct conf_reading {
	struct conf *conf;
	const struct conf_setting *setting;
	const struct conf_key *key;
	void *field;
	struct problems *problems;
};

/*
 * Checks the setting's value as its key's type wants it and stores it in the
 * field, which is otherwise left alone, with an error in `problems`.
 */
void conf_type_read(const struct conf_reading *reading);

#endif
