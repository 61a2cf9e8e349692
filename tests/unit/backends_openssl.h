/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_H
#define SCEPD_TESTS_UNIT_BACKENDS_OPENSSL_H

/* What the tests of OpenSSL's configuration share: files in a folder of the
 * test's own, which is its working directory, and recorded ones. */
#include "backends/openssl_conf.h"
#include "tests/unit/conf_fixture.h"

/* What easy-rsa's own script sets. */
static inline void
set_easy_rsa_variables(void)
{
	static const char *const variables[][2] = {
		{ "EASYRSA_PKI", "/srv/pki" },
		{ "EASYRSA_CERT_EXPIRE", "825" },
		{ "EASYRSA_CRL_DAYS", "180" },
		{ "EASYRSA_DIGEST", "sha256" },
		{ "EASYRSA_KEY_SIZE", "2048" },
		{ "EASYRSA_DN", "cn_only" },
		{ "EASYRSA_REQ_CN", "ChangeMe" },
		{ "EASYRSA_REQ_COUNTRY", "US" },
		{ "EASYRSA_REQ_PROVINCE", "California" },
		{ "EASYRSA_REQ_CITY", "San Francisco" },
		{ "EASYRSA_REQ_ORG", "Copyleft" },
		{ "EASYRSA_REQ_OU", "My Unit" },
		{ "EASYRSA_REQ_EMAIL", "me@example.net" },
	};

	for (size_t i = 0; i < COUNT(variables); i++)
		assert_int_equal(setenv(variables[i][0], variables[i][1], 1),
		    0);
}

/* The path of tests/vectors/openssl/NAME; the caller's to free(). */
static inline char *
openssl_vector(const char *name)
{
	const char *folder = getenv("TEST_VECTORS");

	return xasprintf("%s/openssl/%s",
	    folder != NULL ? folder : "tests/vectors", name);
}

/* Opens what must open without a finding. */
static inline struct openssl_conf *
openssl_open(const char *path, const char *directory)
{
	struct problems *problems = problems_new();
	struct openssl_conf *conf = NULL;
	enum err err = openssl_conf_open(path, directory, &conf, problems);

	assert_string_equal(problems_text(problems), "");
	assert_int_equal(err, ERR_OK);
	problems_free(problems);
	return conf;
}

/* The same of a file with this text. */
static inline struct openssl_conf *
openssl_open_text(const char *text)
{
	put("a.cnf", text);
	return openssl_open("a.cnf", NULL);
}

#endif
