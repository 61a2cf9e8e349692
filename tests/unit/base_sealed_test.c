/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "tests/unit/unit.h"

static int
sealed_with(struct bytes octets)
{
	int fd = sealed_new("test");

	assert_true(fd >= 0);
	assert_true(sealed_write(fd, octets));
	return fd;
}

static void
what_was_written_is_read_as_often_as_one_likes(void **state)
{
	int fd = sealed_with(BYTES_LITERAL("octets"));
	struct buf read = { 0 };

	(void)state;
	buf_append_string(&read, "all ");
	assert_true(sealed_read(fd, &read));
	assert_bytes(buf_bytes(&read), "all octets");
	assert_true(sealed_read(fd, &read));
	assert_bytes(buf_bytes(&read), "all octetsoctets");
	buf_clear(&read);
	close(fd);
}

static void
nobody_can_change_it_any_more(void **state)
{
	int fd = sealed_with(BYTES_LITERAL("octets"));
	struct buf read = { 0 };

	(void)state;
	assert_false(sealed_write(fd, BYTES_LITERAL("more")));
	assert_int_equal(errno, EPERM);
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_ptr_equal(mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			     0),
	    MAP_FAILED);
	assert_true(sealed_read(fd, &read));
	assert_bytes(buf_bytes(&read), "octets");
	buf_clear(&read);
	close(fd);
}

/* A kernel may add some of its own accord. */
static void
one_with_more_seals_is_read_as_well(void **state)
{
	int fd = sealed_new("test");
	struct buf read = { 0 };

	(void)state;
	assert_int_equal(write(fd, "octets", 6), 6);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0);
	assert_true(sealed_write(fd, bytes_of(NULL, 0)));
	assert_true(sealed_read(fd, &read));
	assert_bytes(buf_bytes(&read), "octets");
	buf_clear(&read);
	close(fd);
}

static void
an_empty_one_is_empty(void **state)
{
	int fd = sealed_with(bytes_of(NULL, 0));
	struct buf read = { 0 };

	(void)state;
	assert_true(sealed_read(fd, &read));
	assert_int_equal(read.size, 0);
	buf_clear(&read);
	close(fd);
}

static void
what_is_not_sealed_is_not_read(void **state)
{
	int open_one = sealed_new("test"), ends[2];
	struct buf read = { 0 };

	(void)state;
	assert_int_equal(write(open_one, "octets", 6), 6);
	assert_int_equal(pipe(ends), 0);
	assert_false(sealed_read(open_one, &read));
	assert_false(sealed_read(ends[0], &read));
	assert_false(sealed_read(-1, &read));
	assert_false(sealed_write(ends[0], BYTES_LITERAL("octets")));
	assert_int_equal(read.size, 0);
	buf_clear(&read);
	close(open_one);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_was_written_is_read_as_often_as_one_likes),
		cmocka_unit_test(nobody_can_change_it_any_more),
		cmocka_unit_test(one_with_more_seals_is_read_as_well),
		cmocka_unit_test(an_empty_one_is_empty),
		cmocka_unit_test(what_is_not_sealed_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
