/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/sandbox.h"

#include <poll.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "base/clock.h"
#include "base/errands.h"
#include "base/log.h"
#include "base/sanitizer.h"
#include "tests/fakes/fcgi_client.h"
#include "tests/unit/base_errands.h"
#include "tests/unit/crypto_keys.h"
#include "tests/unit/fcgi_sandbox.h"

/* What a process has when it enters.  Whatever is sent to one end of a pair
 * arrives at the other, and who waits on `listening` is connected. */
static int pair[2];
static int listening;
static int waiting;
static struct private_key *key;
static struct public_key *public_key;
static struct errands *errands;
static int errand_ends[2];

/* A socket as syslog's, and its path. */
static int syslog_end;
static char syslog_path[sizeof(folder) + 8];

/* What works in both; as an attempt, so negative where it doesn't. */

static void *
add_one(void *count)
{
	__atomic_add_fetch((int *)count, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static long
run_threads(void)
{
	pthread_t threads[8];
	int count = 0;

	for (size_t i = 0; i < COUNT(threads); i++)
		if (pthread_create(&threads[i], NULL, add_one, &count) != 0)
			return -1;
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	return count == COUNT(threads) ? 0 : -1;
}

static long
name_thread(void)
{
	return pthread_setname_np(pthread_self(), "scepd-1") == 0 ? 0 : -1;
}

static long
wait_for_thread(void)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
	struct timespec until;
	int result;

	clock_gettime(CLOCK_REALTIME, &until);
	pthread_mutex_lock(&lock);
	result = pthread_cond_timedwait(&wake, &lock, &until);
	pthread_mutex_unlock(&lock);
	return result == ETIMEDOUT ? 0 : -1;
}

static long
allocate(void)
{
	const size_t size = 50 << 20;
	char *memory = malloc(size);

	if (memory == NULL)
		return -1;
	memset(memory, 1, size);
	memory = realloc(memory, 2 * size);
	if (memory == NULL)
		return -1;
	free(memory);
	return 0;
}

static long
be_random(void)
{
	char octets[16];

	provider_random(gnutls(), octets, sizeof(octets));
	return getrandom(octets, sizeof(octets), 0);
}

static long
tell_time(void)
{
	const struct timespec moment = { .tv_nsec = 1000 };

	return clock_now() > 0 && clock_monotonic_us() > 0 ?
	    nanosleep(&moment, NULL) :
	    -1;
}

static long
talk(void)
{
	struct pollfd poll_fd = { .fd = pair[1], .events = POLLIN };
	char octets[4];

	if (send(pair[0], "ping", 4, MSG_NOSIGNAL) != 4 ||
	    poll(&poll_fd, 1, 1000) != 1 || recv(pair[1], octets, 4, 0) != 4 ||
	    write(pair[1], "pong", 4) != 4 || read(pair[0], octets, 4) != 4)
		return -1;
	return memcmp(octets, "pong", 4);
}

/* Nobody is interrupted by it, as nobody else is there. */
static long
take_signals(void)
{
	struct sigaction ignored = { .sa_handler = SIG_IGN };
	sigset_t set;

	sigfillset(&set);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return sigaction(SIGPIPE, &ignored, NULL);
}

static long
log_to_syslog(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, syslog_path, sizeof(syslog_path));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) !=
	    0)
		return -1;
	return send(fd, "line", 4, MSG_NOSIGNAL);
}

static long
sign(void)
{
	static const struct signature_algorithm algorithm = {
		.scheme = SIGNATURE_RSA,
		.digest = DIGEST_SHA256
	};
	const struct bytes message = BYTES_LITERAL("scepd signs this");
	uint8_t value[DIGEST_MAX_SIZE];
	struct buf signature = { 0 };
	struct bytes digest = bytes_of(value,
	    digest_facts(algorithm.digest)->size);
	enum err err;

	provider_digest(gnutls(), algorithm.digest, &message, 1, value);
	err = provider_sign(gnutls(), key, algorithm.digest, digest,
	    &signature);
	if (err == ERR_OK)
		err = provider_verify(gnutls(), public_key, &algorithm, digest,
		    buf_bytes(&signature));
	buf_clear(&signature);
	return -(long)err;
}

