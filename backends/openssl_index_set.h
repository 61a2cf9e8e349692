/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_INDEX_SET_H
#define SCEPD_BACKENDS_OPENSSL_INDEX_SET_H

#include "base/buf.h"

/*
 * Octet strings, and a number beside each: to find out which serial numbers or
 * names an index has, of which there may be a million.  All zeroes is empty
 * and ready; strangers can't choose strings so that it becomes slow.  All of
 * them may have 32 GiB.
 */
struct openssl_index_set {
	struct buf pool; /* the strings: number, size, octets */
	struct openssl_index_slot *slots;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
	uint64_t seed;
};

void openssl_index_set_clear(struct openssl_index_set *set);

/* Adds a string with a number above 0; returns 0, or where the string is there
 * already its number, which stays. */
uint64_t openssl_index_set_add(struct openssl_index_set *set,
    struct bytes string, uint64_t number);

/* The number of a string; 0 where it is not there. */
uint64_t openssl_index_set_find(const struct openssl_index_set *set,
    struct bytes string);

#endif
