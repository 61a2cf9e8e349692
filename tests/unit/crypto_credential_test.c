/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/credential.h"

#include <sys/socket.h>
#include <unistd.h>

#include "crypto/key_channels.h"
#include "tests/unit/conf_fixture.h"
#include "tests/unit/crypto_codec.h"

#define DAY 86400

/* Writes a copy of a vector that not everybody can read. */
static void
put_vector(const char *name, const char *vector_name)
{
	struct buf contents = vector(vector_name);

	put_mode(name, buf_bytes(&contents), 0600);
	buf_clear(&contents);
}

/* Writes the vectors one behind the other. */
static void
put_vectors(const char *name, const char *const *vectors, size_t count)
{
	struct buf all = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct buf contents = vector(vectors[i]);

		buf_append(&all, buf_bytes(&contents));
		buf_clear(&contents);
	}
	put_mode(name, buf_bytes(&all), 0600);
	buf_clear(&all);
}

static enum err
load(const char *certificate, const char *key, const char *passphrase,
    struct problems *problems)
{
	struct credential_files files = { certificate, key,
		bytes_of_string(passphrase) };
	struct crypto_setup setup = { .provider = gnutls() };
	struct credential credential = { 0 };
	enum err err = credential_load(&setup, &files, &credential, problems);

	if (err == ERR_OK) {
		assert_non_null(credential.certificate);
		assert_same_bytes(credential.certificate->spki,
		    key_spki(credential.key));
	} else {
		assert_null(credential.certificate);
		assert_null(credential.key);
	}
	credential_clear(&credential);
	return err;
}

static void
assert_loaded(const char *certificate, const char *key, const char *passphrase,
    enum err expected, const char *finding)
{
	struct problems *problems = problems_new();

	assert_err(load(certificate, key, passphrase, problems), expected,
	    finding);
	if (strstr(problems_text(problems), finding) == NULL)
		fail_msg("want %s: %s", finding, problems_text(problems));
	problems_free(problems);
}

static void
load_reads_a_certificate_and_its_key(void **state)
{
	static const char *const both[] = { "ca/ra.pem", "ca/ca.pem",
		"ca/ra.key.pem" };

	(void)state;
	put_vector("ca.pem", "ca/ca.pem");
	put_vector("ca.key", "ca/ca.key.pem");
	assert_loaded("ca.pem", "ca.key", NULL, ERR_OK, "");
	/* All in one file: the first certificate is the one meant. */
	put_vectors("all.pem", both, COUNT(both));
	assert_loaded("all.pem", "all.pem", NULL, ERR_OK, "");
}

static void
load_takes_the_passphrase_of_an_encrypted_key(void **state)
{
	(void)state;
	put_vector("a.pem", "codec/rsa.pem");
	put_vector("a.key", "keys/rsa-pbes2.pem");
	assert_loaded("a.pem", "a.key", PASSPHRASE, ERR_OK, "");
	assert_loaded("a.pem", "a.key", NULL, ERR_KEY_FILE,
	    "a.key: holds no private key in PEM form, or one that needs the "
	    "setting passphrase");
	assert_loaded("a.pem", "a.key", "wrong", ERR_KEY_FILE,
	    "or one with another passphrase");
}

static void
load_says_which_file_is_wrong_and_how(void **state)
{
	(void)state;
	put_vector("ca.pem", "ca/ca.pem");
	put_vector("ca.key", "ca/ca.key.pem");
	put_vector("ra.key", "ca/ra.key.pem");
	put("empty", "");
	assert_loaded("none.pem", "ca.key", NULL, ERR_FILE, "none.pem");
	assert_loaded("ca.pem", "none.key", NULL, ERR_FILE, "none.key");
	assert_loaded("empty", "ca.key", NULL, ERR_PEM,
	    "empty: holds no certificate in PEM form");
	assert_loaded("ca.key", "ca.key", NULL, ERR_PEM, "ca.key: holds no");
	assert_loaded("ca.pem", "empty", NULL, ERR_KEY_FILE, "empty: holds");
	assert_loaded("ca.pem", "ra.key", NULL, ERR_KEY_FILE,
	    "ra.key: is not the private key of the certificate in ca.pem");
	/* Both are looked at, so that one run reports both. */
	assert_loaded("none.pem", "none.key", NULL, ERR_FILE, "none.key");
}

static void
load_refuses_a_key_that_everybody_can_read(void **state)
{
	struct buf key = vector("ca/ca.key.pem");

	(void)state;
	put_vector("ca.pem", "ca/ca.pem");
	put_mode("ca.key", buf_bytes(&key), 0644);
	assert_loaded("ca.pem", "ca.key", NULL, ERR_FILE, "ca.key");
	buf_clear(&key);
}

/* No other process is asked yet, and no file of a key looked for. */
static void
load_of_an_isolated_key_reads_the_certificate_alone(void **state)
{
	struct credential_files files = { "ca.pem", "none.key", { NULL, 0 } };
	struct crypto_setup setup = { .provider = gnutls() };
	struct problems *problems = problems_new();
	struct credential credential = { 0 };
	int pair[2];

	(void)state;
	put_vector("ca.pem", "ca/ca.pem");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(key_channels_new(pair, 1, KEY_WIRE_WORKER_LIMIT,
			     &setup.channels),
	    ERR_OK);
	assert_err(credential_load(&setup, &files, &credential, problems),
	    ERR_OK, problems_text(problems));
	assert_same_bytes(key_spki(credential.key),
	    credential.certificate->spki);
	credential_clear(&credential);
	files.certificate = "none.pem";
	assert_err(credential_load(&setup, &files, &credential, problems),
	    ERR_FILE, problems_text(problems));
	assert_null(credential.certificate);
	assert_null(credential.key);
	key_channels_free(setup.channels);
	close(pair[1]);
	problems_free(problems);
}

