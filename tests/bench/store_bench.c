/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/problems.h"
#include "store/store.h"

/*
 * How fast the state database is, and whether it stays so as it fills:
 *
 *     store_bench [ROWS]...
 *
 * makes a database in $TMPDIR, or /var/tmp, and measures it when it has 10000
 * transactions and certificates, and when it has each of these numbers
 * (100000, where none is named; 1000000 takes ten minutes, and memory for its
 * three gigabytes).  Each line has the operations a second, and their ratio to
 * those of the first.
 */

#define NOW INT64_C(1796083200)
#define ROUNDS 5
#define ROUND_US 200000
#define FIRST 10000 /* rows: more than SQLite keeps in memory itself */
#define REVOKED 20  /* one of so many */
#define MINTED 500  /* challenges at once, one for each row */

struct bench {
	struct store *store;
	int64_t rows; /* transactions, each with a certificate */
	int64_t next; /* for what an operation looks at */
	int64_t challenges;
};

/* A value that has no order, as hashes and random serial numbers. */
static void
scatter(uint64_t number, uint8_t value[STORE_HASH_SIZE])
{
	for (size_t i = 0; i < STORE_HASH_SIZE; i += sizeof(number)) {
		number += 0x9e3779b97f4a7c15;
		number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
		number = (number ^ number >> 27) * 0x94d049bb133111eb;
		number ^= number >> 31;
		memcpy(value + i, &number, sizeof(number));
	}
}

/* The sizes are those of an RSA-2048 enrolment. */
static const uint8_t request[700], tbs[800], certificate[1100];

static struct transaction_order
order_of(const uint8_t value[STORE_HASH_SIZE])
{
	const struct bytes hash = bytes_of(value, STORE_HASH_SIZE);

	return (struct transaction_order){
		.key = { "/scep", hash, hash },
		.request_hash = hash,
		.request = BYTES_ARRAY(request),
		.subject = hash,
		.peer = BYTES_LITERAL("192.0.2.17"),
		.now = NOW,
		.tbs = BYTES_ARRAY(tbs),
		.certificate = { .authority = BYTES_LITERAL(
				     "SHA-256 of the CA's public key.."),
		    .serial = bytes_of(value, 16),
		    .subject = hash,
		    .key = hash,
		    .not_before = NOW,
		    .not_after = NOW + 86400 },
	};
}

static void
must(enum err err)
{
	if (err == ERR_OK)
		return;
	fprintf(stderr, "store_bench: %s\n", err_name(err));
	exit(1);
}

/* Operations: what each does once. */

static void
enrol(struct bench *bench, struct transaction *transaction)
{
	uint8_t value[STORE_HASH_SIZE];
	struct transaction_order order;

	scatter((uint64_t)++bench->rows, value);
	order = order_of(value);
	must(store_begin(bench->store, &order, transaction));
	must(store_issue(bench->store, transaction->number,
	    BYTES_ARRAY(certificate), NOW, transaction));
}

/* One of those that are there, or of those that are not. */
static struct transaction_order
pick(struct bench *bench, bool known, uint8_t value[STORE_HASH_SIZE])
{
	uint64_t picked = (uint64_t)(bench->next += 7919) %
	    (uint64_t)bench->rows;

	scatter(known ? picked + 1 : ~picked, value);
	return order_of(value);
}

static void
find(struct bench *bench, struct transaction *transaction)
{
	uint8_t value[STORE_HASH_SIZE];
	struct transaction_order order = pick(bench, true, value);

	must(store_find(bench->store, &order.key, transaction));
}

static void
find_none(struct bench *bench, struct transaction *transaction)
{
	uint8_t value[STORE_HASH_SIZE];
	struct transaction_order order = pick(bench, false, value);

	if (store_find(bench->store, &order.key, transaction) == ERR_OK)
		must(ERR_STORE);
}

