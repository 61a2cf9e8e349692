/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "backends/openssl_index.h"
#include "backends/openssl_index_check.h"
#include "backends/openssl_lock.h"
#include "base/clock.h"
#include "base/count.h"

/*
 * What a certificate costs in the index of an OpenSSL CA, and whether that
 * stays so as it fills:
 *
 *     openssl_index_bench [ROWS]...
 *
 * makes an index in a folder of its own in $TMPDIR, or /var/tmp, with each of
 * these numbers of rows (0, 10000, 100000 and 1000000, where none is named),
 * and prints how long each operation takes, in milliseconds: the best of some.
 */

#define ROUNDS 20
#define SLOW_ROUNDS 3

struct bench {
	uint64_t next; /* serial number */
	struct openssl_index_state state;
	struct problems *problems;
};

static void
must(struct bench *bench, enum err err)
{
	if (err == ERR_OK)
		return;
	fprintf(stderr, "openssl_index_bench: %s\n%s", err_name(err),
	    problems_text(bench->problems));
	exit(1);
}

/* A row of the length of real ones, with a serial number of 16 octets. */
static void
print_row(FILE *file, uint64_t number)
{
	fprintf(file,
	    "V\t271121000000Z\t\t4000000000000000%016llX\tunknown\t"
	    "/C=DE/O=Example/OU=Devices/CN=device-%07llu.example.org\n",
	    (unsigned long long)number, (unsigned long long)number);
}

static void
fill(struct bench *bench, uint64_t rows)
{
	FILE *file = fopen("index.txt", "w");

	if (file == NULL) {
		perror("index.txt");
		exit(1);
	}
	for (uint64_t i = 0; i < rows; i++)
		print_row(file, i);
	if (fclose(file) != 0) {
		perror("index.txt");
		exit(1);
	}
	bench->next = rows;
}

static void
update(struct bench *bench, bool append, bool recover)
{
	uint8_t serial[16] = { 0x40 };
	const struct openssl_index_entry fresh = {
		.serial = BYTES_ARRAY(serial),
		.subject = BYTES_LITERAL("\x30\x00"),
		.not_after = 1826755200,
	};
	const struct openssl_index_order order = { .path = "index.txt",
		.fresh = append ? &fresh : NULL,
		.recover = recover };
	struct openssl_index_report report = { 0 };

	for (int i = 0; i < 8; i++)
		serial[15 - i] = (uint8_t)(bench->next >> 8 * i);
	bench->next += append;
	must(bench,
	    openssl_index_update(&order, &bench->state, &report,
		bench->problems));
	openssl_index_report_clear(&report);
}

/* As an issuer does. */
static void
append(struct bench *bench)
{
	struct openssl_lock lock;

	must(bench,
	    openssl_lock_take(".", OPENSSL_LOCK_WAIT_US, &lock,
		bench->problems));
	update(bench, true, false);
	openssl_lock_release(&lock);
}

/* As after an `openssl ca` of an administrator's. */
static void
heal(struct bench *bench)
{
	update(bench, false, true);
}

static void
check(struct bench *bench)
{
	must(bench, openssl_index_check("index.txt", false, bench->problems));
}

static void
check_unique(struct bench *bench)
{
	must(bench, openssl_index_check("index.txt", true, bench->problems));
}

struct operation {
	const char *name;
	void (*run)(struct bench *bench);
	int rounds;
};

static const struct operation operations[] = {
	{ "append, synced", append, ROUNDS },
	{ "look for what is missing", heal, SLOW_ROUNDS },
	{ "check at a start", check, SLOW_ROUNDS },
	{ "... with unique subjects", check_unique, SLOW_ROUNDS },
};

static double
measure(struct bench *bench, const struct operation *operation)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < operation->rounds; i++) {
		int64_t start = clock_monotonic_us(), took;

		operation->run(bench);
		took = clock_monotonic_us() - start;
		best = took < best ? took : best;
	}
	return (double)best / 1000;
}

static void
measure_all(uint64_t rows)
{
	struct bench bench = { .problems = problems_new() };

	fill(&bench, rows);
	heal(&bench);
	printf("%llu rows, in milliseconds:\n", (unsigned long long)rows);
	for (size_t i = 0; i < COUNT(operations); i++)
		printf("    %-28s%8.2f\n", operations[i].name,
		    measure(&bench, &operations[i]));
	problems_free(bench.problems);
	unlink("index.txt");
	unlink(OPENSSL_LOCK_NAME);
}

static void
enter_folder(char *folder, size_t size)
{
	const char *place = getenv("TMPDIR");

	snprintf(folder, size, "%s/scepd-bench-XXXXXX",
	    place != NULL ? place : "/var/tmp");
	if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
		perror(folder);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	static const uint64_t rows[] = { 0, 10000, 100000, 1000000 };
	char folder[4096];

	enter_folder(folder, sizeof(folder));
	for (size_t i = 0; argc == 1 && i < COUNT(rows); i++)
		measure_all(rows[i]);
	for (int i = 1; i < argc; i++)
		measure_all(strtoull(argv[i], NULL, 10));
	if (chdir("/") == 0)
		rmdir(folder);
	return 0;
}
