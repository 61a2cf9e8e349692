/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_CONF_TREE_H
#define SCEPD_CONF_CONF_TREE_H

#include "conf/conf.h"
#include "conf/conf_source.h"

/*
 * A configuration as conf.c makes it from libconfig's and conf_read.c reads
 * it: for the files of this folder only.
 */
enum conf_kind {
	CONF_KIND_BOOLEAN,
	CONF_KIND_INTEGER,
	CONF_KIND_FRACTION, /* that no setting takes: its value is not kept */
	CONF_KIND_TEXT,
	CONF_KIND_LIST, /* ( ) or [ ] */
	CONF_KIND_GROUP
};

/* One value: of a setting, or an item of a list. */
struct conf_setting {
	char *name;  /* NULL in a list */
	char *label; /* how findings call it: "ra", item 2 of "endpoints" */
	struct conf_place place;
	enum conf_kind kind;
	bool boolean;
	int64_t integer;
	char *text;                 /* wiped with the conf */
	struct conf_section *inner; /* of a LIST and a GROUP: what is inside */
};

/* The settings of a group, or the items of a list, in the file's order. */
struct conf_section {
	struct conf *conf;
	const char *label; /* of its setting; NULL: the root */
	struct conf_place place;
	struct conf_setting *settings;
	size_t count;
};

/* Something that was handed out and has to be freed. */
struct conf_kept {
	struct conf_kept *next;
	struct buf buf;
};

struct conf {
	struct conf_source source;
	struct conf_section *root;
	struct conf_kept *kept;
};

/* An empty buf that is cleared, and so wiped, by conf_free. */
struct buf *conf_keep(struct conf *conf);

/* The setting of that name, NULL where there is none. */
const struct conf_setting *conf_find(const struct conf_section *section,
    const char *name);

#endif
