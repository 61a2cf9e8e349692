/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/key_process.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/certificate.h"
#include "tests/unit/crypto_guarded.h"

/*
 * The tests are workers that have been taken over: they write to the channels
 * whatever they like.
 */
#define CHANNELS 2

struct process {
	struct guarded guarded;
	struct guarded_keys *keys;
	size_t limit;
	int inner[CHANNELS]; /* the key process's ends, and ours */
	int outer[CHANNELS];
	pthread_t thread;
	enum err result;
	FILE *log;
	int stderr_before;
	struct buf logged;
};

static void *
run(void *argument)
{
	struct process *process = argument;

	process->result = key_process_run(process->keys, process->inner,
	    CHANNELS, process->limit);
	return NULL;
}

/* From now on, and until it is stopped, stderr goes to a file. */
static void
redirect(struct process *process)
{
	process->log = tmpfile();
	process->stderr_before = dup(STDERR_FILENO);
	assert_non_null(process->log);
	assert_true(dup2(fileno(process->log), STDERR_FILENO) >= 0);
}

static void
start(struct process *process, unsigned extra_kinds, size_t limit)
{
	int pair[2];

	*process = (struct process){ .guarded = guarded_at(clock_now()),
		.limit = limit };
	process->keys = guarded_keys_new(gnutls(), extra_kinds);
	guarded_keys_add_certifying(process->keys, process->guarded.ca,
	    &process->guarded.rule);
	guarded_keys_add_replying(process->keys, process->guarded.ra,
	    1u << DIGEST_SHA256);
	for (int i = 0; i < CHANNELS; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC,
				     0, pair),
		    0);
		process->inner[i] = pair[0];
		process->outer[i] = pair[1];
	}
	redirect(process);
	assert_int_equal(pthread_create(&process->thread, NULL, run, process),
	    0);
}

static void
read_log(struct process *process)
{
	char part[4096];
	size_t got;

	rewind(process->log);
	while ((got = fread(part, 1, sizeof(part), process->log)) > 0)
		buf_append(&process->logged, bytes_of(part, got));
	fclose(process->log);
}

/* Closes the channels, as a worker does at its end, and gives what the key
 * process says then. */
static enum err
stop(struct process *process)
{
	for (int i = 0; i < CHANNELS; i++)
		close(process->outer[i]);
	assert_int_equal(pthread_join(process->thread, NULL), 0);
	assert_true(dup2(process->stderr_before, STDERR_FILENO) >= 0);
	close(process->stderr_before);
	read_log(process);
	guarded_keys_free(process->keys);
	return process->result;
}

static void
clear(struct process *process)
{
	guarded_clear(&process->guarded);
	buf_clear(&process->logged);
}

static void
assert_logged(struct process *process, const char *text, const char *what)
{
	if (strstr(buf_string(&process->logged), text) == NULL)
		fail_msg("%s: want %s in the log: %s", what, text,
		    buf_string(&process->logged));
}

static void
assert_not_logged(struct process *process, const char *text)
{
	if (strstr(buf_string(&process->logged), text) != NULL)
		fail_msg("want no %s: %s", text, buf_string(&process->logged));
}

/* Sends the frame, which is freed, and waits for the reply. */
static struct key_wire_reply
ask(int fd, struct buf frame, struct buf *reply_frame)
{
	struct key_wire_reply reply;
	struct bytes payload;

	assert_int_equal(key_wire_send(fd, buf_bytes(&frame)), ERR_OK);
	buf_clear(&frame);
	assert_int_equal(key_wire_receive(fd, KEY_WIRE_REPLY_LIMIT, reply_frame,
			     &payload),
	    ERR_OK);
	assert_int_equal(key_wire_read_reply(payload, &reply), ERR_OK);
	return reply;
}

static void
assert_refused(struct process *process, int channel, struct buf frame)
{
	struct buf answer = { 0 };
	struct key_wire_reply reply = ask(process->outer[channel], frame,
	    &answer);

	assert_int_equal(reply.result, KEY_WIRE_REFUSED);
	assert_int_equal(reply.output.size, 0);
	buf_clear(&answer);
}

