/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_FCGI_CONFIGURATION_H
#define SCEPD_FCGI_CONFIGURATION_H

#include "base/errands.h"
#include "base/snapshot.h"
#include "crypto/key_channels.h"
#include "fcgi/settings.h"
#include "scep/notifier.h"
#include "scep/scep.h"
#include "store/store.h"

/*
 * A configuration, as far as a process needs it: read, or read and with its
 * endpoints assembled.  All zeroes before.
 */
struct configuration {
	struct snapshot *snapshot; /* what it is read from; NULL: from files */
	struct conf *conf;
	struct settings settings;
	struct key_channels *channels;    /* to the key process; NULL: keys are
	                                * loaded into this process */
	struct errands *errands;          /* who has them done; NULL: nobody */
	struct errand_table errand_table; /* all that can be asked for */
	struct guesses *guesses;          /* NULL: nothing is served */
	struct store *store;              /* NULL: nothing is served */
	struct notifier *notifier;        /* NULL: nobody is told */
	struct scep *scep;
};

/* Reads the settings from the file at `path`. To be cleared in any case.
 * ERR_CONFIGURATION, with every finding in `problems`. */
CHECKED enum err configuration_read(struct configuration *configuration,
    const char *path, struct problems *problems);

/*
 * Reads the settings from the snapshot in the sealed file `fd`, and nothing
 * from files any more, now and later; whoever has no keys in it finds none.
 * Opens the log that they name.  To be cleared in any case.
 * ERR_CONFIGURATION.
 */
CHECKED enum err configuration_receive(struct configuration *configuration,
    int fd, struct problems *problems);

/* Takes over the `count` channels to its key process that this process was
 * started with, from CHILD_CHANNELS on.  ERR_KEY_CHANNEL. */
CHECKED enum err configuration_connect(struct configuration *configuration,
    size_t count, size_t request_limit, struct problems *problems);

/* Takes over the channel to the keeper that a worker was started with. */
void configuration_connect_errands(struct configuration *configuration);

/* Takes over the memory that a worker or the keeper was started with, and
 * closes its descriptor.  ERR_CONFIGURATION. */
CHECKED enum err
configuration_share_guesses(struct configuration *configuration,
    struct problems *problems);

/*
 * Assembles the endpoints, at this time, on the state database, which it opens,
 * or makes, for so many threads, and which then queues what is to be told; for 0,
 * which serve nothing, on none.  Errands are done in this process, unless it is
 * connected to a keeper; and wrong challenges are counted in it alone, unless
 * it shares that.
 * ERR_CONFIGURATION.
 */
CHECKED enum err configuration_assemble(struct configuration *configuration,
    unsigned threads, struct problems *problems);

/*
 * Does all of that as a start would, for the file at `path`, and looks at
 * what is around it: the users, who can read the keys, how many files may be
 * open.  The socket is for who opens it, or else listen_check.
 * What was read is in `snapshot`.  To be cleared in any case.
 * ERR_CONFIGURATION, with every finding in `problems`, where a start would
 * fail.
 */
CHECKED enum err configuration_check(struct configuration *configuration,
    const char *path, struct snapshot *snapshot, struct problems *problems);

/* Frees all of it; it is all zeroes again. */
void configuration_clear(struct configuration *configuration);

#endif
