/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/exchange.h"

#include <fastcgi.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/xalloc.h"

/*
 * libfcgi is made for programs that accept by themselves, one connection after
 * the other, and never stop: left to itself it takes signals, waits two
 * seconds for a peer to close, waits for ever for the rest of a request, and
 * pins a thread to every kept connection.  So it gets connections that are
 * ready, one request at a time, and is the one file that includes its headers.
 * What it does besides is said at each call.
 */

struct exchange {
	FCGX_Request fcgi;
	struct gateway_request request;
	struct gateway_limits limits;
	int64_t deadline_us; /* for the request to be here */
};

/* FCGX_Init installs handlers for SIGTERM and SIGUSR1, even over those that
 * are ignored; the poller takes these signals by a descriptor. */
enum err
exchange_start(void)
{
	static const int taken[] = { SIGTERM, SIGUSR1 };
	struct sigaction action = { .sa_handler = SIG_DFL };

	if (FCGX_Init() != 0)
		return ERR_CONFIGURATION;
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaction(taken[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	return ERR_OK;
}

struct exchange *
exchange_new(const struct gateway_limits *limits)
{
	struct exchange *exchange = xalloc(sizeof(*exchange));

	exchange->limits = *limits;
	return exchange;
}

void
exchange_free(struct exchange *exchange)
{
	if (exchange == NULL)
		return;
	gateway_clear(&exchange->request);
	free(exchange);
}

/*
 * Peeks, so that what libfcgi reads is still there; one octet of the two may
 * be all that has come yet.
 *
 * libfcgi would take management records here too, and answers GET_VALUES from
 * a buffer on its stack that four names overrun (2.4.2 and later).  No web
 * server sends any.
 */
bool
exchange_is_request(int fd)
{
	static const uint8_t start[] = { FCGI_VERSION_1, FCGI_BEGIN_REQUEST };
	uint8_t peeked[sizeof(start)];
	ssize_t got = recv(fd, peeked, sizeof(peeked), MSG_PEEK | MSG_DONTWAIT);

	return got > 0 &&
	    bytes_equal(bytes_of(peeked, (size_t)got),
		bytes_of(start, (size_t)got));
}

static const char *
variable(void *context, const char *name)
{
	struct exchange *exchange = context;

	return FCGX_GetParam(name, exchange->fcgi.envp);
}

/*
 * FCGX_GetStr would wait for all of `size`, and a byte now and then would
 * keep it waiting for ever.  So one octet is waited for, and the rest taken
 * from what came along with it.
 */
static ssize_t
read_body(void *context, void *into, size_t size)
{
	struct exchange *exchange = context;
	FCGX_Stream *in = exchange->fcgi.in;
	uint8_t *octets = into;
	size_t more;
	int octet;

	if (clock_monotonic_us() > exchange->deadline_us)
		return -1;
	octet = FCGX_GetChar(in);
	if (octet < 0)
		return FCGX_GetError(in) == 0 ? 0 : -1;
	octets[0] = (uint8_t)octet;
	more = (size_t)(in->stop - in->rdNext);
	if (more > size - 1)
		more = size - 1;
	return 1 + FCGX_GetStr((char *)octets + 1, (int)more, in);
}

/*
 * Lets libfcgi read a request's start from a connection that it has not
 * accepted: FCGX_Accept_r takes an ipcFd with keepConnection set for one that
 * is waiting for its next request.  Where it finds none it closes the
 * connection and then fails to accept another from socket -1.  Detached, it
 * does not wait for the web server's close before its own.
 */
static bool
begin(struct exchange *exchange, int fd)
{
	FCGX_Request *fcgi = &exchange->fcgi;

	FCGX_InitRequest(fcgi, -1, 0);
	fcgi->ipcFd = fd;
	fcgi->keepConnection = 1;
	FCGX_Detach(fcgi);
	if (FCGX_Accept_r(fcgi) != 0)
		return false;
	/* Parameters that were cut off between two of them pass for whole.
	 * And to an authorizer's question our 200 would mean "let them in". */
	if (FCGX_GetError(fcgi->in) == 0 && fcgi->role == FCGI_RESPONDER)
		return true;
	FCGX_Free(fcgi, 1);
	return false;
}

/* Once begin() has succeeded there is somebody to answer, whatever is wrong
 * with the request. */
bool
exchange_receive(struct exchange *exchange, int fd, enum err *err)
{
	const struct gateway_source source = { variable, read_body, exchange };

	exchange->deadline_us = clock_monotonic_us() +
	    exchange->limits.timeout_ms * 1000;
	if (!begin(exchange, fd))
		return false;
	*err = gateway_receive(&source, &exchange->limits, &exchange->request);
	/* Where the body has not been read to its end, the rest of it would
	 * be taken for the next request. */
	if (!FCGX_HasSeenEOF(exchange->fcgi.in))
		exchange->fcgi.keepConnection = 0;
	return true;
}

struct scep_exchange *
exchange_request(struct exchange *exchange)
{
	return &exchange->request.exchange;
}

static void
put(FCGX_Stream *out, struct bytes bytes)
{
	/* A web server that is gone is noticed by FCGX_Finish_r. */
	while (bytes.size > 0) {
		int part = bytes.size > 65536 ? 65536 : (int)bytes.size;

		if (FCGX_PutStr((const char *)bytes.data, part, out) != part)
			return;
		bytes = bytes_from(bytes, (size_t)part);
	}
}

/* The head is what web servers make a status line and headers of.
 * FCGX_Finish_r closes the connection where the web server wants it so. */
bool
exchange_send(struct exchange *exchange)
{
	FCGX_Request *fcgi = &exchange->fcgi;
	struct buf head = { 0 };

	gateway_append_head(&head, &exchange->request.exchange);
	put(fcgi->out, buf_bytes(&head));
	put(fcgi->out, buf_bytes(&exchange->request.exchange.reply));
	buf_clear(&head);
	gateway_clear(&exchange->request);
	FCGX_Finish_r(fcgi);
	return fcgi->ipcFd >= 0;
}
