/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/enrol.h"

#include "base/hex.h"
#include "crypto/cms_certs.h"
#include "crypto/csr.h"
#include "crypto/spki.h"
#include "tools/shown.h"

#define HASH_SIZE 32

/* A key that is renewed with itself is asked about once for each certificate
 * that it has had. */
void
enrol_append_transaction_id(struct buf *to, const struct provider *provider,
    const struct key *key, const struct certificate *old)
{
	struct bytes parts[2] = { key_spki(key) };
	uint8_t hash[HASH_SIZE];

	if (old != NULL)
		parts[1] = buf_bytes(&old->der);
	provider_digest(provider, DIGEST_SHA256, parts, 2, hash);
	hex_append(to, BYTES_ARRAY(hash));
}

void
enrol_append_issuer_and_subject(struct buf *to, struct bytes issuer,
    struct bytes subject)
{
	size_t start = der_open(to, DER_SEQUENCE);

	buf_append(to, issuer);
	buf_append(to, subject);
	der_close(to, start);
}

void
enrol_append_issuer_and_serial(struct buf *to, struct bytes issuer,
    struct bytes serial)
{
	size_t start = der_open(to, DER_SEQUENCE);

	buf_append(to, issuer);
	der_append_unsigned(to, serial_number(serial));
	der_close(to, start);
}

static enum err
complain(struct client *client, enum err err, const char *what)
{
	problem_add(client->problems, PROBLEM_ERROR, "PKIOperation: %s", what);
	return err;
}

/* RFC 8894 section 4.3: where the server has not announced renewal, it is a
 * first request by another signer. */
static enum err
ask_first(struct client *client, const struct enrol_order *order,
    struct bytes transaction_id, struct cert_rep *cert_rep)
{
	struct csr_order csr_order = { order->subject, order->challenge,
		order->extensions };
	struct client_message message = {
		.type = order->old != NULL && client->caps.renewal ?
		    MESSAGE_TYPE_RENEWAL_REQ :
		    MESSAGE_TYPE_PKCS_REQ,
		.transaction_id = transaction_id,
		.signer = order->signer,
	};
	struct buf csr = { 0 };
	enum err err = csr_append(&csr, &csr_order, order->key);

	if (err != ERR_OK)
		return complain(client, err, err_meaning(err));
	message.data = buf_bytes(&csr);
	err = client_ask(client, &message, cert_rep);
	buf_clear(&csr);
	return err;
}

static enum err
poll(struct client *client, const struct enrol_order *order,
    struct bytes transaction_id, struct cert_rep *cert_rep)
{
	struct buf data = { 0 };
	struct client_message message = { .type = MESSAGE_TYPE_CERT_POLL,
		.transaction_id = transaction_id,
		.signer = order->signer };
	enum err err;

	enrol_append_issuer_and_subject(&data,
	    client->ca.certificates[client->ca.issuer]->subject,
	    order->subject);
	message.data = buf_bytes(&data);
	err = client_ask(client, &message, cert_rep);
	buf_clear(&data);
	return err;
}

static void
tell_pending(struct client *client, int64_t waited,
    const struct enrol_order *order)
{
	struct buf line = { 0 };

	buf_append_string(&line, "pending for ");
	shown_append_age(&line, waited);
	buf_append_string(&line, "; asking again in ");
	shown_append_age(&line, order->interval);
	buf_append_string(&line, ", for ");
	shown_append_age(&line, order->patience - waited);
	buf_append_string(&line,
	    " more (interrupt it at will: the same command goes on with it)");
	client->world->tell(buf_string(&line));
	buf_clear(&line);
}

/* By what was waited rather than by the clock, which may be set meanwhile. */
static enum err
wait_for(struct client *client, const struct enrol_order *order,
    struct bytes transaction_id, struct cert_rep *cert_rep)
{
	int64_t waited = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && cert_rep->status == PKI_STATUS_PENDING) {
		if (waited + order->interval > order->patience) {
			problem_add(client->problems, PROBLEM_ERROR,
			    "the request is held and waits to be approved; the "
			    "same command, with the same key, asks again");
			return ERR_CLIENT_PENDING;
		}
		tell_pending(client, waited, order);
		client->world->wait(order->interval);
		waited += order->interval;
		cert_rep_clear(cert_rep);
		*cert_rep = (struct cert_rep){ 0 };
		err = poll(client, order, transaction_id, cert_rep);
	}
	return err;
}

/* The one for our key, wherever it stands: some servers put the CA's first. */
static enum err
find_certificate(struct client *client, const struct enrol_order *order,
    const struct cert_rep *cert_rep, struct certificate **certificate)
{
	struct bytes ders[CLIENT_MAX_CERTIFICATES];
	struct certificate *found = NULL;
	size_t count = 0;
	enum err err = cms_certs_read(buf_bytes(&cert_rep->certificates), ders,
	    CLIENT_MAX_CERTIFICATES, &count);

	if (err != ERR_OK || count == 0)
		return complain(client, ERR_CLIENT_ANSWER,
		    "the answer has no certificates that can be read");
	for (size_t i = 0; i < count; i++) {
		if (certificate_read(ders[i], &found) != ERR_OK)
			continue;
		if (spki_is_same_key(found->spki, key_spki(order->key))) {
			*certificate = found;
			return ERR_OK;
		}
		certificate_free(found);
	}
	return complain(client, ERR_CLIENT_ANSWER,
	    "the answer has a certificate for another key than the request's");
}

/* The signature of the answer vouches for the certificate already; what it is
 * good for is another question. */
static void
check_issuer(struct client *client, const struct certificate *certificate)
{
	const struct client_ca *ca = &client->ca;

	for (size_t i = 0; i < ca->count; i++)
		if (client_ca_is_issued_by(client->provider, certificate,
			ca->certificates[i]))
			return;
	problem_add(client->problems, PROBLEM_WARNING,
	    "the certificate is not issued by any CA that the server has sent "
	    "by GetCACert");
}

enum err
enrol(struct client *client, const struct enrol_order *order,
    struct certificate **certificate)
{
	struct buf transaction_id = { 0 };
	struct cert_rep cert_rep = { 0 };
	enum err err;

	enrol_append_transaction_id(&transaction_id, client->provider,
	    order->key, order->old);
	err = ask_first(client, order, buf_bytes(&transaction_id), &cert_rep);
	if (err == ERR_OK)
		err = wait_for(client, order, buf_bytes(&transaction_id),
		    &cert_rep);
	if (err == ERR_OK && cert_rep.status == PKI_STATUS_FAILURE)
		err = client_tell_failure(client, &cert_rep);
	if (err == ERR_OK)
		err = find_certificate(client, order, &cert_rep, certificate);
	if (err == ERR_OK)
		check_issuer(client, *certificate);
	cert_rep_clear(&cert_rep);
	buf_clear(&transaction_id);
	return err;
}
