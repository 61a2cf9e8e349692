/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/succession.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "crypto/cms_signed.h"
#include "crypto/oid.h"

#define DAY 86400

/* The section `next`. */
struct next_settings {
	int64_t from;
	int64_t overlap;
	const struct conf_section *ca;
	const struct conf_section *ra;
};

#define NEXT(field) \
	.name = #field, .offset = offsetof(struct next_settings, field)

static const struct conf_key next_keys[] = {
	{ NEXT(from), .type = CONF_TIME, .required = true },
	{ NEXT(overlap), .type = CONF_DURATION,
	    .maximum = (int64_t)10 * 365 * DAY },
	{ NEXT(ca), .type = CONF_SECTION, .required = true },
	{ NEXT(ra), .type = CONF_SECTION },
	{ 0 },
};

/* One of the list `former`. */
struct former_settings {
	const char *certificate;
	const char *key;
	struct bytes passphrase;
	int64_t until;
};

#define FORMER(field) \
	.name = #field, .offset = offsetof(struct former_settings, field)

static const struct conf_key former_keys[] = {
	{ FORMER(certificate), .type = CONF_PATH, .required = true },
	{ FORMER(key), .type = CONF_PATH },
	{ FORMER(passphrase), .type = CONF_KEY_SECRET },
	{ FORMER(until), .type = CONF_TIME },
	{ 0 },
};

/* Former ones */

static enum err
load_former(const struct former_settings *settings,
    const struct crypto_setup *setup, struct former *former,
    struct problems *problems)
{
	const struct credential_files files = { settings->certificate,
		settings->key, settings->passphrase };
	struct credential credential = { 0 };
	size_t count;
	enum err err;

	if (settings->key == NULL)
		return certificates_load(settings->certificate,
		    &former->certificate, 1, &count, problems);
	err = credential_load(setup, &files, &credential, problems);
	if (err != ERR_OK)
		return err;
	former->certificate = credential.certificate;
	former->key = credential.key;
	former->until = settings->until;
	return ERR_OK;
}

/* It may have expired; what it has issued may not. */
static enum err
open_former(const struct conf_section *section,
    const struct crypto_setup *setup, struct former *former,
    struct problems *problems)
{
	struct former_settings settings = { 0 };
	enum err err = conf_read(section, former_keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	if ((settings.key != NULL) != (settings.until != 0))
		return conf_refuse(section, NULL, problems,
		    "\"key\", with which requests to a former CA are opened, "
		    "and \"until\", the time at which that ends, go together");
	if (load_former(&settings, setup, former, problems) != ERR_OK ||
	    certificate_check_ca(former->certificate, settings.certificate,
		problems) != ERR_OK)
		return ERR_CONFIGURATION;
	provider_digest(setup->provider, DIGEST_SHA256,
	    &former->certificate->spki, 1, former->hash);
	return ERR_OK;
}

static enum err
open_formers(const struct conf_sections *sections,
    const struct crypto_setup *setup, struct succession *succession,
    struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < sections->count; i++) {
		if (i == SUCCESSION_MAX_FORMERS)
			return conf_refuse(sections->items[i], NULL, problems,
			    "more than 4 former CAs are of no use: leave out "
			    "those whose certificates have all expired");
		if (open_former(sections->items[i], setup,
			&succession->formers[succession->former_count++],
			problems) != ERR_OK)
			err = ERR_CONFIGURATION;
	}
	return err;
}

/* The next one */

/* SignedData around the degenerate one, as RFC 8894 section 4.7.1 has it.
 * SHA-256: whoever knows of a next CA knows that. */
static enum err
sign_next(const struct succession *succession, int64_t now, struct buf *answer)
{
	struct cms_identity signer = authority_identity(&succession->present);
	const struct cms_signed_order order = {
		.has_content = true,
		.content = buf_bytes(&succession->next.ca_chain),
		.digest = DIGEST_SHA256,
		.signer = signer.certificate,
		.key = signer.key,
		.signing_time = now,
	};

	return cms_signed_append(answer, succession->provider, &order);
}

