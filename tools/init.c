/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/init.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/pem.h"
#include "base/xalloc.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "tools/init_conf.h"
#include "tools/issue.h"
#include "tools/new_files.h"
#include "tools/secret_text.h"

/*
 * Everything is made in memory first, keys and certificates and texts, and
 * written at the end: so that what fails, fails before there is a file.  That
 * names are free is checked before the keys are made, since an RSA key takes
 * seconds on a small machine, and once more by the writing itself.
 */

#define PUBLIC_MODE 0644
#define SECRET_MODE 0600

/* 139 bits: 4 and 27 times 5. */
#define CHALLENGE_LENGTH 28

#define PASSPHRASE_LIMIT 1024
#define KEY_LIMIT (256 * 1024)

#define RA_SUFFIX " RA"
#define RA_NAME "SCEP RA"

/* As the CA's default (init_order.c); an RA has to decrypt, so it is RSA
 * whatever the CA's key is. */
static const struct key_spec ra_key = { .rsa = true, .bits = 3072 };

/* The files of a new CA; what fills them comes later. */
enum {
	FILE_CA_CERTIFICATE,
	FILE_CA_KEY,
	FILE_CHALLENGE,
	FILE_CONF,
	FILE_RA_CERTIFICATE, /* the last two only where there is an RA; their */
	FILE_RA_KEY,         /* names are kept free in any case */
	FILE_COUNT
};

static const struct new_file ca_files[FILE_COUNT] = {
	[FILE_CA_CERTIFICATE] = { .name = INIT_CA_CERTIFICATE,
	    .mode = PUBLIC_MODE },
	[FILE_CA_KEY] = { .name = INIT_CA_KEY, .mode = SECRET_MODE },
	[FILE_CHALLENGE] = { .name = INIT_CHALLENGE, .mode = SECRET_MODE },
	[FILE_CONF] = { .name = INIT_CONF, .mode = PUBLIC_MODE },
	[FILE_RA_CERTIFICATE] = { .name = INIT_RA_CERTIFICATE,
	    .mode = PUBLIC_MODE },
	[FILE_RA_KEY] = { .name = INIT_RA_KEY, .mode = SECRET_MODE },
};

#define RA_FILES (ca_files + FILE_RA_CERTIFICATE)
#define RA_FILE_COUNT 2

/* What the crypto library says is in the log already; this is what it means. */
static enum err
complain(struct problems *problems, const char *what, enum err err)
{
	if (err != ERR_OK)
		problem_add(problems, PROBLEM_ERROR, "%s: %s", what,
		    err_meaning(err));
	return err;
}

/*
 * The CA's name, cut where needed, and what tells the RA's from it.  The cut
 * is between characters: an octet that continues one (10xxxxxx in UTF-8) is
 * not counted and goes along.  A CA whose name is cut to just this gets an RA
 * with a name of its own.
 */
static char *
ra_name_of(const char *ca_name)
{
	size_t room = INIT_NAME_LENGTH - strlen(RA_SUFFIX), size = 0;
	char *name;

	while (ca_name[size] != '\0') {
		if (((unsigned char)ca_name[size] & 0xc0) != 0x80 &&
		    room-- == 0)
			break;
		size++;
	}
	name = xasprintf("%.*s%s", (int)size, ca_name, RA_SUFFIX);
	if (!bytes_equal_string(bytes_of_string(name), ca_name))
		return name;
	free(name);
	return xstrdup(RA_NAME);
}

static struct issue_order
issue_order_of(const struct init_order *order, int64_t now)
{
	return (struct issue_order){
		.name = order->name,
		.organisation = order->organisation,
		.country = order->country,
		.key = order->key,
		.now = now,
		.days = order->days,
	};
}

/* What there is to write of a key and its certificate; the contents of both
 * files are views into `issued` and `pem`. */
static void
fill_pair(struct new_file *files, const struct issued *issued, struct buf *pem)
{
	pem_append(pem, "CERTIFICATE",
	    buf_bytes(&issued->credential.certificate->der));
	files[0].contents = buf_bytes(pem);
	files[1].contents = buf_bytes(&issued->key_pem);
}

/* The RA of a new CA, with the CA's organisation and life: 0 days mean as long
 * as the CA (limit_validity in issue.c). */