/* A message that is signed, as it should be. */
static void
assert_signs(struct process *process, uint32_t sequence, const struct key *key,
    const char *notation)
{
	struct buf message = asn1_of(notation, process->guarded.parts);
	struct buf answer = { 0 };
	struct key_wire_reply reply = ask(process->outer[0],
	    request_frame(sequence, KEY_WIRE_SIGN, DIGEST_SHA256, key,
		buf_bytes(&message)),
	    &answer);

	assert_int_equal(reply.sequence, sequence);
	assert_int_equal(reply.result, KEY_WIRE_DONE);
	assert_signed(key, buf_bytes(&message), reply.output);
	buf_clear(&answer);
	buf_clear(&message);
}

static void
assert_unwraps(struct process *process, int channel, uint32_t sequence)
{
	const struct key *key = process->guarded.ra;
	struct buf encrypted = wrapped_for(key), answer = { 0 };
	struct key_wire_reply reply = ask(process->outer[channel],
	    request_frame(sequence, KEY_WIRE_UNWRAP, CONTENT_KEY_SIZE, key,
		buf_bytes(&encrypted)),
	    &answer);

	assert_int_equal(reply.sequence, sequence);
	assert_bytes(reply.output, CONTENT_KEY);
	buf_clear(&answer);
	buf_clear(&encrypted);
}

static void
what_a_worker_needs_is_done(void **state)
{
	struct process process;

	(void)state;
	start(&process, 0, KEY_WIRE_WORKER_LIMIT);
	assert_unwraps(&process, 0, 1);
	assert_signs(&process, 2, process.guarded.ca, GOOD_TBS);
	assert_signs(&process, 3, process.guarded.ra, GOOD_REPLY);
	/* Each channel counts for itself. */
	assert_unwraps(&process, 1, 1);
	assert_int_equal(stop(&process), ERR_OK);
	assert_not_logged(&process, "attack");
	clear(&process);
}

/* The fingerprint is that of the certificate which the worker makes of it. */
static void
each_certificate_leaves_a_line(void **state)
{
	struct process process;
	struct buf tbs, whole = { 0 }, line = { 0 };
	uint8_t fingerprint[32];
	struct bytes der;

	(void)state;
	start(&process, 0, KEY_WIRE_WORKER_LIMIT);
	tbs = asn1_of(GOOD_TBS, process.guarded.parts);
	assert_signs(&process, 1, process.guarded.ca, GOOD_TBS);
	assert_int_equal(signed_object_append(&whole, process.guarded.ca,
			     buf_bytes(&tbs)),
	    ERR_OK);
	der = buf_bytes(&whole);
	provider_digest(gnutls(), DIGEST_SHA256, &der, 1, fingerprint);
	assert_int_equal(stop(&process), ERR_OK);
	buf_append_string(&line,
	    "scepd: level=info event=signed serial=05 sha256=");
	hex_append(&line, BYTES_ARRAY(fingerprint));
	buf_append_octet(&line, '\n');
	unit_forget_pid(&process.logged);
	assert_string_equal(buf_string(&process.logged), buf_string(&line));
	buf_clear(&line);
	buf_clear(&tbs);
	buf_clear(&whole);
	clear(&process);
}

static void
crls_are_for_the_keeper_alone(void **state)
{
	struct process process;
	struct buf crl;

	(void)state;
	start(&process, SIGN_CRL, KEY_WIRE_KEEPER_LIMIT);
	assert_signs(&process, 1, process.guarded.ca, GOOD_CRL);
	assert_int_equal(stop(&process), ERR_OK);
	assert_string_equal(buf_string(&process.logged), "");
	clear(&process);
	start(&process, 0, KEY_WIRE_WORKER_LIMIT);
	crl = asn1_of(GOOD_CRL, process.guarded.parts);
	assert_refused(&process, 0,
	    request_frame(1, KEY_WIRE_SIGN, DIGEST_SHA256, process.guarded.ca,
		buf_bytes(&crl)));
	buf_clear(&crl);
	assert_int_equal(stop(&process), ERR_OK);
	assert_logged(&process, "reason=guard-kind", "CRL");
	clear(&process);
}

/* Whose key is asked, and to sign what. */
enum whose {
	CA,
	RA,
	DEVICE
};

