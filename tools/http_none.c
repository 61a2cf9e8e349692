/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/http.h"

enum err
http_exchange(const struct http_request *request, struct http_answer *answer,
    struct problems *problems)
{
	(void)request, (void)answer;
	problem_add(problems, PROBLEM_ERROR,
	    "this scepctl was built without libcurl and makes no requests; "
	    "install libcurl4-gnutls-dev and build it anew");
	return ERR_CLIENT_HTTP;
}
