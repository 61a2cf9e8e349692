/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend.h"

#include "crypto/spki.h"
#include "tests/unit/backends_leave.h"

/* A CA of files: what its certificates say. */

/* What the CA makes of it; the caller's, to certificate_free. */
static struct certificate *
issue(const struct backend *backend, const struct leave *leave)
{
	struct certificate *certificate = NULL;
	struct backend_prepared prepared = { 0 };
	struct buf der = { 0 };

	assert_int_equal(backend_prepare(backend, leave->verdict.authorisation,
			     NOW, &prepared),
	    ERR_OK);
	assert_int_equal(prepared.detail.size, 0);
	assert_int_equal(backend_sign(backend, buf_bytes(&prepared.tbs), &der),
	    ERR_OK);
	assert_int_equal(certificate_read(buf_bytes(&der), &certificate),
	    ERR_OK);
	assert_int_equal(signed_object_verify(gnutls(), &certificate->outer,
			     backend_certificate(backend)->spki),
	    ERR_OK);
	assert_may_be_signed(backend, leave->policy.profiles.items,
	    certificate->outer.signed_part);
	buf_clear(&prepared.tbs);
	buf_clear(&der);
	return certificate;
}

/* SHA-1 of the key, RFC 5280 section 4.2.1.2, as hexadecimal. */
static void
append_key_id(struct buf *to, struct bytes spki)
{
	uint8_t digest[DIGEST_MAX_SIZE];
	struct bytes octets;

	assert_int_equal(spki_key_octets(spki, &octets), ERR_OK);
	provider_digest(gnutls(), DIGEST_SHA1, &octets, 1, digest);
	hex_append(to, bytes_of(digest, 20));
}

/* The whole list of extensions of an ordinary certificate, no more no less. */
static void
assert_extensions(const struct certificate *certificate, const char *more)
{
	struct buf key_id = { 0 };
	char *notation;

	append_key_id(&key_id, certificate->spki);
	notation =
	    xasprintf("30{" CRITICAL("551d13", "30{}")
			  CRITICAL("551d0f", "03{05a0}") EKU(CLIENT_AUTH)
			      EXTENSION("551d0e", "04{%s}") EXTENSION("551d23",
				  "30{ 80{08a18cae de756127 22893500 5faf1a22 "
				  "e41f5fe2} }") "%s }",
		buf_string(&key_id), more);
	assert_asn1(certificate->extensions, notation, "extensions");
	free(notation);
	buf_clear(&key_id);
}

static void
a_certificate_says_what_the_profile_says(void **state)
{
	struct backend *backend = backend_of(LAB_CA);
	struct leave leave = leave_for("", (struct wanted){ 0 });
	struct certificate *certificate = issue(backend, &leave);

	(void)state;
	assert_same_bytes(certificate->issuer,
	    backend_certificate(backend)->subject);
	assert_same_bytes(certificate->subject, leave.csr->subject);
	assert_same_bytes(certificate->spki, leave.csr->spki);
	assert_int_equal(certificate->not_before, NOW - 600);
	assert_int_equal(certificate->not_after, NOW + 365 * DAY);
	assert_extensions(certificate, "");
	certificate_free(certificate);
	leave_clear(&leave);
	backend_close(backend);
}

static void
names_and_urls_of_the_profile_are_in_it(void **state)
{
	struct backend *backend = backend_of(LAB_CA);
	struct leave leave =
	    leave_for("crl_url = ( \"http://c\", "
		      "\"http://d\" ); ocsp_url = \"http://o\"; issuer_url = "
		      "\"http://i\";",
		(struct wanted){ .subject = NAME_EMPTY,
		    .extensions = SAN("82{'a.lab'}") });
	struct certificate *certificate = issue(backend, &leave);

	(void)state;
	/* Critical, since there is no other name (RFC 5280 4.2.1.6). */
	assert_extensions(certificate,
	    CRITICAL("551d11", "30{ 82{'a.lab'} }") EXTENSION("551d1f",
		"30{ 30{ a0{ a0{ 86{'http://c'} } } }"
		"    30{ a0{ a0{ 86{'http://d'} } } } }")
		EXTENSION("2b06010505070101",
		    "30{ 30{ 06{2b06010505073001} 86{'http://o'} }"
		    "    30{ 06{2b06010505073002} 86{'http://i'} } }"));
	certificate_free(certificate);
	leave_clear(&leave);
	backend_close(backend);
}

