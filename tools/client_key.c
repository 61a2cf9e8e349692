/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_key.h"

#include <sys/stat.h>

#include "base/file.h"
#include "crypto/spki.h"
#include "tools/key_types.h"

#define FILE_LIMIT 65536
#define DEFAULT_TYPE "rsa-2048"

/* A certificate that nobody trusts, for as long as a request may be pending;
 * it begins early, as the server's clock may be late. */
#define DAY 86400
#define BACKDATE DAY
#define LIFE (365 * (int64_t)DAY)

enum err
client_key_load(const struct provider *provider, const char *path,
    struct key **key, struct problems *problems)
{
	struct buf pem = { 0 };
	enum err err = file_read(path, FILE_KEY, FILE_LIMIT, &pem, problems);

	if (err != ERR_OK)
		return err;
	err = key_load(provider, buf_bytes(&pem), bytes_of(NULL, 0), key);
	buf_clear(&pem);
	if (err != ERR_OK)
		problem_add(problems, PROBLEM_ERROR,
		    "%s: holds no private key in PEM form, or an encrypted one",
		    path);
	return err;
}

/* The key is written before key_of takes it over, behind which it can't be
 * had any more (key.h). */
static enum err
generate(const struct provider *provider, const struct key_spec *spec,
    const char *path, struct key **key, struct problems *problems)
{
	struct private_key *made = NULL;
	struct buf pem = { 0 };
	enum err err = provider_private_key_generate(provider, spec, &made);

	if (err != ERR_OK)
		return err;
	if (path != NULL) {
		err = provider_private_key_export(provider, made, &pem);
		if (err == ERR_OK)
			err = file_create(path, 0600, buf_bytes(&pem),
			    problems);
		buf_clear(&pem);
	}
	if (err == ERR_OK)
		return key_of(provider, made, key);
	provider_private_key_free(provider, made);
	return err;
}

static bool
is_of_type(const struct key *key, const struct key_spec *spec)
{
	struct key_facts facts;

	if (spki_read(key_spki(key), &facts) != ERR_OK)
		return false;
	if (spec->rsa)
		return facts.type == KEY_TYPE_RSA && facts.bits == spec->bits;
	return facts.type == KEY_TYPE_EC &&
	    bytes_equal_string(bytes_of_string(facts.curve), spec->curve);
}

static enum err
load_of_type(const struct provider *provider, const char *path,
    const struct key_spec *spec, struct key **key, struct problems *problems)
{
	struct key *loaded = NULL;
	enum err err = client_key_load(provider, path, &loaded, problems);

	if (err == ERR_OK && spec != NULL && !is_of_type(loaded, spec)) {
		problem_add(problems, PROBLEM_ERROR,
		    "%s: is there already, with a key of another kind than "
		    "--key-type; leave that out, or name another file",
		    path);
		err = ERR_CONFIGURATION;
	}
	if (err == ERR_OK)
		*key = loaded;
	else
		key_free(loaded);
	return err;
}

enum err
client_key_obtain(const struct provider *provider, const char *path,
    const char *type, struct key **key, struct problems *problems)
{
	const struct key_spec *spec = NULL;
	struct stat status;

	if (type != NULL && (spec = key_type_find(type)) == NULL) {
		problem_add(problems, PROBLEM_ERROR,
		    "--key-type \"%s\": is unknown; choose " KEY_TYPES_TEXT,
		    type);
		return ERR_CONFIGURATION;
	}
	if (stat(path, &status) == 0)
		return load_of_type(provider, path, spec, key, problems);
	if (spec == NULL)
		spec = key_type_find(DEFAULT_TYPE);
	return generate(provider, spec, path, key, problems);
}

enum err
client_key_make(const struct provider *provider, struct key **key)
{
	return generate(provider, key_type_find(DEFAULT_TYPE), NULL, key, NULL);
}

bool
client_key_is_rsa(const struct key *key)
{
	struct key_facts facts;

	return spki_read(key_spki(key), &facts) == ERR_OK &&
	    facts.type == KEY_TYPE_RSA;
}

enum err
client_key_certify(const struct provider *provider, const struct key *key,
    struct bytes subject, int64_t now, struct certificate **certificate)
{
	uint8_t serial[CERTIFICATE_SERIAL_SIZE];
	struct buf key_id = { 0 }, tbs = { 0 }, der = { 0 };
	struct certificate_order order = {
		.serial = certificate_new_serial(provider, serial),
		.issuer = subject,
		.subject = subject,
		.spki = key_spki(key),
		.not_before = now - BACKDATE,
		.not_after = now + LIFE,
		.key_usage = KEY_USAGE_DIGITAL_SIGNATURE |
		    KEY_USAGE_KEY_ENCIPHERMENT,
	};
	enum err err = certificate_new_key_id(provider, order.spki, &key_id);

	order.subject_key_id = buf_bytes(&key_id);
	if (err == ERR_OK) {
		certificate_append_tbs(&tbs, &order, key_scheme(key),
		    key_digest(key));
		err = signed_object_append(&der, key, buf_bytes(&tbs));
	}
	if (err == ERR_OK)
		err = certificate_read(buf_bytes(&der), certificate);
	buf_clear(&key_id);
	buf_clear(&tbs);
	buf_clear(&der);
	return err;
}
