/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/http.h"

void
http_answer_clear(struct http_answer *answer)
{
	buf_clear(&answer->content_type);
	buf_clear(&answer->location);
	buf_clear(&answer->body);
}
