/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/openssl_index_copy.h"
#include "backends/openssl_index_exchange.h"
#include "backends/openssl_index_internal.h"
#include "backends/openssl_index_lacking.h"
#include "backends/openssl_index_rewrite.h"
#include "base/xalloc.h"

/* One round: the files as they are when it begins. */
struct merge {
	struct openssl_index_source index;
	struct openssl_index_source earlier;
	struct openssl_index_state state; /* of the index */
	struct openssl_index_lacking lacking;
};

/* What it is about, in all rounds. */
struct order {
	const char *path;
	const char *earlier;
	bool unique_subject;
	struct problems *problems;
};

static struct bytes
revocation_of(void *context, const struct openssl_index_item *item)
{
	const struct merge *merge = context;

	if (item->row->type == 'R')
		return (struct bytes){ 0 };
	return openssl_index_lacking_revocation(&merge->lacking, item->serial);
}

/* It counts only if the index is in its place still. */
static enum err
append_and_look(const struct merge *merge, bool *again)
{
	struct openssl_index_state now = merge->state, present;
	enum err err = openssl_index_append(merge->index.fd, &now,
	    buf_bytes(&merge->lacking.lines));

	if (err == ERR_OK)
		err = openssl_index_look(merge->index.fd, &now);
	if (err != ERR_OK)
		return err;
	*again = openssl_index_state_read(merge->index.path, &present) !=
		ERR_OK ||
	    !openssl_index_state_equal(&now, &present);
	return ERR_OK;
}

/* Others may have written into the file since it was read. */
static enum err
append(const struct merge *merge, bool *again)
{
	struct openssl_index_state now;
	enum err err = openssl_index_look(merge->index.fd, &now);

	*again = err == ERR_OK &&
	    !openssl_index_state_equal(&now, &merge->state);
	if (err == ERR_OK && !*again)
		err = append_and_look(merge, again);
	return err == ERR_OK ?
	    ERR_OK :
	    openssl_index_complain(merge->index.path, merge->index.problems);
}

/* Rows and revocations at once: a row may have a name that is free only when
 * another is revoked, and whoever is killed has done all or nothing. */
static enum err
bring_in(struct merge *merge, bool *again)
{
	const struct openssl_index_rewrite rewrite = {
		.index = &merge->index,
		.state = &merge->state,
		.revocation = revocation_of,
		.context = merge,
		.lines = buf_bytes(&merge->lacking.lines),
	};

	if (merge->lacking.serials.count > 0)
		return openssl_index_rewrite(&rewrite, again);
	return merge->lacking.lines.size > 0 ? append(merge, again) : ERR_OK;
}

static enum err
compare(struct merge *merge, const struct order *order)
{
	struct openssl_index_state earlier;

	if (openssl_index_look(merge->earlier.fd, &earlier) != ERR_OK)
		return openssl_index_complain(order->earlier, order->problems);
	if (merge->state.size == 0 && earlier.size > 0)
		return openssl_index_damaged(order->path, OPENSSL_INDEX_EMPTIED,
		    0, order->problems);
	return openssl_index_lacking_find(&merge->index, &merge->earlier,
	    order->unique_subject, &merge->lacking);
}

