/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_XALLOC_H
#define SCEPD_BASE_XALLOC_H

#include <stdarg.h>
#include <stddef.h>

#include "base/bytes.h"

/*
 * Allocation that never fails to its caller.  What a stranger may make us
 * allocate is bounded before it is parsed; when memory runs out all the same
 * the process says so and aborts, and its supervisor starts a fresh one.
 * Everything returned is freed with free().
 */

/* `size` zeroed bytes; a valid pointer even for 0. */
void *xalloc(size_t size);

/* An array of `count` zeroed elements; the product is checked. */
void *xcalloc(size_t count, size_t size);

/* As realloc(), for an array of `count` elements; the product is checked. */
void *xrealloc(void *old, size_t count, size_t size);

/* A copy of `string`; NULL stays NULL. */
char *xstrdup(const char *string);

/* A string of these octets, up to the first NUL where there is one. */
char *xstrdup_bytes(struct bytes text);

/* A new string made as by printf. */
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0)));

#endif
