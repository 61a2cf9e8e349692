/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What crypto/cms_envelope.h does with keys: what it opens and what not, and
 * what it seals. */
#include "base/hex.h"
#include "crypto/ber.h"
#include "crypto/cms_signed.h"
#include "tests/unit/crypto_cms_envelope.h"

#define CLOSED ERR_ENVELOPE_DECRYPT

static void
open_takes_every_size_of_padding_and_no_other(void **state)
{
	(void)state;
	for (unsigned padding = 0; padding < 256; padding++) {
		char blocks[33] = { 0 };
		struct buf der;

		/* All octets are the same: only the last one decides. */
		memset(blocks, (int)padding, 32);
		der = envelope_of(ENVELOPE(RECIPIENT, CONTENT),
		    bytes_of(blocks, 32));
		blocks[32 - padding % 32] = 0;
		assert_int_equal(open_with_rsa(buf_bytes(&der), blocks),
		    padding >= 1 && padding <= 16 ? ERR_OK : CLOSED);
		buf_clear(&der);
	}
}

static void
open_looks_at_every_octet_of_the_padding(void **state)
{
	(void)state;
	for (unsigned padding = 1; padding <= 16; padding++)
		for (unsigned wrong = 1; wrong <= 16; wrong++) {
			char blocks[33] = { 0 };
			struct buf der;

			memset(blocks, 'a', 32);
			memset(blocks + 32 - padding, (int)padding, padding);
			/* The last octet is what says how long it is. */
			blocks[32 - wrong] ^= wrong == 1 ? 0x60 : 1;
			der = envelope_of(ENVELOPE(RECIPIENT, CONTENT),
			    bytes_of(blocks, 32));
			blocks[32 - padding] = 0;
			assert_int_equal(open_with_rsa(buf_bytes(&der), blocks),
			    wrong > padding ? ERR_OK : CLOSED);
			buf_clear(&der);
		}
}

static void
open_takes_no_empty_content(void **state)
{
	uint8_t block[16];
	struct buf der;

	(void)state;
	memset(block, 16, sizeof(block));
	der = envelope_of(ENVELOPE(RECIPIENT, CONTENT), BYTES_ARRAY(block));
	assert_int_equal(open_with_rsa(buf_bytes(&der), ""), CLOSED);
	buf_clear(&der);
}

static void
open_wants_whole_blocks(void **state)
{
	static const char *const rows[] = {
		ENVELOPE(RECIPIENT, CONTENT_WITH(DATA, AES128, "8000")),
		ENVELOPE(RECIPIENT, CONTENT_WITH(DATA, AES128, "a000")),
		ENVELOPE(RECIPIENT, CONTENT_WITH(DATA, AES128, "a0{0400}")),
		ENVELOPE(RECIPIENT, CONTENT_WITH(DATA, AES128, "80{00}")),
		ENVELOPE(RECIPIENT, CONTENT_WITH(DATA, AES128, "80{$4 00}")),
		ENVELOPE(RECIPIENT,
		    CONTENT_WITH(DATA, AES128, "80{0001020304050607}")),
		ENVELOPE(RECIPIENT,
		    CONTENT_WITH(DATA, AES128, "a0{04{$4} 04{00}}")),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = sealed(rows[i]);

		assert_err(open_with_rsa(buf_bytes(&der), ""), CLOSED, rows[i]);
		buf_clear(&der);
	}
}

/* Rule T10. */
static void
open_joins_segments(void **state)
{
	static const char *const rows[] = {
		"a0{04{$5} 04{$6}}",
		"a0{0400 04{$5} 0400 04{$6} 0400}",
		"a0{24{04{$5} 04{$6}}}",
		"a080 04{$5} 04{$6} 0000",
		"a080 2480 04{$5} 24{04{$6}} 0000 0000",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *notation = xasprintf(ENVELOPE("%s", "30{%s %s %s}"),
		    RECIPIENT, DATA, AES128, rows[i]);
		struct buf ber = sealed(notation), der = { 0 };

		assert_int_equal(ber_normalise(buf_bytes(&ber), &der), ERR_OK);
		assert_err(open_with_rsa(buf_bytes(&der), "hello"), ERR_OK,
		    rows[i]);
		free(notation);
		buf_clear(&ber);
		buf_clear(&der);
	}
}