static enum err
open_earlier(struct openssl_index_source *earlier)
{
	struct stat status;

	earlier->fd = open(earlier->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (earlier->fd < 0)
		return openssl_index_complain(earlier->path, earlier->problems);
	if (fstat(earlier->fd, &status) == 0 && S_ISREG(status.st_mode))
		return ERR_OK;
	close(earlier->fd);
	errno = EINVAL;
	return openssl_index_complain(earlier->path, earlier->problems);
}

static enum err
run_round(struct merge *merge, const struct order *order, bool *again)
{
	enum err err = open_earlier(&merge->earlier);

	if (err != ERR_OK)
		return err;
	err = compare(merge, order);
	if (err == ERR_OK)
		err = bring_in(merge, again);
	close(merge->earlier.fd);
	return err;
}

static enum err
one_round(const struct order *order, struct openssl_index_merge_report *report,
    bool *again)
{
	struct merge merge = {
		.index = { order->path, -1, order->problems },
		.earlier = { order->earlier, -1, order->problems },
	};
	enum err err = openssl_index_source_open(&merge.index, &merge.state);

	*again = false;
	if (err != ERR_OK)
		return err;
	err = run_round(&merge, order, again);
	close(merge.index.fd);
	if (err == ERR_OK)
		*report = (struct openssl_index_merge_report){
			merge.lacking.rows,
			merge.lacking.serials.count,
			merge.lacking.left_out,
		};
	openssl_index_lacking_clear(&merge.lacking);
	return err;
}

/* The report is that of all rounds: what is appended in vain is missing again in
 * the next. */
static enum err
merge_all(const struct order *order, struct openssl_index_merge_report *report)
{
	bool again = true;
	enum err err = ERR_OK;

	for (int i = 0; err == ERR_OK && again && i < OPENSSL_INDEX_ROUNDS; i++)
		err = one_round(order, report, &again);
	return err == ERR_OK && again ?
	    openssl_index_busy(order->path, order->problems) :
	    err;
}

/* What was left behind */

static enum err
merge_left_one(const struct order *order)
{
	struct openssl_index_merge_report report = { 0 };
	enum err err = merge_all(order, &report);

	if (err != ERR_OK)
		return err;
	if (report.appended + report.revoked > 0)
		problem_add(order->problems, PROBLEM_WARNING,
		    "%s: was replaced while others wrote into it; put back are "
		    "%zu rows and %zu revocations",
		    order->path, report.appended, report.revoked);
	return openssl_index_keep_old(order->path, order->earlier) == ERR_OK ?
	    ERR_OK :
	    openssl_index_complain(order->earlier, order->problems);
}

/* `openssl ca` leaves an instant without an index, but then there is a new one
 * that it is about to put in place: that is waited for. */
static bool
is_gone(const char *path)
{
	char *coming = xasprintf("%s.new", path);
	bool gone = access(path, F_OK) != 0;
	int fd;

	if (gone && access(coming, F_OK) == 0) {
		gone = openssl_index_open(path, &fd) != ERR_OK;
		if (!gone)
			close(fd);
	}
	free(coming);
	return gone;
}

/* What was put aside is the index itself, if there is no other. */
static enum err
restore(const char *path, struct problems *problems)
{
	char *aside = xasprintf("%s.scepd-0", path);
	enum err err = ERR_OK;

	if (access(aside, F_OK) == 0 && is_gone(path))
		err = openssl_index_put_back(path, aside);
	if (err != ERR_OK && errno == EEXIST)
		err = ERR_OK;
	if (err != ERR_OK)
		(void)openssl_index_complain(aside, problems);
	free(aside);
	return err;
}

enum err
openssl_index_merge_left(const char *path, bool unique_subject,
    struct problems *problems)
{
	for (int i = 0; i < OPENSSL_INDEX_ROUNDS; i++) {
		struct order order = { path, NULL, unique_subject, problems };
		char *left = NULL;
		enum err err = restore(path, problems);

		if (err != ERR_OK)
			return err;
		if (openssl_index_copy_find(path, &left) != ERR_OK)
			return openssl_index_complain(path, problems);
		if (left == NULL)
			return ERR_OK;
		order.earlier = left;
		err = merge_left_one(&order);
		free(left);
		if (err != ERR_OK)
			return err;
	}
	return openssl_index_busy(path, problems);
}

/* What was left behind comes last, as it becomes PATH.old, which `earlier` may
 * be. */
enum err
openssl_index_merge(const char *path, const char *earlier, bool unique_subject,
    struct openssl_index_merge_report *report, struct problems *problems)
{
	const struct order order = { path, earlier, unique_subject, problems };
	struct openssl_index_merge_report found;
	enum err err = restore(path, problems);

	if (err == ERR_OK)
		err = merge_all(&order, &found);
	if (err == ERR_OK)
		err = openssl_index_merge_left(path, unique_subject, problems);
	if (err == ERR_OK)
		*report = found;
	return err;
}
