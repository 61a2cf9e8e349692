/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_ERR_H
#define SCEPD_BASE_ERR_H

#include <stddef.h>

#include "base/err_list.h"

/*
 * The one way to fail.  A fallible function returns an enum err and leaves
 * its outputs as they were unless it returns ERR_OK.  Each error is a row of
 * err_list.h; the log line, the reply and the manual all read that row.
 */
enum err {
	ERR_OK = 0,
#define ERR_ENUM(code, name, status, fail_info, public_text, meaning) code,
	ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
	ERR_COUNT
};

/* A fallible function's result may not be ignored. */
#define CHECKED __attribute__((warn_unused_result))

/* RFC 8894 section 3.2.1.4; the numbers are those of the protocol. */
enum fail_info {
	FAIL_INFO_BAD_ALG = 0,
	FAIL_INFO_BAD_MESSAGE_CHECK = 1,
	FAIL_INFO_BAD_REQUEST = 2,
	FAIL_INFO_BAD_TIME = 3,
	FAIL_INFO_BAD_CERT_ID = 4
};

/* The reason name for log, manual and scripts: "challenge-wrong". */
const char *err_name(enum err err);

/* What is wrong and what an administrator can do about it, one sentence. */
const char *err_meaning(enum err err);

/* The text a client may see (failInfoText, HTTP body): says nothing that
 * tells one failure to decrypt or to parse from another. */
const char *err_public_text(enum err err);

/* The failInfo of the signed reply where one can be made. */
enum fail_info err_fail_info(enum err err);

/* The HTTP status where no signed reply can be made. */
int err_http_status(enum err err);

/* The first of several results that is not ERR_OK; else ERR_OK.  For what
 * is all to be tried, so that one fault hides no other. */
CHECKED enum err err_first(const enum err *errs, size_t count);

#endif
