/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/hook_line.h"
#include "base/clock.h"
#include "base/commands.h"

/*
 * How many decisions a second come through one program that runs on:
 *
 *     coprocess_bench PROGRAM...
 *
 * with one request at a time and with 16, each as long as that of a device with
 * RSA-2048; for each program the best of some rounds.
 */

#define ROUNDS 3
#define REQUESTS 2000
#define WANTED 2000

struct bench {
	struct commands *commands;
	struct command_order order;
	size_t asked;
	size_t answered;
};

static void
fail(const char *what)
{
	fprintf(stderr, "coprocess_bench: %s\n", what);
	exit(1);
}

static void ask(struct bench *bench);

static void
take_answer(void *context, const struct command_result *result)
{
	struct bench *bench = context;

	if (result->ending == COMMAND_CANCELLED)
		return;
	if (result->ending != COMMAND_EXITED || result->number != 0)
		fail("the program does not answer");
	bench->answered++;
	if (bench->asked < REQUESTS)
		ask(bench);
}

static void
ask(struct bench *bench)
{
	const struct command_listener listener = { NULL, take_answer, bench };

	bench->asked++;
	if (commands_add(bench->commands, &bench->order, &listener) != ERR_OK)
		fail("it can't be asked");
}

static void
run(struct bench *bench, size_t at_once)
{
	bench->asked = bench->answered = 0;
	for (size_t i = 0; i < at_once; i++)
		ask(bench);
	while (bench->answered < bench->asked) {
		struct pollfd event = { commands_descriptor(bench->commands),
			POLLIN, 0 };

		(void)poll(&event, 1, -1);
		commands_run(bench->commands);
	}
}

static double
measure(struct bench *bench, size_t at_once)
{
	int64_t best_us = INT64_MAX;

	for (size_t i = 0; i <= ROUNDS; i++) {
		int64_t began_us = clock_monotonic_us(), took_us;

		run(bench, at_once);
		took_us = clock_monotonic_us() - began_us;
		/* The first has the start in it. */
		if (i > 0 && took_us < best_us)
			best_us = took_us;
	}
	return REQUESTS * 1e6 / (double)best_us;
}

static void
measure_program(char *program, struct bytes request)
{
	static const struct coprocess_protocol lines = {
		.read = hook_line_read
	};
	static const struct environment_variable path = { .name = "PATH",
		.value = BYTES_LITERAL("/usr/bin:/bin") };
	char *const arguments[] = { program, NULL };
	const struct command_spec spec = { .arguments = arguments,
		.running_limit = 16,
		.protocol = &lines };
	struct bench bench = { .order = { .spec = &spec,
				   .variables = &path,
				   .variable_count = 1,
				   .input = request } };

	if (commands_new(&bench.commands) != ERR_OK)
		fail("no descriptors");
	printf("%s: decisions a second: %.0f one at a time, ", program,
	    measure(&bench, 1));
	printf("%.0f with 16 at once (wanted: %d)\n", measure(&bench, 16),
	    WANTED);
	commands_free(bench.commands);
}

int
main(int argc, char **argv)
{
	struct buf request = { 0 };

	signal(SIGPIPE, SIG_IGN);
	buf_append_string(&request,
	    "\"operation\": \"AUTHORIZE\", \"cookie\": \"\", \"csr\": \"");
	memset(buf_extend(&request, 1400), 'x', 1400);
	buf_append_string(&request, "\"}");
	for (int i = 1; i < argc; i++)
		measure_program(argv[i], buf_bytes(&request));
	buf_clear(&request);
	return 0;
}
