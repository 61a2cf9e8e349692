/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_REWRITE_H
#define SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_REWRITE_H

#include <dirent.h>

#include "backends/openssl_index_merge.h"
#include "backends/openssl_index_revoke.h"
#include "tests/unit/backends_openssl_index.h"

/* What the tests of rewriting an index share. */

#define ROW_OF(type, revocation, serial, name) \
	type "\t" EXPIRES_TEXT "\t" revocation "\t" serial \
	     "\tunknown\t/CN=" name "\n"
#define ROW(serial, name) ROW_OF("V", "", serial, name)
#define REVOKED(serial, name) ROW_OF("R", REVOCATION, serial, name)

/* The moment and the reason of all revocations here. */
#define REVOKED_AT 1795523696
#define REVOCATION "261124123456Z,keyCompromise"

/* Serial numbers of one octet each, revoked in a file index.txt. */
static inline enum err
revoke_serials(const char *serials, enum openssl_index_revoked *outcomes,
    struct problems *problems)
{
	struct openssl_index_revocation revocations[8];
	const struct openssl_index_revoke_order order = { "index.txt", false,
		revocations, strlen(serials) };

	assert_true(order.count <= COUNT(revocations));
	for (size_t i = 0; i < order.count; i++)
		revocations[i] = (struct openssl_index_revocation){
			bytes_of(serials + i, 1), REVOKED_AT, 1
		};
	return openssl_index_revoke(&order, outcomes, problems);
}

/* Fails unless the findings are exactly these, or, where NULL, some; forgets
 * them. */
static inline void
assert_findings(struct problems *problems, const char *expected)
{
	if (expected == NULL)
		assert_string_not_equal(problems_text(problems), "");
	else
		assert_string_equal(problems_text(problems), expected);
	problems_free(problems);
}

/* Fails unless that ends so, with these findings. */
static inline void
assert_revoke(const char *serials, enum err err, const char *findings)
{
	struct problems *problems = problems_new();
	enum openssl_index_revoked outcomes[8];

	assert_err(revoke_serials(serials, outcomes, problems), err,
	    problems_text(problems));
	assert_findings(problems, findings);
}

/* The names of the files that there are, each with a space behind it. */
static inline void
assert_files(const char *expected)
{
	struct dirent **entries;
	struct buf names = { 0 };
	int count = scandir(".", &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.')
			buf_printf(&names, "%s ", entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	assert_string_equal(buf_string(&names), expected);
	buf_clear(&names);
}

#endif
