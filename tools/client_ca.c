/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_ca.h"

#include "base/pem.h"
#include "crypto/ber.h"
#include "crypto/cms_certs.h"
#include "crypto/name.h"
#include "crypto/spki.h"
#include "tools/shown.h"

static bool
is_ca(const struct certificate *certificate)
{
	return extensions_is_ca(certificate->extensions);
}

static bool
may(const struct certificate *certificate, enum key_usage usage)
{
	return (extensions_key_usage(certificate->extensions) & usage) != 0;
}

static bool
is_rsa(const struct certificate *certificate)
{
	struct key_facts facts;

	return spki_read(certificate->spki, &facts) == ERR_OK &&
	    facts.type == KEY_TYPE_RSA;
}

/* An RA that only signs can't be encrypted for, nor can an EC key. */
static bool
find_ra(const struct client_ca *ca, size_t *index)
{
	for (size_t i = 0; i < ca->count; i++) {
		const struct certificate *ra = ca->certificates[i];

		if (!is_ca(ra) && may(ra, KEY_USAGE_KEY_ENCIPHERMENT) &&
		    is_rsa(ra)) {
			*index = i;
			return true;
		}
	}
	return false;
}

/* Whether another CA of them is below this one. */
static bool
has_subordinate(const struct client_ca *ca, size_t index)
{
	const struct certificate *upper = ca->certificates[index];

	for (size_t i = 0; i < ca->count; i++)
		if (i != index && is_ca(ca->certificates[i]) &&
		    name_equal(ca->certificates[i]->issuer, upper->subject) &&
		    !name_equal(ca->certificates[i]->subject, upper->subject))
			return true;
	return false;
}

static bool
find_lowest_ca(const struct client_ca *ca, size_t *index)
{
	for (size_t i = 0; i < ca->count; i++)
		if (is_ca(ca->certificates[i]) && !has_subordinate(ca, i)) {
			*index = i;
			return true;
		}
	return false;
}

static bool
find_issuer_of(const struct client_ca *ca, size_t of, size_t *index)
{
	for (size_t i = 0; i < ca->count; i++)
		if (i != of && is_ca(ca->certificates[i]) &&
		    name_equal(ca->certificates[of]->issuer,
			ca->certificates[i]->subject)) {
			*index = i;
			return true;
		}
	return false;
}

/* A lone certificate is everything, whatever it says of itself: old CAs do
 * not say that they are one. */
static enum err
assign(struct client_ca *ca)
{
	ca->recipient = ca->issuer = 0;
	if (ca->count == 1) {
		/* Nothing to choose. */
	} else if (find_ra(ca, &ca->recipient)) {
		if (!find_issuer_of(ca, ca->recipient, &ca->issuer) &&
		    !find_lowest_ca(ca, &ca->issuer))
			ca->issuer = ca->recipient;
	} else if (find_lowest_ca(ca, &ca->issuer)) {
		ca->recipient = ca->issuer;
	}
	return ca->count > 0 && is_rsa(ca->certificates[ca->recipient]) ?
	    ERR_OK :
	    ERR_PUBLIC_KEY;
}

static enum err
read_all(struct bytes body, struct client_ca *ca)
{
	struct bytes ders[CLIENT_MAX_CERTIFICATES];
	struct buf der = { 0 };
	size_t count = 0;
	enum err err = ber_normalise(body, &der);

	/* The one certificate first: a SignedData is none. */
	if (err == ERR_OK &&
	    certificate_read(buf_bytes(&der), &ca->certificates[0]) == ERR_OK) {
		ca->count = 1;
		buf_clear(&der);
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = cms_certs_read(buf_bytes(&der), ders,
		    CLIENT_MAX_CERTIFICATES, &count);
	while (err == ERR_OK && ca->count < count) {
		err = certificate_read(ders[ca->count],
		    &ca->certificates[ca->count]);
		if (err == ERR_OK)
			ca->count++;
	}
	buf_clear(&der);
	return err;
}

enum err
client_ca_read(struct bytes body, struct client_ca *ca)
{
	struct client_ca read = { 0 };
	enum err err = read_all(body, &read);

	if (err == ERR_OK)
		err = assign(&read);
	if (err == ERR_OK)
		*ca = read;
	else
		client_ca_clear(&read);
	return err;
}

void
client_ca_clear(struct client_ca *ca)
{
	for (size_t i = 0; i < ca->count; i++)
		certificate_free(ca->certificates[i]);
	*ca = (struct client_ca){ 0 };
}

const char *
client_ca_role(const struct client_ca *ca, size_t index)
{
	if (index == ca->issuer)
		return "CA";
	return is_ca(ca->certificates[index]) ? "CA above" : "RA";
}

static void
warn(const struct client_ca *ca, size_t index, const char *what,
    struct problems *problems)
{
	struct buf name = { 0 };

	shown_append_name(&name, ca->certificates[index]->subject);
	problem_add(problems, PROBLEM_WARNING, "the %s certificate \"%s\" %s",
	    client_ca_role(ca, index), buf_string(&name), what);
	buf_clear(&name);
}

/* It is for the operator to know, and no reason not to try. */
void
client_ca_check(const struct client_ca *ca, int64_t now,
    struct problems *problems)
{
	const struct certificate *recipient = ca->certificates[ca->recipient];

	if (!may(recipient, KEY_USAGE_KEY_ENCIPHERMENT) ||
	    !may(recipient, KEY_USAGE_DIGITAL_SIGNATURE))
		warn(ca, ca->recipient,
		    "lacks the usage digitalSignature or keyEncipherment, "
		    "without which some devices do not use it",
		    problems);
	for (size_t i = 0; i < ca->count; i++) {
		if (now < ca->certificates[i]->not_before)
			warn(ca, i, "is not valid yet", problems);
		if (now > ca->certificates[i]->not_after)
			warn(ca, i, "has expired", problems);
	}
}

bool
client_ca_is_issued_by(const struct provider *provider,
    const struct certificate *certificate, const struct certificate *by)
{
	return is_ca(by) && may(by, KEY_USAGE_CERT_SIGN) &&
	    certificate_is_issued_by(provider, certificate, by);
}

void
client_ca_append_pem(struct buf *to, const struct client_ca *ca)
{
	for (size_t i = 0; i < ca->count; i++)
		pem_append(to, "CERTIFICATE",
		    buf_bytes(&ca->certificates[i]->der));
}
