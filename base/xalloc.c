/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/xalloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By fputs to an unbuffered stream: the log would allocate. */
static void *
checked(void *memory)
{
	if (memory == NULL) {
		fputs("scepd: out of memory\n", stderr);
		abort();
	}
	return memory;
}

/* calloc(0) may answer NULL, which is no failure: hence one octet at least. */
void *
xcalloc(size_t count, size_t size)
{
	if (count == 0 || size == 0)
		count = size = 1;
	return checked(calloc(count, size));
}

void *
xalloc(size_t size)
{
	return xcalloc(1, size);
}

/* calloc checks the product itself, realloc does not. */
void *
xrealloc(void *old, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return checked(NULL);
	return checked(realloc(old, count * size > 0 ? count * size : 1));
}

char *
xstrdup(const char *string)
{
	return string == NULL ? NULL : checked(strdup(string));
}

char *
xstrdup_bytes(struct bytes text)
{
	return text.size == 0 ?
	    xstrdup("") :
	    checked(strndup((const char *)text.data, text.size));
}

char *
xvasprintf(const char *format, va_list arguments)
{
	char *string = NULL;

	return checked(vasprintf(&string, format, arguments) < 0 ? NULL :
								   string);
}

char *
xasprintf(const char *format, ...)
{
	va_list arguments;
	char *string;

	va_start(arguments, format);
	string = xvasprintf(format, arguments);
	va_end(arguments);
	return string;
}
