/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/cms_envelope.h"

#include "crypto/ber.h"
#include "crypto/cms_signed.h"
#include "crypto/csr.h"
#include "tests/unit/crypto_cms_envelope.h"

static void
open_takes_the_envelopes_of_recorded_clients(void **state)
{
	static const struct {
		const char *client;
		const char *certificate;
		const char *key;
		enum cipher cipher;
	} rows[] = {
		{ "certmonger", "ca/ca.pem", "ca/ca.key.pem",
		    CIPHER_AES256_CBC },
		{ "micromdm", "ca/ca-micromdm-init.pem", "ca/ca.key.pem",
		    CIPHER_DES_CBC },
		{ "micromdm-head", "ca/ca-micromdm-init.pem", "ca/ca.key.pem",
		    CIPHER_DES_CBC },
		{ "sscep", "ca/ca.pem", "ca/ca.key.pem", CIPHER_AES128_CBC },
		{ "strongswan", "ca/ca.pem", "ca/ca.key.pem", CIPHER_3DES_CBC },
		{ "strongswan-aes", "ca/ca.pem", "ca/ca.key.pem",
		    CIPHER_AES128_CBC },
		{ "strongswan-pss", "ca/ca.pem", "ca/ca.key.pem",
		    CIPHER_AES128_CBC },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *message_name = xasprintf("%s/message.der",
		    rows[i].client);
		char *csr_name = xasprintf("%s/csr.der", rows[i].client);
		struct cms_keyring keyring = keyring_of(rows[i].certificate,
		    rows[i].key);
		struct buf der = vector(message_name), csr = vector(csr_name);
		struct buf content = { 0 };
		struct cms_envelope_facts facts;
		struct cms_signed message;

		assert_int_equal(cms_signed_read(buf_bytes(&der), &message),
		    ERR_OK);
		assert_err(cms_envelope_open(message.content, &keyring,
			       all_algorithms, &facts, &content),
		    ERR_OK, message_name);
		assert_same_bytes(buf_bytes(&content), buf_bytes(&csr));
		assert_true(facts.has_cipher);
		if (facts.cipher != rows[i].cipher)
			fail_msg("%s: %s", message_name,
			    cipher_facts(facts.cipher)->name);
		cms_signed_clear(&message);
		free_keyring(&keyring);
		free(message_name);
		free(csr_name);
		buf_clear(&content);
		buf_clear(&csr);
		buf_clear(&der);
	}
}

static void
open_takes_the_envelope_of_a_mac(void **state)
{
	struct cms_keyring keyring = keyring_of("apple-2016/ca.pem",
	    "apple-2016/ca.key");
	struct buf der = vector("apple-2016/message.der"), content = { 0 };
	struct cms_envelope_facts facts;
	struct cms_signed message;
	struct csr *csr = NULL;

	(void)state;
	assert_int_equal(cms_signed_read(buf_bytes(&der), &message), ERR_OK);
	assert_int_equal(cms_envelope_open(message.content, &keyring,
			     all_algorithms, &facts, &content),
	    ERR_OK);
	assert_int_equal(csr_read(gnutls(), buf_bytes(&content), &csr), ERR_OK);
	assert_int_equal(facts.cipher, CIPHER_3DES_CBC);
	assert_int_equal(csr->challenge.size, 0);
	assert_int_equal(extensions_key_usage(csr->extensions),
	    KEY_USAGE_DIGITAL_SIGNATURE);
	csr_free(csr);
	cms_signed_clear(&message);
	free_keyring(&keyring);
	buf_clear(&content);
	buf_clear(&der);
}

