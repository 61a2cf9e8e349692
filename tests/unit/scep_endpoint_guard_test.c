/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/endpoint_guard.h"

#include <stdlib.h>

#include "tests/unit/scep_reply.h"

/*
 * The same endpoints twice: once with their keys, as a key process has them,
 * and its table filled from there; what the others ask for is put to it.
 */

/* A request as it stands behind its frame's length. */
static struct bytes
payload_of(const struct key *key, enum key_wire_operation operation,
    unsigned argument, struct bytes data, struct buf *frame)
{
	uint8_t id[KEY_WIRE_ID_SIZE];
	struct key_wire_request request = { .sequence = 1,
		.operation = operation,
		.argument = (uint8_t)argument,
		.key_id = BYTES_ARRAY(id),
		.input = data };

	key_wire_id(provider_find("gnutls"), key_spki(key), id);
	key_wire_append_request(frame, &request);
	return bytes_from(buf_bytes(frame), 4);
}

/* What the table makes of a message to be signed. */
static enum err
asked(const struct guarded_keys *keys, const struct key *key,
    enum key_wire_operation operation, struct bytes data)
{
	struct guarded_report report = { 0 };
	struct buf frame = { 0 }, reply = { 0 };
	struct guarded_request request = { .sequence = 1, .now = LAB_NOW };

	request.payload = payload_of(key, operation,
	    operation == KEY_WIRE_SIGN ? DIGEST_SHA256 : 16, data, &frame);
	guarded_keys_answer(keys, &request, &reply, &report);
	buf_clear(&frame);
	buf_clear(&reply);
	return report.err;
}

/* A table of what the lab's endpoints say. */
static struct guarded_keys *
table_of(struct lab *lab, const char *text)
{
	struct guarded_keys *keys = guarded_keys_new(lab->provider, 0);

	lab_restart(lab, text);
	scep_guard_add(lab->scep, keys);
	return keys;
}

/* The TBSCertificate of what the lab issues for a device. */
static struct buf
issued_tbs(struct lab *lab)
{
	struct lab_client client = lab_client_new(lab, "strongswan/client.key");
	struct lab_request request = lab_request_by(lab, &client);
	struct certificate *certificate = assert_request_issued(lab, &request);
	struct buf tbs = { 0 };

	buf_append(&tbs, certificate->outer.signed_part);
	certificate_free(certificate);
	lab_client_clear(&client);
	return tbs;
}

#define PROFILE(settings) "profile = { " settings " }; "

struct profile_row {
	const char *profile;
	enum err expected;
};

/* Whether the CA of an endpoint with these profiles would sign what the lab
 * issues by the default one. */
static void
check_profiles(struct lab *lab, const struct profile_row *rows, size_t count)
{
	struct buf tbs = issued_tbs(lab);

	for (size_t i = 0; i < count; i++) {
		char *text = xasprintf(LAB_ENDPOINT(LAB_CA LAB_CHALLENGE "%s"),
		    rows[i].profile);
		struct guarded_keys *keys = table_of(lab, text);
		enum err err = asked(keys, lab->ca_key, KEY_WIRE_SIGN,
		    buf_bytes(&tbs));

		if (err != rows[i].expected)
			fail_msg("%s: %s", rows[i].profile, err_name(err));
		guarded_keys_free(keys);
		free(text);
	}
	buf_clear(&tbs);
}

static void
a_ca_signs_what_its_own_profile_leads_to_and_no_other(void **state)
{
	static const struct profile_row rows[] = {
		{ "", ERR_OK },
		{ PROFILE("days = 364;"), ERR_GUARD_VALIDITY },
		{ PROFILE("days = 366;"), ERR_OK },
		{ PROFILE("backdate = \"0s\";"), ERR_OK }, /* an hour's grace */
		{ PROFILE("key_usage = \"digitalSignature\";"),
		    ERR_GUARD_USAGE },
		{ PROFILE("extended_key_usage = \"serverAuth\";"),
		    ERR_GUARD_PURPOSE },
		{ PROFILE("extended_key_usage = ();"), ERR_GUARD_PURPOSE },
		{ PROFILE("must_staple = true;"), ERR_GUARD_EXTENSION },
	};

	check_profiles(*state, rows, COUNT(rows));
}

#define FIT "{ name = \"fit\"; }"
#define SERVER "{ name = \"server\"; extended_key_usage = \"serverAuth\"; }"
#define SHORT "{ name = \"short\"; days = 1; }"
#define USAGE "{ name = \"usage\"; key_usage = \"digitalSignature\"; }"
#define PROFILES(list) "profile = ( " list " ); "

/* Any of several will do, but no mixture: the usage of one with the purpose of
 * another, say. */
