/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/landlock.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "tests/unit/fcgi_sandbox.h"

static enum outcome
try_without(int version, attempt *what)
{
	pid_t child = fork();

	if (child == 0)
		_exit(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
			    landlock_give_up(version) ?
			(int)outcome_of(what()) :
			(int)NOT_TRIED);
	return outcome_of_child(child);
}

/* Nobody listens on port 1, but to be told so is to have got there. */
static long
connect_tcp(void)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(1),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int result = connect(fd, (const struct sockaddr *)&address,
	    sizeof(address));

	return errno == ECONNREFUSED ? 0 : result;
}

static long
signal_parent(void)
{
	return kill(getppid(), 0);
}

/* The versions that took away what they had left before. */
static const struct row {
	int since;
	attempt *attempt;
} rows[] = {
	{ 1, open_key },
	{ 4, connect_tcp },
	{ 6, signal_parent },
};

static void
each_version_takes_away_what_it_can(void **state)
{
	int newest = landlock_version();

	(void)state;
	if (newest == 0)
		skip();
	for (int version = 1; version <= newest; version++)
		for (size_t i = 0; i < COUNT(rows); i++)
			assert_int_equal(try_without(version, rows[i].attempt),
			    version < rows[i].since ? WORKED : REFUSED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_version_takes_away_what_it_can),
	};

	return cmocka_run_group_tests(tests, make_key, remove_key);
}
