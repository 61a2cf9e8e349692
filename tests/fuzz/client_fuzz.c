/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_ca.h"

#include <assert.h>

#include "crypto/ber.h"
#include "crypto/cms_certs.h"
#include "tests/fuzz/fuzz.h"
#include "tools/client_caps.h"
#include "tools/client_crl.h"
#include "tools/client_next_ca.h"

/* What a server answers to GetCACaps. */
static void
check_caps(struct bytes text)
{
	struct client_caps caps = { 0 };

	client_caps_read(text, &caps);
	for (size_t i = 0; i < caps.words.size; i++) {
		uint8_t c = caps.words.data[i];

		assert(c == '\n' || (c >= ' ' && c <= '~'));
	}
	client_caps_clear(&caps);
}

/* A client that trusts whatever certificates a message brings verifies it by
 * them: so inputs come further than to the first signature. */
static void
check_signed(struct bytes bytes, struct client_ca *ca)
{
	const struct provider *provider = provider_find("gnutls");
	struct client_ca next = { 0 };
	struct crl *crl = NULL;
	struct buf der = { 0 };
	struct bytes found;

	for (size_t i = 0; i < ca->count; i++)
		ca->trusted[i] = true;
	if (client_next_ca_read(provider, bytes, ca, &next) == ERR_OK)
		assert(next.count > 0 && next.trusted[next.recipient]);
	client_ca_clear(&next);
	if (ber_normalise(bytes, &der) == ERR_OK &&
	    cms_certs_read_crl(buf_bytes(&der), &found) == ERR_OK &&
	    client_crl_read(provider, found, ca, &crl) == ERR_OK)
		assert(crl->issuer.size > 0);
	crl_free(crl);
	buf_clear(&der);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size);
	struct client_ca ca = { 0 };

	check_caps(bytes);
	if (client_ca_read(bytes, &ca) == ERR_OK) {
		assert(ca.count > 0 && ca.count <= CLIENT_MAX_CERTIFICATES);
		assert(ca.recipient < ca.count && ca.issuer < ca.count);
	}
	check_signed(bytes, &ca);
	client_ca_clear(&ca);
	return 0;
}