static void
nothing_that_was_smuggled_in_is_in_it(void **state)
{
	struct backend *backend = backend_of(LAB_CA);

	(void)state;
	for (size_t i = 0; i < COUNT(smuggled); i++) {
		struct leave leave = leave_for("",
		    (struct wanted){ .extensions = smuggled[i] });
		struct certificate *certificate = issue(backend, &leave);

		assert_extensions(certificate, "");
		certificate_free(certificate);
		leave_clear(&leave);
	}
	backend_close(backend);
}

static void
serials_are_random_positive_and_of_127_bits(void **state)
{
	struct backend *backend = backend_of(LAB_CA);
	struct leave leave = leave_for("", (struct wanted){ 0 });
	struct certificate *made[24];
	uint8_t seen = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(made); i++) {
		made[i] = issue(backend, &leave);
		assert_in_range(made[i]->serial.size, 1, 16);
		assert_true(made[i]->serial.data[0] < 0x80);
		seen |= made[i]->serial.data[made[i]->serial.size - 1];
		for (size_t j = 0; j < i; j++)
			assert_false(serial_equal(made[i]->serial,
			    made[j]->serial));
	}
	assert_int_equal(seen, 0xff);
	for (size_t i = 0; i < COUNT(made); i++)
		certificate_free(made[i]);
	leave_clear(&leave);
	backend_close(backend);
}

/* A CA with this validity. */
static struct backend *
backend_valid(int64_t not_before, int64_t not_after)
{
	struct certificate_order order = { .not_before = not_before,
		.not_after = not_after,
		.ca = true };

	put_ca("made.pem", &order, "ca/ca.key.pem");
	return backend_of("backend = \"file\"; certificate = \"made.pem\"; "
			  "key = \"ca.key\";");
}

static void
a_certificate_never_outlives_its_ca(void **state)
{
	struct backend *backend = backend_valid(NOW - 60, NOW + 40 * DAY);
	struct leave leave = leave_for("", (struct wanted){ 0 });
	struct certificate *certificate = issue(backend, &leave);

	(void)state;
	assert_int_equal(certificate->not_before, NOW - 60);
	assert_int_equal(certificate->not_after, NOW + 40 * DAY);
	certificate_free(certificate);
	leave_clear(&leave);
	backend_close(backend);
}

static void
a_ca_that_is_not_valid_now_issues_nothing(void **state)
{
	struct backend *backend = backend_valid(NOW - DAY, NOW + DAY);
	struct leave leave = leave_for("", (struct wanted){ 0 });
	struct backend_prepared prepared = { 0 };

	(void)state;
	assert_int_equal(backend_prepare(backend, leave.verdict.authorisation,
			     NOW + DAY + 1, &prepared),
	    ERR_CA_VALIDITY);
	assert_int_equal(backend_prepare(backend, leave.verdict.authorisation,
			     NOW - DAY - 1, &prepared),
	    ERR_CA_VALIDITY);
	assert_int_equal(prepared.tbs.size, 0);
	assert_int_equal(backend_prepare(backend, leave.verdict.authorisation,
			     NOW + DAY, &prepared),
	    ERR_OK);
	buf_clear(&prepared.tbs);
	leave_clear(&leave);
	backend_close(backend);
}

/* The digest is that of the CA's key (key.h). */
static void
an_ec_ca_signs_with_ecdsa(void **state)
{
	struct certificate_order order = { .not_after = NOW + DAY, .ca = true };
	struct leave leave = leave_for("", (struct wanted){ 0 });
	struct certificate *certificate;
	struct backend *backend;

	(void)state;
	put_ca("ec.pem", &order, "keys/p384.pem");
	put_vector("ec.key", "keys/p384.pem");
	backend = backend_of("backend = \"file\"; certificate = \"ec.pem\"; "
			     "key = \"ec.key\";");
	certificate = issue(backend, &leave);
	assert_asn1(certificate->outer.algorithm, "30{ 06{2a8648ce3d040303} }",
	    "ecdsa-with-SHA384");
	certificate_free(certificate);
	leave_clear(&leave);
	backend_close(backend);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_certificate_says_what_the_profile_says),
		CONF_TEST(names_and_urls_of_the_profile_are_in_it),
		CONF_TEST(nothing_that_was_smuggled_in_is_in_it),
		CONF_TEST(serials_are_random_positive_and_of_127_bits),
		CONF_TEST(a_certificate_never_outlives_its_ca),
		CONF_TEST(a_ca_that_is_not_valid_now_issues_nothing),
		CONF_TEST(an_ec_ca_signs_with_ecdsa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
