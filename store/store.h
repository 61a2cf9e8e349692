/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_STORE_STORE_H
#define SCEPD_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/problems.h"

/*
 * What is remembered: transactions (RFC 8894 section 2.3), certificates and
 * their revocation, CRLs.  Several processes share one store; what is returned
 * as done has reached the disk, whatever happens to the process or the machine
 * after that.  May be used from several threads at once.
 *
 * Every function that returns an enum err, but for those that open and copy,
 * can fail with ERR_STORE besides what is said of it: the store can't be read
 * or written now (full disk, damage, permissions; the log says which), nothing
 * has changed, and the client is to try again later.
 *
 * What is returned in a struct is a copy of the caller's own.  Such a struct
 * is all zeroes before, or holds what was returned earlier, which is freed
 * when it is filled anew; its ..._clear frees it at the end.
 *
 * Times are seconds since 1970, and `now` is larger than 0.  Nothing here
 * judges: what may be issued, and to whom, was decided elsewhere.
 */
struct store;

#define STORE_HASH_SIZE 32 /* SHA-256 */

/* Transactions */

/*
 *     HELD ---+------> APPROVED -+-> SIGNING ---+------------> ISSUED
 *             |           |      |              |                |
 *             |           |      `-> SUBMITTED -+-> WITHHELD ----'
 *             |           |             |              |
 *             `-----------+-------------+--------------+----> REJECTED
 *
 * The four on the left are what one may begin as.  HELD, APPROVED, SUBMITTED
 * and WITHHELD may become LAPSED.  LAPSED, REJECTED and ISSUED are the ends; the
 * others are open.
 */
enum transaction_state {
	TRANSACTION_HELD,     /* somebody has to decide */
	TRANSACTION_APPROVED, /* decided; made when the client asks again */
	TRANSACTION_SIGNING,  /* what is to be signed is fixed */
	TRANSACTION_ISSUED,
	TRANSACTION_REJECTED,  /* decided, by an operator or by the CA */
	TRANSACTION_LAPSED,    /* nobody has decided, asked for it, or made it
	                        * in time */
	TRANSACTION_SUBMITTED, /* the CA makes the certificate itself, of the
	                        * request, and is to be asked for it */
	TRANSACTION_WITHHELD,  /* it is made, and others are to be told before
	                        * the device gets it */

	TRANSACTION_STATES
};

/*
 * Whose transaction: the same transactionID under another endpoint, or signed
 * with another key, is another's.
 */
struct transaction_key {
	const char *endpoint;        /* its path */
	struct bytes transaction_id; /* as the client sent it */
	struct bytes signer_key;     /* SHA-256 of the signer's SPKI */
};

/* Which certificate. Views. */
struct certificate_id {
	struct bytes authority; /* SHA-256 of the CA's SPKI */
	struct bytes serial;    /* as in struct certificate_record */
};

/* A transaction as it is kept. */
struct transaction {
	int64_t number; /* from 1 on, in the order of their beginnings; never
	                 * used twice */
	enum transaction_state state;
	int64_t created_at;
	int64_t changed_at; /* when it came into this state */
	struct buf endpoint;
	struct buf transaction_id;
	struct buf signer_key;
	struct buf request_hash; /* SHA-256 of the CertificationRequestInfo */
	struct buf request; /* what of it is needed later, without secrets */
	struct buf subject; /* Name, whole */
	struct buf peer;    /* the address it came from, as text */
	struct buf profile; /* which of the endpoint's it is by: the order's,
	                     * or which was chosen when it was approved; or
	                     * nothing */
	struct buf reason;  /* why it was rejected; UTF-8, or nothing, */
	enum fail_info fail_info; /* and what its device is told */
	struct buf tbs;           /* SIGNING: the TBSCertificate; nothing later,
	                           * as the certificate has it inside */
	struct buf certificate;   /* WITHHELD, ISSUED: DER; SIGNING: likewise,
	                           * or nothing */
	bool revoked; /* SIGNING, WITHHELD, ISSUED: the certificate is */

