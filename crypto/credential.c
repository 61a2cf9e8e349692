/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/credential.h"

#include <string.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/file.h"
#include "base/pem.h"
#include "crypto/key_isolated.h"
#include "crypto/name.h"

/* A bundle of certificates, a large key: more is some other file. */
#define FILE_LIMIT (256 * 1024)
#define WARN_SECONDS (30 * 86400)

/*
 * Every line names the file and, where there is one, the command that helps:
 * these are read by somebody who has just set up a CA, and for whom "ASN.1
 * error" is no answer.
 */

static enum err
complain(struct problems *problems, const char *path, const char *what,
    enum err err)
{
	problem_add(problems, PROBLEM_ERROR, "%s: %s", path, what);
	return err;
}

/* Whether a certificate begins in `text`: pem_next stops at a damaged one as
 * it does where there is none. */
static bool
has_block(struct bytes text)
{
	struct bytes mark = BYTES_LITERAL("-----BEGIN CERTIFICATE-----");

	return text.size > 0 &&
	    memmem(text.data, text.size, mark.data, mark.size) != NULL;
}

/* All blocks of the file.  A damaged one is an error even behind good ones: a
 * chain that lost a certificate would only show on devices. */
static enum err
read_certificates(const char *path, struct bytes text,
    struct certificate **certificates, size_t limit, size_t *count,
    struct problems *problems)
{
	struct buf der = { 0 };
	enum err err = ERR_OK;

	while (err == ERR_OK &&
	    pem_next(&text, "CERTIFICATE", &der) == ERR_OK) {
		if (*count == limit)
			err = complain(problems, path,
			    "holds more certificates than expected here",
			    ERR_PEM);
		else if (certificate_read(buf_bytes(&der),
			     &certificates[*count]) != ERR_OK)
			err = complain(problems, path,
			    "holds a malformed certificate",
			    ERR_CERTIFICATE_MALFORMED);
		else
			++*count;
		buf_clear(&der);
	}
	if (err == ERR_OK && has_block(text))
		err = complain(problems, path, "holds a damaged certificate",
		    ERR_PEM);
	if (err == ERR_OK && *count == 0)
		err = complain(problems, path,
		    "holds no certificate in PEM "
		    "form; convert it with: openssl x509 -inform DER",
		    ERR_PEM);
	return err;
}

/* The array has what was read before a failure, and is emptied here. */
enum err
certificates_load(const char *path, struct certificate **certificates,
    size_t limit, size_t *count, struct problems *problems)
{
	struct buf text = { 0 };
	size_t found = 0;
	enum err err = file_read(path, FILE_PUBLIC, FILE_LIMIT, &text,
	    problems);

	if (err == ERR_OK)
		err = read_certificates(path, buf_bytes(&text), certificates,
		    limit, &found, problems);
	buf_clear(&text);
	if (err == ERR_OK)
		*count = found;
	while (err != ERR_OK && found > 0) {
		certificate_free(certificates[--found]);
		certificates[found] = NULL;
	}
	return err;
}

/* The passphrase is not told to be wrong or missing by the library's own
 * error, which differs with the form of the key; what was set decides. */
static enum err
load_key(const struct provider *provider, const struct credential_files *files,
    struct key **key, struct problems *problems)
{
	struct buf text = { 0 };
	enum err err = file_read(files->key, FILE_KEY, FILE_LIMIT, &text,
	    problems);

	if (err != ERR_OK)
		return err;
	err = key_load(provider, buf_bytes(&text), files->passphrase, key);
	buf_clear(&text);
	if (err != ERR_OK)
		complain(problems, files->key,
		    files->passphrase.size == 0 ?
			"holds no private key in PEM form, or one that needs "
			"the setting passphrase" :
			"holds no private key in PEM form, or one with another "
			"passphrase",
		    err);
	return err;
}

/*
 * The certificate of a file that may hold its chain as well: the first one.
 */
static enum err
load_certificate(const char *path, struct certificate **certificate,
    struct problems *problems)
{
	struct certificate *all[8] = { 0 };
	size_t count = 0;
	enum err err = certificates_load(path, all, COUNT(all), &count,
	    problems);

