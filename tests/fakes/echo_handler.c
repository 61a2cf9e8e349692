/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fakes/echo_handler.h"

#include "base/count.h"

static void
append_request(struct scep_exchange *exchange)
{
	const struct bytes parts[] = { exchange->method, exchange->path,
		exchange->query, exchange->peer, exchange->body };

	for (size_t i = 0; i < COUNT(parts); i++) {
		if (i > 0)
			buf_append_octet(&exchange->reply, '|');
		buf_append(&exchange->reply, parts[i]);
	}
}

static void
serve(void *context, struct scep_exchange *exchange)
{
	(void)context;
	exchange->status = 200;
	exchange->content_type = "text/plain";
	append_request(exchange);
}

static void
refuse(void *context, struct scep_exchange *exchange, enum err err)
{
	(void)context;
	exchange->status = err_http_status(err);
	exchange->content_type = "text/plain";
	buf_printf(&exchange->reply, "%s:", err_name(err));
	append_request(exchange);
}

const struct gateway_handler echo_handler = { serve, refuse, NULL };
