/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/init_conf.h"

#include "conf/defaults.h"

/*
 * A configuration that somebody will read and change: with comments, with what
 * is most often changed written out, and with paths relative to the file, so
 * that the folder can be moved.
 */

/* A string as libconfig reads it back. */
static void
append_quoted(struct buf *to, const char *text)
{
	buf_append_octet(to, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_append_octet(to, '\\');
		buf_append_octet(to, (uint8_t)*text);
	}
	buf_append_octet(to, '"');
}

/* Values come from the command line, so they are quoted. */
static void
append_setting(struct buf *to, const char *indent, const char *name,
    const char *value)
{
	buf_printf(to, "%s%s = ", indent, name);
	append_quoted(to, value);
	buf_append_string(to, ";\n");
}

/* Without a path, the section is there as a comment, ready to be used. */
static void
append_socket(struct buf *to, const struct init_order *order)
{
	if (order->socket == NULL) {
		buf_append_string(to,
		    "# The socket comes from whoever starts scepd: systemd, "
		    "spawn-fcgi, lighttpd.\n"
		    "# To have scepd make one of its own:\n"
		    "# socket = {\n"
		    "#\tpath = \"/run/scepd/scepd.sock\";\n"
		    "#\tmode = \"0660\";\n"
		    "#\tgroup = \"www-data\";\n"
		    "# };\n");
		return;
	}
	buf_append_string(to,
	    "# Where the web server finds scepd; nobody else shall connect to "
	    "it.\n"
	    "socket = {\n");
	append_setting(to, "\t", "path", order->socket);
	append_setting(to, "\t", "mode", "0660");
	if (order->group != NULL)
		append_setting(to, "\t", "group", order->group);
	else
		buf_append_string(to,
		    "\t# group = \"www-data\";  # the web server's\n");
	buf_append_string(to, "};\n");
}

/* One that is not named is there as a comment, ready to be used. */
static void
append_choice(struct buf *to, const char *setting, const char *named,
    const char *usual)
{
	if (named != NULL)
		append_setting(to, "", setting, named);
	else
		append_setting(to, "# ", setting, usual);
}

static void
append_users(struct buf *to, const struct init_order *order)
{
	buf_append_string(to,
	    "\n# Whom scepd's processes run as where root starts it: those "
	    "that read what\n"
	    "# devices send, and those that hold the keys.  Both users have "
	    "to be there.\n");
	if (order->user == NULL)
		buf_append_string(to,
		    "#     " INIT_USERADD " " DEFAULT_USER "\n");
	if (order->key_user == NULL)
		buf_append_string(to,
		    "#     " INIT_USERADD " " DEFAULT_KEY_USER "\n");
	append_choice(to, "user", order->user, DEFAULT_USER);
	append_choice(to, "key_user", order->key_user, DEFAULT_KEY_USER);
}

static void
append_state(struct buf *to, const struct init_order *order)
{
	buf_append_string(to,
	    "\n# Where it is remembered what was asked for and what was "
	    "issued; the folder\n"
	    "# belongs to the first of these users.\n");
	append_choice(to, "state", order->state, DEFAULT_STATE);
}

static void
append_pair(struct buf *to, const char *certificate, const char *key)
{
	append_setting(to, "\t\t\t", "certificate", certificate);
	append_setting(to, "\t\t\t", "key", key);
}

/* A new CA has nobody else who makes its CRLs.  That certificates name its
 * place is left to whoever knows that it can be reached. */
static void
append_crl(struct buf *to, const struct init_order *order)
{
	struct buf path = { 0 };

	if (!bytes_equal_string(bytes_of_string(order->path), "/"))
		buf_append_string(&path, order->path);
	buf_append_string(&path, "/" INIT_CRL);
	buf_append_string(to,
	    "\n\t\t\t# The list of those that \"scepctl cert revoke\" has "
	    "revoked.\n"
	    "\t\t\tcrl = {\n");
	append_setting(to, "\t\t\t\t", "path", buf_string(&path));
	buf_append_string(to, "\t\t\t};\n");
	buf_clear(&path);
}

static void
append_profile(struct buf *to, const struct init_order *order)
{
	struct buf url = { 0 };

	buf_printf(&url, "%s%s" INIT_CRL, order->url,
	    bytes_equal_string(bytes_of_string(order->path), "/") ? "" : "/");
	buf_append_string(to,
	    "\n\t\t# What the certificates are like.\n"
	    "\t\tprofile = {\n"
	    "\t\t\tdays = 365;\n"
	    "\t\t\textended_key_usage = ( \"clientAuth\" );\n"
	    "\t\t\tsan = ( \"dns\", \"email\" );\n"
	    "\t\t\t# Where those who check them find that list.\n");
	append_setting(to, "\t\t\t# ", "crl_url", buf_string(&url));
	buf_append_string(to, "\t\t};\n");
	buf_clear(&url);
}

void
init_conf_append(struct buf *to, const struct init_order *order)
{
	buf_append_string(to,
	    "# The configuration of scepd, made by \"scepctl init\".  "
	    "scepd.conf(5) tells of\n"
	    "# every setting; after a change run: scepd -t\n\n");
	append_socket(to, order);
	append_users(to, order);
	append_state(to, order);
	buf_append_string(to,
	    "\n# Where the log goes: to scepd's standard error, or to "
	    "syslog.\n"
	    "# log = \"syslog\";\n");
	buf_append_string(to, "\nendpoints = (\n\t{\n");
	append_setting(to, "\t\t", "path", order->path);
	buf_append_string(to,
	    "\n\t\t# The CA, which signs the devices' certificates.\n"
	    "\t\tca = {\n"
	    "\t\t\tbackend = \"file\";\n");
	append_pair(to, INIT_CA_CERTIFICATE, INIT_CA_KEY);
	append_crl(to, order);
	buf_append_string(to, "\t\t};\n");
	if (order->ra) {
		buf_append_string(to,
		    "\n\t\t# What devices encrypt their requests to.\n"
		    "\t\tra = {\n");
		append_pair(to, INIT_RA_CERTIFICATE, INIT_RA_KEY);
		buf_append_string(to, "\t\t};\n");
	}
	buf_append_string(to,
	    "\n\t\t# Who gets a certificate: whoever knows the password.\n"
	    "\t\tenrol = {\n"
	    "\t\t\tchallenge = (\n"
	    "\t\t\t\t{\n"
	    "\t\t\t\t\ttype = \"static\";\n"
	    "\t\t\t\t\tsecret = { file = \"" INIT_CHALLENGE "\"; };\n"
	    "\t\t\t\t}\n"
	    "\t\t\t);\n"
	    "\t\t};\n");
	append_profile(to, order);
	buf_append_string(to,
	    "\t}\n"
	    ");\n");
}

/* Absolute paths here: the file that they go into lies elsewhere. */
void
init_conf_append_ra(struct buf *to, const char *folder)
{
	struct buf path = { 0 };

	buf_append_string(to, "\t\tra = {\n");
	buf_printf(&path, "%s/" INIT_RA_CERTIFICATE, folder);
	append_setting(to, "\t\t\t", "certificate", buf_string(&path));
	buf_truncate(&path, 0);
	buf_printf(&path, "%s/" INIT_RA_KEY, folder);
	append_setting(to, "\t\t\t", "key", buf_string(&path));
	buf_append_string(to, "\t\t};\n");
	buf_clear(&path);
}
