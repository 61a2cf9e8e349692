/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/subject.h"

#include "crypto/name.h"
#include "crypto/text.h"

/*
 * A subject is taken over as the device wrote it, and then read by others: by
 * terminals, web pages, logs and lists of users.  What could do harm there is
 * refused here.
 */

static bool
value_is_fit(struct bytes text)
{
	return !text_has_control(text) &&
	    text_count_characters(text) <= SUBJECT_MAX_VALUE;
}

static bool
attribute_is_fit(struct bytes subject, size_t index)
{
	struct buf text = { 0 };
	struct bytes type;
	bool fit = name_attribute(subject, index, &type, &text) == ERR_OK &&
	    value_is_fit(buf_bytes(&text));

	buf_clear(&text);
	return fit;
}

/* A device with the name of the CA or RA would be taken for it wherever chains
 * are built, or messages addressed, by names. */
enum err
subject_check(struct bytes subject, const struct bytes *own, size_t count)
{
	size_t attributes;

	if (subject.size > SUBJECT_MAX_SIZE ||
	    name_count(subject, &attributes) != ERR_OK)
		return ERR_SUBJECT;
	for (size_t i = 0; i < attributes; i++)
		if (!attribute_is_fit(subject, i))
			return ERR_SUBJECT;
	for (size_t i = 0; i < count; i++)
		if (name_equal(subject, own[i]))
			return ERR_SUBJECT;
	return ERR_OK;
}
