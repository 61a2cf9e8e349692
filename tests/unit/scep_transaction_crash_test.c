/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/transaction.h"

#include <signal.h>
#include <sqlite3.h>

#include "crypto/provider_internal.h"
#include "tests/unit/scep_reply.h"
#include "tests/unit/store_database.h"

/*
 * A process that makes the state database, or enrols a device, is killed at
 * every point at which it changes a file of the database or signs: at one after
 * the other.  Those that are there all the time, and those that come after it,
 * answer the device with one and the same certificate, and there is no other.
 */

/* Points: each write has two, before it and when half of it is done. */

static int fatal; /* the process is killed at the one with this number */
static int passed;

static void
pass_point(void)
{
	if (passed++ == fatal)
		kill(getpid(), SIGKILL);
}

static ssize_t
write_at(int fd, const void *octets, size_t size, off64_t offset)
{
	pass_point();
	if (passed == fatal && pwrite64(fd, octets, size / 2, offset) < 0)
		return -1;
	pass_point();
	return pwrite64(fd, octets, size, offset);
}

static int
cut(int fd, off64_t size)
{
	pass_point();
	return ftruncate64(fd, size);
}

static int
take_away(const char *path)
{
	pass_point();
	return unlink(path);
}

static enum err
sign(const struct private_key *key, enum digest digest, struct bytes value,
    struct buf *signature)
{
	pass_point();
	return provider_gnutls.sign(key, digest, value, signature);
}

/* What SQLite changes files by; it depends on how it was built which of the
 * first two that is. */
static const struct {
	const char *name;
	sqlite3_syscall_ptr call;
} calls[] = {
	{ "pwrite", (sqlite3_syscall_ptr)write_at },
	{ "pwrite64", (sqlite3_syscall_ptr)write_at },
	{ "ftruncate", (sqlite3_syscall_ptr)cut },
	{ "unlink", (sqlite3_syscall_ptr)take_away },
};

static void
watch_points(int number)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	for (size_t i = 0; i < COUNT(calls); i++)
		vfs->xSetSystemCall(vfs, calls[i].name, calls[i].call);
	fatal = number;
	passed = 0;
}

/* Processes, with the same endpoint and the same database */

struct server {
	pid_t pid;
	int orders; /* an octet for each step that it may take */
	int answers;
};

/* What the device has got. */
struct answer {
	size_t size;
	uint8_t serial[20];
};

/* In a child nothing may end the test but the child. */
static void
must(bool good)
{
	if (!good)
		_exit(1);
}

static void
enrol(struct lab *lab, int answers)
{
	struct lab_client client = lab_client_new(lab, "strongswan/client.key");
	struct lab_request request = lab_request_by(lab, &client);
	struct buf message = lab_request_message(lab, &request);
	struct scep_exchange exchange = lab_post(lab, buf_bytes(&message));
	struct answer answer = { 0 };
	struct cert_rep cert_rep = { 0 };
	struct certificate *certificate;
	struct bytes serial;

	must(lab_client_read(lab, &client, lab->ca, buf_bytes(&exchange.reply),
		 &cert_rep) == ERR_OK &&
	    cert_rep.status == PKI_STATUS_SUCCESS);
	certificate = lab_client_certificate(&cert_rep);
	serial = serial_number(certificate->serial);
	must(serial.size <= sizeof(answer.serial));
	answer.size = serial.size;
	memcpy(answer.serial, serial.data, serial.size);
	must(write(answers, &answer, sizeof(answer)) == sizeof(answer));
	certificate_free(certificate);
	cert_rep_clear(&cert_rep);
	buf_clear(&exchange.reply);
	buf_clear(&message);
	lab_client_clear(&client);
}

static void
await_order(int orders)
{
	char octet;

	must(read(orders, &octet, 1) == 1);
}

/* Opens the database, says so, enrols, and closes it. */
static void
serve(struct lab *lab, int orders, int answers)
{
	const struct store_settings settings = { .path = database,
		.connections = 1,
		.create = true };
	struct provider watched = provider_gnutls;
	struct problems *problems = problems_new();

	watched.sign = sign;
	lab->provider = &watched;
	await_order(orders);
	must(store_open(&settings, &lab->store, problems) == ERR_OK);
	must(lab_start(lab, LAB_DEFAULT, problems) == ERR_OK);
	must(write(answers, "", 1) == 1);
	await_order(orders);
	enrol(lab, answers);
	await_order(orders);
	store_close(lab->store);
}

