/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_cert.h"

#include "base/pem.h"
#include "crypto/credential.h"
#include "tests/unit/crypto_keys.h"
#include "tests/unit/tools_state_fixture.h"

#define STATE " --state state.db"
#define KEY "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b"
#define CA_A "6161616161616161616161616161616161616161616161616161616161616161"

/* Not within reach of the clock; END is how it is shown. */
#define FAR INT64_C(4102444800)
#define END "2100-01-01T00:00:00Z"

static void
add_of(struct store *store, struct bytes authority, struct bytes serial,
    const char *common_name)
{
	struct certificate_record record = record_of("");
	struct buf subject = name_of(common_name);

	record.authority = authority;
	record.serial = serial;
	record.subject = buf_bytes(&subject);
	record.not_after = FAR;
	assert_int_equal(store_certificate_add(store, &record,
			     BYTES_LITERAL("der")),
	    ERR_OK);
	buf_clear(&subject);
}

static void
add(struct store *store, char authority, struct bytes serial,
    const char *common_name)
{
	add_of(store, hash_of(authority), serial, common_name);
}

/* Two of one CA, of which the second is revoked, and a third that has the
 * first one's serial number. */
static struct store *
three_certificates(void)
{
	struct store *store = new_store();

	add(store, 'a', BYTES_LITERAL("\x0a\x1b"), "Router 1");
	add(store, 'a', BYTES_LITERAL("\xff"), "a\x1b[2J");
	assert_int_equal(store_certificate_revoke(store, hash_of('a'),
			     BYTES_LITERAL("\xff"), 1, NOW),
	    ERR_OK);
	add(store, 'b', BYTES_LITERAL("\x0b"), "router 2");
	return store;
}

#define HEAD "SERIAL  STATE    NOT AFTER             SUBJECT\n"
#define SHORT "SERIAL  STATE  NOT AFTER             SUBJECT\n"

static void
list_shows_what_is_wanted(void **state)
{
	static const struct {
		const char *line;
		const char *expected;
	} rows[] = {
		{ "cert list" STATE,
		    HEAD "0a1b    valid    " END "  CN=Router 1\n"
			 "ff      revoked  " END "  CN=a\\x1b[2J\n"
			 "0b      valid    " END "  CN=router 2\n" },
		{ "cert list --revoked" STATE,
		    HEAD "ff      revoked  " END "  CN=a\\x1b[2J\n" },
		{ "cert list --subject ROUTER" STATE,
		    SHORT "0a1b    valid  " END "  CN=Router 1\n"
			  "0b      valid  " END "  CN=router 2\n" },
		{ "cert list --subject ROUTER --limit 1" STATE,
		    SHORT "0a1b    valid  " END "  CN=Router 1\n" },
		{ "cert list --subject CN=router.2" STATE,
		    "SERIAL  STATE  NOT AFTER  SUBJECT\n" },
		{ "cert list --json --subject nobody" STATE, "[]\n" },
	};
	struct store *store = three_certificates();

	(void)state;
	store_close(store);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_output(scepctl_cert, rows[i].line, rows[i].expected);
}

#define JSON \
	"{\"serial\": \"ff\", \"state\": \"revoked\", " \
	"\"subject\": \"CN=a\\u001b[2J\", " \
	"\"not_before\": \"2026-12-01T00:00:00Z\", " \
	"\"not_after\": \"" END "\", " \
	"\"revoked\": \"2026-12-01T00:00:00Z\", " \
	"\"reason\": \"keyCompromise\", \"key\": \"" KEY \
	"\", \"authority\": \"" CA_A "\"}"

static void
show_tells_all_of_one(void **state)
{
	static const struct {
		const char *line;
		const char *expected;
	} rows[] = {
		{ "cert show ff" STATE,
		    "serial:         ff\n"
		    "state:          revoked\n"
		    "subject:        CN=a\\x1b[2J\n"
		    "not before:     2026-12-01T00:00:00Z\n"
		    "not after:      " END "\n"
		    "revoked:        2026-12-01T00:00:00Z\n"
		    "reason:         keyCompromise\n"
		    "key:            " KEY "\n"
		    "authority:      " CA_A "\n" },
		{ "cert show FF --json" STATE, JSON "\n" },
		{ "cert list --revoked --json" STATE, "[\n" JSON "\n]\n" },
		{ "cert show 0xff --pem" STATE,
		    "-----BEGIN CERTIFICATE-----\nZGVy\n"
		    "-----END CERTIFICATE-----\n" },
	};
	struct store *store = three_certificates();

	(void)state;
	store_close(store);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_output(scepctl_cert, rows[i].line, rows[i].expected);
}

/* By which of an endpoint's profiles, where that has a name. */
static void
show_tells_what_a_certificate_was_made_for(void **state)
{
	static const struct {
		const char *profile;
		const char *expected;
	} rows[] = {
		{ "", "endpoint:       /scep\n" },
		{ "phone", "endpoint:       /scep\nprofile:        phone\n" },
	};
	struct store *store = new_store();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char serial[] = { (char)(i + 1), '\0' };
		struct transaction_order order = signing_order_of(serial,
		    serial);

		order.profile = bytes_of_string(rows[i].profile);
		begun(store, &order);
	}
	store_close(store);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = xasprintf("cert show 0%zu" STATE, i + 1);
		struct buf output = output_of(scepctl_cert, line);
		const char *tail = strstr(buf_string(&output), "endpoint:");

		assert_non_null(tail);
		assert_string_equal(tail, rows[i].expected);
		buf_clear(&output);
		free(line);
	}
}