	/* Until its end, where others are asked about it. */
	struct buf csr;       /* the request as it came, its password included;
	                       * nothing where nobody needs that */
	struct buf authority; /* SUBMITTED: which CA, as in struct
	                       * certificate_record */
	struct buf cookie;    /* what they call it; or nothing */
	int64_t tried_at;     /* when they were asked last; 0: never */
	int64_t due_at;       /* not to be asked before that */
	int64_t tries;        /* WITHHELD: so many have failed */

	/* Until its end, of a renewal: the certificate that the device has; or
	 * nothing. */
	struct buf renews_authority;
	struct buf renews_serial;
	bool supersedes; /* and whether that is revoked when this is ISSUED */
};

void transaction_clear(struct transaction *transaction);

/* A certificate that is going to be signed, as it is found again. Views. */
struct certificate_record {
	struct bytes authority; /* SHA-256 of the CA's SPKI */
	struct bytes serial;    /* big-endian, without leading zeros: octets,
	                         * which are compared as they are */
	struct bytes subject;   /* Name, whole */
	struct bytes key;       /* SHA-256 of the SPKI */
	int64_t not_before;
	int64_t not_after;     /* 0: it is not known when it expires */
	struct bytes identity; /* what those of the same names have in common,
	                        * as a hash; nothing: it is not to be counted
	                        * by store_count_active */
};

/* What a request uses up: one use of a challenge (see below). Views. */
struct challenge_use {
	struct bytes hash;  /* nothing: none */
	int64_t expires_at; /* of one that is not minted, and noted now */
	bool minted;
};

/* A transaction to be begun. Views. */
struct transaction_order {
	struct transaction_key key;
	struct bytes request_hash;
	struct bytes request;
	struct bytes subject;
	struct bytes peer;
	struct bytes profile; /* the name of the endpoint's that it is by; or
	                       * nothing */
	int64_t now;
	/* The number of what store_find has found for this key and the caller
	 * has judged to be no answer; 0: it has found none. */
	int64_t seen;
	/* To be signed at once, as this certificate; or to be submitted, to
	 * this CA; or approved already, but to be made later.  Where it is none
	 * of these it is held. */
	struct bytes tbs;
	struct certificate_record certificate;
	struct bytes authority;
	bool approved;
	struct bytes csr; /* to be kept until its end; or nothing */
	/* Of a renewal, where that matters: what it renews; or nothing. */
	struct certificate_id renews;
	bool supersedes; /* that becomes revoked when this is ISSUED */
	struct challenge_use challenge;
	/* How many may be HELD at this endpoint, this one included; 0: there
	 * is no limit. */
	int64_t held_limit;
	/* How many of its identity may be active, this one included, as
	 * store_count_active counts; 0: there is no limit, nor is there where
	 * it is not to be signed at once. */
	int64_t active_limit;
	struct certificate_id active_except;
};

/* Finds the newest transaction of this key. ERR_STORE_NONE. */
CHECKED enum err store_find(struct store *store,
    const struct transaction_key *key, struct transaction *transaction);

/*
 * Begins a transaction, HELD, APPROVED, SIGNING or SUBMITTED.  Unless the
 * newest of this key has the same request, and either is open or has been begun
 * since the caller looked (its number is past `seen`): then that one is
 * returned, and nothing is begun.  So of two requests that come at once one is
 * begun, also where it has come to its end in between.
 *
 * What is begun has used its challenge from then on; where it ends without a
 * certificate, REJECTED or LAPSED, that is given back.
 *
 * ERR_STORE_FULL where it would be one too many HELD; ERR_DUPLICATE one too
 * many active; ERR_STORE_SERIAL where the authority has this serial number
 * already, and the caller is to choose another; ERR_CHALLENGE_USED where the challenge has no use left, or is gone.
 */
CHECKED enum err store_begin(struct store *store,
    const struct transaction_order *order, struct transaction *transaction);

