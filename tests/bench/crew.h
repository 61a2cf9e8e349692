/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_BENCH_CREW_H
#define SCEPD_TESTS_BENCH_CREW_H

#include <stdint.h>

#include "tests/bench/work.h"

/*
 * Processes that do the same work side by side, as scepd's workers do: each
 * with threads of its own and, where the work is done without keys, a key
 * process.  They rest between the rounds that are asked of them, so that
 * several crews can be compared in turns.
 */
struct crew;

struct crew_plan {
	enum way way;
	bool ra;
	unsigned processes;
	unsigned threads; /* of each */
	bool pinned;      /* each process, and its key process, to one core */
};

/* Starts them; the caller's, to crew_end, of several the last one first.  Call
 * before threads. */
struct crew *crew_start(const struct crew_plan *plan);
void crew_end(struct crew *crew);

/* What a round has shown. */
struct crew_pace {
	double per_second;     /* by the clock */
	double per_cpu_second; /* by the time of processors, also those of key
				* processes */
};

/* Has all threads work for this time, at least a millisecond, and then finish
 * what they have begun. */
struct crew_pace crew_run(struct crew *crew, int64_t round_us);

/* How many cores this process may use. */
unsigned crew_cores(void);

#endif