static struct server
start(struct lab *lab, int number)
{
	int orders[2], answers[2];
	struct server server;

	assert_int_equal(pipe(orders), 0);
	assert_int_equal(pipe(answers), 0);
	server.pid = fork();
	if (server.pid == 0) {
		close(orders[1]);
		close(answers[0]);
		watch_points(number);
		serve(lab, orders[0], answers[1]);
		_exit(0);
	}
	assert_true(server.pid > 0);
	close(orders[0]);
	close(answers[1]);
	server.orders = orders[1];
	server.answers = answers[0];
	return server;
}

/* One that was killed takes no order any more. */
static void
order(const struct server *server)
{
	(void)!write(server->orders, "", 1);
}

static bool
has_opened(const struct server *server)
{
	char octet;

	order(server);
	return read(server->answers, &octet, 1) == 1;
}

static bool
has_enrolled(const struct server *server, struct answer *answer)
{
	order(server);
	return read(server->answers, answer, sizeof(*answer)) ==
	    sizeof(*answer);
}

/* Whether it came to its end, rather than to the point. */
static bool
has_ended(const struct server *server)
{
	int status;

	order(server);
	assert_int_equal(waitpid(server->pid, &status, 0), server->pid);
	close(server->orders);
	close(server->answers);
	if (WIFSIGNALED(status))
		return false;
	assert_int_equal(WEXITSTATUS(status), 0);
	return true;
}

static bool
count_issued(void *context, const struct stored_certificate *certificate)
{
	assert_true(certificate->der.size > 0);
	++*(int *)context;
	return true;
}

static void
assert_one_certificate(const struct answer *first, const struct answer *second)
{
	const struct certificate_filter all = { 0 };
	struct store *store = database_of(1);
	int count = 0;

	assert_same_bytes(bytes_of(first->serial, first->size),
	    bytes_of(second->serial, second->size));
	assert_int_equal(store_certificate_list(store, &all, 10, count_issued,
			     &count),
	    ERR_OK);
	assert_int_equal(count, 1);
	store_close(store);
}

/* The next one is sent the request again; what has been answered before, the
 * device has. */
static void
assert_goes_on(struct lab *lab, const struct answer *before)
{
	struct server next = start(lab, -1);
	struct answer answer;

	assert_true(has_opened(&next));
	assert_true(has_enrolled(&next, &answer));
	assert_true(has_ended(&next));
	assert_one_certificate(before->size > 0 ? before : &answer, &answer);
}

/* Alone, from an empty folder on; whether there was such a point. */
static bool
kill_alone(struct lab *lab, int number)
{
	struct server server = start(lab, number);
	struct answer answer = { 0 };
	bool was_killed = !has_opened(&server) ||
	    !has_enrolled(&server, &answer);

	was_killed = !has_ended(&server) || was_killed;
	assert_goes_on(lab, &answer);
	return was_killed;
}

/* Beside another that has the database open, and is asked first. */
static bool
kill_beside_another(struct lab *lab, int number)
{
	struct server other = start(lab, -1), server;
	struct answer answer = { 0 }, others;
	bool was_killed;

	assert_true(has_opened(&other));
	server = start(lab, number);
	was_killed = !has_opened(&server) || !has_enrolled(&server, &answer);
	was_killed = !has_ended(&server) || was_killed;
	assert_true(has_enrolled(&other, &others));
	if (answer.size > 0)
		assert_same_bytes(bytes_of(answer.serial, answer.size),
		    bytes_of(others.serial, others.size));
	assert_true(has_ended(&other));
	assert_goes_on(lab, &others);
	return was_killed;
}

/* Points enough to have been at the writes at all. */
static void
kill_everywhere(struct lab *lab, bool (*kill_at)(struct lab *lab, int number),
    int least)
{
	int number = 0;

	signal(SIGPIPE, SIG_IGN);
	store_close(lab->store);
	lab->store = NULL;
	lab->keeps_store = true;
	for (bool was_killed = true; was_killed; number++) {
		assert_int_equal(make_folder(NULL), 0);
		was_killed = kill_at(lab, number);
		assert_int_equal(remove_folder(NULL), 0);
	}
	print_message("# %d points\n", number - 1);
	assert_true(number > least);
}

static void
a_device_has_one_certificate_wherever_a_process_is_killed(void **state)
{
	kill_everywhere(*state, kill_alone, 20);
}

static void
so_it_has_where_another_process_goes_on(void **state)
{
	kill_everywhere(*state, kill_beside_another, 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BARE_LAB_TEST(
		    a_device_has_one_certificate_wherever_a_process_is_killed),
		BARE_LAB_TEST(so_it_has_where_another_process_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