static void
open_agrees_with_openssl(void **state)
{
	static const struct {
		const char *name;
		enum err err;
		enum cipher cipher; /* CIPHER_COUNT: none is known */
		const char *unknown;
	} rows[] = {
		{ "enveloped-des.der", ERR_OK, CIPHER_DES_CBC, "" },
		{ "enveloped-3des.der", ERR_OK, CIPHER_3DES_CBC, "" },
		{ "enveloped-aes128.der", ERR_OK, CIPHER_AES128_CBC, "" },
		{ "enveloped-aes192.der", ERR_OK, CIPHER_AES192_CBC, "" },
		{ "enveloped-aes256.der", ERR_OK, CIPHER_AES256_CBC, "" },
		{ "enveloped-key-id.der", ERR_OK, CIPHER_AES128_CBC, "" },
		{ "enveloped-several.der", ERR_OK, CIPHER_AES128_CBC, "" },
		{ "enveloped-mixed.der", ERR_OK, CIPHER_AES128_CBC, "" },
		/* RC2, Camellia. */
		{ "enveloped-rc2.der", ERR_CIPHER, CIPHER_COUNT,
		    "2a864886f70d0302" },
		{ "enveloped-camellia.der", ERR_CIPHER, CIPHER_COUNT,
		    "2a83088c9a4b3d01010102" },
		/* AuthEnvelopedData, EncryptedData. */
		{ "enveloped-gcm.der", ERR_ENVELOPE_MISSING, CIPHER_COUNT, "" },
		{ "encrypted-data.der", ERR_ENVELOPE_MISSING, CIPHER_COUNT,
		    "" },
		/* Recipients by key agreement, by password, by OAEP. */
		{ "enveloped-key-agreement.der", ERR_ENVELOPE_RECIPIENT,
		    CIPHER_AES128_CBC, "" },
		{ "enveloped-password.der", ERR_ENVELOPE_RECIPIENT,
		    CIPHER_AES128_CBC, "" },
		{ "enveloped-oaep.der", ERR_KEY_TRANSPORT, CIPHER_AES128_CBC,
		    "2a864886f70d010107" },
	};
	struct cms_keyring keyring = keyring_of("codec/rsa.pem",
	    "keys/rsa.pem");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *name = xasprintf("codec/%s", rows[i].name);
		struct cms_envelope_facts facts = { .cipher = CIPHER_COUNT };
		struct buf der = vector(name), content = { 0 };

		assert_err(cms_envelope_open(buf_bytes(&der), &keyring,
			       all_algorithms, &facts, &content),
		    rows[i].err, name);
		assert_same_bytes(buf_bytes(&content),
		    rows[i].err == ERR_OK ? BYTES_LITERAL("scepd signs this") :
					    BYTES_LITERAL(""));
		assert_int_equal(facts.has_cipher,
		    rows[i].cipher != CIPHER_COUNT);
		if (facts.has_cipher)
			assert_int_equal(facts.cipher, rows[i].cipher);
		assert_asn1(facts.unknown, rows[i].unknown, name);
		buf_clear(&content);
		buf_clear(&der);
		free(name);
	}
	free_keyring(&keyring);
}

static void
open_takes_what_openssl_streams(void **state)
{
	struct buf ber = vector("codec/enveloped-stream.ber"), der = { 0 };
	struct cms_keyring keyring = keyring_of("codec/rsa.pem",
	    "keys/rsa.pem");
	struct cms_envelope_facts facts;
	struct buf content = { 0 };

	(void)state;
	assert_int_equal(ber_normalise(buf_bytes(&ber), &der), ERR_OK);
	assert_int_equal(cms_envelope_open(buf_bytes(&der), &keyring,
			     all_algorithms, &facts, &content),
	    ERR_OK);
	assert_int_equal(content.size, 5000);
	for (size_t i = 0; i < content.size; i++)
		assert_int_equal(content.data[i], "scepd signs this\n"[i % 17]);
	free_keyring(&keyring);
	buf_clear(&content);
	buf_clear(&ber);
	buf_clear(&der);
}

