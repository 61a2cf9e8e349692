/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/init_order.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/der.h"
#include "crypto/text.h"
#include "tools/key_types.h"
#include "tools/secret_text.h"

/*
 * Each wish is checked by a function of its own, which notes what is wrong and
 * goes on, so that one run names everything.  The order is used only where
 * nothing was noted.
 */

#define DEFAULT_CA_DAYS 3650
#define MAXIMUM_DAYS 36500
#define DEFAULT_PATH "/scep"

/* Good beyond 2030 by everybody's book, and still known to all devices, which
 * EC is not. */
#define DEFAULT_KEY "rsa-3072"

static void
complain(struct problems *problems, const char *option, const char *value,
    const char *what)
{
	problem_add(problems, PROBLEM_ERROR, "--%s \"%s\": %s", option, value,
	    what);
}

/* By the reader that any certificate made of it will meet. */
static bool
is_utf8(const char *text)
{
	struct buf scratch = { 0 };
	bool valid = text_append_utf8(&scratch, DER_UTF8_STRING,
			 bytes_of_string(text)) == ERR_OK;

	buf_clear(&scratch);
	return valid;
}

/* What is wrong with a name, or NULL.  Names go to terminals, logs and the
 * screens of devices, so control characters are kept out of them. */
static const char *
name_fault(const char *text)
{
	if (text[0] == '\0')
		return "is empty";
	if (!is_utf8(text))
		return "is not UTF-8";
	if (text_has_control(bytes_of_string(text)))
		return "has a control character";
	if (text_count_characters(bytes_of_string(text)) > INIT_NAME_LENGTH)
		return "has more than 64 characters";
	return NULL;
}

bool
init_name_is_usable(const char *text)
{
	return name_fault(text) == NULL;
}

static void
check_name(const char *option, const char *text, struct problems *problems)
{
	const char *fault = text != NULL ? name_fault(text) : NULL;

	if (fault != NULL)
		problem_add(problems, PROBLEM_ERROR, "--%s %s", option, fault);
}

/*
 * Devices find the issuer of a certificate by its name, and two CAs of one
 * name confuse them; so names that nobody has thought about differ.
 */
static char *
default_name(const struct provider *provider)
{
	struct buf end = { 0 };
	char *name;

	secret_text_append(&end, provider, 4);
	name = xasprintf("Device CA %s", buf_string(&end));
	buf_clear(&end);
	return name;
}

static void
read_names(const struct init_wishes *wishes, const struct provider *provider,
    struct init_order *order, struct problems *problems)
{
	check_name("name", wishes->name, problems);
	check_name("organisation", wishes->organisation, problems);
	order->organisation = wishes->organisation;
	if (wishes->name != NULL || wishes->ra_for != NULL)
		order->name = xstrdup(wishes->name);
	else
		order->name = default_name(provider);
}

/* countryName is two letters of ISO 3166, in upper case by custom. */
static void
read_country(const char *country, struct init_order *order,
    struct problems *problems)
{
	if (country == NULL)
		return;
	if (strlen(country) != 2 || !isalpha((unsigned char)country[0]) ||
	    !isalpha((unsigned char)country[1])) {
		complain(problems, "country", country,
		    "is not two letters, like DE or US (ISO 3166)");
		return;
	}
	order->country = xasprintf("%c%c", toupper((unsigned char)country[0]),
	    toupper((unsigned char)country[1]));
}

/* EC is for CAs with an RA: without one, devices encrypt to the CA's key. */
static void
read_key(const struct init_wishes *wishes, struct init_order *order,
    struct problems *problems)
{
	const char *name = wishes->key != NULL ? wishes->key : DEFAULT_KEY;
	const struct key_spec *spec = key_type_find(name);

	order->key = spec != NULL ? spec : key_type_find(DEFAULT_KEY);
	if (spec == NULL)
		complain(problems, "key", name,
		    "is unknown; choose " KEY_TYPES_TEXT);
	else if (wishes->ra_for != NULL && !spec->rsa)
		complain(problems, "key", name,
		    "can't decrypt, and an RA has to; choose an rsa one");
}

/* strtoll alone would take "10x" and "". */
static void
read_days(const struct init_wishes *wishes, struct init_order *order,
    struct problems *problems)
{
	char *end;

	order->days = wishes->ra_for != NULL ? 0 : DEFAULT_CA_DAYS;
	if (wishes->days == NULL)
		return;
	errno = 0;
	order->days = strtoll(wishes->days, &end, 10);
	if (errno != 0 || *end != '\0' || order->days < 1 ||
	    order->days > MAXIMUM_DAYS)
		complain(problems, "days", wishes->days,
		    "is not a number from 1 to 36500");
}

