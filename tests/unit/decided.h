/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_DECIDED_H
#define SCEPD_TESTS_UNIT_DECIDED_H

#include "store/store.h"

/* Decides about a request as an operator does who says no more than why. */
static inline enum err
decided(struct store *store, int64_t number, struct bytes request_hash,
    bool approve, struct bytes reason, int64_t now)
{
	const struct decision decision = { .reason = reason,
		.fail_info = FAIL_INFO_BAD_REQUEST,
		.now = now };

	return approve ? store_approve(store, number, request_hash, &decision) :
			 store_reject(store, number, request_hash, &decision);
}

#endif
