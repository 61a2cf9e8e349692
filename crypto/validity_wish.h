/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_VALIDITY_WISH_H
#define SCEPD_CRYPTO_VALIDITY_WISH_H

#include "crypto/der.h"

/*
 * For how long a request wants its certificate, in the manner of Microsoft's
 * clients ([MS-WCCE] section 2.2.2.7.10): pairs of names and values, in the
 * attribute 1.3.6.1.4.1.311.13.2.1, of which two say so: ValidityPeriod, which
 * is "Days", say, and ValidityPeriodUnits, which is their number.
 */
struct validity_wish {
	int64_t unit;  /* seconds; 0: it was not named */
	int64_t units; /* 0: their number was not named */
};

/* No wish is for longer. */
#define VALIDITY_WISH_MOST_DAYS 36500

/*
 * Adds what the values of one such attribute say, each a pair or a list of
 * pairs; all zeroes is what was found before the first.  Of two that say the
 * same, the first counts.  What is malformed says nothing: it is a wish, and
 * not worth a refusal.
 */
void validity_wish_read(struct der values, struct validity_wish *wish);

/* The wish in days, rounded up, a month being 30 of them and a year 365; at
 * most VALIDITY_WISH_MOST_DAYS.  0: there is none. */
int validity_wish_days(const struct validity_wish *wish);

#endif