/*
 * An APPROVED transaction becomes SIGNING with this TBSCertificate.  Returns
 * it as it is then, which may be somebody else's doing: SIGNING with another
 * TBSCertificate, past that, or REJECTED.  ERR_STORE_NONE where it is in any other state,
 * or there is none of that number; ERR_STORE_SERIAL.
 */
CHECKED enum err store_sign(struct store *store, int64_t number,
    struct bytes tbs, const struct certificate_record *certificate, int64_t now,
    struct transaction *transaction);

/*
 * A SIGNING transaction becomes ISSUED with this certificate, the DER, and at
 * once what it supersedes is revoked (superseded, 4), if it is known and not
 * revoked yet, unless the new one is.  Returns it as it is then: with the certificate that came first,
 * which every caller is to answer with.  ERR_STORE_NONE where it is in any other
 * state, or there is none of that number.
 */
CHECKED enum err store_issue(struct store *store, int64_t number,
    struct bytes certificate, int64_t now, struct transaction *transaction);

/*
 * An APPROVED transaction becomes SUBMITTED to this CA, due at once, whoever was
 * asked before about it.  Returns it as it is then, which may be past that by
 * somebody else's doing.  ERR_STORE_NONE where
 * it is in any other state, or there is none of that number.
 */
CHECKED enum err store_submit(struct store *store, int64_t number,
    struct bytes authority, int64_t now, struct transaction *transaction);

/*
 * Takes a transaction that is due, to ask others about it: one that is SUBMITTED
 * or WITHHELD, or HELD with its request.  Nobody else can until `until`, or until
 * it is put off.  Returns it with the time when it was tried before.
 * ERR_STORE_NONE where it is not due, is none of these, or there is none of that
 * number.
 */
CHECKED enum err store_take(struct store *store, int64_t number, int64_t now,
    int64_t until, struct transaction *transaction);

/* Puts such a transaction off, to be due at that time, and keeps what they call
 * it.  ERR_STORE_NONE where it is none of these, or there is none of that
 * number. */
CHECKED enum err store_put_off(struct store *store, int64_t number,
    struct bytes cookie, int64_t due_at);

/* Makes all of them due that are put off or taken, and all notifications: whoever
 * has taken one is gone and puts nothing off any more. */
CHECKED enum err store_make_due(struct store *store);

/*
 * A SUBMITTED transaction becomes ISSUED with this certificate, the DER, which
 * its CA has made; what it replaces is revoked as by store_issue.
 * ERR_STORE_NONE where it is in any other state, or there is none of that
 * number; ERR_STORE_SERIAL where the authority has another of this serial
 * number.
 */
CHECKED enum err store_complete(struct store *store, int64_t number,
    const struct certificate_record *certificate, struct bytes der,
    int64_t now);

/*
 * A SIGNING or SUBMITTED transaction becomes WITHHELD with this certificate, the
 * DER, due at once; `record` is how one that its CA has made is found again, and
 * is not looked at where it was SIGNING.  One that is WITHHELD or ISSUED already
 * keeps what it has.  ERR_STORE_NONE where it is in any other state, or there is
 * none of that number; ERR_STORE_SERIAL as of store_complete.
 */
CHECKED enum err store_withhold(struct store *store, int64_t number,
    const struct certificate_record *record, struct bytes der, int64_t now);

/* A WITHHELD transaction becomes ISSUED, and what it renews superseded as by
 * store_issue; or LAPSED, and nothing superseded, where its certificate was
 * revoked meanwhile.  ERR_STORE_NONE where it is in any other state, or there is
 * none of that number. */
CHECKED enum err store_release(struct store *store, int64_t number,
    int64_t now);

/* Puts a WITHHELD transaction off, to be due at that time, as it was tried in
 * vain; *tries of them.  ERR_STORE_NONE as of store_release. */
CHECKED enum err store_count_try(struct store *store, int64_t number,
    int64_t due_at, int64_t *tries);

/* Why a decision was made, and what else belongs to it. Views. */
struct decision {
	struct bytes profile;     /* approved: by which; nothing: by the
	                           * order's, whatever was said before */
	struct bytes reason;      /* rejected: why; or nothing, */
	enum fail_info fail_info; /* and what the device is told */
	int64_t now;
};

