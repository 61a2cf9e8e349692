/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/subject.h"

#include "tests/unit/policy_requests.h"

/* Names of one attribute. */
#define CN(value) "30{31{30{06{550403} " value "}}}"
#define O(value) "30{31{30{06{55040a} " value "}}}"

/* The same character again and again; $0, $1 and so on below. */
static const struct {
	const char *character;
	size_t count;
} fillings[] = {
	{ "'a'", 256 },
	{ "'a'", 257 },
	{ "c3a9", 256 },
	{ "c3a9", 257 },
	{ "f09f9880", 256 },
	{ "f09f9880", 257 },
	{ "00e9", 256 },
	{ "00e9", 257 },
	{ "'a'", 100000 },
};

static const struct {
	const char *subject;
	enum err expected;
} values[] = {
	{ NAME_DEVICE, ERR_OK },
	{ NAME_EMPTY, ERR_OK },
	{ CN("0c{}"), ERR_OK },
	{ CN("0c{$0}"), ERR_OK },
	{ CN("0c{$1}"), ERR_SUBJECT },
	{ O("13{$0}"), ERR_OK },
	{ O("13{$1}"), ERR_SUBJECT },
	/* Characters are counted, not octets. */
	{ CN("0c{$2}"), ERR_OK },
	{ CN("0c{$3}"), ERR_SUBJECT },
	{ CN("0c{$4}"), ERR_OK },
	{ CN("0c{$5}"), ERR_SUBJECT },
	{ CN("1e{$6}"), ERR_OK },
	{ CN("1e{$7}"), ERR_SUBJECT },
	{ CN("0c{$8}"), ERR_SUBJECT },
	/* Controls: C0, DEL and C1, each with its neighbours. */
	{ CN("0c{'a' 01}"), ERR_SUBJECT },
	{ CN("0c{'a' 0d0a 'b'}"), ERR_SUBJECT },
	{ CN("0c{'a' 1b '[2J'}"), ERR_SUBJECT },
	{ CN("0c{'a' 1f}"), ERR_SUBJECT },
	{ CN("0c{'a' 20 'b'}"), ERR_OK },
	{ CN("0c{'a' 7e}"), ERR_OK },
	{ CN("0c{'a' 7f}"), ERR_SUBJECT },
	{ CN("0c{'a' c280}"), ERR_SUBJECT },
	{ CN("0c{'a' c29f}"), ERR_SUBJECT },
	{ CN("0c{'a' c2a0}"), ERR_OK },
	{ CN("0c{c380}"), ERR_OK },
	{ CN("1e{0061 000a}"), ERR_SUBJECT },
	{ CN("1e{0061 0085}"), ERR_SUBJECT },
	{ CN("1e{0061 00a0}"), ERR_OK },
	{ CN("14{85}"), ERR_SUBJECT },
	{ CN("14{e9}"), ERR_OK },
	{ O("13{'a' 09 'b'}"), ERR_SUBJECT },
	/* The attribute may be any of several. */
	{ "30{31{30{06{55040a} 0c{'a'}}} 31{30{06{55040b} 0c{0a}}}}",
	    ERR_SUBJECT },
	{ "30{31{30{06{550403} 0c{'a'}} 30{06{550405} 13{0a}}}}", ERR_SUBJECT },
	/* Malformed. */
	{ "0500", ERR_SUBJECT },
	{ CN("0c{ff}"), ERR_SUBJECT },
};

static void
a_value_is_short_plain_text(void **state)
{
	struct buf filled[COUNT(fillings)];
	struct bytes parts[COUNT(fillings)];

	(void)state;
	for (size_t i = 0; i < COUNT(fillings); i++) {
		filled[i] = repeated(fillings[i].character, fillings[i].count);
		parts[i] = buf_bytes(&filled[i]);
	}
	for (size_t i = 0; i < COUNT(values); i++) {
		struct buf subject = asn1_of(values[i].subject, parts);

		assert_err(subject_check(buf_bytes(&subject), NULL, 0),
		    values[i].expected, values[i].subject);
		buf_clear(&subject);
	}
	for (size_t i = 0; i < COUNT(fillings); i++)
		buf_clear(&filled[i]);
}

/* A name of `size` octets in all: 14 RDNs of 273, and one that fills up. */
static struct buf
name_of_size(size_t size)
{
	struct buf value = repeated("'a'", 256);
	struct buf last = repeated("'a'", size - 3842);
	struct bytes parts[] = { buf_bytes(&value), buf_bytes(&last) };
	struct buf rdn = asn1_of("31{30{06{55040b} 0c{$0}}}", parts);
	struct buf rdns = { 0 }, name;

	for (size_t i = 0; i < 14; i++)
		buf_append(&rdns, buf_bytes(&rdn));
	parts[0] = buf_bytes(&rdns);
	name = asn1_of("30{$0 31{30{06{550403} 0c{$1}}}}", parts);
	assert_int_equal(name.size, size);
	buf_clear(&value);
	buf_clear(&last);
	buf_clear(&rdn);
	buf_clear(&rdns);
	return name;
}

static void
a_subject_has_so_many_octets_and_no_more(void **state)
{
	struct buf most = name_of_size(SUBJECT_MAX_SIZE);
	struct buf more = name_of_size(SUBJECT_MAX_SIZE + 1);

	(void)state;
	assert_int_equal(subject_check(buf_bytes(&most), NULL, 0), ERR_OK);
	assert_int_equal(subject_check(buf_bytes(&more), NULL, 0), ERR_SUBJECT);
	buf_clear(&most);
	buf_clear(&more);
}

static void
a_subject_is_none_of_our_own(void **state)
{
	static const struct {
		const char *subject;
		enum err expected;
	} rows[] = {
		{ CN("0c{'Lab CA'}"), ERR_SUBJECT },
		{ CN("0c{'Lab RA'}"), ERR_SUBJECT },
		/* In another string type, case and spacing. */
		{ CN("13{'LAB  ra '}"), ERR_SUBJECT },
		{ CN("0c{'Lab RB'}"), ERR_OK },
		{ O("0c{'Lab RA'}"), ERR_OK },
	};
	struct buf ca = asn1(CN("0c{'Lab CA'}"));
	struct buf ra = asn1(CN("0c{'Lab RA'}"));
	struct bytes own[] = { buf_bytes(&ca), buf_bytes(&ra) };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf subject = asn1(rows[i].subject);

		assert_err(subject_check(buf_bytes(&subject), own, COUNT(own)),
		    rows[i].expected, rows[i].subject);
		buf_clear(&subject);
	}
	buf_clear(&ca);
	buf_clear(&ra);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_short_plain_text),
		cmocka_unit_test(a_subject_has_so_many_octets_and_no_more),
		cmocka_unit_test(a_subject_is_none_of_our_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
