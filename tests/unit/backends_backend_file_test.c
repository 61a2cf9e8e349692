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
	{ LAB_CA "crl = { life = \"59m\"; };", "life" },
	{ LAB_CA "crl = { path = \"ca.crl\"; };", "path" },
	{ LAB_CA "crl = { life = \"7d\"; file = \"ca.crl\"; };",
	    "leave one of them out" },
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
	const char *settings;
	struct backend_crl crl;
} crls[] = {
	{ "", { .kind = BACKEND_CRL_NONE } },
	{ "crl = {};", { .kind = BACKEND_CRL_MADE, .life = 7 * DAY } },
	{ "crl = { life = \"12h\"; path = \"/a.crl\"; };",
	    { .kind = BACKEND_CRL_MADE, .life = DAY / 2, .path = "/a.crl" } },
	{ "crl = { file = \"/ca.crl\"; };",
	    { .kind = BACKEND_CRL_READ, .life = 7 * DAY, .file = "/ca.crl" } },
};

static void
assert_same_text(const char *actual, const char *expected)
{
	assert_int_equal(actual != NULL, expected != NULL);
	if (actual != NULL)
		assert_string_equal(actual, expected);
}

static void
open_says_where_crls_come_from(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(crls); i++) {
		char *text = xasprintf(LAB_CA "%s", crls[i].settings);
		struct problems *problems = problems_new();
		struct backend *backend = NULL;
		const struct backend_crl *crl;
		struct conf *conf;

		assert_int_equal(open_with(text, &conf, &backend, problems),
		    ERR_OK);
		crl = backend_crl(backend);
		assert_int_equal(crl->kind, crls[i].crl.kind);
		assert_int_equal(crl->life, crls[i].crl.life);
		assert_same_text(crl->file, crls[i].crl.file);
		assert_same_text(crl->path, crls[i].crl.path);
		backend_close(backend);
		conf_free(conf);
		problems_free(problems);
		free(text);
	}
}

static void
a_crl_is_made_in_the_name_of_the_ca(void **state)
{
	const struct crl_order order = {
		.number = 7,
		.this_update = NOW,
		.next_update = NOW + DAY,
	};
	struct backend *backend = backend_of(LAB_CA "crl = {};");
	const struct certificate *ca = backend_certificate(backend);
	struct buf der = { 0 };
	struct crl *crl = NULL;

	(void)state;
	assert_int_equal(backend_make_crl(backend, &order, &der), ERR_OK);
	assert_int_equal(crl_read(buf_bytes(&der), &crl), ERR_OK);
	assert_same_bytes(crl->issuer, ca->subject);
	assert_int_equal(signed_object_verify(gnutls(), &crl->outer, ca->spki),
	    ERR_OK);
	assert_same_bytes(crl->number, BYTES_LITERAL("\7"));
	assert_int_equal(crl->this_update, NOW);
	assert_int_equal(crl->next_update, NOW + DAY);
	crl_free(crl);
	buf_clear(&der);
	backend_close(backend);
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
	{ { .not_after = NOW + 365 * DAY,
	      .ca = true,
	      .key_usage = KEY_USAGE_CERT_SIGN },
	    "keyUsage lacks cRLSign" },
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
				     "\"made.pem\"; key = \"ca.key\"; crl = "
				     "{};",
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
		CONF_TEST(open_says_where_crls_come_from),
		CONF_TEST(a_crl_is_made_in_the_name_of_the_ca),
		CONF_TEST(open_refuses_a_ca_that_may_not_sign_now),
		CONF_TEST(open_takes_a_key_with_its_passphrase_and_no_other),
		CONF_TEST(open_lends_certificate_key_and_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
