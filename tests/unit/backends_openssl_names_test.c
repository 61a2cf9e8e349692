/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_names.h"

#include "crypto/der.h"
#include "crypto/oid.h"
#include "tests/unit/crypto_codec.h"

/* As "openssl list -objects" has them, and what "openssl req" makes of one in
 * a name. */
static const struct {
	const char *name;
	const char *long_name;
	const char *number;
	uint8_t tag;
} rows[] = {
	{ "CN", "commonName", "2.5.4.3", DER_UTF8_STRING },
	{ "C", "countryName", "2.5.4.6", DER_PRINTABLE_STRING },
	{ "DC", "domainComponent", "0.9.2342.19200300.100.1.25",
	    DER_IA5_STRING },
	{ "uid", "uniqueIdentifier", "0.9.2342.19200300.100.1.44",
	    DER_UTF8_STRING },
	{ "UID", "userId", "0.9.2342.19200300.100.1.1", DER_UTF8_STRING },
	{ "telexNumber", "telexNumber", "2.5.4.21", DER_UTF8_STRING },
	{ "friendlyName", "friendlyName", "1.2.840.113549.1.9.20", 0 },
	{ "jurisdictionC", "jurisdictionCountryName",
	    "1.3.6.1.4.1.311.60.2.1.3", 0 },
	{ "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2",
	    0 },
	{ "caIssuers", "CA Issuers", "1.3.6.1.5.5.7.48.2", 0 },
	{ "msUPN", "Microsoft User Principal Name", "1.3.6.1.4.1.311.20.2.3",
	    0 },
	{ "1.2.3.4", "1.2.3.4", "1.2.3.4", DER_UTF8_STRING },
};

static void
assert_means(const char *name, struct bytes oid)
{
	struct buf read = { 0 };

	if (!openssl_oid(&read, NULL, name))
		fail_msg("%s is nothing", name);
	assert_same_bytes(buf_bytes(&read), oid);
	buf_clear(&read);
}

static void
names_and_numbers_mean_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf oid = { 0 }, name = { 0 }, long_name = { 0 };

		assert_true(oid_from_text(&oid, rows[i].number));
		assert_means(rows[i].name, buf_bytes(&oid));
		assert_means(rows[i].long_name, buf_bytes(&oid));
		openssl_oid_append_name(&name, buf_bytes(&oid));
		openssl_oid_append_long_name(&long_name, buf_bytes(&oid));
		assert_string_equal(buf_string(&name), rows[i].name);
		assert_string_equal(buf_string(&long_name), rows[i].long_name);
		assert_int_equal(openssl_attribute_tag(buf_bytes(&oid)),
		    rows[i].tag);
		buf_clear(&oid);
		buf_clear(&name);
		buf_clear(&long_name);
	}
}

static void
what_is_no_name_means_nothing(void **state)
{
	static const char *const names[] = { "", "cn", "commonname", "CN ",
		"2.5.4.", "2" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct buf oid = { 0 };

		if (openssl_oid(&oid, NULL, names[i]))
			fail_msg("\"%s\" is something", names[i]);
		assert_int_equal(oid.size, 0);
		buf_clear(&oid);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers_mean_the_same),
		cmocka_unit_test(what_is_no_name_means_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
