/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/secret_input.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LIMIT 65536
#define INTERRUPT 3 /* what control-C types */

static enum err
complain(struct problems *problems, const char *what)
{
	problem_add(problems, PROBLEM_ERROR, "standard input: %s", what);
	return ERR_FILE;
}

/* One piece; false at the end, or where it fails, which errno tells. */
static bool
read_some(struct buf *to, size_t size)
{
	size_t before = to->size;
	uint8_t *at = buf_extend(to, size);
	ssize_t got;

	errno = 0;
	do
		got = read(STDIN_FILENO, at, size);
	while (got < 0 && errno == EINTR);
	buf_truncate(to, before + (got > 0 ? (size_t)got : 0));
	return got > 0;
}

/* Nothing is asked before it is hidden.  Without the signals of its keys too:
 * whoever interrupts us meanwhile would be left with a terminal that shows
 * nothing. */
static enum err
ask(const char *prompt, struct buf *line, struct problems *problems)
{
	struct termios shown, hidden;

	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return complain(problems, strerror(errno));
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	hidden.c_lflag |= ICANON;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &hidden);
	(void)!write(STDERR_FILENO, prompt, strlen(prompt));
	while (line->size < LIMIT &&
	    memchr(buf_string(line), '\n', line->size) == NULL)
		if (!read_some(line, 1))
			break;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &shown);
	(void)!write(STDERR_FILENO, "\n", 1);
	return memchr(buf_string(line), INTERRUPT, line->size) != NULL ?
	    complain(problems, "interrupted") :
	    ERR_OK;
}

static enum err
read_terminal(struct buf *lines, struct problems *problems)
{
	struct buf again = { 0 };
	enum err err = ask("Secret: ", lines, problems);

	if (err == ERR_OK)
		err = ask("The same again: ", &again, problems);
	if (err == ERR_OK &&
	    !bytes_equal_secret(buf_bytes(lines), buf_bytes(&again)))
		err = complain(problems, "the two are not the same");
	buf_clear(&again);
	return err;
}

static enum err
read_all(struct buf *lines, struct problems *problems)
{
	while (lines->size <= LIMIT && read_some(lines, 4096))
		;
	if (errno != 0)
		return complain(problems, strerror(errno));
	return lines->size <= LIMIT ?
	    ERR_OK :
	    complain(problems,
		"has over 64 KiB, so there are no secrets in it");
}

/* A line may end as it does on other systems. */
static enum err
take(struct buf *secrets, struct bytes lines, struct problems *problems)
{
	while (lines.size > 0) {
		struct bytes line = bytes_cut(&lines, '\n');

		line = bytes_trim_end(line, "\r");
		if (line.size == 0)
			return complain(problems,
			    "has an empty line, which is no secret");
		buf_append(secrets, line);
		buf_append_octet(secrets, '\n');
	}
	return ERR_OK;
}

enum err
secret_input_read(struct buf *secrets, struct problems *problems)
{
	struct buf lines = { 0 }, taken = { 0 };
	enum err err = isatty(STDIN_FILENO) ? read_terminal(&lines, problems) :
					      read_all(&lines, problems);

	if (err == ERR_OK && lines.size == 0)
		err = complain(problems, "is empty, and has no secret");
	if (err == ERR_OK)
		err = take(&taken, buf_bytes(&lines), problems);
	if (err == ERR_OK)
		buf_append(secrets, buf_bytes(&taken));
	buf_clear(&lines);
	buf_clear(&taken);
	return err;
}
