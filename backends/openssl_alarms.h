/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_ALARMS_H
#define SCEPD_BACKENDS_OPENSSL_ALARMS_H

#include "backends/openssl_index.h"
#include "store/store.h"

/*
 * What is wrong with the directory of an OpenSSL CA, kept as alarms in the
 * store: their subject is the path of the index.  The log has a line when one
 * begins and a line when it is over, and none in between.  Their kinds:
 *
 *   index-missing, index-emptied,     why the index is left alone, and nothing
 *   index-unended, index-unreadable   is issued (openssl_index.h); of the last
 *                                     two the detail is the line
 *   index-access                      a file or folder can't be read or written
 *   index-locked                      somebody has the lock for too long
 *   index-unchecked                   it can't be looked at for another reason
 *   row-name-taken, row-pruned,       rows that are not as the store knows
 *   row-not-revoked                   them; the detail is the serial number
 */

/*
 * Keeps what openssl_index_update has found, which ended with `result`: the
 * rows' alarms where it has searched the index, and then no others of them
 * stand; or, where that is damaged, why.  ERR_STORE.
 */
CHECKED enum err openssl_alarms_keep_report(const char *index,
    struct store *store, const struct openssl_index_report *report,
    enum err result, int64_t now);

/*
 * Keeps how a look at the directory has ended: where it failed, the first line
 * of `problems`, or what we know of the error, is the alarm; where it did not,
 * all that stopped it before is over.  ERR_INDEX_DAMAGED is left to the report,
 * and ERR_STORE to the store.  Returns `result`, or ERR_STORE.
 */
CHECKED enum err openssl_alarms_keep_look(const char *index,
    struct store *store, enum err result, struct problems *problems,
    int64_t now);

#endif