static void
open_wants_its_cipher_to_be_allowed(void **state)
{
	static const struct {
		const char *name;
		struct algorithms allowed;
		const char *unknown; /* NULL: it is opened */
	} rows[] = {
		{ "codec/enveloped-des.der", ALGORITHMS_DEFAULT, "2b0e030207" },
		{ "codec/enveloped-3des.der", ALGORITHMS_DEFAULT, NULL },
		{ "codec/enveloped-3des.der", { 0x3f, 1u << CIPHER_AES128_CBC },
		    "2a864886f70d0307" },
		{ "codec/enveloped-aes256.der",
		    { 0x3f, 1u << CIPHER_AES128_CBC }, "60864801650304012a" },
		{ "codec/enveloped-aes128.der", { 0, 1u << CIPHER_AES128_CBC },
		    NULL },
		{ "codec/enveloped-aes128.der", { 0x3f, 0 },
		    "608648016503040102" },
	};
	struct cms_keyring keyring = keyring_of("codec/rsa.pem",
	    "keys/rsa.pem");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = vector(rows[i].name), content = { 0 };
		struct cms_envelope_facts facts;

		assert_err(cms_envelope_open(buf_bytes(&der), &keyring,
			       rows[i].allowed, &facts, &content),
		    rows[i].unknown == NULL ? ERR_OK : ERR_CIPHER,
		    rows[i].name);
		assert_int_equal(facts.has_cipher, rows[i].unknown == NULL);
		assert_asn1(facts.unknown,
		    rows[i].unknown == NULL ? "" : rows[i].unknown,
		    rows[i].name);
		buf_clear(&content);
		buf_clear(&der);
	}
	free_keyring(&keyring);
}

static void
open_finds_the_recipient_that_is_ours(void **state)
{
	static const struct {
		const char *envelope;
		enum err err;
	} rows[] = {
		{ ENVELOPE(RECIPIENT, CONTENT), ERR_OK },
		/* By a name in other string types, a serial number with
		 * zeros. */
		{ ENVELOPE(
		      RECIPIENT_WITH(
			  "30{30{31{30{06{55040a}13{'EXAMPLE'}}}"
			  "31{30{06{550403}1e{007200730061}}}} 02{00001001}}",
			  RSA) "30{020100 30{3000 020101}" RSA "0400}",
		      CONTENT),
		    ERR_OK },
		/* By key id, also wrapped once more, in either form (T16). */
		{ ENVELOPE(RECIPIENT_WITH("80{$2}", RSA), CONTENT), ERR_OK },
		{ ENVELOPE(RECIPIENT_WITH("80{04{$2}}", RSA), CONTENT),
		    ERR_OK },
		{ ENVELOPE(RECIPIENT_WITH("a0{04{$2}}", RSA), CONTENT),
		    ERR_OK },
		{ ENVELOPE("30{020102 80{00}" RSA
			   "0400}" RECIPIENT_WITH("80{04{$2}}", RSA),
		      CONTENT),
		    ERR_OK },
		/* Among strangers. */
		{ ENVELOPE("30{020100 30{$0 02{05}}" RSA "0400}" RECIPIENT,
		      CONTENT),
		    ERR_OK },
		{ ENVELOPE(RECIPIENT "30{020100 30{3000 02{1001}}" RSA "0400}",
		      CONTENT),
		    ERR_OK },
		/* Among other kinds: key agreement, key, password, other. */
		{ ENVELOPE("a100 a200" RECIPIENT "a300 a400", CONTENT),
		    ERR_OK },
		/* One stranger is tried anyway, also beside other kinds. */
		{ ENVELOPE(RECIPIENT_WITH("30{3000 020100}", RSA), CONTENT),
		    ERR_OK },
		{ ENVELOPE(RECIPIENT_WITH("80{00}", RSA), CONTENT), ERR_OK },
		{ ENVELOPE(RECIPIENT_WITH("8000", RSA), CONTENT), ERR_OK },
		{ ENVELOPE("a100" RECIPIENT_WITH("80{00}", RSA), CONTENT),
		    ERR_OK },
		/* Two are not. */
		{ ENVELOPE(RECIPIENT_WITH("80{00}", RSA)
			       RECIPIENT_WITH("80{00}", RSA),
		      CONTENT),
		    ERR_ENVELOPE_RECIPIENT },
		{ ENVELOPE(RECIPIENT_WITH("30{$0 02{05}}", RSA)
			       RECIPIENT_WITH("30{3000 02{1001}}", RSA),
		      CONTENT),
		    ERR_ENVELOPE_RECIPIENT },
		{ ENVELOPE("a100", CONTENT), ERR_ENVELOPE_RECIPIENT },
		{ ENVELOPE("a300 a300", CONTENT), ERR_ENVELOPE_RECIPIENT },
		/* Ours, by another key transport. */
		{ ENVELOPE(RECIPIENT_WITH(BY_SERIAL,
			       "30{06{2a864886f70d010107}3000}"),
		      CONTENT),
		    ERR_KEY_TRANSPORT },
		{ ENVELOPE(RECIPIENT_WITH("80{00}", "30{06{2a03}}"), CONTENT),
		    ERR_KEY_TRANSPORT },
		/* Without parameters. */
		{ ENVELOPE(RECIPIENT_WITH(BY_SERIAL,
			       "30{06{2a864886f70d010101}}"),
		      CONTENT),
		    ERR_OK },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = sealed(rows[i].envelope);

		assert_err(open_with_rsa(buf_bytes(&der), "hello"), rows[i].err,
		    rows[i].envelope);
		buf_clear(&der);
	}
}

