/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/listen.h"

#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fakes/fcgi_client.h"
#include "tests/unit/unit.h"

static char folder[] = "/tmp/scepd-listen-XXXXXX";
static char path[sizeof(folder) + 8];
static const struct listen_settings settings = { path, 0660, NULL };

static int
make_folder(void **state)
{
	strcpy(folder, "/tmp/scepd-listen-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/sock", folder);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("GATEWAY_INTERFACE");
	*state = problems_new();
	return 0;
}

/* Fails where anything is left behind. */
static int
remove_folder(void **state)
{
	problems_free(*state);
	unlink(path);
	return rmdir(folder);
}

static struct listener *
open_listener(struct problems *problems)
{
	struct listener *listener = NULL;
	enum err err = listen_open(&settings, &listener, problems);

	if (err != ERR_OK)
		print_error("%s", problems_text(problems));
	assert_int_equal(err, ERR_OK);
	return listener;
}

static void
assert_refused(const struct listen_settings *refused, struct problems *problems,
    const char *why)
{
	struct listener *listener = NULL;

	assert_int_equal(listen_open(refused, &listener, problems),
	    ERR_CONFIGURATION);
	assert_null(listener);
	if (strstr(problems_text(problems), why) == NULL)
		print_error("want %s, got %s", why, problems_text(problems));
	assert_non_null(strstr(problems_text(problems), why));
}

/* A socket at the path that is somebody else's; listening, or stale. */
static int
make_other(bool is_listening)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address,
			     sizeof(address)),
	    0);
	if (is_listening)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void
assert_connects(void)
{
	int fd = fcgi_connect(path);

	assert_true(fd >= 0);
	close(fd);
}

/* Runs what changes the process, its descriptors for one, in a child. */
static void
assert_in_child(bool (*body)(struct problems *problems))
{
	struct problems *problems;
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		problems = problems_new();
		status = !body(problems);
		problems_free(problems);
		_exit(status);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
a_path_gets_its_mode_and_group(void **state)
{
	/* Only root can give a file to any group. */
	const struct group *group = geteuid() == 0 ? getgrnam("daemon") :
						     getgrgid(getegid());
	struct listen_settings with_group = settings;
	struct listener *listener = NULL;
	struct stat status;
	char name[64];
	gid_t gid;
	mode_t mask;

	assert_non_null(group);
	gid = group->gr_gid;
	snprintf(name, sizeof(name), "%s", group->gr_name);
	with_group.group = name;
	assert_int_equal(listen_open(&with_group, &listener, *state), ERR_OK);
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_mode & 07777, 0660);
	assert_int_equal(status.st_gid, gid);
	mask = umask(022);
	assert_int_not_equal(mask, 0177);
	umask(mask);
	assert_connects();
	listen_close(listener);
}

static void
the_socket_neither_blocks_nor_is_inherited(void **state)
{
	struct listener *listener = open_listener(*state);
	int fd = listen_descriptor(listener);

	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	listen_close(listener);
}

static void
a_stale_socket_is_replaced(void **state)
{
	struct listener *listener;

	close(make_other(false));
	listener = open_listener(*state);
	assert_connects();
	listen_close(listener);
}

static void
a_live_socket_is_refused(void **state)
{
	struct listener *listener = open_listener(*state);

	assert_refused(&settings, *state, "is in use");
	assert_connects();
	listen_close(listener);
}

static void
a_live_socket_with_a_full_queue_is_refused(void **state)
{
	int other = make_other(true);
	int waiting[2] = { fcgi_connect(path), fcgi_connect(path) };

	assert_refused(&settings, *state, "is in use");
	close(waiting[0]);
	close(waiting[1]);
	close(other);
}

static void
what_is_no_socket_is_left_alone(void **state)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	struct stat status;

	close(fd);
	assert_refused(&settings, *state, "is no socket");
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISREG(status.st_mode));
}

static void
a_link_in_the_place_of_the_lock_is_refused(void **state)
{
	char lock[sizeof(path) + 5];

	snprintf(lock, sizeof(lock), "%s.lock", path);
	assert_int_equal(symlink("/dev/null", lock), 0);
	assert_refused(&settings, *state, "symbolic link");
	unlink(lock);
}

