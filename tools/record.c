/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/record.h"

#include "base/hex.h"
#include "base/json_line.h"
#include "crypto/name.h"
#include "tools/shown.h"

#define NAME_WIDTH 15

void
record_begin(struct record *record)
{
	record->begun = false;
	if (record->json)
		buf_append_octet(record->to, '{');
}

void
record_end(struct record *record)
{
	if (record->json)
		buf_append_octet(record->to, '}');
}

static void
append_name(struct record *record, const char *name)
{
	size_t width = 0;

	if (record->json) {
		buf_printf(record->to, "%s\"%s\": ", record->begun ? ", " : "",
		    name);
		record->begun = true;
		return;
	}
	for (; name[width] != '\0'; width++)
		buf_append_octet(record->to,
		    name[width] == '_' ? ' ' : (uint8_t)name[width]);
	buf_append_octet(record->to, ':');
	for (; width < NAME_WIDTH; width++)
		buf_append_octet(record->to, ' ');
}

void
record_text(struct record *record, const char *name, struct bytes text)
{
	append_name(record, name);
	if (record->json) {
		json_line_append_string(record->to, text);
	} else {
		shown_append_text(record->to, text);
		buf_append_octet(record->to, '\n');
	}
}

void
record_name(struct record *record, const char *name, struct bytes dn)
{
	struct buf text = { 0 };

	name_append_text(&text, dn);
	record_text(record, name, buf_bytes(&text));
	buf_clear(&text);
}

void
record_hex(struct record *record, const char *name, struct bytes octets)
{
	struct buf text = { 0 };

	hex_append(&text, octets);
	record_text(record, name, buf_bytes(&text));
	buf_clear(&text);
}

void
record_time(struct record *record, const char *name, int64_t seconds)
{
	struct buf text = { 0 };

	shown_append_time(&text, seconds);
	record_text(record, name, buf_bytes(&text));
	buf_clear(&text);
}

void
record_unknown(struct record *record, const char *name)
{
	append_name(record, name);
	buf_append_string(record->to, record->json ? "null" : "unknown\n");
}

void
record_number(struct record *record, const char *name, int64_t number)
{
	append_name(record, name);
	buf_printf(record->to, "%lld%s", (long long)number,
	    record->json ? "" : "\n");
}

void
record_certificate_facts(struct record *record,
    const struct certificate *certificate)
{
	record_name(record, "subject", certificate->subject);
	record_name(record, "issuer", certificate->issuer);
	record_hex(record, "serial", serial_number(certificate->serial));
	record_time(record, "not_before", certificate->not_before);
	record_time(record, "not_after", certificate->not_after);
}
