/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_PROFILE_EXTENSIONS_H
#define SCEPD_POLICY_PROFILE_EXTENSIONS_H

#include "base/buf.h"
#include "conf/conf.h"

/*
 * What a profile's certificates have besides what all of them have: the same in
 * each, whatever is asked for.
 *     policies = "1.3.6.1.4.1.99999.1"; cps_url = "https://ca.example.org/cps";
 *     must_staple = true;
 *     extensions = ( { oid = "1.2.3.4"; hex = "0c0474657374"; } );
 */
struct profile_extensions {
	struct conf_strings policies;    /* OIDs in dotted form */
	const char *cps_url;             /* of each policy; or NULL */
	bool must_staple;                /* TLS feature status_request */
	struct conf_sections extensions; /* any others, DER and all */
};

/* The content of one extension's value has so many octets at most. */
#define PROFILE_EXTENSION_LIMIT 4096

/*
 * Appends them as Extensions, DER in a row.  ERR_CONFIGURATION with the place
 * in `section`, the profile's, or in that of an extension: an OID or a value
 * that is none, one that is there twice, or that is not for a profile to say,
 * since all certificates have it by another setting or no device's has.
 */
CHECKED enum err profile_extensions_append(struct buf *to,
    const struct conf_section *section,
    const struct profile_extensions *extensions, struct problems *problems);

#endif