static const struct {
	const char *what;
	enum whose key;
	enum err expected;
	const char *message;
} forged[] = {
	{ "CA:TRUE", CA, ERR_GUARD_CA,
	    TBS_WITH(GOOD_EXTENSIONS CONSTRAINTS("0101ff")) },
	{ "keyCertSign", CA, ERR_GUARD_CA,
	    TBS_WITH(USAGE("0204") PURPOSES(CLIENT_AUTH) AUTHORITY("ca")) },
	{ "cRLSign", CA, ERR_GUARD_CA,
	    TBS_WITH(USAGE("0102") PURPOSES(CLIENT_AUTH) AUTHORITY("ca")) },
	{ "foreign issuer", CA, ERR_GUARD_ISSUER,
	    TBS(OTHER_NAME, "$4", "$1", GOOD_EXTENSIONS) },
	{ "foreign authority", CA, ERR_GUARD_ISSUER,
	    TBS_WITH(USAGE("0780") PURPOSES(CLIENT_AUTH) AUTHORITY("cb")) },
	{ "extension twice", CA, ERR_GUARD_EXTENSION,
	    TBS_WITH(GOOD_EXTENSIONS AUTHORITY("ca")) },
	{ "the CA's key", CA, ERR_GUARD_KEY,
	    TBS("$0", "$4", "$2", GOOD_EXTENSIONS) },
	{ "the RA's key", CA, ERR_GUARD_KEY,
	    TBS("$0", "$4", "$3", GOOD_EXTENSIONS) },
	{ "100 years", CA, ERR_GUARD_VALIDITY,
	    TBS("$0", "$5", "$1", GOOD_EXTENSIONS) },
	{ "purpose of no profile", CA, ERR_GUARD_PURPOSE,
	    TBS_WITH(USAGE("0780") PURPOSES(CODE_SIGNING) AUTHORITY("ca")) },
	{ "the CA answers", CA, ERR_GUARD_KIND, GOOD_REPLY },
	{ "the RA certifies", RA, ERR_GUARD_KIND, GOOD_TBS },
	{ "a raw digest", CA, ERR_GUARD_KIND,
	    "'abcdef0123456789abcdef0123456789'" },
	{ "a raw digest that begins as a SEQUENCE", CA, ERR_GUARD_DER,
	    "'0123456789abcdef0123456789abcdef'" },
	{ "a raw digest with its algorithm", CA, ERR_GUARD_KIND,
	    "30{30{06{608648016503040201} 0500}"
	    "04{'0123456789abcdef0123456789abcdef'}}" },
	{ "attributes without messageType", RA, ERR_GUARD_ATTRIBUTE,
	    "31{" REST_OF_REPLY "}" },
	{ "nothing", RA, ERR_GUARD_KIND, "" },
	{ "a key that is not here", DEVICE, ERR_KEY_UNKNOWN, GOOD_REPLY },
};

/* The channel goes on: a refusal is an answer. */
static void
assert_attack(struct process *process, struct buf frame, enum err expected,
    const char *what)
{
	struct buf reason = { 0 };

	assert_refused(process, 0, frame);
	assert_unwraps(process, 0, 2);
	assert_int_equal(stop(process), ERR_OK);
	assert_logged(process, "level=error event=\"attack: ", what);
	buf_printf(&reason, " reason=%s key=", err_name(expected));
	assert_logged(process, buf_string(&reason), what);
	buf_clear(&reason);
	clear(process);
}

static void
forged_messages_are_refused_and_called_an_attack(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forged); i++) {
		struct process process;
		const struct key *keys[3];
		struct buf message;

		start(&process, 0, KEY_WIRE_WORKER_LIMIT);
		keys[CA] = process.guarded.ca;
		keys[RA] = process.guarded.ra;
		keys[DEVICE] = process.guarded.device;
		message = asn1_of(forged[i].message, process.guarded.parts);
		assert_attack(&process,
		    request_frame(1, KEY_WIRE_SIGN, DIGEST_SHA256,
			keys[forged[i].key], buf_bytes(&message)),
		    forged[i].expected, forged[i].what);
		buf_clear(&message);
	}
}