/*
 * A WITHHELD transaction, or one that is still SIGNING as nobody has gone on with
 * it, becomes REJECTED, or LAPSED where nobody is left who could be told of it;
 * and its certificate, which nobody has, is revoked as of
 * no use (cessationOfOperation, 5).  Its key may have another all the same.
 * ERR_STORE_NONE as of store_release.
 */
CHECKED enum err store_withdraw(struct store *store, int64_t number,
    const struct decision *decision);
CHECKED enum err store_give_up(struct store *store, int64_t number,
    struct bytes reason, int64_t now);

/*
 * Decides about a HELD transaction, if its request is the one that was looked
 * at: it becomes APPROVED or REJECTED.  One that is APPROVED already can be
 * approved anew, by another profile, or rejected, and one that is SUBMITTED be
 * rejected.  ERR_STORE_NONE where it is in any other state, has another request, or
 * there is none of that number.
 */
CHECKED enum err store_approve(struct store *store, int64_t number,
    struct bytes request_hash, const struct decision *decision);
CHECKED enum err store_reject(struct store *store, int64_t number,
    struct bytes request_hash, const struct decision *decision);

/* Lets those lapse that have been HELD, APPROVED or SUBMITTED since before
 * `before`, and has those given up that have been WITHHELD or SIGNING for as long;
 * *count of them. */
CHECKED enum err store_lapse(struct store *store, int64_t before, int64_t now,
    int64_t *count);

/*
 * Forgets transactions that have been at their end since before `before`, at
 * most `limit` at a time; *count of them.  Their certificates stay, and their
 * numbers are not used again.
 */
CHECKED enum err store_purge(struct store *store, int64_t before, int64_t limit,
    int64_t *count);

/* Which transactions are listed, by number, from `after` (exclusive) on. */
struct transaction_filter {
	const char *endpoint; /* NULL: all */
	unsigned states;      /* 1u << enum transaction_state, or-ed */
	int64_t after;
};

/*
 * Calls `each` for at most `limit` of them, which ends the list by false and
 * may use the store, as nothing is locked meanwhile: rows are read in pages,
 * and each is as it was when its page was read.
 */
CHECKED enum err store_list(struct store *store,
    const struct transaction_filter *filter, int64_t limit,
    bool (*each)(void *context, const struct transaction *transaction),
    void *context);

/* Finds the transaction of this number. ERR_STORE_NONE. */
CHECKED enum err store_get(struct store *store, int64_t number,
    struct transaction *transaction);

/* Certificates */

/* A certificate as it is kept. */
struct stored_certificate {
	int64_t number; /* from 1 on, in the order in which they came */
	struct buf authority;
	struct buf serial;
	struct buf subject;
	struct buf key;
	int64_t not_before; /* 0, both of them: not known */
	int64_t not_after;
	struct buf der;     /* nothing: it is not signed yet, or is known by
	                     * its serial number alone */
	int64_t revoked_at; /* 0: it is not revoked */
	int reason;         /* CRLReason, RFC 5280 section 5.3.1 */
	/* Of the transaction that it was made for, which may be forgotten;
	 * nothing, and 0, where there was none, or that was before it was
	 * kept. */
	int64_t request; /* its number */
	struct buf endpoint;
	struct buf profile;
};

void stored_certificate_clear(struct stored_certificate *certificate);

/* Finds the certificate of that serial number. ERR_STORE_NONE. */
CHECKED enum err store_certificate_get(struct store *store,
    struct bytes authority, struct bytes serial,
    struct stored_certificate *certificate);

/* Which certificates are listed, by number, from `after` (exclusive) on: those
 * that fit in every respect.  Those of one key, those of one subject and those
 * of one authority that are revoked are found at once, however many others
 * there are. */
struct certificate_filter {
	struct bytes authority; /* nothing: of all */
	struct bytes key;       /* nothing: of any */
	struct bytes subject;   /* nothing: of any */
	bool revoked_only;
	int64_t expired_before; /* leaves out what is known to have expired
	                         * before; 0: nothing */
	int64_t after;
};