static long
unwrap(void)
{
	struct buf wrapped = { 0 };
	uint8_t content_key[16] = { 0 };
	enum err err = provider_wrap(gnutls(), public_key,
	    BYTES_LITERAL("sixteen octets.."), &wrapped);

	if (err == ERR_OK)
		provider_unwrap(gnutls(), key, buf_bytes(&wrapped), content_key,
		    sizeof(content_key));
	buf_clear(&wrapped);
	return memcmp(content_key, "sixteen octets..", 16) == 0 ? 0 : -1;
}

/* What works in a worker besides. */

static long
accept_and_answer(void)
{
	const struct timeval limit = { .tv_sec = 1 };
	int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0)
		return -1;
	if (send(fd, "answer", 6, MSG_NOSIGNAL) != 6)
		return -1;
	return shutdown(fd, SHUT_RDWR);
}

static long
wait_for_events(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	const uint64_t one = 1;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int counter = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (signalfd(-1, &set, SFD_CLOEXEC) < 0 ||
	    write(counter, &one, sizeof(one)) != sizeof(one) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, counter, &event) != 0)
		return -1;
	return epoll_wait(epoll, &event, 1, 1000) == 1 ? 0 : -1;
}

/* The reply is there already. */
static long
have_errand_done(void)
{
	const struct errand errand = { ERRAND_ECHO, BYTES_LITERAL("asked"),
		60000 };
	struct buf reply = { 0 };
	enum err err = errands_run(errands, &errand, &reply);
	bool done = err == ERR_OK && bytes_equal_string(buf_bytes(&reply), "x");

	buf_clear(&reply);
	return done ? 0 : -1;
}

static long
fill_file_in_memory(void)
{
	int fd = memfd_create("request", MFD_CLOEXEC);

	return write(fd, "records", 7) == 7 && lseek(fd, 0, SEEK_SET) == 0 ?
	    ftruncate(fd, 0) :
	    -1;
}

static long
count_processors(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 0 ? 0 : -1;
}

#define ROW(attempt, worker_alone) \
	{ \
#attempt, attempt, worker_alone \
	}

static const struct row {
	const char *name;
	attempt *attempt;
	bool worker_alone;
} rows[] = {
	ROW(run_threads, false),
	ROW(name_thread, false),
	ROW(wait_for_thread, false),
	ROW(allocate, false),
	ROW(be_random, false),
	ROW(tell_time, false),
	ROW(talk, false),
	ROW(take_signals, false),
	ROW(log_to_syslog, false),
	ROW(sign, false),
	ROW(unwrap, false),
	ROW(accept_and_answer, true),
	ROW(wait_for_events, true),
	ROW(have_errand_done, true),
	ROW(fill_file_in_memory, true),
	ROW(count_processors, false),
};

static void
work_goes_on_inside(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(all_sandboxes) * COUNT(rows); i++) {
		const struct row *row = &rows[i / COUNT(all_sandboxes)];
		enum sandbox sandbox = all_sandboxes[i % COUNT(all_sandboxes)];
		enum outcome outcome;

		if (row->worker_alone && sandbox != SANDBOX_WORKER)
			continue;
		outcome = try_inside(sandbox, row->attempt);
		if (outcome != WORKED)
			print_error("# %s\n", row->name);
		assert_int_equal(outcome, WORKED);
	}
}

static void
syslog_receives_what_is_sent_from_inside(void **state)
{
	char line[8];

	(void)state;
	while (recv(syslog_end, line, sizeof(line), MSG_DONTWAIT) > 0)
		continue;
	assert_int_equal(try_inside(SANDBOX_KEY_PROCESS, log_to_syslog),
	    WORKED);
	assert_int_equal(recv(syslog_end, line, sizeof(line), MSG_DONTWAIT), 4);
}

