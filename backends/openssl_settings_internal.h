/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_OPENSSL_SETTINGS_INTERNAL_H
#define SCEPD_BACKENDS_OPENSSL_SETTINGS_INTERNAL_H

#include "backends/openssl_settings.h"

/* Where "openssl ca" looks for what is not of one CA. */
#define OPENSSL_BASE_SECTION "ca"

/* What the steps of openssl_settings_read have in common. */
struct openssl_reading {
	const struct openssl_conf *conf;
	const struct openssl_section *section;
	struct openssl_settings *settings;
	struct problems *problems;
	bool failed;
};

/* The entry of the CA section, or NULL. */
const struct openssl_entry *
openssl_reading_find(const struct openssl_reading *reading, const char *name);

bool openssl_reading_is(const struct openssl_entry *entry, const char *value);

/* Keeps in mind that a step has not worked out. */
void openssl_reading_note(struct openssl_reading *reading, enum err err);

/* Adds a finding about what is not in the section at all; `why` goes on with
 * the sentence and has the remedy. */
void openssl_reading_miss(struct openssl_reading *reading, const char *name,
    const char *why);

/* The entry, which names a section; NULL, and a finding, where that is not
 * there.  NULL stays NULL. */
const struct openssl_entry *
openssl_reading_check_named(struct openssl_reading *reading,
    const struct openssl_entry *entry);

/* openssl_settings_values.c: numbers, times, choices. */
void openssl_settings_read_values(struct openssl_reading *reading);

/* Those of them that are yes or no. */
void openssl_settings_read_switches(struct openssl_reading *reading);

/* openssl_settings_global.c: what concerns all that OpenSSL does with this
 * file: names for OIDs, engines and providers. */
void openssl_settings_read_global(struct openssl_reading *reading);

#endif