/* As store_list. */
CHECKED enum err store_certificate_list(struct store *store,
    const struct certificate_filter *filter, int64_t limit,
    bool (*each)(void *context, const struct stored_certificate *certificate),
    void *context);

/* Certificates that are active at the time `now`: they are not revoked, and do
 * not expire before. Views. */
struct active_filter {
	struct bytes authority;
	struct bytes identity;        /* as in struct certificate_record */
	struct certificate_id except; /* is not counted; or nothing */
	int64_t now;
};

/* Counts them, at most `limit` of them; what is to be signed counts, and may
 * never have been.  It takes as long as what it counts, however many others
 * there are, or were. */
CHECKED enum err store_count_active(struct store *store,
    const struct active_filter *filter, int64_t limit, int64_t *count);

/*
 * Adds a certificate that was issued elsewhere, or its serial number alone:
 * then `der`, subject and key are nothing and the times 0.  One that is known
 * by its serial number alone becomes the whole, and stays revoked where it is.
 * ERR_STORE_SERIAL where the authority has it already.
 */
CHECKED enum err store_certificate_add(struct store *store,
    const struct certificate_record *record, struct bytes der);

/* A certificate that is going to be signed has become this one, the DER; what
 * becomes of its transaction is another matter.  ERR_STORE_NONE where there is
 * none of that serial number. */
CHECKED enum err store_certificate_signed(struct store *store,
    struct bytes authority, struct bytes serial, struct bytes der);

/*
 * Revokes a certificate; of one that is revoked, changes the reason and keeps
 * the time.  Reason -1 takes it back, which is for certificateHold (6) alone;
 * removeFromCRL (8) is no reason to keep.  ERR_STORE_NONE where there is no
 * such certificate, or it is not on hold and was to be taken back, or it is
 * revoked for good and was to be put on hold.
 */
CHECKED enum err store_certificate_revoke(struct store *store,
    struct bytes authority, struct bytes serial, int reason, int64_t now);

/* What others say of a certificate that they have revoked. View. */
struct revocation {
	struct bytes serial; /* as in struct certificate_record */
	int64_t revoked_at;
	int reason;
};

/*
 * Revokes those of `count` certificates that are not revoked yet, at once; one
 * that is not known becomes known by its serial number alone.  Others wait
 * meanwhile, so it should be no more than some hundreds.
 */
CHECKED enum err store_certificates_revoke(struct store *store,
    struct bytes authority, const struct revocation *revocations, size_t count);

/* Finds the authority that comes after `after` (nothing: the first one), in an
 * order of the store's own, of those that have a certificate or a CRL here.
 * ERR_STORE_NONE after the last; `authority` may hold what `after` is. */
CHECKED enum err store_authority_next(struct store *store, struct bytes after,
    struct buf *authority);

/* Whether a certificate of this key is revoked, and the operator has not
 * allowed the key again since.  One that is superseded (4) does not count: it
 * says that another is valid, and nothing against the key (RFC 5280 section
 * 5.3.1). */
CHECKED enum err store_key_is_revoked(struct store *store, struct bytes key,
    bool *revoked);

/* Allows a key again, whatever certificates of it are revoked now; a
 * revocation later counts again. */
CHECKED enum err store_key_allow(struct store *store, struct bytes key,
    int64_t now);

/* CRLs */

/* A CRL as it is kept. */
struct stored_crl {
	int64_t number; /* cRLNumber, RFC 5280 section 5.2.3; from 1 on */
	int64_t this_update;
	int64_t next_update;
	int64_t revision; /* store_revision when it was made */
	struct buf der;
};

void stored_crl_clear(struct stored_crl *crl);

/* Counts what changes an authority's CRLs: it is larger after a certificate
 * was revoked, taken back, or given another reason; 0 at first. */
CHECKED enum err store_revision(struct store *store, struct bytes authority,
    int64_t *revision);

/* Finds the newest CRL of an authority. ERR_STORE_NONE. */
CHECKED enum err store_crl_get(struct store *store, struct bytes authority,
    struct stored_crl *crl);

