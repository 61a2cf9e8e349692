/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_extensions.h"

#include <assert.h>

#include "backends/openssl_policy.h"
#include "base/snapshot.h"
#include "crypto/crl.h"
#include "crypto/name.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_key.h"

/*
 * The octets are a file up to the first NUL, with the sections "ext", "pol" and
 * "crl", and behind it what a device sends: its subject and the extensions that
 * it asks for.  What is composed of them is refused or signed: the guard knows
 * the plan's rule and nothing else.
 */
#define NOW 1795342014

/* CN=ca, and a subjectKeyIdentifier and subjectAltName of it. */
#define CA_NAME \
	BYTES_LITERAL("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02" \
		      "ca")
#define CA_EXTENSIONS \
	BYTES_LITERAL("\x30\x1b\x30\x0b\x06\x03\x55\x1d\x0e\x04\x04\x04\x02" \
		      "id\x30\x0c\x06\x03\x55\x1d\x11\x04\x05\x30\x03\x82\x01" \
		      "a")

struct lab {
	struct openssl_conf *conf;
	struct openssl_settings settings;
	struct certificate ca;
	struct openssl_extensions *plan;
	struct openssl_policy *policy;
	struct bytes subject;
	struct bytes asked;
};

static struct snapshot *
surroundings(struct bytes file)
{
	struct snapshot *snapshot = snapshot_new();
	const struct snapshot_item item = { "a.cnf", FILE_PUBLIC, true, file };

	snapshot_add(snapshot, &item);
	return snapshot;
}

/* Whatever is refused has a finding, and only that. */
static enum err
read_lab(struct lab *lab, struct problems *problems)
{
	struct openssl_extensions_source source = { lab->conf, "ext",
		&lab->settings, &lab->ca };
	enum err err = openssl_extensions_read(&source, &lab->plan, problems);

	assert((err == ERR_OK) == (lab->plan != NULL));
	if (err == ERR_OK && lab->settings.policy != NULL)
		err = openssl_policy_read(lab->conf, &lab->settings, &lab->ca,
		    &lab->policy, problems);
	assert((err == ERR_OK) ==
	    (problems_count(problems, PROBLEM_ERROR) == 0));
	return err;
}

static void
check_guard(const struct lab *lab, struct bytes tbs)
{
	struct sign_rule rule = {
		.issuer = CA_NAME,
		.ca_not_before = NOW,
		.ca_not_after = NOW + 1,
		.life = 1,
	};
	struct sign_guard guard = {
		.scheme = SIGNATURE_RSA,
		.digest = DIGEST_SHA256,
		.kinds = SIGN_CERTIFICATE,
		.rules = &rule,
		.rule_count = 1,
	};
	enum sign_kind kind;

	openssl_extensions_sign_rule(lab->plan, &rule);
	assert(sign_guard_check(&guard, DIGEST_SHA256, tbs, NOW, &kind) ==
	    ERR_OK);
}

/* As far as the subject is one that a device may have. */
static void
check_composed(const struct lab *lab, struct bytes subject,
    struct bytes extensions)
{
	struct certificate_order order = {
		.serial = BYTES_LITERAL("\1"),
		.issuer = CA_NAME,
		.subject = subject,
		.spki = key_spki(fuzz_key()),
		.not_before = NOW,
		.not_after = NOW + 1,
		.extensions = extensions,
	};
	struct buf tbs = { 0 };

	if (name_check(subject) == ERR_OK && !name_equal(subject, CA_NAME)) {
		certificate_append_tbs(&tbs, &order, SIGNATURE_RSA,
		    DIGEST_SHA256);
		check_guard(lab, buf_bytes(&tbs));
	}
	buf_clear(&tbs);
}

