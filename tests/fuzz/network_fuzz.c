/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <arpa/inet.h>
#include <assert.h>

#include "base/network.h"
#include "tests/fuzz/fuzz.h"

/* The address of a network is of that network. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t network[NETWORK_SIZE], again[NETWORK_SIZE];
	char text[INET6_ADDRSTRLEN];

	network_of(bytes_of(data, size), network);
	assert(inet_ntop(AF_INET6, network, text, sizeof(text)) != NULL);
	network_of(bytes_of_string(text), again);
	assert(bytes_equal(BYTES_ARRAY(network), BYTES_ARRAY(again)));
	return 0;
}
