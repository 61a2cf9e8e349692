/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/hex.h"
#include "base/pem.h"
#include "crypto/name.h"
#include "tools/cert.h"
#include "tools/listing.h"
#include "tools/shown.h"

/* Whether the serial number is all that is known of it. */
static bool
is_alone(const struct stored_certificate *certificate)
{
	return certificate->key.size == 0;
}

static const char *
state_name(const struct stored_certificate *certificate, int64_t now)
{
	if (certificate->revoked_at != 0)
		return certificate->reason == CERT_REASON_HOLD ? "hold" :
								 "revoked";
	if (certificate->not_after == 0)
		return "unknown";
	return certificate->not_after < now ? "expired" : "valid";
}

static void
record_date(struct record *record, const char *name, int64_t seconds)
{
	if (seconds == 0)
		record_unknown(record, name);
	else
		record_time(record, name, seconds);
}

static void
record_contents(struct record *record,
    const struct stored_certificate *certificate)
{
	struct buf subject = { 0 };

	if (is_alone(certificate)) {
		record_unknown(record, "subject");
	} else {
		name_append_text(&subject, buf_bytes(&certificate->subject));
		record_text(record, "subject", buf_bytes(&subject));
	}
	record_date(record, "not_before", certificate->not_before);
	record_date(record, "not_after", certificate->not_after);
	buf_clear(&subject);
}

/* Whose request it was made for, where it was for one. */
static void
record_origin(struct record *record,
    const struct stored_certificate *certificate)
{
	if (certificate->endpoint.size > 0)
		record_text(record, "endpoint",
		    buf_bytes(&certificate->endpoint));
	if (certificate->profile.size > 0)
		record_text(record, "profile",
		    buf_bytes(&certificate->profile));
}

static void
record_certificate(struct record *record,
    const struct stored_certificate *certificate, int64_t now)
{
	record_begin(record);
	record_hex(record, "serial", buf_bytes(&certificate->serial));
	record_text(record, "state",
	    bytes_of_string(state_name(certificate, now)));
	record_contents(record, certificate);
	if (certificate->revoked_at != 0) {
		record_time(record, "revoked", certificate->revoked_at);
		record_text(record, "reason",
		    bytes_of_string(cert_reason_name(certificate->reason)));
	}
	if (is_alone(certificate))
		record_unknown(record, "key");
	else
		record_hex(record, "key", buf_bytes(&certificate->key));
	record_hex(record, "authority", buf_bytes(&certificate->authority));
	record_origin(record, certificate);
	record_end(record);
}

/* A list, and what is to be in it. */
struct cert_listing {
	struct listing listing;
	const char *subject; /* what it has to contain, or NULL */
	int64_t now;
	int64_t limit;
};

static void
add_row(struct table *table, const struct stored_certificate *certificate,
    struct bytes subject, int64_t now)
{
	struct buf serial = { 0 }, end = { 0 };

	hex_append(&serial, buf_bytes(&certificate->serial));
	if (certificate->not_after == 0)
		buf_append_string(&end, "unknown");
	else
		shown_append_time(&end, certificate->not_after);
	table_add(table, buf_bytes(&serial));
	table_add(table, bytes_of_string(state_name(certificate, now)));
	table_add(table, buf_bytes(&end));
	table_add(table, subject);
	buf_clear(&serial);
	buf_clear(&end);
}

/* In the C locale: ASCII letters of either case, and no others. */
static bool
list_one(void *context, const struct stored_certificate *certificate)
{
	struct cert_listing *certs = context;
	struct listing *listing = &certs->listing;
	struct buf subject = { 0 };
	bool wanted;

	if (!is_alone(certificate))
		name_append_text(&subject, buf_bytes(&certificate->subject));
	wanted = certs->subject == NULL ||
	    strcasestr(buf_string(&subject), certs->subject) != NULL;
	if (wanted && listing_next(listing))
		record_certificate(&listing->record, certificate, certs->now);
	else if (wanted)
		add_row(&listing->table, certificate, buf_bytes(&subject),
		    certs->now);
	buf_clear(&subject);
	return (int64_t)listing->count < certs->limit;
}

static enum err
list(const struct state_call *call, struct cert_listing *certs)
{
	static const char *const head[] = { "SERIAL", "STATE", "NOT AFTER",
		"SUBJECT" };
	const struct certificate_filter filter = {
		.revoked_only = cert_wishes(call)->revoked
	};
	enum err err;

	listing_begin(&certs->listing, call->output, call->wishes->json, head,
	    COUNT(head));
	err = store_certificate_list(call->store, &filter, INT64_MAX, list_one,
	    certs);
	listing_end(&certs->listing);
	return err;
}

enum err
cert_list(const struct state_call *call)
{
	const struct cert_wishes *wishes = cert_wishes(call);
	struct cert_listing certs = {
		.subject = wishes->subject,
		.now = clock_now(),
		.limit = INT64_MAX,
	};
	enum err err = ERR_OK;

	if (wishes->limit != NULL)
		err = state_number("--limit", wishes->limit, &certs.limit,
		    call->problems);
	return err == ERR_OK ? list(call, &certs) : err;
}

static enum err
append_pem(const struct state_call *call,
    const struct stored_certificate *certificate)
{
	if (certificate->der.size > 0) {
		pem_append(call->output, "CERTIFICATE",
		    buf_bytes(&certificate->der));
		return ERR_OK;
	}
	problem_add(call->problems, PROBLEM_ERROR,
	    "certificate %s is not signed yet, or only its serial number is "
	    "known",
	    call->operand);
	return ERR_STORE_NONE;
}

enum err
cert_show(const struct state_call *call)
{
	struct record record = { .to = call->output,
		.json = call->wishes->json };
	struct stored_certificate certificate = { 0 };
	enum err err = cert_find(call, true, &certificate);

	if (err == ERR_OK && cert_wishes(call)->pem)
		err = append_pem(call, &certificate);
	else if (err == ERR_OK) {
		record_certificate(&record, &certificate, clock_now());
		buf_append_string(call->output, record.json ? "\n" : "");
	}
	stored_certificate_clear(&certificate);
	return err;
}