static enum err
prepare_answer(const struct succession_sections *sections, int64_t now,
    struct succession *succession, struct problems *problems)
{
	char *name = xasprintf("GetNextCACert of %s", sections->path);
	struct buf *answer = &succession->next_ca_certificates;
	enum err err = file_replay_made(name, answer);

	if (err != ERR_OK)
		err = sign_next(succession, now, answer);
	if (err == ERR_OK)
		file_record_made(name, buf_bytes(answer));
	else
		err = conf_refuse(sections->next, NULL, problems,
		    "the answer that announces the next CA can't be signed");
	free(name);
	return err;
}

static enum err
read_next(const struct conf_section *section, struct next_settings *settings,
    struct problems *problems)
{
	*settings = (struct next_settings){ .from = INT64_MAX,
		.overlap = 30 * DAY };
	return section != NULL ?
	    conf_read(section, next_keys, settings, problems) :
	    ERR_OK;
}

/* Its certificates need not be valid before it begins. */
static enum err
open_next(const struct next_settings *settings,
    const struct crypto_setup *setup, struct succession *succession,
    struct problems *problems)
{
	const struct authority_sections parts = { settings->ca, settings->ra };
	struct crypto_setup then = *setup;

	if (then.now < settings->from)
		then.now = settings->from;
	return authority_open(&parts, &then, &succession->next, problems);
}

static enum err
announce_next(const struct succession_sections *sections, int64_t now,
    struct succession *succession, struct problems *problems)
{
	const struct certificate *present =
	    authority_certificate(&succession->present);

	if (bytes_equal(BYTES_ARRAY(succession->next.hash),
		BYTES_ARRAY(succession->present.hash)))
		return conf_refuse(sections->next, "ca", problems,
		    "the next CA has the same key as the present one: that "
		    "needs no \"next\"; replace the certificate in \"ca\"");
	if (certificate_is_named(authority_certificate(&succession->next),
		present->issuer, present->serial))
		return conf_refuse(sections->next, "ca", problems,
		    "the next CA's certificate has the same issuer and serial "
		    "number as the present one's, by which devices say which "
		    "of them they mean");
	return prepare_answer(sections, now, succession, problems);
}

/* One that has been replaced may have expired by now. */
static enum err
open_present(const struct succession_sections *sections,
    const struct crypto_setup *setup, struct succession *succession,
    struct problems *problems)
{
	struct crypto_setup then = *setup;

	if (then.now >= succession->next_from)
		then.now = succession->next_from - 1;
	return authority_open(&sections->present, &then, &succession->present,
	    problems);
}

enum err
succession_open(const struct succession_sections *sections,
    const struct crypto_setup *setup, struct succession *succession,
    struct problems *problems)
{
	struct next_settings next;
	enum err err = read_next(sections->next, &next, problems);
	enum err errs[3];

	if (err != ERR_OK)
		return err;
	succession->provider = setup->provider;
	succession->next_from = next.from;
	succession->overlap = next.overlap;
	errs[0] = open_present(sections, setup, succession, problems);
	errs[1] = sections->next == NULL ?
	    ERR_OK :
	    open_next(&next, setup, succession, problems);
	errs[2] = open_formers(&sections->formers, setup, succession, problems);
	err = err_first(errs, COUNT(errs));
	return err == ERR_OK && sections->next != NULL ?
	    announce_next(sections, setup->now, succession, problems) :
	    err;
}

void
succession_clear(struct succession *succession)
{
	authority_clear(&succession->present);
	authority_clear(&succession->next);
	buf_clear(&succession->next_ca_certificates);
	for (size_t i = 0; i < succession->former_count; i++) {
		certificate_free(succession->formers[i].certificate);
		key_free(succession->formers[i].key);
	}
}

/* Who it is */

static bool
has_next(const struct succession *succession)
{
	return succession->next.backend != NULL;
}

bool
succession_is_staged(const struct succession *succession, int64_t now)
{
	return has_next(succession) && now < succession->next_from;
}