static enum err
issue_own_ra(const struct init_order *order, const struct provider *provider,
    int64_t now, const struct issued *ca, struct issued *ra)
{
	struct issue_order ra_order = issue_order_of(order, now);
	char *name = ra_name_of(order->name);
	enum err err;

	ra_order.name = name;
	ra_order.key = &ra_key;
	ra_order.days = 0;
	err = issue_ra(provider, &ra_order, &ca->credential, ra);
	free(name);
	return err;
}

/* The challenge password ends in a line end, for editors and people; the
 * reader of the configuration takes that away. */
static enum err
write_ca(const struct init_order *order, const struct provider *provider,
    const struct issued *ca, const struct issued *ra, struct problems *problems)
{
	struct new_file files[FILE_COUNT];
	struct buf ca_pem = { 0 }, ra_pem = { 0 };
	struct buf challenge = { 0 }, conf = { 0 };
	enum err err;

	memcpy(files, ca_files, sizeof(files));
	fill_pair(&files[FILE_CA_CERTIFICATE], ca, &ca_pem);
	if (order->ra)
		fill_pair(&files[FILE_RA_CERTIFICATE], ra, &ra_pem);
	secret_text_append(&challenge, provider, CHALLENGE_LENGTH);
	buf_append_octet(&challenge, '\n');
	files[FILE_CHALLENGE].contents = buf_bytes(&challenge);
	init_conf_append(&conf, order);
	files[FILE_CONF].contents = buf_bytes(&conf);
	err = new_files_create(order->folder, files,
	    order->ra ? FILE_COUNT : FILE_COUNT - RA_FILE_COUNT, problems);
	buf_clear(&ca_pem);
	buf_clear(&ra_pem);
	buf_clear(&challenge);
	buf_clear(&conf);
	return err;
}

/* Hands over the certificate and ends the rest: the key's copy in memory is
 * wiped with the rest. */
static void
finish(struct issued *issued, enum err err, struct certificate **certificate)
{
	if (err == ERR_OK) {
		*certificate = issued->credential.certificate;
		issued->credential.certificate = NULL;
	}
	issued_clear(issued);
}

enum err
init_ca(const struct init_order *order, const struct provider *provider,
    int64_t now, struct certificate **certificate, struct problems *problems)
{
	struct issue_order ca_order = issue_order_of(order, now);
	struct issued ca = { 0 }, ra = { 0 };
	enum err err = new_files_check(order->folder, ca_files, FILE_COUNT,
	    problems);

	if (err != ERR_OK)
		return err;
	err = complain(problems, "the CA certificate",
	    issue_ca(provider, &ca_order, !order->ra, &ca));
	if (err == ERR_OK && order->ra)
		err = complain(problems, "the RA certificate",
		    issue_own_ra(order, provider, now, &ca, &ra));
	if (err == ERR_OK)
		err = write_ca(order, provider, &ca, &ra, problems);
	issued_clear(&ra);
	finish(&ca, err, certificate);
	return err;
}

/* The first line of the file, as openssl reads its own. */
static enum err
read_passphrase(const char *path, struct buf *passphrase,
    struct problems *problems)
{
	enum err err;

	if (path == NULL)
		return ERR_OK;
	err = file_read(path, FILE_SECRET, PASSPHRASE_LIMIT, passphrase,
	    problems);
	if (err == ERR_OK)
		buf_truncate(passphrase,
		    strcspn(buf_string(passphrase), "\r\n"));
	return err;
}

/* What to do about a key that could not be read, where it is encrypted: as
 * PKCS#8 or in OpenSSL's older form, the word stands in its PEM text. */
static void
explain_passphrase(const char *path, struct problems *problems)
{
	struct buf text = { 0 };

	if (file_read(path, FILE_SECRET, KEY_LIMIT, &text, problems) ==
		ERR_OK &&
	    strstr(buf_string(&text), "ENCRYPTED") != NULL)
		problem_add(problems, PROBLEM_ERROR,
		    "%s: is encrypted; put its passphrase into a file and name "
		    "that with --ca-passphrase-file",
		    path);
	buf_clear(&text);
}

/* The CA's files are read and never written: they may be in use. */
static enum err
load_ca(const struct init_order *order, const struct crypto_setup *setup,
    struct credential *ca, struct problems *problems)
{
	struct credential_files files = { order->ra_for, order->ca_key,
		{ NULL, 0 } };
	struct buf passphrase = { 0 };
	enum err err = read_passphrase(order->ca_passphrase_file, &passphrase,
	    problems);

