/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_POLICY_WEAK_KEYS_H
#define SCEPD_POLICY_WEAK_KEYS_H

#include "base/bytes.h"

/*
 * RSA keys that are made wrongly, so that anybody can find the private half.
 * Nothing here takes a library or a list: all is read off the modulus, in less
 * time than checking a signature takes.
 */

/*
 * Why the modulus (big-endian, odd, without leading zeroes) is known to be
 * weak, as words for the log; NULL where it is not:
 *
 * - it has a factor below 752, for which NIST SP 800-89 section 5.3.3 has one
 *   look;
 * - it has the form that the Infineon library of CVE-2017-15361 (ROCA) gave
 *   its keys.  Of a quarter of a thousand million others, one is taken for
 *   such a one;
 * - it is the square of a number.
 */
const char *weak_keys_reason(struct bytes modulus);

#endif
