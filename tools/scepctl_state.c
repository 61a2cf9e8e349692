/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_state.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/hex.h"
#include "base/xalloc.h"
#include "conf/defaults.h"
#include "crypto/name.h"
#include "tools/known_cas.h"
#include "tools/listing.h"
#include "tools/shown.h"
#include "tools/state.h"

/* Show */

static int64_t
size_of(const char *path)
{
	char *log = xasprintf("%s-wal", path);
	struct stat about = { 0 };
	int64_t size = 0;

	if (stat(path, &about) == 0)
		size = about.st_size;
	if (stat(log, &about) == 0)
		size += about.st_size;
	free(log);
	return size;
}

static void
record_counts(struct record *record, const char *path,
    const struct store_counts *counts)
{
	record_text(record, "path", bytes_of_string(path));
	record_number(record, "version", counts->version);
	record_number(record, "size", size_of(path));
	record_number(record, "certificates", counts->certificates);
	for (int i = 0; i < TRANSACTION_STATES; i++)
		record_number(record, state_transaction_names[i],
		    counts->transactions[i]);
}

/* Of a CA that certificates are known of. */
struct summary {
	struct buf id;
	struct buf subject; /* as text; nothing where no file has it */
	int64_t revoked;
	struct stored_crl crl;
};

static void
clear_summary(struct summary *summary)
{
	buf_clear(&summary->id);
	buf_clear(&summary->subject);
	stored_crl_clear(&summary->crl);
}

static void
record_summary(struct record *record, struct summary *summary)
{
	record_begin(record);
	record_hex(record, "authority", buf_bytes(&summary->id));
	record_text(record, "subject", buf_bytes(&summary->subject));
	record_number(record, "revoked", summary->revoked);
	record_number(record, "crl_number", summary->crl.number);
	if (summary->crl.number > 0)
		record_time(record, "crl_made", summary->crl.this_update);
	record_end(record);
}

static void
add_row(struct table *table, const struct summary *summary)
{
	struct buf id = { 0 }, revoked = { 0 }, number = { 0 }, made = { 0 };

	hex_append(&id, buf_bytes(&summary->id));
	buf_truncate(&id, 16);
	buf_printf(&revoked, "%lld", (long long)summary->revoked);
	if (summary->crl.number > 0) {
		buf_printf(&number, "%lld", (long long)summary->crl.number);
		shown_append_time(&made, summary->crl.this_update);
	}
	table_add(table, buf_bytes(&id));
	table_add(table, buf_bytes(&revoked));
	table_add(table, buf_bytes(&number));
	table_add(table, buf_bytes(&made));
	table_add(table, buf_bytes(&summary->subject));
	buf_clear(&id);
	buf_clear(&revoked);
	buf_clear(&number);
	buf_clear(&made);
}

static enum err
summarise(const struct state_call *call, const struct known_cas *known,
    struct summary *summary)
{
	struct bytes id = buf_bytes(&summary->id);
	const struct known_ca *authority = known_cas_find(known, id);
	enum err err = store_count_revoked(call->store, id, &summary->revoked);

	if (authority != NULL)
		name_append_text(&summary->subject,
		    authority->certificates[0]->subject);
	if (err == ERR_OK)
		err = store_crl_get(call->store, id, &summary->crl);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

static enum err
list_authorities(const struct state_call *call, const struct known_cas *known,
    struct listing *listing)
{
	struct summary summary = { 0 };
	struct buf id = { 0 };
	enum err err;