/* The reason, or -1 where it is not revoked. */
static int
reason_of(struct store *store, struct bytes serial)
{
	struct stored_certificate certificate = { 0 };
	int reason;

	assert_int_equal(store_certificate_get(store, hash_of('a'), serial,
			     &certificate),
	    ERR_OK);
	reason = certificate.revoked_at != 0 ? certificate.reason : -1;
	stored_certificate_clear(&certificate);
	return reason;
}

static void
revoke_changes_one(void **state)
{
	static const struct {
		const char *line;
		int reason;
		const char *expected;
	} rows[] = {
		{ "cert revoke a1b --reason certificateHold" STATE, 6,
		    "certificate a1b is revoked: certificateHold\n" },
		{ "cert revoke 0A:1B --reason removefromcrl" STATE, -1,
		    "certificate 0A:1B is valid again\n" },
		{ "cert revoke 0x000a1b" STATE, 0,
		    "certificate 0x000a1b is revoked: unspecified\n" },
		{ "cert revoke 0a1b --reason superseded" STATE, 4,
		    "certificate 0a1b is revoked: superseded\n" },
	};
	struct store *store = three_certificates();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_output(scepctl_cert, rows[i].line, rows[i].expected);
		assert_int_equal(reason_of(store, BYTES_LITERAL("\x0a\x1b")),
		    rows[i].reason);
	}
	store_close(store);
}

static void
allow_lets_the_key_have_others(void **state)
{
	struct store *store = three_certificates();
	bool revoked = false;

	(void)state;
	assert_int_equal(store_key_is_revoked(store, hash_of('k'), &revoked),
	    ERR_OK);
	assert_true(revoked);
	assert_output(scepctl_cert, "cert allow ff" STATE,
	    "the key of certificate ff may get certificates\n");
	assert_int_equal(store_key_is_revoked(store, hash_of('k'), &revoked),
	    ERR_OK);
	assert_false(revoked);
	assert_int_equal(reason_of(store, BYTES_LITERAL("\xff")), 1);
	store_close(store);
}

/* As the configuration of an endpoint has it: the SHA-256 of its key. */
static void
a_ca_is_named_by_its_certificate(void **state)
{
	const char *folder = getenv("TEST_VECTORS");
	struct problems *problems = problems_new();
	struct store *store = three_certificates();
	uint8_t hash[STORE_HASH_SIZE];
	struct certificate *ca = NULL;
	struct buf pem = { 0 }, output;
	size_t count;
	char *path = xasprintf("%s/ca/ca.pem",
	    folder != NULL ? folder : "tests/vectors");

	(void)state;
	assert_int_equal(certificates_load(path, &ca, 1, &count, problems),
	    ERR_OK);
	pem_append(&pem, "CERTIFICATE", buf_bytes(&ca->der));
	put("ca.pem", buf_string(&pem));
	provider_digest(gnutls(), DIGEST_SHA256, &ca->spki, 1, hash);
	add_of(store, BYTES_ARRAY(hash), BYTES_LITERAL("\xff"), "router 4");
	store_close(store);
	output = output_of(scepctl_cert, "cert show ff --ca ca.pem" STATE);
	assert_non_null(strstr(buf_string(&output), "CN=router 4\n"));
	assert_fails(scepctl_cert, "cert show 0b --ca ca.pem" STATE, NULL,
	    ERR_STORE_NONE, "error: there is no certificate 0b\n");
	buf_clear(&output);
	buf_clear(&pem);
	certificate_free(ca);
	problems_free(problems);
	free(path);
}

static void
what_can_not_be_done_is_said(void **state)
{
	static const struct failing_line rows[] = {
		{ "cert show 77" STATE, ERR_STORE_NONE,
		    "error: there is no certificate 77\n" },
		{ "cert revoke 77" STATE, ERR_STORE_NONE,
		    "error: there is no certificate 77; to revoke one that is "
		    "not known here, name its CA by --ca FILE, or itself by "
		    "--file FILE\n" },
		{ "cert show xyz" STATE, ERR_CONFIGURATION,
		    "error: \"xyz\" is not a serial number in "
		    "hexadecimal\n" },
		{ "cert show 0x" STATE, ERR_CONFIGURATION,
		    "error: \"0x\" is not a serial number in "
		    "hexadecimal\n" },
		{ "cert revoke ff --reason removeFromCRL" STATE, ERR_STORE_NONE,
		    "error: certificate ff is not on hold\n" },
		{ "cert revoke ff --reason certificateHold" STATE,
		    ERR_STORE_NONE,
		    "error: certificate ff is revoked for good, and can't be "
		    "put on hold\n" },
		{ "cert revoke ff --reason lost" STATE, ERR_CONFIGURATION,
		    "error: --reason \"lost\": is unknown; choose one of "
		    "unspecified, keyCompromise, affiliationChanged, "
		    "superseded, cessationOfOperation, certificateHold, "
		    "privilegeWithdrawn, removeFromCRL\n" },
		{ "cert list --limit 0" STATE, ERR_CONFIGURATION,
		    "error: --limit \"0\": is not a number from 1 on\n" },
		{ "cert show 0b" STATE, ERR_CONFIGURATION,
		    "error: several CAs have a certificate of this serial "
		    "number; name one by --ca FILE.pem\n" },
	};
	struct store *store = three_certificates();

	(void)state;
	add(store, 'a', BYTES_LITERAL("\x0b"), "router 3");
	assert_all_fail(scepctl_cert, rows, COUNT(rows));
	assert_int_equal(reason_of(store, BYTES_LITERAL("\xff")), 1);
	store_close(store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(list_shows_what_is_wanted),
		CONF_TEST(show_tells_all_of_one),
		CONF_TEST(show_tells_what_a_certificate_was_made_for),
		CONF_TEST(revoke_changes_one),
		CONF_TEST(allow_lets_the_key_have_others),
		CONF_TEST(a_ca_is_named_by_its_certificate),
		CONF_TEST(what_can_not_be_done_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
