/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/scep.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "scep/endpoint_guard.h"
#include "scep/http_op.h"
#include "scep/journal.h"

struct scep {
	struct endpoint **endpoints;
	size_t count;
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
	for (size_t i = 0; i < endpoints->count; i++) {
		if (endpoint_new(endpoints->items[i], setup,
			&made->endpoints[made->count], problems) != ERR_OK) {
			err = ERR_CONFIGURATION;
			continue;
		}
		made->count++;
		if (path_is_taken(made)) {
			conf_problem(endpoints->items[i], "path", PROBLEM_ERROR,
			    problems, "another endpoint has this path already");
			err = ERR_CONFIGURATION;
		}
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
	free(scep);
}

void
scep_guard_add(const struct scep *scep, struct guarded_keys *keys)
{
	for (size_t i = 0; i < scep->count; i++)
		endpoint_guard_add(scep->endpoints[i], keys);
}

void
scep_check_validity(const struct scep *scep, int64_t now,
    struct problems *problems)
{
	for (size_t i = 0; i < scep->count; i++)
		endpoint_check_validity(scep->endpoints[i], now, problems);
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

/* Whatever happens, an answer is made and one line is written. */
void
scep_serve(const struct scep *scep, struct scep_exchange *exchange)
{
	struct journal journal = journal_of(exchange);
	const struct endpoint *endpoint = find_endpoint(scep, exchange->path);

	if (endpoint == NULL) {
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