static void
settings_that_can_not_work_are_refused(void **state)
{
	static const char *const digits = "0123456789";
	char long_path[109] = "/";
	const struct row {
		struct listen_settings settings;
		const char *why;
	} rows[] = {
		{ { long_path, 0660, NULL }, "too long" },
		{ { "/nowhere/at/all", 0660, NULL }, "make it first" },
		{ { path, 0660, "no such group" }, "no group \"no such" },
	};

	for (size_t i = 1; i < 108; i++)
		long_path[i] = digits[i % 10];
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_refused(&rows[i].settings, *state, rows[i].why);
}

static void
check_finds_what_open_would(void **state)
{
	const struct listen_settings unknown = { path, 0660, "no such group" };
	const struct listen_settings handed = { NULL, 0660, NULL };
	const struct listen_settings nowhere = { "/nowhere/at/all", 0660,
		NULL };

	assert_int_equal(listen_check(&settings, *state), ERR_OK);
	assert_int_equal(listen_check(&handed, *state), ERR_OK);
	assert_string_equal(problems_text(*state), "");
	assert_int_equal(listen_check(&unknown, *state), ERR_CONFIGURATION);
	assert_int_equal(listen_check(&nowhere, *state), ERR_CONFIGURATION);
	assert_non_null(strstr(problems_text(*state), "RuntimeDirectory="));
	assert_int_equal(access(path, F_OK), -1);
}

static void
a_socket_for_everybody_is_warned_of(void **state)
{
	const struct listen_settings open_to_all = { path, 0666, NULL };

	assert_int_equal(listen_check(&open_to_all, *state), ERR_OK);
	assert_int_equal(problems_count(*state, PROBLEM_WARNING), 1);
}

static void
close_leaves_what_others_put_there(void **state)
{
	struct listener *listener = open_listener(*state);
	int other;

	unlink(path);
	other = make_other(true);
	listen_close(listener);
	assert_connects();
	close(other);
}

static void
close_takes_null(void **state)
{
	(void)state;
	listen_close(NULL);
}

static void
withdraw_lets_in_who_waits_and_nobody_else(void **state)
{
	struct listener *listener = open_listener(*state);
	int waiting = fcgi_connect(path), accepted;

	assert_true(waiting >= 0);
	assert_true(listen_withdraw(listener));
	assert_int_equal(fcgi_connect(path), -1);
	accepted = accept(listen_descriptor(listener), NULL, NULL);
	assert_true(accepted >= 0);
	close(accepted);
	close(waiting);
	listen_close(listener);
}

/* Whether a connection to the path arrives at the listener. */
static bool
reaches(const struct listener *listener)
{
	int client = fcgi_connect(path);
	int server = accept(listen_descriptor(listener), NULL, NULL);

	close(client);
	close(server);
	return client >= 0 && server >= 0;
}

static void
set_activated(const char *count)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", count, 1);
	setenv("LISTEN_FDNAMES", "scepd.socket", 1);
}

static bool
serves_activated(struct problems *problems)
{
	struct listener *listener = NULL;
	bool serves;

	dup2(make_other(true), 3);
	set_activated("1");
	serves = listen_find(&settings) == LISTEN_ACTIVATED &&
	    listen_open(&settings, &listener, problems) == ERR_OK &&
	    reaches(listener) && !listen_withdraw(listener) &&
	    (fcntl(listen_descriptor(listener), F_GETFD) & FD_CLOEXEC) != 0 &&
	    getenv("LISTEN_FDS") == NULL && getenv("LISTEN_PID") == NULL;
	listen_close(listener);
	return serves && access(path, F_OK) == 0;
}

static void
a_socket_from_systemd_comes_before_all_others(void **state)
{
	(void)state;
	assert_in_child(serves_activated);
}

static bool
ignores_activated(struct problems *problems)
{
	(void)problems;
	set_activated("1");
	setenv("LISTEN_PID", "1", 1);
	return listen_find(&settings) == LISTEN_PATH;
}

