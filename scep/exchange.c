/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/exchange.h"

void
scep_exchange_refuse(struct scep_exchange *exchange, enum err err)
{
	exchange->status = err_http_status(err);
	exchange->content_type = "text/plain";
	exchange->cached_for = 0;
	exchange->retry_after = 0;
	buf_clear(&exchange->reply);
	buf_printf(&exchange->reply, "%s\n", err_public_text(err));
}
