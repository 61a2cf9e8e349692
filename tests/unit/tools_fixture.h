/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_TOOLS_FIXTURE_H
#define SCEPD_TESTS_UNIT_TOOLS_FIXTURE_H

/*
 * What the tests of `scepctl init` share: how it is run, and how what it has
 * made is looked at.  Each test runs in a new folder (conf_fixture.h).
 */
#include "base/pem.h"
#include "crypto/credential.h"
#include "crypto/name.h"
#include "crypto/spki.h"
#include "tests/unit/conf_fixture.h"
#include "tests/unit/crypto_keys.h"
#include "tools/scepctl_init.h"

#define DAY 86400
#define MAX_WORDS 24

#define SERVES_SCEP (KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT)
#define ISSUES (KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN)

/* Runs the words behind "init", which are divided by blanks; a word in the
 * place of each "%" is the next of `insert`. */
static inline enum err
run(const char *line, const char *insert, struct buf *output,
    struct problems *problems)
{
	char *words[MAX_WORDS + 1] = { NULL };
	char *copy = xasprintf("init %s", line), *at = copy;
	int count = 0;
	enum err err;

	for (char *word; (word = strsep(&at, " ")) != NULL;)
		words[count++] = *word == '%' ? (char *)(uintptr_t)insert :
						word;
	err = scepctl_init(count, words, output, problems);
	free(copy);
	return err;
}

/* What must succeed without a finding; its output is the caller's. */
static inline struct buf
output_with(const char *line, const char *name)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };
	enum err err = run(line, name, &output, problems);

	assert_string_equal(problems_text(problems), "");
	assert_int_equal(err, ERR_OK);
	problems_free(problems);
	return output;
}

static inline void
init(const char *line)
{
	struct buf output = output_with(line, NULL);

	buf_clear(&output);
}

/* What must fail with exactly these findings, and say nothing else. */
static inline void
init_badly_with(const char *line, const char *name, enum err expected,
    const char *findings)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };
	enum err err = run(line, name, &output, problems);

	assert_string_equal(problems_text(problems), findings);
	assert_int_equal(err, expected);
	assert_int_equal(output.size, 0);
	problems_free(problems);
}

static inline void
init_badly(const char *line, enum err expected, const char *findings)
{
	init_badly_with(line, NULL, expected, findings);
}

static inline struct buf
contents_of(const char *path)
{
	struct problems *problems = problems_new();
	struct buf contents = { 0 };

	if (file_read(path, FILE_PUBLIC, 65536, &contents, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return contents;
}

static inline bool
exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/* Reads certificate and key, which must belong together. */
static inline struct credential
credential_of_files(const char *certificate, const char *key)
{
	struct problems *problems = problems_new();
	struct credential_files files = { certificate, key, { NULL, 0 } };
	struct crypto_setup setup = { .provider = gnutls() };
	struct credential credential = { 0 };

	if (credential_load(&setup, &files, &credential, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	return credential;
}

static inline struct key_facts
facts_of(const struct certificate *certificate)
{
	struct key_facts facts;

	assert_int_equal(spki_read(certificate->spki, &facts), ERR_OK);
	return facts;
}

static inline void
assert_issued_by(const struct certificate *certificate,
    const struct certificate *ca)
{
	assert_same_bytes(certificate->issuer, ca->subject);
	assert_int_equal(signed_object_verify(gnutls(), &certificate->outer,
			     ca->spki),
	    ERR_OK);
	assert_true(certificate->not_before >= ca->not_before);
	assert_true(certificate->not_after <= ca->not_after);
}

static inline void
assert_subject(const struct certificate *certificate, const char *expected)
{
	struct buf text = { 0 };

	name_append_text(&text, certificate->subject);
	assert_string_equal(buf_string(&text), expected);
	buf_clear(&text);
}

/* The RA's certificate is what Windows, iOS and others want, and is for an
 * RA alone. */
static inline void
assert_is_ra(const struct certificate *ra)
{
	struct bytes agent =
	    BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x01");

	assert_int_equal(extensions_key_usage(ra->extensions), SERVES_SCEP);
	assert_true(extensions_have_purpose(ra->extensions, agent));
	assert_false(extensions_is_ca(ra->extensions));
	assert_int_equal(facts_of(ra).type, KEY_TYPE_RSA);
}

#endif
