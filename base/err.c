/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/err.h"

#include <assert.h>
#include <stddef.h>

struct row {
	const char *name;
	int http_status;
	enum fail_info fail_info;
	const char *public_text;
	const char *meaning;
};

/* The list once more, as a table; the enum in err.h is made from the same
 * rows. */
static const struct row rows[ERR_COUNT] = {
	[ERR_OK] = { "ok", 200, FAIL_INFO_BAD_REQUEST, "", "No error." },
#define ERR_ROW(code, name, status, fail_info, public_text, meaning) \
	[code] = { name, status, fail_info, public_text, meaning },
	ERR_LIST(ERR_ROW)
#undef ERR_ROW
};

/* An enum err comes from our own code, so a wrong one is a bug. */
static const struct row *
row_of(enum err err)
{
	assert((size_t)err < ERR_COUNT);
	return &rows[err];
}

const char *
err_name(enum err err)
{
	return row_of(err)->name;
}

const char *
err_meaning(enum err err)
{
	return row_of(err)->meaning;
}

const char *
err_public_text(enum err err)
{
	return row_of(err)->public_text;
}

enum fail_info
err_fail_info(enum err err)
{
	return row_of(err)->fail_info;
}

int
err_http_status(enum err err)
{
	return row_of(err)->http_status;
}

enum err
err_first(const enum err *errs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (errs[i] != ERR_OK)
			return errs[i];
	return ERR_OK;
}
