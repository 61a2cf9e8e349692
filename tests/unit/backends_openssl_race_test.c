/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>

#include "backends/openssl_index_check.h"
#include "backends/openssl_index_scan.h"
#include "backends/openssl_lock.h"
#include "backends/openssl_newcerts.h"
#include "base/clock.h"
#include "tests/unit/backends_openssl_command.h"
#include "tests/unit/children.h"

/*
 * Several processes issue certificates of a CA, and are killed at any moment,
 * while an administrator, who knows of no lock, revokes some by `openssl ca`
 * and makes CRLs.  In the end every certificate that was issued is in the
 * index, once, and every revocation.  OPENSSL_RACE_SECONDS in the environment
 * makes that last longer.
 */
#define SECONDS 6
#define ISSUERS 3
#define OLD 3000    /* rows that are there before */
#define MOST 400000 /* certificates that are issued, or begun */

/* What the state database would have; all processes share it.  One who is
 * killed leaves a certificate that is begun, or a state that is half written
 * and so equals none. */
struct shared {
	atomic_uint begun;
	atomic_bool issued[MOST];
	atomic_uint revoked; /* the first so many of the old ones */
	atomic_uint crls;
	atomic_uint healed;
	atomic_uint killed;
	atomic_bool over;
	struct openssl_index_state state;
};

static struct shared *shared;

/* Those that are issued here have 4000000000 and on. */
struct serial {
	uint8_t octets[5];
};

static struct serial
serial_of(unsigned number)
{
	return (struct serial){ { 0x40, (uint8_t)(number >> 24),
	    (uint8_t)(number >> 16), (uint8_t)(number >> 8),
	    (uint8_t)number } };
}

static void
each_issued(void (*each)(void *to, const struct openssl_index_entry *entry),
    void *to)
{
	unsigned begun = atomic_load(&shared->begun);

	for (unsigned i = 0; i < begun; i++) {
		struct serial serial = serial_of(i);
		struct openssl_index_entry entry = entry_of("", 'n');

		entry.serial = BYTES_ARRAY(serial.octets);
		entry.reserved = !atomic_load(&shared->issued[i]);
		each(to, &entry);
	}
}

static enum err
rows(void *context,
    void (*each)(void *to, const struct openssl_index_entry *entry), void *to)
{
	(void)context;
	each_issued(each, to);
	return ERR_OK;
}

/* As a caller of openssl_index_update has to. */
static enum err
update(const struct openssl_index_entry *fresh, bool recover,
    struct problems *problems)
{
	const struct openssl_index_order order = { .path = "index.txt",
		.fresh = fresh,
		.recover = recover,
		.rows = rows };
	struct openssl_index_state state = shared->state;
	struct openssl_index_report report = { 0 };
	enum err err = openssl_index_update(&order, &state, &report, problems);

	if (err == ERR_OK)
		shared->state = state;
	if (err == ERR_OK && report.count > 1)
		atomic_fetch_add(&shared->healed, (unsigned)report.count - 1);
	openssl_index_report_clear(&report);
	return err;
}

static void
issue(unsigned number, bool recover)
{
	struct problems *problems = problems_new();
	struct serial serial = serial_of(number);
	struct openssl_index_entry entry = entry_of("", 'n');
	struct openssl_lock lock;

	entry.serial = BYTES_ARRAY(serial.octets);
	if (openssl_newcerts_put("newcerts", entry.serial,
		BYTES_LITERAL("certificate"), problems) != ERR_OK ||
	    openssl_lock_take(".", 60000000, &lock, problems) != ERR_OK ||
	    update(&entry, recover, problems) != ERR_OK) {
		fputs(problems_text(problems), stderr);
		_exit(1);
	}
	atomic_store(&shared->issued[number], true);
	openssl_lock_release(&lock);
	problems_free(problems);
}

/* Until it is killed. */
static void
issue_on(void)
{
	for (;;) {
		unsigned number = atomic_fetch_add(&shared->begun, 1);

		if (number >= MOST)
			_exit(1);
		issue(number, false);
	}
}

static pid_t
start(void (*work)(void))
{
	pid_t child = fork();

	if (child == 0) {
		work();
		_exit(0);
	}
	assert_true(child > 0);
	return child;
}

/* The administrator revokes, one after the other. */
static void
revoke_on(void)
{
	for (unsigned i = 0; i < OLD && !atomic_load(&shared->over); i++) {
		openssl_revoke_old(i);
		atomic_store(&shared->revoked, i + 1);
	}
}

/* Some fail, at the instant in which there is no index. */
static void
make_crls_on(void)
{
	while (!atomic_load(&shared->over))
		if (openssl("ca -config ca.conf -gencrl -out crl.pem") == 0)
			atomic_fetch_add(&shared->crls, 1);
}

static void
end_issuer(pid_t issuer)
{
	int status;

	kill(issuer, SIGKILL);
	assert_int_equal(waitpid(issuer, &status, 0), issuer);
	assert_true(WIFSIGNALED(status));
}

/* On a slow machine it takes longer until something has happened. */
static bool
goes_on(int64_t until)
{
	int64_t now = clock_monotonic_us();

	return now < until ||
	    (atomic_load(&shared->revoked) < 3 && now < until + 60000000);
}

