/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_trust.h"

#include <string.h>

#include "base/count.h"
#include "base/hex.h"
#include "crypto/credential.h"
#include "tools/shown.h"

#define HASH_SIZE 32

/* Microsoft's Certificate Request Agent, which the RAs of NDES and of scepctl
 * have, and RFC 6402's id-kp-cmcRA. */
static const struct bytes ra_purposes[] = {
	BYTES_LITERAL("\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x01"),
	BYTES_LITERAL("\x2b\x06\x01\x05\x05\x07\x03\x1c"),
};

/* What deciding goes by. */
struct decision {
	const struct provider *provider;
	struct client_ca *ca;
	struct certificate *anchors[CLIENT_MAX_CERTIFICATES]; /* of a file */
	size_t anchor_count;
	struct problems *problems;
};

static void
fingerprint(const struct provider *provider,
    const struct certificate *certificate, uint8_t hash[HASH_SIZE])
{
	struct bytes der = buf_bytes(&certificate->der);

	provider_digest(provider, DIGEST_SHA256, &der, 1, hash);
}

void
client_trust_append_fingerprint(struct buf *to, const struct provider *provider,
    const struct certificate *certificate)
{
	uint8_t hash[HASH_SIZE];

	fingerprint(provider, certificate, hash);
	hex_append_colons(to, BYTES_ARRAY(hash));
}

static bool
is_same(const struct certificate *a, const struct certificate *b)
{
	return bytes_equal(buf_bytes(&a->der), buf_bytes(&b->der));
}

static void
trust_hash(struct decision *decision, struct bytes hash)
{
	struct client_ca *ca = decision->ca;
	uint8_t own[HASH_SIZE];

	for (size_t i = 0; i < ca->count; i++) {
		fingerprint(decision->provider, ca->certificates[i], own);
		if (bytes_equal(BYTES_ARRAY(own), hash))
			ca->trusted[i] = true;
	}
}

/* The octets of one fingerprint, as people write them. */
static bool
read_fingerprint(const char *text, size_t size, struct buf *hash)
{
	struct buf digits = { 0 };
	bool good;

	for (size_t i = 0; i < size; i++)
		if (text[i] != ':' && text[i] != ' ')
			buf_append_octet(&digits, (uint8_t)text[i]);
	good = hex_decode(hash, buf_bytes(&digits)) && hash->size == HASH_SIZE;
	buf_clear(&digits);
	return good;
}

static enum err
trust_fingerprints(struct decision *decision, const char *text)
{
	bool good = true;

	while (text != NULL && good) {
		size_t size = strcspn(text, ",");
		struct buf hash = { 0 };

		good = read_fingerprint(text, size, &hash);
		if (good)
			trust_hash(decision, buf_bytes(&hash));
		buf_clear(&hash);
		text = text[size] == ',' ? text + size + 1 : NULL;
	}
	if (good)
		return ERR_OK;
	problem_add(decision->problems, PROBLEM_ERROR,
	    "--fingerprint: is not the SHA-256 of a certificate, which has 64 "
	    "hexadecimal digits");
	return ERR_CONFIGURATION;
}

static enum err
trust_file(struct decision *decision, const char *path)
{
	struct client_ca *ca = decision->ca;
	enum err err = ERR_OK;

	if (path != NULL)
		err = certificates_load(path, decision->anchors,
		    COUNT(decision->anchors), &decision->anchor_count,
		    decision->problems);
	for (size_t i = 0; i < decision->anchor_count; i++)
		for (size_t j = 0; j < ca->count; j++)
			if (is_same(decision->anchors[i], ca->certificates[j]))
				ca->trusted[j] = true;
	return err;
}

/* Whoever has a certificate of a CA has trusted it before. */
static void
trust_issuer_of(struct decision *decision, const struct certificate *own)
{
	struct client_ca *ca = decision->ca;

	for (size_t i = 0; own != NULL && i < ca->count; i++)
		if (client_ca_is_issued_by(decision->provider, own,
			ca->certificates[i]))
			ca->trusted[i] = true;
}

static void
append_name(struct buf *to, const struct decision *decision, size_t index)
{
	shown_append_name(to, decision->ca->certificates[index]->subject);
	buf_append_string(to, "\" with the SHA-256 fingerprint ");
	client_trust_append_fingerprint(to, decision->provider,
	    decision->ca->certificates[index]);
}