	if (err == ERR_OK) {
		files.passphrase = buf_bytes(&passphrase);
		err = credential_load(setup, &files, ca, problems);
	}
	if (err == ERR_KEY_FILE && order->ca_passphrase_file == NULL)
		explain_passphrase(order->ca_key, problems);
	buf_clear(&passphrase);
	return err;
}

static enum err
refuse_ca(const struct init_order *order, struct problems *problems,
    const char *why)
{
	problem_add(problems, PROBLEM_ERROR, "%s: %s", order->ra_for, why);
	return ERR_CONFIGURATION;
}

/* What scepd and devices would refuse, later, of a CA or its RA. */
static enum err
check_ca(const struct init_order *order, const struct certificate *ca,
    int64_t now, struct problems *problems)
{
	if (certificate_check_ca(ca, order->ra_for, problems) != ERR_OK ||
	    certificate_check_validity(ca, "CA certificate", now, problems) !=
		ERR_OK)
		return ERR_CONFIGURATION;
	return ERR_OK;
}

/* The text of the CA's own attribute of that type; NULL where there is none
 * or it can't be used. */
static char *
find_text(const struct certificate *ca, struct bytes type)
{
	struct buf text = { 0 };
	char *found = NULL;

	if (name_find(ca->subject, type, &text) &&
	    init_name_is_usable(buf_string(&text)))
		found = xstrdup(buf_string(&text));
	buf_clear(&text);
	return found;
}

/* The name that was asked for, or one after the CA's. */
static char *
name_for_ra(const struct init_order *order, const struct certificate *ca)
{
	char *ca_name, *name;

	if (order->name != NULL)
		return xstrdup(order->name);
	ca_name = find_text(ca, OID_COMMON_NAME);
	name = ca_name != NULL ? ra_name_of(ca_name) : xstrdup(RA_NAME);
	free(ca_name);
	return name;
}

/* The RA's organisation is the CA's unless another is asked for; people look
 * at it to see whose RA it is. */
static enum err
issue_for_ca(const struct init_order *order, const struct provider *provider,
    int64_t now, const struct credential *ca, struct issued *ra)
{
	struct issue_order ra_order = issue_order_of(order, now);
	char *name = name_for_ra(order, ca->certificate);
	char *organisation = find_text(ca->certificate, OID_ORGANISATION);
	enum err err;

	ra_order.name = name;
	if (order->organisation == NULL)
		ra_order.organisation = organisation;
	err = issue_ra(provider, &ra_order, ca, ra);
	free(name);
	free(organisation);
	return err;
}

/* No configuration: the CA's is somebody else's file.  The report says what to
 * add to it. */
static enum err
write_ra(const struct init_order *order, const struct issued *ra,
    struct problems *problems)
{
	struct new_file files[RA_FILE_COUNT];
	struct buf pem = { 0 };
	enum err err;

	memcpy(files, RA_FILES, sizeof(files));
	fill_pair(files, ra, &pem);
	err = new_files_create(order->folder, files, RA_FILE_COUNT, problems);
	buf_clear(&pem);
	return err;
}

enum err
init_ra(const struct init_order *order, const struct provider *provider,
    int64_t now, struct certificate **certificate, struct problems *problems)
{
	struct crypto_setup setup = { .provider = provider, .now = now };
	struct credential ca = { 0 };
	struct issued ra = { 0 };
	enum err err = new_files_check(order->folder, RA_FILES, RA_FILE_COUNT,
	    problems);

	if (err == ERR_OK)
		err = load_ca(order, &setup, &ca, problems);
	if (err == ERR_OK)
		err = check_ca(order, ca.certificate, now, problems);
	if (err == ERR_OK)
		err = complain(problems, "the RA certificate",
		    issue_for_ca(order, provider, now, &ca, &ra));
	if (err == ERR_OK &&
	    name_equal(ra.credential.certificate->subject,
		ca.certificate->subject))
		err = refuse_ca(order, problems,
		    "the RA can't have the CA's own name; choose another with "
		    "--name");
	if (err == ERR_OK)
		err = write_ra(order, &ra, problems);
	credential_clear(&ca);
	finish(&ra, err, certificate);
	return err;
}
