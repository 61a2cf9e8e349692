/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/issue.h"

#include "crypto/name.h"

#define DAY 86400

/* Devices without a battery, or set to local time for UTC, are hours late;
 * their first certificates are to be valid for them. */
#define BACKDATE DAY

/*
 * Microsoft's Certificate Request Agent (1.3.6.1.4.1.311.20.2.1) is what RA
 * certificates of its own SCEP server have, so clients of all makes have met
 * it.  Windows refuses an RA without any extended key usage; it takes this
 * one or serverAuth, and with serverAuth whoever stole the RA's key could
 * pose as a server, to all devices that trust the CA (802.1X has no names to
 * compare).  RFC 6402's id-kp-cmcRA would say it best; no client asks for it.
 */
static const uint8_t certificate_request_agent[] = { 0x06, 0x0a, 0x2b, 0x06,
	0x01, 0x04, 0x01, 0x82, 0x37, 0x14, 0x02, 0x01 };

#define KEY_USAGE_SERVES_SCEP \
	(KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT)
#define KEY_USAGE_ISSUES (KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN)

void
issued_clear(struct issued *issued)
{
	credential_clear(&issued->credential);
	buf_clear(&issued->key_pem);
}

/* From the widest to the narrowest, as names are built: C, O, CN. */
static enum err
append_subject(struct buf *to, const struct issue_order *order)
{
	struct name_part parts[3];
	size_t count = 0;

	if (order->country != NULL)
		parts[count++] = (struct name_part){ "C", order->country };
	if (order->organisation != NULL)
		parts[count++] = (struct name_part){ "O", order->organisation };
	parts[count++] = (struct name_part){ "CN", order->name };
	return name_append(to, parts, count);
}

/* The key is exported before key_of takes it over, behind which it can't be
 * had any more (key.h). */
static enum err
make_key(const struct provider *provider, const struct key_spec *spec,
    struct issued *issued)
{
	struct private_key *key = NULL;
	enum err err = provider_private_key_generate(provider, spec, &key);

	if (err != ERR_OK)
		return err;
	err = provider_private_key_export(provider, key, &issued->key_pem);
	if (err == ERR_OK)
		return key_of(provider, key, &issued->credential.key);
	provider_private_key_free(provider, key);
	return err;
}

/* Fills in what is the same for both kinds, signs, and reads the result. */
static enum err
complete(const struct provider *provider, struct certificate_order *order,
    const struct key *signer, struct issued *issued)
{
	uint8_t serial[CERTIFICATE_SERIAL_SIZE];
	struct buf key_id = { 0 }, tbs = { 0 }, der = { 0 };
	enum err err;

	order->serial = certificate_new_serial(provider, serial);
	order->spki = key_spki(issued->credential.key);
	err = certificate_new_key_id(provider, order->spki, &key_id);
	if (err != ERR_OK)
		return err;
	order->subject_key_id = buf_bytes(&key_id);
	certificate_append_tbs(&tbs, order, key_scheme(signer),
	    key_digest(signer));
	err = signed_object_append(&der, signer, buf_bytes(&tbs));
	if (err == ERR_OK)
		err = certificate_read(buf_bytes(&der),
		    &issued->credential.certificate);
	buf_clear(&key_id);
	buf_clear(&tbs);
	buf_clear(&der);
	return err;
}

/*
 * A CA that serves SCEP itself decrypts and signs answers, so its keyUsage
 * says that as well (E13); one with an RA only issues.  It has no path length,
 * so that it can have CAs below it later.
 */
enum err
issue_ca(const struct provider *provider, const struct issue_order *order,
    bool serves_scep, struct issued *issued)
{
	struct issued made = { 0 };
	struct buf subject = { 0 };
	struct certificate_order certificate = {
		.not_before = order->now - BACKDATE,
		.not_after = order->now + order->days * DAY,
		.ca = true,
		.key_usage = KEY_USAGE_ISSUES |
		    (serves_scep ? KEY_USAGE_SERVES_SCEP : 0),
	};
	enum err err = append_subject(&subject, order);

	if (err == ERR_OK)
		err = make_key(provider, order->key, &made);
	if (err == ERR_OK) {
		certificate.subject = certificate.issuer = buf_bytes(&subject);
		err = complete(provider, &certificate, made.credential.key,
		    &made);
	}
	buf_clear(&subject);
	if (err == ERR_OK)
		*issued = made;
	else
		issued_clear(&made);
	return err;
}

/* An RA that expires before its CA would stop enrolment on a day that nobody
 * has in mind: by default it does not. */
static void
limit_validity(const struct issue_order *order, const struct certificate *ca,
    struct certificate_order *certificate)
{
	certificate->not_before = order->now - BACKDATE;
	certificate->not_after = order->now + order->days * DAY;
	if (certificate->not_before < ca->not_before)
		certificate->not_before = ca->not_before;
	if (order->days == 0 || certificate->not_after > ca->not_after)
		certificate->not_after = ca->not_after;
}

/* No basicConstraints but CA:FALSE, and no keyUsage but what SCEP needs: an
 * RA's key that gets lost signs no certificates. */
enum err
issue_ra(const struct provider *provider, const struct issue_order *order,
    const struct credential *ca, struct issued *issued)
{
	struct issued made = { 0 };
	struct buf subject = { 0 }, ca_key_id = { 0 };
	struct certificate_order certificate = {
		.issuer = ca->certificate->subject,
		.key_usage = KEY_USAGE_SERVES_SCEP,
		.extended_key_usage = BYTES_ARRAY(certificate_request_agent),
	};
	enum err err = append_subject(&subject, order);

	limit_validity(order, ca->certificate, &certificate);
	if (err == ERR_OK)
		err = certificate_key_id(provider, ca->certificate, &ca_key_id);
	if (err == ERR_OK)
		err = make_key(provider, order->key, &made);
	if (err == ERR_OK) {
		certificate.subject = buf_bytes(&subject);
		certificate.authority_key_id = buf_bytes(&ca_key_id);
		err = complete(provider, &certificate, ca->key, &made);
	}
	buf_clear(&subject);
	buf_clear(&ca_key_id);
	if (err == ERR_OK)
		*issued = made;
	else
		issued_clear(&made);
	return err;
}