static void
the_log_is_written_from_inside(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(all_sandboxes); i++) {
		char line[64] = "";
		int ends[2];
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0) {
			dup2(ends[1], STDERR_FILENO);
			if (enters(all_sandboxes[i]))
				log_event(LOG_LEVEL_INFO, "inside");
			_exit(0);
		}
		close(ends[1]);
		assert_ends_well(child);
		assert_true(read(ends[0], line, sizeof(line) - 1) > 0);
		assert_non_null(strstr(line, "]: level=info event=inside\n"));
		close(ends[0]);
	}
}

/* How a child ends that ends itself by `end`. */
static int
ended_inside(enum sandbox sandbox, void (*end)(void))
{
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		if (enters(sandbox))
			end();
		_exit(NOT_TRIED);
	}
	return ended(child);
}

static void
leave(void)
{
	exit(EXIT_SUCCESS);
}

static void
processes_can_end_inside(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(all_sandboxes); i++) {
		int status = ended_inside(all_sandboxes[i], abort);

		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGABRT);
		assert_false(WCOREDUMP(status));
		assert_int_equal(ended_inside(all_sandboxes[i], leave), 0);
	}
}

/* Whether /proc/PID/status has that line: "NAME:\tVALUE". */
static bool
has_status(pid_t process, const char *line)
{
	char path[32], text[4096];
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)process);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	size = read(fd, text, sizeof(text));
	close(fd);
	return size > 0 && memmem(text, (size_t)size, line, strlen(line));
}

static void
privileges_can_not_be_gained_inside(void **state)
{
	char octet;

	(void)state;
	for (size_t i = 0; i < COUNT(all_sandboxes); i++) {
		pid_t child = fork();

		if (child == 0) {
			bool entered = enters(all_sandboxes[i]);

			/* Until it has been looked at. */
			_exit(write(pair[1], "", 1) != 1 ||
			    read(pair[1], &octet, 1) != 1 || !entered);
		}
		assert_int_equal(read(pair[0], &octet, 1), 1);
		assert_true(has_status(child, "\nNoNewPrivs:\t1\n"));
		assert_true(has_status(child, "\nSeccomp:\t2\n"));
		assert_int_equal(write(pair[0], "", 1), 1);
		assert_ends_well(child);
	}
}

/* Sanitizers never lock: all their shadows would be in RAM. */
static long
protect_memory(void)
{
	bool locked = sandbox_protect_memory();
	bool unlocked = has_status(getpid(), "\nVmLck:\t       0 kB\n");
	struct rlimit core;

	errno = EINVAL;
	if (!SANITIZER_ADDRESS && !SANITIZER_THREAD && locked == unlocked)
		return -1;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 ||
	    core.rlim_max != 0 || prctl(PR_GET_DUMPABLE) != 0)
		return -1;
	return allocate();
}

static void
protected_memory_is_hidden_and_can_be_used(void **state)
{
	(void)state;
	assert_int_equal(try_outside(protect_memory), WORKED);
}

static long
protect_memory_with_a_limit(void)
{
	const struct rlimit little = { 65536, 65536 };

	if (setrlimit(RLIMIT_MEMLOCK, &little) != 0)
		return -1;
	return protect_memory();
}

static void
a_limit_of_locked_memory_breaks_nothing(void **state)
{
	(void)state;
	assert_int_equal(try_outside(protect_memory_with_a_limit), WORKED);
}

/* Kernels that lack something */

/* From here on a call fails with that errno; nothing if it is 0. */
static bool
spoil(int call, int cause)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool done = seccomp_rule_add(filter, SCMP_ACT_ERRNO((unsigned)cause),
			call, 0) == 0 &&
	    seccomp_load(filter) == 0;

	seccomp_release(filter);
	return done;
}

static long
open_key_without_landlock(enum sandbox sandbox, int cause)
{
	if (!spoil(SCMP_SYS(landlock_create_ruleset), cause) ||
	    sandbox_has_landlock() || !enters(sandbox)) {
		errno = EINVAL;
		return -1;
	}
	return open_key();
}

static long
open_key_as_worker(void)
{
	return open_key_without_landlock(SANDBOX_WORKER, ENOSYS);
}

