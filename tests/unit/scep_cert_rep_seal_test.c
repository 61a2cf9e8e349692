/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/cert_rep.h"

#include "crypto/provider_internal.h"
#include "tests/unit/scep_cert_rep.h"

/* What answers are sealed and signed with, and those that can't be made. */

/* What the answer is sealed and signed with. */
static void
assert_algorithms(const struct fixture *fixture, enum digest digest,
    enum cipher cipher)
{
	struct cms_keyring keyring = { .provider = fixture->lab->provider,
		.identities = { { fixture->client.certificate,
		    fixture->client.key } },
		.count = 1 };
	struct algorithms these = { 1u << digest, 1u << cipher };
	struct buf reply = made_with(fixture, PKI_STATUS_SUCCESS);
	struct cms_signed message = taken_apart(&reply);
	struct cms_envelope_facts facts;
	struct bytes unknown = { 0 };
	struct buf content = { 0 };
	struct cert_rep read = { 0 };
	enum digest found;

	assert_int_equal(cms_signed_verify(fixture->lab->provider, &message,
			     these, &found, &unknown),
	    ERR_OK);
	assert_int_equal(cms_envelope_open(message.content, &keyring, these,
			     &facts, &content),
	    ERR_OK);
	/* The requester by its own octets (E6, E7). */
	assert_same_bytes(facts.issuer, fixture->client.certificate->issuer);
	assert_same_bytes(facts.serial, fixture->client.certificate->serial);
	/* And whoever reads it is told. */
	assert_int_equal(cert_rep_read(buf_bytes(&reply), &keyring,
			     fixture->lab->ca, &read),
	    ERR_OK);
	assert_int_equal(read.digest, digest);
	assert_int_equal(read.cipher, cipher);
	cert_rep_clear(&read);
	buf_clear(&content);
	cms_signed_clear(&message);
	buf_clear(&reply);
}

static void
digest_and_cipher_are_the_requests(void **state)
{
	struct fixture *fixture = *state;

	fixture->header.has_digest = fixture->header.has_cipher = true;
	for (unsigned digest = 0; digest < DIGEST_COUNT; digest++) {
		fixture->header.digest = (enum digest)digest;
		fixture->header.cipher = (enum cipher)(digest % CIPHER_COUNT);
		assert_algorithms(fixture, fixture->header.digest,
		    fixture->header.cipher);
	}
	fixture->header.has_digest = fixture->header.has_cipher = false;
	assert_algorithms(fixture, DIGEST_SHA256, CIPHER_AES128_CBC);
}

static enum err
refuse_to_sign(const struct private_key *key, enum digest digest,
    struct bytes digest_value, struct buf *signature)
{
	(void)key;
	(void)digest;
	(void)digest_value;
	(void)signature;
	return ERR_SIGN;
}

static void
what_can_not_be_made_leaves_nothing_behind(void **state)
{
	struct fixture *fixture = *state;
	struct cert_rep_order order = order_of(fixture, PKI_STATUS_SUCCESS);
	struct lab_client ec = lab_client_new(fixture->lab, "keys/p256.pem");
	struct provider broken = provider_gnutls;
	struct lab lab = { .provider = &broken };
	struct cms_identity mute;
	struct buf reply = { 0 };

	buf_append_string(&reply, "before");
	fixture->header.signer = ec.certificate;
	assert_int_equal(cert_rep_append(&reply, fixture->lab->provider,
			     &fixture->header, &order),
	    ERR_PUBLIC_KEY);
	fixture->header.signer = NULL;
	assert_int_equal(cert_rep_append(&reply, fixture->lab->provider,
			     &fixture->header, &order),
	    ERR_SIGNED_NO_CERTIFICATE);
	broken.sign = refuse_to_sign;
	mute = (struct cms_identity){ fixture->lab->ca,
		lab_key(&lab, "ca/ca.key.pem") };
	order = order_of(fixture, PKI_STATUS_PENDING);
	order.signer = &mute;
	assert_int_equal(cert_rep_append(&reply, &broken, &fixture->header,
			     &order),
	    ERR_SIGN);
	assert_bytes(buf_bytes(&reply), "before");
	key_free((struct key *)(uintptr_t)mute.key);
	buf_clear(&reply);
	lab_client_clear(&ec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(digest_and_cipher_are_the_requests),
		FIXTURE_TEST(what_can_not_be_made_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