/* Puts one in its place, if its number is the larger one; ERR_STORE_NONE
 * where it is not: another was faster. */
CHECKED enum err store_crl_put(struct store *store, struct bytes authority,
    const struct stored_crl *crl);

/* How much there is; counted one after the other while others go on. */
struct store_counts {
	int64_t version;                          /* of the tables */
	int64_t transactions[TRANSACTION_STATES]; /* in each state */
	int64_t certificates;
};

CHECKED enum err store_count(struct store *store, struct store_counts *counts);

/* How many certificates of an authority are revoked. */
CHECKED enum err store_count_revoked(struct store *store,
    struct bytes authority, int64_t *count);

/* Marks */

/* What a part of scepd has to know the next time, in whichever process, of
 * something outside: the value of a name that it has chosen.
 * ERR_STORE_NONE. */
CHECKED enum err store_mark_get(struct store *store, const char *name,
    struct buf *value);

/* Sets it, whatever it was. */
CHECKED enum err store_mark_put(struct store *store, const char *name,
    struct bytes value);

/* Alarms: what is not as it should be, for as long as it is not */

/* Of one subject and one kind no more are kept, whatever was found: a file with
 * a million bad lines fills no disk, and hides no alarm of another kind. */
#define STORE_ALARMS_MOST 1000

/* What somebody has found wrong.  Views; texts are UTF-8. */
struct alarm {
	const char *kind;    /* for programs, one word: "row-not-revoked" */
	struct bytes detail; /* which of its kind, such as a serial number;
	                      * nothing where there can be but one */
	struct bytes text;   /* what it means, and the remedy */
};

/* An alarm as it is kept. */
struct stored_alarm {
	int64_t number; /* from 1 on, in the order of their beginnings */
	struct buf subject;
	struct buf kind;
	struct buf detail;
	struct buf text; /* as it was found last */
	int64_t since;   /* when it was found first, and ever since */
	int64_t seen;    /* when it was found last; who knows that nothing has
	                  * changed does not look */
};

void stored_alarm_clear(struct stored_alarm *stored);

/* What was found by somebody who has looked at a subject.  Views. */
struct alarm_sweep {
	const char *subject;       /* "/etc/ssl/index.txt" */
	const char *const *kinds;  /* all that he has looked for; NULL ends
	                            * them */
	const struct alarm *found; /* each of one of these kinds */
	size_t count;
	int64_t now;
};

/*
 * Raises the alarms of a subject that were found, and clears those of the same
 * kinds that were not, at once.  One that stands already, which is of the same
 * kind and detail, keeps its `since`.  Beyond STORE_ALARMS_MOST of a kind those
 * that come last in the list are not raised, and cleared where they stand.
 *
 * Then calls `each`, unless it is NULL, for every one that has begun by that or
 * is over by it: of several processes that find the same, for one alone.  It
 * costs no write where nothing was found and nothing stands.
 */
CHECKED enum err store_alarms_sweep(struct store *store,
    const struct alarm_sweep *sweep,
    void (*each)(void *context, const struct stored_alarm *stored,
	bool is_over),
    void *context);

/* Calls `each` for the alarms of a subject (NULL: of all) that stand, in the
 * order of their beginnings, until it returns false; as store_list. */
CHECKED enum err store_alarm_list(struct store *store, const char *subject,
    bool (*each)(void *context, const struct stored_alarm *stored),
    void *context);

/* Forgets those of subjects of which none was seen since before `before`, as
 * nobody looks at these any more; *count of them. */
CHECKED enum err store_alarms_forget(struct store *store, int64_t before,
    int64_t *count);

/* Notifications: what has happened, for a program that is to be told */

enum notification_event {
	NOTIFICATION_ISSUED,
	NOTIFICATION_REFUSED, /* at once, or rejected, or lapsed */
	NOTIFICATION_HELD,
	NOTIFICATION_REVOKED,
	NOTIFICATION_EXPIRING,

	NOTIFICATION_EVENTS
};