/* Opens an envelope with so many strangers before our recipient. */
static enum err
open_among(const char *stranger, size_t count)
{
	struct buf recipients = { 0 }, der;
	char *notation;
	enum err err;

	for (size_t i = 0; i < count; i++)
		buf_append_string(&recipients, stranger);
	buf_append_string(&recipients, RECIPIENT);
	notation = xasprintf(ENVELOPE("%s", "%s"), buf_string(&recipients),
	    CONTENT);
	der = sealed(notation);
	err = open_with_rsa(buf_bytes(&der), "hello");
	free(notation);
	buf_clear(&recipients);
	buf_clear(&der);
	return err;
}

static void
open_takes_recipients_so_many_and_no_more(void **state)
{
	static const struct {
		size_t strangers;
		enum err err;
	} rows[] = {
		{ CMS_MAX_RECIPIENTS - 1, ERR_OK },
		{ CMS_MAX_RECIPIENTS, ERR_ENVELOPE_RECIPIENTS },
		{ 1000, ERR_ENVELOPE_RECIPIENTS },
	};
	static const char *const strangers[] = { "30{020100 30{3000 020101}" RSA
						 "0400}",
		"a100" };
	struct buf none = sealed(ENVELOPE("", CONTENT));

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(strangers); j++)
			assert_err(open_among(strangers[j], rows[i].strangers),
			    rows[i].err, strangers[j]);
	assert_int_equal(open_with_rsa(buf_bytes(&none), ""),
	    ERR_ENVELOPE_RECIPIENTS);
	buf_clear(&none);
}

static void
open_looks_through_the_whole_keyring(void **state)
{
	struct certificate *other = certificate_vector("ca/ca.pem");
	struct certificate *ours = certificate_vector("codec/rsa.pem");
	struct key *other_key = key_vector("ca/ca.key.pem");
	struct key *our_key = key_vector("keys/rsa.pem");
	struct cms_keyring keyring = { gnutls(),
		{ { other, other_key }, { ours, our_key } }, 2 };
	struct cms_keyring empty = { .provider = gnutls() };
	struct buf der = sealed(ENVELOPE(RECIPIENT, CONTENT));
	struct cms_envelope_facts facts;
	struct buf content = { 0 };

	(void)state;
	assert_int_equal(cms_envelope_open(buf_bytes(&der), &keyring,
			     all_algorithms, &facts, &content),
	    ERR_OK);
	assert_bytes(buf_bytes(&content), "hello");
	assert_int_equal(cms_envelope_open(buf_bytes(&der), &empty,
			     all_algorithms, &facts, &content),
	    ERR_ENVELOPE_RECIPIENT);
	assert_same_bytes(facts.issuer, ours->issuer);
	assert_same_bytes(facts.serial, ours->serial);
	assert_true(facts.has_cipher);
	certificate_free(other);
	certificate_free(ours);
	key_free(other_key);
	key_free(our_key);
	buf_clear(&content);
	buf_clear(&der);
}

