/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_SUCCESSION_H
#define SCEPD_SCEP_SUCCESSION_H

#include "scep/authority.h"

/*
 * The CAs of an endpoint, one after the other in time (RFC 8894 section 4.7):
 * the present one; a next one, which clients are told of before it takes the
 * present one's place at a set time, by itself; and former ones, which issue
 * nothing any more, but whose certificates can still be renewed.
 *     next = { from = "2027-01-01"; overlap = "30d";
 *         ca = { ... }; ra = { ... }; };
 *     former = ( { certificate = "old.pem";
 *         key = "old.key"; until = "2027-02-01"; } );
 */

#define SUCCESSION_MAX_FORMERS 4

/* One that came before. */
struct former {
	struct certificate *certificate;
	struct key *key; /* opens requests, and does nothing else; or NULL */
	int64_t until;   /* and not longer than that */
	uint8_t hash[STORE_HASH_SIZE]; /* as of struct authority */
};

struct succession {
	const struct provider *provider;
	struct authority present;
	struct authority next; /* its backend is NULL: there is none */
	int64_t next_from;     /* INT64_MAX: never */
	int64_t overlap;       /* how long after that the present one's keys
	                        * still open requests */
	struct buf next_ca_certificates; /* the answer to GetNextCACert */
	struct former formers[SUCCESSION_MAX_FORMERS];
	size_t former_count;
};

/* What describes them. */
struct succession_sections {
	const char *path; /* the endpoint's */
	struct authority_sections present;
	const struct conf_section *next; /* NULL: there is none */
	struct conf_sections formers;
};

/*
 * Opens them all, each as at a time when it is needed.  The answer to
 * GetNextCACert is signed by who answers at present, once, when the
 * configuration is checked: no worker could have it signed.  To be cleared by
 * succession_clear in any case.  ERR_CONFIGURATION with all findings in
 * `problems`.
 */
CHECKED enum err succession_open(const struct succession_sections *sections,
    const struct crypto_setup *setup, struct succession *succession,
    struct problems *problems);

void succession_clear(struct succession *succession);

/* Who issues and answers at the time `now`. */
const struct authority *
succession_authority(const struct succession *succession, int64_t now);

/* Whether there is a next one, and it has not begun yet. */
bool succession_is_staged(const struct succession *succession, int64_t now);

/* All that envelopes may be addressed to at the time `now`, first who answers.
 * Views the succession. */
struct cms_keyring succession_keyring(const struct succession *succession,
    int64_t now);

/* Who issues and answers a request that was sealed for `recipient`, one of the
 * keyring's: the next one already, where a client asks it (RFC 8894 section
 * 4.7), else who does at the time `now`. */
const struct authority *
succession_addressed(const struct succession *succession,
    const struct certificate *recipient, int64_t now);

/* Who a TBSCertificate was prepared by, so that no other signs it. */
const struct authority *succession_preparer(const struct succession *succession,
    struct bytes tbs);

#define SUCCESSION_MAX_AUTHORITIES 2

/* Fills the list of those that issue, now or once, the present one first, and
 * says how many there are. */
size_t succession_authorities(const struct succession *succession,
    const struct authority *list[SUCCESSION_MAX_AUTHORITIES]);

/* A CA in the list of all of them. */
struct succession_ca {
	const struct certificate *certificate;
	struct bytes hash; /* as of struct authority */
};

#define SUCCESSION_MAX_CAS (SUCCESSION_MAX_AUTHORITIES + SUCCESSION_MAX_FORMERS)

/* Fills the list, the present one first, and says how many there are. */
size_t succession_list(const struct succession *succession,
    struct succession_ca list[SUCCESSION_MAX_CAS]);

/* Whether one of them has issued the certificate, by its signature, since
 * anybody can write a CA's name into one; *hash is that CA's. */
bool succession_has_issued(const struct succession *succession,
    const struct certificate *certificate, struct bytes *hash);

/* Adds lines about certificates that are needed at the time `now` and not
 * valid then, or will not be so soon. */
void succession_check_validity(const struct succession *succession, int64_t now,
    struct problems *problems);

#endif
