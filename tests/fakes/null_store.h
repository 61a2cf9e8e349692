/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_FAKES_NULL_STORE_H
#define SCEPD_TESTS_FAKES_NULL_STORE_H

#include "store/store.h"

/*
 * A store that remembers nothing, so that the same request is a new one each
 * time: for measuring.  It can do what an enrolment takes, and no more.  The
 * caller's, to store_close.
 */
struct store *null_store_new(void);

#endif