static void
open_knows_no_key_id_that_the_certificate_lacks(void **state)
{
	struct buf bare = asn1(BARE_CERTIFICATE), content = { 0 };
	struct buf der = sealed(ENVELOPE("a100" RECIPIENT_WITH("80{$2}", RSA)
					     RECIPIENT,
	    CONTENT));
	struct cms_keyring keyring = { gnutls(),
		{ { NULL, key_vector("keys/rsa.pem") } }, 1 };
	struct certificate *certificate = NULL;
	struct cms_envelope_facts facts;

	(void)state;
	assert_int_equal(certificate_read(buf_bytes(&bare), &certificate),
	    ERR_OK);
	keyring.identities[0].certificate = certificate;
	assert_int_equal(cms_envelope_open(buf_bytes(&der), &keyring,
			     all_algorithms, &facts, &content),
	    ERR_ENVELOPE_RECIPIENT);
	free_keyring(&keyring);
	buf_clear(&bare);
	buf_clear(&der);
}

static void
open_takes_content_in_each_of_its_forms(void **state)
{
	static const char *const rows[] = {
		ENVELOPE(RECIPIENT, CONTENT),
		/* Bare, with other versions, originator and attributes. */
		ENVELOPED(RECIPIENT, CONTENT),
		"30{06{2a864886f70d010703} a0{"
		"30{020102 a0{a0{3000}} 31{" RECIPIENT "}" CONTENT
		"a1{30{06{2a03} 31{0500}}}}}}",
		ENVELOPE("30{020102 80{$2}" RSA "04{$3}}", CONTENT),
		/* Types that are not id-data (T17). */
		ENVELOPE(RECIPIENT,
		    CONTENT_WITH("06{2a864886f70d010706}", AES128, "80{$4}")),
		ENVELOPE(RECIPIENT, CONTENT_WITH("06{2a03}", AES128, "80{$4}")),
		/* Constructed, in one segment, and with empty ones (T10). */
		ENVELOPE(RECIPIENT, CONTENT_WITH(DATA, AES128, "a0{04{$4}}")),
		ENVELOPE(RECIPIENT,
		    CONTENT_WITH(DATA, AES128, "a0{0400 04{$4} 0400}")),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = sealed(rows[i]);

		assert_err(open_with_rsa(buf_bytes(&der), "hello"), ERR_OK,
		    rows[i]);
		buf_clear(&der);
	}
}

