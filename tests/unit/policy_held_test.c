/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/held.h"

#include "tests/unit/policy_requests.h"

#define KEY "30{ 30{ 06{2a864886f70d010101} 0500 } 03{ 00 3000 } }"
#define NAMES "30{ 82{'device.lab'} }"
#define LIST "30{ " SAN("82{'device.lab'}") " }"

/* Each is what the one who asked has said, as it comes back. */
static const struct {
	const char *subject;
	const char *key;
	const char *extensions; /* NULL: none */
	const char *alt_names;
	bool settled;
	int days;
	bool vouched;
} requests[] = {
	{ NAME_DEVICE, KEY, NULL, NULL, false, 0, false },
	{ NAME_EMPTY, KEY, LIST, NULL, false, 0, false },
	{ NAME_DEVICE, KEY, NULL, NAMES, true, 0, false },
	{ NAME_DEVICE, KEY, LIST, NAMES, true, 0, false },
	{ NAME_DEVICE, KEY, LIST, NAMES, true, 30, false },
	{ NAME_DEVICE, KEY, NULL, NULL, false, 36500, false },
	{ NAME_DEVICE, KEY, NULL, NULL, false, 0, true },
	{ NAME_DEVICE, KEY, LIST, NAMES, false, 30, true },
};

static struct buf
asn1_or_nothing(const char *text)
{
	return text != NULL ? asn1(text) : (struct buf){ 0 };
}

static void
a_held_request_is_read_as_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		struct buf subject = asn1(requests[i].subject);
		struct buf key = asn1(requests[i].key);
		struct buf extensions = asn1_or_nothing(requests[i].extensions);
		struct buf alt_names = asn1_or_nothing(requests[i].alt_names);
		const struct profile_request request = {
			.subject = buf_bytes(&subject),
			.spki = buf_bytes(&key),
			.extensions = buf_bytes(&extensions),
			.alt_names = buf_bytes(&alt_names),
			.names_are_settled = requests[i].settled,
			.names_are_vouched = requests[i].vouched,
			.days = requests[i].days,
		};
		struct profile_request read;
		struct buf held = { 0 };

		held_append(&held, &request);
		assert_int_equal(held_read(buf_bytes(&held), &read), ERR_OK);
		assert_same_bytes(read.subject, request.subject);
		assert_same_bytes(read.spki, request.spki);
		assert_same_bytes(read.extensions, request.extensions);
		assert_same_bytes(read.alt_names, request.alt_names);
		assert_int_equal(read.names_are_settled, requests[i].settled);
		assert_int_equal(read.days, requests[i].days);
		assert_int_equal(read.names_are_vouched, requests[i].vouched);
		buf_clear(&subject);
		buf_clear(&key);
		buf_clear(&extensions);
		buf_clear(&alt_names);
		buf_clear(&held);
	}
}

static const char *const others[] = {
	"",
	"30{}",
	"30{ " NAME_DEVICE " }",
	"30{ " NAME_DEVICE " " KEY " }",
	"31{ " NAME_DEVICE " " KEY " 0101ff }",
	"30{ " NAME_DEVICE " " KEY " 010101 }",
	"30{ " NAME_DEVICE " " KEY " 0101ff } 00",
	"30{ " NAME_DEVICE " " KEY " 0101ff 0500 }",
	"30{ " NAME_DEVICE " " KEY " a1{ " NAMES " } a0{ " LIST " } 0101ff }",
	"30{ " NAME_DEVICE " " KEY " 0101ff 0201ff }",
	"30{ " NAME_DEVICE " " KEY " 0101ff 020107 020107 }",
	"30{ " NAME_DEVICE " 0500 0101ff }",
};

static void
what_is_no_held_request_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		struct buf held = asn1(others[i]);
		struct profile_request untouched = { 0 };

		assert_err(held_read(buf_bytes(&held), &untouched),
		    ERR_CSR_MALFORMED, others[i]);
		assert_null(untouched.subject.data);
		buf_clear(&held);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_held_request_is_read_as_it_was),
		cmocka_unit_test(what_is_no_held_request_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