static void
find_certificate(struct bench *bench, struct transaction *transaction)
{
	struct stored_certificate found = { 0 };
	uint8_t value[STORE_HASH_SIZE];
	struct transaction_order order = pick(bench, true, value);

	(void)transaction;
	must(store_certificate_get(bench->store, order.certificate.authority,
	    order.certificate.serial, &found));
	stored_certificate_clear(&found);
}

static bool
count_one(void *context, const struct stored_certificate *found)
{
	(void)found;
	++*(int *)context;
	return true;
}

static void
list_subject(struct bench *bench, struct transaction *transaction)
{
	uint8_t value[STORE_HASH_SIZE];
	struct transaction_order order = pick(bench, true, value);
	const struct certificate_filter filter = {
		.authority = order.certificate.authority,
		.subject = order.subject,
	};
	int count = 0;

	(void)transaction;
	must(store_certificate_list(bench->store, &filter, 10, count_one,
	    &count));
	if (count != 1)
		must(ERR_STORE);
}

static void
ask_for_key(struct bench *bench, struct transaction *transaction)
{
	uint8_t value[STORE_HASH_SIZE];
	struct transaction_order order = pick(bench, true, value);
	bool revoked;

	(void)transaction;
	must(store_key_is_revoked(bench->store, order.certificate.key,
	    &revoked));
}

/* A request that came twice at once: the one that is there is returned. */
static void
begin_again(struct bench *bench, struct transaction *transaction)
{
	uint8_t value[STORE_HASH_SIZE];
	struct transaction_order order = pick(bench, true, value);
	int64_t number;

	must(store_find(bench->store, &order.key, transaction));
	number = transaction->number;
	must(store_begin(bench->store, &order, transaction));
	if (transaction->number != number)
		must(ERR_STORE);
}

static void
find_challenge(struct bench *bench, struct transaction *transaction)
{
	struct stored_challenge found = { 0 };
	uint8_t value[STORE_HASH_SIZE];

	(void)transaction;
	scatter((uint64_t)(bench->next += 7919) % (uint64_t)bench->challenges +
		1,
	    value);
	must(store_challenge_get(bench->store, BYTES_ARRAY(value), &found));
	stored_challenge_clear(&found);
}

static void
find_no_challenge(struct bench *bench, struct transaction *transaction)
{
	struct stored_challenge found = { 0 };
	uint8_t value[STORE_HASH_SIZE];

	(void)transaction;
	(void)pick(bench, false, value);
	if (store_challenge_get(bench->store, BYTES_ARRAY(value), &found) ==
	    ERR_OK)
		must(ERR_STORE);
}

/* Below each authority, as scepctl does where none is named. */
static void
find_serial(struct bench *bench, struct transaction *transaction)
{
	struct stored_certificate found = { 0 };
	struct buf authority = { 0 };
	uint8_t value[STORE_HASH_SIZE];
	struct transaction_order order = pick(bench, true, value);

	(void)transaction;
	while (store_authority_next(bench->store, buf_bytes(&authority),
		   &authority) == ERR_OK)
		must(store_certificate_get(bench->store, buf_bytes(&authority),
		    order.certificate.serial, &found));
	stored_certificate_clear(&found);
	buf_clear(&authority);
}

static const struct row {
	const char *name;
	void (*operation)(struct bench *bench, struct transaction *transaction);
} rows[] = {
	{ "find a transaction", find },
	{ "find none", find_none },
	{ "find a certificate", find_certificate },
	{ "find a serial number", find_serial },
	{ "those of a subject", list_subject },
	{ "is a key revoked", ask_for_key },
	{ "find a challenge", find_challenge },
	{ "find no challenge", find_no_challenge },
	{ "find, begin again", begin_again },
	{ "begin and issue", enrol },
};

static double
run_round(struct bench *bench, const struct row *row)
{
	struct transaction transaction = { 0 };
	int64_t begin = clock_monotonic_us(), now = begin;
	long count = 0;

	for (; now - begin < ROUND_US; count++) {
		row->operation(bench, &transaction);
		now = clock_monotonic_us();
	}
	transaction_clear(&transaction);
	return (double)count * 1e6 / (double)(now - begin);
}

