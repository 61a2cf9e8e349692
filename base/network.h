/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_NETWORK_H
#define SCEPD_BASE_NETWORK_H

#include "base/bytes.h"

/* Octets of the address of a network: those of IPv6. */
#define NETWORK_SIZE 16

/*
 * The network that whoever has an address can take others from at will: an
 * IPv4 address alone, as ::ffff:a.b.c.d, and of IPv6 the first 64 bits, with
 * zeroes behind them (RFC 4291 section 2.5.4).  `address` is text, as a web
 * server has it in REMOTE_ADDR: "192.0.2.7", "2001:db8::1", and whatever else
 * it may be, such as "unix:" or nothing, is one network that has no address,
 * all zeroes, as is that of ::1.
 */
void network_of(struct bytes address, uint8_t network[NETWORK_SIZE]);

#endif
