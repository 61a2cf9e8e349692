/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_next_ca.h"

#include "crypto/cms_signed.h"
#include "crypto/oid.h"
#include "tests/unit/tools_pki.h"

/* An answer with the members `letters`, signed by the key that is `by`'s. */
static struct buf
answer_of(const struct pki *pki, const char *letters, enum pki_member by,
    const struct key *key, enum digest digest)
{
	struct buf content = pki_bundle(pki, letters), answer = { 0 };
	struct cms_signed_order order = { .has_content = true,
		.content = buf_bytes(&content),
		.digest = digest,
		.signer = pki->members[by],
		.key = key,
		.signing_time = LAB_NOW };

	assert_int_equal(cms_signed_append(&answer, pki->lab->provider, &order),
	    ERR_OK);
	buf_clear(&content);
	return answer;
}

/* The like, as an answer to a request. */
static struct buf
cert_rep_of(const struct pki *pki)
{
	static const struct cms_attribute type = { OID_MESSAGE_TYPE,
		DER_PRINTABLE_STRING, BYTES_LITERAL("3") };
	struct buf content = pki_bundle(pki, "F"), answer = { 0 };
	struct cms_signed_order order = { .has_content = true,
		.content = buf_bytes(&content),
		.digest = DIGEST_SHA256,
		.attributes = &type,
		.attribute_count = 1,
		.signer = pki->members[PKI_CA],
		.key = pki->lab->ca_key,
		.signing_time = LAB_NOW };

	assert_int_equal(cms_signed_append(&answer, pki->lab->provider, &order),
	    ERR_OK);
	buf_clear(&content);
	return answer;
}

/* Reads it as a client that trusts all of these. */
static enum err
read_trusting(const struct pki *pki, struct bytes body, const char *trusted,
    struct client_ca *next)
{
	struct client_ca ca = { 0 };
	enum err err;

	pki_read(pki, trusted, &ca);
	for (size_t i = 0; i < ca.count; i++)
		ca.trusted[i] = true;
	err = client_next_ca_read(pki->lab->provider, body, &ca, next);
	client_ca_clear(&ca);
	return err;
}

static void
the_ca_of_today_vouches_for_the_next(void **state)
{
	static const struct {
		enum pki_member by;
		const char *trusted;
		enum digest digest;
		enum err expected;
	} rows[] = {
		{ PKI_CA, "C", DIGEST_SHA256, ERR_OK },
		{ PKI_CA, "RC", DIGEST_SHA1, ERR_OK },
		{ PKI_RA, "CR", DIGEST_SHA256, ERR_OK },
		{ PKI_RA, "C", DIGEST_SHA256, ERR_CLIENT_TRUST },
		{ PKI_CA, "F", DIGEST_SHA256, ERR_CLIENT_TRUST },
		{ PKI_CA, "C", DIGEST_MD5, ERR_DIGEST },
	};
	struct pki pki = pki_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct key *key = rows[i].by == PKI_CA ? pki.lab->ca_key :
							       pki.lab->ra_key;
		struct buf answer = answer_of(&pki, "F", rows[i].by, key,
		    rows[i].digest);
		struct client_ca next = { 0 };

		assert_int_equal(read_trusting(&pki, buf_bytes(&answer),
				     rows[i].trusted, &next),
		    rows[i].expected);
		if (rows[i].expected == ERR_OK) {
			assert_int_equal(next.count, 1);
			assert_true(next.trusted[0]);
			assert_same_bytes(next.certificates[0]->spki,
			    pki.members[PKI_FOREIGN]->spki);
		} else {
			assert_int_equal(next.count, 0);
		}
		client_ca_clear(&next);
		buf_clear(&answer);
	}
	pki_clear(&pki);
}

static void
what_is_no_such_answer_is_refused(void **state)
{
	struct pki pki = pki_new();
	struct buf degenerate = pki_bundle(&pki, "F");
	struct buf cert_rep = cert_rep_of(&pki);
	struct buf answer = answer_of(&pki, "F", PKI_CA, pki.lab->ca_key,
	    DIGEST_SHA256);
	struct client_ca next = { 0 };

	(void)state;
	assert_int_equal(read_trusting(&pki, buf_bytes(&degenerate), "C",
			     &next),
	    ERR_SIGNED_SIGNERS);
	assert_int_equal(read_trusting(&pki, buf_bytes(&cert_rep), "C", &next),
	    ERR_CLIENT_TRUST);
	assert_int_equal(read_trusting(&pki, bytes_of(NULL, 0), "C", &next),
	    ERR_BER_TRUNCATED);
	for (size_t i = 0; i < answer.size; i += 7) {
		struct client_ca read = { 0 };

		answer.data[i] ^= 1;
		/* What no signature covers may change: nothing else is read. */
		if (read_trusting(&pki, buf_bytes(&answer), "C", &read) ==
		    ERR_OK)
			assert_same_bytes(read.certificates[0]->spki,
			    pki.members[PKI_FOREIGN]->spki);
		client_ca_clear(&read);
		answer.data[i] ^= 1;
	}
	assert_int_equal(next.count, 0);
	buf_clear(&degenerate);
	buf_clear(&cert_rep);
	buf_clear(&answer);
	pki_clear(&pki);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ca_of_today_vouches_for_the_next),
		cmocka_unit_test(what_is_no_such_answer_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
