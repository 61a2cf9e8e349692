/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_init.h"

#include "base/clock.h"
#include "conf/defaults.h"
#include "tools/init.h"
#include "tools/init_report.h"
#include "tools/options.h"

#define OPTION(field) .offset = offsetof(struct init_wishes, field)

static const struct options_row options[] = {
	{ "name", "NAME", OPTION(name),
	    "common name of the CA, at most 64 characters;\n"
	    "by default \"Device CA\" and four random ones" },
	{ "organisation", "NAME", OPTION(organisation),
	    "organisation in its name; by default none" },
	{ "country", "CC", OPTION(country),
	    "country in its name, two letters; by default none" },
	{ "key", "TYPE", OPTION(key),
	    "the CA's key: rsa-3072 (the default), rsa-2048,\n"
	    "rsa-4096, secp256r1 or secp384r1; the last two\n"
	    "can't decrypt, so an RA is made as well" },
	{ "days", "N", OPTION(days),
	    "how long the CA is valid; by default 3650 days" },
	{ "ra", NULL, OPTION(ra),
	    "make an RA: devices then encrypt to its key, and\n"
	    "the CA's does nothing but sign" },
	{ "url", "URL", OPTION(url),
	    "where devices find scepd, as the web server has\n"
	    "it: http://scep.example.org/scep" },
	{ "path", "/PATH", OPTION(path),
	    "the path of the URL, where only that is known;\n"
	    "by default /scep" },
	{ "socket", "PATH", OPTION(socket),
	    "have scepd make this socket for the web server;\n"
	    "by default one is handed to it at its start" },
	{ "group", "GROUP", OPTION(group),
	    "the socket's group, the web server's: www-data" },
	{ "user", "NAME", OPTION(user),
	    "whom those of scepd's processes run as that read\n"
	    "what devices send, where root starts it; by\n"
	    "default scepd" },
	{ "key-user", "NAME", OPTION(key_user),
	    "and those that hold the keys; by default scepd-key" },
	{ "state", "FILE", OPTION(state),
	    "the database of requests and certificates; by\n"
	    "default " DEFAULT_STATE },
	{ "ra-for", "CA.pem", OPTION(ra_for),
	    "make no CA but an RA certificate for this one;\n"
	    "--name, --key (an rsa one) and --days are then\n"
	    "the RA's; by default it is valid as long as the CA" },
	{ "ca-key", "CA.key", OPTION(ca_key), "the private key of that CA" },
	{ "ca-passphrase-file", "FILE", OPTION(ca_passphrase_file),
	    "holds the passphrase of that key" },
	{ "help", NULL, OPTION(help), "show this text" },
	{ 0 },
};

static void
append_help(struct buf *to)
{
	buf_append_string(to,
	    "usage: scepctl init [OPTION]... DIR\n"
	    "       scepctl init --ra-for CA.pem --ca-key CA.key "
	    "[OPTION]... DIR\n"
	    "\n"
	    "Makes a CA, a challenge password and a configuration for scepd "
	    "in the folder\n"
	    "DIR, which is made where it is not there; or, with --ra-for, "
	    "only an RA\n"
	    "certificate for a CA that exists.  Nothing is ever "
	    "overwritten.\n"
	    "\n");
	options_append_help(to, options);
}

/* The certificate comes back for the report alone; it is in its file
 * already. */
static enum err
work(const struct init_order *order, const struct provider *provider,
    struct buf *output, struct problems *problems)
{
	struct certificate *made = NULL;
	int64_t now = clock_now();
	enum err err;

	if (order->ra_for != NULL) {
		err = init_ra(order, provider, now, &made, problems);
		if (err == ERR_OK)
			init_report_ra(output, order, made);
	} else {
		err = init_ca(order, provider, now, &made, problems);
		if (err == ERR_OK)
			init_report_ca(output, order, provider, made);
	}
	certificate_free(made);
	return err;
}

/* From the options and the folder to the files. */
static enum err
obey(const struct init_wishes *wishes, const char *folder, struct buf *output,
    struct problems *problems)
{
	const struct provider *provider = provider_find("gnutls");
	struct init_order order = { 0 };
	enum err err;

	if (provider == NULL) {
		problem_add(problems, PROBLEM_ERROR,
		    "GnuTLS can't be used on this machine");
		return ERR_CONFIGURATION;
	}
	err = init_order_read(wishes, folder, provider, &order, problems);
	if (err == ERR_OK)
		err = work(&order, provider, output, problems);
	init_order_clear(&order);
	return err;
}

enum err
scepctl_init(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	struct options_words words = { argv, (size_t)argc }, rest = { 0 };
	struct init_wishes wishes = { 0 };
	enum err err = options_read(words, options, &wishes, &rest, problems);

	/* Whoever asks for help gets it, whatever else is wrong. */
	if (wishes.help) {
		append_help(output);
		return ERR_OK;
	}
	if (err != ERR_OK)
		return err;
	if (rest.count == 1)
		return obey(&wishes, rest.items[0], output, problems);
	problem_add(problems, PROBLEM_ERROR,
	    rest.count == 0 ? "no folder is named: scepctl init DIR" :
			      "more than one folder is named");
	return ERR_CONFIGURATION;
}
