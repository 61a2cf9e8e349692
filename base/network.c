/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/network.h"

#include <arpa/inet.h>
#include <string.h>

/* What an IPv4 address has before it where IPv6 is spoken (RFC 4291 section
 * 2.5.5.2). */
static const uint8_t mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* Octets before those that a host chooses itself. */
#define PREFIX_SIZE 8

/* Without what stands behind a percent sign: by which of our interfaces it is
 * reached (RFC 4007 section 11).  False where it is too long for any. */
static bool
text_of(struct bytes address, char text[INET6_ADDRSTRLEN])
{
	struct bytes part = bytes_cut(&address, '%');

	if (part.size >= INET6_ADDRSTRLEN ||
	    memchr(part.data, 0, part.size) != NULL)
		return false;
	memcpy(text, part.data, part.size);
	text[part.size] = '\0';
	return true;
}

void
network_of(struct bytes address, uint8_t network[NETWORK_SIZE])
{
	char text[INET6_ADDRSTRLEN];
	uint8_t read[NETWORK_SIZE]; /* it may be filled in part */

	memset(network, 0, NETWORK_SIZE);
	if (address.size == 0 || !text_of(address, text))
		return;
	if (inet_pton(AF_INET, text, read) == 1) {
		memcpy(network, mapped, sizeof(mapped));
		memcpy(network + sizeof(mapped), read,
		    NETWORK_SIZE - sizeof(mapped));
	} else if (inet_pton(AF_INET6, text, read) == 1) {
		bool is_mapped = bytes_equal(BYTES_ARRAY(mapped),
		    bytes_of(read, sizeof(mapped)));

		memcpy(network, read, is_mapped ? NETWORK_SIZE : PREFIX_SIZE);
	}
}
