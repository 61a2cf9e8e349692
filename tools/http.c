/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/http.h"

#include <curl/curl.h>

#include "tools/shown.h"

#define CONNECT_TIMEOUT 15L /* seconds */

/* Without a build by automake. */
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* What libcurl hands over is counted before it is kept: a short count ends the
 * transfer. */
static size_t
keep(char *data, size_t size, size_t count, void *context)
{
	struct buf *body = context;
	size_t total = size * count;

	if (total > HTTP_ANSWER_LIMIT - body->size)
		return 0;
	buf_append(body, bytes_of(data, total));
	return total;
}

/* The URL has been looked at (client.c); this is so that nothing else than
 * HTTP is ever spoken, whatever libcurl was built with. */
static void
set_protocols(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
	    (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* An empty CURLOPT_PROXY is none, also not that of the environment. */
static void
set_request(CURL *curl, const struct http_request *request)
{
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "scepctl/" PACKAGE_VERSION);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, request->timeout);
	if (request->tls_ca != NULL)
		curl_easy_setopt(curl, CURLOPT_CAINFO, request->tls_ca);
	if (!request->post)
		return;
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)request->body.size);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
	    (const char *)request->body.data);
}

/* No "Expect: 100-continue", which the small servers of devices do not know. */
static struct curl_slist *
headers_of(const struct http_request *request)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	struct buf line = { 0 };

	if (request->content_type != NULL) {
		buf_printf(&line, "Content-Type: %s", request->content_type);
		headers = curl_slist_append(headers, buf_string(&line));
		buf_clear(&line);
	}
	return headers;
}

static void
read_answer(CURL *curl, struct http_answer *answer)
{
	const char *text = NULL;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
	if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &text) == CURLE_OK)
		buf_append(&answer->content_type, bytes_of_string(text));
	text = NULL;
	if (curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &text) == CURLE_OK)
		buf_append(&answer->location, bytes_of_string(text));
}

/* libcurl's words may have those of the server in them. */
static void
complain(const struct http_request *request, CURLcode code, const char *details,
    struct problems *problems)
{
	struct buf line = { 0 };

	shown_append_text(&line, bytes_of_string(request->url));
	buf_append_string(&line, ": ");
	if (code == CURLE_WRITE_ERROR)
		buf_printf(&line, "the answer has over %u octets",
		    HTTP_ANSWER_LIMIT);
	else
		shown_append_text(&line,
		    bytes_of_string(*details != '\0' ?
			    details :
			    curl_easy_strerror(code)));
	problem_add(problems, PROBLEM_ERROR, "%s", buf_string(&line));
	buf_clear(&line);
}

static enum err
perform(CURL *curl, const struct http_request *request,
    struct http_answer *answer, struct problems *problems)
{
	struct curl_slist *headers = headers_of(request);
	char details[CURL_ERROR_SIZE] = "";
	CURLcode code;

	set_protocols(curl);
	set_request(curl, request);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, details);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
	code = curl_easy_perform(curl);
	if (code == CURLE_OK)
		read_answer(curl, answer);
	else
		complain(request, code, details, problems);
	curl_slist_free_all(headers);
	return code == CURLE_OK ? ERR_OK : ERR_CLIENT_HTTP;
}

enum err
http_exchange(const struct http_request *request, struct http_answer *answer,
    struct problems *problems)
{
	struct http_answer got = { 0 };
	CURL *curl = NULL;
	enum err err = ERR_CLIENT_HTTP;

	/* Counted by libcurl itself, and undone below. */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		curl = curl_easy_init();
	if (curl != NULL)
		err = perform(curl, request, &got, problems);
	else
		problem_add(problems, PROBLEM_ERROR, "libcurl can't be used");
	curl_easy_cleanup(curl);
	curl_global_cleanup();
	if (err == ERR_OK)
		*answer = got;
	else
		http_answer_clear(&got);
	return err;
}
