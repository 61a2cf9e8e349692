/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/http_op.h"

#include "base/count.h"
#include "scep/pki_operation.h"
#include "scep/query.h"

static void
answer(struct scep_exchange *exchange, const char *content_type,
    const struct buf *body)
{
	exchange->status = 200;
	exchange->content_type = content_type;
	buf_append(&exchange->reply, buf_bytes(body));
}

/* The query's message= is not looked at, here and below: clients put a CA's
 * name, a number or nothing into it (T1). */
static enum err
get_ca_caps(const struct endpoint *endpoint, struct scep_exchange *exchange,
    struct journal *journal)
{
	(void)journal;
	answer(exchange, "text/plain",
	    succession_is_staged(&endpoint->succession, exchange->received_at) ?
		&endpoint->staged_capabilities :
		&endpoint->capabilities);
	return ERR_OK;
}

static const struct authority *
authority_now(const struct endpoint *endpoint,
    const struct scep_exchange *exchange)
{
	return succession_authority(&endpoint->succession,
	    exchange->received_at);
}

static enum err
get_ca_cert(const struct endpoint *endpoint, struct scep_exchange *exchange,
    struct journal *journal)
{
	const struct authority *authority = authority_now(endpoint, exchange);

	(void)journal;
	answer(exchange, authority->ca_certificates_type,
	    &authority->ca_certificates);
	return ERR_OK;
}

/* draft-nourse-scep-05's GetCACertChain, certmonger's GetCAChain (T9). */
static enum err
get_ca_chain(const struct endpoint *endpoint, struct scep_exchange *exchange,
    struct journal *journal)
{
	(void)journal;
	answer(exchange, "application/x-x509-ca-ra-cert-chain",
	    &authority_now(endpoint, exchange)->ca_chain);
	return ERR_OK;
}

/* RFC 8894 section 4.7: told of as long as it is to come. */
static enum err
get_next_ca_cert(const struct endpoint *endpoint,
    struct scep_exchange *exchange, struct journal *journal)
{
	const struct succession *succession = &endpoint->succession;

	(void)journal;
	if (!succession_is_staged(succession, exchange->received_at))
		return ERR_NEXT_CA_NONE;
	answer(exchange, "application/x-x509-next-ca-cert",
	    &succession->next_ca_certificates);
	return ERR_OK;
}

/*
 * The message.  GET: message= (T4), whatever body comes along (T7).  POST: the
 * body, whatever its Content-Type says (T3), in base64 where it does not begin
 * as CMS does (T8).  Either way the other one where there is just that.
 */
static enum err
read_message(const struct scep_exchange *exchange, struct buf *message)
{
	bool get = bytes_equal_string(exchange->method, "GET");
	struct bytes value = { 0 }, body = exchange->body;

	(void)query_find(exchange->query, "message", &value);
	if (value.size > 0 && (get || body.size == 0))
		return query_decode_message(value, message);
	if (body.size > 0 && body.data[0] != 0x30)
		return query_decode_message(body, message);
	buf_append(message, body);
	return body.size > 0 ? ERR_OK : ERR_HTTP_MESSAGE;
}

/* pki_operation_serve answers and keeps the journal itself; only a message
 * that could not even be decoded is refused here. */
static enum err
pki_operation(const struct endpoint *endpoint, struct scep_exchange *exchange,
    struct journal *journal)
{
	struct buf message = { 0 };
	enum err err = read_message(exchange, &message);

	if (err == ERR_OK)
		pki_operation_serve(endpoint, buf_bytes(&message), exchange,
		    journal);
	buf_clear(&message);
	return err;
}

/* An operation answers and says ERR_OK, or leaves the refusal to its
 * caller. */
struct http_op {
	const char *name;
	enum err (*serve)(const struct endpoint *endpoint,
	    struct scep_exchange *exchange, struct journal *journal);
};

static const struct http_op http_ops[] = {
	{ "GetCACaps", get_ca_caps },
	{ "GetCACert", get_ca_cert },
	{ "GetNextCACert", get_next_ca_cert },
	{ "GetCACertChain", get_ca_chain },
	{ "GetCAChain", get_ca_chain },
	{ "PKIOperation", pki_operation },
};

static const struct http_op *
find_op(struct bytes name)
{
	for (size_t i = 0; i < COUNT(http_ops); i++)
		if (bytes_equal_string_nocase(name, http_ops[i].name))
			return &http_ops[i];
	return NULL;
}

/* RFC 8894 section 4.3: "operation" is no more than a custom with POST, and
 * scepman's client leaves it out (T3). */
static enum err
serve(const struct endpoint *endpoint, struct scep_exchange *exchange,
    struct journal *journal)
{
	bool post = bytes_equal_string(exchange->method, "POST");
	struct bytes name = { 0 };
	const struct http_op *op;

	if (!post && !bytes_equal_string(exchange->method, "GET"))
		return ERR_HTTP_METHOD;
	if (!query_find(exchange->query, "operation", &name) && post)
		name = bytes_of_string("PKIOperation");
	op = find_op(name);
	if (op == NULL)
		return ERR_HTTP_OPERATION;
	journal->operation = op->name;
	return op->serve(endpoint, exchange, journal);
}

/* Quick and plain refusals: certmonger asks for operations to find out which
 * there are (T9). */
void
http_op_serve(const struct endpoint *endpoint, struct scep_exchange *exchange,
    struct journal *journal)
{
	enum err err;

	journal->result = "ok";
	err = serve(endpoint, exchange, journal);
	if (err == ERR_OK)
		return;
	scep_exchange_refuse(exchange, err);
	journal->reason = err;
	journal->result = "error";
}
