/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/scep.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/count.h"
#include "base/xalloc.h"
#include "scep/books.h"
#include "scep/crl_import.h"
#include "scep/crl_make.h"
#include "scep/endpoint_guard.h"
#include "scep/get_crl.h"
#include "scep/guess_alarms.h"
#include "scep/http_op.h"
#include "scep/journal.h"
#include "scep/submission.h"

/* What issues, now or once, for an endpoint; several may have one CA. */
struct issuer {
	const struct endpoint *endpoint;
	const struct authority *authority;
};

struct scep {
	struct endpoint **endpoints;
	size_t count;
	struct issuer *issuers; /* of all endpoints */
	size_t issuer_count;
	int64_t *books_retry_at;   /* one an endpoint; books_update has it */
	struct commands *commands; /* or NULL; see submission.h */
};

/* Whether another endpoint has the path of the last one. */
static bool
path_is_taken(const struct scep *scep)
{
	const struct endpoint *last = scep->endpoints[scep->count - 1];

	for (size_t i = 0; i + 1 < scep->count; i++)
		if (strcmp(scep->endpoints[i]->path, last->path) == 0)
			return true;
	return false;
}

/* Whether a CRL of one endpoint would be served at the path of the other, or
 * at that of another CA's CRL there. */
static bool
crl_collides(const struct endpoint *a, const struct endpoint *b)
{
	const struct authority *list[SUCCESSION_MAX_AUTHORITIES], *other;
	size_t count = succession_authorities(&a->succession, list);

	if (get_crl_at(a, bytes_of_string(b->path)) != NULL)
		return true;
	for (size_t i = 0; i < count; i++) {
		const char *path = backend_crl(list[i]->backend)->path;

		other = path != NULL ? get_crl_at(b, bytes_of_string(path)) :
				       NULL;
		if (other != NULL &&
		    !bytes_equal(BYTES_ARRAY(other->hash),
			BYTES_ARRAY(list[i]->hash)))
			return true;
	}
	return false;
}

/* The last one's, and with the last one. */
static bool
crl_path_is_taken(const struct scep *scep)
{
	const struct endpoint *last = scep->endpoints[scep->count - 1];

	for (size_t i = 0; i < scep->count; i++)
		if (crl_collides(last, scep->endpoints[i]) ||
		    crl_collides(scep->endpoints[i], last))
			return true;
	return false;
}

/* Of the last one, which was just made. */
static enum err
check_paths(const struct scep *scep, const struct conf_section *section,
    struct problems *problems)
{
	enum err err = ERR_OK;

	if (path_is_taken(scep))
		err = conf_refuse(section, "path", problems,
		    "another endpoint has this path already");
	if (crl_path_is_taken(scep))
		err = conf_refuse(section, "ca", problems,
		    "the path of this CA's CRL is that of another CA's or of "
		    "an endpoint; devices could get but one of them");
	return err;
}

static void
add_issuers(struct scep *scep, const struct endpoint *endpoint)
{
	const struct authority *list[SUCCESSION_MAX_AUTHORITIES];
	size_t count = succession_authorities(&endpoint->succession, list);

	for (size_t i = 0; i < count; i++)
		scep->issuers[scep->issuer_count++] = (struct issuer){ endpoint,
			list[i] };
}

/* All endpoints are made even where one fails, so that one start reports
 * all. */
enum err
scep_new(const struct conf_sections *endpoints,
    const struct endpoint_setup *setup, struct scep **scep,
    struct problems *problems)
{
	struct scep *made = xalloc(sizeof(*made));
	enum err err = ERR_OK;

	made->endpoints = xcalloc(endpoints->count, sizeof(*made->endpoints));
	made->issuers = xcalloc(endpoints->count * SUCCESSION_MAX_AUTHORITIES,
	    sizeof(*made->issuers));
	made->books_retry_at = xcalloc(endpoints->count,
	    sizeof(*made->books_retry_at));
	for (size_t i = 0; i < endpoints->count; i++) {
		if (endpoint_new(endpoints->items[i], setup,
			&made->endpoints[made->count], problems) != ERR_OK) {
			err = ERR_CONFIGURATION;
			continue;
		}
		add_issuers(made, made->endpoints[made->count++]);
		if (check_paths(made, endpoints->items[i], problems) != ERR_OK)
			err = ERR_CONFIGURATION;
	}
	if (err != ERR_OK) {
		scep_free(made);
		return err;
	}
	*scep = made;
	return ERR_OK;
}

