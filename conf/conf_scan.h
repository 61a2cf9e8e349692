/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_CONF_SCAN_H
#define SCEPD_CONF_CONF_SCAN_H

#include <stdbool.h>

#include "base/bytes.h"

/*
 * The words of a configuration file, as libconfig 1.5 divides them.  They are
 * looked at before libconfig reads the text, because it keeps silent about
 * what the functions below find, and its values no longer show it.
 */
enum conf_token_kind {
	CONF_TOKEN_BLANK,   /* blanks, line ends, or one comment */
	CONF_TOKEN_STRING,  /* with its quotes */
	CONF_TOKEN_NAME,    /* of a setting; true and false look alike */
	CONF_TOKEN_NUMBER,  /* with its sign and suffix */
	CONF_TOKEN_MARK,    /* any other single character */
	CONF_TOKEN_UNENDED, /* a string or comment that the text's end cuts */
};

struct conf_token {
	enum conf_token_kind kind;
	struct bytes text;
};

/* The token that `text`, which is not empty, starts with. */
struct conf_token conf_scan_next(struct bytes text);

/*
 * What is wrong with a number, or NULL: libconfig keeps the lower 32 bits of
 * one that needs more and has no L, takes 0660 for 660, and reads 5days as
 * two words.  Fractions are left to it.
 */
const char *conf_scan_number_fault(struct bytes number);

/* Whether a string has the escape \x00, which libconfig leaves out. */
bool conf_scan_has_nul(struct bytes string);

#endif
