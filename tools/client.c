/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client.h"

#include <string.h>

#include "conf/conf_value.h"
#include "tools/client_internal.h"
#include "tools/client_next_ca.h"
#include "tools/shown.h"

#define DEFAULT_TIMEOUT 60

enum err
client_complain(struct client *client, enum err err, const char *what,
    const char *detail)
{
	problem_add(client->problems, PROBLEM_ERROR, "%s: %s", what, detail);
	return err;
}

/* Where the host begins, or NULL. */
static const char *
host_of(const char *url)
{
	if (bytes_begin_with(bytes_of_string(url), "http://"))
		return url + strlen("http://");
	if (bytes_begin_with(bytes_of_string(url), "https://"))
		return url + strlen("https://");
	return NULL;
}

/* A query is ours to write. */
static const char *
url_fault(const char *url)
{
	const char *host = host_of(url);

	if (host == NULL)
		return "does not begin with http:// or https://";
	if (strcspn(host, "/?#") == 0)
		return "names no host, like http://scep.example.org/scep";
	if (strpbrk(url, "?#") != NULL)
		return "has a query; leave out what is behind \"?\"";
	for (; *url != '\0'; url++)
		if (*url <= ' ' || *url > '~')
			return "has a blank or another character that no URL "
			       "has";
	return NULL;
}

enum err
client_begin(struct client *client, const struct client_world *world,
    const struct client_wishes *wishes, struct problems *problems)
{
	const char *fault = url_fault(wishes->url);

	*client = (struct client){ .world = world,
		.wishes = wishes,
		.provider = provider_find("gnutls"),
		.problems = problems,
		.timeout = DEFAULT_TIMEOUT };
	if (client->provider == NULL)
		return client_complain(client, ERR_CONFIGURATION, "GnuTLS",
		    "can't be used on this machine");
	if (fault != NULL)
		return client_complain(client, ERR_CONFIGURATION, wishes->url,
		    fault);
	if (wishes->timeout != NULL &&
	    (!conf_value_read_duration(wishes->timeout, &client->timeout) ||
		client->timeout < 1 || client->timeout > 86400))
		return client_complain(client, ERR_CONFIGURATION, "--timeout",
		    "is not a time like 30s, from 1s to 1d");
	return ERR_OK;
}

void
client_clear(struct client *client)
{
	client_caps_clear(&client->caps);
	client_ca_clear(&client->ca);
}

/* RFC 3986 section 2.1, for whatever is not plain in a query: base64 has "+",
 * "/" and "=". */
static void
append_escaped(struct buf *to, struct bytes text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] != '\0' && strchr(plain, text.data[i]) != NULL)
			buf_append_octet(to, text.data[i]);
		else
			buf_printf(to, "%%%02X", text.data[i]);
}

/* What was asked for, and how it went, without an answer. */
static enum err
refuse_status(struct client *client, const char *operation,
    const struct http_answer *answer)
{
	struct bytes said = answer->location.size > 0 ?
	    buf_bytes(&answer->location) :
	    buf_bytes(&answer->body);
	struct buf line = { 0 };

	buf_printf(&line, "the server answers by HTTP status %ld",
	    answer->status);
	if (answer->location.size > 0)
		buf_append_string(&line,
		    ", which sends elsewhere and is not followed; is that "
		    "its URL?");
	if (said.size > SHOWN_LIMIT)
		said.size = SHOWN_LIMIT;
	said = bytes_trim_end(said, " \n\r");
	if (said.size > 0)
		buf_append_string(&line, ": ");
	shown_append_text(&line, said);
	client_complain(client, ERR_CLIENT_HTTP, operation, buf_string(&line));
	buf_clear(&line);
	return ERR_CLIENT_HTTP;
}

/* The type is what devices go by; we go by what there is. */
static void
check_type(struct client *client, const struct client_operation *operation,
    const struct http_answer *answer)
{
	struct bytes said = buf_bytes(&answer->content_type);
	struct buf type = { 0 };

	if (operation->content_type == NULL ||
	    bytes_equal_string_nocase(said, operation->content_type))
		return;
	if (said.size > SHOWN_LIMIT)
		said.size = SHOWN_LIMIT;
	shown_append_text(&type, said);
	problem_add(client->problems, PROBLEM_WARNING,
	    "%s: the answer has the Content-Type \"%s\"; devices want %s",
	    operation->name, buf_string(&type), operation->content_type);
	buf_clear(&type);
}

