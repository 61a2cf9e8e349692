/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_POLICY_TRIAL_H
#define SCEPD_TOOLS_POLICY_TRIAL_H

#include "scep/endpoint.h"
#include "scep/pki_message.h"

/*
 * What an endpoint would decide about a request, found out without a server
 * and without its state database.
 */

struct trial_order {
	const char *config;     /* the file */
	const char *endpoint;   /* its path */
	const char *file;       /* the request: a PKCS#10 in PEM or DER, or a
	                       * pkiMessage (RFC 8894 section 3.2) in DER */
	struct bytes challenge; /* instead of the request's own; or nothing */
	bool is_minted; /* it is taken for a one-time challenge password that is
	                 * good for any name, if the endpoint takes such ones */
	int64_t now;
};

/* All zeroes before; to be cleared by trial_clear in any case. */
struct trial {
	struct conf *conf;
	struct key_channels *channels;
	struct endpoint *endpoint;
	bool is_message; /* else it is the PKCS#10 alone, as if its own key had
	                  * signed a message with it */
	struct pki_header header;
	struct pki_request *request; /* NULL: there is none, */
	struct csr *csr;             /* or it could not be read */
	struct certificate alone;    /* with the key of the PKCS#10, which signs
	                           * where there is no message */
	bool is_renewal_req;
	bool is_issued;  /* whether the signer's certificate is of a CA of the
	                 * endpoint's */
	enum err reason; /* ERR_OK: it is not refused */
	struct verdict verdict;
	/* What would be certified, where it is not refused; if it is held, as if
	 * it were approved. */
	struct certificate_order order;
	struct verdict approved; /* what that views then, */
	struct buf held;         /* and this */
};

/*
 * Tries it.  Private keys are read only where they are needed: to open a
 * pkiMessage, and where the endpoint announces a next CA.  What the state
 * database would have been asked for is taken to be as well as it can be: no
 * key and no certificate is revoked, no other one of the same names is active,
 * and a certificate of the endpoint's CA is known.
 *
 * ERR_OK, and trial->reason says what the endpoint would have: also where the
 * request is malformed, or could not be opened, and then trial->request and
 * trial->csr may be NULL.  ERR_CONFIGURATION or ERR_FILE, with a line in
 * `problems`, where the configuration, the endpoint or the file can't be read,
 * or the pkiMessage asks for something else than a certificate.
 */
CHECKED enum err trial_run(const struct trial_order *order, struct trial *trial,
    struct problems *problems);

void trial_clear(struct trial *trial);

#endif