static void
a_digest_that_is_not_the_keys_is_refused(void **state)
{
	struct process process;
	struct buf message;

	(void)state;
	start(&process, 0, KEY_WIRE_WORKER_LIMIT);
	message = asn1_of(GOOD_TBS, process.guarded.parts);
	assert_attack(&process,
	    request_frame(1, KEY_WIRE_SIGN, DIGEST_SHA1, process.guarded.ca,
		buf_bytes(&message)),
	    ERR_GUARD_ALGORITHM, "another digest");
	buf_clear(&message);
}

static void
a_key_that_opens_nothing_is_not_used_to(void **state)
{
	struct process process;
	struct buf encrypted;

	(void)state;
	start(&process, 0, KEY_WIRE_WORKER_LIMIT);
	encrypted = wrapped_for(process.guarded.ca);
	assert_attack(&process,
	    request_frame(1, KEY_WIRE_UNWRAP, CONTENT_KEY_SIZE,
		process.guarded.ca, buf_bytes(&encrypted)),
	    ERR_KEY_UNWRAP, "unwrap");
	buf_clear(&encrypted);
}

#define ID_HEX \
	"00112233445566778899aabbccddeeff" \
	"0123456789abcdeffedcba9876543210"

/* Nobody who speaks like that is answered, on any channel. */
static const struct {
	const char *what;
	const char *frame;
	bool closed; /* nothing comes behind it */
} nonsense[] = {
	{ "cut length", "000000", true },
	{ "cut request", "00000027000000010103" ID_HEX, true },
	{ "too short for a request", "00000004 00000001", false },
	{ "empty", "00000000", false },
	{ "larger than the limit", "00010001 00000001", false },
	{ "4 GiB", "ffffffff 00000001", false },
	{ "out of turn", "00000027 00000002 01 03" ID_HEX "00", false },
	{ "from before the first", "00000027 00000000 01 03" ID_HEX "00",
	    false },
	{ "unknown operation", "00000027 00000001 03 03" ID_HEX "00", false },
	{ "no operation", "00000027 00000001 00 03" ID_HEX "00", false },
	{ "digest out of range", "00000027 00000001 01 06" ID_HEX "00", false },
	{ "content key of no size", "00000027 00000001 02 00" ID_HEX "00",
	    false },
	{ "content key too large", "00000027 00000001 02 21" ID_HEX "00",
	    false },
	{ "two at once",
	    "00000027 00000001 01 03" ID_HEX "00"
	    "00000027 00000002 01 03" ID_HEX "00",
	    false },
};

static void
assert_closed(int fd, const char *what)
{
	struct buf frame = { 0 };
	struct bytes payload = { NULL, 0 };
	enum err err = key_wire_receive(fd, KEY_WIRE_REPLY_LIMIT, &frame,
	    &payload);

	/* Reset, where what was sent has not been read. */
	assert_err(err, err == ERR_KEY_CHANNEL ? err : ERR_OK, what);
	assert_int_equal(payload.size, 0);
	buf_clear(&frame);
}

static void
what_is_no_request_ends_the_process(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(nonsense); i++) {
		struct process process;
		struct buf octets = asn1(nonsense[i].frame);
		const char *what = nonsense[i].what;

		start(&process, 0, KEY_WIRE_WORKER_LIMIT);
		assert_unwraps(&process, 1, 1);
		assert_int_equal(key_wire_send(process.outer[0],
				     buf_bytes(&octets)),
		    ERR_OK);
		if (nonsense[i].closed)
			shutdown(process.outer[0], SHUT_WR);
		assert_closed(process.outer[0], what);
		assert_closed(process.outer[1], what);
		assert_err(stop(&process), ERR_KEY_WIRE, what);
		assert_logged(&process, "level=error event=\"attack: ", what);
		assert_logged(&process, " reason=key-wire\n", what);
		buf_clear(&octets);
		clear(&process);
	}
}

static size_t
count_lines(struct process *process, const char *text)
{
	const char *at = buf_string(&process->logged);
	size_t count = 0;

	while ((at = strstr(at, text)) != NULL) {
		count++;
		at += strlen(text);
	}
	return count;
}

