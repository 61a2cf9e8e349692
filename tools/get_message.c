/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/get.h"

#include "base/hex.h"
#include "base/pem.h"
#include "crypto/cms_certs.h"
#include "crypto/name.h"
#include "tools/client_crl.h"
#include "tools/client_key.h"
#include "tools/enrol.h"
#include "tools/output_file.h"
#include "tools/record.h"
#include "tools/serial.h"

/* What takes a message: GetCert and GetCRL. */

#define TRANSACTION_ID_SIZE 16

/* The name of the certificate that a request is signed with where no other is
 * named. */
static const struct name_part anybody[] = { { "CN", "scepctl" } };

/* A query under way. */
struct query {
	const struct get_call *call;
	struct client client;
	struct credential signer;
	struct cert_rep cert_rep;
};

static void
query_clear(struct query *query)
{
	client_clear(&query->client);
	credential_clear(&query->signer);
	cert_rep_clear(&query->cert_rep);
}

static enum err
complain(const struct query *query, enum err err, const char *what)
{
	problem_add(query->call->problems, PROBLEM_ERROR, "%s", what);
	return err;
}

static enum err
make_signer(struct query *query)
{
	const struct provider *provider = query->client.provider;
	struct buf name = { 0 };
	enum err err = name_append(&name, anybody, 1);

	if (err == ERR_OK)
		err = client_key_make(provider, &query->signer.key);
	if (err == ERR_OK)
		err = client_key_certify(provider, query->signer.key,
		    buf_bytes(&name), query->call->world->now(),
		    &query->signer.certificate);
	buf_clear(&name);
	return err;
}

/* The answer is encrypted for it. */
static enum err
obtain_signer(struct query *query)
{
	const struct get_wishes *wishes = query->call->wishes;
	struct crypto_setup setup = { .provider = query->client.provider };
	struct credential_files files = { .certificate = wishes->cert,
		.key = wishes->key };
	enum err err;

	if ((wishes->cert == NULL) != (wishes->key == NULL))
		return complain(query, ERR_CONFIGURATION,
		    "--cert and --key go together");
	if (wishes->cert == NULL)
		return make_signer(query);
	err = credential_load(&setup, &files, &query->signer,
	    query->call->problems);
	if (err == ERR_OK && !client_key_is_rsa(query->signer.key))
		err = complain(query, ERR_CONFIGURATION,
		    "the answer is encrypted for the key of --cert, which takes "
		    "RSA, and it is EC");
	return err;
}

static enum err
prepare(struct query *query)
{
	const struct get_call *call = query->call;
	const struct client_options *common = &call->wishes->common;
	enum err err = client_begin(&query->client, call->world,
	    &common->client, call->problems);

	if (err == ERR_OK && common->out != NULL)
		err = output_file_check(common->out, common->force,
		    call->problems);
	if (err == ERR_OK)
		err = obtain_signer(query);
	if (err == ERR_OK)
		err = client_prepare(&query->client);
	return err;
}

/* Each query is a transaction of its own. */
static enum err
ask(struct query *query, enum message_type type, struct bytes data)
{
	uint8_t random[TRANSACTION_ID_SIZE];
	struct buf id = { 0 };
	struct client_message message = { .type = type,
		.data = data,
		.signer = { query->signer.certificate, query->signer.key } };
	enum err err;

	provider_random(query->client.provider, random, sizeof(random));
	hex_append(&id, BYTES_ARRAY(random));
	message.transaction_id = buf_bytes(&id);
	err = client_ask(&query->client, &message, &query->cert_rep);
	buf_clear(&id);
	if (err != ERR_OK)
		return err;
	if (query->cert_rep.status == PKI_STATUS_FAILURE)
		return client_tell_failure(&query->client, &query->cert_rep);
	if (query->cert_rep.status == PKI_STATUS_PENDING)
		return complain(query, ERR_CLIENT_ANSWER,
		    "the server answers a query by \"pending\", which has no "
		    "meaning for one");
	return ERR_OK;
}

/* To the file, where one is named, else as output. */
static enum err
hand_over(const struct query *query, const char *label, struct bytes der)
{
	const struct client_options *common = &query->call->wishes->common;
	struct buf pem = { 0 };
	enum err err = ERR_OK;

	pem_append(&pem, label, der);
	if (common->out != NULL)
		err = output_file_write(common->out, common->force,
		    buf_bytes(&pem), query->call->problems);
	else if (!common->json)
		buf_append(query->call->output, buf_bytes(&pem));
	buf_clear(&pem);
	return err;
}

