/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_CLIENT_OPTIONS_H
#define SCEPD_TOOLS_CLIENT_OPTIONS_H

#include "tools/client.h"
#include "tools/options.h"

/*
 * The options that all commands have which ask a server.  The struct that
 * these fill begins with a struct client_options.
 */
struct client_options {
	struct client_wishes client;
	const char *out;
	bool force;
	bool json;
	bool help;
};

#define CLIENT_OPTION(field) .offset = offsetof(struct client_options, field)

/* Tables read best as one. */
/* clang-format off */
#define CLIENT_TRUST_ROWS \
	{ "fingerprint", "HEX", CLIENT_OPTION(client.trust.fingerprints), \
	    "SHA-256 of the CA's certificate, as whoever runs\n" \
	    "the CA tells it; that of an RA after a comma" }, \
	{ "ca", "FILE", CLIENT_OPTION(client.trust.ca_file), \
	    "certificates that are trusted, as PEM: the CA's" }, \
	{ "trust-on-first-use", NULL, \
	    CLIENT_OPTION(client.trust.first_use), \
	    "trust whatever CA the server shows" }

#define CLIENT_MESSAGE_ROWS \
	{ "digest", "NAME", CLIENT_OPTION(client.caps.digest), \
	    "sign with sha-256, sha-384, sha-512, sha-224,\n" \
	    "sha-1 or md5; by default the best that the server\n" \
	    "announces" }, \
	{ "cipher", "NAME", CLIENT_OPTION(client.caps.cipher), \
	    "encrypt with aes-128, aes-192, aes-256, 3des or\n" \
	    "des; likewise" }, \
	{ "method", "post|get", CLIENT_OPTION(client.caps.method), \
	    "how messages are sent; likewise" }

#define CLIENT_OUT_ROWS \
	{ "out", "FILE", CLIENT_OPTION(out), \
	    "write what comes to this file, as PEM" }, \
	{ "force", NULL, CLIENT_OPTION(force), \
	    "overwrite that file" }

#define CLIENT_COMMON_ROWS \
	{ "ca-identifier", "TEXT", CLIENT_OPTION(client.ca_identifier), \
	    "which CA, where the server has several" }, \
	{ "tls-ca", "FILE", CLIENT_OPTION(client.tls_ca), \
	    "CAs for https, as PEM; by default the system's" }, \
	{ "timeout", "TIME", CLIENT_OPTION(client.timeout), \
	    "how long a request may take; by default 60s" }, \
	{ "json", NULL, CLIENT_OPTION(json), \
	    "print JSON, for scripts" }, \
	{ "help", NULL, CLIENT_OPTION(help), \
	    "show this text" }, \
	{ 0 }
/* clang-format on */

#endif
