/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/certificate_text.h"

#include <arpa/inet.h>

#include "base/count.h"
#include "base/hex.h"
#include "crypto/extension.h"
#include "crypto/oid.h"
#include "crypto/spki.h"

/* Between two of a list. */
static void
append_comma(struct buf *to, size_t begun)
{
	if (to->size > begun)
		buf_append_octet(to, ',');
}

/* Names */

/* Of the tag that GeneralName has in DER (RFC 5280 section 4.2.1.6). */
static const char *
name_word(uint8_t tag)
{
	switch (tag - DER_CONTEXT) {
	case GENERAL_NAME_EMAIL:
		return "email:";
	case GENERAL_NAME_DNS:
		return "dns:";
	case GENERAL_NAME_URI:
		return "uri:";
	default:
		return NULL;
	}
}

static bool
append_address(struct buf *to, struct bytes octets)
{
	char text[INET6_ADDRSTRLEN];
	int family = octets.size == 4 ? AF_INET : AF_INET6;

	if (octets.size != 4 && octets.size != 16)
		return false;
	if (inet_ntop(family, octets.data, text, sizeof(text)) == NULL)
		return false;
	buf_printf(to, "ip:%s", text);
	return true;
}

static void
append_name(struct buf *to, const struct der_element *name)
{
	const char *word = name_word(name->tag);

	if (word != NULL) {
		buf_append_string(to, word);
		buf_append(to, name->content);
		return;
	}
	if (name->tag == DER_CONTEXT + GENERAL_NAME_IP &&
	    append_address(to, name->content))
		return;
	buf_printf(to, "[%d]:", name->tag & 0x1f);
	hex_append(to, name->content);
}

void
certificate_text_append_names(struct buf *to, struct bytes names)
{
	size_t begun = to->size;
	struct der outer = der_of(names), inner;
	struct der_element name;

	if (der_enter(&outer, DER_SEQUENCE, &inner) != ERR_OK)
		return;
	while (der_read_any(&inner, &name) == ERR_OK) {
		append_comma(to, begun);
		append_name(to, &name);
	}
}

/* Usages */

void
certificate_text_append_key_usage(struct buf *to, unsigned key_usage)
{
	/* RFC 5280 section 4.2.1.3, from bit 0 on. */
	static const char *const words[] = { "digitalSignature",
		"nonRepudiation", "keyEncipherment", "dataEncipherment",
		"keyAgreement", "keyCertSign", "cRLSign", "encipherOnly",
		"decipherOnly" };
	size_t begun = to->size;

	for (size_t i = 0; i < COUNT(words); i++) {
		if ((key_usage & 1u << i) == 0)
			continue;
		append_comma(to, begun);
		buf_append_string(to, words[i]);
	}
}

static const struct purpose {
	const char *oid;
	const char *word;
} known_purposes[] = {
	{ "1.3.6.1.5.5.7.3.1", "serverAuth" },
	{ "1.3.6.1.5.5.7.3.2", "clientAuth" },
	{ "1.3.6.1.5.5.7.3.3", "codeSigning" },
	{ "1.3.6.1.5.5.7.3.4", "emailProtection" },
	{ "1.3.6.1.5.5.7.3.8", "timeStamping" },
	{ "1.3.6.1.5.5.7.3.13", "eapOverPPP" },
	{ "1.3.6.1.5.5.7.3.14", "eapOverLAN" },
	{ "1.3.6.1.5.5.7.3.17", "ipsecIKE" },
	{ "1.3.6.1.4.1.311.20.2.2", "smartcardLogon" },
};

static void
append_purpose(struct buf *to, struct bytes oid)
{
	struct buf dotted = { 0 };
	const char *word = NULL;

	oid_append_text(&dotted, oid);
	for (size_t i = 0; i < COUNT(known_purposes); i++)
		if (bytes_equal_string(buf_bytes(&dotted),
			known_purposes[i].oid))
			word = known_purposes[i].word;
	buf_append_string(to, word != NULL ? word : buf_string(&dotted));
	buf_clear(&dotted);
}

void
certificate_text_append_purposes(struct buf *to, struct bytes purposes)
{
	size_t begun = to->size;
	struct der der = der_of(purposes);
	struct bytes oid;

	while (der_read_oid(&der, &oid) == ERR_OK) {
		append_comma(to, begun);
		append_purpose(to, oid);
	}
}

/* Keys */

void
certificate_text_append_key(struct buf *to, struct bytes spki)
{
	struct key_facts facts;

	if (spki_read(spki, &facts) != ERR_OK)
		buf_append_string(to, "of a kind that is never accepted");
	else if (facts.type == KEY_TYPE_RSA)
		buf_printf(to, "RSA %u", facts.bits);
	else
		buf_printf(to, "EC %s", facts.curve);
}
