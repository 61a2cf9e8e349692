/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_BACKEND_H
#define SCEPD_BACKENDS_BACKEND_H

#include "conf/conf.h"
#include "crypto/crl.h"
#include "policy/authorisation.h"
#include "store/store.h"

/*
 * The CA behind an endpoint: what turns an authorisation into a certificate.
 * The setting `backend` of the section `ca` picks one of the implementations
 * that backend.c lists.  May be used from several threads at once.
 */
struct backend;
struct crypto_setup;

/*
 * Opens the CA that the section `ca` describes, and checks it: files can be
 * read, the key belongs to the certificate, which may sign certificates and
 * is valid at the time setup->now.  The result is the caller's, to
 * backend_close.  ERR_CONFIGURATION with lines in `problems`.
 */
CHECKED enum err backend_open(const struct conf_section *section,
    const struct crypto_setup *setup, struct backend **backend,
    struct problems *problems);

void backend_close(struct backend *backend);

/*
 * Finds the file of the CA's certificate without opening the CA: whatever else
 * is wrong with it does not matter.  *path is the caller's.  ERR_CONFIGURATION,
 * with a line in `problems`.
 */
CHECKED enum err backend_find_certificate(const struct conf_section *section,
    char **path, struct problems *problems);

/* The CA's certificate; lives as long as the backend. */
const struct certificate *backend_certificate(const struct backend *backend);

/* The certificates above the CA's, nearest first; *count may be 0. */
const struct certificate *const *backend_chain(const struct backend *backend,
    size_t *count);

/* The CA's key where it can serve SCEP itself; NULL: the endpoint needs an
 * RA. */
const struct key *backend_key(const struct backend *backend);

/*
 * Whether this CA counts its serial numbers, so that one is to be reserved for
 * each certificate before it is prepared; by a process that may open files.
 */
bool backend_counts_serials(const struct backend *backend);

/*
 * Reserves a serial number that nobody else gets, and appends its octets.  What
 * is not used is a gap.  ERR_INDEX_LOCKED: ask again in a moment.  ERR_INDEX,
 * ERR_INDEX_DAMAGED, ERR_STORE, as openssl_books_reserve.
 */
CHECKED enum err backend_reserve_serial(const struct backend *backend,
    struct store *store, struct buf *serial);

/* What is to be signed. */
struct backend_prepared {
	struct buf serial; /* the one that was reserved for it; nothing: a
	                    * random one */
	struct buf tbs;    /* the TBSCertificate */
	struct buf detail; /* for the log, where it is refused */
};

/*
 * Makes what is to be signed of what was authorised, at the time `now`: a
 * TBSCertificate that ends no later than the CA's.  ERR_CA_VALIDITY where the
 * CA is not valid now; ERR_CA_POLICY, and what there is against it in
 * prepared->detail, where the CA's own rules do not allow it.
 */
CHECKED enum err backend_prepare(const struct backend *backend,
    const struct authorisation *authorisation, int64_t now,
    struct backend_prepared *prepared);

/*
 * Signs what backend_prepare has made, now or in a process before this one,
 * and appends the certificate's DER: that of the same certificate, however
 * often it is done.  ERR_SIGN.
 */
CHECKED enum err backend_sign(const struct backend *backend, struct bytes tbs,
    struct buf *certificate);

/* What a CA does with the request that a device has sent. */
enum backend_requests {
	BACKEND_REQUESTS_NONE,  /* it does not get it */
	BACKEND_REQUESTS_READ,  /* it makes the certificate of it itself, by
	                        * backend_issue or its hook; nothing is prepared
	                        * or signed here */
	BACKEND_REQUESTS_NAMES, /* and the names that are asked for count */
	BACKEND_REQUESTS_COPIED /* and all extensions asked for are copied */
};

enum backend_requests backend_requests(const struct backend *backend);

/* A request that is submitted to such a CA. Views. */
struct backend_request {
	int64_t number;      /* the transaction's, for ever */
	struct bytes csr;    /* DER, as the device has signed it */
	struct bytes cookie; /* what the CA has called it; or nothing */
	int64_t tried_at;    /* when it was asked before; 0: never */
};

/* What has come of it; all zeroes before. */
struct backend_answer {
	struct buf certificate; /* DER */
	struct buf reason;      /* why it is refused; UTF-8 */
};

void backend_answer_clear(struct backend_answer *answer);

/* The program that is asked for its certificates; NULL: it is backend_issue
 * that has them made. Lives as long as the backend. */
struct hook;
const struct hook *backend_hook(const struct backend *backend);

/*
 * Checks what such a CA has made for a request: it is the CA's, for the
 * request's key, valid after `now`, and none of a CA.  ERR_CA_ANSWER, with a
 * line in the log.
 */
