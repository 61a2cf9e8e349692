/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_crl.h"

#include "base/pem.h"
#include "tests/unit/crypto_codec.h"
#include "tests/unit/tools_state_fixture.h"

/* tests/vectors/codec/crl.der is the CRL of tests/vectors/ca/ca.pem. */

#define STATE " --state state.db"

static struct bytes
authority_of(const struct certificate *ca, uint8_t id[STORE_HASH_SIZE])
{
	provider_digest(gnutls(), DIGEST_SHA256, &ca->spki, 1, id);
	return bytes_of(id, STORE_HASH_SIZE);
}

/* A database where the CA has this CRL, and so many others have one. */
static void
fill(size_t others)
{
	struct store *store = new_store();
	struct certificate *ca = certificate_vector("ca/ca.pem");
	struct stored_crl crl = { .number = 17,
		.der = vector("codec/crl.der") };
	struct buf pem = vector("ca/ca.pem");
	uint8_t id[STORE_HASH_SIZE];

	put("ca.pem", buf_string(&pem));
	assert_int_equal(store_crl_put(store, authority_of(ca, id), &crl),
	    ERR_OK);
	for (size_t i = 0; i < others; i++)
		assert_int_equal(store_crl_put(store, hash_of((char)('a' + i)),
				     &crl),
		    ERR_OK);
	stored_crl_clear(&crl);
	certificate_free(ca);
	buf_clear(&pem);
	store_close(store);
}

#define SHOWN \
	"issuer:         CN=Lab SCEP CA,O=Lab,C=US\n" \
	"number:         1003\n" \
	"this update:    2026-11-23T00:00:00Z\n" \
	"next update:    2026-12-23T00:00:00Z\n" \
	"revoked:        3\n" \
	"size:           531\n"

static void
show_tells_whose_it_is_and_how_long(void **state)
{
	(void)state;
	fill(0);
	assert_output(scepctl_crl, "crl show" STATE, SHOWN);
	assert_output(scepctl_crl, "crl show --ca ca.pem" STATE, SHOWN);
	assert_output(scepctl_crl, "crl show --json" STATE,
	    "{\"issuer\": \"CN=Lab SCEP CA,O=Lab,C=US\", "
	    "\"number\": \"1003\", "
	    "\"this_update\": \"2026-11-23T00:00:00Z\", "
	    "\"next_update\": \"2026-12-23T00:00:00Z\", "
	    "\"revoked\": 3, \"size\": 531}\n");
}

static void
list_tells_what_is_in_it(void **state)
{
	(void)state;
	fill(0);
	assert_output(scepctl_crl, "crl list" STATE,
	    "SERIAL            REVOKED               REASON\n"
	    "06                2026-11-22T10:00:00Z  certificateHold\n"
	    "1a2b              2026-11-20T10:00:00Z  keyCompromise\n"
	    "ff01020304050607  2026-11-21T10:00:00Z  unspecified\n");
	assert_output(scepctl_crl, "crl list --json" STATE,
	    "[\n{\"serial\": \"06\", \"revoked_at\": "
	    "\"2026-11-22T10:00:00Z\", \"reason\": \"certificateHold\"},\n"
	    "{\"serial\": \"1a2b\", \"revoked_at\": "
	    "\"2026-11-20T10:00:00Z\", \"reason\": \"keyCompromise\"},\n"
	    "{\"serial\": \"ff01020304050607\", \"revoked_at\": "
	    "\"2026-11-21T10:00:00Z\", \"reason\": \"unspecified\"}\n]\n");
}

static void
export_writes_either_form(void **state)
{
	struct buf der = vector("codec/crl.der"), pem = { 0 }, file = { 0 };
	struct problems *problems = problems_new();

	(void)state;
	fill(0);
	pem_append(&pem, "X509 CRL", buf_bytes(&der));
	assert_output(scepctl_crl, "crl export" STATE, buf_string(&pem));
	assert_output(scepctl_crl, "crl export --form der --out a.crl" STATE,
	    "");
	assert_int_equal(file_read("a.crl", FILE_PUBLIC, 1 << 20, &file,
			     problems),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&file), buf_bytes(&der));
	assert_fails(scepctl_crl, "crl export --out a.crl" STATE, NULL,
	    ERR_FILE, "error: a.crl: exists already and is left as it is\n");
	assert_fails(scepctl_crl, "crl export --form p7b" STATE, NULL,
	    ERR_CONFIGURATION,
	    "error: --form \"p7b\": is unknown; choose pem or der\n");
	problems_free(problems);
	buf_clear(&file);
	buf_clear(&pem);
	buf_clear(&der);
}

static void
one_of_several_has_to_be_named(void **state)
{
	(void)state;
	fill(2);
	assert_fails(scepctl_crl, "crl show" STATE, NULL, ERR_CONFIGURATION,
	    "error: several CAs have a CRL; name one by --ca FILE\n");
	assert_output(scepctl_crl, "crl show --ca ca.pem" STATE, SHOWN);
}

static void
where_there_is_none_it_is_said(void **state)
{
	struct buf pem = vector("ca/ca.pem");

	(void)state;
	put("ca.pem", buf_string(&pem));
	store_close(new_store());
	assert_fails(scepctl_crl, "crl show" STATE, NULL, ERR_STORE_NONE,
	    "error: there is no CRL; scepd makes or reads one where its CA has "
	    "a group \"crl\" in scepd.conf\n");
	assert_fails(scepctl_crl, "crl list --ca ca.pem" STATE, NULL,
	    ERR_STORE_NONE,
	    "error: there is no CRL of this CA; scepd makes or reads one where "
	    "its CA has a group \"crl\" in scepd.conf\n");
	assert_fails(scepctl_crl, "crl show --ca none.pem" STATE, NULL,
	    ERR_FILE, "error: none.pem: No such file or directory\n");
	buf_clear(&pem);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CONF_TEST(show_tells_whose_it_is_and_how_long),
		CONF_TEST(list_tells_what_is_in_it),
		CONF_TEST(export_writes_either_form),
		CONF_TEST(one_of_several_has_to_be_named),
		CONF_TEST(where_there_is_none_it_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