static enum err
find_certificate(const struct query *query, struct bytes serial,
    struct certificate **certificate)
{
	struct bytes ders[CLIENT_MAX_CERTIFICATES];
	struct certificate *found = NULL;
	size_t count = 0;
	enum err err = cms_certs_read(buf_bytes(&query->cert_rep.certificates),
	    ders, CLIENT_MAX_CERTIFICATES, &count);

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		if (certificate_read(ders[i], &found) != ERR_OK)
			continue;
		if (serial_equal(found->serial, serial)) {
			*certificate = found;
			return ERR_OK;
		}
		certificate_free(found);
	}
	return complain(query, ERR_CLIENT_ANSWER,
	    "the answer does not have the certificate that was asked for");
}

/* Not where the answer itself is shown. */
static bool
begin_report(const struct query *query, struct record *record)
{
	const struct client_options *common = &query->call->wishes->common;

	if (!common->json && common->out == NULL)
		return false;
	*record = (struct record){ .to = query->call->output,
		.json = common->json };
	record_begin(record);
	return true;
}

static void
end_report(struct record *record, const char *label, struct bytes der)
{
	struct buf pem = { 0 };

	if (record->json) {
		pem_append(&pem, label, der);
		record_text(record, "pem", buf_bytes(&pem));
	}
	record_end(record);
	if (record->json)
		buf_append_octet(record->to, '\n');
	buf_clear(&pem);
}

static void
report_certificate(const struct query *query,
    const struct certificate *certificate)
{
	struct record record;

	if (!begin_report(query, &record))
		return;
	record_certificate_facts(&record, certificate);
	end_report(&record, "CERTIFICATE", buf_bytes(&certificate->der));
}

static enum err
receive_certificate(const struct query *query, struct bytes serial)
{
	struct certificate *certificate = NULL;
	enum err err = find_certificate(query, serial, &certificate);

	if (err == ERR_OK)
		err = hand_over(query, "CERTIFICATE",
		    buf_bytes(&certificate->der));
	if (err == ERR_OK)
		report_certificate(query, certificate);
	certificate_free(certificate);
	return err;
}

enum err
get_cert(const struct get_call *call)
{
	struct query query = { .call = call };
	struct buf serial = { 0 }, data = { 0 };
	enum err err = serial_read(call->operand, &serial, call->problems);

	if (err == ERR_OK)
		err = prepare(&query);
	if (err == ERR_OK) {
		const struct client_ca *ca = &query.client.ca;

		enrol_append_issuer_and_serial(&data,
		    ca->certificates[ca->issuer]->subject, buf_bytes(&serial));
		err = ask(&query, MESSAGE_TYPE_GET_CERT, buf_bytes(&data));
	}
	if (err == ERR_OK)
		err = receive_certificate(&query, buf_bytes(&serial));
	buf_clear(&serial);
	buf_clear(&data);
	query_clear(&query);
	return err;
}

static void
report_crl(const struct query *query, const struct crl *crl)
{
	struct record record;

	if (!begin_report(query, &record))
		return;
	record_name(&record, "issuer", crl->issuer);
	record_time(&record, "this_update", crl->this_update);
	if (crl->next_update != 0)
		record_time(&record, "next_update", crl->next_update);
	end_report(&record, "X509 CRL", buf_bytes(&crl->der));
}

static enum err
receive_crl(const struct query *query)
{
	struct crl *crl = NULL;
	struct bytes der;
	enum err err =
	    cms_certs_read_crl(buf_bytes(&query->cert_rep.certificates), &der);

	if (err != ERR_OK)
		return complain(query, ERR_CLIENT_ANSWER,
		    "the answer has no CRL that can be read");
	err = client_crl_read(query->client.provider, der, &query->client.ca,
	    &crl);
	if (err == ERR_CLIENT_TRUST)
		return complain(query, err,
		    "the CRL is not signed by the CA that is trusted");
	if (err != ERR_OK)
		return complain(query, ERR_CLIENT_ANSWER,
		    "the answer has a malformed CRL");
	err = hand_over(query, "X509 CRL", der);
	if (err == ERR_OK)
		report_crl(query, crl);
	crl_free(crl);
	return err;
}

/* RFC 8894 section 3.3.5: the CRL that would have the certificate of this
 * issuer and number, so without one in mind any number does. */
static void
append_subject_of_crl(const struct query *query, struct buf *data)
{
	const struct client_ca *ca = &query->client.ca;
	const struct certificate *issuer = ca->certificates[ca->issuer];
	const struct certificate *own = query->signer.certificate;

	if (query->call->wishes->cert != NULL)
		enrol_append_issuer_and_serial(data, own->issuer, own->serial);
	else
		enrol_append_issuer_and_serial(data, issuer->subject,
		    issuer->serial);
}

enum err
get_crl(const struct get_call *call)
{
	struct query query = { .call = call };
	struct buf data = { 0 };
	enum err err = prepare(&query);

	if (err == ERR_OK) {
		append_subject_of_crl(&query, &data);
		err = ask(&query, MESSAGE_TYPE_GET_CRL, buf_bytes(&data));
	}
	if (err == ERR_OK)
		err = receive_crl(&query);
	buf_clear(&data);
	query_clear(&query);
	return err;
}
