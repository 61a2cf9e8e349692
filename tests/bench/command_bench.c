/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/command.h"
#include "base/xalloc.h"

/*
 * What it costs to run a command that does nothing, and whether that grows
 * with the memory of whoever runs it:
 *
 *     command_bench
 *
 * prints how long /bin/true takes from its start to its end, in milliseconds:
 * the median of some rounds.
 */

#define ROUNDS 301
#define MEGABYTE ((size_t)1024 * 1024)

static int
compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static int64_t
run_once(const struct command_order *order)
{
	struct command_result result = { 0 };
	int64_t began = clock_monotonic_us();

	if (command_run(order, &result) != ERR_OK ||
	    result.ending != COMMAND_EXITED || result.number != 0) {
		fputs("command_bench: /bin/true can't be run\n", stderr);
		exit(1);
	}
	command_result_clear(&result);
	return clock_monotonic_us() - began;
}

/* Memory that is written to is there, and would have to be copied. */
static double
measure_ms(size_t megabytes)
{
	char *const arguments[] = { (char[]){ "/bin/true" }, NULL };
	const struct command_spec spec = { .arguments = arguments };
	const struct command_order order = { .spec = &spec };
	static int64_t took_us[ROUNDS];
	char *memory = xalloc(megabytes * MEGABYTE);

	memset(memory, 1, megabytes * MEGABYTE);
	for (size_t i = 0; i < ROUNDS; i++)
		took_us[i] = run_once(&order);
	free(memory);
	qsort(took_us, ROUNDS, sizeof(took_us[0]), compare);
	return (double)took_us[ROUNDS / 2] / 1000;
}

int
main(void)
{
	double small = measure_ms(5), large = measure_ms(500);

	printf("a command, ms: %.2f with 5 MB of memory, %.2f with 500 MB: "
	       "ratio %.2f (wanted: 1)\n",
	    small, large, large / small);
	return 0;
}
