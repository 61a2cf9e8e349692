/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/clock.h"
#include "base/count.h"
#include "base/hex.h"
#include "crypto/name.h"
#include "tools/cert.h"
#include "tools/listing.h"

/* An import: what becomes of each certificate is a line in a list. */
struct import {
	const struct state_call *call;
	struct known_cas cas;
	struct listing listing;
	const char *path; /* of the file that is being read */
	bool revoke;
	int reason;
	int64_t revoked_at;
	size_t refused;
};

/* What has become of one. */
struct outcome {
	const char *result;
	const char *refusal; /* why, or NULL */
	struct bytes serial; /* nothing where it could not be read */
	struct bytes subject;
};

static void
append_subject(struct buf *to, const struct outcome *outcome)
{
	if (outcome->subject.size > 0)
		name_append_text(to, outcome->subject);
}

static void
record_outcome(struct record *record, const char *path,
    const struct outcome *outcome)
{
	struct buf subject = { 0 };

	append_subject(&subject, outcome);
	record_begin(record);
	record_text(record, "result", bytes_of_string(outcome->result));
	record_text(record, "file", bytes_of_string(path));
	record_hex(record, "serial", outcome->serial);
	record_text(record, "subject", buf_bytes(&subject));
	if (outcome->refusal != NULL)
		record_text(record, "why", bytes_of_string(outcome->refusal));
	record_end(record);
	buf_clear(&subject);
}

static void
add_row(struct table *table, const char *path, const struct outcome *outcome)
{
	struct buf serial = { 0 }, subject = { 0 };

	hex_append(&serial, outcome->serial);
	append_subject(&subject, outcome);
	table_add(table, bytes_of_string(outcome->result));
	table_add(table, bytes_of_string(path));
	table_add(table, buf_bytes(&serial));
	table_add(table, buf_bytes(&subject));
	buf_clear(&serial);
	buf_clear(&subject);
}

static void
tell(struct import *import, const struct outcome *outcome)
{
	struct buf serial = { 0 };

	if (listing_next(&import->listing))
		record_outcome(&import->listing.record, import->path, outcome);
	else
		add_row(&import->listing.table, import->path, outcome);
	if (outcome->refusal == NULL)
		return;
	import->refused++;
	hex_append(&serial, outcome->serial);
	problem_add(import->call->problems, PROBLEM_ERROR,
	    "%s: a certificate was refused%s%s: %s", import->path,
	    serial.size > 0 ? ", serial number " : "", buf_string(&serial),
	    outcome->refusal);
	buf_clear(&serial);
}

/* One that is revoked already stays as it is; *revoked where it was not. */
static enum err
revoke(const struct import *import, const struct foreign_certificate *foreign,
    bool *revoked)
{
	struct store *store = import->call->store;
	struct bytes authority = BYTES_ARRAY(foreign->authority->id);
	struct bytes serial = serial_number(foreign->certificate->serial);
	struct stored_certificate stored = { 0 };
	enum err err = store_certificate_get(store, authority, serial, &stored);

	*revoked = err == ERR_OK && stored.revoked_at == 0;
	stored_certificate_clear(&stored);
	if (*revoked)
		err = store_certificate_revoke(store, authority, serial,
		    import->reason, import->revoked_at);
	return err;
}

static enum err
add(struct import *import, const struct foreign_certificate *foreign,
    const char **result)
{
	bool revoked = false;
	enum err err = foreign_certificate_add(import->call->store,
	    &import->cas, foreign);

	*result = err == ERR_OK ? "added" : "known";
	if (err != ERR_OK && err != ERR_STORE_SERIAL)
		return err;
	if (!import->revoke)
		return ERR_OK;
	err = revoke(import, foreign, &revoked);
	if (revoked)
		*result = "revoked";
	return err;
}

static enum err
import_one(void *context, struct bytes der)
{
	struct import *import = context;
	struct foreign_certificate foreign;
	struct outcome outcome = { .result = "refused" };
	enum err err = ERR_OK;

	outcome.refusal = foreign_certificate_read(&import->cas, der, &foreign);
	if (foreign.certificate != NULL) {
		outcome.serial = serial_number(foreign.certificate->serial);
		outcome.subject = foreign.certificate->subject;
	}
	if (outcome.refusal == NULL)
		err = add(import, &foreign, &outcome.result);
	if (err == ERR_OK)
		tell(import, &outcome);
	foreign_certificate_clear(&foreign);
	return err;
}

/* Only the store keeps it from going on. */
static enum err
import_files(struct import *import)
{
	const struct options_words *files = &import->call->operands;

	for (size_t i = 0; i < files->count; i++) {
		enum err err;

		import->path = files->items[i];
		err = foreign_certificates_read(import->path, import_one,
		    import, import->call->problems);
		if (err == ERR_FILE)
			import->refused++;
		else if (err != ERR_OK)
			return err;
	}
	return import->refused == 0 ? ERR_OK : ERR_FILE;
}

static enum err
complain(const struct state_call *call, const char *what)
{
	problem_add(call->problems, PROBLEM_ERROR, "%s", what);
	return ERR_CONFIGURATION;
}

static enum err
read_revocation(struct import *import)
{
	const struct state_call *call = import->call;
	const struct cert_wishes *wishes = cert_wishes(call);
	enum err err = cert_read_reason(call, "--revoked", wishes->reason,
	    &import->reason);

	import->revoke = wishes->reason != NULL;
	import->revoked_at = clock_now();
	if (err == ERR_OK && import->reason < 0)
		err = complain(call,
		    "--revoked removeFromCRL: is no reason to be revoked");
	if (err != ERR_OK || wishes->revoked_at == NULL)
		return err;
	if (!import->revoke)
		return complain(call, "--revoked-at needs --revoked REASON");
	err = state_time("--revoked-at", wishes->revoked_at,
	    &import->revoked_at, call->problems);
	if (err == ERR_OK &&
	    (import->revoked_at > clock_now() || import->revoked_at == 0))
		err = complain(call, "--revoked-at is not in the past");
	return err;
}

enum err
cert_import(const struct state_call *call)
{
	static const char *const head[] = { "RESULT", "FILE", "SERIAL",
		"SUBJECT" };
	struct import import = { .call = call };
	enum err err = read_revocation(&import);

	if (err == ERR_OK)
		err = cert_load_cas(call, &import.cas);
	if (err == ERR_OK) {
		listing_begin(&import.listing, call->output, call->wishes->json,
		    head, COUNT(head));
		err = import_files(&import);
		listing_end(&import.listing);
	}
	known_cas_clear(&import.cas);
	return err;
}
