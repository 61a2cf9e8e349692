/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend_ca.h"

#include "base/xalloc.h"

/* Each certificate of the chain issued the one before it, the first the
 * CA's own: clients take the bundle as it stands. */
static enum err
check_chain(const struct backend_ca *ca, const char *path,
    struct problems *problems)
{
	const struct certificate *below = ca->ca.certificate;

	for (size_t i = 0; i < ca->chain_count; i++) {
		const struct certificate *above = ca->chain[i];

		if (!certificate_is_issued_by(ca->provider, below, above)) {
			problem_add(problems, PROBLEM_ERROR,
			    "%s: certificate "
			    "%zu did not issue the one below it; the order is "
			    "from the CA's issuer up to the root",
			    path, i + 1);
			return ERR_CONFIGURATION;
		}
		below = above;
	}
	return ERR_OK;
}

/* The chain is checked by names and signatures, and not for validity, which is
 * the clients' to judge. */
static enum err
load_chain(struct backend_ca *ca, const char *path, struct problems *problems)
{
	enum err err = certificates_load(path, ca->chain, BACKEND_MAX_CHAIN,
	    &ca->chain_count, problems);

	return err == ERR_OK ? check_chain(ca, path, problems) : err;
}

static enum err
load_crl(struct backend_ca *ca, const struct backend_ca_files *files,
    struct problems *problems)
{
	enum err err = backend_crl_read(files->crl, files->crl_life, &ca->crl,
	    problems);

	if (err != ERR_OK || ca->crl.kind != BACKEND_CRL_MADE)
		return err;
	if (files->no_crl != NULL)
		return conf_refuse(files->crl, NULL, problems, files->no_crl);
	if ((extensions_key_usage(ca->ca.certificate->extensions) &
		KEY_USAGE_CRL_SIGN) != 0)
		return ERR_OK;
	return conf_refuse(files->crl, NULL, problems,
	    "the CA certificate's keyUsage lacks cRLSign, so nobody would "
	    "accept the CRLs that scepd makes; leave \"crl\" out, or name a "
	    "\"file\" in it that others make");
}

/* In the order in which the findings make sense: a CA that is none need not be
 * checked for its dates. */
static enum err
load(const struct backend_ca_files *files, const struct crypto_setup *setup,
    struct backend_ca *ca, struct problems *problems)
{
	enum err err = credential_load(setup, &files->ca, &ca->ca, problems);

	if (err == ERR_OK)
		err = certificate_check_ca(ca->ca.certificate,
		    files->ca.certificate, problems);
	if (err == ERR_OK)
		err = certificate_check_validity(ca->ca.certificate,
		    "CA certificate", setup->now, problems);
	if (err == ERR_OK && files->chain != NULL)
		err = load_chain(ca, files->chain, problems);
	if (err == ERR_OK)
		err = load_crl(ca, files, problems);
	if (err == ERR_OK)
		err = certificate_key_id(ca->provider, ca->ca.certificate,
		    &ca->key_id);
	return err;
}

/* Whatever failed has left a line in `problems`; the error tells only that. */
enum err
backend_ca_load(const struct backend_ca_files *files,
    const struct crypto_setup *setup, struct backend_ca *ca,
    struct problems *problems)
{
	ca->provider = setup->provider;
	return load(files, setup, ca, problems) == ERR_OK ? ERR_OK :
							    ERR_CONFIGURATION;
}

enum err
backend_ca_find_certificate(const struct conf_section *section, char **path,
    struct problems *problems)
{
	static const struct conf_key key =
	    BACKEND_CERTIFICATE_KEY(struct backend_ca_files, ca.certificate);
	struct backend_ca_files files = { 0 };
	enum err err = conf_read_one(section, &key, &files, problems);

	if (err == ERR_OK)
		*path = xstrdup(files.ca.certificate);
	return err;
}

void
backend_ca_clear(struct backend_ca *ca)
{
	credential_clear(&ca->ca);
	for (size_t i = 0; i < ca->chain_count; i++)
		certificate_free(ca->chain[i]);
	buf_clear(&ca->key_id);
}

enum err
backend_ca_append_tbs(const struct backend_ca *ca,
    const struct certificate_order *order, struct buf *tbs)
{
	uint8_t serial[CERTIFICATE_SERIAL_SIZE];
	struct certificate_order whole = *order;
	struct buf key_id = { 0 };
	enum err err = certificate_new_key_id(ca->provider, order->spki,
	    &key_id);

	if (err == ERR_OK) {
		if (whole.serial.size == 0)
			whole.serial = certificate_new_serial(ca->provider,
			    serial);
		whole.issuer = ca->ca.certificate->subject;
		whole.subject_key_id = buf_bytes(&key_id);
		whole.authority_key_id = buf_bytes(&ca->key_id);
		certificate_limit_validity(&whole, ca->ca.certificate);
		certificate_append_tbs(tbs, &whole, key_scheme(ca->ca.key),
		    key_digest(ca->ca.key));
	}
	buf_clear(&key_id);
	return err;
}

enum err
backend_ca_check_now(const struct backend_ca *ca, int64_t now)
{
	return now >= ca->ca.certificate->not_before &&
		now <= ca->ca.certificate->not_after ?
	    ERR_OK :
	    ERR_CA_VALIDITY;
}

enum err
backend_ca_make_crl(const struct backend_ca *ca, const struct crl_order *order,
    struct buf *crl)
{
	struct crl_order completed = *order;
	struct buf tbs = { 0 };
	enum err err;

	completed.issuer = ca->ca.certificate->subject;
	completed.authority_key_id = buf_bytes(&ca->key_id);
	crl_append_tbs(&tbs, &completed, key_scheme(ca->ca.key),
	    key_digest(ca->ca.key));
	err = signed_object_append(crl, ca->ca.key, buf_bytes(&tbs));
	buf_clear(&tbs);
	return err;
}