static long
open_key_as_worker_with_landlock_off(void)
{
	return open_key_without_landlock(SANDBOX_WORKER, EOPNOTSUPP);
}

static long
open_key_as_key_process(void)
{
	return open_key_without_landlock(SANDBOX_KEY_PROCESS, ENOSYS);
}

static void
without_landlock_seccomp_guards_alone(void **state)
{
	(void)state;
	assert_int_equal(try_outside(open_key_as_worker), WORKED);
	assert_int_equal(try_outside(open_key_as_worker_with_landlock_off),
	    WORKED);
	assert_int_equal(try_outside(open_key_as_key_process), REFUSED);
}

/* Whether entering fails with a line of that text. */
static long
enter_fails(const char *text)
{
	struct problems *problems = problems_new();
	enum err err = sandbox_enter(SANDBOX_WORKER, problems);
	bool said = strstr(problems_text(problems), text) != NULL;

	if (!said)
		dprintf(STDERR_FILENO, "# %s", problems_text(problems));
	problems_free(problems);
	errno = EINVAL;
	return err == ERR_CONFIGURATION && said ? 0 : -1;
}

static long
enter_without_seccomp(void)
{
	return spoil(SCMP_SYS(seccomp), EPERM) ? enter_fails("seccomp") : -1;
}

static long
enter_with_half_a_landlock(void)
{
	return spoil(SCMP_SYS(landlock_restrict_self), EPERM) ?
	    enter_fails("landlock: Operation not permitted") :
	    -1;
}

static void *
stay(void *unused)
{
	pause();
	return unused;
}

static long
enter_with_threads(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, stay, NULL) == 0 ?
	    enter_fails("it has threads") :
	    -1;
}

static void
enter_says_what_is_in_the_way(void **state)
{
	(void)state;
	assert_int_equal(try_outside(enter_without_seccomp), WORKED);
	if (sandbox_has_landlock())
		assert_int_equal(try_outside(enter_with_half_a_landlock),
		    WORKED);
	if (!SANITIZER_THREAD)
		assert_int_equal(try_outside(enter_with_threads), WORKED);
}

static int
bound_socket(const char *path, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, path, strlen(path));
	assert_int_equal(bind(fd, (const struct sockaddr *)&address,
			     sizeof(address)),
	    0);
	return fd;
}

static int
begin(void **state)
{
	char path[sizeof(syslog_path) + 8];

	if (make_key(state) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	make_errand_channel(errand_ends);
	send_reply(errand_ends[KEEPER_END], 1, ERR_OK, BYTES_LITERAL("x"));
	errands = errands_new(errand_ends[WORKER_END]);
	key = private_key_of("rsa.pem");
	public_key = public_key_of("rsa.pem");
	snprintf(syslog_path, sizeof(syslog_path), "%s/log", folder);
	syslog_end = bound_socket(syslog_path, SOCK_DGRAM);
	snprintf(path, sizeof(path), "%s/sock", folder);
	listening = bound_socket(path, SOCK_STREAM);
	assert_int_equal(listen(listening, 1), 0);
	waiting = fcgi_connect(path);
	return waiting < 0 || unlink(path) != 0;
}

static int
end(void **state)
{
	close(pair[0]);
	close(pair[1]);
	close(syslog_end);
	close(listening);
	close(waiting);
	close(errand_ends[KEEPER_END]);
	errands_free(errands);
	provider_private_key_free(gnutls(), key);
	provider_public_key_free(gnutls(), public_key);
	return unlink(syslog_path) != 0 || remove_key(state) != 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_goes_on_inside),
		cmocka_unit_test(syslog_receives_what_is_sent_from_inside),
		cmocka_unit_test(the_log_is_written_from_inside),
		cmocka_unit_test(processes_can_end_inside),
		cmocka_unit_test(privileges_can_not_be_gained_inside),
		cmocka_unit_test(protected_memory_is_hidden_and_can_be_used),
		cmocka_unit_test(a_limit_of_locked_memory_breaks_nothing),
		cmocka_unit_test(without_landlock_seccomp_guards_alone),
		cmocka_unit_test(enter_says_what_is_in_the_way),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
