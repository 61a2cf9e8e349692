/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/get.h"

#include "base/json_line.h"
#include "tools/output_file.h"
#include "tools/record.h"

/* What can be had without a message of one's own; get_message.c has the
 * rest. */

static void
report_caps(const struct client *client, bool json, struct buf *to)
{
	const char *digest = digest_facts(client->choice.digest)->name;
	const char *cipher = cipher_facts(client->choice.cipher)->name;
	const char *method = client->choice.post ? "post" : "get";

	if (json) {
		buf_append_string(to, "{\"capabilities\": ");
		json_line_append_lines(to, buf_bytes(&client->caps.words));
		buf_printf(to,
		    ", \"digest\": \"%s\", \"cipher\": \"%s\", "
		    "\"method\": \"%s\"}\n",
		    digest, cipher, method);
		return;
	}
	buf_append(to, buf_bytes(&client->caps.words));
	buf_printf(to, "scepctl chooses %s, %s and %s.\n", digest, cipher,
	    method);
}

enum err
get_caps(const struct get_call *call)
{
	const struct client_wishes *wishes = &call->wishes->common.client;
	struct client client;
	enum err err = client_begin(&client, call->world, wishes,
	    call->problems);

	if (err == ERR_OK)
		err = client_get_caps(&client);
	if (err == ERR_OK)
		err = client_caps_choose(&client.caps, &wishes->caps,
		    &client.choice, call->problems);
	if (err == ERR_OK)
		report_caps(&client, call->wishes->common.json, call->output);
	client_clear(&client);
	return err;
}

static void
record_member(struct record *record, const struct provider *provider,
    const struct client_ca *ca, size_t index)
{
	const struct certificate *certificate = ca->certificates[index];
	struct buf fingerprint = { 0 };

	client_trust_append_fingerprint(&fingerprint, provider, certificate);
	record_begin(record);
	record_text(record, "role", bytes_of_string(client_ca_role(ca, index)));
	record_certificate_facts(record, certificate);
	record_text(record, "sha256", buf_bytes(&fingerprint));
	record_end(record);
	buf_clear(&fingerprint);
}

/* A record each. */
static void
report_ca(const struct get_call *call, const struct provider *provider,
    const struct client_ca *ca)
{
	struct record record = { .to = call->output,
		.json = call->wishes->common.json };

	if (record.json)
		buf_append_string(record.to, "[\n");
	for (size_t i = 0; i < ca->count; i++) {
		if (i > 0)
			buf_append_string(record.to,
			    record.json ? ",\n" : "\n");
		record_member(&record, provider, ca, i);
	}
	if (record.json)
		buf_append_string(record.to, "\n]\n");
}

/* To the file, where one is named, and a report in any case. */
static enum err
hand_over(const struct get_call *call, const struct provider *provider,
    const struct client_ca *ca)
{
	const struct client_options *common = &call->wishes->common;
	struct buf pem = { 0 };
	enum err err = ERR_OK;

	client_ca_append_pem(&pem, ca);
	if (common->out != NULL)
		err = output_file_write(common->out, common->force,
		    buf_bytes(&pem), call->problems);
	if (err == ERR_OK)
		report_ca(call, provider, ca);
	buf_clear(&pem);
	return err;
}

/* The usual beginning: nothing is asked for that could not be written. */
static enum err
begin(const struct get_call *call, struct client *client)
{
	const struct client_options *common = &call->wishes->common;
	enum err err = client_begin(client, call->world, &common->client,
	    call->problems);

	if (err == ERR_OK && common->out != NULL)
		err = output_file_check(common->out, common->force,
		    call->problems);
	return err;
}

enum err
get_ca(const struct get_call *call)
{
	struct client client;
	enum err err = begin(call, &client);

	if (err == ERR_OK)
		err = client_get_ca(&client);
	if (err == ERR_OK)
		err = hand_over(call, client.provider, &client.ca);
	client_clear(&client);
	return err;
}

enum err
get_next_ca(const struct get_call *call)
{
	struct client client;
	struct client_ca next = { 0 };
	enum err err = begin(call, &client);

	if (err == ERR_OK)
		err = client_get_ca(&client);
	if (err == ERR_OK)
		err = client_trust_decide(client.provider,
		    &client.wishes->trust, &client.ca, call->problems);
	if (err == ERR_OK)
		err = client_get_next_ca(&client, &next);
	if (err == ERR_OK)
		err = hand_over(call, client.provider, &next);
	client_ca_clear(&next);
	client_clear(&client);
	return err;
}
