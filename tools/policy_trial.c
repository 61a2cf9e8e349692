/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/policy_trial.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pem.h"
#include "crypto/key_channels.h"
#include "policy/held.h"
#include "policy/policy.h"
#include "scep/pkcs_req.h"

/* As scepd's max_body at most. */
#define FILE_LIMIT (1024 * 1024)

struct named {
	struct conf_sections endpoints;
	const char *path;
	const struct conf_section *next;
};

static const struct conf_key endpoints_key = { .name = "endpoints",
	.type = CONF_SECTIONS,
	.required = true,
	.offset = offsetof(struct named, endpoints) };
static const struct conf_key path_key = { .name = "path",
	.type = CONF_URL_PATH,
	.required = true,
	.offset = offsetof(struct named, path) };
static const struct conf_key next_key = { .name = "next",
	.type = CONF_SECTION,
	.offset = offsetof(struct named, next) };

/* The request */

/* What its SEQUENCE begins with: a CMS ContentInfo with its type, an OID (RFC
 * 5652 section 3), a PKCS#10 with another SEQUENCE.  BER is for whoever reads
 * it; 0 for what is neither. */
static uint8_t
first_tag(struct bytes octets)
{
	size_t content = 2;

	if (octets.size > 1 && octets.data[1] > 0x80)
		content += octets.data[1] & 0x7f;
	return octets.size > content && octets.data[0] == DER_SEQUENCE ?
	    octets.data[content] :
	    0;
}

/* RFC 7468 section 7, and as Microsoft's tools have it; what is in none is
 * taken as DER. */
static void
unwrap_pem(struct buf *octets)
{
	static const char *const labels[] = { "CERTIFICATE REQUEST",
		"NEW CERTIFICATE REQUEST", "CMS", "PKCS7", NULL };

	for (const char *const *label = labels; *label != NULL; label++) {
		struct bytes text = buf_bytes(octets);
		struct buf der = { 0 };

		if (pem_next(&text, *label, &der) != ERR_OK)
			continue;
		buf_clear(octets);
		*octets = der;
		return;
	}
}

static enum err
read_request(const struct trial_order *order, struct trial *trial,
    struct buf *octets, struct problems *problems)
{
	enum err err = file_read(order->file, FILE_PUBLIC, FILE_LIMIT, octets,
	    problems);
	uint8_t tag;

	if (err != ERR_OK)
		return ERR_FILE;
	unwrap_pem(octets);
	tag = first_tag(buf_bytes(octets));
	trial->is_message = tag == DER_OID;
	if (tag == DER_OID || tag == DER_SEQUENCE)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: holds neither a PKCS#10 request nor a pkiMessage",
	    order->file);
	return ERR_FILE;
}

/* The endpoint */

static enum err
complain_no_endpoint(const struct trial_order *order,
    const struct conf_sections *endpoints, struct problems *problems)
{
	struct named named = { 0 };
	struct buf all = { 0 };

	for (size_t i = 0; i < endpoints->count; i++)
		if (conf_read_one(endpoints->items[i], &path_key, &named,
			problems) == ERR_OK)
			buf_printf(&all, "%s%s", i > 0 ? ", " : "", named.path);
	problem_add(problems, PROBLEM_ERROR,
	    "%s: no endpoint has the path \"%s\"; there are: %s", order->config,
	    order->endpoint, buf_string(&all));
	buf_clear(&all);
	return ERR_CONFIGURATION;
}

static enum err
find_endpoint(const struct trial_order *order, const struct conf *conf,
    const struct conf_section **section, struct problems *problems)
{
	struct named named = { 0 };
	enum err err = conf_read_one(conf_root(conf), &endpoints_key, &named,
	    problems);

	for (size_t i = 0; err == ERR_OK && i < named.endpoints.count; i++) {
		err = conf_read_one(named.endpoints.items[i], &path_key, &named,
		    problems);
		if (err != ERR_OK ||
		    !bytes_equal_string(bytes_of_string(named.path),
			order->endpoint))
			continue;
		*section = named.endpoints.items[i];
		return ERR_OK;
	}
	return err != ERR_OK ?
	    err :
	    complain_no_endpoint(order, &named.endpoints, problems);
}

/* The answer to GetNextCACert is signed when an endpoint is assembled. */
static bool
needs_keys(const struct trial *trial, const struct conf_section *section,
    struct problems *problems)
{
	struct named named = { 0 };

