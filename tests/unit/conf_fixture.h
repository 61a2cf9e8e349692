/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_CONF_FIXTURE_H
#define SCEPD_TESTS_UNIT_CONF_FIXTURE_H

/*
 * What the tests of conf/ share: each test runs in a new folder, which is
 * its working directory, so that findings start with plain file names.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/xalloc.h"
#include "conf/conf.h"
#include "tests/unit/unit.h"

static inline int
fixture_setup(void **state)
{
	char *folder = xstrdup("/tmp/scepd-conf-XXXXXX");

	*state = folder;
	return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static inline int
fixture_remove(const char *path, const struct stat *status, int type,
    struct FTW *position)
{
	(void)status;
	(void)type;
	(void)position;
	return remove(path);
}

static inline int
fixture_teardown(void **state)
{
	char *folder = *state;
	int result = chdir("/") != 0 ||
	    nftw(folder, fixture_remove, 8, FTW_DEPTH | FTW_PHYS) != 0;

	free(folder);
	return result;
}

#define CONF_TEST(function) \
	cmocka_unit_test_setup_teardown(function, fixture_setup, \
	    fixture_teardown)

static inline void
put_mode(const char *name, struct bytes text, mode_t mode)
{
	struct problems *problems = problems_new();

	unlink(name);
	assert_int_equal(file_create(name, mode, text, problems), ERR_OK);
	problems_free(problems);
}

/* Writes a file that not everybody can read. */
static inline void
put(const char *name, const char *text)
{
	put_mode(name, bytes_of_string(text), 0640);
}

/* Opens what must open without a finding. */
static inline struct conf *
open_well(const char *name)
{
	struct problems *problems = problems_new();
	struct conf *conf = NULL;
	enum err err = conf_open(name, &conf, problems);

	assert_string_equal(problems_text(problems), "");
	assert_int_equal(err, ERR_OK);
	assert_non_null(conf);
	problems_free(problems);
	return conf;
}

/* Opens what must fail with exactly these findings. */
static inline void
open_badly(const char *name, const char *findings)
{
	struct problems *problems = problems_new();
	struct conf *conf = NULL;
	enum err err = conf_open(name, &conf, problems);

	assert_string_equal(problems_text(problems), findings);
	assert_int_equal(err, ERR_CONFIGURATION);
	assert_null(conf);
	problems_free(problems);
}

/* Reads the outermost section; the findings must be exactly these. */
static inline void
read_with_findings(const struct conf *conf, const struct conf_key *keys,
    void *into, const char *findings)
{
	struct problems *problems = problems_new();
	enum err err = conf_read(conf_root(conf), keys, into, problems);

	assert_string_equal(problems_text(problems), findings);
	assert_int_equal(err, *findings == '\0' ? ERR_OK : ERR_CONFIGURATION);
	problems_free(problems);
}

#endif
