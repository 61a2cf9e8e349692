/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_RECORD_H
#define SCEPD_TOOLS_RECORD_H

#include <stdbool.h>

#include "crypto/certificate.h"

/*
 * A request or certificate with all that is known of it: a JSON object for
 * scripts, or a line for each field for people, who see "not_after" as "not
 * after".  Values are made safe as shown.h has it.
 */
struct record {
	struct buf *to;
	bool json;
	bool begun;
};

/* Begins one, behind those before it. */
void record_begin(struct record *record);
void record_end(struct record *record);

void record_text(struct record *record, const char *name, struct bytes text);
/* A distinguished name (crypto/name.h). */
void record_name(struct record *record, const char *name, struct bytes dn);
void record_hex(struct record *record, const char *name, struct bytes octets);
void record_time(struct record *record, const char *name, int64_t seconds);
/* Where it is not known: null, or "unknown". */
void record_unknown(struct record *record, const char *name);
void record_number(struct record *record, const char *name, int64_t number);

/* What people look for in a certificate: names, number and validity. */
void record_certificate_facts(struct record *record,
    const struct certificate *certificate);

#endif
