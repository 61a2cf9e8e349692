/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_ERRAND_H
#define SCEPD_BASE_ERRAND_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Something that a process which may open no file and start no program has
 * done by one that may: by the keeper, or, where there is one process alone,
 * by that one itself.  errands.h has who asks, errand_server.h who answers,
 * and a table of these what can be asked for.
 */

/* The most octets of a request, and of a reply. */
#define ERRAND_LIMIT ((size_t)64 * 1024)

struct errand_handler {
	uint16_t kind; /* of which errands; no two of a table the same */

	/*
	 * Does one, and appends the reply, of at most ERRAND_LIMIT octets,
	 * which goes to the one who asked where it is ERR_OK; any other
	 * result goes there in its place.
	 *
	 * The request is a stranger's: whoever has taken over a worker writes
	 * it, so it is to be parsed as what comes from the network is, and
	 * names nothing that the handler has not got from the configuration.
	 * What it logs, that one can have it log, without end; the reason of
	 * a failure is logged where it is called, so many lines a second.
	 *
	 * One is done at a time, and while it is, all others wait; it has no
	 * errands of its own.  Other processes may do the same at the same
	 * time: another keeper on this machine.  And it may be asked for
	 * again, where nobody learned that it was done, so done twice must be
	 * as done once.  What will do later is ERR_ERRAND_LATE.
	 */
	enum err (*run)(void *context, struct bytes request, struct buf *reply);
};

/* All that can be asked for. */
struct errand_table {
	const struct errand_handler *handlers;
	size_t count;
	void *context; /* what each handler is given */
};

/* Does one.  What its handler returns; ERR_ERRAND_REFUSED, with a line in the
 * log, where its reply is too large, and without one where there is none of
 * that kind. */
CHECKED enum err errand_table_run(const struct errand_table *table,
    uint16_t kind, struct bytes request, struct buf *reply);

#endif