struct csr;
CHECKED enum err backend_check_made(const struct backend *backend,
    int64_t number, const struct csr *csr, int64_t now, struct bytes der);

/*
 * Has such a CA make a certificate of a request, in a process that may open
 * files and run programs; once, however often it is asked for one of this
 * number.  The certificate is the CA's, for the request's key, valid after
 * `now`, and none of a CA.
 *
 * ERR_CA_POLICY: it refuses, for answer->reason.  ERR_INDEX_LOCKED: ask again
 * in a moment.  ERR_CA_COMMAND, ERR_CA_ANSWER, ERR_INDEX, ERR_INDEX_DAMAGED,
 * ERR_STORE: the administrator has to do something, which the log says; ask
 * again later.
 */
CHECKED enum err backend_issue(const struct backend *backend,
    struct store *store, const struct backend_request *request, int64_t now,
    struct backend_answer *answer);

/* Whether this CA says itself, rather than the endpoint's profile, what its
 * certificates have in them; then backend_open has seen to it that a guard lets
 * them through. */
bool backend_has_sign_rule(const struct backend *backend);

/* Sets in the rule what this CA has to say of it; all else stays as it is. The
 * rule may view the backend. */
struct sign_rule;
void backend_sign_rule(const struct backend *backend, struct sign_rule *rule);

/*
 * Whether the CA keeps books of its own, which a certificate is entered into
 * before anybody gets it.  That is done by a process that may open files.
 */
bool backend_has_books(const struct backend *backend);

/* What is to be entered. Views. */
struct backend_entry {
	struct bytes certificate; /* DER, as backend_sign has made it */
	struct bytes replaces; /* the serial number of the one of this CA whose
	                        * place it takes; or nothing */
	int64_t now;
};

/*
 * Enters a certificate; once, however often it is asked for, and appends the
 * one that is entered, which is to be given away.
 * ERR_GUARD_ISSUER where this CA has not made it; else as openssl_books_enter.
 */
CHECKED enum err backend_enter(const struct backend *backend,
    struct store *store, const struct backend_entry *entry,
    struct buf *entered);

/* Whether this process can do that: ERR_INDEX, with the remedy in `problems`,
 * where it can't.  Nothing to do for a CA without books. */
CHECKED enum err backend_check_access(const struct backend *backend,
    struct problems *problems);

/* Has books and store learn from each other what others have changed.  Nothing
 * to do for a CA without books.  What goes wrong is an alarm in the store, or
 * ERR_STORE; as openssl_books_update. */
CHECKED enum err backend_update_books(const struct backend *backend,
    struct store *store, int64_t now);

/*
 * Checks whether devices can renew at this CA; `revokes`: and the old
 * certificate is revoked by that (policy/renewal.h).  Where names are to be
 * unique there, that is what makes way for the new one.  What was found when
 * the configuration was checked; processes that read no files find nothing.
 * ERR_CONFIGURATION with a line in `problems`.
 */
CHECKED enum err backend_check_renewal(const struct backend *backend,
    bool revokes, struct problems *problems);

/* Where a CA's CRLs come from. */
enum backend_crl_kind {
	BACKEND_CRL_NONE, /* scepd has nothing to do with them */
	BACKEND_CRL_MADE, /* scepd makes them */
	BACKEND_CRL_READ  /* others do, and put them into a file */
};

/* The section `crl` of the CA. Views of the configuration. */
struct backend_crl {
	enum backend_crl_kind kind;
	int64_t life;     /* made: seconds from thisUpdate to nextUpdate */
	const char *file; /* read: in PEM or DER */
	const char *path; /* of the URL that it is served at; NULL: none */
};

/* Lives as long as the backend and its configuration do. */
const struct backend_crl *backend_crl(const struct backend *backend);

/*
 * Takes the number of a CRL that is about to be made, which nobody else gets
 * then: from where the CA has those of its CRLs, in a process that may open
 * files, or else the time `now`.  It is larger than `last`, that of the last
 * one.  ERR_INDEX_LOCKED, ERR_INDEX, ERR_INDEX_DAMAGED, as
 * openssl_crl_number_take.
 */
CHECKED enum err backend_take_crl_number(const struct backend *backend,
    int64_t last, int64_t now, int64_t *number);

/*
 * Makes the CRL that `order` says, all but its issuer and key identifier,
 * which are the CA's to say, and appends its DER.  For a CA whose CRLs are
 * made here.  ERR_SIGN.
 */
CHECKED enum err backend_make_crl(const struct backend *backend,
    const struct crl_order *order, struct buf *crl);

#endif
