/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BASE_COMMAND_H
#define SCEPD_TESTS_UNIT_BASE_COMMAND_H

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "base/command.h"
#include "tests/unit/base_programs.h"

/* What is not about time has so much of it that no machine is too slow. */
#define LONG_MS 300000

/* Time that is to be over before the command has ended. */
#define SHORT_MS 100

static const struct environment_variable variables[] = {
	{ .name = "PATH", .value = BYTES_LITERAL("/usr/bin:/bin") },
	{ .name = "SCEP_SUBJECT", .value = BYTES_LITERAL("CN=a b") },
};

/* A script that is written, and run as a command: each is a file of its own, as
 * a shell that was started may not have read its own yet. */
struct run {
	char *program;
	char *arguments[2];
	struct command_spec spec;
	struct command_order order;
};

static inline void
set_run(struct run *run, const char *script)
{
	static unsigned count;
	char *name = xasprintf("script-%u", count++);

	put_script(name, script);
	*run = (struct run){ .program = program_path(name) };
	free(name);
	run->arguments[0] = run->program;
	run->spec = (struct command_spec){ .arguments = run->arguments,
		.deadline_ms = LONG_MS,
		.grace_ms = LONG_MS };
	run->order = (struct command_order){ .spec = &run->spec,
		.variables = variables,
		.variable_count = COUNT(variables) };
}

static inline void
clear_run(struct run *run)
{
	free(run->program);
}

static inline void
assert_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* How many descriptors this process has. */
static inline unsigned
count_open(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1000; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static inline struct command_result
result_of(const struct run *run)
{
	struct command_result result;
	unsigned open_before = count_open();

	assert_int_equal(command_run(&run->order, &result), ERR_OK);
	assert_no_child();
	assert_int_equal(count_open(), open_before);
	return result;
}

static inline void
assert_result(struct command_result *result, enum command_ending ending,
    int number, const char *output)
{
	assert_int_equal(result->ending, ending);
	assert_int_equal(result->number, number);
	assert_same_bytes(buf_bytes(&result->output), bytes_of_string(output));
	command_result_clear(result);
}

static inline long
number_in(const char *file)
{
	FILE *stream = fopen(file, "r");
	long number = 0;

	assert_non_null(stream);
	assert_int_equal(fscanf(stream, "%ld", &number), 1);
	fclose(stream);
	assert_true(number > 1);
	return number;
}

/* Of proc_pid_stat(5) the state; one that was reaped has none. */
static inline char
state_of(long pid)
{
	char name[40], state = '-';
	FILE *stream;

	snprintf(name, sizeof(name), "/proc/%ld/stat", pid);
	stream = fopen(name, "r");
	if (stream == NULL)
		return state;
	if (fscanf(stream, "%*d (%*[^)]) %c", &state) != 1)
		state = '-';
	fclose(stream);
	return state;
}

/* Returns when the process has ended; that one was killed takes a moment. */
static inline void
await_end(long pid)
{
	while (strchr("-ZX", state_of(pid)) == NULL)
		usleep(1000);
}

/* What a script writes to the fifo of this name, as soon as it does. */
static inline struct buf
await_word(const char *fifo)
{
	int fd = open(fifo, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return read_to_end(fd);
}

static inline void
make_fifo(const char *name)
{
	unlink(name);
	assert_int_equal(mkfifo(name, 0600), 0);
}

#endif
