/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_ENROL_JOB_H
#define SCEPD_TOOLS_ENROL_JOB_H

#include "tools/client_options.h"

/* An enrolment from wishes to files. */

/* What the command line says. First, as client_options.h wants it. */
struct enrol_wishes {
	struct client_options common;
	const char *subject;
	const char *san;
	const char *challenge;
	const char *challenge_file;
	const char *key;
	const char *key_type;
	const char *renew;
	const char *new_key;
	const char *ca_out;
	const char *interval;
	const char *max_time;
};

/*
 * Does what is wished and appends a report.  The private key is in its file
 * before the request is sent.  ERR_CONFIGURATION for wishes that make no
 * sense, ERR_FILE, ERR_KEY_FILE, and what enrol and client_prepare return.
 */
CHECKED enum err enrol_job(const struct client_world *world,
    const struct enrol_wishes *wishes, struct buf *output,
    struct problems *problems);

#endif
