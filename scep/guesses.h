/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_GUESSES_H
#define SCEPD_SCEP_GUESSES_H

#include "base/bytes.h"
#include "crypto/provider.h"
#include "scep/backoff.h"

/*
 * Who has tried wrong challenge passwords at which endpoint, shared by all
 * workers of a supervisor: slows each peer down, by backoff.h, and counts for
 * each endpoint how many there are.  A peer is an IPv4 address or an IPv6 /64
 * (base/network.h), at one endpoint.
 *
 * It is of fixed size.  Where there are more peers than it can remember, those
 * are forgotten that do the least harm; whom one has to share a place with
 * nobody can find out, as that depends on a key of this table's own.
 *
 * There is no lock: each change is one octet string of eight octets that takes
 * another's place, so a process may be killed at any instant.  One that was
 * taken over can have anybody slowed down, or forgotten, and no more: whatever
 * stands there is only counted.
 */
struct guesses;

struct guess_limits {
	bool slows;                    /* whether peers are slowed down, */
	struct backoff_limits backoff; /* and how; its window is what is
	                                * counted for an endpoint, too */
	unsigned alarm; /* more than that within it are an alarm; 0: none is */
};

/* Memory for guesses_new of several processes: a descriptor, the caller's to
 * close().  -1, and errno says why. */
int guesses_new_shared(void);

/*
 * The table in the memory `shared`, which may be closed then, or -1: one of
 * this process alone; the caller's, to guesses_free.  `limits` are copied.
 * NULL, and errno says why, where `shared` is no such memory.
 */
struct guesses *guesses_new(const struct guess_limits *limits,
    const struct provider *provider, int shared);

/* NULL is nothing. */
void guesses_free(struct guesses *guesses);

/* Whether other processes see what this one counts. */
bool guesses_is_shared(const struct guesses *guesses);

const struct guess_limits *guesses_limits(const struct guesses *guesses);

/* What became of a request that had its challenge looked at. */
enum guess_outcome {
	GUESS_RIGHT,
	GUESS_WRONG,
	GUESS_OTHER /* it is refused for another reason */
};

struct guess {
	const char *endpoint; /* its path */
	struct bytes peer;    /* as base/network.h takes it */
	enum guess_outcome outcome;
	int64_t now;
};

/*
 * Whether what became of it may be told: 0, and it is remembered, where it is
 * right as the peer's innocence; otherwise for how many seconds no challenge of
 * this peer counts, whether it is right or wrong, and then nobody must learn
 * which it was.  Of several at once no more are told than one after the other
 * would be.
 */
int64_t guesses_settle(struct guesses *guesses, const struct guess *guess);

/* How many wrong ones, or ones that were not told, the endpoint at this path
 * has had within the window, by guess_rate_most. */
unsigned guesses_most(const struct guesses *guesses, const char *endpoint,
    int64_t now);

#endif