static void
compose(const struct lab *lab)
{
	struct buf name = { 0 }, subject = { 0 }, detail = { 0 };
	struct buf extensions = { 0 };
	enum err err = ERR_OK;

	if (lab->policy != NULL)
		err = openssl_policy_apply(lab->policy, lab->subject, &name,
		    &detail);
	else
		buf_append(&name, lab->subject);
	assert((err == ERR_OK) == (detail.size == 0));
	if (err == ERR_OK) {
		struct openssl_extensions_order order = { buf_bytes(&name),
			BYTES_LITERAL("key id"), lab->asked };

		err = openssl_extensions_append(&extensions, lab->plan, &order);
		assert((err == ERR_OK) == (extensions.size > 0));
	}
	if (err == ERR_OK && lab->policy != NULL) {
		openssl_policy_finish(lab->policy, buf_bytes(&name),
		    openssl_extensions_move_email(lab->plan), &subject);
		check_composed(lab, buf_bytes(&subject),
		    buf_bytes(&extensions));
	}
	buf_clear(&name);
	buf_clear(&subject);
	buf_clear(&detail);
	buf_clear(&extensions);
}

/* A CRL, of which the administrator alone says what is in it. */
static void
check_crl(struct bytes extensions)
{
	const struct crl_order order = {
		.issuer = CA_NAME,
		.extensions = extensions,
		.authority_key_id = BYTES_LITERAL("id"),
		.number = 1,
		.this_update = NOW,
		.next_update = NOW + 1,
	};
	struct sign_rule rule = {
		.issuer = CA_NAME,
		.authority_key_id = BYTES_LITERAL("id"),
		.crl_extensions = extensions,
	};
	struct sign_guard guard = {
		.scheme = SIGNATURE_RSA,
		.digest = DIGEST_SHA256,
		.kinds = SIGN_CRL,
		.rules = &rule,
		.rule_count = 1,
	};
	struct buf tbs = { 0 };
	enum sign_kind kind;

	crl_append_tbs(&tbs, &order, SIGNATURE_RSA, DIGEST_SHA256);
	assert(sign_guard_check(&guard, DIGEST_SHA256, buf_bytes(&tbs), NOW,
		   &kind) == ERR_OK);
	buf_clear(&tbs);
}

static void
check_crl_section(const struct lab *lab)
{
	struct openssl_extensions_source source = { lab->conf, "crl",
		&lab->settings, &lab->ca };
	struct problems *problems = problems_new();
	struct openssl_extensions *plan = NULL;
	enum err err = openssl_extensions_read_crl(&source, &plan, problems);

	assert((err == ERR_OK) == (plan != NULL));
	assert((err == ERR_OK) ==
	    (problems_count(problems, PROBLEM_ERROR) == 0));
	if (err == ERR_OK)
		check_crl(openssl_extensions_constant(plan));
	openssl_extensions_free(plan);
	problems_free(problems);
}

static void
check_file(struct lab *lab, struct problems *problems)
{
	lab->settings.policy = openssl_conf_find(lab->conf, NULL, "policy");
	lab->settings.copy_extensions = openssl_conf_find(lab->conf, NULL,
					    "copy") != NULL;
	lab->settings.preserve = openssl_conf_find(lab->conf, NULL,
				     "preserve") != NULL;
	lab->settings.email_in_dn = openssl_conf_find(lab->conf, NULL,
					"no_email") == NULL;
	lab->settings.oids = openssl_conf_section(lab->conf, "oids");
	if (read_lab(lab, problems) == ERR_OK)
		compose(lab);
	check_crl_section(lab);
	openssl_extensions_free(lab->plan);
	openssl_policy_free(lab->policy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems *problems = problems_new();
	struct lab lab = { .ca = { .serial = BYTES_LITERAL("\1"),
			       .issuer = CA_NAME,
			       .subject = CA_NAME,
			       .extensions = CA_EXTENSIONS } };
	struct snapshot *snapshot;
	size_t end = 0;
	struct der sent;

	while (end < size && data[end] != 0)
		end++;
	snapshot = surroundings(bytes_of(data, end));
	sent = der_of(bytes_from(bytes_of(data, size), end + 1));
	if (der_read_whole(&sent, DER_SEQUENCE, &lab.subject) == ERR_OK)
		lab.asked = sent.left;
	file_replay(snapshot);
	if (openssl_conf_open("a.cnf", NULL, &lab.conf, problems) == ERR_OK)
		check_file(&lab, problems);
	file_replay(NULL);
	openssl_conf_free(lab.conf);
	problems_free(problems);
	snapshot_free(snapshot);
	return 0;
}
