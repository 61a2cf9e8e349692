/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/file.h"
#include "base/pem.h"
#include "crypto/der.h"
#include "policy/duplicates.h"
#include "tools/cert.h"

/* All that a CA has ever issued may be in one file. */
#define FILE_LIMIT (256 * 1024 * 1024)

static enum err
complain(const char *path, const char *cause, struct problems *problems)
{
	problem_add(problems, PROBLEM_ERROR, "%s: %s", path, cause);
	return ERR_FILE;
}

static bool
has_block(struct bytes text)
{
	const struct bytes mark = BYTES_LITERAL("-----BEGIN CERTIFICATE-----");

	return text.size > 0 &&
	    memmem(text.data, text.size, mark.data, mark.size) != NULL;
}

static enum err
read_pem(const char *path, struct bytes text,
    enum err (*each)(void *context, struct bytes der), void *context,
    struct problems *problems)
{
	struct buf der = { 0 };
	bool any = false;
	enum err err = ERR_OK;

	while (err == ERR_OK &&
	    pem_next(&text, "CERTIFICATE", &der) == ERR_OK) {
		any = true;
		err = each(context, buf_bytes(&der));
		buf_clear(&der);
	}
	if (err == ERR_OK && has_block(text))
		err = complain(path,
		    "holds a damaged certificate; what is behind it was not "
		    "looked at",
		    problems);
	else if (err == ERR_OK && !any)
		err = complain(path, "holds no certificate", problems);
	return err;
}

enum err
foreign_certificates_read(const char *path,
    enum err (*each)(void *context, struct bytes der), void *context,
    struct problems *problems)
{
	struct buf contents = { 0 };
	enum err err = file_read(path, FILE_PUBLIC, FILE_LIMIT, &contents,
	    problems);

	if (err == ERR_OK && contents.size > 0 &&
	    contents.data[0] == DER_SEQUENCE)
		err = each(context, buf_bytes(&contents));
	else if (err == ERR_OK)
		err = read_pem(path, buf_bytes(&contents), each, context,
		    problems);
	buf_clear(&contents);
	return err;
}

void
foreign_certificate_clear(struct foreign_certificate *foreign)
{
	certificate_free(foreign->certificate);
	*foreign = (struct foreign_certificate){ 0 };
}

const char *
foreign_certificate_read(const struct known_cas *cas, struct bytes der,
    struct foreign_certificate *foreign)
{
	*foreign = (struct foreign_certificate){ 0 };
	if (certificate_read(der, &foreign->certificate) != ERR_OK)
		return "it is malformed";
	foreign->authority = known_cas_issuer(cas, foreign->certificate);
	if (foreign->authority == NULL)
		return "none of the CAs has issued it";
	if (bytes_equal(foreign->certificate->spki,
		foreign->authority->certificates[0]->spki))
		return "it is the CA's own";
	return NULL;
}

enum err
foreign_certificate_add(struct store *store, const struct known_cas *cas,
    const struct foreign_certificate *foreign)
{
	const struct certificate *certificate = foreign->certificate;
	uint8_t key[STORE_HASH_SIZE], identity[STORE_HASH_SIZE];
	const struct certificate_record record = {
		.authority = BYTES_ARRAY(foreign->authority->id),
		.serial = serial_number(certificate->serial),
		.subject = certificate->subject,
		.key = BYTES_ARRAY(key),
		.identity = BYTES_ARRAY(identity),
		.not_before = certificate->not_before,
		.not_after = certificate->not_after,
	};

	provider_digest(cas->provider, DIGEST_SHA256, &certificate->spki, 1,
	    key);
	duplicates_identity_of(cas->provider, certificate, identity);
	return store_certificate_add(store, &record,
	    buf_bytes(&certificate->der));
}