/* The best: what others do on the machine can only make it worse. */
static double
measure(struct bench *bench, const struct row *row)
{
	double best = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double rate = run_round(bench, row);

		if (rate > best)
			best = rate;
	}
	return best;
}

static void
measure_all(struct bench *bench, double first[COUNT(rows)])
{
	printf("%lld rows\n", (long long)bench->rows);
	for (size_t i = 0; i < COUNT(rows); i++) {
		double rate = measure(bench, &rows[i]);

		if (first[i] <= 0)
			first[i] = rate;
		printf("  %-20s %9.0f a second   %.2f\n", rows[i].name, rate,
		    rate / first[i]);
		fflush(stdout);
	}
}

/* What was written long ago may be on the disk alone, and the time that it
 * takes to get it from there says nothing about us. */
static void
bring_into_memory(const char *path)
{
	static char part[1 << 20];
	FILE *file = fopen(path, "r");

	if (file == NULL)
		return;
	while (fread(part, 1, sizeof(part), file) > 0)
		continue;
	fclose(file);
}

/* By the values of those that are there. */
static void
mint(struct bench *bench)
{
	static uint8_t values[MINTED][STORE_HASH_SIZE];
	static struct challenge_record records[MINTED];

	for (size_t i = 0; i < MINTED; i++) {
		scatter((uint64_t)++bench->challenges, values[i]);
		records[i] = (struct challenge_record){
			.hash = BYTES_ARRAY(values[i]),
			.endpoint = "/scep",
			.subject = BYTES_LITERAL("CN=router-17,O=Example"),
			.uses = 1,
			.expires_at = NOW + 86400,
		};
	}
	must(store_challenges_add(bench->store, records, MINTED, NOW));
}

static void
fill(struct bench *bench, int64_t count)
{
	struct transaction transaction = { 0 };
	uint8_t value[STORE_HASH_SIZE];
	struct transaction_order order;

	while (bench->rows < count) {
		enrol(bench, &transaction);
		if (bench->rows % REVOKED != 0)
			continue;
		scatter((uint64_t)bench->rows, value);
		order = order_of(value);
		must(store_certificate_revoke(bench->store,
		    order.certificate.authority, order.certificate.serial, 1,
		    NOW));
	}
	while (bench->challenges < bench->rows)
		mint(bench);
	transaction_clear(&transaction);
}

static struct store *
open_at(const char *path)
{
	const struct store_settings settings = { .path = path,
		.connections = 1,
		.create = true };
	struct problems *problems = problems_new();
	struct store *store = NULL;

	if (store_open(&settings, &store, problems) != ERR_OK) {
		fputs(problems_text(problems), stderr);
		exit(1);
	}
	problems_free(problems);
	return store;
}

int
main(int argc, char **argv)
{
	static char usual[] = "100000";
	static char *usual_argv[] = { NULL, usual };
	const char *where = getenv("TMPDIR");
	char folder[200], path[240];
	double first[COUNT(rows)] = { 0 };
	struct bench bench = { 0 };

	snprintf(folder, sizeof(folder), "%s/store-bench-XXXXXX",
	    where != NULL ? where : "/var/tmp");
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		return 1;
	}
	snprintf(path, sizeof(path), "%s/state.db", folder);
	bench.store = open_at(path);
	fill(&bench, FIRST);
	measure_all(&bench, first);
	if (argc < 2) {
		argc = 2;
		argv = usual_argv;
	}
	for (int i = 1; i < argc; i++) {
		fill(&bench, atoll(argv[i]));
		bring_into_memory(path);
		measure_all(&bench, first);
	}
	store_close(bench.store);
	unlink(path);
	strcat(path, ".lock");
	unlink(path);
	return rmdir(folder);
}
