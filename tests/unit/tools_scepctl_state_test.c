/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_state.h"

#include "crypto/credential.h"
#include "tests/unit/tools_state_fixture.h"

#define STATE " --state state.db"
#define A "6161616161616161616161616161616161616161616161616161616161616161"

/* A held request, a revoked certificate, and a CRL. */
static struct store *
filled_store(void)
{
	struct store *store = new_store();
	struct transaction_order order = order_of("held");
	struct certificate_record record = record_of("serial");
	const struct stored_crl crl = { .number = 17, .this_update = NOW };

	begun(store, &order);
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	assert_int_equal(store_certificate_revoke(store, record.authority,
			     record.serial, 1, NOW),
	    ERR_OK);
	assert_int_equal(store_crl_put(store, record.authority, &crl), ERR_OK);
	return store;
}

/* Its size is the one thing that SQLite decides. */
static void
assert_shows(const char *line, const char *before_size, const char *after_size)
{
	struct buf output = output_of(scepctl_state, line);
	const char *text = buf_string(&output);

	assert_int_equal(strncmp(text, before_size, strlen(before_size)), 0);
	text += strlen(before_size);
	text += strspn(text, "0123456789");
	assert_string_equal(text, after_size);
	buf_clear(&output);
}

static void
show_tells_what_there_is(void **state)
{
	(void)state;
	store_close(filled_store());
	assert_shows("state show --config nowhere.conf" STATE,
	    "path:           state.db\n"
	    "version:        12\n"
	    "size:           ",
	    "\n"
	    "certificates:   1\n"
	    "held:           1\n"
	    "approved:       0\n"
	    "signing:        0\n"
	    "issued:         0\n"
	    "rejected:       0\n"
	    "lapsed:         0\n"
	    "submitted:      0\n"
	    "withheld:       0\n"
	    "\n"
	    "AUTHORITY         REVOKED  CRL  MADE                  SUBJECT\n"
	    "6161616161616161  1        17   2026-12-01T00:00:00Z  \n");
	assert_shows("state show --json --config nowhere.conf" STATE,
	    "{\"path\": \"state.db\", \"version\": 12, \"size\": ",
	    ", \"certificates\": 1, \"held\": 1, \"approved\": 0, "
	    "\"signing\": 0, \"issued\": 0, \"rejected\": 0, \"lapsed\": 0, "
	    "\"submitted\": 0, \"withheld\": 0, "
	    "\"authorities\": [\n{\"authority\": \"" A "\", "
	    "\"subject\": \"\", \"revoked\": 1, \"crl_number\": 17, "
	    "\"crl_made\": \"2026-12-01T00:00:00Z\"}\n]\n}\n");
}

static void
show_names_the_cas_of_the_configuration(void **state)
{
	const char *folder = getenv("TEST_VECTORS");
	struct store *store = new_store();
	struct certificate_record record = record_of("serial");
	struct certificate *ca = NULL;
	uint8_t id[STORE_HASH_SIZE];
	char *conf = xasprintf(
	    "state = \"state.db\"; endpoints = ( { ca = { "
	    "backend = \"file\"; certificate = \"%s/ca/ca.pem\"; }; } );\n",
	    folder != NULL ? folder : "tests/vectors");
	char *path = xasprintf("%s/ca/ca.pem",
	    folder != NULL ? folder : "tests/vectors");
	struct problems *problems = problems_new();
	struct buf output, subject = { 0 };
	size_t count;

	(void)state;
	put("scepd.conf", conf);
	assert_int_equal(certificates_load(path, &ca, 1, &count, problems),
	    ERR_OK);
	provider_digest(provider_find("gnutls"), DIGEST_SHA256, &ca->spki, 1,
	    id);
	record.authority = BYTES_ARRAY(id);
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	store_close(store);
	name_append_text(&subject, ca->subject);
	output = output_of(scepctl_state, "state show --config scepd.conf");
	assert_non_null(strstr(buf_string(&output), buf_string(&subject)));
	buf_clear(&output);
	buf_clear(&subject);
	certificate_free(ca);
	problems_free(problems);
	free(conf);
	free(path);
}

static void
a_backup_is_restored_while_nobody_has_the_state_open(void **state)
{
	static const char restored[] = "state.db is a copy of backup.db now\n"
				       "what it was before is ";
	struct store *store = filled_store();
	struct buf output;
	const char *kept;

	(void)state;
	assert_output(scepctl_state, "state backup backup.db" STATE,
	    "backup.db is a copy of state.db\n");
	assert_fails(scepctl_state, "state backup backup.db" STATE, NULL,
	    ERR_FILE, NULL);
	assert_fails(scepctl_state, "state restore backup.db" STATE, NULL,
	    ERR_FILE, NULL);
	store_close(store);
	output = output_of(scepctl_state, "state restore backup.db" STATE);
	assert_int_equal(strncmp(buf_string(&output), restored,
			     strlen(restored)),
	    0);
	kept = strstr(buf_string(&output), "/state.db.2");
	assert_non_null(kept);
	assert_int_equal(strcspn(kept, "\n"),
	    strlen("/state.db.20261122T083000Z"));
	buf_clear(&output);
	output = output_of(scepctl_state, "state show" STATE);
	assert_non_null(strstr(buf_string(&output), "held:           1\n"));
	buf_clear(&output);
}

static void
what_can_not_be_done_is_said(void **state)
{
	static const struct failing_line rows[] = {
		{ "state restore" STATE, ERR_CONFIGURATION,
		    "error: restore needs a FILE\n" },
		{ "state restore missing.db" STATE, ERR_FILE,
		    "error: missing.db: No such file or directory; name a "
		    "backup of the state database\n" },
		{ "state restore a.db --config nowhere.conf", ERR_FILE,
		    "error: nowhere.conf: No such file or directory\n"
		    "error: the state database is not known; name it by "
		    "--state FILE\n" },
		{ "state show" STATE, ERR_FILE,
		    "error: state.db: there is no such file; scepd makes it "
		    "when it starts\n" },
	};

	(void)state;
	assert_all_fail(scepctl_state, rows, COUNT(rows));
	assert_int_not_equal(access("state.db", F_OK), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(show_tells_what_there_is),
		CONF_TEST(show_names_the_cas_of_the_configuration),
		CONF_TEST(a_backup_is_restored_while_nobody_has_the_state_open),
		CONF_TEST(what_can_not_be_done_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
