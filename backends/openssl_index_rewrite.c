/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_rewrite.h"

#include <errno.h>
#include <string.h>

#include "backends/openssl_index_copy.h"
#include "backends/openssl_index_exchange.h"
#include "backends/openssl_index_internal.h"

struct work {
	const struct openssl_index_rewrite *rewrite;
	struct openssl_index_copy copy;
	bool changed;
};

static enum err
complain(const struct work *work)
{
	const struct openssl_index_source *index = work->rewrite->index;

	problem_add(index->problems, PROBLEM_ERROR,
	    "%s: can't be replaced by way of %s: %s; scepd needs to write to "
	    "its folder",
	    index->path, work->copy.name, strerror(errno));
	return ERR_INDEX;
}

static enum err
append(struct work *work, struct bytes text)
{
	return openssl_index_copy_append(&work->copy, text) == ERR_OK ?
	    ERR_OK :
	    complain(work);
}

/* What is between the type and the revocation, and what is after it, stays. */
static enum err
append_revoked(struct work *work, const struct openssl_index_item *item,
    struct bytes revocation)
{
	const struct openssl_index_row *row = item->row;
	size_t begin = (size_t)(row->expires.data - item->text.data);
	size_t end = (size_t)(row->revocation.data - item->text.data);
	enum err err = append(work, BYTES_LITERAL("R\t"));

	work->changed = true;
	if (err == ERR_OK)
		err = append(work,
		    bytes_of(item->text.data + begin, end - begin));
	if (err == ERR_OK)
		err = append(work, revocation);
	if (err == ERR_OK)
		err = append(work,
		    bytes_from(item->text, end + row->revocation.size));
	return err;
}

static enum err
copy_item(void *context, const struct openssl_index_item *item)
{
	struct work *work = context;
	const struct openssl_index_rewrite *rewrite = work->rewrite;
	struct bytes revocation = { 0 };
	enum err err;

	if (item->row != NULL)
		revocation = rewrite->revocation(rewrite->context, item);
	err = revocation.size > 0 ? append_revoked(work, item, revocation) :
				    append(work, item->text);
	return err == ERR_OK ? append(work, BYTES_LITERAL("\n")) : err;
}

/* Whether what was put in place is there still: an `openssl ca` that has read the
 * index before may have put its own there. */
static enum err
look_at_place(const struct work *work, bool *again)
{
	struct openssl_index_state own, present;
	enum err err = openssl_index_look(work->copy.fd, &own);

	if (err != ERR_OK)
		return err;
	*again = openssl_index_state_read(work->rewrite->index->path,
		     &present) != ERR_OK ||
	    own.inode != present.inode || own.device != present.device;
	return ERR_OK;
}

static enum err
put_in_place(struct work *work, bool *again)
{
	const struct openssl_index_rewrite *rewrite = work->rewrite;
	enum err err = openssl_index_copy_finish(&work->copy,
	    rewrite->index->fd);

	if (err == ERR_OK)
		err = openssl_index_exchange(rewrite->index->path,
		    work->copy.name, rewrite->state, again);
	if (err == ERR_OK && !*again)
		err = look_at_place(work, again);
	return err == ERR_OK ? ERR_OK : complain(work);
}

static enum err
copy_all(struct work *work, bool *again)
{
	const struct openssl_index_rewrite *rewrite = work->rewrite;
	enum err err = openssl_index_items(rewrite->index, copy_item, work);

	if (err == ERR_OK && rewrite->lines.size > 0) {
		work->changed = true;
		err = append(work, rewrite->lines);
	}
	return err == ERR_OK && work->changed ? put_in_place(work, again) : err;
}

enum err
openssl_index_rewrite(const struct openssl_index_rewrite *rewrite, bool *again)
{
	struct work work = { .rewrite = rewrite };
	enum err err = openssl_index_copy_begin(&work.copy,
	    rewrite->index->path);

	*again = false;
	err = err == ERR_OK ? copy_all(&work, again) : complain(&work);
	openssl_index_copy_end(&work.copy);
	return err;
}
