/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/key_wire.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/crypto_keys.h"

#define ID_HEX \
	"00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210"

static const struct {
	const char *hex; /* of the payload; the length comes before it */
	struct key_wire_request request;
} requests[] = {
	{ "000000010103" ID_HEX "616263",
	    { 1, KEY_WIRE_SIGN, DIGEST_SHA256, { 0 }, BYTES_LITERAL("abc") } },
	{ "010203040220" ID_HEX "ff",
	    { 0x01020304, KEY_WIRE_UNWRAP, 32, { 0 }, BYTES_LITERAL("\xff") } },
	{ "ffffffff0105" ID_HEX,
	    { 0xffffffff, KEY_WIRE_SIGN, DIGEST_SHA512, { 0 }, { NULL, 0 } } },
};

static void
requests_are_written_and_read(void **state)
{
	struct buf id = octets_of(ID_HEX);

	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		struct key_wire_request request = requests[i].request, read;
		struct buf expected = octets_of(requests[i].hex);
		struct buf frame = { 0 };

		request.key_id = buf_bytes(&id);
		key_wire_append_request(&frame, &request);
		assert_int_equal(frame.size, 4 + expected.size);
		assert_int_equal(key_wire_request_size(&request),
		    expected.size);
		assert_int_equal(frame.data[3], expected.size);
		assert_same_bytes(bytes_from(buf_bytes(&frame), 4),
		    buf_bytes(&expected));
		assert_int_equal(key_wire_read_request(buf_bytes(&expected),
				     &read),
		    ERR_OK);
		assert_int_equal(read.sequence, request.sequence);
		assert_int_equal(read.operation, request.operation);
		assert_int_equal(read.argument, request.argument);
		assert_same_bytes(read.key_id, request.key_id);
		assert_same_bytes(read.input, request.input);
		buf_clear(&expected);
		buf_clear(&frame);
	}
	buf_clear(&id);
}

static const char *const bad_requests[] = {
	"",
	"00000001",
	/* An octet short of an identifier. */
	"000000010103"
	"00112233445566778899aabbccddeeff0123456789abcdeffedcba98765432",
	/* No operation. */
	"000000010003" ID_HEX "616263",
	"000000010303" ID_HEX "616263",
	"00000001ff03" ID_HEX "616263",
	/* No digest, no size of a content key. */
	"000000010106" ID_HEX "616263",
	"0000000101ff" ID_HEX "616263",
	"000000010200" ID_HEX "616263",
	"000000010221" ID_HEX "616263",
};

static void
malformed_requests_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_requests); i++) {
		struct buf payload = octets_of(bad_requests[i]);
		struct key_wire_request request = { .sequence = 7 };

		assert_int_equal(key_wire_read_request(buf_bytes(&payload),
				     &request),
		    ERR_KEY_WIRE);
		assert_int_equal(request.sequence, 7);
		buf_clear(&payload);
	}
}

static void
replies_are_written_and_read(void **state)
{
	static const struct {
		const char *hex;
		struct key_wire_reply reply;
	} rows[] = {
		{ "0000000100616263",
		    { 1, KEY_WIRE_DONE, BYTES_LITERAL("abc") } },
		{ "8000000001", { 0x80000000, KEY_WIRE_REFUSED, { NULL, 0 } } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf expected = octets_of(rows[i].hex), frame = { 0 };
		struct key_wire_reply read;

		key_wire_append_reply(&frame, &rows[i].reply);
		assert_int_equal(frame.data[3], expected.size);
		assert_same_bytes(bytes_from(buf_bytes(&frame), 4),
		    buf_bytes(&expected));
		assert_int_equal(key_wire_read_reply(buf_bytes(&expected),
				     &read),
		    ERR_OK);
		assert_int_equal(read.sequence, rows[i].reply.sequence);
		assert_int_equal(read.result, rows[i].reply.result);
		assert_same_bytes(read.output, rows[i].reply.output);
		buf_clear(&expected);
		buf_clear(&frame);
	}
}

static void
malformed_replies_are_refused(void **state)
{
	static const char *const rows[] = { "", "00000001", "0000000102",
		"00000001ff616263" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf payload = octets_of(rows[i]);
		struct key_wire_reply reply = { .sequence = 7 };

		assert_int_equal(key_wire_read_reply(buf_bytes(&payload),
				     &reply),
		    ERR_KEY_WIRE);
		assert_int_equal(reply.sequence, 7);
		buf_clear(&payload);
	}
}

static void
a_key_is_named_by_the_digest_of_its_public_half(void **state)
{
	uint8_t id[KEY_WIRE_ID_SIZE];

	(void)state;
	key_wire_id(gnutls(), BYTES_LITERAL("abc"), id);
	/* FIPS 180-4's own example. */
	assert_hex(BYTES_ARRAY(id),
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
}

static void
open_pair(int pair[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     pair),
	    0);
}

static void
close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
}

