/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "backends/openssl_index_internal.h"
#include "base/xalloc.h"

static const char *const texts[OPENSSL_INDEX_EVENTS] = {
	[OPENSSL_INDEX_APPENDED] = "the row was appended to the index",
	[OPENSSL_INDEX_MISSING] =
	    "the index is gone and its predecessor (.old) is still there; "
	    "see which is the newest of it, .old and .new, and put it there",
	[OPENSSL_INDEX_EMPTIED] =
	    "the index is empty and was not before; see whether its "
	    "predecessor (.old) has the rows, and put it there",
	[OPENSSL_INDEX_UNENDED] =
	    "the last line of the index has no end, so that \"openssl ca\" "
	    "would lose it; end it if it is whole, and remove it if not",
	[OPENSSL_INDEX_UNREADABLE] =
	    "a line of the index is no row, for which \"openssl ca\" refuses "
	    "it; correct or remove it",
	[OPENSSL_INDEX_NAME_TAKEN] =
	    "the row is missing in the index, and can't be put back as "
	    "another certificate of its subject is valid and unique_subject is "
	    "yes; revoke one of the two, or write no into the .attr file",
	[OPENSSL_INDEX_PRUNED] =
	    "the row is missing in the index, and was issued so long ago that "
	    "somebody must have removed it; \"openssl ca -valid\" puts it "
	    "back",
	[OPENSSL_INDEX_NOT_REVOKED] =
	    "the row is valid in the index, the certificate is revoked here, "
	    "and it can't be marked; revoke it with \"openssl ca -revoke\"",
};

const char *
openssl_index_event_text(enum openssl_index_event_kind kind)
{
	return texts[kind];
}

/* The array doubles whenever its count is a power of two. */
void
openssl_index_report_add(struct openssl_index_report *report,
    enum openssl_index_event_kind kind, struct bytes serial, uint64_t line)
{
	struct openssl_index_event event = { .kind = kind, .line = line };

	buf_append(&event.serial, serial);
	if ((report->count & (report->count - 1)) == 0)
		report->events = xrealloc(report->events,
		    report->count == 0 ? 1 : 2 * report->count,
		    sizeof(*report->events));
	report->events[report->count++] = event;
}

void
openssl_index_report_drop_appended(struct openssl_index_report *report)
{
	size_t kept = 0;

	for (size_t i = 0; i < report->count; i++)
		if (report->events[i].kind == OPENSSL_INDEX_APPENDED)
			buf_clear(&report->events[i].serial);
		else
			report->events[kept++] = report->events[i];
	report->count = kept;
}

void
openssl_index_report_clear(struct openssl_index_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		buf_clear(&report->events[i].serial);
	free(report->events);
	*report = (struct openssl_index_report){ 0 };
}
