/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_RENEWAL_H
#define SCEPD_POLICY_RENEWAL_H

#include "conf/conf.h"
#include "crypto/certificate.h"
#include "crypto/csr.h"
#include "policy/profiles.h"

/*
 * The section `renew` of an endpoint: when the certificate that a request is
 * signed with is enough to get another.
 *     renew = { window = "30d"; grace = "0d"; names = "same";
 *         same_key = false; challenge = false; unknown = "accept";
 *         revoke = false; approval = "automatic"; from = (); };
 *     renew = { approval = "hook"; hook = { command = ( "/..." ); }; };
 * Whether a request is a renewal is decided by that certificate and not by
 * its message type: Cisco, certmonger and others renew by PKCSReq (T25).
 */

/* Whose names the new certificate gets. */
enum renewal_names {
	RENEWAL_NAMES_SAME, /* the old one's; who asks for others is refused */
	RENEWAL_NAMES_KEEP, /* the old one's, whatever is asked for */
	RENEWAL_NAMES_PROFILE /* those asked for, as at a first enrolment */
};

/* What becomes of one that this CA has issued, and nothing here knows. */
enum renewal_unknown {
	RENEWAL_UNKNOWN_ACCEPT,
	RENEWAL_UNKNOWN_HOLD,
	RENEWAL_UNKNOWN_REFUSE
};

struct renewal_rules {
	int64_t window; /* seconds before its end; 0: at any time */
	int64_t grace;  /* seconds after it */
	enum renewal_names names;
	enum renewal_unknown unknown;
	bool same_key;  /* the key may stay the same */
	bool challenge; /* a challenge is asked for as well */
	bool revoke;    /* the new certificate takes the old one's place, which
	                 * is revoked when the new one is issued */
	struct conf_strings from;        /* paths of other endpoints whose
	                           * certificates are renewed here, too */
	bool manual;                     /* somebody approves each one, */
	const struct conf_section *hook; /* or this program does; or NULL */
};

/* What is known of the certificate that a message is signed with. */
struct renewal_signer {
	const struct certificate *certificate;
	bool is_issued; /* by this CA or one before it: its signature fits */
	struct bytes authority; /* then, which: SHA-256 of its SPKI */
	bool is_known;     /* it stands where certificates are remembered, */
	bool is_revoked;   /* or where revoked ones are */
	bool is_elsewhere; /* it was issued at an endpoint whose certificates
	                    * are not renewed here */
	/* The name of this endpoint's profile that it is by; "": that is not
	 * known. */
	char profile[PROFILE_NAME_LIMIT + 1];
};

/* Reads the section, or sets the defaults of the first example above, but for
 * a window, where it is NULL. ERR_CONFIGURATION. */
CHECKED enum err renewal_rules_read(const struct conf_section *section,
    struct renewal_rules *rules, struct problems *problems);

/* Whether certificates of the endpoint at that path, another one, are renewed. */
bool renewal_takes_from(const struct renewal_rules *rules, struct bytes path);

/*
 * Whether this request may renew this certificate, which the CA has issued, at
 * the time `now`; *hold says that somebody has to look.  The reason why not,
 * the first that applies: ERR_RENEWAL_REVOKED, ERR_RENEWAL_UNKNOWN,
 * ERR_RENEWAL_ENDPOINT, ERR_RENEWAL_EXPIRED, ERR_RENEWAL_EARLY, ERR_RENEWAL_KEY, ERR_RENEWAL_NAMES.
 */
CHECKED enum err renewal_check(const struct renewal_rules *rules,
    const struct renewal_signer *signer, const struct csr *csr, int64_t now,
    bool *hold);

#endif