const struct authority *
succession_authority(const struct succession *succession, int64_t now)
{
	return has_next(succession) && now >= succession->next_from ?
	    &succession->next :
	    &succession->present;
}

struct cms_keyring
succession_keyring(const struct succession *succession, int64_t now)
{
	const struct authority *answering = succession_authority(succession,
	    now);
	struct cms_keyring keyring = { .provider = succession->provider };

	authority_add_identities(answering, &keyring);
	if (succession_is_staged(succession, now))
		authority_add_identities(&succession->next, &keyring);
	else if (answering == &succession->next &&
	    now - succession->next_from < succession->overlap)
		authority_add_identities(&succession->present, &keyring);
	for (size_t i = 0; i < succession->former_count; i++) {
		const struct former *former = &succession->formers[i];

		if (former->key != NULL && now < former->until)
			keyring.identities[keyring.count++] =
			    (struct cms_identity){ former->certificate,
				    former->key };
	}
	return keyring;
}

static bool
has_identity(const struct authority *authority,
    const struct certificate *certificate)
{
	return certificate == authority->ra.certificate ||
	    certificate == authority_certificate(authority);
}

const struct authority *
succession_addressed(const struct succession *succession,
    const struct certificate *recipient, int64_t now)
{
	return has_next(succession) && recipient != NULL &&
		has_identity(&succession->next, recipient) ?
	    &succession->next :
	    succession_authority(succession, now);
}

/* AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] ... }: the name may
 * be the same for both. */
static bool
names_key(struct bytes tbs, struct bytes key_id)
{
	struct certificate certificate;
	struct bytes value, found;
	struct der der, list;

	if (certificate_view_tbs(tbs, &certificate) != ERR_OK ||
	    !extensions_find(certificate.extensions, OID_AUTHORITY_KEY_ID,
		&value))
		return false;
	der = der_of(value);
	return der_enter(&der, DER_SEQUENCE, &list) == ERR_OK &&
	    der_read(&list, DER_CONTEXT, &found) == ERR_OK &&
	    bytes_equal(found, key_id);
}

const struct authority *
succession_preparer(const struct succession *succession, struct bytes tbs)
{
	return has_next(succession) &&
		names_key(tbs, buf_bytes(&succession->next.ca_key_id)) ?
	    &succession->next :
	    &succession->present;
}

size_t
succession_authorities(const struct succession *succession,
    const struct authority *list[SUCCESSION_MAX_AUTHORITIES])
{
	size_t count = 0;

	list[count++] = &succession->present;
	if (has_next(succession))
		list[count++] = &succession->next;
	return count;
}

static struct succession_ca
ca_of(const struct authority *authority)
{
	return (struct succession_ca){ authority_certificate(authority),
		BYTES_ARRAY(authority->hash) };
}

size_t
succession_list(const struct succession *succession,
    struct succession_ca list[SUCCESSION_MAX_CAS])
{
	const struct authority *authorities[SUCCESSION_MAX_AUTHORITIES];
	size_t count = succession_authorities(succession, authorities);

	for (size_t i = 0; i < count; i++)
		list[i] = ca_of(authorities[i]);
	for (size_t i = 0; i < succession->former_count; i++) {
		const struct former *former = &succession->formers[i];

		list[count++] = (struct succession_ca){ former->certificate,
			BYTES_ARRAY(former->hash) };
	}
	return count;
}

bool
succession_has_issued(const struct succession *succession,
    const struct certificate *certificate, struct bytes *hash)
{
	struct succession_ca list[SUCCESSION_MAX_CAS];
	size_t count = succession_list(succession, list);

	for (size_t i = 0; i < count; i++)
		if (certificate_is_issued_by(succession->provider, certificate,
			list[i].certificate)) {
			*hash = list[i].hash;
			return true;
		}
	return false;
}

void
succession_check_validity(const struct succession *succession, int64_t now,
    struct problems *problems)
{
	if (now < succession->next_from)
		authority_check_validity(&succession->present, now, problems);
	if (has_next(succession))
		authority_check_validity(&succession->next,
		    now < succession->next_from ? succession->next_from : now,
		    problems);
}
