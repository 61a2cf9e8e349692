/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "tests/bench/crew.h"

/*
 * Enrolments a second of the codec and the provider, beside what the
 * arithmetic of RSA alone would allow; with the keys in the same process and
 * in a key process (tests/bench/README).
 *
 *     enrol_bench [ROUNDS [MILLISECONDS]]
 */

/* What is compared. */
struct contender {
	const char *name;
	enum way way;
	bool pinned;
	size_t beside; /* which of them it is a ratio to; itself: none */
	double wanted;
};

static const struct contender contenders[] = {
	{ "bare RSA", WAY_BARE, false, 0, 0 },
	{ "keys in the process", WAY_LOCAL, false, 0, 0.95 },
	{ "key process", WAY_ISOLATED, false, 1, 0.95 },
	{ "key process on the same core", WAY_ISOLATED, true, 1, 0.95 },
};

#define CONTENDERS COUNT(contenders)

/* How much there is to do at a time; 0: as many as there are cores. */
struct load {
	const char *name;
	unsigned processes;
	unsigned threads;
};

static const struct load loads[] = {
	{ "one request at a time", 1, 1 },
	{ "as many requests as cores, a process each", 0, 1 },
	{ "four requests at a time in a process for each core", 0, 4 },
};

struct run {
	int rounds;
	int64_t round_us;
	struct crew *crews[CONTENDERS];
	struct crew_pace *paces[CONTENDERS]; /* one a round */
};

static void
start_crews(struct run *run, const struct load *load, bool ra)
{
	for (size_t i = 0; i < CONTENDERS; i++) {
		const struct crew_plan plan = {
			.way = contenders[i].way,
			.ra = ra,
			.processes = load->processes > 0 ? load->processes :
							   crew_cores(),
			.threads = load->threads,
			.pinned = contenders[i].pinned,
		};

		run->crews[i] = crew_start(&plan);
	}
}

/* All in turns, so that what else the machine does strikes all alike, and in
 * the other direction each time, as it may strike whoever comes after.  The
 * first round warms up. */
static void
run_rounds(struct run *run)
{
	for (size_t i = 0; i < CONTENDERS; i++) {
		run->paces[i] = xcalloc((size_t)run->rounds,
		    sizeof(*run->paces[i]));
		crew_run(run->crews[i], run->round_us);
	}
	for (int round = 0; round < run->rounds; round++)
		for (size_t i = 0; i < CONTENDERS; i++) {
			size_t next = round % 2 == 0 ? i : CONTENDERS - 1 - i;

			run->paces[next][round] = crew_run(run->crews[next],
			    run->round_us);
		}
}

static int
by_value(const void *one, const void *other)
{
	const double *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

static double
median_rate(const struct run *run, size_t contender)
{
	double *rates = xcalloc((size_t)run->rounds, sizeof(*rates));
	double median;

	for (int i = 0; i < run->rounds; i++)
		rates[i] = run->paces[contender][i].per_second;
	qsort(rates, (size_t)run->rounds, sizeof(*rates), by_value);
	median = rates[run->rounds / 2];
	free(rates);
	return median;
}

/* The median of the rounds' ratios and, in brackets, between which half of
 * them lie. */
static void
print_ratio(const struct run *run, size_t contender, bool by_cpu)
{
	const struct crew_pace *own = run->paces[contender];
	const struct crew_pace *base = run->paces[contenders[contender].beside];
	double *ratios = xcalloc((size_t)run->rounds, sizeof(*ratios));

	for (int i = 0; i < run->rounds; i++)
		ratios[i] = by_cpu ?
		    own[i].per_cpu_second / base[i].per_cpu_second :
		    own[i].per_second / base[i].per_second;
	qsort(ratios, (size_t)run->rounds, sizeof(*ratios), by_value);
	printf("   %.3f (%.3f-%.3f)", ratios[run->rounds / 2],
	    ratios[run->rounds / 4], ratios[run->rounds * 3 / 4]);
	free(ratios);
}

static void
print_figures(const struct run *run)
{
	printf("  %-30s %9s   %-6s   %-20s   %s\n", "", "a second", "wanted",
	    "measured, by clock", "by processor time");
	for (size_t i = 0; i < CONTENDERS; i++) {
		printf("  %-30s %9.1f", contenders[i].name,
		    median_rate(run, i));
		if (contenders[i].beside != i) {
			printf("   %-6.2f", contenders[i].wanted);
			print_ratio(run, i, false);
			print_ratio(run, i, true);
			printf("   of \"%s\"",
			    contenders[contenders[i].beside].name);
		}
		putchar('\n');
	}
}

static void
measure(struct run *run, const struct load *load, bool ra)
{
	printf("\n%s, %s\n", ra ? "With an RA" : "CA alone", load->name);
	fflush(stdout);
	start_crews(run, load, ra);
	run_rounds(run);
	print_figures(run);
	for (size_t i = CONTENDERS; i-- > 0;) {
		crew_end(run->crews[i]);
		free(run->paces[i]);
	}
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct run run = { .rounds = 50, .round_us = 100 * 1000 };

	if (argc > 1)
		run.rounds = atoi(argv[1]);
	if (argc > 2)
		run.round_us = atoi(argv[2]) * INT64_C(1000);
	if (run.rounds < 1 || run.round_us < 1000) {
		fputs("Usage: enrol_bench [ROUNDS [MILLISECONDS]]\n", stderr);
		return EXIT_FAILURE;
	}
	printf("Enrolments with RSA-2048; cores: %u; %d rounds of %d ms\n",
	    crew_cores(), run.rounds, (int)(run.round_us / 1000));
	for (size_t i = 0; i < COUNT(loads); i++) {
		measure(&run, &loads[i], false);
		measure(&run, &loads[i], true);
	}
	return EXIT_SUCCESS;
}