/* What they are called: in the configuration, for programs and in lists. */
extern const char *const notification_event_names[NOTIFICATION_EVENTS];

/* One that waits.  What its event does not have is nothing, or 0. */
struct stored_notification {
	int64_t number; /* from 1 on, in the order in which they came */
	enum notification_event event;
	int64_t happened_at; /* of a certificate that somebody else has revoked:
	                      * when he says that he did */
	int64_t tries;       /* so many have failed */
	int64_t due_at;      /* not to be tried before that */

	/* Of what was revoked or expires as well, unless it came by
	 * store_certificate_add alone, or before that was kept. */
	int64_t request; /* the transaction's number */
	struct buf endpoint;
	struct buf transaction_id;
	struct buf peer;
	struct buf subject; /* Name, whole: the request's, or else the
	                     * certificate's */
	struct buf reason;  /* why it was refused */
	struct buf serial;
	struct buf certificate; /* DER */
	int revoked_for;        /* REVOKED: CRLReason, as it is now */
};

void stored_notification_clear(struct stored_notification *stored);

/*
 * Has each event of these kinds (1u << enum notification_event, or-ed) become a
 * notification from now on, in the same step as the event itself, by whichever
 * process that comes about; but for EXPIRING, which store_notify_expiring is
 * for.  This stays so until it is set anew; it is none at first.
 */
CHECKED enum err store_notify(struct store *store, unsigned events);

/* A request that was refused at once, which is kept nowhere. Views. */
struct refusal {
	struct bytes endpoint;
	struct bytes transaction_id;
	struct bytes peer;
	struct bytes subject; /* Name, whole */
	struct bytes reason;  /* UTF-8 */
	int64_t now;
};

/*
 * Adds a notification of it where REFUSED is wanted, unless `limit` of such
 * wait already: anybody can be refused, as often as he likes.  Where it adds
 * none it writes nothing and waits for nobody who does.
 *
 * *untold is how many this store was not told for the limit since it was more
 * than 0 last, which it is once a minute at most.
 */
CHECKED enum err store_notify_refused(struct store *store,
    const struct refusal *refusal, int64_t limit, int64_t *untold);

/*
 * Adds a notification of each certificate that expires by `until`, unless it is
 * revoked or expired already, or that day was looked at by an earlier call; so
 * of a certificate that was to live for a shorter time than until then, none.
 */
CHECKED enum err store_notify_expiring(struct store *store, int64_t until,
    int64_t now);

/* Takes the one that has been due for the longest time, which nobody else can
 * until `until`, or until it is put off.  ERR_STORE_NONE where none is due. */
CHECKED enum err store_notification_take(struct store *store, int64_t now,
    int64_t until, struct stored_notification *stored);

/* Puts it off, to be due at that time, and sets how many tries have failed.
 * ERR_STORE_NONE where it is gone. */
CHECKED enum err store_notification_put_off(struct store *store, int64_t number,
    int64_t tries, int64_t due_at);

/* Forgets it; one that is gone is fine. */
CHECKED enum err store_notification_end(struct store *store, int64_t number);

/* Forgets those of what has happened before `before`; *count of them. */
CHECKED enum err store_notifications_drop(struct store *store, int64_t before,
    int64_t *count);

/* Calls `each` for those that wait, in the order in which they came, until it
 * returns false; as store_list. */
CHECKED enum err store_notification_list(struct store *store,
    bool (*each)(void *context, const struct stored_notification *stored),
    void *context);

/* Challenges: passwords that are good for so many requests */

/*
 * One that is minted was made to be sent to a device; of others, which somebody
 * has made elsewhere, it is noted that they have been used, once.
 */

/* One to be minted. Views. */
struct challenge_record {
	struct bytes hash; /* SHA-256 of the password */
	const char *endpoint;
	struct bytes subject; /* what it is for, whatever that means */
	struct bytes names;
	struct bytes profile; /* the only one that it is for; or nothing */
	int64_t uses;         /* at least 1 */
	int64_t expires_at;
};

