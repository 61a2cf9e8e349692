/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_enrol.h"

#include "tools/client_options.h"
#include "tools/client_world.h"
#include "tools/enrol_job.h"

#define OPTION(field) .offset = offsetof(struct enrol_wishes, field)

static const struct options_row options[] = {
	{ "subject", "NAME", OPTION(subject),
	    "who it is for: CN=router-17,O=Example; in a\n"
	    "renewal by default that of the old certificate" },
	{ "san", "NAMES", OPTION(san),
	    "alternative names: dns:router-17.example.org,\n"
	    "ip:192.0.2.17, email:..., uri:..., upn:..., with\n"
	    "\"\\,\" for a comma in one" },
	{ "challenge", "TEXT", OPTION(challenge),
	    "the challenge password; others see it in the list\n"
	    "of processes, so better:" },
	{ "challenge-file", "FILE", OPTION(challenge_file),
	    "a file whose first line it is" },
	{ "key", "FILE", OPTION(key),
	    "the private key; made where it is not there; by\n"
	    "default that of --out, ending in .key" },
	{ "key-type", "TYPE", OPTION(key_type),
	    "what kind is made: rsa-2048 (the default),\n"
	    "rsa-3072, rsa-4096, secp256r1 or secp384r1" },
	{ "renew", "CERT.pem", OPTION(renew),
	    "renew this certificate, whose key is --key" },
	{ "new-key", "FILE", OPTION(new_key),
	    "the key of the renewed one, made where it is not\n"
	    "there; \"same\": the old one; by default that of\n"
	    "--out, ending in .key" },
	CLIENT_OUT_ROWS,
	{ "ca-out", "FILE", OPTION(ca_out),
	    "write the server's certificates to this file" },
	CLIENT_TRUST_ROWS,
	{ "interval", "TIME", OPTION(interval),
	    "ask so often while it is pending; by default 30s" },
	{ "max-time", "TIME", OPTION(max_time),
	    "and no longer than this; by default 1h; 0s: not\n"
	    "at all" },
	CLIENT_MESSAGE_ROWS,
	CLIENT_COMMON_ROWS,
};

static void
append_help(struct buf *to)
{
	buf_append_string(to,
	    "usage: scepctl enrol URL --subject NAME --out FILE [OPTION]...\n"
	    "       scepctl enrol URL --renew CERT.pem --key FILE --out FILE "
	    "[OPTION]...\n"
	    "\n"
	    "Gets a certificate from the SCEP server at URL, or renews one, "
	    "as a device does.\n"
	    "The exit status is 3 where the request still waits to be "
	    "approved.\n"
	    "\n");
	options_append_help(to, options);
}

static enum err
check_operands(struct options_words rest, struct enrol_wishes *wishes,
    struct problems *problems)
{
	if (rest.count == 1) {
		wishes->common.client.url = rest.items[0];
		return ERR_OK;
	}
	if (rest.count == 0)
		problem_add(problems, PROBLEM_ERROR,
		    "no server is named: scepctl enrol URL");
	else
		problem_add(problems, PROBLEM_ERROR,
		    "\"%s\" is one word too many", rest.items[1]);
	return ERR_CONFIGURATION;
}

enum err
scepctl_enrol_in(const struct client_world *world, struct options_words words,
    struct buf *output, struct problems *problems)
{
	struct enrol_wishes wishes = { 0 };
	struct options_words rest = { 0 };
	enum err err = options_read(words, options, &wishes, &rest, problems);

	/* Whoever asks for help gets it, whatever else is wrong. */
	if (wishes.common.help) {
		append_help(output);
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = check_operands(rest, &wishes, problems);
	if (err == ERR_OK)
		err = enrol_job(world, &wishes, output, problems);
	return err;
}

enum err
scepctl_enrol(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	struct options_words words = { argv, (size_t)argc };

	return scepctl_enrol_in(&client_world, words, output, problems);
}
