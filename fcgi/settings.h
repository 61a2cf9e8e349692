/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_SETTINGS_H
#define SCEPD_FCGI_SETTINGS_H

#include "base/err.h"
#include "base/log.h"
#include "base/problems.h"
#include "conf/conf.h"
#include "crypto/provider.h"
#include "fcgi/gateway.h"
#include "fcgi/listen.h"
#include "scep/guesses.h"

/*
 * The outermost section of the configuration: all that belongs to the server
 * as a whole and to no endpoint.  Lives as long as its conf.
 */
struct settings {
	struct listen_settings socket; /* path NULL: none is set */
	const char *user;              /* whom workers run as, where */
	const char *key_user;          /* scepd is root; key processes */
	unsigned workers;              /* at least 1, by default 1 a core */
	unsigned threads;              /* of each worker */
	const char *keeper_lock;       /* a file, or NULL: there is none */
	const char *state;             /* the file of the database */
	int64_t held_for; /* seconds that a request waits for approval */
	int64_t keep_for; /* and that it is remembered after its end */
	const struct provider *provider; /* the setting `crypto` */
	enum log_target log;
	struct gateway_limits limits;
	struct guess_limits guesses;       /* of the section `limits` as well */
	const struct conf_section *notify; /* for notifier_new, or NULL */
	struct conf_sections endpoints;    /* for scep_new, at least one */
};

/* ERR_CONFIGURATION, with every finding in `problems`. */
CHECKED enum err settings_read(const struct conf *conf,
    struct settings *settings, struct problems *problems);

#endif