static void
trust_all(struct decision *decision)
{
	struct client_ca *ca = decision->ca;
	struct buf name = { 0 };

	for (size_t i = 0; i < ca->count; i++)
		ca->trusted[i] = true;
	append_name(&name, decision, ca->issuer);
	problem_add(decision->problems, PROBLEM_WARNING,
	    "taken on trust, since nothing vouches for it: the CA \"%s",
	    buf_string(&name));
	buf_clear(&name);
}

static bool
is_marked_ra(const struct certificate *certificate)
{
	for (size_t i = 0; i < COUNT(ra_purposes); i++)
		if (extensions_have_purpose(certificate->extensions,
			ra_purposes[i]))
			return true;
	return false;
}

/* Whether one that is trusted has issued it. */
static bool
has_trusted_issuer(const struct decision *decision, size_t index)
{
	const struct client_ca *ca = decision->ca;
	const struct certificate *certificate = ca->certificates[index];

	for (size_t i = 0; i < decision->anchor_count; i++)
		if (client_ca_is_issued_by(decision->provider, certificate,
			decision->anchors[i]))
			return true;
	for (size_t i = 0; i < ca->count; i++)
		if (ca->trusted[i] &&
		    client_ca_is_issued_by(decision->provider, certificate,
			ca->certificates[i]))
			return true;
	return false;
}

/* From above to below, however the server has ordered them: each round goes
 * at least one step down. */
static void
follow(struct decision *decision)
{
	struct client_ca *ca = decision->ca;
	bool found = true;

	while (found) {
		found = false;
		for (size_t i = 0; i < ca->count; i++) {
			const struct certificate *one = ca->certificates[i];

			if (ca->trusted[i] ||
			    (!extensions_is_ca(one->extensions) &&
				!is_marked_ra(one)))
				continue;
			ca->trusted[i] = has_trusted_issuer(decision, i);
			found = found || ca->trusted[i];
		}
	}
}

/* What a person has to compare is the CA's, unless the CA is in order. */
static enum err
complain(const struct decision *decision, bool named)
{
	const struct client_ca *ca = decision->ca;
	bool ra = ca->trusted[ca->issuer];
	struct buf name = { 0 };

	append_name(&name, decision, ra ? ca->recipient : ca->issuer);
	if (ra)
		problem_add(decision->problems, PROBLEM_ERROR,
		    "the CA is trusted, but its certificate \"%s does not say "
		    "of itself that it is an RA's, so it could be any "
		    "device's; compare it with what whoever runs the server "
		    "says, and add it to --fingerprint after a comma",
		    buf_string(&name));
	else
		problem_add(decision->problems, PROBLEM_ERROR,
		    "%s the CA \"%s; compare it with what whoever runs the "
		    "server says, and go on with --fingerprint or --ca, or "
		    "take it unseen with --trust-on-first-use",
		    named ? "what is trusted does not vouch for" :
			    "nothing vouches yet for",
		    buf_string(&name));
	buf_clear(&name);
	return ERR_CLIENT_TRUST;
}

static enum err
decide(struct decision *decision, const struct client_trust *trust)
{
	enum err errs[] = {
		trust_fingerprints(decision, trust->fingerprints),
		trust_file(decision, trust->ca_file),
	};
	enum err err = err_first(errs, COUNT(errs));
	bool named = trust->fingerprints != NULL || trust->ca_file != NULL;

	if (err != ERR_OK)
		return err;
	/* Who names something means nothing else. */
	if (!named)
		trust_issuer_of(decision, trust->own);
	follow(decision);
	if (decision->ca->trusted[decision->ca->recipient])
		return ERR_OK;
	if (named || !trust->first_use)
		return complain(decision, named);
	trust_all(decision);
	return ERR_OK;
}

enum err
client_trust_decide(const struct provider *provider,
    const struct client_trust *trust, struct client_ca *ca,
    struct problems *problems)
{
	struct decision decision = { .provider = provider,
		.ca = ca,
		.problems = problems };
	enum err err = decide(&decision, trust);

	while (decision.anchor_count > 0)
		certificate_free(decision.anchors[--decision.anchor_count]);
	return err;
}