static void
a_socket_from_systemd_for_another_process_is_ignored(void **state)
{
	(void)state;
	assert_in_child(ignores_activated);
}

static bool
refuses_several(struct problems *problems)
{
	struct listener *listener = NULL;

	set_activated("2");
	return listen_open(&settings, &listener, problems) ==
	    ERR_CONFIGURATION &&
	    strstr(problems_text(problems), "several") != NULL;
}

static void
several_sockets_from_systemd_are_refused(void **state)
{
	(void)state;
	assert_in_child(refuses_several);
}

static bool
refuses_a_connection(struct problems *problems)
{
	struct listener *listener = NULL;
	int fds[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
	dup2(fds[0], 3);
	set_activated("1");
	return listen_open(&settings, &listener, problems) ==
	    ERR_CONFIGURATION &&
	    strstr(problems_text(problems), "Accept=no") != NULL;
}

static void
a_connection_from_systemd_is_refused(void **state)
{
	(void)state;
	assert_in_child(refuses_a_connection);
}

static bool
serves_stdin(struct problems *problems)
{
	const struct listen_settings handed = { NULL, 0660, NULL };
	struct listener *listener = NULL;
	struct stat status;
	bool serves;

	dup2(make_other(true), STDIN_FILENO);
	serves = listen_find(&handed) == LISTEN_STDIN &&
	    listen_open(&handed, &listener, problems) == ERR_OK &&
	    reaches(listener) && !listen_withdraw(listener) &&
	    fstat(STDIN_FILENO, &status) == 0 && S_ISCHR(status.st_mode);
	listen_close(listener);
	return serves;
}

static void
a_socket_as_stdin_is_served_and_its_place_taken_by_null(void **state)
{
	(void)state;
	assert_in_child(serves_stdin);
}

static bool
prefers_the_path(struct problems *problems)
{
	struct listener *listener = NULL;
	bool warned;

	dup2(make_other(true), STDIN_FILENO);
	unlink(path);
	if (listen_find(&settings) != LISTEN_PATH ||
	    listen_open(&settings, &listener, problems) != ERR_OK)
		return false;
	warned = problems_count(problems, PROBLEM_WARNING) == 1;
	listen_close(listener);
	return warned;
}

static void
a_path_comes_before_stdin_but_with_a_warning(void **state)
{
	(void)state;
	assert_in_child(prefers_the_path);
}

static bool
warns_of_a_network_socket(struct problems *problems)
{
	const struct listen_settings handed = { NULL, 0660, NULL };
	const struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct listener *listener = NULL;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	bind(fd, (const struct sockaddr *)&address, sizeof(address));
	listen(fd, 1);
	dup2(fd, STDIN_FILENO);
	if (listen_open(&handed, &listener, problems) != ERR_OK)
		return false;
	listen_close(listener);
	return problems_count(problems, PROBLEM_WARNING) == 1;
}

static void
a_network_socket_is_warned_of(void **state)
{
	(void)state;
	assert_in_child(warns_of_a_network_socket);
}

static bool
finds_nothing(struct problems *problems)
{
	const struct listen_settings handed = { NULL, 0660, NULL };
	struct listener *listener = NULL;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	dup2(null, STDIN_FILENO);
	if (listen_find(&handed) != LISTEN_NOWHERE ||
	    listen_open(&handed, &listener, problems) != ERR_CONFIGURATION)
		return false;
	setenv("GATEWAY_INTERFACE", "CGI/1.1", 1);
	return listen_find(&handed) == LISTEN_CGI &&
	    listen_open(&handed, &listener, problems) == ERR_CONFIGURATION;
}

static void
without_any_socket_it_is_cgi_or_an_error(void **state)
{
	(void)state;
	assert_in_child(finds_nothing);
}

/* Waits for the start, tells whether it got the socket, waits for the end. */
static void
race(int start, int result, int end)
{
	struct problems *problems = problems_new();
	struct listener *listener = NULL;
	char octet;

	if (read(start, &octet, 1) != 0)
		_exit(1);
	octet = listen_open(&settings, &listener, problems) == ERR_OK;
	if (write(result, &octet, 1) != 1 || read(end, &octet, 1) != 0)
		_exit(1);
	listen_close(listener);
	problems_free(problems);
	_exit(0);
}

/* How many of eight get the socket. */
static unsigned
count_winners(void)
{
	int start[2], result[2], end[2];
	unsigned winners = 0;
	char won = 0;

	assert_int_equal(pipe(start) | pipe(result) | pipe(end), 0);
	for (unsigned i = 0; i < 8; i++) {
		if (fork() != 0)
			continue;
		close(start[1]);
		close(end[1]);
		race(start[0], result[1], end[0]);
	}
	close(start[1]); /* and they are off */
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(read(result[0], &won, 1), 1);
		winners += won == 1;
	}
	assert_connects();
	close(end[1]);
	for (unsigned i = 0; i < 8; i++)
		assert_true(wait(NULL) > 0);
	close(start[0]);
	close(result[0]);
	close(result[1]);
	close(end[0]);
	return winners;
}

