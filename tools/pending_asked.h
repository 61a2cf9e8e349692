/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_PENDING_ASKED_H
#define SCEPD_TOOLS_PENDING_ASKED_H

#include "store/store.h"
#include "tools/record.h"

/*
 * What a transaction's DER tells whoever decides about it, as far as it has
 * any that can be read:
 *     san             the alternative names that its certificate would have,
 *                     "dns:a, ip:192.0.2.17", with a backslash before a comma
 *                     or a backslash in one
 *     names           where from, if the device has not just written them
 *     days            of validity that it asks for
 *     renewal         until its end: "yes", "no"
 *     cert_subject    and those of the certificate that it has
 *     cert_serial
 *     cert_san
 */
void pending_record_asked(struct record *record,
    const struct transaction *transaction);

#endif
