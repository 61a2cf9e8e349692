/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/pki_operation.h"

#include <assert.h>

#include "crypto/spki.h"
#include "scep/cert_poll.h"
#include "scep/cert_rep.h"
#include "scep/get_cert.h"
#include "scep/get_crl.h"
#include "scep/pkcs_req.h"

/* In octets. */
#define REJECTION_LIMIT 250

/* PKCSReq has no word in GetCACaps: all servers have it. */
const struct pki_operation_row pki_operation_rows[] = {
	PKI_OPERATION_ROW(MESSAGE_TYPE_PKCS_REQ, NULL, pkcs_req_parse,
	    pkcs_req_authorise, pkcs_req_handle),
	PKI_OPERATION_ROW(MESSAGE_TYPE_RENEWAL_REQ, "Renewal", pkcs_req_parse,
	    pkcs_req_authorise, pkcs_req_handle),
	PKI_OPERATION_ROW(MESSAGE_TYPE_CERT_POLL, NULL, cert_poll_parse,
	    cert_poll_authorise, cert_poll_handle),
	PKI_OPERATION_ROW(MESSAGE_TYPE_GET_CERT, NULL, get_cert_parse,
	    get_cert_authorise, get_cert_handle),
	PKI_OPERATION_ROW(MESSAGE_TYPE_GET_CRL, NULL, get_crl_parse,
	    get_crl_authorise, get_crl_handle),
	{ 0 },
};

static const struct pki_operation_row *
find_row(enum message_type type)
{
	const struct pki_operation_row *row = pki_operation_rows;

	for (; row->handle != NULL; row++)
		if (row->type == type)
			return row;
	return NULL;
}

static bool
is_served(enum message_type type)
{
	return find_row(type) != NULL;
}

/*
 * Whether the request was refused for what lay in its envelope before the
 * signature inside was verified.  Of these a stranger must not be able to tell
 * one from another, neither by the answer (err_list.h) nor by the time.
 */
static bool
failed_inside(enum err err)
{
	switch (err) {
	case ERR_ENVELOPE_DECRYPT:
	case ERR_CSR_MALFORMED:
	case ERR_CSR_ATTRIBUTE:
	case ERR_CSR_ALGORITHM:
	case ERR_CSR_KEY:
		return true;
	default:
		return false;
	}
}

/*
 * Spends about what the verification of a request takes, so that the time
 * does not tell what was read from what was not: padding that is good or bad
 * makes no difference before this (cms_envelope_open_blind), noise and a
 * malformed request are refused at different octets of the parser, and this
 * is far more than either.  The key is ours, an RSA one, since the kind and
 * size of the signer's are the sender's to choose; where it is not of the
 * device's size, a request that is whole but wrongly signed can still be told
 * by some microseconds from one that is not, which its maker knows anyway.
 */
static void
spend_verification(const struct endpoint *endpoint)
{
	static const struct signature_algorithm algorithm = {
		.scheme = SIGNATURE_RSA,
		.digest = DIGEST_SHA256
	};
	const struct certificate *own =
	    authority_identity(&endpoint->succession.present).certificate;
	/* A number below any modulus, and long enough to cost as much. */
	uint8_t signature[1024] = { 0, 1 };
	struct key_facts facts;
	enum err err = spki_read(own->spki, &facts);

	if (err == ERR_OK)
		err = signature_verify(endpoint->provider, own->spki,
		    &algorithm, buf_bytes(&own->der),
		    bytes_of(signature, (facts.bits + 7) / 8));
	(void)err;
}

/* The steps of the message type's row, one after the other. */
static enum err
run(struct pki_operation *operation, struct bytes message)
{
	const struct endpoint *endpoint = operation->endpoint;
	struct cms_keyring keyring = succession_keyring(&endpoint->succession,
	    operation->now);
	struct pki_rules rules = { &keyring, endpoint->algorithms, is_served };
	const struct pki_operation_row *row;
	enum err err = pki_message_open(message, &rules, &operation->header,
	    &operation->request);

	if (err != ERR_OK)
		return err;
	operation->authority = succession_addressed(&endpoint->succession,
	    operation->header.recipient_certificate, operation->now);
	row = find_row(pki_request_type(operation->request));
	assert(row != NULL); /* is_served has found it */
	err = row->parse(operation);
	/* A request that is whole, but was not padded: its signature fits, so
	 * there is nothing left to hide. */
	if (err == ERR_OK && operation->header.bad_padding)
		err = ERR_ENVELOPE_DECRYPT;
	if (err == ERR_OK)
		err = row->authorise(operation);
	if (err == ERR_OK)
		err = row->handle(operation);
	return err;
}

/* The device's certificate alone, or the CRL: Juniper accepts nothing beside it
 * (E8). */