/* The rules of the setting `path`, see scepd.conf(5), and besides none of the
 * characters that web servers and clients write in different ways. */
static const char *
path_fault(const char *path)
{
	size_t length = strlen(path);

	if (path[0] != '/')
		return "does not begin with \"/\"";
	if (length > 1 && path[length - 1] == '/')
		return "ends in \"/\"; leave that out";
	if (strstr(path, "//") != NULL)
		return "has \"//\" in it";
	for (; *path != '\0'; path++)
		if (!isalnum((unsigned char)*path) &&
		    strchr("/-._~!$&'()*+,;=:@", *path) == NULL)
			return "has a character that is not plain in a URL";
	return NULL;
}

/* Where the host of a URL begins; NULL where it is none of ours. */
static const char *
host_of(const char *url)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < COUNT(schemes); i++) {
		struct bytes start = bytes_of_string(url);
		size_t length = strlen(schemes[i]);

		if (start.size > length)
			start.size = length;
		if (bytes_equal_string(start, schemes[i]))
			return url + length;
	}
	return NULL;
}

/* Splits a URL into what stands before its path, and its path.  User names
 * and passwords have no place in it: devices would not send them. */
static bool
split_url(const char *url, size_t *before, struct problems *problems)
{
	const char *host = host_of(url);
	size_t length;

	if (host == NULL) {
		complain(problems, "url", url,
		    "does not begin with http:// or https://");
		return false;
	}
	length = strcspn(host, "/");
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)host[i]) &&
		    strchr("-._:[]", host[i]) == NULL)
			length = 0;
	if (length == 0) {
		complain(problems, "url", url,
		    "names no host, like http://scep.example.org/scep");
		return false;
	}
	*before = (size_t)(host - url) + length;
	return true;
}

/* The URL's own path is the endpoint's, unless it has none. */
static void
read_url(const struct init_wishes *wishes, struct init_order *order,
    struct problems *problems)
{
	const char *path = wishes->path != NULL ? wishes->path : DEFAULT_PATH;
	const char *own;
	size_t before;

	if (!split_url(wishes->url, &before, problems))
		return;
	own = wishes->url + before;
	if (*own != '\0' && path_fault(own) != NULL)
		complain(problems, "url", wishes->url, path_fault(own));
	else if (*own != '\0' && wishes->path != NULL &&
	    !bytes_equal_string(bytes_of_string(own), wishes->path))
		complain(problems, "url", wishes->url,
		    "has another path than --path; leave one of them out");
	order->url = xasprintf("%.*s%s", (int)before, wishes->url,
	    *own != '\0' ? own : path);
	order->path = order->url + before;
}

/* Most likely wrong from outside, so the report says that it is a guess. */
static void
guess_url(const struct init_wishes *wishes, struct init_order *order)
{
	char own[HOST_NAME_MAX + 1] = "";
	const char *path = wishes->path != NULL ? wishes->path : DEFAULT_PATH;
	const char *host = "localhost";

	if (gethostname(own, sizeof(own) - 1) == 0 && own[0] != '\0')
		host = own;
	order->url_is_guessed = true;
	order->url = xasprintf("http://%s%s", host, path);
	order->path = order->url + strlen(order->url) - strlen(path);
}

/* The path is checked by itself, as a URL may bring one of its own. */
static void
read_address(const struct init_wishes *wishes, struct init_order *order,
    struct problems *problems)
{
	if (wishes->path != NULL && path_fault(wishes->path) != NULL)
		complain(problems, "path", wishes->path,
		    path_fault(wishes->path));
	if (wishes->url != NULL)
		read_url(wishes, order, problems);
	else
		guess_url(wishes, order);
}

/* The file's own folder is where the setting is relative to, so it becomes
 * absolute. */
static char *
absolute(const char *path)
{
	char *folder, *made;

	if (path[0] == '/')
		return xstrdup(path);
	folder = getcwd(NULL, 0);
	made = xasprintf("%s/%s", folder != NULL ? folder : ".", path);
	free(folder);
	return made;
}

/* Checked here and not when scepd starts, by when the configuration would be
 * written already. */
static void
read_socket(const struct init_wishes *wishes, struct init_order *order,
    struct problems *problems)
{
	struct sockaddr_un address;