static void
a_certificate_fits_one_of_the_profiles_whole(void **state)
{
	static const struct profile_row rows[] = {
		{ PROFILES(FIT ", " SERVER), ERR_OK },
		{ PROFILES(SERVER ", " FIT), ERR_OK },
		{ PROFILES(SERVER ", " FIT ", " SHORT), ERR_OK },
		{ PROFILES(SERVER ", " USAGE), ERR_GUARD_USAGE },
		{ PROFILES(USAGE ", " SERVER), ERR_GUARD_PURPOSE },
		{ PROFILES(SERVER ", " SHORT), ERR_GUARD_VALIDITY },
		{ PROFILES(USAGE ", " SHORT ", " SERVER), ERR_GUARD_PURPOSE },
	};

	check_profiles(*state, rows, COUNT(rows));
}

#define OWN(hex) "extensions = { oid = \"1.2.3.4\"; hex = \"" hex "\"; };"

/* That, and nothing else. */
static void
a_ca_signs_the_extensions_that_its_profile_has(void **state)
{
	static const struct profile_row rows[] = {
		{ PROFILE(OWN("0c0161")), ERR_OK },
		{ PROFILE(OWN("0c0162")), ERR_GUARD_EXTENSION },
		{ PROFILE(OWN("0c0161") "must_staple = true;"),
		    ERR_GUARD_EXTENSION },
		{ PROFILE(""), ERR_GUARD_EXTENSION },
		{ PROFILES(FIT ", { name = \"own\"; " OWN("0c0161") " }"),
		    ERR_OK },
		{ PROFILES(
		      "{ name = \"own\"; days = 1; " OWN("0c0161") " }, " FIT),
		    ERR_GUARD_EXTENSION },
	};
	struct lab *lab = *state;

	lab_restart(lab,
	    LAB_ENDPOINT(LAB_CA LAB_CHALLENGE PROFILE(OWN("0c0161"))));
	check_profiles(lab, rows, COUNT(rows));
}

/* Two endpoints of one CA: each of their profiles will do. */
static void
a_ca_of_two_endpoints_signs_by_the_profile_of_each(void **state)
{
	struct lab *lab = *state;
	struct buf tbs = issued_tbs(lab);
	struct guarded_keys *keys = table_of(lab,
	    "endpoints = ( { path = \"/a\"; " LAB_CA LAB_CHALLENGE
	    "profile = { days = 1; }; }, "
	    "{ path = \"/b\"; " LAB_CA LAB_CHALLENGE " } );\n");

	assert_int_equal(asked(keys, lab->ca_key, KEY_WIRE_SIGN,
			     buf_bytes(&tbs)),
	    ERR_OK);
	guarded_keys_free(keys);
	buf_clear(&tbs);
}

/* With an RA, the CA's key answers nothing, and the RA's certifies nothing;
 * both open what is addressed to them (T16). */
static void
each_key_does_what_is_its_own(void **state)
{
	struct lab *lab = *state;
	struct buf tbs = issued_tbs(lab);
	struct bytes noise = BYTES_LITERAL("no key transport at all");
	struct bytes reply = BYTES_LITERAL("\x31\x00");
	struct guarded_keys *keys = table_of(lab,
	    LAB_ENDPOINT(LAB_CA LAB_RA LAB_CHALLENGE));
	const struct row {
		const struct key *key;
		enum key_wire_operation operation;
		struct bytes data;
		enum err expected;
	} rows[] = {
		{ lab->ca_key, KEY_WIRE_SIGN, buf_bytes(&tbs), ERR_OK },
		{ lab->ra_key, KEY_WIRE_SIGN, buf_bytes(&tbs), ERR_GUARD_KIND },
		{ lab->ca_key, KEY_WIRE_SIGN, reply, ERR_GUARD_KIND },
		{ lab->ra_key, KEY_WIRE_SIGN, reply, ERR_GUARD_ATTRIBUTE },
		{ lab->ca_key, KEY_WIRE_UNWRAP, noise, ERR_OK },
		{ lab->ra_key, KEY_WIRE_UNWRAP, noise, ERR_OK },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		enum err err = asked(keys, rows[i].key, rows[i].operation,
		    rows[i].data);

		if (err != rows[i].expected)
			fail_msg("row %zu: %s", i, err_name(err));
	}
	guarded_keys_free(keys);
	buf_clear(&tbs);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		LAB_TEST(a_ca_signs_what_its_own_profile_leads_to_and_no_other),
		LAB_TEST(a_ca_signs_the_extensions_that_its_profile_has),
		LAB_TEST(a_certificate_fits_one_of_the_profiles_whole),
		LAB_TEST(a_ca_of_two_endpoints_signs_by_the_profile_of_each),
		LAB_TEST(each_key_does_what_is_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
