/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/facts.h"

#include <string.h>

/* Whether a CA of the endpoint has issued it, and which.  The certificate of
 * another CA, which ours has issued, is no device's. */
static bool
is_issued(const struct endpoint *endpoint,
    const struct certificate *certificate, struct bytes *authority)
{
	return !extensions_is_ca(certificate->extensions) &&
	    succession_has_issued(&endpoint->succession, certificate,
		authority);
}

/* Another endpoint's profile of that name may be another one.  Of certificates
 * from before that was kept, or that were imported, nobody knows where they are
 * from. */
static void
note_origin(const struct endpoint *endpoint,
    const struct stored_certificate *stored, struct renewal_signer *signer)
{
	struct bytes name = buf_bytes(&stored->profile);
	struct bytes path = buf_bytes(&stored->endpoint);
	bool is_here = bytes_equal_string(path, endpoint->path);

	signer->is_elsewhere = path.size > 0 && !is_here &&
	    !renewal_takes_from(&endpoint->policy.renewal, path);
	if (!is_here || name.size == 0 || name.size > PROFILE_NAME_LIMIT)
		return;
	memcpy(signer->profile, name.data, name.size);
	signer->profile[name.size] = '\0';
}

enum err
facts_of_signer(const struct pki_operation *operation,
    struct renewal_signer *signer)
{
	const struct endpoint *endpoint = operation->endpoint;
	const struct certificate *certificate =
	    pki_request_signer(operation->request);
	struct stored_certificate stored = { 0 };
	enum err err = ERR_STORE_NONE;

	*signer = (struct renewal_signer){ .certificate = certificate };
	signer->is_issued = is_issued(endpoint, certificate,
	    &signer->authority);
	if (signer->is_issued)
		err = store_certificate_get(endpoint->store, signer->authority,
		    serial_number(certificate->serial), &stored);
	signer->is_known = err == ERR_OK;
	signer->is_revoked = stored.revoked_at != 0;
	note_origin(endpoint, &stored, signer);
	stored_certificate_clear(&stored);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

static struct challenge_known
known_of(const struct stored_challenge *stored)
{
	return (struct challenge_known){
		.is_known = true,
		.minted = stored->minted,
		.endpoint = buf_bytes(&stored->endpoint),
		.subject = buf_bytes(&stored->subject),
		.names = buf_bytes(&stored->names),
		.profile = buf_bytes(&stored->profile),
		.uses = stored->uses,
		.expires_at = stored->expires_at,
	};
}

/* By the hash: no password stands in the database. */
static enum err
find_challenge(struct pki_operation *operation, struct challenge_known *known)
{
	const struct endpoint *endpoint = operation->endpoint;
	struct bytes password = buf_bytes(&operation->csr->challenge);
	uint8_t hash[CHALLENGE_PASSWORD_HASH_SIZE];
	enum err err;

	if (password.size == 0 ||
	    !challenges_are_counted(endpoint->policy.enrol.challenges))
		return ERR_OK;
	challenge_password_hash(endpoint->provider, password, hash);
	err = store_challenge_get(endpoint->store, BYTES_ARRAY(hash),
	    &operation->challenge);
	if (err != ERR_OK)
		return err == ERR_STORE_NONE ? ERR_OK : err;
	*known = known_of(&operation->challenge);
	if (known->minted)
		operation->journal->challenge = operation->challenge.number;
	return ERR_OK;
}

enum err
facts_gather(struct pki_operation *operation, struct facts *facts)
{
	uint8_t key[STORE_HASH_SIZE];
	enum err err;

	*facts = (struct facts){
		.csr = operation->csr,
		.is_renewal_req = pki_request_type(operation->request) ==
		    MESSAGE_TYPE_RENEWAL_REQ,
		.challenge_is_visible = operation->header.has_challenge,
		.now = operation->now,
	};
	provider_digest(operation->endpoint->provider, DIGEST_SHA256,
	    &operation->csr->spki, 1, key);
	err = store_key_is_revoked(operation->endpoint->store, BYTES_ARRAY(key),
	    &facts->key_is_revoked);
	if (err == ERR_OK)
		err = find_challenge(operation, &facts->challenge);
	return err == ERR_OK ? facts_of_signer(operation, &facts->signer) : err;
}

enum err
facts_count_active(const struct pki_operation *operation, int64_t *active)
{
	const struct endpoint *endpoint = operation->endpoint;
	const struct certificate_order *order =
	    authorisation_order(operation->verdict.uncounted);
	uint8_t identity[STORE_HASH_SIZE];
	const struct active_filter filter = {
		.authority = BYTES_ARRAY(operation->authority->hash),
		.identity = BYTES_ARRAY(identity),
		.except = operation->renews,
		.now = operation->now,
	};

	duplicates_identity(endpoint->provider, order->subject,
	    order->subject_alt_name, identity);
	return store_count_active(endpoint->store, &filter,
	    endpoint->policy.enrol.duplicates.max_active, active);
}