	if (err != ERR_OK)
		return err;
	*certificate = all[0];
	while (count-- > 1)
		certificate_free(all[count]);
	return ERR_OK;
}

/*
 * Both files are read even where one fails, so that one start names both.  The
 * public halves must be the same octets: a key of another certificate would
 * sign answers that every device refuses.
 */
static enum err
load_both(const struct crypto_setup *setup,
    const struct credential_files *files, struct credential *loaded,
    struct problems *problems)
{
	enum err certificate_err = load_certificate(files->certificate,
	    &loaded->certificate, problems);
	enum err key_err = load_key(setup->provider, files, &loaded->key,
	    problems);

	if (certificate_err != ERR_OK)
		return certificate_err;
	if (key_err != ERR_OK ||
	    bytes_equal(loaded->certificate->spki, key_spki(loaded->key)))
		return key_err;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: is not the private key of the certificate in %s", files->key,
	    files->certificate);
	return ERR_KEY_FILE;
}

/* The certificate says which key to ask for. */
static enum err
load_isolated(const struct crypto_setup *setup,
    const struct credential_files *files, struct credential *loaded,
    struct problems *problems)
{
	enum err err = load_certificate(files->certificate,
	    &loaded->certificate, problems);

	if (err != ERR_OK)
		return err;
	err = key_isolated_new(setup->channels, setup->provider,
	    loaded->certificate->spki, &loaded->key);
	if (err != ERR_OK)
		complain(problems, files->certificate,
		    "is for a key of a type or size that is never accepted",
		    err);
	return err;
}

enum err
credential_load(const struct crypto_setup *setup,
    const struct credential_files *files, struct credential *credential,
    struct problems *problems)
{
	struct credential loaded = { 0 };
	enum err err;

	if (files->key == NULL)
		err = load_certificate(files->certificate, &loaded.certificate,
		    problems);
	else if (setup->channels == NULL)
		err = load_both(setup, files, &loaded, problems);
	else
		err = load_isolated(setup, files, &loaded, problems);
	if (err == ERR_OK)
		*credential = loaded;
	else
		credential_clear(&loaded);
	return err;
}

void
credential_clear(struct credential *credential)
{
	certificate_free(credential->certificate);
	key_free(credential->key);
	*credential = (struct credential){ 0 };
}

/* RFC 5280 section 4.2.1.9 and 4.2.1.3: without these two, devices and servers
 * refuse whatever the CA has issued, and do so later than here. */
enum err
certificate_check_ca(const struct certificate *certificate, const char *path,
    struct problems *problems)
{
	struct bytes extensions = certificate->extensions;

	if (!extensions_is_ca(extensions))
		return complain(problems, path,
		    "is no CA certificate "
		    "(basicConstraints does not say CA:TRUE)",
		    ERR_CERTIFICATE_MALFORMED);
	if ((extensions_key_usage(extensions) & KEY_USAGE_CERT_SIGN) == 0)
		return complain(problems, path,
		    "may not sign certificates "
		    "(its keyUsage lacks keyCertSign)",
		    ERR_CERTIFICATE_MALFORMED);
	return ERR_OK;
}

static void
append_date(struct buf *to, int64_t seconds)
{
	struct clock_date date = clock_date_of(seconds);

	buf_printf(to, "%04d-%02d-%02d", date.year, date.month, date.day);
}

/* The last month is announced, since devices in the field need time to learn
 * of a new CA. */
enum err
certificate_check_validity(const struct certificate *certificate,
    const char *role, int64_t now, struct problems *problems)
{
	struct buf line = { 0 };
	bool early = now < certificate->not_before;
	bool late = now > certificate->not_after;
	bool soon = !late && now > certificate->not_after - WARN_SECONDS;

	buf_printf(&line, "the %s \"", role);
	name_append_text(&line, certificate->subject);
	buf_printf(&line, "\" %s ",
	    early    ? "is not valid before" :
		late ? "expired on" :
		       "expires on");
	append_date(&line,
	    early ? certificate->not_before : certificate->not_after);
	if (early || late || soon)
		problem_add(problems,
		    soon && !early ? PROBLEM_WARNING : PROBLEM_ERROR, "%s",
		    buf_string(&line));
	buf_clear(&line);
	return early || late ? ERR_CA_VALIDITY : ERR_OK;
}
