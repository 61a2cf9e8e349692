/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/command_pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/sealed.h"

enum {
	READER,
	WRITER
};

static void
give(struct command_pipes *pipes, int fd)
{
	pipes->theirs[pipes->count++] = fd;
}

static bool
open_input(struct command_pipes *pipes, struct bytes input)
{
	int fd = sealed_new("input");

	if (fd < 0)
		return false;
	give(pipes, fd);
	return sealed_write(fd, input) && lseek(fd, 0, SEEK_SET) == 0;
}

/* The two ends of a pipe are two open files, so theirs goes on to wait. */
static bool
open_pipe(struct command_pipes *pipes, int their_end, int *ours)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	give(pipes, ends[their_end]);
	*ours = ends[their_end == READER ? WRITER : READER];
	return fcntl(*ours, F_SETFL, O_NONBLOCK) == 0;
}

static bool
open_outputs(struct command_pipes *pipes)
{
	return open_pipe(pipes, WRITER, &pipes->output) &&
	    open_pipe(pipes, WRITER, &pipes->errors);
}

/* It is empty yet, and so takes a whole page without waiting (pipe(7)). */
static bool
open_secret(struct command_pipes *pipes, const struct bytes *secret)
{
	int ends[2];
	bool good;

	if (secret == NULL)
		return true;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	give(pipes, ends[READER]);
	good = secret->size == 0 ||
	    write(ends[WRITER], secret->data, secret->size) ==
		(ssize_t)secret->size;
	close(ends[WRITER]);
	return good;
}

static void
close_all(struct command_pipes *pipes)
{
	int cause = errno;

	command_pipes_close_theirs(pipes);
	if (pipes->input >= 0)
		close(pipes->input);
	if (pipes->output >= 0)
		close(pipes->output);
	if (pipes->errors >= 0)
		close(pipes->errors);
	errno = cause;
}

static const struct command_pipes none = { .input = -1,
	.output = -1,
	.errors = -1 };

bool
command_pipes_open(struct bytes input, const struct bytes *secret,
    struct command_pipes *pipes)
{
	struct command_pipes made = none;

	if (open_input(&made, input) && open_outputs(&made) &&
	    open_secret(&made, secret)) {
		*pipes = made;
		return true;
	}
	close_all(&made);
	return false;
}

bool
command_pipes_open_both_ways(struct command_pipes *pipes)
{
	struct command_pipes made = none;

	if (open_pipe(&made, READER, &made.input) && open_outputs(&made)) {
		*pipes = made;
		return true;
	}
	close_all(&made);
	return false;
}

void
command_pipes_close_theirs(struct command_pipes *pipes)
{
	while (pipes->count > 0)
		close(pipes->theirs[--pipes->count]);
}