	while ((err = store_authority_next(call->store, buf_bytes(&id), &id)) ==
	    ERR_OK) {
		buf_append(&summary.id, buf_bytes(&id));
		err = summarise(call, known, &summary);
		if (err != ERR_OK)
			break;
		if (listing_next(listing))
			record_summary(&listing->record, &summary);
		else
			add_row(&listing->table, &summary);
		clear_summary(&summary);
		summary = (struct summary){ 0 };
	}
	clear_summary(&summary);
	buf_clear(&id);
	return err == ERR_STORE_NONE ? ERR_OK : err;
}

/* For their names alone: nothing is wrong where they can't be read. */
static void
load_authorities(const struct state_call *call, struct known_cas *cas)
{
	struct problems *unsaid = problems_new();

	if (known_cas_load_config(cas, defaults_config(call->wishes->config),
		unsaid) != ERR_OK)
		known_cas_clear(cas);
	problems_free(unsaid);
}

static enum err
show_authorities(const struct state_call *call)
{
	static const char *const head[] = { "AUTHORITY", "REVOKED", "CRL",
		"MADE", "SUBJECT" };
	struct known_cas known = { 0 };
	struct listing listing = { 0 };
	enum err err;

	load_authorities(call, &known);
	buf_append_string(call->output,
	    call->wishes->json ? ", \"authorities\": " : "\n");
	listing_begin(&listing, call->output, call->wishes->json, head,
	    COUNT(head));
	err = list_authorities(call, &known, &listing);
	listing_end(&listing);
	known_cas_clear(&known);
	return err;
}

static enum err
run_show(const struct state_call *call)
{
	struct record record = { .to = call->output,
		.json = call->wishes->json };
	struct store_counts counts;
	enum err err = store_count(call->store, &counts);

	if (err != ERR_OK)
		return err;
	record_begin(&record);
	record_counts(&record, call->path, &counts);
	err = show_authorities(call);
	record_end(&record);
	buf_append_string(call->output, record.json ? "\n" : "");
	return err;
}

/* Backup, restore */

static enum err
run_backup(const struct state_call *call)
{
	enum err err = store_backup(call->store, call->operand, call->problems);

	if (err == ERR_OK)
		buf_printf(call->output, "%s is a copy of %s\n", call->operand,
		    call->path);
	return err;
}

/* "20261122T083000Z": without the colons, which mean a machine to scp. */
static struct buf
suffix_of(int64_t seconds)
{
	struct clock_date date = clock_date_of(seconds);
	struct buf suffix = { 0 };

	buf_printf(&suffix, "%04d%02d%02dT%02d%02d%02dZ", date.year, date.month,
	    date.day, date.hour, date.minute, date.second);
	return suffix;
}

static enum err
restore(const struct state_call *call, const char *path, const char *suffix,
    struct buf *kept)
{
	const struct store_restoration order = { .path = path,
		.backup = call->operand,
		.suffix = suffix };

	return store_restore(&order, kept, call->problems);
}

static void
report(const struct state_call *call, const char *path, struct buf *kept)
{
	buf_printf(call->output, "%s is a copy of %s now\n", path,
	    call->operand);
	if (kept->size > 0)
		buf_printf(call->output, "what it was before is %s\n",
		    buf_string(kept));
	buf_append_string(call->output,
	    "What was issued or revoked after the backup is not known any "
	    "more: RESTORING in\nscepctl(1) says what to do before scepd is "
	    "started.\n");
}

static enum err
run_restore(const struct state_call *call)
{
	struct buf suffix = suffix_of(clock_now()), kept = { 0 };
	char *path = NULL;
	enum err err = state_path(call->wishes, &path, call->problems);

	if (err == ERR_OK)
		err = restore(call, path, buf_string(&suffix), &kept);
	if (err == ERR_OK)
		report(call, path, &kept);
	buf_clear(&suffix);
	buf_clear(&kept);
	free(path);
	return err;
}

static const struct options_row show_options[] = {
	STATE_JSON_ROW,
	STATE_OPTION_ROWS,
};

static const struct options_row copy_options[] = {
	STATE_OPTION_ROWS,
};

static const struct state_action actions[] = {
	{ "show", NULL, "show what is in the state database", show_options,
	    run_show, STATE_WHOLE },
	{ "backup", "FILE", "copy it, beside a running scepd", copy_options,
	    run_backup, STATE_WHOLE },
	{ "restore", "FILE", "put a backup in its place while scepd is stopped",
	    copy_options, run_restore, STATE_UNOPENED },
	{ 0 },
};

enum err
scepctl_state(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	const struct state_command command = { "state", actions };
	struct options_words words = { argv, (size_t)argc };
	struct state_wishes wishes = { 0 };

	return state_run(&command, words, &wishes, output, problems);
}
