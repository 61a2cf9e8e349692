/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CREDENTIAL_H
#define SCEPD_CRYPTO_CREDENTIAL_H

#include "base/problems.h"
#include "crypto/certificate.h"

struct key_channels;

/* What opening credentials takes besides their files. */
struct crypto_setup {
	const struct provider *provider;
	/* Where private keys are asked of a key process; must outlive what is
	 * opened.  NULL: they are loaded into this process. */
	struct key_channels *channels;
	int64_t now;
};

/*
 * A certificate and its private key, from PEM files.  What is wrong with a
 * file is a line in `problems` that names it and the remedy.
 */
struct credential {
	struct certificate *certificate;
	struct key *key;
};

/* Where a credential lies. */
struct credential_files {
	const char *certificate;
	const char *key;         /* NULL: it is not at hand, and not loaded */
	struct bytes passphrase; /* of the key; nothing: it has none */
};

/*
 * Reads both and checks that they belong together.  With setup->channels the
 * certificate alone is read, and the file of its key never touched: whether
 * the key process has that key shows when it is used.  To be cleared by
 * credential_clear.  ERR_FILE, ERR_PEM, ERR_CERTIFICATE_MALFORMED,
 * ERR_KEY_FILE (also where the key is another certificate's).
 */
CHECKED enum err credential_load(const struct crypto_setup *setup,
    const struct credential_files *files, struct credential *credential,
    struct problems *problems);

void credential_clear(struct credential *credential);

/*
 * Reads the certificates of a PEM file, in their order: 1 to `limit` of them,
 * each the caller's, to certificate_free.  ERR_FILE, ERR_PEM,
 * ERR_CERTIFICATE_MALFORMED, with nothing left to free.
 */
CHECKED enum err certificates_load(const char *path,
    struct certificate **certificates, size_t limit, size_t *count,
    struct problems *problems);

/*
 * Whether the certificate, from the file at `path`, is a CA's that may sign
 * certificates; a line in `problems` says what it lacks.
 * ERR_CERTIFICATE_MALFORMED where it is none.
 */
CHECKED enum err certificate_check_ca(const struct certificate *certificate,
    const char *path, struct problems *problems);

/*
 * Adds a line where the certificate is not valid at the time `now` (an error)
 * or expires within 30 days (a warning).  `role` is what people call it:
 * "CA certificate".  ERR_CA_VALIDITY for the first.
 */
CHECKED enum err
certificate_check_validity(const struct certificate *certificate,
    const char *role, int64_t now, struct problems *problems);

#endif
