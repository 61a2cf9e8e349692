/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend.h"

#include "tests/unit/backends_fixture.h"

/* A CA of files: what a start takes and refuses. */

static const struct {
	const char *settings;
	const char *finding;
} refused[] = {
	{ "certificate = \"ca.pem\"; key = \"ca.key\";", "backend" },
	{ "backend = \"fiel\";", "file" },
	{ "backend = \"file\"; certificate = \"ca.pem\";", "key" },
	{ "backend = \"file\"; key = \"ca.key\";", "certificate" },
	{ LAB_CA "crl = \"crl.pem\";", "crl" },
	{ "backend = \"file\"; certificate = \"none\"; key = \"ca.key\";",
	    "none" },
	{ "backend = \"file\"; certificate = \"ca.pem\"; key = \"ra.key\";",
	    "is not the private key" },
	{ "backend = \"file\"; certificate = \"ra.pem\"; key = \"ra.key\";",
	    "ra.pem: is no CA certificate" },
	{ LAB_CA "chain = \"none\";", "none" },
	{ LAB_CA "chain = \"ra.pem\";", "did not issue the one below it" },
	{ LAB_CA "passphrase = \"\";", "passphrase" },
};

static void
open_refuses_what_is_no_ca(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct problems *problems = problems_new();
		struct backend *backend = NULL;
		struct conf *conf;

		assert_err(open_with(refused[i].settings, &conf, &backend,
			       problems),
		    ERR_CONFIGURATION, refused[i].settings);
		assert_null(backend);
		if (strstr(problems_text(problems), refused[i].finding) == NULL)
			fail_msg("want %s: %s", refused[i].finding,
			    problems_text(problems));
		problems_free(problems);
		conf_free(conf);
	}
}

static const struct {
	struct certificate_order order;
	const char *finding;
} unfit[] = {
	{ { .not_after = NOW + DAY,
	      .ca = true,
	      .key_usage = KEY_USAGE_DIGITAL_SIGNATURE },
	    "lacks keyCertSign" },
	{ { .not_after = NOW + DAY, .key_usage = KEY_USAGE_CERT_SIGN },
	    "is no CA certificate" },
	{ { .not_after = NOW - 1, .ca = true }, "expired on 2026-11-30" },
	{ { .not_before = NOW + 1, .not_after = NOW + DAY, .ca = true },
	    "is not valid before 2026-12-01" },
};

static void
open_refuses_a_ca_that_may_not_sign_now(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(unfit); i++) {
		struct certificate_order order = unfit[i].order;
		struct problems *problems = problems_new();
		struct backend *backend = NULL;
		struct conf *conf;

		put_ca("made.pem", &order, "ca/ca.key.pem");
		assert_err(open_with("backend = \"file\"; certificate = "
				     "\"made.pem\"; key = \"ca.key\";",
			       &conf, &backend, problems),
		    ERR_CONFIGURATION, unfit[i].finding);
		if (strstr(problems_text(problems), unfit[i].finding) == NULL)
			fail_msg("want %s: %s", unfit[i].finding,
			    problems_text(problems));
		problems_free(problems);
		conf_free(conf);
	}
}

#define MADE_CA \
	"backend = \"file\"; certificate = \"made.pem\"; key = \"made.key\";"
#define NO_KEY "made.key: holds no private key in PEM form, or one "
#define PASSPHRASE "correct horse battery staple"

/* Opens a CA whose key is encrypted, with the setting `passphrase`. */
static enum err
open_encrypted(const char *passphrase, struct problems *problems)
{
	struct certificate_order order = { .not_after = NOW + 365 * DAY,
		.ca = true };
	char *settings = xasprintf(MADE_CA "%s", passphrase);
	struct backend *backend = NULL;
	struct conf *conf;
	enum err err;

	put_ca("made.pem", &order, "keys/p384.pem");
	put_vector("made.key", "keys/p384-pbes2.pem");
	put_mode("right.txt", BYTES_LITERAL(PASSPHRASE "\n"), 0600);
	put_mode("wrong.txt", BYTES_LITERAL(PASSPHRASE "r\n"), 0600);
	setenv("SCEPD_TEST_RIGHT", PASSPHRASE, 1);
	setenv("SCEPD_TEST_WRONG", PASSPHRASE "r", 1);
	err = open_with(settings, &conf, &backend, problems);
	assert_int_equal(backend != NULL, err == ERR_OK);
	/* The key is decrypted: it outlives the passphrase. */
	conf_free(conf);
	if (err == ERR_OK)
		assert_non_null(backend_key(backend));
	backend_close(backend);
	free(settings);
	return err;
}

static void
open_takes_a_key_with_its_passphrase_and_no_other(void **state)
{
	static const struct {
		const char *passphrase;
		const char *finding; /* NULL: none */
	} rows[] = {
		{ "passphrase = { file = \"right.txt\"; };", NULL },
		{ "passphrase = { environment = \"SCEPD_TEST_RIGHT\"; };",
		    NULL },
		{ "passphrase = { file = \"wrong.txt\"; };",
		    NO_KEY "with another passphrase" },
		{ "passphrase = { environment = \"SCEPD_TEST_WRONG\"; };",
		    NO_KEY "with another passphrase" },
		{ "passphrase = { environment = \"SCEPD_TEST_NONE\"; };",
		    "a.conf:1: the environment has no variable "
		    "SCEPD_TEST_NONE" },
		{ "", NO_KEY "that needs the setting passphrase" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		const char *finding = rows[i].finding;

		assert_err(open_encrypted(rows[i].passphrase, problems),
		    finding == NULL ? ERR_OK : ERR_CONFIGURATION,
		    rows[i].passphrase);
		if (finding == NULL)
			assert_string_equal(problems_text(problems), "");
		else if (strstr(problems_text(problems), finding) == NULL)
			fail_msg("want %s: %s", finding,
			    problems_text(problems));
		problems_free(problems);
	}
}

static void
open_lends_certificate_key_and_chain(void **state)
{
	struct backend *backend = backend_of(LAB_CA);
	struct certificate *ca = certificate_vector("ca/ca.pem");
	struct certificate *above = certificate_vector("ca/ca-sign.pem");
	const struct certificate *const *chain;
	size_t count = 9;

	(void)state;
	assert_same_bytes(buf_bytes(&backend_certificate(backend)->der),
	    buf_bytes(&ca->der));
	assert_same_bytes(key_spki(backend_key(backend)), ca->spki);
	backend_chain(backend, &count);
	assert_int_equal(count, 0);
	backend_close(backend);
	backend = backend_of(LAB_CA "chain = \"ca-sign.pem\";");
	chain = backend_chain(backend, &count);
	assert_int_equal(count, 1);
	assert_same_bytes(buf_bytes(&chain[0]->der), buf_bytes(&above->der));
	backend_close(backend);
	backend_close(NULL);
	certificate_free(ca);
	certificate_free(above);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(open_refuses_what_is_no_ca),
		CONF_TEST(open_refuses_a_ca_that_may_not_sign_now),
		CONF_TEST(open_takes_a_key_with_its_passphrase_and_no_other),
		CONF_TEST(open_lends_certificate_key_and_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
