/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_CONF_VALUE_H
#define SCEPD_CONF_CONF_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The forms that values have in text (conf.h says which), and back again for
 * findings.  Readers return false, with nothing stored, for what is not of
 * the form or does not fit.
 */
bool conf_value_read_duration(const char *text, int64_t *seconds);
bool conf_value_read_size(const char *text, int64_t *size);
bool conf_value_read_time(const char *text, int64_t *seconds);
bool conf_value_read_mode(const char *text, int64_t *mode);

/* Appends the number with the largest unit that fits: "30d", "90s", "4M". */
void conf_value_print_duration(struct buf *to, int64_t seconds);
void conf_value_print_size(struct buf *to, int64_t size);
void conf_value_print_number(struct buf *to, int64_t number);

/*
 * How many single slips of the keyboard (a character too many, too few,
 * another one, or two exchanged) lie between two names; SIZE_MAX where one is
 * longer than any name of a setting.
 */
size_t conf_value_distance(const char *a, const char *b);

#endif