static enum err
append_success(const struct pki_operation *operation, struct buf *to)
{
	struct bytes certificate = buf_bytes(&operation->certificate);
	struct cms_identity signer = authority_identity(operation->authority);
	struct cert_rep_order order = {
		.status = operation->pending ? PKI_STATUS_PENDING :
					       PKI_STATUS_SUCCESS,
		.certificates = &certificate,
		.certificate_count = 1,
		.crl = buf_bytes(&operation->crl.der),
		.empty_content = operation->endpoint->empty_content,
		.signer = &signer,
		.signing_time = operation->now,
	};

	return cert_rep_append(to, operation->endpoint->provider,
	    &operation->header, &order);
}

/* What may be otherwise in a minute: a FAILURE would tell the device to give
 * up, so that is left to HTTP as well. */
static bool
is_temporary(enum err reason)
{
	return err_http_status(reason) == 503;
}

/* Our words, where nobody has found others, or as many as a device would hardly
 * show. */
static struct bytes
public_text(const struct rejection *rejection, enum err reason)
{
	return rejection->text.size > 0 &&
		rejection->text.size <= REJECTION_LIMIT ?
	    rejection->text :
	    bytes_of_string(err_public_text(reason));
}

/* Without a transactionID no client could tell what the answer is about, so
 * the refusal is left to HTTP. */
static enum err
append_failure(const struct pki_operation *operation, enum err reason,
    struct buf *to)
{
	const struct rejection *rejection = &operation->rejection;
	struct cms_identity signer = authority_identity(operation->authority);
	struct cert_rep_order order = {
		.status = PKI_STATUS_FAILURE,
		.fail_info = rejection->is_said ? rejection->fail_info :
						  err_fail_info(reason),
		.fail_info_text = public_text(rejection, reason),
		.empty_content = operation->endpoint->empty_content,
		.signer = &signer,
		.signing_time = operation->now,
	};

	if (operation->header.transaction_id.size == 0 || is_temporary(reason))
		return reason;
	return cert_rep_append(to, operation->endpoint->provider,
	    &operation->header, &order);
}

/* What the log says: that noise was no request tells an operator less than
 * that the envelope could not be opened. */
static enum err
logged_reason(const struct pki_header *header, enum err reason)
{
	if (header->bad_padding && failed_inside(reason))
		return ERR_ENVELOPE_DECRYPT;
	return reason;
}

/* Copies: the header is cleared with the operation, before the line is
 * written. */
static void
journal_header(struct journal *journal, struct pki_header *header)
{
	buf_append(&journal->transaction_id,
	    buf_bytes(&header->transaction_id));
	buf_append(&journal->message_type, buf_bytes(&header->message_type));
	buf_append(&journal->detail, buf_bytes(&header->detail));
	if (journal->reason == ERR_ENVELOPE_RECIPIENT ||
	    failed_inside(journal->reason))
		buf_append(&journal->detail, buf_bytes(&header->recipient));
}

/* "error": not even a FAILURE could be signed. */
static const char *
result_of(const struct pki_operation *operation, enum err reason,
    enum err unanswered)
{
	if (unanswered != ERR_OK)
		return "error";
	if (reason != ERR_OK)
		return "failure";
	return operation->pending ? "pending" : "success";
}

/* In one place, whatever the steps have got to. */
static void
clear(struct pki_operation *operation)
{
	pki_header_clear(&operation->header);
	verdict_clear(&operation->verdict);
	transaction_clear(&operation->transaction);
	csr_free(operation->csr);
	pki_request_free(operation->request);
	stored_crl_clear(&operation->crl);
	stored_challenge_clear(&operation->challenge);
	buf_clear(&operation->certificate);
}

/*
 * HTTP 200 and a signed CertRep also for refusals: PKIOperation's status is
 * not looked at by iOS and certmonger, and jscep and PyScep read no answer but
 * a 200 (E10).
 */
void
pki_operation_serve(const struct endpoint *endpoint, struct bytes message,
    struct scep_exchange *exchange, struct journal *journal)
{
	struct pki_operation operation = {
		.endpoint = endpoint,
		.now = exchange->received_at,
		.authority = succession_authority(&endpoint->succession,
		    exchange->received_at),
		.journal = journal,
	};
	struct buf *reply = &exchange->reply;
	enum err reason = run(&operation, message);
	enum err unanswered = ERR_OK;

	if (failed_inside(reason))
		spend_verification(endpoint);
	if (reason == ERR_OK)
		reason = append_success(&operation, reply);
	if (reason != ERR_OK)
		unanswered = append_failure(&operation, reason, reply);
	exchange->status = 200;
	exchange->content_type = "application/x-pki-message";
	if (unanswered != ERR_OK) {
		scep_exchange_refuse(exchange, unanswered);
		exchange->retry_after = operation.retry_after;
	}
	journal->reason = unanswered != ERR_OK ?
	    unanswered :
	    logged_reason(&operation.header, reason);
	journal->result = result_of(&operation, reason, unanswered);
	journal_header(journal, &operation.header);
	clear(&operation);
}
