/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_PROFILE_H
#define SCEPD_POLICY_PROFILE_H

#include "base/buf.h"
#include "conf/conf.h"
#include "crypto/certificate.h"
#include "crypto/csr.h"
#include "crypto/sign_guard.h"
#include "policy/names.h"
#include "policy/profile_extensions.h"
#include "policy/profile_rule.h"

/*
 * One section `profile` of an endpoint (profiles.h): what certificates look
 * like.
 *     profile = { name = "router"; days = 365; days_min = 7;
 *         backdate = "10m";
 *         key_usage = ("digitalSignature", "keyEncipherment");
 *         extended_key_usage = ("clientAuth"); san = ("dns", "email");
 *         subject = "keep"; crl_url = "http://..."; };
 */
struct profile {
	const struct conf_section *section; /* NULL: there is none */
	const char *name;                   /* or NULL; as it is written */
	struct profile_rule rule;           /* which requests it is for */
	int64_t days;
	int64_t days_min; /* devices may ask for so few; 0: they may not ask */
	int64_t backdate; /* seconds */
	unsigned key_usage;
	struct buf extended_key_usage; /* OIDs as DER, in a row */
	struct name_rules names;
	const char **crl_urls; /* NULL at the end */
	const char **ocsp_urls;
	const char **issuer_urls;
	struct buf more; /* further Extensions, as DER in a row */
};

/* Reads the section, or sets the defaults where it is NULL. To be cleared by
 * profile_clear, also after ERR_CONFIGURATION. */
CHECKED enum err profile_read(const struct conf_section *section,
    struct profile *profile, struct problems *problems);

void profile_clear(struct profile *profile);

/* The buffers that an order's views lie in. */
struct profile_buffers {
	struct chosen_names names;
	struct buf extended_key_usage;
	struct buf
	    detail; /* of a refusal: what exactly is wrong, for the log */
};

void profile_buffers_clear(struct profile_buffers *buffers);

/* A request as a profile sees it, whoever has asked. Views are borrowed. */
struct profile_request {
	struct bytes subject;    /* Name, whole */
	struct bytes spki;       /* SubjectPublicKeyInfo, whole */
	struct bytes extensions; /* those asked for; or nothing */
	struct bytes alt_names;  /* GeneralNames, whole; or nothing */
	bool names_are_settled;  /* they are taken as they are, whatever kinds
	                          * of them devices may choose */
	bool names_are_vouched;  /* a challenge is for these and no others */
	int days; /* of validity that are asked for; 0: it does not say */
};

/* What a PKCS#10 request asks for. */
struct profile_request profile_request_of(const struct csr *csr);

/*
 * Fills `order` with what the profile makes of the request at the time
 * `now`: subject, key, validity, usages, alternative names and URLs.  Names are
 * chosen as names.h says, and the days asked for count as far as they lie within
 * those of the profile.  Of the request's other extensions only purposes are
 * taken over, those that the profile has too; where that leaves none, it is all
 * of the profile's.  ERR_SAN, ERR_SUBJECT.
 */
CHECKED enum err profile_apply(const struct profile *profile,
    const struct profile_request *request, int64_t now,
    struct profile_buffers *buffers, struct certificate_order *order);

/*
 * Fills in what the profile lets a certificate be, for whoever signs without
 * believing the one that asks: the fields backdate, life, key_usage, alt_names,
 * purposes and more of `rule`; the rest is the CA's.  Views the profile.
 */
void profile_sign_rule(const struct profile *profile, struct sign_rule *rule);

#endif
