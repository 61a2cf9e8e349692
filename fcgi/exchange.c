/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/exchange.h"

#include <fastcgi.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/count.h"
#include "base/sealed.h"
#include "base/xalloc.h"
#include "fcgi/records.h"

/*
 * libfcgi is made for programs that accept by themselves, one connection after
 * the other, and never stop: left to itself it takes signals, waits two
 * seconds for a peer to close, waits for ever for the rest of a request, and
 * pins a thread to every kept connection.  It also trusts its peer: it answers
 * GET_VALUES, before a request or within one, from a buffer on its stack that
 * four names overrun (2.4.2 and later), and allocates whatever length a
 * parameter claims.  So it never reads from a connection: it gets the records
 * of one request at a time, complete and checked by records.c, from a file in
 * memory, and the connection only to write the answer to.  This is the one
 * file that includes its headers.  What it does besides is said at each call.
 */

struct exchange {
	FCGX_Request fcgi;
	struct gateway_request request;
	struct gateway_limits limits;
	int file; /* in memory: the records that libfcgi reads */
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
	for (size_t i = 0; i < COUNT(taken); i++)
		sigaction(taken[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	return ERR_OK;
}

static int
open_file(void)
{
	return memory_file_new("request", 0);
}

/* The file is made now and kept: a request must not fail for want of a
 * descriptor. */
struct exchange *
exchange_new(const struct gateway_limits *limits)
{
	int file = open_file();
	struct exchange *exchange;

	if (file < 0)
		return NULL;
	exchange = xalloc(sizeof(*exchange));
	exchange->limits = *limits;
	exchange->file = file;
	return exchange;
}

void
exchange_free(struct exchange *exchange)
{
	if (exchange == NULL)
		return;
	gateway_clear(&exchange->request);
	if (exchange->file >= 0)
		close(exchange->file);
	free(exchange);
}

/* Peeks, so that what records.c reads is still there; one octet of the two may
 * be all that has come yet. */
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

static ssize_t
read_body(void *context, void *into, size_t size)
{
	struct exchange *exchange = context;
	FCGX_Stream *in = exchange->fcgi.in;
	int got = FCGX_GetStr(into, (int)size, in);

	return got == 0 && FCGX_GetError(in) != 0 ? -1 : got;
}

/* Puts the records where libfcgi reads them. */
static bool
fill_file(int file, struct bytes records)
{
	if (file < 0 || lseek(file, 0, SEEK_SET) != 0)
		return false;
	while (records.size > 0) {
		ssize_t put = write(file, records.data, records.size);

		if (put <= 0)
			return false;
		records = bytes_from(records, (size_t)put);
	}
	return lseek(file, 0, SEEK_SET) == 0;
}

/*
 * Lets libfcgi read a request's start from a descriptor that it has not
 * accepted: FCGX_Accept_r takes an ipcFd with keepConnection set for a
 * connection that is waiting for its next request.  Where it finds none it
 * closes it and then fails to accept another from socket -1.  Detached, it
 * does not wait for the web server's close before its own.
 */
static bool
begin(struct exchange *exchange)
{
	FCGX_Request *fcgi = &exchange->fcgi;

	FCGX_InitRequest(fcgi, -1, 0);
	fcgi->ipcFd = exchange->file;
	fcgi->keepConnection = 1;
	FCGX_Detach(fcgi);
	if (FCGX_Accept_r(fcgi) != 0) {
		exchange->file = open_file();
		return false;
	}
	/* To an authorizer's question our 200 would mean "let them in". */
	if (FCGX_GetError(fcgi->in) == 0 && fcgi->role == FCGI_RESPONDER)
		return true;
	FCGX_Free(fcgi, 0);
	return false;
}

/* libfcgi reads from the file, and gets the connection for the answer
 * afterwards. */
static bool
decode(struct exchange *exchange, struct bytes records, int fd, enum err *err)
{
	const struct gateway_source source = { variable, read_body, exchange };
	bool begun = fill_file(exchange->file, records) && begin(exchange);

	if (begun) {
		*err = gateway_receive(&source, &exchange->limits,
		    &exchange->request);
		exchange->fcgi.ipcFd = fd;
	}
	/* Where it is not empty the next request would end in this one. */
	if (exchange->file >= 0 && ftruncate(exchange->file, 0) != 0) {
		close(exchange->file);
		exchange->file = open_file();
	}
	return begun;
}

/* Once decode() has succeeded there is somebody to answer, whatever is wrong
 * with the request. */
bool
exchange_receive(struct exchange *exchange, int fd, enum err *err)
{
	struct buf records = { 0 };
	bool whole = false;
	bool begun = records_receive(fd, &exchange->limits, &records, &whole) &&
	    decode(exchange, buf_bytes(&records), fd, err);

	buf_clear(&records);
	if (!begun)
		close(fd);
	/* The rest of a body would be taken for the next request. */
	else if (!whole)
		exchange->fcgi.keepConnection = 0;
	return begun;
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