	order->group = wishes->group;
	if (wishes->group != NULL && wishes->socket == NULL)
		complain(problems, "group", wishes->group,
		    "is the socket's, so --socket is needed too");
	else if (wishes->group != NULL && getgrnam(wishes->group) == NULL)
		complain(problems, "group", wishes->group,
		    "there is no such group; name the one that the web server "
		    "runs as");
	if (wishes->socket == NULL)
		return;
	order->socket = absolute(wishes->socket);
	if (wishes->socket[0] == '\0' ||
	    text_has_control(bytes_of_string(order->socket)))
		complain(problems, "socket", wishes->socket,
		    "is not a file name");
	else if (strlen(order->socket) >= sizeof(address.sun_path))
		complain(problems, "socket", wishes->socket,
		    "is too long; a socket's path has at most 107 bytes");
}

/* Not looked up: they may be made later, or be those of another machine; as
 * may the folder of the state. */
static void
read_users(const struct init_wishes *wishes, struct init_order *order,
    struct problems *problems)
{
	order->user = wishes->user;
	order->key_user = wishes->key_user;
	order->state = wishes->state;
	if (wishes->user != NULL && wishes->user[0] == '\0')
		problem_add(problems, PROBLEM_ERROR, "--user is empty");
	if (wishes->key_user != NULL && wishes->key_user[0] == '\0')
		problem_add(problems, PROBLEM_ERROR, "--key-user is empty");
	if (wishes->state != NULL && wishes->state[0] == '\0')
		problem_add(problems, PROBLEM_ERROR, "--state is empty");
}

/* An option that belongs to one kind of order. */
struct exclusive {
	const char *option;
	bool given;
};

static void
refuse_given(const struct exclusive *options, size_t count, const char *why,
    struct problems *problems)
{
	for (size_t i = 0; i < count; i++)
		if (options[i].given)
			problem_add(problems, PROBLEM_ERROR, "--%s %s",
			    options[i].option, why);
}

/* What belongs to the other kind of order is an error and not ignored: whoever
 * gave it expected something. */
static void
check_together(const struct init_wishes *wishes, struct problems *problems)
{
	const struct exclusive of_new_ca[] = {
		{ "ra", wishes->ra },
		{ "path", wishes->path != NULL },
		{ "url", wishes->url != NULL },
		{ "socket", wishes->socket != NULL },
		{ "group", wishes->group != NULL },
		{ "user", wishes->user != NULL },
		{ "key-user", wishes->key_user != NULL },
		{ "state", wishes->state != NULL },
	};
	const struct exclusive of_ra[] = {
		{ "ca-key", wishes->ca_key != NULL },
		{ "ca-passphrase-file", wishes->ca_passphrase_file != NULL },
	};

	if (wishes->ra_for == NULL)
		refuse_given(of_ra, COUNT(of_ra),
		    "belongs to --ra-for, which is missing", problems);
	else
		refuse_given(of_new_ca, COUNT(of_new_ca),
		    "is of no use with --ra-for, which makes no configuration",
		    problems);
	if (wishes->ra_for != NULL && wishes->ca_key == NULL)
		problem_add(problems, PROBLEM_ERROR,
		    "--ra-for needs the CA's key, to sign the certificate: "
		    "--ca-key FILE");
}

/* The folder's name, without slashes at its end. */
static char *
read_folder(const char *folder, struct problems *problems)
{
	size_t length = strlen(folder);

	while (length > 1 && folder[length - 1] == '/')
		length--;
	if (length == 0)
		problem_add(problems, PROBLEM_ERROR,
		    "the folder has an empty name");
	return xasprintf("%.*s", (int)length, folder);
}

enum err
init_order_read(const struct init_wishes *wishes, const char *folder,
    const struct provider *provider, struct init_order *order,
    struct problems *problems)
{
	size_t before = problems_count(problems, PROBLEM_ERROR);
	struct init_order made = {
		.ra_for = wishes->ra_for,
		.ca_key = wishes->ca_key,
		.ca_passphrase_file = wishes->ca_passphrase_file,
	};

	made.folder = read_folder(folder, problems);
	check_together(wishes, problems);
	read_names(wishes, provider, &made, problems);
	read_country(wishes->country, &made, problems);
	read_key(wishes, &made, problems);
	read_days(wishes, &made, problems);
	made.ra = wishes->ra || !made.key->rsa;
	if (wishes->ra_for == NULL) {
		read_address(wishes, &made, problems);
		read_socket(wishes, &made, problems);
		read_users(wishes, &made, problems);
	}
	if (problems_count(problems, PROBLEM_ERROR) > before) {
		init_order_clear(&made);
		return ERR_CONFIGURATION;
	}
	*order = made;
	return ERR_OK;
}

void
init_order_clear(struct init_order *order)
{
	free(order->folder);
	free(order->name);
	free(order->country);
	free(order->url);
	free(order->socket);
	*order = (struct init_order){ 0 };
}
