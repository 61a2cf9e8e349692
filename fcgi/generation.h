/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_GENERATION_H
#define SCEPD_FCGI_GENERATION_H

#include "fcgi/configuration.h"
#include "fcgi/isolation.h"

/*
 * A configuration that was checked, with all that it names: children can be
 * started with it at any time, whatever has become of the files.  The
 * supervisor has read the settings of it and nothing else; the keys are in a
 * sealed file that it only hands on.
 */
struct generation {
	struct configuration configuration; /* without endpoints */
	struct isolation isolation;
	int without_keys; /* sealed files: for workers and the keeper, */
	int with_keys;    /* and for their key processes */
};

/* Who is told what the check finds. */
enum generation_audience {
	GENERATION_TERMINAL, /* whoever starts us: standard error, and
	                      * the log where that is elsewhere */
	GENERATION_LOG
};

/*
 * Begins to check the configuration at `path`, in a child that reads all of
 * it and tells what it finds.  *checker is the child's pid; the generation is
 * the caller's, to generation_free, when the child has ended.
 * ERR_CONFIGURATION, with a line in `problems`, where there can be none.
 */
CHECKED enum err generation_begin(const char *path,
    enum generation_audience audience, struct generation **generation,
    pid_t *checker, struct problems *problems);

/* Completes it after the child has ended, by the status of waitpid(2).
 * ERR_CONFIGURATION, with lines in `problems` unless the child has told. */
CHECKED enum err generation_complete(struct generation *generation, int status,
    struct problems *problems);

/* NULL is nothing. */
void generation_free(struct generation *generation);

#endif