/* An issuer is killed every some milliseconds, and another takes its place. */
static void
kill_on(pid_t issuers[ISSUERS], int64_t until)
{
	for (unsigned i = 0; goes_on(until); i++) {
		const struct timespec moment = { .tv_nsec = 10000000 +
			    i * 7919 % 50 * 1000000L };
		pid_t *issuer = &issuers[i % ISSUERS];

		nanosleep(&moment, NULL);
		end_issuer(*issuer);
		atomic_fetch_add(&shared->killed, 1);
		*issuer = start(issue_on);
	}
}

/* What was begun and not issued is recovered, as by a start of scepd. */
static void
recover(void)
{
	unsigned begun = atomic_load(&shared->begun);

	for (unsigned i = 0; i < begun; i++)
		if (!atomic_load(&shared->issued[i]))
			issue(i, true);
}

/* How often each serial number is in the index, and which of the old ones are
 * revoked. */
struct counts {
	unsigned issued;
	unsigned old;
	bool revoked[OLD];
};

static enum err
count(void *context, const struct openssl_index_line *line)
{
	struct counts *counts = context;
	struct openssl_index_row row;
	struct buf serial = { 0 };
	unsigned number;

	assert_int_equal(openssl_index_row_read(line->text, &row), ERR_OK);
	assert_int_equal(openssl_index_serial_read(row.serial, &serial),
	    ERR_OK);
	counts->issued += serial.data[0] == 0x40;
	counts->old += serial.data[0] != 0x40;
	if (row.type == 'R') {
		number = (unsigned)strtoul((const char *)row.serial.data, NULL,
			     16) -
		    OPENSSL_FIRST;
		assert_true(number < OLD);
		counts->revoked[number] = true;
	}
	buf_clear(&serial);
	return ERR_OK;
}

/* The check finds what is there twice; so the sums are enough.  Returns how
 * many are revoked. */
static unsigned
assert_whole(void)
{
	struct problems *problems = problems_new();
	struct counts counts = { 0 };
	int fd = open("index.txt", O_RDONLY);

	assert_int_equal(openssl_index_check("index.txt", false, problems),
	    ERR_OK);
	assert_problems(problems, "");
	assert_int_equal(openssl_index_scan(fd, count, &counts), ERR_OK);
	close(fd);
	assert_int_equal(counts.issued, shared->begun);
	assert_int_equal(counts.old, OLD);
	for (unsigned i = 0; i < shared->revoked; i++)
		assert_true(counts.revoked[i]);
	return shared->revoked;
}

/* What a command of openssl's says. */
static struct buf
said(const char *arguments)
{
	unlink("openssl.log");
	openssl("%s", arguments);
	return text_of("openssl.log");
}

static void
assert_status(const char *serial, const char *status)
{
	struct buf arguments = { 0 }, text, expected = { 0 };

	buf_printf(&arguments, "ca -config ca.conf -status %s", serial);
	buf_printf(&expected, "%s=%s", serial, status);
	text = said(buf_string(&arguments));
	if (strstr(buf_string(&text), buf_string(&expected)) == NULL)
		fail_msg("%s", buf_string(&text));
	buf_clear(&arguments);
	buf_clear(&expected);
	buf_clear(&text);
}

/* What `openssl ca` itself makes of the index. */
static void
assert_openssl_agrees(unsigned revoked)
{
	struct buf text;
	unsigned in_crl = 0;

	assert_status("4000000000", "Valid");
	assert_status("2710", "Revoked");
	assert_int_equal(openssl("ca -config ca.conf -gencrl -out crl.pem"), 0);
	text = said("crl -in crl.pem -noout -text");
	for (const char *at = buf_string(&text);
	     (at = strstr(at, "Serial Number: ")) != NULL; at++)
		in_crl++;
	assert_int_equal(in_crl, revoked);
	buf_clear(&text);
}

/* The CA, and the index with the rows of what it issued long ago. */
static void
make_ca(void)
{
	struct buf index = { 0 };

	openssl_make_ca();
	assert_int_equal(mkdir("newcerts", 0700), 0);
	for (unsigned i = 0; i < OLD; i++)
		openssl_append_old(&index, i);
	put_mode("index.txt", buf_bytes(&index), 0644);
	buf_clear(&index);
}

static int64_t
microseconds(void)
{
	const char *longer = getenv("OPENSSL_RACE_SECONDS");

	return 1000000 * (longer != NULL ? atoll(longer) : SECONDS);
}

static void
race(void)
{
	int64_t until = clock_monotonic_us() + microseconds();
	pid_t issuers[ISSUERS], revoker, crl_maker;

	for (int i = 0; i < ISSUERS; i++)
		issuers[i] = start(issue_on);
	revoker = start(revoke_on);
	crl_maker = start(make_crls_on);
	kill_on(issuers, until);
	atomic_store(&shared->over, true);
	assert_ends_well(revoker);
	assert_ends_well(crl_maker);
	for (int i = 0; i < ISSUERS; i++)
		end_issuer(issuers[i]);
}

static void
nothing_is_lost_between_issuers_and_an_administrator(void **state)
{
	(void)state;
	openssl_or_skip();
	make_ca();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	race();
	recover();
	assert_openssl_agrees(assert_whole());
	print_message("# %u issued, %u healed, %u revoked, %u CRLs, %u kills\n",
	    shared->begun, shared->healed, shared->revoked, shared->crls,
	    shared->killed);
	assert_true(shared->begun > 0 && shared->revoked > 0);
	munmap(shared, sizeof(*shared));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(nothing_is_lost_between_issuers_and_an_administrator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
