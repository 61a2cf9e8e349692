/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_trust.h"

#include "base/pem.h"
#include "tests/unit/conf_fixture.h"
#include "tests/unit/tools_pki.h"

/* Fingerprints of members by their letters, divided by commas. */
static char *
fingerprints(const struct pki *pki, const char *letters)
{
	struct buf text = { 0 };
	char *made;

	if (letters == NULL)
		return NULL;
	for (; *letters != '\0'; letters++) {
		if (text.size > 0)
			buf_append_octet(&text, ',');
		client_trust_append_fingerprint(&text, pki->lab->provider,
		    pki->members[pki_index(*letters)]);
	}
	made = xstrdup(buf_string(&text));
	buf_clear(&text);
	return made;
}

static const char *
file_of(const struct pki *pki, const char *letters)
{
	struct buf text = { 0 };

	if (letters == NULL)
		return NULL;
	for (; *letters != '\0'; letters++)
		pem_append(&text, "CERTIFICATE",
		    buf_bytes(&pki->members[pki_index(*letters)]->der));
	put_mode("trusted.pem", buf_bytes(&text), 0644);
	buf_clear(&text);
	return "trusted.pem";
}

/* What is trusted of `bundle`, as letters; of nothing, where it fails. */
static const struct row {
	const char *bundle;
	const char *fingerprints;
	const char *file;
	char own; /* a certificate that we have; 0: none */
	bool first_use;
	enum err expected;
	const char *trusted;
} rows[] = {
	{ "C", NULL, NULL, 0, false, ERR_CLIENT_TRUST, "" },
	{ "C", "C", NULL, 0, false, ERR_OK, "C" },
	{ "C", NULL, "C", 0, false, ERR_OK, "C" },
	{ "C", "F", NULL, 0, false, ERR_CLIENT_TRUST, "" },
	{ "C", NULL, "F", 0, false, ERR_CLIENT_TRUST, "" },
	/* From above, whether or not the server has sent what is above. */
	{ "rC", "r", NULL, 0, false, ERR_OK, "rC" },
	{ "RCr", "r", NULL, 0, false, ERR_OK, "RCr" },
	{ "C", NULL, "r", 0, false, ERR_OK, "C" },
	{ "RC", NULL, "r", 0, false, ERR_OK, "RC" },
	/* Never upwards. */
	{ "rC", "C", NULL, 0, false, ERR_OK, "C" },
	/* An RA that says that it is one, or is named. */
	{ "RC", "C", NULL, 0, false, ERR_OK, "RC" },
	{ "DC", "C", NULL, 0, false, ERR_CLIENT_TRUST, "" },
	{ "DC", "CD", NULL, 0, false, ERR_OK, "DC" },
	{ "DC", "D", NULL, 0, false, ERR_OK, "D" },
	{ "DC", NULL, "CD", 0, false, ERR_OK, "DC" },
	/* Somebody else's CA of the same name vouches for nothing. */
	{ "RF", "F", NULL, 0, false, ERR_CLIENT_TRUST, "" },
	{ "FR", NULL, "F", 0, false, ERR_CLIENT_TRUST, "" },
	/* Who has a certificate of the CA has trusted it. */
	{ "C", NULL, NULL, 'D', false, ERR_OK, "C" },
	{ "RC", NULL, NULL, 'D', false, ERR_OK, "RC" },
	{ "F", NULL, NULL, 'D', false, ERR_CLIENT_TRUST, "" },
	{ "C", "F", NULL, 'D', false, ERR_CLIENT_TRUST, "" },
	/* On first use everything, but not where something was named. */
	{ "DC", NULL, NULL, 0, true, ERR_OK, "DC" },
	{ "C", "F", NULL, 0, true, ERR_CLIENT_TRUST, "" },
	{ "C", NULL, "F", 0, true, ERR_CLIENT_TRUST, "" },
};

static void
check_row(const struct pki *pki, const struct row *row)
{
	struct problems *problems = problems_new();
	struct client_ca ca = { 0 };
	char *text = fingerprints(pki, row->fingerprints);
	struct client_trust trust = { .fingerprints = text,
		.ca_file = file_of(pki, row->file),
		.first_use = row->first_use };
	enum err err;

	if (row->own != 0)
		trust.own = pki->members[pki_index(row->own)];
	pki_read(pki, row->bundle, &ca);
	err = client_trust_decide(pki->lab->provider, &trust, &ca, problems);
	if (err != row->expected)
		fail_msg("%s: %s: %s", row->bundle, err_name(err),
		    problems_text(problems));
	for (size_t i = 0; err == ERR_OK && i < ca.count; i++)
		assert_int_equal(ca.trusted[i],
		    strchr(row->trusted, row->bundle[i]) != NULL);
	assert_int_equal(problems_count(problems, PROBLEM_ERROR),
	    err == ERR_OK ? 0 : 1);
	client_ca_clear(&ca);
	free(text);
	problems_free(problems);
}

static void
only_what_is_vouched_for_is_trusted(void **state)
{
	struct pki pki = pki_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&pki, &rows[i]);
	pki_clear(&pki);
}

static void
fingerprints_are_written_as_people_do(void **state)
{
	static const struct {
		const char *text;
		enum err expected;
	} texts[] = {
		{ "", ERR_CONFIGURATION }, { "ab", ERR_CONFIGURATION },
		{ "xy", ERR_CONFIGURATION },
		{ NULL, ERR_OK }, /* the right one, without colons */
	};
	struct pki pki = pki_new();

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct problems *problems = problems_new();
		char *right = fingerprints(&pki, "C"), *to = right;
		struct client_trust trust = { .fingerprints = right };
		struct client_ca ca = { 0 };

		for (const char *from = right; *from != '\0'; from++)
			if (*from != ':')
				*to++ = *from;
		*to = '\0';
		if (texts[i].text != NULL)
			trust.fingerprints = texts[i].text;
		pki_read(&pki, "C", &ca);
		assert_int_equal(client_trust_decide(pki.lab->provider, &trust,
				     &ca, problems),
		    texts[i].expected);
		client_ca_clear(&ca);
		free(right);
		problems_free(problems);
	}
	pki_clear(&pki);
}

static void
what_to_compare_is_told(void **state)
{
	struct pki pki = pki_new();
	struct problems *problems = problems_new();
	char *text = fingerprints(&pki, "C"), *expected;
	struct client_trust trust = { 0 };
	struct client_ca ca = { 0 };

	(void)state;
	pki_read(&pki, "C", &ca);
	assert_int_equal(client_trust_decide(pki.lab->provider, &trust, &ca,
			     problems),
	    ERR_CLIENT_TRUST);
	expected = xasprintf("error: nothing vouches yet for the CA \"CN=ca\" "
			     "with the SHA-256 fingerprint %s; compare it with "
			     "what whoever runs the server says, and go on "
			     "with --fingerprint or --ca, or take it unseen "
			     "with --trust-on-first-use\n",
	    text);
	assert_string_equal(problems_text(problems), expected);
	client_ca_clear(&ca);
	free(expected);
	free(text);
	problems_free(problems);
	pki_clear(&pki);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(only_what_is_vouched_for_is_trusted),
		CONF_TEST(fingerprints_are_written_as_people_do),
		CONF_TEST(what_to_compare_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