enum err
client_operate(struct client *client, const struct client_operation *operation,
    struct http_answer *answer)
{
	struct buf url = { 0 };
	struct http_request request = { .post = operation->post,
		.tls_ca = client->wishes->tls_ca,
		.timeout = (long)client->timeout };
	enum err err;

	buf_printf(&url, "%s?operation=%s", client->wishes->url,
	    operation->name);
	if (operation->post) {
		request.body = operation->message;
		request.content_type = "application/x-pki-message";
	} else if (operation->message.size > 0) {
		buf_append_string(&url, "&message=");
		append_escaped(&url, operation->message);
	}
	request.url = buf_string(&url);
	err = client->world->exchange(&request, answer, client->problems);
	if (err == ERR_OK && answer->status != 200 && !operation->may_fail)
		err = refuse_status(client, operation->name, answer);
	else if (err == ERR_OK && !operation->may_fail)
		check_type(client, operation, answer);
	buf_clear(&url);
	return err;
}

enum err
client_get_caps(struct client *client)
{
	struct client_operation operation = { .name = "GetCACaps",
		.may_fail = true };
	struct http_answer answer = { 0 };
	enum err err = client_operate(client, &operation, &answer);

	if (err == ERR_OK && answer.status == 200)
		client_caps_read(buf_bytes(&answer.body), &client->caps);
	http_answer_clear(&answer);
	return err;
}

/* Certificates as they came; the type depends on how many they are. */
static enum err
read_ca(struct client *client, const struct http_answer *answer)
{
	struct client_operation expected = { .name = "GetCACert",
		.content_type = "application/x-x509-ca-cert" };
	enum err err = client_ca_read(buf_bytes(&answer->body), &client->ca);

	if (err == ERR_PUBLIC_KEY)
		return client_complain(client, ERR_CLIENT_ANSWER, "GetCACert",
		    "no certificate of the answer has a key that requests can "
		    "be encrypted for, which takes RSA");
	if (err != ERR_OK)
		return client_complain(client, ERR_CLIENT_ANSWER, "GetCACert",
		    "the answer is neither a certificate nor a SignedData of "
		    "some");
	if (client->ca.count > 1)
		expected.content_type = "application/x-x509-ca-ra-cert";
	check_type(client, &expected, answer);
	client_ca_check(&client->ca, client->world->now(), client->problems);
	return ERR_OK;
}

enum err
client_get_ca(struct client *client)
{
	struct client_operation operation = { .name = "GetCACert",
		.message = bytes_of_string(client->wishes->ca_identifier) };
	struct http_answer answer = { 0 };
	enum err err;

	err = client_operate(client, &operation, &answer);
	if (err == ERR_OK)
		err = read_ca(client, &answer);
	http_answer_clear(&answer);
	return err;
}

enum err
client_prepare(struct client *client)
{
	enum err err = client_get_caps(client);

	if (err == ERR_OK)
		err = client_caps_choose(&client->caps, &client->wishes->caps,
		    &client->choice, client->problems);
	if (err == ERR_OK)
		err = client_get_ca(client);
	if (err == ERR_OK)
		err = client_trust_decide(client->provider,
		    &client->wishes->trust, &client->ca, client->problems);
	return err;
}

enum err
client_get_next_ca(struct client *client, struct client_ca *next)
{
	struct client_operation operation = { .name = "GetNextCACert",
		.content_type = "application/x-x509-next-ca-cert",
		.message = bytes_of_string(client->wishes->ca_identifier) };
	struct http_answer answer = { 0 };
	enum err err = client_operate(client, &operation, &answer);

	if (err == ERR_OK)
		err = client_next_ca_read(client->provider,
		    buf_bytes(&answer.body), &client->ca, next);
	if (err == ERR_CLIENT_TRUST)
		client_complain(client, err, "GetNextCACert",
		    "the answer is not signed by the CA of today");
	else if (err != ERR_OK && err != ERR_CLIENT_HTTP)
		err = client_complain(client, ERR_CLIENT_ANSWER,
		    "GetNextCACert",
		    "the answer is no SignedData with certificates in it");
	http_answer_clear(&answer);
	return err;
}