void
scep_free(struct scep *scep)
{
	if (scep == NULL)
		return;
	for (size_t i = 0; i < scep->count; i++)
		endpoint_free(scep->endpoints[i]);
	free(scep->endpoints);
	free(scep->issuers);
	free(scep->books_retry_at);
	free(scep);
}

void
scep_guard_add(const struct scep *scep, struct guarded_keys *keys)
{
	for (size_t i = 0; i < scep->count; i++)
		endpoint_guard_add(scep->endpoints[i], keys);
}

/* The first that keeps books and has this hash, or NULL: of several endpoints
 * that have one CA, any will do. */
static const struct authority *
find_books(const struct scep *scep, struct bytes hash)
{
	for (size_t i = 0; i < scep->issuer_count; i++) {
		const struct authority *authority = scep->issuers[i].authority;

		if (backend_has_books(authority->backend) &&
		    bytes_equal(BYTES_ARRAY(authority->hash), hash))
			return authority;
	}
	return NULL;
}

/* All endpoints have one store. */
static struct store *
store_of(const struct scep *scep)
{
	return scep->endpoints[0]->store;
}

static enum err
enter(void *context, struct bytes request, struct buf *reply)
{
	const struct authority *authority;
	struct books_request wanted;
	struct backend_entry entry;
	enum err err = books_read_request(request, &wanted);

	if (err != ERR_OK)
		return err;
	authority = find_books(context, wanted.authority);
	entry = (struct backend_entry){ wanted.certificate, wanted.replaces,
		clock_now() };
	return authority != NULL ? backend_enter(authority->backend,
				       store_of(context), &entry, reply) :
				   ERR_ERRAND_REFUSED;
}

static enum err
reserve_serial(void *context, struct bytes request, struct buf *reply)
{
	const struct authority *authority = find_books(context, request);

	return authority != NULL ? backend_reserve_serial(authority->backend,
				       store_of(context), reply) :
				   ERR_ERRAND_REFUSED;
}

static struct submissions
submissions_of(const struct scep *scep)
{
	return (struct submissions){ scep->endpoints, scep->count,
		scep->commands };
}

void
scep_use_commands(struct scep *scep, struct commands *commands)
{
	scep->commands = commands;
}

static enum err
submit(void *context, struct bytes request, struct buf *reply)
{
	const struct submissions submissions = submissions_of(context);

	return submission_do_errand(&submissions, request, clock_now(), reply);
}

struct errand_table
scep_errands(struct scep *scep)
{
	static const struct errand_handler handlers[] = {
		{ BOOKS_ERRAND, enter },
		{ SUBMISSION_ERRAND, submit },
		{ SERIAL_ERRAND, reserve_serial },
	};

	return (struct errand_table){ handlers, COUNT(handlers), scep };
}

static void
each_hook(const struct endpoint *endpoint,
    void (*each)(void *context, const struct hook *hook), void *context)
{
	const struct hooks *hooks = &endpoint->hooks;
	const struct hook *own[] = { hooks->enrol, hooks->renew,
		hooks->issued };

	for (size_t i = 0; i < COUNT(own); i++)
		if (own[i] != NULL)
			each(context, own[i]);
}

void
scep_each_hook(const struct scep *scep,
    void (*each)(void *context, const struct hook *hook), void *context)
{
	for (size_t i = 0; i < scep->count; i++)
		each_hook(scep->endpoints[i], each, context);
	for (size_t i = 0; i < scep->issuer_count; i++) {
		const struct authority *authority = scep->issuers[i].authority;

		if (backend_hook(authority->backend) != NULL)
			each(context, backend_hook(authority->backend));
	}
}

enum err
scep_check_access(const struct scep *scep, struct problems *problems)
{
	enum err first = ERR_OK;

	for (size_t i = 0; i < scep->issuer_count; i++) {
		enum err err =
		    backend_check_access(scep->issuers[i].authority->backend,
			problems);

		first = first == ERR_OK ? err : first;
	}
	return first == ERR_OK ? ERR_OK : ERR_CONFIGURATION;
}