static void
open_refuses_malformed_envelopes(void **state)
{
	static const struct {
		const char *envelope;
		enum err err;
	} rows[] = {
		{ "", ERR_ENVELOPE_MISSING },
		{ "0500", ERR_ENVELOPE_MISSING },
		{ "3000", ERR_ENVELOPE_MISSING },
		{ "3005 00", ERR_ENVELOPE_MISSING },
		{ ENVELOPE(RECIPIENT, CONTENT) "00", ERR_ENVELOPE_MISSING },
		{ "30{06{2a864886f70d010703}}", ERR_ENVELOPE_MISSING },
		{ "30{06{2a864886f70d010703} a000}", ERR_ENVELOPE_MISSING },
		{ "30{06{2a864886f70d010703} 3000}", ERR_ENVELOPE_MISSING },
		/* SignedData, or no type. */
		{ "30{06{2a864886f70d010702} a0{3000}}", ERR_ENVELOPE_MISSING },
		{ "30{0600 a0{3000}}", ERR_ENVELOPE_MISSING },
		{ "30{06{2a864886f70d010703} a0{3000}}", ERR_DER_TAG },
		{ "30{06{2a864886f70d010703} a0{30{0200}}}", ERR_DER_INTEGER },
		{ "30{06{2a864886f70d010703} a0{30{020100 3000}}}",
		    ERR_DER_TAG },
		/* Recipients. */
		{ ENVELOPE("3000", CONTENT), ERR_DER_TAG },
		{ ENVELOPE("30{020100}", CONTENT), ERR_DER_TAG },
		{ ENVELOPE("30{020100 3000" RSA "04{$3}}", CONTENT),
		    ERR_DER_TAG },
		{ ENVELOPE("30{020100 30{$0}" RSA "04{$3}}", CONTENT),
		    ERR_DER_TAG },
		{ ENVELOPE("30{020100 30{$0 0200}" RSA "04{$3}}", CONTENT),
		    ERR_DER_INTEGER },
		{ ENVELOPE("30{020100 04{$2}" RSA "04{$3}}", CONTENT),
		    ERR_DER_TAG },
		{ ENVELOPE("30{020100" BY_SERIAL "3000 04{$3}}", CONTENT),
		    ERR_DER_TAG },
		{ ENVELOPE("30{020100" BY_SERIAL RSA "}", CONTENT),
		    ERR_DER_TAG },
		{ ENVELOPE("30{020100" BY_SERIAL RSA "03{00 $3}}", CONTENT),
		    ERR_DER_TAG },
		{ ENVELOPE("30", CONTENT), ERR_DER_TRUNCATED },
		/* Content. */
		{ ENVELOPE(RECIPIENT, ""), ERR_DER_TAG },
		{ ENVELOPE(RECIPIENT, "3000"), ERR_DER_TAG },
		{ ENVELOPE(RECIPIENT, CONTENT_WITH("0600", "", "")),
		    ERR_DER_OID },
		{ ENVELOPE(RECIPIENT, CONTENT_WITH(DATA, "", "80{$4}")),
		    ERR_CIPHER },
		{ ENVELOPE(RECIPIENT,
		      CONTENT_WITH(DATA, "30{06{608648016503040102}}",
			  "80{$4}")),
		    ERR_CIPHER },
		{ ENVELOPE(RECIPIENT,
		      CONTENT_WITH(DATA, "30{06{608648016503040102} 04{00}}",
			  "80{$4}")),
		    ERR_CIPHER },
		{ ENVELOPE(RECIPIENT, CONTENT_WITH(DATA, AES128, "")),
		    ERR_DER_TAG },
		{ ENVELOPE(RECIPIENT, CONTENT_WITH(DATA, AES128, "04{$4}")),
		    ERR_DER_TAG },
		{ ENVELOPE(RECIPIENT, CONTENT_WITH(DATA, AES128, "a0{0500}")),
		    ERR_DER_TAG },
		{ ENVELOPE(RECIPIENT,
		      CONTENT_WITH(DATA, AES128, "a0{24{04{$4}}}")),
		    ERR_DER_TAG },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = sealed(rows[i].envelope);

		assert_err(open_with_rsa(buf_bytes(&der), ""), rows[i].err,
		    rows[i].envelope);
		buf_clear(&der);
	}
}

static void
open_refuses_a_recorded_envelope_cut_at_any_octet(void **state)
{
	struct buf whole = vector("codec/enveloped-several.der");
	struct cms_keyring keyring = keyring_of("codec/rsa.pem",
	    "keys/rsa.pem");

	(void)state;
	for (size_t size = 0; size < whole.size; size++) {
		struct cms_envelope_facts facts;
		struct buf cut = { 0 }, content = { 0 };

		buf_append(&cut, bytes_of(whole.data, size));
		assert_int_equal(cms_envelope_open(buf_bytes(&cut), &keyring,
				     all_algorithms, &facts, &content),
		    ERR_ENVELOPE_MISSING);
		assert_int_equal(content.size, 0);
		buf_clear(&cut);
	}
	free_keyring(&keyring);
	buf_clear(&whole);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_takes_the_envelopes_of_recorded_clients),
		cmocka_unit_test(open_takes_the_envelope_of_a_mac),
		cmocka_unit_test(open_agrees_with_openssl),
		cmocka_unit_test(open_takes_what_openssl_streams),
		cmocka_unit_test(open_wants_its_cipher_to_be_allowed),
		cmocka_unit_test(open_finds_the_recipient_that_is_ours),
		cmocka_unit_test(open_takes_recipients_so_many_and_no_more),
		cmocka_unit_test(open_looks_through_the_whole_keyring),
		cmocka_unit_test(
		    open_knows_no_key_id_that_the_certificate_lacks),
		cmocka_unit_test(open_takes_content_in_each_of_its_forms),
		cmocka_unit_test(open_refuses_malformed_envelopes),
		cmocka_unit_test(
		    open_refuses_a_recorded_envelope_cut_at_any_octet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
