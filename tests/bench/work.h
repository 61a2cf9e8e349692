/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_BENCH_WORK_H
#define SCEPD_TESTS_BENCH_WORK_H

#include "crypto/key_channels.h"
#include "scep/scep.h"

/*
 * What is measured: one enrolment by keys of RSA-2048, without a web server.
 * What goes wrong in it ends the program.
 */

enum way {
	WAY_BARE,    /* what no enrolment can do without: a key transport is
		      * opened, two signatures are made */
	WAY_LOCAL,   /* a PKCSReq is answered by a process with the keys */
	WAY_ISOLATED /* by one without them */
};

struct work;

/*
 * A piece of work, to be done as often as one likes; the caller's, to
 * work_free.  With `ra`, an RA opens and answers, else the CA does all.
 * `channels`, for WAY_ISOLATED, are borrowed.
 */
struct work *work_new(enum way way, bool ra, struct key_channels *channels);
void work_free(struct work *work);

/* The endpoints, which have the keys in the way WAY_LOCAL. */
const struct scep *work_scep(const struct work *work);

/* Does it once and looks at the answer as a client would: it must be the
 * certificate.  To be called once, and before work_do. */
void work_prove(struct work *work);

/* Does it once, from any number of threads. */
void work_do(const struct work *work);

/* Ends the program with these words where not all is good. */
void bench_must(bool good, const char *what);

#endif
