/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BASE_PROGRAMS_H
#define SCEPD_TESTS_UNIT_BASE_PROGRAMS_H

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/xalloc.h"
#include "tests/unit/unit.h"

/* Programs of a test's own, in a folder that is its working directory, too. */

static char programs_folder[] = "/tmp/scepd-programs-XXXXXX";

static inline int
programs_set_up(void **state)
{
	(void)state;
	umask(022);
	return mkdtemp(programs_folder) == NULL || chdir(programs_folder) != 0;
}

static inline int
programs_remove(const char *path, const struct stat *status, int type,
    struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int
programs_tear_down(void **state)
{
	(void)state;
	return chdir("/") != 0 ||
	    nftw(programs_folder, programs_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* Its absolute path, the caller's to free(). */
static inline char *
program_path(const char *name)
{
	return xasprintf("%s/%s", programs_folder, name);
}

static inline void
put_file(const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(name, mode), 0);
}

/* A script of the shell's. */
static inline void
put_script(const char *name, const char *body)
{
	char *text = xasprintf("#!/bin/sh\n%s\n", body);

	put_file(name, text, 0700);
	free(text);
}

/* All that is to come of it, which is closed. */
static inline struct buf
read_to_end(int fd)
{
	struct buf got = { 0 };
	char chunk[4096];
	ssize_t size;

	while ((size = read(fd, chunk, sizeof(chunk))) > 0)
		buf_append(&got, bytes_of(chunk, (size_t)size));
	assert_int_equal(size, 0);
	close(fd);
	return got;
}

#endif
