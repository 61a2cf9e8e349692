/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/network.h"

#include "base/hex.h"
#include "tests/unit/unit.h"

/* In hexadecimal. */
#define NONE "00000000000000000000000000000000"

static const struct row {
	const char *address;
	const char *network;
} rows[] = {
	{ "192.0.2.7", "00000000000000000000ffffc0000207" },
	{ "192.0.2.8", "00000000000000000000ffffc0000208" },
	{ "255.255.255.255", "00000000000000000000ffffffffffff" },
	{ "::ffff:192.0.2.7", "00000000000000000000ffffc0000207" },
	{ "::FFFF:c000:0207", "00000000000000000000ffffc0000207" },
	{ "2001:db8::1", "20010db8000000000000000000000000" },
	{ "2001:db8::ffff:ffff:ffff:ffff", "20010db8000000000000000000000000" },
	{ "2001:db8:0:1::1", "20010db8000000010000000000000000" },
	{ "2001:DB8:0:1:2:3:4:5", "20010db8000000010000000000000000" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	    "ffffffffffffffff0000000000000000" },
	{ "fe80::1%eth0", "fe800000000000000000000000000000" },
	{ "fe80::1%", "fe800000000000000000000000000000" },
	{ "::1", NONE },
	/* None is one. */
	{ "", NONE },
	{ "%", NONE },
	{ "unix:", NONE },
	{ "192.0.2", NONE },
	{ "192.0.2.256", NONE },
	{ "192.0.2.7.1", NONE },
	{ "192.0.2.7:443", NONE },
	{ " 192.0.2.7", NONE },
	{ "[2001:db8::1]", NONE },
	{ "2001:db8:::1", NONE },
	{ "2001:db8", NONE },
	{ "2001:db8::1, 192.0.2.7", NONE },
	{ "0000:0000:0000:0000:0000:ffff:192.168.100.1001", NONE },
	{ "device.example.org", NONE },
};

static void
an_address_is_its_networks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t network[NETWORK_SIZE];
		struct buf text = { 0 };

		network_of(bytes_of_string(rows[i].address), network);
		hex_append(&text, BYTES_ARRAY(network));
		assert_string_equal(buf_string(&text), rows[i].network);
		buf_clear(&text);
	}
}

static void
what_has_a_zero_octet_is_none(void **state)
{
	static const uint8_t none[NETWORK_SIZE];
	uint8_t network[NETWORK_SIZE];

	(void)state;
	network_of(BYTES_LITERAL("192.0.2.7\0"), network);
	assert_memory_equal(network, none, sizeof(none));
	network_of(bytes_of(NULL, 0), network);
	assert_memory_equal(network, none, sizeof(none));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_its_networks),
		cmocka_unit_test(what_has_a_zero_octet_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
