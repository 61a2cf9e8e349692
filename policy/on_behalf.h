/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_ON_BEHALF_H
#define SCEPD_POLICY_ON_BEHALF_H

#include "policy/name_patterns.h"
#include "policy/renewal.h"

/*
 * Who may request for others: the setting `on_behalf` of the section `enrol`,
 * a list of registration authorities.  Such a one, an MDM say, signs the message
 * with its own key, and has a device's key in the request; so it vouches for
 * the device, in the place of a challenge password, and the answer is sealed
 * for it.
 *     on_behalf = ( { certificate = "mdm.pem"; names = ( "CN=*" ); },
 *         { purpose = "1.3.6.1.5.5.7.3.28"; signer = ( "CN=mdm-*" );
 *             names = ( "CN=*.phones.example.org" ); } );
 *
 * The first is that very certificate, whoever has issued it.  The second is
 * each that the endpoint's CA has issued, that has this purpose among its
 * extended key usages, and whose names all fit; where the certificates of
 * devices can't have the purpose, none of them can pose as one.
 */
struct on_behalf;

/* One of the list. */
struct on_behalf_entry;

/* Reads the entries, none or more; the result is the caller's, to
 * on_behalf_free.  ERR_CONFIGURATION, also for a file that can't be read. */
CHECKED enum err on_behalf_read(const struct conf_sections *entries,
    struct on_behalf **on_behalf, struct problems *problems);

void on_behalf_free(struct on_behalf *on_behalf);

/*
 * The entry that lists the one who has signed a message, the first that does;
 * NULL: none.  One by its purpose is listed only while it is known here, so
 * that its revocation would be known as well.
 */
const struct on_behalf_entry *on_behalf_find(const struct on_behalf *on_behalf,
    const struct renewal_signer *signer);

/* Whether it still may, at the time `now`. ERR_BEHALF_REVOKED,
 * ERR_BEHALF_EXPIRED. */
CHECKED enum err on_behalf_check(const struct renewal_signer *signer,
    int64_t now);

/* Whether it may have a certificate with these names, all of which have to fit:
 * a Name, and GeneralNames, whole, or nothing.  ERR_BEHALF_NAMES, with the one
 * that does not appended to `detail`. */
CHECKED enum err on_behalf_check_names(const struct on_behalf_entry *entry,
    struct bytes subject, struct bytes alt_names, struct buf *detail);

/* Warns of an entry whose purpose is among these: OIDs as DER in a row, which
 * the certificates of devices get by the profile in `section`, or by the
 * default one where that is NULL. */
void on_behalf_warn_of_purposes(const struct on_behalf *on_behalf,
    struct bytes purposes, const struct conf_section *section,
    struct problems *problems);

#endif
