/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_BACKENDS_FIXTURE_H
#define SCEPD_TESTS_UNIT_BACKENDS_FIXTURE_H

#include "backends/backend.h"
#include "crypto/credential.h"
#include "tests/unit/policy_requests.h"

/* What the tests of backends/ share: CAs in a test's own folder. */

static inline void
put_vector(const char *name, const char *vector_name)
{
	struct buf contents = vector(vector_name);

	put_mode(name, buf_bytes(&contents), 0600);
	buf_clear(&contents);
}

/* The section `ca` is the whole of a.conf, in a folder with the lab's CA. */
static inline enum err
open_with(const char *settings, struct conf **conf, struct backend **backend,
    struct problems *problems)
{
	struct crypto_setup setup = { .provider = gnutls(), .now = NOW };

	put_vector("ca.pem", "ca/ca.pem");
	put_vector("ca.key", "ca/ca.key.pem");
	put_vector("ca-sign.pem", "ca/ca-sign.pem");
	put_vector("ra.pem", "ca/ra.pem");
	put_vector("ra.key", "ca/ra.key.pem");
	put("a.conf", settings);
	*conf = open_well("a.conf");
	return backend_open(conf_root(*conf), &setup, backend, problems);
}

#define LAB_CA "backend = \"file\"; certificate = \"ca.pem\"; key = \"ca.key\";"

static inline struct backend *
backend_of(const char *settings)
{
	struct problems *problems = problems_new();
	struct backend *backend = NULL;
	struct conf *conf;

	if (open_with(settings, &conf, &backend, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	conf_free(conf);
	return backend;
}

#define NAME_CA "30{ 31{ 30{ 06{550403} 0c{'ca'} } } }"

/* A CA certificate of the vector's key, as `order` has it. */
static inline void
put_ca(const char *name, struct certificate_order *order, const char *key_name)
{
	struct key *key = key_vector(key_name);
	struct buf subject = asn1(NAME_CA), tbs = { 0 }, der = { 0 };
	struct buf pem = { 0 };

	order->serial = BYTES_LITERAL("\x01");
	order->issuer = order->subject = buf_bytes(&subject);
	order->spki = key_spki(key);
	order->subject_key_id = BYTES_LITERAL("id");
	certificate_append_tbs(&tbs, order, key_scheme(key), key_digest(key));
	assert_int_equal(signed_object_append(&der, key, buf_bytes(&tbs)),
	    ERR_OK);
	pem_append(&pem, "CERTIFICATE", buf_bytes(&der));
	put_mode(name, buf_bytes(&pem), 0600);
	buf_clear(&subject);
	buf_clear(&tbs);
	buf_clear(&der);
	buf_clear(&pem);
	key_free(key);
}

#endif
