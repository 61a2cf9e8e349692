/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_value.h"

#include "tests/unit/unit.h"

#define KEPT INT64_C(-77) /* what a refused value leaves in place */

static void
assert_reads(bool (*read)(const char *, int64_t *), const char *text,
    int64_t wanted)
{
	int64_t value = KEPT;

	assert_int_equal(read(text, &value), wanted != KEPT);
	assert_int_equal(value, wanted);
}

static void
duration_takes_a_number_and_its_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
		{ "0s", 0 },
		{ "0d", 0 },
		{ "1s", 1 },
		{ "90s", 90 },
		{ "10m", 600 },
		{ "12h", 43200 },
		{ "30d", 2592000 },
		{ "5y", INT64_C(5) * 365 * 86400 },
		{ "007d", 7 * 86400 },
		{ "9223372036854775806s", INT64_MAX - 1 },
		{ "9223372036854775807s", INT64_MAX },
		{ "9223372036854775808s", KEPT },
		{ "99999999999999999999s", KEPT },
		{ "153722867280912930m", INT64_C(9223372036854775800) },
		{ "153722867280912931m", KEPT },
		{ "292471208677y", INT64_C(292471208677) * 31536000 },
		{ "292471208678y", KEPT },
		{ "", KEPT },
		{ "30", KEPT },
		{ "d", KEPT },
		{ "30D", KEPT },
		{ "30w", KEPT },
		{ "30 d", KEPT },
		{ " 30d", KEPT },
		{ "30d ", KEPT },
		{ "30dd", KEPT },
		{ "1h30m", KEPT },
		{ "1.5h", KEPT },
		{ "-1d", KEPT },
		{ "+1d", KEPT },
		{ "0x1d", KEPT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_reads(conf_value_read_duration, rows[i].text,
		    rows[i].seconds);
}

static void
time_is_a_date_with_or_without_a_time_of_day(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
		{ "1970-01-01", 0 },
		{ "2027-01-01", 1798761600 },
		{ "2027-01-01T00:00:00Z", 1798761600 },
		{ "2028-02-29T23:59:59Z", 1835481599 },
		{ "9999-12-31", 253402214400 },
		{ "10000-01-01", KEPT },
		{ "2027-02-29", KEPT },
		{ "2027-13-01", KEPT },
		{ "2027-00-01", KEPT },
		{ "2027-1-1", KEPT },
		{ " 2027-01-01", KEPT },
		{ "2027-01-01 ", KEPT },
		{ "2027-01-01T00:00:00", KEPT },
		{ "2027-01-01T00:00:00z", KEPT },
		{ "2027-01-01T24:00:00Z", KEPT },
		{ "2027-01-01T00:00Z", KEPT },
		{ "2027-01-01T00:00:00+01:00", KEPT },
		{ "01.01.2027", KEPT },
		{ "tomorrow", KEPT },
		{ "", KEPT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_reads(conf_value_read_time, rows[i].text,
		    rows[i].seconds);
}

static void
size_takes_a_number_with_or_without_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t size;
	} rows[] = {
		{ "0", 0 },
		{ "1", 1 },
		{ "1023", 1023 },
		{ "1k", 1024 },
		{ "256k", 262144 },
		{ "4M", 4194304 },
		{ "9223372036854775807", INT64_MAX },
		{ "9223372036854775808", KEPT },
		{ "9007199254740991k", INT64_C(9007199254740991) * 1024 },
		{ "9007199254740992k", KEPT },
		{ "8796093022207M", INT64_C(8796093022207) * 1048576 },
		{ "8796093022208M", KEPT },
		{ "", KEPT },
		{ "k", KEPT },
		{ "4K", KEPT },
		{ "4m", KEPT },
		{ "4G", KEPT },
		{ "4MB", KEPT },
		{ "4 M", KEPT },
		{ "-4M", KEPT },
		{ "0.5M", KEPT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_reads(conf_value_read_size, rows[i].text, rows[i].size);
}

static void
mode_takes_three_octal_digits(void **state)
{
	static const struct {
		const char *text;
		int64_t mode;
	} rows[] = {
		{ "000", 0 },
		{ "0000", 0 },
		{ "0001", 1 },
		{ "660", 0660 },
		{ "0660", 0660 },
		{ "0777", 0777 },
		{ "777", 0777 },
		{ "1000", KEPT },
		{ "1777", KEPT },
		{ "00660", KEPT },
		{ "66", KEPT },
		{ "0", KEPT },
		{ "", KEPT },
		{ "0668", KEPT },
		{ "0o660", KEPT },
		{ "-660", KEPT },
		{ " 660", KEPT },
		{ "660 ", KEPT },
		{ "rw-rw----", KEPT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_reads(conf_value_read_mode, rows[i].text, rows[i].mode);
}

static void
print_takes_the_largest_unit_that_fits(void **state)
{
	static const struct {
		void (*print)(struct buf *, int64_t);
		int64_t value;
		const char *text;
	} rows[] = {
		{ conf_value_print_duration, 0, "0s" },
		{ conf_value_print_duration, 59, "59s" },
		{ conf_value_print_duration, 60, "1m" },
		{ conf_value_print_duration, 61, "61s" },
		{ conf_value_print_duration, 3600, "1h" },
		{ conf_value_print_duration, 86400, "1d" },
		{ conf_value_print_duration, 364 * 86400, "364d" },
		{ conf_value_print_duration, 365 * 86400, "1y" },
		{ conf_value_print_duration, 366 * 86400, "366d" },
		{ conf_value_print_duration, INT64_MAX,
		    "9223372036854775807s" },
		{ conf_value_print_duration, -60, "-1m" },
		{ conf_value_print_size, 0, "0" },
		{ conf_value_print_size, 1023, "1023" },
		{ conf_value_print_size, 1024, "1k" },
		{ conf_value_print_size, 1025, "1025" },
		{ conf_value_print_size, 1048576, "1M" },
		{ conf_value_print_number, 0, "0" },
		{ conf_value_print_number, INT64_MIN, "-9223372036854775808" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf text = { 0 };

		rows[i].print(&text, rows[i].value);
		assert_string_equal(buf_string(&text), rows[i].text);
		buf_clear(&text);
	}
}

static void
distance_counts_slips_of_the_keyboard(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		size_t distance;
	} rows[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "challenge", "challenge", 0 },
		{ "challange", "challenge", 1 },
		{ "chalenge", "challenge", 1 },
		{ "challlenge", "challenge", 1 },
		{ "chalelnge", "challenge", 1 },
		{ "hcallenge", "challenge", 1 },
		{ "chal1enges", "challenge", 2 },
		{ "Challenge", "challenge", 1 },
		{ "abc", "xyz", 3 },
		{ "kitten", "sitting", 3 },
		{ "ca", "abc", 3 },
		{ "a23456789012345678901234567890123456789012345678", "", 48 },
		{ "a234567890123456789012345678901234567890123456789", "",
		    SIZE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(conf_value_distance(rows[i].a, rows[i].b),
		    rows[i].distance);
		assert_int_equal(conf_value_distance(rows[i].b, rows[i].a),
		    rows[i].distance);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(duration_takes_a_number_and_its_unit),
		cmocka_unit_test(time_is_a_date_with_or_without_a_time_of_day),
		cmocka_unit_test(size_takes_a_number_with_or_without_unit),
		cmocka_unit_test(mode_takes_three_octal_digits),
		cmocka_unit_test(print_takes_the_largest_unit_that_fits),
		cmocka_unit_test(distance_counts_slips_of_the_keyboard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
