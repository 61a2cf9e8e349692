/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fakes/lab_client.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/ber.h"
#include "crypto/cms_certs.h"

/* CN=device. */
#define NAME_DEVICE \
	BYTES_LITERAL("\x30\x11\x31\x0f\x30\x0d\x06\x03\x55\x04\x03\x0c\x06" \
		      "device")

struct lab_client
lab_client_recorded(const struct lab *lab, const char *name)
{
	char *key = xasprintf("%s/client.key", name);
	char *file = xasprintf("%s/message.der", name);
	struct buf message = lab_vector(file), der = { 0 };
	struct cms_signed read = { 0 };
	struct lab_client client = { .key = lab_key(lab, key) };
	enum err err = ber_normalise(buf_bytes(&message), &der);

	if (err == ERR_OK)
		err = cms_signed_read(buf_bytes(&der), &read);
	assert(err == ERR_OK && read.signer != NULL);
	client.certificate = read.signer;
	read.signer = NULL;
	cms_signed_clear(&read);
	buf_clear(&message);
	buf_clear(&der);
	free(key);
	free(file);
	return client;
}

struct lab_client
lab_client_new(const struct lab *lab, const char *key)
{
	struct lab_client client = { .key = lab_key(lab, key) };
	struct certificate_order order = lab_ca_order(client.key, NAME_DEVICE);
	struct buf der;
	enum err err;

	order.ca = false;
	der = lab_issue(&order, client.key);
	err = certificate_read(buf_bytes(&der), &client.certificate);
	assert(err == ERR_OK);
	buf_clear(&der);
	return client;
}

void
lab_client_clear(struct lab_client *client)
{
	key_free(client->key);
	certificate_free(client->certificate);
}

struct lab_request
lab_request_by(const struct lab *lab, const struct lab_client *client)
{
	return (struct lab_request){
		.client = client,
		.key = client->key,
		.subject = NAME_DEVICE,
		.challenge = BYTES_LITERAL("secret"),
		.message_type = "19",
		.transaction_id = BYTES_LITERAL("transaction"),
		.sender_nonce = BYTES_LITERAL("0123456789abcdef"),
		.recipient = lab->ca,
		.digest = DIGEST_SHA256,
		.cipher = CIPHER_AES128_CBC,
	};
}

struct buf
lab_request_csr(const struct lab_request *request)
{
	struct csr_order order = { request->subject, request->challenge,
		request->extensions };
	struct buf csr = { 0 };
	enum err err = csr_append(&csr, &order, request->key);

	assert(err == ERR_OK);
	return csr;
}

/* What the request's envelope holds. */
static struct buf
data_of(const struct lab_request *request)
{
	struct buf data = { 0 };

	if (request->data.data == NULL)
		return lab_request_csr(request);
	buf_append(&data, request->data);
	return data;
}

struct buf
lab_request_message(const struct lab *lab, const struct lab_request *request)
{
	struct buf data = data_of(request), message = { 0 };
	struct pki_message_order order = {
		.message_type = request->message_type,
		.transaction_id = request->transaction_id,
		.sender_nonce = request->sender_nonce,
		.message_data = buf_bytes(&data),
		.digest = request->digest,
		.cipher = request->cipher,
		.signer = request->client->certificate,
		.signer_key = request->client->key,
		.recipient = request->recipient,
		.signing_time = LAB_NOW,
	};
	enum err err = pki_message_append(&message, lab->provider, &order);

	assert(err == ERR_OK);
	buf_clear(&data);
	return message;
}

struct buf
lab_request_with(const struct lab *lab, const struct lab_request *request,
    const struct cms_attribute *attributes, size_t count)
{
	struct buf data = data_of(request), envelope = { 0 }, message = { 0 };
	struct cms_signed_order order = {
		.has_content = true,
		.digest = request->digest,
		.attributes = attributes,
		.attribute_count = count,
		.signer = request->client->certificate,
		.key = request->client->key,
		.signing_time = LAB_NOW,
	};
	enum err err = cms_envelope_append(&envelope, lab->provider,
	    request->recipient, request->cipher, buf_bytes(&data));

	assert(err == ERR_OK);
	order.content = buf_bytes(&envelope);
	err = cms_signed_append(&message, lab->provider, &order);
	assert(err == ERR_OK);
	buf_clear(&data);
	buf_clear(&envelope);
	return message;
}

enum err
lab_client_read(const struct lab *lab, const struct lab_client *client,
    const struct certificate *signer, struct bytes reply,
    struct cert_rep *cert_rep)
{
	struct cms_keyring keyring = {
		.provider = lab->provider,
		.identities = { { client->certificate, client->key } },
		.count = 1,
	};

	return cert_rep_read(reply, &keyring, signer, cert_rep);
}

struct certificate *
lab_client_certificate(const struct cert_rep *cert_rep)
{
	struct certificate *certificate = NULL;
	struct bytes der;
	size_t count = 0;
	enum err err = cms_certs_read(buf_bytes(&cert_rep->certificates), &der,
	    1, &count);

	if (err == ERR_OK && count == 1)
		err = certificate_read(der, &certificate);
	assert(err == ERR_OK && certificate != NULL);
	return certificate;
}