static void
of_many_that_start_at_once_one_gets_the_stale_socket(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		close(make_other(false));
		assert_int_equal(count_winners(), 1);
	}
}

#define FOLDER_TEST(function) \
	cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

/* A worker's way to end: the path stays, as it is its supervisor's. */
static void
what_was_adopted_is_shut_and_its_path_stays(void **state)
{
	struct listener *listener;
	int fd = make_other(true);

	(void)state;
	listener = listen_adopt(fd);
	assert_int_equal(listen_descriptor(listener), fd);
	assert_null(listen_path(listener));
	assert_connects();
	assert_true(listen_withdraw(listener));
	listen_shut(listener);
	assert_true(fcgi_connect(path) < 0);
	assert_int_equal(access(path, F_OK), 0);
	listen_close(listener);
}

static void
permissions_of_our_own_path_can_be_changed(void **state)
{
	const struct listen_settings other = { path, 0606, NULL };
	const struct listen_settings nobodys = { path, 0660, "no such group" };
	struct listener *listener = open_listener(*state);
	struct stat status;

	assert_string_equal(listen_path(listener), path);
	assert_int_equal(listen_permit(listener, &other, *state), ERR_OK);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0606);
	assert_int_equal(listen_permit(listener, &nobodys, *state),
	    ERR_CONFIGURATION);
	assert_non_null(strstr(problems_text(*state), "no such group"));
	listen_close(listener);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(a_path_gets_its_mode_and_group),
		FOLDER_TEST(the_socket_neither_blocks_nor_is_inherited),
		FOLDER_TEST(a_stale_socket_is_replaced),
		FOLDER_TEST(a_live_socket_is_refused),
		FOLDER_TEST(a_live_socket_with_a_full_queue_is_refused),
		FOLDER_TEST(what_is_no_socket_is_left_alone),
		FOLDER_TEST(a_link_in_the_place_of_the_lock_is_refused),
		FOLDER_TEST(settings_that_can_not_work_are_refused),
		FOLDER_TEST(check_finds_what_open_would),
		FOLDER_TEST(a_socket_for_everybody_is_warned_of),
		FOLDER_TEST(close_leaves_what_others_put_there),
		FOLDER_TEST(close_takes_null),
		FOLDER_TEST(withdraw_lets_in_who_waits_and_nobody_else),
		FOLDER_TEST(a_socket_from_systemd_comes_before_all_others),
		FOLDER_TEST(
		    a_socket_from_systemd_for_another_process_is_ignored),
		FOLDER_TEST(several_sockets_from_systemd_are_refused),
		FOLDER_TEST(a_connection_from_systemd_is_refused),
		FOLDER_TEST(
		    a_socket_as_stdin_is_served_and_its_place_taken_by_null),
		FOLDER_TEST(a_path_comes_before_stdin_but_with_a_warning),
		FOLDER_TEST(a_network_socket_is_warned_of),
		FOLDER_TEST(without_any_socket_it_is_cgi_or_an_error),
		FOLDER_TEST(
		    of_many_that_start_at_once_one_gets_the_stale_socket),
		FOLDER_TEST(what_was_adopted_is_shut_and_its_path_stays),
		FOLDER_TEST(permissions_of_our_own_path_can_be_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
