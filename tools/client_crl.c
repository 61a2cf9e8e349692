/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_crl.h"

#include "crypto/der.h"
#include "crypto/name.h"

/*
 *     TBSCertList ::= SEQUENCE {
 *         version              INTEGER OPTIONAL,
 *         signature            AlgorithmIdentifier,
 *         issuer               Name,
 *         thisUpdate           Time,
 *         nextUpdate           Time OPTIONAL, ... }
 */
static enum err
read_list(struct bytes tbs, struct client_crl *crl)
{
	struct der outer = der_of(tbs), list;
	struct bytes ignored;
	enum err err = der_enter(&outer, DER_SEQUENCE, &list);

	if (err == ERR_OK && der_next_is(&list, DER_INTEGER))
		err = der_read_integer(&list, &ignored);
	if (err == ERR_OK)
		err = der_read_whole(&list, DER_SEQUENCE, &ignored);
	if (err == ERR_OK)
		err = der_read_whole(&list, DER_SEQUENCE, &crl->issuer);
	if (err == ERR_OK)
		err = der_read_time(&list, &crl->this_update);
	if (err == ERR_OK &&
	    (der_next_is(&list, DER_UTC_TIME) ||
		der_next_is(&list, DER_GENERALIZED_TIME)))
		err = der_read_time(&list, &crl->next_update);
	return err;
}

static bool
is_signed_by(const struct provider *provider,
    const struct signed_object *object, struct bytes issuer,
    const struct certificate *ca)
{
	return name_equal(issuer, ca->subject) &&
	    signed_object_verify(provider, object, ca->spki) == ERR_OK;
}

enum err
client_crl_read(const struct provider *provider, struct bytes der,
    const struct client_ca *ca, struct client_crl *crl)
{
	struct client_crl read = { 0 };
	struct signed_object object;
	enum err err = signed_object_read(der, &object);

	if (err == ERR_OK)
		err = read_list(object.signed_part, &read);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < ca->count; i++)
		if (ca->trusted[i] &&
		    is_signed_by(provider, &object, read.issuer,
			ca->certificates[i])) {
			*crl = read;
			return ERR_OK;
		}
	return ERR_CLIENT_TRUST;
}