/* A frame of `size` octets behind its length, all different from zero. */
static struct buf
frame_of(size_t size)
{
	struct buf frame = { 0 };

	for (int shift = 24; shift >= 0; shift -= 8)
		buf_append_octet(&frame, (uint8_t)(size >> shift));
	for (size_t i = 0; i < size; i++)
		buf_append_octet(&frame, (uint8_t)(i % 255 + 1));
	return frame;
}

struct sending {
	int fd;
	struct buf frame;
	size_t step; /* octets sent at once */
	bool done;
};

/* A frame larger than a socket's buffer needs somebody to read meanwhile. */
static void *
send_in_steps(void *argument)
{
	struct sending *sending = argument;
	struct bytes rest = buf_bytes(&sending->frame);
	enum err err = ERR_OK;

	while (err == ERR_OK && rest.size > 0) {
		size_t size = rest.size < sending->step ? rest.size :
							  sending->step;

		err = key_wire_send(sending->fd, bytes_of(rest.data, size));
		rest = bytes_from(rest, size);
	}
	sending->done = err == ERR_OK;
	return NULL;
}

static void
frames_arrive_whole_however_they_are_cut(void **state)
{
	static const struct {
		size_t size, step;
	} rows[] = { { 1, 100 }, { 1, 1 }, { 37, 3 }, { 8188, 9000 },
		{ 8189, 9000 }, { 65536, 70000 }, { 65536, 1000 },
		{ 5000000, 5000004 } };
	struct buf received = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sending sending = { .frame = frame_of(rows[i].size),
			.step = rows[i].step };
		struct bytes payload;
		pthread_t thread;
		int pair[2];

		open_pair(pair);
		sending.fd = pair[0];
		assert_int_equal(pthread_create(&thread, NULL, send_in_steps,
				     &sending),
		    0);
		/* The limit is the last size that is let in. */
		assert_int_equal(key_wire_receive(pair[1], rows[i].size,
				     &received, &payload),
		    ERR_OK);
		assert_same_bytes(payload,
		    bytes_from(buf_bytes(&sending.frame), 4));
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_true(sending.done);
		buf_clear(&sending.frame);
		close_pair(pair);
	}
	buf_clear(&received);
}

/* What is received when these octets came, and nothing more will. */
static enum err
receive_octets(const char *hex, size_t limit, struct bytes *payload)
{
	struct buf octets = octets_of(hex), frame = { 0 };
	int pair[2];
	enum err err;

	open_pair(pair);
	assert_int_equal(key_wire_send(pair[0], buf_bytes(&octets)), ERR_OK);
	close(pair[0]);
	pair[0] = -1;
	err = key_wire_receive(pair[1], limit, &frame, payload);
	buf_clear(&frame);
	buf_clear(&octets);
	close_pair(pair);
	return err;
}

static void
malformed_frames_are_refused(void **state)
{
	static const char *const rows[] = {
		/* Empty. */
		"00000000",
		/* Larger than the limit, by a little and by much. */
		"000000050102030405",
		"ffffffff0102030405",
		/* Cut in the length, and behind it. */
		"000000",
		"00000004",
		"00000004010203",
		/* A second one before the first is answered. */
		"00000001010000000101",
		"000000040102030405",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes payload = BYTES_LITERAL("untouched");

		assert_int_equal(receive_octets(rows[i], 4, &payload),
		    ERR_KEY_WIRE);
		assert_bytes(payload, "untouched");
	}
}

static void
the_end_is_no_error(void **state)
{
	struct bytes payload = BYTES_LITERAL("untouched");

	(void)state;
	assert_int_equal(receive_octets("", 4, &payload), ERR_OK);
	assert_int_equal(payload.size, 0);
}

static void
a_socket_that_fails_is_told_from_the_end(void **state)
{
	struct buf frame = { 0 };
	struct bytes payload = BYTES_LITERAL("untouched");
	int pair[2];

	(void)state;
	open_pair(pair);
	/* Unread octets at the other end reset the connection. */
	assert_int_equal(key_wire_send(pair[1], BYTES_LITERAL("x")), ERR_OK);
	close(pair[0]);
	pair[0] = -1;
	assert_int_equal(key_wire_receive(pair[1], 4, &frame, &payload),
	    ERR_KEY_CHANNEL);
	assert_bytes(payload, "untouched");
	/* Nor is it a signal that would end this process. */
	assert_int_equal(key_wire_send(pair[1], BYTES_LITERAL("x")),
	    ERR_KEY_CHANNEL);
	buf_clear(&frame);
	close_pair(pair);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_written_and_read),
		cmocka_unit_test(malformed_requests_are_refused),
		cmocka_unit_test(replies_are_written_and_read),
		cmocka_unit_test(malformed_replies_are_refused),
		cmocka_unit_test(
		    a_key_is_named_by_the_digest_of_its_public_half),
		cmocka_unit_test(frames_arrive_whole_however_they_are_cut),
		cmocka_unit_test(malformed_frames_are_refused),
		cmocka_unit_test(the_end_is_no_error),
		cmocka_unit_test(a_socket_that_fails_is_told_from_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
