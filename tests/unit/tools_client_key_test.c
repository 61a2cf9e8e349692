/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_key.h"

#include "crypto/name.h"
#include "tests/unit/conf_fixture.h"
#include "tests/unit/crypto_keys.h"

static enum err
obtain(const char *path, const char *type, struct key **key,
    const char *findings)
{
	struct problems *problems = problems_new();
	enum err err = client_key_obtain(gnutls(), path, type, key, problems);

	assert_string_equal(problems_text(problems), findings);
	problems_free(problems);
	return err;
}

static void
a_key_is_made_once_and_for_its_owner(void **state)
{
	static const struct {
		const char *path;
		const char *type;
		bool rsa;
	} rows[] = {
		{ "default.key", NULL, true },
		{ "rsa.key", "rsa-2048", true },
		{ "p256.key", "secp256r1", false },
		{ "p384.key", "secp384r1", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key *made = NULL, *again = NULL;
		struct stat status;

		assert_int_equal(obtain(rows[i].path, rows[i].type, &made, ""),
		    ERR_OK);
		assert_int_equal(client_key_is_rsa(made), rows[i].rsa);
		assert_int_equal(stat(rows[i].path, &status), 0);
		assert_int_equal(status.st_mode & 07777, 0600);
		assert_int_equal(obtain(rows[i].path, rows[i].type, &again, ""),
		    ERR_OK);
		assert_same_bytes(key_spki(again), key_spki(made));
		key_free(made);
		key_free(again);
	}
}

static void
a_key_that_does_not_fit_is_told(void **state)
{
	struct key *key = NULL;

	(void)state;
	assert_int_equal(obtain("a.key", "secp256r1", &key, ""), ERR_OK);
	key_free(key);
	key = NULL;
	assert_int_equal(obtain("a.key", "secp384r1", &key,
			     "error: a.key: is there already, with a key of "
			     "another kind than --key-type; leave that out, "
			     "or name another file\n"),
	    ERR_CONFIGURATION);
	assert_int_equal(obtain("b.key", "rsa", &key,
			     "error: --key-type \"rsa\": is unknown; choose "
			     "rsa-3072, rsa-2048, rsa-4096, secp256r1 or "
			     "secp384r1\n"),
	    ERR_CONFIGURATION);
	assert_int_equal(obtain("no/b.key", "secp256r1", &key,
			     "error: no/b.key: No such file or directory\n"),
	    ERR_FILE);
	put("c.key", "no key\n");
	assert_int_equal(obtain("c.key", NULL, &key,
			     "error: c.key: holds no private key in PEM form, "
			     "or an encrypted one\n"),
	    ERR_KEY_FILE);
	assert_null(key);
}

static void
its_certificate_is_as_rfc_8894_wants_it(void **state)
{
	static const struct name_part part = { "CN", "router" };
	struct buf name = { 0 };
	struct key *key = NULL;
	struct certificate *made = NULL;

	(void)state;
	assert_int_equal(name_append(&name, &part, 1), ERR_OK);
	assert_int_equal(client_key_make(gnutls(), &key), ERR_OK);
	assert_int_equal(client_key_certify(gnutls(), key, buf_bytes(&name),
			     1796083200, &made),
	    ERR_OK);
	assert_same_bytes(made->subject, buf_bytes(&name));
	assert_same_bytes(made->issuer, buf_bytes(&name));
	assert_same_bytes(made->spki, key_spki(key));
	assert_int_equal(extensions_key_usage(made->extensions),
	    KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT);
	assert_true(made->not_before < 1796083200);
	assert_true(made->not_after > 1796083200);
	assert_int_equal(signed_object_verify(gnutls(), &made->outer,
			     made->spki),
	    ERR_OK);
	certificate_free(made);
	key_free(key);
	buf_clear(&name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_key_is_made_once_and_for_its_owner),
		CONF_TEST(a_key_that_does_not_fit_is_told),
		CONF_TEST(its_certificate_is_as_rfc_8894_wants_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