/* The clock may strike while they come, so there are two seconds' lines at the
 * most; of a test that takes no longer. */
static void
refusals_do_not_flood_the_log(void **state)
{
	struct process process;
	size_t lines;

	(void)state;
	start(&process, 0, KEY_WIRE_WORKER_LIMIT);
	for (uint32_t i = 1; i <= 200; i++)
		assert_refused(&process, 0,
		    request_frame(i, KEY_WIRE_SIGN, DIGEST_SHA256,
			process.guarded.device, BYTES_LITERAL("x")));
	assert_int_equal(stop(&process), ERR_OK);
	lines = count_lines(&process, "reason=key-unknown");
	assert_true(lines >= 10 && lines < 100);
	assert_logged(&process, " more requests were refused", "count");
	clear(&process);
}

/* A worker's other thread. */
struct other {
	int fd;
	struct buf request; /* a frame, with its sequence at 4 */
	bool done;
};

/* cmocka's assertions are for its own thread: this one only reports. */
static void *
unwrap_often(void *argument)
{
	struct other *other = argument;
	struct buf frame = { 0 };

	other->done = true;
	for (uint8_t i = 1; i <= 50; i++) {
		struct key_wire_reply reply = { 0 };
		struct bytes payload;

		other->request.data[7] = i;
		if (key_wire_send(other->fd, buf_bytes(&other->request)) !=
			ERR_OK ||
		    key_wire_receive(other->fd, KEY_WIRE_REPLY_LIMIT, &frame,
			&payload) != ERR_OK ||
		    key_wire_read_reply(payload, &reply) != ERR_OK ||
		    !bytes_equal_string(reply.output, CONTENT_KEY))
			other->done = false;
	}
	buf_clear(&frame);
	return NULL;
}

static void
channels_are_served_at_once(void **state)
{
	struct process process;
	struct buf encrypted;
	struct other other;
	pthread_t thread;

	(void)state;
	start(&process, 0, KEY_WIRE_WORKER_LIMIT);
	encrypted = wrapped_for(process.guarded.ra);
	other.fd = process.outer[1];
	other.request = request_frame(1, KEY_WIRE_UNWRAP, CONTENT_KEY_SIZE,
	    process.guarded.ra, buf_bytes(&encrypted));
	assert_int_equal(pthread_create(&thread, NULL, unwrap_often, &other),
	    0);
	for (uint32_t i = 1; i <= 50; i++)
		assert_signs(&process, i, process.guarded.ca, GOOD_TBS);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(other.done);
	assert_int_equal(stop(&process), ERR_OK);
	assert_int_equal(count_lines(&process, "event=signed"), 50);
	buf_clear(&other.request);
	buf_clear(&encrypted);
	clear(&process);
}

/* A worker that is killed leaves what it has not read. */
static void
a_worker_that_is_killed_is_no_attack(void **state)
{
	struct process process;
	struct buf encrypted, frame;

	(void)state;
	start(&process, 0, KEY_WIRE_WORKER_LIMIT);
	encrypted = wrapped_for(process.guarded.ra);
	frame = request_frame(1, KEY_WIRE_UNWRAP, CONTENT_KEY_SIZE,
	    process.guarded.ra, buf_bytes(&encrypted));
	assert_int_equal(key_wire_send(process.outer[0], buf_bytes(&frame)),
	    ERR_OK);
	assert_int_equal(stop(&process), ERR_OK);
	assert_not_logged(&process, "attack");
	buf_clear(&frame);
	buf_clear(&encrypted);
	clear(&process);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_worker_needs_is_done),
		cmocka_unit_test(each_certificate_leaves_a_line),
		cmocka_unit_test(crls_are_for_the_keeper_alone),
		cmocka_unit_test(
		    forged_messages_are_refused_and_called_an_attack),
		cmocka_unit_test(a_digest_that_is_not_the_keys_is_refused),
		cmocka_unit_test(a_key_that_opens_nothing_is_not_used_to),
		cmocka_unit_test(what_is_no_request_ends_the_process),
		cmocka_unit_test(refusals_do_not_flood_the_log),
		cmocka_unit_test(channels_are_served_at_once),
		cmocka_unit_test(a_worker_that_is_killed_is_no_attack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
