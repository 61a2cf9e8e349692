/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_lock.h"

#include <pthread.h>
#include <sys/file.h>

#include "tests/unit/backends_openssl_index.h"
#include "tests/unit/children.h"

static struct openssl_lock
take(void)
{
	struct problems *problems = problems_new();
	struct openssl_lock lock = { -1 };

	assert_int_equal(openssl_lock_take(".", OPENSSL_LOCK_WAIT_US, &lock,
			     problems),
	    ERR_OK);
	assert_problems(problems, "");
	return lock;
}

static void
assert_not_taken(int64_t wait_us, enum err err, const char *finding)
{
	struct problems *problems = problems_new();
	struct openssl_lock lock = { -1 };

	assert_int_equal(openssl_lock_take(".", wait_us, &lock, problems), err);
	assert_int_equal(lock.fd, -1);
	if (strstr(problems_text(problems), finding) == NULL)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
}

static void
a_lock_is_taken_once_and_again_when_it_was_let_go(void **state)
{
	struct openssl_lock lock = take();
	struct stat status;

	(void)state;
	assert_int_equal(stat(OPENSSL_LOCK_NAME, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0660);
	assert_not_taken(0, ERR_INDEX_LOCKED,
	    "warning: ./.scepd.lock: somebody has held the lock for 0 ms");
	assert_not_taken(3000, ERR_INDEX_LOCKED, "for 3 ms");
	openssl_lock_release(&lock);
	lock = take();
	openssl_lock_release(&lock);
}

/* Lets go of the lock once somebody has had the time to ask for it. */
static void *
let_go(void *context)
{
	const struct timespec moment = { .tv_nsec = 20000000 };

	nanosleep(&moment, NULL);
	openssl_lock_release(context);
	return NULL;
}

static void
who_waits_gets_it(void **state)
{
	struct openssl_lock lock = take(), other;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, let_go, &lock), 0);
	other = take();
	assert_int_equal(pthread_join(thread, NULL), 0);
	openssl_lock_release(&other);
}

static void
a_lock_ends_with_its_holder(void **state)
{
	struct openssl_lock lock;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		take();
		_exit(0);
	}
	assert_ends_well(child);
	lock = take();
	openssl_lock_release(&lock);
}

/* As made by flock(1) of an administrator, who is another user. */
static void
a_file_that_can_be_read_alone_is_enough(void **state)
{
	struct openssl_lock lock;
	int fd;

	(void)state;
	put_mode(OPENSSL_LOCK_NAME, bytes_of(NULL, 0), 0444);
	fd = open(OPENSSL_LOCK_NAME, O_RDONLY);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_not_taken(0, ERR_INDEX_LOCKED, "somebody");
	close(fd);
	lock = take();
	openssl_lock_release(&lock);
}

static void
what_is_no_file_of_its_own_is_not_locked(void **state)
{
	(void)state;
	put("target", "");
	assert_int_equal(symlink("target", OPENSSL_LOCK_NAME), 0);
	assert_not_taken(0, ERR_INDEX, "can't be locked: Too many levels");
	assert_int_equal(unlink(OPENSSL_LOCK_NAME), 0);
	assert_int_equal(mkdir(OPENSSL_LOCK_NAME, 0700), 0);
	assert_not_taken(0, ERR_INDEX, "can't be locked: Invalid argument");
	assert_int_equal(rmdir(OPENSSL_LOCK_NAME), 0);
	assert_int_equal(mkfifo(OPENSSL_LOCK_NAME, 0600), 0);
	assert_not_taken(0, ERR_INDEX, "can't be locked: Invalid argument");
}

static void
a_folder_that_is_not_there_has_no_lock(void **state)
{
	struct problems *problems = problems_new();
	struct openssl_lock lock;

	(void)state;
	assert_int_equal(openssl_lock_take("absent", 0, &lock, problems),
	    ERR_INDEX);
	assert_non_null(strstr(problems_text(problems),
	    "error: absent/.scepd.lock: can't be locked: No such file"));
	problems_free(problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_lock_is_taken_once_and_again_when_it_was_let_go),
		CONF_TEST(who_waits_gets_it),
		CONF_TEST(a_lock_ends_with_its_holder),
		CONF_TEST(a_file_that_can_be_read_alone_is_enough),
		CONF_TEST(what_is_no_file_of_its_own_is_not_locked),
		CONF_TEST(a_folder_that_is_not_there_has_no_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
