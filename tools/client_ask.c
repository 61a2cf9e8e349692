/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client.h"

#include "base/base64.h"
#include "tools/client_internal.h"
#include "tools/shown.h"

/* PKIOperation: messages, and the answers to them. */

#define NONCE_SIZE 16

static enum err
append_message(struct client *client, const struct client_message *message,
    struct bytes nonce, struct buf *to)
{
	char type[4];
	struct pki_message_order order = {
		.message_type = type,
		.transaction_id = message->transaction_id,
		.sender_nonce = nonce,
		.message_data = message->data,
		.digest = client->choice.digest,
		.cipher = client->choice.cipher,
		.signer = message->signer.certificate,
		.signer_key = message->signer.key,
		.recipient = client->ca.certificates[client->ca.recipient],
		.signing_time = client->world->now(),
	};
	enum err err;

	snprintf(type, sizeof(type), "%u", (unsigned)message->type);
	err = pki_message_append(to, client->provider, &order);
	if (err != ERR_OK)
		return client_complain(client, err, "the request can't be made",
		    err_meaning(err));
	return ERR_OK;
}

/* By whom of those that are trusted it is signed: an RA that only signs stands
 * beside one that only decrypts, and some CAs sign in spite of their RA. */
static enum err
read_cert_rep(struct client *client, const struct client_message *message,
    struct bytes body, struct cert_rep *cert_rep)
{
	struct cms_keyring keyring = { .provider = client->provider,
		.identities = { message->signer },
		.count = 1 };
	enum err err = ERR_SIGNED_SIGNATURE;

	for (size_t i = 0; i < client->ca.count; i++) {
		if (!client->ca.trusted[i])
			continue;
		err = cert_rep_read(body, &keyring, client->ca.certificates[i],
		    cert_rep);
		if (err != ERR_SIGNED_SIGNATURE && err != ERR_PUBLIC_KEY &&
		    err != ERR_SIGNATURE_ALGORITHM)
			break;
	}
	if (err == ERR_SIGNED_SIGNATURE)
		return client_complain(client, ERR_CLIENT_TRUST, "PKIOperation",
		    "the answer is not signed by the server's certificates");
	if (err == ERR_ENVELOPE_DECRYPT || err == ERR_ENVELOPE_RECIPIENT)
		return client_complain(client, ERR_CLIENT_ANSWER,
		    "PKIOperation",
		    "the answer is not encrypted for the key that has signed "
		    "the request");
	if (err != ERR_OK)
		return client_complain(client, ERR_CLIENT_ANSWER,
		    "PKIOperation: the answer can't be read", err_meaning(err));
	return ERR_OK;
}

/* RFC 8894 sections 3.2.1.1 and 3.2.1.5: an answer to somebody else, or of
 * another day, is none. */
static enum err
check_cert_rep(struct client *client, const struct client_message *message,
    struct bytes nonce, const struct cert_rep *cert_rep)
{
	if (!bytes_equal(buf_bytes(&cert_rep->transaction_id),
		message->transaction_id))
		return client_complain(client, ERR_CLIENT_ANSWER,
		    "PKIOperation",
		    "the answer has another transactionID than the request");
	if (!bytes_equal_secret(buf_bytes(&cert_rep->recipient_nonce), nonce))
		return client_complain(client, ERR_CLIENT_ANSWER,
		    "PKIOperation",
		    "the answer does not repeat the request's nonce");
	if (cert_rep->digest == DIGEST_MD5 && !client->choice.takes_md5)
		return client_complain(client, ERR_CLIENT_ANSWER,
		    "PKIOperation",
		    "the answer is signed with MD5, which is broken; --digest "
		    "md5 takes it");
	if (cert_rep->status == PKI_STATUS_SUCCESS &&
	    cert_rep->cipher == CIPHER_DES_CBC && !client->choice.takes_des)
		return client_complain(client, ERR_CLIENT_ANSWER,
		    "PKIOperation",
		    "the answer is encrypted with single DES, which is broken "
		    "and which many devices do not read; --cipher des takes "
		    "it");
	return ERR_OK;
}

static enum err
send_message(struct client *client, struct bytes octets,
    struct http_answer *answer)
{
	struct client_operation operation = { .name = "PKIOperation",
		.content_type = "application/x-pki-message",
		.post = client->choice.post };
	struct buf text = { 0 };
	enum err err;

	operation.message = octets;
	if (!operation.post) {
		base64_append(&text, octets);
		operation.message = buf_bytes(&text);
	}
	err = client_operate(client, &operation, answer);
	buf_clear(&text);
	return err;
}

enum err
client_ask(struct client *client, const struct client_message *message,
    struct cert_rep *cert_rep)
{
	uint8_t random[NONCE_SIZE];
	struct bytes nonce = BYTES_ARRAY(random);
	struct http_answer answer = { 0 };
	struct cert_rep read = { 0 };
	struct buf octets = { 0 };
	enum err err;

	provider_random(client->provider, random, sizeof(random));
	err = append_message(client, message, nonce, &octets);
	if (err == ERR_OK)
		err = send_message(client, buf_bytes(&octets), &answer);
	if (err == ERR_OK)
		err = read_cert_rep(client, message, buf_bytes(&answer.body),
		    &read);
	if (err == ERR_OK)
		err = check_cert_rep(client, message, nonce, &read);
	if (err == ERR_OK)
		*cert_rep = read;
	else
		cert_rep_clear(&read);
	http_answer_clear(&answer);
	buf_clear(&octets);
	return err;
}

/* RFC 8894 section 3.2.1.4, and what it mostly comes of. */
static const struct {
	const char *name;
	const char *meaning;
} fail_infos[] = {
	[FAIL_INFO_BAD_ALG] = { "badAlg",
	    "it does not take an algorithm of the request; try others, with "
	    "--digest, --cipher or --key-type" },
	[FAIL_INFO_BAD_MESSAGE_CHECK] = { "badMessageCheck",
	    "it could not verify the signature of the request" },
	[FAIL_INFO_BAD_REQUEST] = { "badRequest",
	    "it does not give this certificate to who asks: most often the "
	    "challenge password, the subject, or a rule of the CA; its log "
	    "says more" },
	[FAIL_INFO_BAD_TIME] = { "badTime",
	    "its clock and that of this machine differ too much" },
	[FAIL_INFO_BAD_CERT_ID] = { "badCertId",
	    "it knows no such certificate or request" },
};

enum err
client_tell_failure(struct client *client, const struct cert_rep *cert_rep)
{
	struct bytes said = buf_bytes(&cert_rep->fail_info_text);
	struct buf text = { 0 };

	if (said.size > SHOWN_LIMIT)
		said.size = SHOWN_LIMIT;
	shown_append_text(&text, said);
	problem_add(client->problems, PROBLEM_ERROR,
	    "the server refuses: %s%s%s%s: %s",
	    fail_infos[cert_rep->fail_info].name, text.size > 0 ? " (\"" : "",
	    buf_string(&text), text.size > 0 ? "\")" : "",
	    fail_infos[cert_rep->fail_info].meaning);
	buf_clear(&text);
	return ERR_CLIENT_REFUSED;
}
