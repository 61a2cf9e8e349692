/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_CRL_IMPORT_H
#define SCEPD_SCEP_CRL_IMPORT_H

#include "scep/endpoint.h"

/*
 * Reads the CRL of a CA of an endpoint, where others make it and put it into a
 * file, PEM or DER, and it is another one than last time.  What it lists is
 * revoked in the store, whether it was known there or not; what it does not
 * list is left alone.  Then the CRL itself is put there, to answer with.
 * Nothing to do for other CAs.
 *
 * ERR_FILE, ERR_CRL_MALFORMED (it is none, not of this CA, does not speak of
 * all certificates, or is older than the last one), with a line in `problems`;
 * ERR_STORE.  The one that was read last goes on to be used then.
 */
CHECKED enum err crl_import_if_new(const struct endpoint *endpoint,
    const struct authority *authority, int64_t now, struct problems *problems);

#endif