/* One as it is kept. */
struct stored_challenge {
	int64_t number; /* from 1 on, in the order in which they came; never
	                 * used twice */
	bool minted;
	struct buf hash;
	struct buf endpoint;
	struct buf subject;
	struct buf names;
	struct buf profile;
	int64_t uses;    /* that are left */
	int64_t allowed; /* of so many */
	int64_t created_at;
	int64_t expires_at;
};

void stored_challenge_clear(struct stored_challenge *stored);

/* Mints `count` of them, all or none.  ERR_STORE_SERIAL where one of that hash
 * is known. */
CHECKED enum err store_challenges_add(struct store *store,
    const struct challenge_record *records, size_t count, int64_t now);

/* Finds the one of that hash. ERR_STORE_NONE. */
CHECKED enum err store_challenge_get(struct store *store, struct bytes hash,
    struct stored_challenge *stored);

/* Forgets one that is minted: nobody gets anything for it any more, but for who
 * has used it already.  ERR_STORE_NONE where there is none of that number. */
CHECKED enum err store_challenge_revoke(struct store *store, int64_t number);

/* Forgets those that have expired before `before`, at most `limit` at a time;
 * *count of them. */
CHECKED enum err store_challenges_forget(struct store *store, int64_t before,
    int64_t limit, int64_t *count);

/* Calls `each` for all of them, in the order in which they came, until it
 * returns false; as store_list. */
CHECKED enum err store_challenge_list(struct store *store,
    bool (*each)(void *context, const struct stored_challenge *stored),
    void *context);

/* Opening */

struct store_settings {
	const char *path; /* the file */
	/* How many threads use it at the same time: each then has a connection
	 * of its own.  Those for whom none is left wait. */
	unsigned connections;
	bool create; /* make it where there is none */
};

/*
 * Opens the store at a path; brings an older one up to date.  No file is
 * opened after that: what the store needs is open, and it can be used from
 * inside a sandbox.  Not to be carried over a fork.  The result is the
 * caller's, to store_close.
 *
 * ERR_CONFIGURATION with a line in `problems`: no such file or folder, not
 * ours, damaged, not writable, of a newer version, or on a file system that
 * several processes can't share it on.
 *
 * Beside the file there are, while it is open, PATH-wal and PATH-shm, which
 * belong to it, and PATH.lock, which holds nothing and stays.  All are made
 * for their owner alone; made by root, they are given to the owner of the
 * folder, or of the file that is there.
 */
CHECKED enum err store_open(const struct store_settings *settings,
    struct store **store, struct problems *problems);

/* One that lives in memory and is gone with it, for tests. */
struct store *store_new_memory(void);

/* Nobody may be using it any more. */
void store_close(struct store *store);

/* Makes a copy at `path`, where there must be nothing, while others go on
 * using the store. ERR_FILE with a line in `problems`. */
CHECKED enum err store_backup(struct store *store, const char *path,
    struct problems *problems);

/* A copy that is to take the place of a store. */
struct store_restoration {
	const char *path;   /* the store's */
	const char *backup; /* made by store_backup */
	const char *suffix; /* the store that is there becomes PATH.SUFFIX */
};

/*
 * Puts a copy in the place of a store, which nobody may have open: somebody
 * who opens it meanwhile waits.  The copy is checked first, all of it, and
 * copied once more, for the owner of the one that is there.  That one is kept,
 * and `kept` gets its new path; or nothing, where there was none.  The revision
 * of each CRL becomes one that calls for a new CRL.
 *
 * ERR_FILE with a line in `problems`; all is as it was then.
 */
CHECKED enum err store_restore(const struct store_restoration *order,
    struct buf *kept, struct problems *problems);

/*
 * Whether what is at `path`, if anything, is a store that store_open could
 * bring up to date.  It is looked at and nothing else: no file is made, no
 * lock taken, and what is in its log is not seen; so it may also be damaged
 * where this finds nothing.  ERR_CONFIGURATION with a line in `problems`.
 */
CHECKED enum err store_check(const char *path, struct problems *problems);

#endif
