/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_SCEP_H
#define SCEPD_SCEP_SCEP_H

#include "base/errand.h"
#include "base/problems.h"
#include "conf/conf.h"
#include "scep/exchange.h"

/*
 * SCEP (RFC 8894) over HTTP: all endpoints of one configuration.  Constant
 * once made; scep_serve may run in several threads at once.
 */
struct scep;
struct endpoint_setup;

/*
 * Assembles the endpoints of the configuration's list `endpoints`: reads
 * their files and keys and checks that they can serve SCEP at the time
 * setup->crypto.now.  ERR_CONFIGURATION, with every finding in `problems`,
 * where one can't.  The conf must outlive the scep, which is the caller's, to
 * scep_free.
 */
CHECKED enum err scep_new(const struct conf_sections *endpoints,
    const struct endpoint_setup *setup, struct scep **scep,
    struct problems *problems);

void scep_free(struct scep *scep);

/* Adds what the keys of all endpoints may do to a key process's table. */
struct guarded_keys;
void scep_guard_add(const struct scep *scep, struct guarded_keys *keys);

/*
 * All errands (base/errands.h) that the endpoints can have done, for the
 * process that does them; each handler gets the scep.  Valid for as long as
 * that is.
 */
struct errand_table scep_errands(struct scep *scep);

/* Calls `each` for the programs of all endpoints and their CAs. */
struct hook;
void scep_each_hook(const struct scep *scep,
    void (*each)(void *context, const struct hook *hook), void *context);

/* Checks that this process can do what the CAs take that keep books of their
 * own.  ERR_CONFIGURATION, with the remedy in `problems`. */
CHECKED enum err scep_check_access(const struct scep *scep,
    struct problems *problems);

/* Adds lines about certificates of the endpoints that have expired or will so
 * soon, as at their start. */
void scep_check_validity(const struct scep *scep, int64_t now,
    struct problems *problems);

/* Has CAs that keep books of their own, and the store, learn from each other
 * what others have changed there, as backends/openssl_books.h says.  By one
 * thread at a time. */
void scep_update_books(struct scep *scep, int64_t now);

/* Has hooks run side by side, in the caller's loop, rather than one after the
 * other while it waits.  Borrowed. */
struct commands;
void scep_use_commands(struct scep *scep, struct commands *commands);

/* Asks CAs that make certificates themselves, and hooks that decide, about what
 * is due, as submission.h says. */
void scep_run_submissions(const struct scep *scep, int64_t now);

/* Raises and ends the alarms about challenges that somebody guesses, as
 * guess_alarms.h says. */
void scep_keep_guess_alarms(const struct scep *scep, int64_t now);

/* Makes the CRLs that are due, as crl_make.h says; the first error of several
 * CAs. ERR_SIGN, ERR_STORE. */
CHECKED enum err scep_make_crls(const struct scep *scep, int64_t now);

/* Reads those that others have made, as crl_import.h says; what is wrong with
 * a file is a line in `problems`. */
void scep_import_crls(const struct scep *scep, int64_t now,
    struct problems *problems);

/*
 * Answers one request: fills status, content_type and reply of `exchange`,
 * always, and writes one line to the log.
 */
void scep_serve(const struct scep *scep, struct scep_exchange *exchange);

/*
 * As scep_serve for a request that fcgi/ refuses itself, before its body or
 * query was taken in (too large, cut short): the answer and the log line.
 */
void scep_refuse(struct scep_exchange *exchange, enum err err);

#endif