	return trial->is_message ||
	    (conf_read_one(section, &next_key, &named, problems) == ERR_OK &&
		named.next != NULL);
}

/* As a worker, which never sees a private key; but nobody is at the other
 * end, so that none is ever used. */
static enum err
do_without_keys(struct trial *trial, struct problems *problems)
{
	int ends[2];
	enum err err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		problem_add(problems, PROBLEM_ERROR, "no socket: %s",
		    strerror(errno));
		return ERR_FILE;
	}
	close(ends[1]);
	err = key_channels_new(&ends[0], 1, KEY_WIRE_WORKER_LIMIT,
	    &trial->channels);
	if (err != ERR_OK)
		problem_add(problems, PROBLEM_ERROR, "%s", err_meaning(err));
	return err == ERR_OK ? ERR_OK : ERR_FILE;
}

static enum err
assemble(const struct trial_order *order, const struct conf_section *section,
    struct trial *trial, struct problems *problems)
{
	const struct endpoint_setup setup = {
		.crypto = { provider_find("gnutls"), trial->channels,
		    order->now },
	};
	enum err err;

	if (setup.crypto.provider == NULL) {
		problem_add(problems, PROBLEM_ERROR,
		    "GnuTLS can't be used on this machine");
		return ERR_FILE;
	}
	err = endpoint_new(section, &setup, &trial->endpoint, problems);
	if (err != ERR_OK && trial->channels == NULL)
		problem_add(problems, PROBLEM_ERROR,
		    "this takes the endpoint's private keys: run it as root, or "
		    "as who may read them");
	return err;
}

static enum err
open_endpoint(const struct trial_order *order, struct trial *trial,
    struct problems *problems)
{
	const struct conf_section *section = NULL;
	enum err err = conf_open(order->config, &trial->conf, problems);

	if (err == ERR_OK)
		err = find_endpoint(order, trial->conf, &section, problems);
	if (err == ERR_OK && !needs_keys(trial, section, problems))
		err = do_without_keys(trial, problems);
	return err == ERR_OK ? assemble(order, section, trial, problems) : err;
}

/* What it is */

static bool
asks_for_a_certificate(enum message_type type)
{
	return type == MESSAGE_TYPE_PKCS_REQ ||
	    type == MESSAGE_TYPE_RENEWAL_REQ;
}

/* Others are served, but nothing is decided about them. */
static enum err
complain_message_type(const struct trial_order *order, struct trial *trial,
    struct problems *problems)
{
	problem_add(problems, PROBLEM_ERROR,
	    "%s: is no request for a certificate, but of messageType %s",
	    order->file, buf_string(&trial->header.message_type));
	return ERR_FILE;
}

/* As pki_operation.c does. */
static enum err
open_message(const struct trial_order *order, struct bytes octets,
    struct trial *trial)
{
	struct cms_keyring keyring =
	    succession_keyring(&trial->endpoint->succession, order->now);
	const struct pki_rules rules = { &keyring, trial->endpoint->algorithms,
		asks_for_a_certificate };
	enum err err = pki_message_open(octets, &rules, &trial->header,
	    &trial->request);

	if (err != ERR_OK)
		return err;
	trial->is_renewal_req = pki_request_type(trial->request) ==
	    MESSAGE_TYPE_RENEWAL_REQ;
	return trial->header.bad_padding ? ERR_ENVELOPE_DECRYPT : ERR_OK;
}

static enum err
read_csr(const struct trial_order *order, struct bytes der, struct trial *trial)
{
	enum err err = csr_read(trial->endpoint->provider, der, &trial->csr);
	struct bytes challenge = order->challenge;

	if (err != ERR_OK)
		return err;
	/* Any is as good, as it is found by its hash, and that is given. */
	if (challenge.size == 0 && order->is_minted && !trial->is_message &&
	    trial->csr->challenge.size == 0)
		challenge = BYTES_LITERAL("minted");
	if (challenge.size == 0)
		return ERR_OK;
	buf_clear(&trial->csr->challenge);
	buf_append(&trial->csr->challenge, challenge);
	return ERR_OK;
}

/* Whose message it is, or would be. */
static void
find_signer(struct trial *trial, struct renewal_signer *signer)
{
	const struct endpoint *endpoint = trial->endpoint;

	trial->alone = (struct certificate){ .subject = trial->csr->subject,
		.spki = trial->csr->spki };
	*signer = (struct renewal_signer){ .certificate = &trial->alone };
	if (!trial->is_message)
		return;
	signer->certificate = pki_request_signer(trial->request);
	signer->is_issued =
	    !extensions_is_ca(signer->certificate->extensions) &&
	    succession_has_issued(&endpoint->succession, signer->certificate,
		&signer->authority);
	signer->is_known = signer->is_issued;
}

