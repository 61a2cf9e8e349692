/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "base/sealed.h"
#include "tests/unit/unit.h"

#define SIZE 5000

static void
what_one_process_writes_another_reads(void **state)
{
	int fd = shared_new("test", SIZE);
	volatile uint8_t *memory = shared_map(fd, SIZE);
	pid_t child;
	int status;

	(void)state;
	assert_non_null(memory);
	assert_int_equal(memory[0] | memory[SIZE - 1], 0);
	child = fork();
	if (child == 0) {
		uint8_t *theirs = shared_map(fd, SIZE);

		theirs[SIZE - 1] = 7;
		_exit(0);
	}
	close(fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(memory[SIZE - 1], 7);
	shared_unmap((void *)memory, SIZE);
	shared_unmap(NULL, SIZE);
}

static void
nobody_can_change_its_size(void **state)
{
	int fd = shared_new("test", SIZE);

	(void)state;
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(ftruncate(fd, SIZE + 1), -1);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
	close(fd);
}

static void
nothing_else_is_mapped(void **state)
{
	int shared = shared_new("test", SIZE);
	int unsealed = memory_file_new("test", MFD_ALLOW_SEALING);
	int null = open("/dev/null", O_RDWR);

	(void)state;
	assert_int_equal(ftruncate(unsealed, SIZE), 0);
	assert_null(shared_map(unsealed, SIZE));
	assert_int_equal(errno, EPERM);
	assert_null(shared_map(shared, SIZE + 1));
	assert_int_equal(errno, EPERM);
	assert_null(shared_map(null, SIZE));
	assert_int_equal(errno, EINVAL);
	assert_null(shared_map(-1, SIZE));
	assert_int_equal(errno, EBADF);
	close(shared);
	close(unsealed);
	close(null);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_one_process_writes_another_reads),
		cmocka_unit_test(nobody_can_change_its_size),
		cmocka_unit_test(nothing_else_is_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
