/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_POLICY_H
#define SCEPD_BACKENDS_OPENSSL_POLICY_H

#include "backends/openssl_settings.h"
#include "crypto/certificate.h"

/*
 * The policy section of an openssl.cnf: what "openssl ca" of OpenSSL 3.0 asks
 * of a request's subject, and what it makes of it.
 *
 * The subject is built anew in the order of the policy.  Of each attribute
 * there, all that the request has are taken, each as an RDN of its own; those
 * that the policy does not name are dropped.  "supplied" wants one at least;
 * with "match" each must be one of the CA's, in its octets and its type of
 * string.  With `preserve` the subject stays as it is, once that was asked.
 */
struct openssl_policy;

/*
 * Reads the section that settings->policy names.  The policy is the caller's,
 * to openssl_policy_free; it views `ca`, which must outlive it, and keeps
 * nothing of the others.  ERR_CONFIGURATION with a finding for each line that
 * names no attribute, says other than "match", "supplied" and "optional", or
 * wants a match with what the CA's name does not have; and for msie_hack.
 */
CHECKED enum err openssl_policy_read(const struct openssl_conf *conf,
    const struct openssl_settings *settings, const struct certificate *ca,
    struct openssl_policy **policy, struct problems *problems);

void openssl_policy_free(struct openssl_policy *policy);

/*
 * Appends the Name that the extensions are made with: it has its e-mail
 * addresses.  ERR_CA_POLICY: the subject is malformed, lacks an attribute, has
 * one that is none of the CA's, or text that its type of string can't have;
 * `detail` then says which, by the name that the policy has for it.
 */
CHECKED enum err openssl_policy_apply(const struct openssl_policy *policy,
    struct bytes subject, struct buf *name, struct buf *detail);

/* Appends the Name that the certificate has: without e-mail addresses where
 * email_in_dn = no or `moved` (openssl_extensions_move_email) say so. */
void openssl_policy_finish(const struct openssl_policy *policy,
    struct bytes name, bool moved, struct buf *subject);

/* Appends the e-mail addresses of a Name, each as a GeneralName.
 * ERR_CERTIFICATE_MALFORMED. */
CHECKED enum err openssl_name_append_emails(struct buf *to, struct bytes name);

#endif