static void
assert_certificates(const char *path, size_t limit, enum err expected,
    size_t expected_count)
{
	struct problems *problems = problems_new();
	struct certificate *certificates[4] = { NULL };
	size_t count = 0;

	assert_err(certificates_load(path, certificates, limit, &count,
		       problems),
	    expected, path);
	assert_int_equal(count, expected_count);
	assert_int_equal(problems_count(problems, PROBLEM_ERROR),
	    expected == ERR_OK ? 0 : 1);
	if (expected == ERR_OK)
		for (size_t i = 0; i < count; i++)
			certificate_free(certificates[i]);
	problems_free(problems);
}

static void
certificates_are_read_in_their_order_up_to_a_limit(void **state)
{
	static const char *const three[] = { "ca/ra.pem", "ca/ca.key.pem",
		"ca/ca.pem", "ca/ca-sign.pem" };

	(void)state;
	put_vectors("chain.pem", three, COUNT(three));
	assert_certificates("chain.pem", 4, ERR_OK, 3);
	assert_certificates("chain.pem", 3, ERR_OK, 3);
	assert_certificates("chain.pem", 2, ERR_PEM, 0);
	assert_certificates("none.pem", 4, ERR_FILE, 0);
}

/* What is wrong further down must not cut a chain short unnoticed. */
static void
a_damaged_certificate_is_an_error_wherever_it_stands(void **state)
{
	struct buf good = vector("ca/ca.pem"), text = { 0 };

	(void)state;
	buf_append(&text, buf_bytes(&good));
	buf_append_string(&text,
	    "-----BEGIN CERTIFICATE-----\n*\n"
	    "-----END CERTIFICATE-----\n");
	put_mode("base64.pem", buf_bytes(&text), 0600);
	assert_certificates("base64.pem", 4, ERR_PEM, 0);
	buf_truncate(&text, 0);
	buf_append(&text, buf_bytes(&good));
	buf_append(&text, bytes_of(good.data, good.size - 40));
	put_mode("cut.pem", buf_bytes(&text), 0600);
	assert_certificates("cut.pem", 4, ERR_PEM, 0);
	buf_truncate(&text, 0);
	buf_append(&text, buf_bytes(&good));
	pem_append(&text, "CERTIFICATE", BYTES_LITERAL("\x30\x00"));
	put_mode("der.pem", buf_bytes(&text), 0600);
	assert_certificates("der.pem", 4, ERR_CERTIFICATE_MALFORMED, 0);
	buf_clear(&good);
	buf_clear(&text);
}

static const struct {
	int64_t past_start; /* seconds from notBefore, or ... */
	int64_t before_end; /* ... to notAfter, whichever is not 0 */
	enum err expected;
	const char *line;
} moments[] = {
	{ -1, 0, ERR_CA_VALIDITY,
	    "error: the CA certificate \"CN=Lab SCEP CA,O=Lab,C=US\" is not "
	    "valid before 2026-11-22\n" },
	{ 1, 0, ERR_OK, "" },
	{ 0, 30 * DAY + 1, ERR_OK, "" },
	{ 0, 30 * DAY - 1, ERR_OK,
	    "warning: the CA certificate \"CN=Lab SCEP CA,O=Lab,C=US\" "
	    "expires on 2046-11-17\n" },
	{ 0, 1, ERR_OK,
	    "warning: the CA certificate \"CN=Lab SCEP CA,O=Lab,C=US\" "
	    "expires on 2046-11-17\n" },
	{ 0, -1, ERR_CA_VALIDITY,
	    "error: the CA certificate \"CN=Lab SCEP CA,O=Lab,C=US\" expired "
	    "on 2046-11-17\n" },
};

static void
validity_is_checked_at_the_time_given(void **state)
{
	struct certificate *certificate = certificate_vector("ca/ca.pem");

	(void)state;
	for (size_t i = 0; i < COUNT(moments); i++) {
		struct problems *problems = problems_new();
		int64_t now = moments[i].past_start != 0 ?
		    certificate->not_before + moments[i].past_start :
		    certificate->not_after - moments[i].before_end;

		assert_int_equal(certificate_check_validity(certificate,
				     "CA certificate", now, problems),
		    moments[i].expected);
		assert_string_equal(problems_text(problems), moments[i].line);
		problems_free(problems);
	}
	certificate_free(certificate);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(load_reads_a_certificate_and_its_key),
		CONF_TEST(load_takes_the_passphrase_of_an_encrypted_key),
		CONF_TEST(load_says_which_file_is_wrong_and_how),
		CONF_TEST(load_refuses_a_key_that_everybody_can_read),
		CONF_TEST(load_of_an_isolated_key_reads_the_certificate_alone),
		CONF_TEST(certificates_are_read_in_their_order_up_to_a_limit),
		CONF_TEST(a_damaged_certificate_is_an_error_wherever_it_stands),
		CONF_TEST(validity_is_checked_at_the_time_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
