/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/crl_import.h"

#include "base/pem.h"
#include "tests/unit/scep_crl.h"

/* tests/vectors/codec/crl.der: of the lab's CA, by OpenSSL. */

static int
reading_setup(void **state)
{
	*state = lab_open(READS);
	return 0;
}

#define READING_TEST(function) \
	cmocka_unit_test_setup_teardown(function, reading_setup, lab_teardown)

/* The keeper's turn; it has this to say, or nothing. */
static void
import(struct lab *lab, const char *finding)
{
	struct problems *problems = problems_new();

	scep_import_crls(lab->scep, LAB_NOW, problems);
	if (finding[0] == '\0')
		assert_string_equal(problems_text(problems), "");
	else if (strstr(problems_text(problems), finding) == NULL)
		fail_msg("want %s: %s", finding, problems_text(problems));
	problems_free(problems);
}

static void
assert_revoked(struct lab *lab, struct bytes serial, int64_t at, int reason)
{
	struct stored_certificate certificate = { 0 };

	assert_int_equal(store_certificate_get(lab->store, authority_of(lab),
			     serial, &certificate),
	    ERR_OK);
	assert_int_equal(certificate.revoked_at, at);
	assert_int_equal(certificate.reason, reason);
	stored_certificate_clear(&certificate);
}

static void
assert_imported(struct lab *lab)
{
	struct buf der = lab_vector("codec/crl.der");
	struct stored_crl crl = stored_crl_of(lab);

	assert_revoked(lab, BYTES_LITERAL("\x06"), 1795341600, 6);
	assert_revoked(lab, BYTES_LITERAL("\x1a\x2b"), 1795168800, 1);
	assert_revoked(lab, BYTES_LITERAL("\xff\x01\x02\x03\x04\x05\x06\x07"),
	    1795255200, 0);
	assert_same_bytes(buf_bytes(&crl.der), buf_bytes(&der));
	assert_int_equal(crl.this_update, 1795392000);
	assert_int_equal(crl.next_update, 1797984000);
	stored_crl_clear(&crl);
	buf_clear(&der);
}

static void
a_crl_of_others_revokes_what_it_lists(void **state)
{
	struct lab *lab = *state;

	put_certificate(lab, 6, LAB_NOW + 86400);
	lab_put_vector(lab, "ca.crl", "codec/crl.der");
	import(lab, "");
	assert_imported(lab);
	/* And nothing more when it comes again. */
	set_reason(lab, 6, -1);
	import(lab, "");
	assert_revoked(lab, BYTES_LITERAL("\x06"), 0, 0);
}

static void
a_crl_in_pem_is_as_good(void **state)
{
	struct lab *lab = *state;
	struct buf der = lab_vector("codec/crl.der");

	lab_put_pem(lab, "ca.crl", "X509 CRL", buf_bytes(&der));
	import(lab, "");
	assert_imported(lab);
	buf_clear(&der);
}

/* A CRL of the lab's CA, or of its RA, with this in it. */
static struct buf
crl_of(const struct lab *lab, const struct key *key, int64_t this_update,
    struct bytes entries)
{
	const struct crl_order order = {
		.issuer = lab->ca->subject,
		.authority_key_id = BYTES_LITERAL("id"),
		.number = 1,
		.this_update = this_update,
		.next_update = this_update + LIFE,
		.entries = entries,
	};
	struct buf tbs = { 0 }, der = { 0 };

	crl_append_tbs(&tbs, &order, key_scheme(key), key_digest(key));
	assert_int_equal(signed_object_append(&der, key, buf_bytes(&tbs)),
	    ERR_OK);
	buf_clear(&tbs);
	return der;
}

static void
what_is_no_crl_of_this_ca_is_refused(void **state)
{
	struct lab *lab = *state;
	struct bytes nothing = { 0 };
	struct buf rows[] = {
		crl_of(lab, lab->ra_key, LAB_NOW, nothing),
		crl_of(lab, lab->ca_key, LAB_NOW,
		    BYTES_LITERAL("\x30\x02\x05\x00")),
		crl_of(lab, lab->ca_key, 1795391999, nothing),
		lab_vector("ca/ca.pem"),
		lab_vector("codec/csr-rsa.der"),
	};
	static const char *const findings[COUNT(rows)] = {
		"ca.crl: this CRL is not signed by the endpoint's CA",
		"ca.crl: an entry of this CRL is malformed",
		"ca.crl: this CRL is older than the one that was read before",
		"ca.crl: holds no CRL, neither in PEM nor in DER form",
		"ca.crl: this CRL is malformed",
	};

	import(lab, "ca.crl: No such file");
	lab_put_vector(lab, "ca.crl", "codec/crl.der");
	import(lab, "");
	for (size_t i = 0; i < COUNT(rows); i++) {
		lab_put(lab, "ca.crl", buf_bytes(&rows[i]), 0644);
		import(lab, findings[i]);
		assert_imported(lab);
		buf_clear(&rows[i]);
	}
}

static void
a_crl_that_is_partial_is_refused(void **state)
{
	struct lab *lab = *state;
	struct buf whole = lab_vector("codec/crl.der"), tbs = { 0 };
	struct buf der = { 0 };
	struct crl *crl = NULL;
	uint8_t *number;

	/* cRLNumber becomes something that is critical: the octets are the
	 * same in number with a shorter value. */
	assert_int_equal(crl_read(buf_bytes(&whole), &crl), ERR_OK);
	buf_append(&tbs, crl->outer.signed_part);
	number = memmem(tbs.data, tbs.size, "\x30\x0b\x06\x03\x55\x1d\x14", 7);
	assert_non_null(number);
	memcpy(number, "\x30\x0b\x06\x03\x55\x1d\x1b\x01\x01\xff\x04\x01\x05",
	    13);
	assert_int_equal(signed_object_append(&der, lab->ca_key,
			     buf_bytes(&tbs)),
	    ERR_OK);
	lab_put(lab, "ca.crl", buf_bytes(&der), 0644);
	import(lab, "does not speak of all certificates");
	crl_free(crl);
	buf_clear(&whole);
	buf_clear(&tbs);
	buf_clear(&der);
}

/* More than are revoked at a time. */
static void
a_long_crl_is_taken_whole(void **state)
{
	struct lab *lab = *state;
	struct buf entries = { 0 }, der;
	uint8_t serial[2];

	for (unsigned i = 1; i <= 1203; i++) {
		const struct crl_entry entry = {
			.serial = BYTES_ARRAY(serial),
			.revoked_at = LAB_NOW,
		};

		serial[0] = (uint8_t)(i >> 8 | 0x40);
		serial[1] = (uint8_t)i;
		crl_append_entry(&entries, &entry);
	}
	der = crl_of(lab, lab->ca_key, LAB_NOW, buf_bytes(&entries));
	lab_put(lab, "ca.crl", buf_bytes(&der), 0644);
	import(lab, "");
	assert_revoked(lab, BYTES_LITERAL("\x40\x01"), LAB_NOW, 0);
	assert_revoked(lab, BYTES_LITERAL("\x42\x22"), LAB_NOW, 0);
	assert_revoked(lab, BYTES_LITERAL("\x44\xb3"), LAB_NOW, 0);
	buf_clear(&entries);
	buf_clear(&der);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		READING_TEST(a_crl_of_others_revokes_what_it_lists),
		READING_TEST(a_crl_in_pem_is_as_good),
		READING_TEST(what_is_no_crl_of_this_ca_is_refused),
		READING_TEST(a_crl_that_is_partial_is_refused),
		READING_TEST(a_long_crl_is_taken_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
