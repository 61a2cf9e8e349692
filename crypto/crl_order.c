/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/crl.h"

#include "crypto/extension.h"
#include "crypto/oid.h"

/* RFC 5280 section 5.3.1: "unspecified" is not to be written. */
static void
append_reason(struct buf *to, int reason)
{
	uint8_t octet = (uint8_t)reason;
	struct buf value = { 0 };
	size_t list;

	if (reason == CRL_REASON_UNSPECIFIED)
		return;
	der_append(&value, DER_ENUMERATED, bytes_of(&octet, 1));
	list = der_open(to, DER_SEQUENCE);
	extension_append(to, OID_CRL_REASON, false, buf_bytes(&value));
	der_close(to, list);
	buf_clear(&value);
}

void
crl_append_entry(struct buf *to, const struct crl_entry *entry)
{
	size_t start = der_open(to, DER_SEQUENCE);

	der_append_unsigned(to, entry->serial);
	der_append_time(to, entry->revoked_at);
	append_reason(to, entry->reason);
	der_close(to, start);
}

/* Most significant octet first, as der_append_unsigned wants it. */
static void
append_number(struct buf *to, int64_t number)
{
	uint8_t octets[8];
	struct buf value = { 0 };

	for (size_t i = sizeof(octets); i > 0; i--, number >>= 8)
		octets[i - 1] = (uint8_t)(number & 0xff);
	der_append_unsigned(&value, BYTES_ARRAY(octets));
	extension_append(to, OID_CRL_NUMBER, false, buf_bytes(&value));
	buf_clear(&value);
}

/* RFC 5280 section 5.2 wants an authorityKeyIdentifier and a number in every
 * CRL. */
static void
append_extensions(struct buf *to, const struct crl_order *order)
{
	size_t wrapper = der_open(to, DER_CONTEXT_CONSTRUCTED);
	size_t list = der_open(to, DER_SEQUENCE);

	if (order->extensions.size > 0)
		buf_append(to, order->extensions);
	else
		extension_append_authority_key_id(to, order->authority_key_id);
	append_number(to, order->number);
	der_close(to, list);
	der_close(to, wrapper);
}

/* As crl.c draws it.  An empty list is left out, as section 5.1.2.6 has it. */
void
crl_append_tbs(struct buf *tbs, const struct crl_order *order,
    enum signature_scheme scheme, enum digest digest)
{
	size_t start = der_open(tbs, DER_SEQUENCE);

	/* v2: the numbers begin with 0. */
	der_append_number(tbs, 1);
	algorithm_append_signature(tbs, scheme, digest);
	buf_append(tbs, order->issuer);
	der_append_time(tbs, order->this_update);
	der_append_time(tbs, order->next_update);
	if (order->entries.size > 0)
		der_append(tbs, DER_SEQUENCE, order->entries);
	append_extensions(tbs, order);
	der_close(tbs, start);
}