static void
open_says_the_same_whatever_the_key_makes_of_it(void **state)
{
	/* The block above what the modulus holds, nothing, one octet, and one
	 * octet less and more than the modulus has. */
	static const char *const keys[] = { "", "00", "01", "ff" };
	static const size_t sizes[] = { 0, 1, 127, 128, 129, 1024 };

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++)
		for (size_t j = 0; j < COUNT(sizes); j++) {
			struct buf key = repeated(keys[i], sizes[j]);
			struct buf hex = { 0 }, der;
			char *notation;

			hex_append(&hex, buf_bytes(&key));
			notation = xasprintf(ENVELOPE("30{020100 %s %s 04{%s}}",
						 "%s"),
			    BY_SERIAL, RSA, buf_string(&hex), CONTENT);
			der = sealed(notation);
			assert_int_equal(open_with_rsa(buf_bytes(&der), ""),
			    CLOSED);
			free(notation);
			buf_clear(&key);
			buf_clear(&hex);
			buf_clear(&der);
		}
}

/* All of it recorded, since of random keys one in 256 would seem to fit. */
static void
open_refuses_a_key_of_another_size_or_owner(void **state)
{
	static const struct {
		const char *envelope;
		const char *key;
		uint8_t cipher; /* the last octet of its OID */
		enum err err;
	} rows[] = {
		{ "codec/enveloped-aes128.der", "keys/rsa.pem", 0x02, ERR_OK },
		/* Another key of ours, of another size, of another kind. */
		{ "codec/enveloped-aes128.der", "keys/rsa-1025.pem", 0x02,
		    CLOSED },
		{ "codec/enveloped-aes128.der", "ca/ca.key.pem", 0x02, CLOSED },
		{ "codec/enveloped-aes128.der", "keys/p256.pem", 0x02, CLOSED },
		/* A key for AES of another size. */
		{ "codec/enveloped-aes128.der", "keys/rsa.pem", 0x16, CLOSED },
		{ "codec/enveloped-aes128.der", "keys/rsa.pem", 0x2a, CLOSED },
		{ "codec/enveloped-aes256.der", "keys/rsa.pem", 0x02, CLOSED },
		{ "codec/enveloped-aes256.der", "keys/rsa.pem", 0x16, CLOSED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf der = vector(rows[i].envelope), content = { 0 };
		struct cms_keyring keyring = keyring_of("codec/rsa.pem",
		    rows[i].key);
		struct cms_envelope_facts facts;

		/* The OID ends before the IV and the two blocks. */
		der.data[der.size - 34 - 18 - 1] = rows[i].cipher;
		assert_err(cms_envelope_open(buf_bytes(&der), &keyring,
			       all_algorithms, &facts, &content),
		    rows[i].err, rows[i].key);
		assert_int_equal(content.size > 0, rows[i].err == ERR_OK);
		assert_true(facts.has_cipher);
		free_keyring(&keyring);
		buf_clear(&content);
		buf_clear(&der);
	}
}

static void
open_fares_alike_each_time(void **state)
{
	struct buf der = vector("codec/enveloped-aes128.der");
	struct cms_keyring keyring = keyring_of("codec/rsa.pem",
	    "keys/rsa.pem");
	struct cms_envelope_facts facts;
	struct buf first = { 0 }, second = { 0 };

	(void)state;
	/* An octet of the encrypted key: with but one it opens to a key. */
	for (unsigned i = 0; i < 256; i++) {
		enum err err;

		der.data[200] = (uint8_t)i;
		err = cms_envelope_open(buf_bytes(&der), &keyring,
		    all_algorithms, &facts, &first);
		assert_int_equal(cms_envelope_open(buf_bytes(&der), &keyring,
				     all_algorithms, &facts, &second),
		    err);
		assert_same_bytes(buf_bytes(&first), buf_bytes(&second));
		buf_clear(&first);
		buf_clear(&second);
	}
	free_keyring(&keyring);
	buf_clear(&der);
}

/* Whatever the key made of it comes out, all of it where the padding is bad:
 * what follows then does the same work as for good padding (Vaudenay). */
static void
open_blind_hands_on_what_it_can_not_tell_from_noise(void **state)
{
	struct buf der = vector("codec/enveloped-aes128.der");
	struct cms_keyring keyring = keyring_of("codec/rsa.pem",
	    "keys/rsa.pem");
	size_t padded = 0, good = 0;

	(void)state;
	/* The block before the last makes every padding of the last one. */
	for (unsigned i = 0; i < 256; i++) {
		struct cms_envelope_facts facts;
		struct buf content = { 0 };

		der.data[der.size - 17] = (uint8_t)i;
		assert_int_equal(cms_envelope_open_blind(buf_bytes(&der),
				     &keyring, all_algorithms, &facts,
				     &content),
		    ERR_OK);
		if (facts.bad_padding) {
			assert_true(padded == 0 || content.size == padded);
			padded = content.size;
			assert_int_equal(padded % 16, 0);
		} else {
			assert_true(content.size + 16 >= padded);
			good++;
		}
		buf_clear(&content);
	}
	assert_true(good >= 1 && good <= 2);
	free_keyring(&keyring);
	buf_clear(&der);
}

static void
what_append_seals_opens_again(void **state)
{
	struct cms_keyring keyring = keyring_of("codec/rsa.pem",
	    "keys/rsa.pem");

	(void)state;
	for (unsigned i = 0; i < CIPHER_COUNT; i++)
		for (size_t size = 1; size <= 33; size++) {
			struct buf plain = repeated("61", size);
			struct buf made = { 0 }, again = { 0 }, opened = { 0 };
			struct cms_envelope_facts facts;

			assert_int_equal(cms_envelope_append(&made, gnutls(),
					     keyring.identities[0].certificate,
					     i, buf_bytes(&plain)),
			    ERR_OK);
			assert_int_equal(cms_envelope_open(buf_bytes(&made),
					     &keyring, all_algorithms, &facts,
					     &opened),
			    ERR_OK);
			assert_same_bytes(buf_bytes(&opened),
			    buf_bytes(&plain));
			assert_int_equal(facts.cipher, i);
			/* It is DER. */
			assert_int_equal(ber_normalise(buf_bytes(&made),
					     &again),
			    ERR_OK);
			assert_same_bytes(buf_bytes(&again), buf_bytes(&made));
			buf_clear(&plain);
			buf_clear(&made);
			buf_clear(&again);
			buf_clear(&opened);
		}
	free_keyring(&keyring);
}

static void
what_append_seals_is_laid_out_as_clients_want_it(void **state)
{
	struct certificate *recipient = certificate_vector("codec/rsa.pem");
	struct buf made = { 0 }, expected;
	struct bytes all, parts[5] = { recipient->issuer, recipient->serial };

	(void)state;
	assert_int_equal(cms_envelope_append(&made, gnutls(), recipient,
			     CIPHER_AES256_CBC, BYTES_LITERAL("hello")),
	    ERR_OK);
	all = buf_bytes(&made);
	/* One block behind its header; before it the IV, and before that 11
	 * octets of names, the header of the IV's. */
	parts[4] = bytes_from(all, made.size - 16);
	parts[2] = bytes_of(made.data + made.size - 18 - 16, 16);
	parts[3] = bytes_of(made.data + made.size - 18 - 16 - 28 - 128, 128);
	expected = asn1_of("30{06{2a864886f70d010703} a0{30{020100 31{"
			   "30{020100 30{$0 02{$1}}" RSA "04{$3}}} 30{" DATA
			   "30{06{60864801650304012a} 04{$2}}"
			   "80{$4}}}}}",
	    parts);
	assert_same_bytes(all, buf_bytes(&expected));
	certificate_free(recipient);
	buf_clear(&expected);
	buf_clear(&made);
}

static void
append_seals_for_each_client_that_was_recorded(void **state)
{
	static const char *const names[] = { "certmonger", "micromdm", "sscep",
		"strongswan" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char *message_name = xasprintf("%s/message.der", names[i]);
		char *key_name = xasprintf("%s/client.key", names[i]);
		struct buf der = vector(message_name), made = { 0 };
		struct key *key = key_vector(key_name);
		struct buf opened = { 0 };
		struct cms_envelope_facts facts;
		struct cms_signed message;
		struct cms_keyring keyring = { .provider = gnutls(),
			.count = 1 };

		assert_int_equal(cms_signed_read(buf_bytes(&der), &message),
		    ERR_OK);
		keyring.identities[0] = (struct cms_identity){ message.signer,
			key };
		assert_int_equal(cms_envelope_append(&made, gnutls(),
				     message.signer, CIPHER_AES128_CBC,
				     BYTES_LITERAL("a reply")),
		    ERR_OK);
		assert_err(cms_envelope_open(buf_bytes(&made), &keyring,
			       ALGORITHMS_DEFAULT, &facts, &opened),
		    ERR_OK, names[i]);
		assert_bytes(buf_bytes(&opened), "a reply");
		cms_signed_clear(&message);
		key_free(key);
		free(message_name);
		free(key_name);
		buf_clear(&der);
		buf_clear(&made);
		buf_clear(&opened);
	}
}

static void
append_takes_a_fresh_key_and_iv_each_time(void **state)
{
	struct certificate *recipient = certificate_vector("codec/rsa.pem");
	struct buf first = { 0 }, second = { 0 };

	(void)state;
	assert_int_equal(cms_envelope_append(&first, gnutls(), recipient,
			     CIPHER_AES128_CBC, BYTES_LITERAL("hello")),
	    ERR_OK);
	assert_int_equal(cms_envelope_append(&second, gnutls(), recipient,
			     CIPHER_AES128_CBC, BYTES_LITERAL("hello")),
	    ERR_OK);
	assert_int_equal(first.size, second.size);
	/* The encrypted content, the IV, the encrypted key. */
	assert_memory_not_equal(first.data + first.size - 16,
	    second.data + first.size - 16, 16);
	assert_memory_not_equal(first.data + first.size - 34,
	    second.data + first.size - 34, 16);
	assert_memory_not_equal(first.data + first.size - 190,
	    second.data + first.size - 190, 128);
	certificate_free(recipient);
	buf_clear(&first);
	buf_clear(&second);
}

static void
append_refuses_keys_that_can_not_encrypt(void **state)
{
	struct certificate *recipient = certificate_vector("codec/p256.pem");
	struct buf made = { 0 };

	(void)state;
	buf_append_string(&made, "before");
	assert_int_equal(cms_envelope_append(&made, gnutls(), recipient,
			     CIPHER_AES128_CBC, BYTES_LITERAL("hello")),
	    ERR_PUBLIC_KEY);
	assert_bytes(buf_bytes(&made), "before");
	certificate_free(recipient);
	buf_clear(&made);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_takes_every_size_of_padding_and_no_other),
		cmocka_unit_test(open_looks_at_every_octet_of_the_padding),
		cmocka_unit_test(open_takes_no_empty_content),
		cmocka_unit_test(open_wants_whole_blocks),
		cmocka_unit_test(open_joins_segments),
		cmocka_unit_test(
		    open_says_the_same_whatever_the_key_makes_of_it),
		cmocka_unit_test(open_refuses_a_key_of_another_size_or_owner),
		cmocka_unit_test(open_fares_alike_each_time),
		cmocka_unit_test(
		    open_blind_hands_on_what_it_can_not_tell_from_noise),
		cmocka_unit_test(what_append_seals_opens_again),
		cmocka_unit_test(
		    what_append_seals_is_laid_out_as_clients_want_it),
		cmocka_unit_test(
		    append_seals_for_each_client_that_was_recorded),
		cmocka_unit_test(append_takes_a_fresh_key_and_iv_each_time),
		cmocka_unit_test(append_refuses_keys_that_can_not_encrypt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
