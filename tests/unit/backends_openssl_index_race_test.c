/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdatomic.h>
#include <sys/mman.h>

#include "backends/openssl_index_check.h"
#include "backends/openssl_index_merge.h"
#include "backends/openssl_index_revoke.h"
#include "base/clock.h"
#include "tests/unit/backends_openssl_command.h"
#include "tests/unit/children.h"

/*
 * One revokes by openssl_index_revoke, under the lock if there were others of
 * its kind, while an administrator, who knows of no lock, revokes others by
 * `openssl ca`.  In the end no row is lost or there twice, and every revocation
 * of both is there.  OPENSSL_RACE_SECONDS in the environment makes that last
 * longer.
 */
#define SECONDS 3
#define OLD 4000      /* rows that are there */
#define HIS_MOST 2000 /* the first so many are his */
#define AT 1795523696

struct shared {
	atomic_uint his; /* that he has revoked */
	atomic_bool over;
};

static struct shared *shared;

static pid_t
start_administrator(void)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child > 0)
		return child;
	for (unsigned i = 0; i < HIS_MOST && !atomic_load(&shared->over); i++) {
		openssl_revoke_old(i);
		atomic_store(&shared->his, i + 1);
	}
	_exit(0);
}

/* Revokes `count` of ours that begin with that number; returns how many had not
 * been. */
static unsigned
revoke_ours(unsigned first, size_t count)
{
	struct openssl_index_revocation *revocations = xcalloc(count + 1,
	    sizeof(*revocations));
	enum openssl_index_revoked *outcomes = xcalloc(count + 1,
	    sizeof(*outcomes));
	uint8_t(*serials)[2] = xcalloc(count + 1, sizeof(*serials));
	const struct openssl_index_revoke_order order = { "index.txt", false,
		revocations, count };
	struct problems *problems = problems_new();
	unsigned now = 0;

	for (size_t i = 0; i < count; i++) {
		size_t number = OPENSSL_FIRST + first + i;

		serials[i][0] = (uint8_t)(number >> 8);
		serials[i][1] = (uint8_t)number;
		revocations[i] = (struct openssl_index_revocation){
			BYTES_ARRAY(serials[i]), AT, 4
		};
	}
	if (openssl_index_revoke(&order, outcomes, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	for (size_t i = 0; i < count; i++) {
		assert_int_not_equal(outcomes[i], OPENSSL_INDEX_NOT_FOUND);
		now += outcomes[i] == OPENSSL_INDEX_REVOKED_NOW;
	}
	problems_free(problems);
	free(revocations);
	free(outcomes);
	free(serials);
	return now;
}

static int64_t
microseconds(void)
{
	const char *longer = getenv("OPENSSL_RACE_SECONDS");

	return 1000000 * (longer != NULL ? atoll(longer) : SECONDS);
}

/* On a slow machine it takes longer until something has happened. */
static bool
goes_on(int64_t until)
{
	int64_t now = clock_monotonic_us();

	return now < until ||
	    (atomic_load(&shared->his) < 3 && now < until + 60000000);
}

/* One after the other; returns how many. */
static unsigned
race(void)
{
	int64_t until = clock_monotonic_us() + microseconds();
	pid_t administrator = start_administrator();
	unsigned ours = 0;

	while (goes_on(until) && ours < OLD - HIS_MOST)
		revoke_ours(HIS_MOST + ours++, 1);
	atomic_store(&shared->over, true);
	assert_ends_well(administrator);
	return ours;
}

/* What is revoked. */
struct found {
	unsigned rows;
	bool revoked[OLD];
};

static enum err
note(void *context, const struct openssl_index_row *row)
{
	struct found *found = context;
	unsigned long number =
	    strtoul((const char *)row->serial.data, NULL, 16) - OPENSSL_FIRST;
	struct buf field = { 0 };

	assert_true(number < OLD);
	found->rows++;
	if (row->type != 'R')
		return ERR_OK;
	found->revoked[number] = true;
	openssl_index_revocation_append(&field, AT, 4);
	if (number >= HIS_MOST)
		assert_same_bytes(row->revocation, buf_bytes(&field));
	buf_clear(&field);
	return ERR_OK;
}

static unsigned
count_revoked(const struct found *found, unsigned first, unsigned count)
{
	unsigned revoked = 0;

	for (unsigned i = first; i < first + count; i++)
		revoked += found->revoked[i];
	return revoked;
}

/* As a whole index, with all of its rows once, and his revocations. */
static void
find_what_is_revoked(struct found *found)
{
	struct problems *problems = problems_new();

	*found = (struct found){ 0 };
	assert_int_equal(openssl_index_check("index.txt", false, problems),
	    ERR_OK);
	assert_int_equal(openssl_index_read("index.txt", note, found, problems),
	    ERR_OK);
	assert_problems(problems, "");
	assert_int_equal(found->rows, OLD);
	assert_int_equal(count_revoked(found, 0, HIS_MOST), shared->his);
}

static void
merge(void)
{
	struct problems *problems = problems_new();
	struct openssl_index_merge_report report;

	assert_int_equal(openssl_index_merge("index.txt", "index.txt.old",
			     false, &report, problems),
	    ERR_OK);
	assert_int_equal(report.appended + report.left_out, 0);
	assert_problems(problems, "");
}

static void
make_index(void)
{
	struct buf index = { 0 };

	for (unsigned i = 0; i < OLD; i++)
		openssl_append_old(&index, i);
	put_mode("index.txt", buf_bytes(&index), 0644);
	buf_clear(&index);
}

/*
 * What he undoes of ours, as he has read the index before, is undone again by
 * who knows of it: as a caller does that keeps a list.  What we find of his is
 * never lost.
 */
static void
nothing_is_lost_between_us_and_an_administrator(void **state)
{
	struct found found;
	unsigned ours, undone;

	(void)state;
	openssl_or_skip();
	openssl_make_ca();
	make_index();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	ours = race();
	merge();
	find_what_is_revoked(&found);
	undone = ours - count_revoked(&found, HIS_MOST, OLD - HIS_MOST);
	assert_int_equal(revoke_ours(HIS_MOST, ours), undone);
	find_what_is_revoked(&found);
	assert_int_equal(count_revoked(&found, HIS_MOST, OLD - HIS_MOST), ours);
	assert_int_equal(openssl("ca -config ca.conf -gencrl -out crl.pem"), 0);
	print_message("# %u by openssl, %u by us, %u of them twice\n",
	    shared->his, ours, undone);
	assert_true(shared->his > 0 && ours > 0);
	munmap(shared, sizeof(*shared));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(nothing_is_lost_between_us_and_an_administrator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
