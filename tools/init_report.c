/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/init_report.h"

#include <ctype.h>
#include <libgen.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/hex.h"
#include "base/xalloc.h"
#include "conf/defaults.h"
#include "crypto/name.h"
#include "tools/init_conf.h"

/*
 * Whoever has just made a CA wants to know three things: what lies where, what
 * to type into the devices, and what to do next.  The commands can be copied
 * as they are.  The challenge password is named by its file and never printed,
 * as terminals are recorded and looked at.
 */

/* A word of a command line that can be copied into a shell: folders may have
 * blanks and worse in their names. */
static void
append_shell_word(struct buf *to, const char *word)
{
	bool plain = true;

	for (const char *c = word; *c != '\0'; c++)
		plain = plain &&
		    (isalnum((unsigned char)*c) ||
			strchr("/-._+,:@", *c) != NULL);
	if (plain) {
		buf_append_string(to, word);
		return;
	}
	buf_append_octet(to, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			buf_append_string(to, "'\\''");
		else
			buf_append_octet(to, (uint8_t)*word);
	buf_append_octet(to, '\'');
}

/* The folder's name as it is good in any other folder. */
static char *
absolute_folder(const struct init_order *order)
{
	char *path = realpath(order->folder, NULL);

	return path != NULL ? path : xstrdup(order->folder);
}

static void
append_certificate(struct buf *to, const char *role,
    const struct certificate *certificate)
{
	struct clock_date end = clock_date_of(certificate->not_after);

	buf_printf(to, "%s: ", role);
	name_append_text(to, certificate->subject);
	buf_printf(to, "\n  valid until %04d-%02d-%02d\n", end.year, end.month,
	    end.day);
}

/* What devices and their administrators compare: SHA-1 is what Windows and
 * Cisco devices show, MD5 what was shown before. */
static void
append_fingerprints(struct buf *to, const struct provider *provider,
    const struct certificate *certificate)
{
	static const struct {
		enum digest digest;
		const char *name;
		const char *remark;
	} kinds[] = {
		{ DIGEST_SHA256, "SHA-256", "" },
		{ DIGEST_SHA1, "SHA-1  ", "" },
		{ DIGEST_MD5, "MD5    ",
		    "  (for old devices that show no other)" },
	};
	struct bytes der = buf_bytes(&certificate->der);
	uint8_t value[DIGEST_MAX_SIZE];

	for (size_t i = 0; i < COUNT(kinds); i++) {
		provider_digest(provider, kinds[i].digest, &der, 1, value);
		buf_printf(to, "  %s ", kinds[i].name);
		hex_append_colons(to,
		    bytes_of(value, digest_facts(kinds[i].digest)->size));
		buf_printf(to, "%s\n", kinds[i].remark);
	}
}

static void
append_files(struct buf *to, const struct init_order *order, const char *folder)
{
	buf_printf(to,
	    "Made in %s:\n"
	    "  " INIT_CA_CERTIFICATE "         the CA's certificate, which "
	    "whoever trusts the devices needs\n"
	    "  " INIT_CA_KEY "         its private key: secret; keep a copy "
	    "in a safe place\n",
	    folder);
	if (order->ra)
		buf_append_string(to,
		    "  " INIT_RA_CERTIFICATE "         the RA's certificate, "
		    "which devices encrypt to\n"
		    "  " INIT_RA_KEY "         its private key: secret\n");
	buf_append_string(to,
	    "  " INIT_CHALLENGE "  the challenge password, which devices "
	    "enrol with: secret\n"
	    "  " INIT_CONF "     the configuration\n\n");
}

static void
append_command(struct buf *to, const char *command, const char *word)
{
	buf_printf(to, "  %s ", command);
	append_shell_word(to, word);
	buf_append_octet(to, '\n');
}

/* scepd makes its socket, but not the folder for it. */
static void
append_socket_folder(struct buf *to, const char *socket)
{
	char *copy = xstrdup(socket);
	const char *folder = dirname(copy);
	struct stat status;

	if (stat(folder, &status) != 0)
		append_command(to, "mkdir -p", folder);
	free(copy);
}

/* Who names a user has one, or will see to it. */
static void
append_missing_user(struct buf *to, const char *named, const char *usual)
{
	if (named == NULL && getpwnam(usual) == NULL)
		append_command(to, INIT_USERADD, usual);
}

/* The commands in the order in which they are to be run.  Only what root
 * starts turns into other users. */
static void
append_next_steps(struct buf *to, const struct init_order *order,
    const char *folder)
{
	char *conf = xasprintf("%s/" INIT_CONF, folder);

	buf_append_string(to, "Next:\n");
	if (geteuid() == 0) {
		append_missing_user(to, order->user, DEFAULT_USER);
		append_missing_user(to, order->key_user, DEFAULT_KEY_USER);
	}
	if (order->socket != NULL)
		append_socket_folder(to, order->socket);
	append_command(to, "scepd -t -c", conf);
	if (order->socket != NULL)
		append_command(to, "scepd -c", conf);
	else
		buf_append_string(to,
		    "and have systemd, spawn-fcgi or lighttpd start it with a "
		    "socket, as root or as\n"
		    "somebody who can read its keys: scepd(8)\n");
	free(conf);
}

void
init_report_ca(struct buf *to, const struct init_order *order,
    const struct provider *provider, const struct certificate *ca)
{
	char *folder = absolute_folder(order);

	append_files(to, order, folder);
	append_certificate(to, "CA", ca);
	buf_append_string(to, "Its fingerprints, to be compared on devices:\n");
	append_fingerprints(to, provider, ca);
	buf_printf(to, "\nURL for devices: %s\n", order->url);
	if (order->url_is_guessed)
		buf_append_string(to,
		    "  (this machine's own name; use the one that devices "
		    "know)\n");
	buf_printf(to, "Challenge password: in %s/" INIT_CHALLENGE "\n\n",
	    folder);
	append_next_steps(to, order, folder);
	free(folder);
}

void
init_report_ra(struct buf *to, const struct init_order *order,
    const struct certificate *ra)
{
	char *folder = absolute_folder(order);

	buf_printf(to,
	    "Made in %s:\n"
	    "  " INIT_RA_CERTIFICATE "  the RA's certificate, which devices "
	    "encrypt to\n"
	    "  " INIT_RA_KEY "  its private key: secret\n\n",
	    folder);
	append_certificate(to, "RA", ra);
	buf_append_string(to,
	    "\nAdd this to the endpoint in scepd.conf, beside its \"ca\", and "
	    "run: scepd -t\n\n");
	init_conf_append_ra(to, folder);
	free(folder);
}