/* What is decided */

/* One that was minted for this endpoint, for any names. */
static struct challenge_known
minted_for(const struct endpoint *endpoint)
{
	return (struct challenge_known){
		.is_known = true,
		.minted = true,
		.endpoint = bytes_of_string(endpoint->path),
		.uses = 1,
		.expires_at = INT64_MAX,
	};
}

static enum err
decide(const struct trial_order *order, struct trial *trial)
{
	struct facts facts = {
		.csr = trial->csr,
		.is_renewal_req = trial->is_renewal_req,
		.challenge_is_visible = trial->header.has_challenge,
		.now = order->now,
	};
	const struct policy *policy = &trial->endpoint->policy;
	enum err err;

	if (order->is_minted)
		facts.challenge = minted_for(trial->endpoint);
	find_signer(trial, &facts.signer);
	trial->is_issued = facts.signer.is_issued;
	err = policy_decide(policy, &facts, &trial->verdict);
	if (err == ERR_OK && trial->verdict.uncounted != NULL)
		err = policy_count(policy, 0, &trial->verdict);
	/* A PKCS#10 for a key that can't open a reply comes in a message that
	 * another, of RSA, has signed. */
	return err == ERR_OK && trial->is_message ?
	    pkcs_req_check_reply_key(facts.signer.certificate) :
	    err;
}

/* Of a request that is held, what it would be if it were approved now. */
static enum err
find_authorisation(struct trial *trial, int64_t now,
    const struct authorisation **authorisation)
{
	const struct verdict *verdict = &trial->verdict;
	enum err err;

	*authorisation = verdict->authorisation;
	if (verdict->authorisation != NULL)
		return ERR_OK;
	held_append(&trial->held, &verdict->request);
	err = policy_resume(&trial->endpoint->policy, buf_bytes(&trial->held),
	    bytes_of_string(verdict->profile), now, &trial->approved);
	*authorisation = trial->approved.authorisation;
	return err;
}

static const struct authority *
authority_of(const struct trial *trial, int64_t now)
{
	const struct succession *succession = &trial->endpoint->succession;

	return trial->is_message ?
	    succession_addressed(succession,
		trial->header.recipient_certificate, now) :
	    succession_authority(succession, now);
}

static enum err
certify(struct trial *trial, int64_t now)
{
	const struct authorisation *authorisation;
	enum err err = find_authorisation(trial, now, &authorisation);

	if (err != ERR_OK)
		return err;
	trial->order = *authorisation_order(authorisation);
	certificate_limit_validity(&trial->order,
	    authority_certificate(authority_of(trial, now)));
	return ERR_OK;
}

/* What the endpoint would find out, one after the other. */
static enum err
judge(const struct trial_order *order, struct bytes octets, struct trial *trial)
{
	enum err err = ERR_OK;

	if (trial->is_message)
		err = open_message(order, octets, trial);
	if (err == ERR_OK)
		err = read_csr(order,
		    trial->is_message ? pki_request_data(trial->request) :
					octets,
		    trial);
	if (err == ERR_OK)
		err = decide(order, trial);
	return err == ERR_OK ? certify(trial, order->now) : err;
}

enum err
trial_run(const struct trial_order *order, struct trial *trial,
    struct problems *problems)
{
	struct buf octets = { 0 };
	enum err err = read_request(order, trial, &octets, problems);

	if (err == ERR_OK)
		err = open_endpoint(order, trial, problems);
	if (err == ERR_OK)
		trial->reason = judge(order, buf_bytes(&octets), trial);
	if (err == ERR_OK && trial->reason == ERR_MESSAGE_TYPE)
		err = complain_message_type(order, trial, problems);
	buf_clear(&octets);
	return err;
}

void
trial_clear(struct trial *trial)
{
	verdict_clear(&trial->approved);
	verdict_clear(&trial->verdict);
	buf_clear(&trial->held);
	csr_free(trial->csr);
	pki_request_free(trial->request);
	pki_header_clear(&trial->header);
	endpoint_free(trial->endpoint);
	key_channels_free(trial->channels);
	conf_free(trial->conf);
	*trial = (struct trial){ 0 };
}
