/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_COUNT_H
#define SCEPD_BASE_COUNT_H

/* How many members an array has; not for pointers. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
