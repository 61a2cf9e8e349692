/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_PKI_OPERATION_H
#define SCEPD_SCEP_PKI_OPERATION_H

#include "scep/endpoint.h"
#include "scep/exchange.h"
#include "scep/journal.h"
#include "scep/pki_message.h"
#include "store/store.h"

/*
 * PKIOperation (RFC 8894 section 4.3): one pkiMessage in, one CertRep out.
 */

/* What a device is told where somebody has said that; all zeroes: it is told
 * what err_list.h has of the reason. */
struct rejection {
	bool is_said;
	enum fail_info fail_info;
	struct bytes text; /* views the transaction; or nothing */
};

/* A pkiMessage being worked on: what each step leaves for the next. */
struct pki_operation {
	const struct endpoint *endpoint;
	int64_t now;
	const struct authority *authority; /* who issues and answers */
	struct pki_header header;
	struct pki_request *request;
	struct csr *csr;                /* parse: PKCSReq and RenewalReq */
	struct transaction transaction; /* authorise: what was found */
	struct verdict verdict;         /* authorise: of a new one, */
	struct certificate_id renews;   /* and the certificate that it renews,
	                                 * or nothing */
	bool is_same;                   /* authorise: that one is about this
	                                 * very request */
	struct bytes wanted;            /* parse: GetCert */
	struct stored_crl crl;          /* authorise: GetCRL */
	int64_t retry_after;            /* authorise: seconds, where it is
	                                 * refused for so long, or 0 */
	bool pending;                   /* handle: it takes longer */
	struct rejection rejection;     /* handle: what was rejected */
	struct buf certificate;         /* handle: what was issued */
	int64_t answer_by_us; /* handle: until then others are waited for, by
	                       * clock_monotonic_us; 0: nobody is yet */
	struct journal *journal;
	/* Authorise: what is remembered of the password. */
	struct stored_challenge challenge;
};

/*
 * One message type that is served: the one place that dispatches.  Its three
 * steps run in this order, each only after the one before it succeeded, and a
 * row must name all three.
 */
struct pki_operation_row {
	enum message_type type;
	const char *capability; /* the GetCACaps word that announces it */
	enum err (*parse)(struct pki_operation *operation);
	enum err (*authorise)(struct pki_operation *operation);
	enum err (*handle)(struct pki_operation *operation);
};

/* A row whose step is missing does not compile. */
#define PKI_OPERATION_ROW(type, capability, parse, authorise, handle) \
	{ \
		type, capability, &parse, &authorise, &handle \
	}

/* All that are served; a row without steps ends the table. */
extern const struct pki_operation_row pki_operation_rows[];

/*
 * Answers a pkiMessage (the decoded octets): a CertRep, signed, also for every
 * refusal whose message could be read so far as to its transactionID, else an
 * HTTP error.
 */
void pki_operation_serve(const struct endpoint *endpoint, struct bytes message,
    struct scep_exchange *exchange, struct journal *journal);

#endif
