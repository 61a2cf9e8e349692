/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_GUESS_ALARMS_H
#define SCEPD_SCEP_GUESS_ALARMS_H

#include "scep/endpoint.h"

/*
 * That somebody seems to guess the challenges of an endpoint, kept as an alarm
 * in the store: its subject is the endpoint's path, its kind wrong-challenges.
 * Nothing else comes of it: who could have an endpoint locked could switch
 * enrolment off.
 */

/* Keeps what the endpoint's guesses say at the time `now`, for those that all
 * workers share; others, and an endpoint without any, are left alone.
 * ERR_STORE. */
CHECKED enum err guess_alarms_keep(const struct endpoint *endpoint,
    int64_t now);

#endif
