/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_crl.h"

#include "base/count.h"
#include "base/hex.h"
#include "base/pem.h"
#include "crypto/crl.h"
#include "crypto/name.h"
#include "tools/cert.h"
#include "tools/exported.h"
#include "tools/known_cas.h"
#include "tools/listing.h"
#include "tools/shown.h"

/* The options of all actions; the first field as state.h wants it. */
struct wishes {
	struct state_wishes state;
	const char *ca;
	const char *form;
	const char *out;
};

#define OPTION(field) .offset = offsetof(struct wishes, field)

#define CA_ROW \
	{ \
		"ca", "FILE", OPTION(ca), \
		    "the CA's certificate, as PEM, where several have\n" \
		    "a CRL" \
	}

static const struct options_row show_options[] = {
	CA_ROW,
	STATE_JSON_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row export_options[] = {
	{ "form", "FORM", OPTION(form), "pem (the default) or der" },
	{ "out", "FILE", OPTION(out),
	    "write a new file instead of standard output" },
	CA_ROW,
	STATE_OPTION_ROWS,
};

static const struct wishes *
wishes_of(const struct state_call *call)
{
	return (const struct wishes *)call->wishes;
}

/* Which CRL */

static enum err
find_named(const struct state_call *call, const char *ca,
    struct stored_crl *stored)
{
	struct known_cas cas = { 0 };
	enum err err = known_cas_load_file(&cas, ca, call->problems);

	if (err == ERR_OK)
		err = store_crl_get(call->store, BYTES_ARRAY(cas.items[0].id),
		    stored);
	known_cas_clear(&cas);
	return err;
}

/* ERR_CONFIGURATION where there are two. */
static enum err
find_only(const struct state_call *call, struct stored_crl *stored)
{
	struct stored_crl found = { 0 };
	struct buf id = { 0 };
	enum err err;

	while ((err = store_authority_next(call->store, buf_bytes(&id), &id)) ==
	    ERR_OK) {
		err = store_crl_get(call->store, buf_bytes(&id), &found);
		if (err == ERR_STORE_NONE)
			continue;
		if (err == ERR_OK && stored->number > 0)
			err = ERR_CONFIGURATION;
		if (err != ERR_OK)
			break;
		stored_crl_clear(stored);
		*stored = found;
		found = (struct stored_crl){ 0 };
	}
	stored_crl_clear(&found);
	buf_clear(&id);
	return err == ERR_STORE_NONE && stored->number > 0 ? ERR_OK : err;
}

static enum err
find(const struct state_call *call, struct stored_crl *stored)
{
	const char *ca = wishes_of(call)->ca;
	enum err err = ca != NULL ? find_named(call, ca, stored) :
				    find_only(call, stored);

	if (err == ERR_STORE_NONE)
		problem_add(call->problems, PROBLEM_ERROR,
		    "there is no CRL%s; scepd makes or reads one where its CA "
		    "has a group \"crl\" in scepd.conf",
		    ca != NULL ? " of this CA" : "");
	else if (err == ERR_CONFIGURATION)
		problem_add(call->problems, PROBLEM_ERROR,
		    "several CAs have a CRL; name one by --ca FILE");
	return err;
}

/* With what is in it; both are the caller's to free, in any case. */
static enum err
open_crl(const struct state_call *call, struct stored_crl *stored,
    struct crl **crl)
{
	enum err err = find(call, stored);

	return err == ERR_OK ? crl_read(buf_bytes(&stored->der), crl) : err;
}

/* Show */

static void
show(const struct state_call *call, const struct crl *crl, int64_t count)
{
	struct record record = { .to = call->output,
		.json = call->wishes->json };
	struct buf issuer = { 0 };

	name_append_text(&issuer, crl->issuer);
	record_begin(&record);
	record_text(&record, "issuer", buf_bytes(&issuer));
	record_hex(&record, "number", crl->number);
	record_time(&record, "this_update", crl->this_update);
	if (crl->next_update != 0)
		record_time(&record, "next_update", crl->next_update);
	else
		record_unknown(&record, "next_update");
	record_number(&record, "revoked", count);
	record_number(&record, "size", (int64_t)crl->der.size);
	record_end(&record);
	buf_append_string(call->output, record.json ? "\n" : "");
	buf_clear(&issuer);
}

static enum err
run_show(const struct state_call *call)
{
	struct stored_crl stored = { 0 };
	struct crl *crl = NULL;
	struct crl_entry entry;
	int64_t count = 0;
	enum err err = open_crl(call, &stored, &crl);

	while (err == ERR_OK && !der_at_end(&crl->entries)) {
		err = crl_next_entry(&crl->entries, &entry);
		count++;
	}
	if (err == ERR_OK)
		show(call, crl, count);
	crl_free(crl);
	stored_crl_clear(&stored);
	return err;
}

/* List */

static void
add(struct listing *listing, const struct crl_entry *entry)
{
	struct bytes reason = bytes_of_string(cert_reason_name(entry->reason));
	struct buf text = { 0 };

	if (listing_next(listing)) {
		record_begin(&listing->record);
		record_hex(&listing->record, "serial", entry->serial);
		record_time(&listing->record, "revoked_at", entry->revoked_at);
		record_text(&listing->record, "reason", reason);
		record_end(&listing->record);
		return;
	}
	hex_append(&text, entry->serial);
	table_add(&listing->table, buf_bytes(&text));
	buf_truncate(&text, 0);
	shown_append_time(&text, entry->revoked_at);
	table_add(&listing->table, buf_bytes(&text));
	table_add(&listing->table, reason);
	buf_clear(&text);
}

static enum err
run_list(const struct state_call *call)
{
	static const char *const head[] = { "SERIAL", "REVOKED", "REASON" };
	struct stored_crl stored = { 0 };
	struct listing listing = { 0 };
	struct crl_entry entry;
	struct crl *crl = NULL;
	enum err err = open_crl(call, &stored, &crl);

	listing_begin(&listing, call->output, call->wishes->json, head,
	    COUNT(head));
	while (err == ERR_OK && !der_at_end(&crl->entries)) {
		err = crl_next_entry(&crl->entries, &entry);
		if (err == ERR_OK)
			add(&listing, &entry);
	}
	listing_end(&listing);
	crl_free(crl);
	stored_crl_clear(&stored);
	return err;
}

/* Export */

static enum err
write_crl(const struct state_call *call, struct bytes der)
{
	const struct wishes *wishes = wishes_of(call);
	struct bytes form =
	    bytes_of_string(wishes->form != NULL ? wishes->form : "pem");
	struct buf pem = { 0 };
	enum err err;

	if (bytes_equal_string(form, "der"))
		return exported_write(call, der, true, wishes->out);
	if (!bytes_equal_string(form, "pem")) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "--form \"%s\": is unknown; choose pem or der",
		    wishes->form);
		return ERR_CONFIGURATION;
	}
	pem_append(&pem, "X509 CRL", der);
	err = exported_write(call, buf_bytes(&pem), false, wishes->out);
	buf_clear(&pem);
	return err;
}

static enum err
run_export(const struct state_call *call)
{
	struct stored_crl stored = { 0 };
	enum err err = find(call, &stored);

	if (err == ERR_OK)
		err = write_crl(call, buf_bytes(&stored.der));
	stored_crl_clear(&stored);
	return err;
}

static const struct state_action actions[] = {
	{ "show", NULL, "show what is known of the newest CRL", show_options,
	    run_show, STATE_WHOLE },
	{ "list", NULL, "list the certificates that are in it", show_options,
	    run_list, STATE_WHOLE },
	{ "export", NULL, "write it, for other programs", export_options,
	    run_export, STATE_WHOLE },
	{ 0 },
};

enum err
scepctl_crl(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	const struct state_command command = { "crl", actions };
	struct options_words words = { argv, (size_t)argc };
	struct wishes wishes = { 0 };

	return state_run(&command, words, &wishes, output, problems);
}
