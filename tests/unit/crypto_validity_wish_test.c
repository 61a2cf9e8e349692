/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/validity_wish.h"

#include "tests/unit/crypto_codec.h"

/* BMPStrings, as Microsoft's clients write them; the others are shorter. */
#define DAYS "1e{ 0044 0061 0079 0073 }"
#define PERIOD(unit) "30{ 0c{'ValidityPeriod'} " unit " }"
#define UNITS(number) "30{ 0c{'ValidityPeriodUnits'} " number " }"

static const struct {
	const char *values;
	int days;
} rows[] = {
	{ "", 0 },
	{ PERIOD(DAYS) UNITS("1e{ 0033 0030 }"), 30 },
	{ UNITS("0c{'30'}") PERIOD("0c{'Days'}"), 30 },
	/* As the specification has it. */
	{ "30{ " PERIOD(DAYS) UNITS("13{'30'}") " }", 30 },
	{ "30{ " PERIOD(DAYS) " } 30{ " UNITS("13{'30'}") " }", 30 },
	/* Each unit, and the day that is begun. */
	{ PERIOD("0c{'Seconds'}") UNITS("0c{'1'}"), 1 },
	{ PERIOD("0c{'Seconds'}") UNITS("0c{'86400'}"), 1 },
	{ PERIOD("0c{'Seconds'}") UNITS("0c{'86401'}"), 2 },
	{ PERIOD("0c{'Minutes'}") UNITS("0c{'1440'}"), 1 },
	{ PERIOD("0c{'Hours'}") UNITS("0c{'24'}"), 1 },
	{ PERIOD("0c{'Hours'}") UNITS("0c{'25'}"), 2 },
	{ PERIOD("0c{'Weeks'}") UNITS("0c{'3'}"), 21 },
	{ PERIOD("0c{'Months'}") UNITS("0c{'2'}"), 60 },
	{ PERIOD("0c{'years'}") UNITS("0c{'1'}"), 365 },
	/* Others beside them. */
	{ "30{ 0c{'CertType'} 0c{'server'} }" PERIOD("0c{'Days'}")
		UNITS("0c{'7'}"),
	    7 },
	/* Half of it, and what is no number or unit. */
	{ PERIOD("0c{'Days'}"), 0 },
	{ UNITS("0c{'30'}"), 0 },
	{ PERIOD("0c{'Days'}") UNITS("0c{'0'}"), 0 },
	{ PERIOD("0c{'Days'}") UNITS("0c{''}"), 0 },
	{ PERIOD("0c{'Days'}") UNITS("0c{'-1'}"), 0 },
	{ PERIOD("0c{'Days'}") UNITS("0c{'3 '}"), 0 },
	{ PERIOD("0c{'Days'}") UNITS("020103"), 0 },
	{ PERIOD("0c{'Decades'}") UNITS("0c{'3'}"), 0 },
	{ PERIOD("0c{'Day'}") UNITS("0c{'3'}"), 0 },
	/* The first counts. */
	{ PERIOD("0c{'Days'}") UNITS("0c{'3'}") PERIOD("0c{'Years'}")
		UNITS("0c{'9'}"),
	    3 },
	{ PERIOD("0c{'?'}") PERIOD("0c{'Days'}") UNITS("0c{'x'}")
		UNITS("0c{'3'}"),
	    3 },
	/* The most. */
	{ PERIOD("0c{'Days'}") UNITS("0c{'36499'}"), 36499 },
	{ PERIOD("0c{'Days'}") UNITS("0c{'36500'}"), 36500 },
	{ PERIOD("0c{'Days'}") UNITS("0c{'36501'}"), 36500 },
	{ PERIOD("0c{'Years'}") UNITS("0c{'100'}"), 36500 },
	{ PERIOD("0c{'Years'}") UNITS("0c{'18446744073709551617'}"), 36500 },
	{ PERIOD("0c{'Seconds'}") UNITS("0c{'99999999999999999999'}"), 36500 },
	/* What is malformed. */
	{ "30{ 0c{'ValidityPeriod'} }" UNITS("0c{'3'}"), 0 },
	{ PERIOD("0c{'Days'} 0500") UNITS("0c{'3'}"), 0 },
	{ "30{}" PERIOD("0c{'Days'}") UNITS("0c{'3'}"), 3 },
	{ "0500" PERIOD("0c{'Days'}") UNITS("0c{'3'}"), 0 },
	{ PERIOD("0c{'Days'}") UNITS("0c{'3'}") "30", 3 },
	{ PERIOD("1e{ 00 }") UNITS("0c{'3'}"), 0 },
};

static void
a_wish_is_a_unit_and_a_number_of_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf values = asn1(rows[i].values);
		struct validity_wish wish = { 0 };

		validity_wish_read(der_of(buf_bytes(&values)), &wish);
		if (validity_wish_days(&wish) != rows[i].days)
			fail_msg("row %zu: %d days, not %d", i,
			    validity_wish_days(&wish), rows[i].days);
		buf_clear(&values);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wish_is_a_unit_and_a_number_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