void
scep_check_validity(const struct scep *scep, int64_t now,
    struct problems *problems)
{
	for (size_t i = 0; i < scep->count; i++)
		succession_check_validity(&scep->endpoints[i]->succession, now,
		    problems);
}

/* Whether one fails or not, the others are made.  Of those that have one CA, all
 * but one find nothing to do. */
enum err
scep_make_crls(const struct scep *scep, int64_t now)
{
	enum err first = ERR_OK;

	for (size_t i = 0; i < scep->issuer_count; i++) {
		const struct issuer *issuer = &scep->issuers[i];
		enum err err = crl_make_if_due(issuer->endpoint,
		    issuer->authority, now);

		first = first == ERR_OK ? err : first;
	}
	return first;
}

void
scep_update_books(struct scep *scep, int64_t now)
{
	for (size_t i = 0; i < scep->count; i++)
		books_update(scep->endpoints[i], now, &scep->books_retry_at[i]);
}

/* Whatever goes wrong, the store has logged, and there is a next time. */
void
scep_keep_guess_alarms(const struct scep *scep, int64_t now)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < scep->count; i++)
		err = guess_alarms_keep(scep->endpoints[i], now);
	(void)err;
}

void
scep_run_submissions(const struct scep *scep, int64_t now)
{
	const struct submissions submissions = submissions_of(scep);

	submission_run_due(&submissions, now);
}

/* Whatever went wrong is in `problems`, or the store has logged it. */
void
scep_import_crls(const struct scep *scep, int64_t now,
    struct problems *problems)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < scep->issuer_count; i++)
		err = crl_import_if_new(scep->issuers[i].endpoint,
		    scep->issuers[i].authority, now, problems);
	(void)err;
}

/* Or NULL. */
static const struct endpoint *
find_crl(const struct scep *scep, struct bytes path)
{
	for (size_t i = 0; i < scep->count; i++)
		if (get_crl_at(scep->endpoints[i], path) != NULL)
			return scep->endpoints[i];
	return NULL;
}

/* The endpoint with the longest path that the request's begins with, so that
 * "/" can serve whatever the others do not. */
static const struct endpoint *
find_endpoint(const struct scep *scep, struct bytes path)
{
	const struct endpoint *best = NULL;

	for (size_t i = 0; i < scep->count; i++) {
		const struct endpoint *endpoint = scep->endpoints[i];

		if (endpoint_has_path(endpoint, path) &&
		    (best == NULL ||
			strlen(endpoint->path) > strlen(best->path)))
			best = endpoint;
	}
	return best;
}

/* What is known before anything is looked at. */
static struct journal
journal_of(const struct scep_exchange *exchange)
{
	return (struct journal){
		.started_us = clock_monotonic_us(),
		.peer = exchange->peer,
	};
}

/* The path goes into the log, as that is most often what is wrong. */
static void
refuse(struct scep_exchange *exchange, struct journal *journal, enum err err)
{
	scep_exchange_refuse(exchange, err);
	journal->result = "error";
	journal->reason = err;
	buf_append(&journal->detail, exchange->path);
}

/* Whatever happens, an answer is made and one line is written.  The path of a
 * CRL may lie below that of an endpoint. */
void
scep_serve(const struct scep *scep, struct scep_exchange *exchange)
{
	struct journal journal = journal_of(exchange);
	const struct endpoint *crl = find_crl(scep, exchange->path);
	const struct endpoint *endpoint = find_endpoint(scep, exchange->path);

	if (crl != NULL) {
		get_crl_serve(crl, exchange, &journal);
	} else if (endpoint == NULL) {
		refuse(exchange, &journal, ERR_HTTP_PATH);
	} else {
		journal.endpoint = endpoint->path;
		http_op_serve(endpoint, exchange, &journal);
	}
	journal_write(&journal);
}

void
scep_refuse(struct scep_exchange *exchange, enum err err)
{
	struct journal journal = journal_of(exchange);

	refuse(exchange, &journal, err);
	journal_write(&journal);
}
