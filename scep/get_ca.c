/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/get_ca.h"

#include "crypto/cms_certs.h"

#define MAX_CERTIFICATES 16

/* RA, if any, then the CA, then what is above it: the order that CertNanny and
 * most others want.  strongSwan takes no CA below the root without it (E12). */
static void
append_bundle(struct buf *to, const struct authority *authority)
{
	struct bytes certificates[MAX_CERTIFICATES];
	const struct certificate *const *chain;
	size_t count = 0, chain_count;

	chain = backend_chain(authority->backend, &chain_count);
	if (authority->ra.certificate != NULL)
		certificates[count++] =
		    buf_bytes(&authority->ra.certificate->der);
	certificates[count++] =
	    buf_bytes(&backend_certificate(authority->backend)->der);
	for (size_t i = 0; i < chain_count && count < MAX_CERTIFICATES; i++)
		certificates[count++] = buf_bytes(&chain[i]->der);
	cms_certs_append(to, certificates, count);
}

/* The Content-Type is what clients go by; they compare it octet by octet, so
 * nothing may be added to it (E1). */
void
get_ca_prepare(struct authority *authority)
{
	const struct certificate *ca = backend_certificate(authority->backend);

	append_bundle(&authority->ca_chain, authority);
	if (authority->ra.certificate != NULL) {
		append_bundle(&authority->ca_certificates, authority);
		authority->ca_certificates_type =
		    "application/x-x509-ca-ra-cert";
	} else {
		buf_append(&authority->ca_certificates, buf_bytes(&ca->der));
		authority->ca_certificates_type = "application/x-x509-ca-cert";
	}
}
