/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crypto/ber.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "crypto/der.h"

/*
 * BER (X.690) is what Apple's devices and jscep send (T10): lengths that are
 * not known when an element begins (0x80, ended by 00 00) and strings cut into
 * segments.  Every reader above this file takes DER alone, so all of that is
 * undone here, once, before anything is looked at.
 *
 * Two walks over the input, each linear, by the same functions.  The first
 * measures: it finds every element and how long its content is once
 * normalised, and notes that by the element's number.  The second writes,
 * meets the elements in the same order, and so takes each length by the same
 * number.  A single walk would have to move what it has written whenever a
 * length turns out to need more octets, which is quadratic where elements
 * nest.
 *
 * Depth and count of elements are bounded before memory is spent on them; what
 * the input announces is never trusted to size anything.
 */

#define CONSTRUCTED 0x20
#define PRIMITIVE(tag) ((uint8_t)((tag)&0xdf))
#define INDEFINITE (-1)

struct walk {
	struct bytes left; /* what is not read yet */
	size_t *lengths;   /* of each element's normalised content, in order */
	size_t count;      /* elements met so far in this walk */
	size_t capacity;
	unsigned depth;
	struct buf *to; /* where to write; NULL while measuring */
};

/* An element's tag and the length it announces, INDEFINITE included. */
struct header {
	uint8_t tag;
	int64_t length;
};

/*
 * X.690 section 8.1.3: one octet below 0x80 is the length; 0x80 alone is the
 * indefinite form; 0x80 and n is followed by n octets, most significant first.
 * BER allows leading zeros, so their number is no reason to refuse; the value
 * is checked at each step, so that no sum can overflow.
 */
static enum err
read_length(struct bytes *left, int64_t *length)
{
	size_t count;

	if (left->size == 0)
		return ERR_BER_TRUNCATED;
	*length = left->data[0];
	*left = bytes_from(*left, 1);
	if (*length < 0x80)
		return ERR_OK;
	count = *length & 0x7f;
	if (count == 0) {
		*length = INDEFINITE;
		return ERR_OK;
	}
	if (count == 0x7f) /* reserved: X.690 section 8.1.3.5 */
		return ERR_BER_LENGTH;
	if (left->size < count)
		return ERR_BER_TRUNCATED;
	*length = 0;
	for (size_t i = 0; i < count; i++) {
		*length = *length << 8 | left->data[i];
		if (*length > BER_MAX_SIZE)
			return ERR_BER_LENGTH;
	}
	*left = bytes_from(*left, count);
	return ERR_OK;
}

/*
 * Whether a tag is that of a string of the universal class in segments.  The
 * two times lie among the string tags but no CMS producer cuts them; a BIT
 * STRING could be cut too, but its segments have an octet of their own to tell
 * of, and no client is known to send one.
 */
static bool
is_segmented(uint8_t tag)
{
	uint8_t primitive = PRIMITIVE(tag);

	return (tag & 0xe0) == CONSTRUCTED &&
	    (primitive == DER_OCTET_STRING || primitive == DER_UTF8_STRING ||
		(primitive >= DER_NUMERIC_STRING &&
		    primitive <= DER_BMP_STRING && primitive != DER_UTC_TIME &&
		    primitive != DER_GENERALIZED_TIME));
}

/* The tags that CMS, PKCS#10 and X.509 use.  What is none of them is refused
 * here rather than carried along as bytes that nobody reads. */
static bool
tag_is_known(uint8_t tag)
{
	/* 0 is an end of contents out of place, 31 a tag of several octets;
	 * of the universal class only sequences, sets and strings nest. */
	if (tag == 0 || (tag & 0x1f) == 0x1f)
		return false;
	return (tag & 0xe0) != CONSTRUCTED || tag == DER_SEQUENCE ||
	    tag == DER_SET || is_segmented(tag);
}

/* A definite length must lie within what is left.  The indefinite form is the
 * constructed elements' alone (X.690 section 8.1.3.2). */
static enum err
read_header(struct bytes *left, struct header *header)
{
	enum err err;

	if (left->size == 0)
		return ERR_BER_TRUNCATED;
	header->tag = left->data[0];
	if (!tag_is_known(header->tag))
		return ERR_BER_TAG;
	*left = bytes_from(*left, 1);
	err = read_length(left, &header->length);
	if (err != ERR_OK)
		return err;
	if (header->length == INDEFINITE)
		return (header->tag & CONSTRUCTED) != 0 ? ERR_OK :
							  ERR_BER_LENGTH;
	return (size_t)header->length <= left->size ? ERR_OK :
						      ERR_BER_TRUNCATED;
}

/* Whether the elements inside have ended; an end of contents is consumed. */
static bool
inside_ended(struct bytes *inside, int64_t length)
{
	if (length != INDEFINITE)
		return inside->size == 0;
	if (inside->size < 2 || inside->data[0] != 0 || inside->data[1] != 0)
		return false;
	*inside = bytes_from(*inside, 2);
	return true;
}

/*
 * Whether `left` begins with something that a segmented string may hold: an
 * OCTET STRING, which is what X.690 wants in every kind of string, or the
 * string's own type, which some encoders put there.  Nesting of segments is
 * allowed by X.690, and bounded by the depth as all nesting is.
 */
static bool
is_segment(struct bytes left, uint8_t string_tag)
{
	uint8_t tag;

	if (left.size == 0)
		return true; /* truncated, which its reader says */
	tag = PRIMITIVE(left.data[0]);
	return tag == PRIMITIVE(string_tag) || tag == DER_OCTET_STRING;
}

/* The octets of tag and length in DER's shortest form (X.690 section 10.1). */
static size_t
header_size(size_t content)
{
	size_t size = 2;

	for (size_t rest = content; content >= 0x80 && rest > 0; rest >>= 8)
		size++;
	return size;
}

static void
write_header(struct buf *to, uint8_t tag, size_t length)
{
	size_t octets = header_size(length) - 2;

	buf_append_octet(to, tag);
	if (octets == 0) {
		buf_append_octet(to, (uint8_t)length);
		return;
	}
	buf_append_octet(to, (uint8_t)(0x80 | octets));
	while (octets-- > 0)
		buf_append_octet(to, (uint8_t)(length >> 8 * octets));
}

static enum err walk_element(struct walk *walk, bool bare, size_t *length);

/*
 * Walks what lies inside an element; *total is what it comes to.  While it
 * walks, the end of a definite element is the end of all there is, so nothing
 * inside can reach past it; what follows it comes back afterwards.  An
 * indefinite one ends where its end-of-contents octets say, at this level
 * only: those of inner elements have been consumed by then.
 */
static enum err
walk_inside(struct walk *walk, const struct header *header, size_t *total)
{
	bool segmented = is_segmented(header->tag);
	struct bytes behind = { 0 };
	enum err err = ERR_OK;

	if (header->length != INDEFINITE) {
		behind = bytes_from(walk->left, (size_t)header->length);
		walk->left.size = (size_t)header->length;
	}
	while (err == ERR_OK && !inside_ended(&walk->left, header->length)) {
		size_t length = 0;

		if (segmented && !is_segment(walk->left, header->tag))
			return ERR_BER_STRING;
		err = walk_element(walk, segmented, &length);
		*total += length + (segmented ? 0 : header_size(length));
	}
	if (header->length != INDEFINITE)
		walk->left = behind;
	return err;
}

/* Notes the next element; ERR_BER_SEGMENTS and ERR_BER_DEPTH at the limits. */
static enum err
count_element(struct walk *walk, size_t *index)
{
	if (walk->count == BER_MAX_ELEMENTS)
		return ERR_BER_SEGMENTS;
	if (walk->depth == BER_MAX_DEPTH)
		return ERR_BER_DEPTH;
	if (walk->count == walk->capacity) {
		walk->capacity = 2 * walk->capacity + 64;
		walk->lengths = xrealloc(walk->lengths, walk->capacity,
		    sizeof(*walk->lengths));
	}
	*index = walk->count++;
	return ERR_OK;
}

/*
 * Walks one element; *length is that of its normalised content.  A bare one is
 * a segment, whose content goes into the string without a header.
 *
 * While writing, the header comes before the content whose length is in it:
 * that is what the first walk was for.  The constructed bit of a segmented
 * string goes away, and with it the last thing that told it from DER.
 */
static enum err
walk_element(struct walk *walk, bool bare, size_t *length)
{
	struct header header;
	size_t index, total = 0;
	enum err err = count_element(walk, &index);

	if (err == ERR_OK)
		err = read_header(&walk->left, &header);
	if (err != ERR_OK)
		return err;
	if (walk->to != NULL && !bare)
		write_header(walk->to,
		    is_segmented(header.tag) ? PRIMITIVE(header.tag) :
					       header.tag,
		    walk->lengths[index]);
	if ((header.tag & CONSTRUCTED) != 0) {
		walk->depth++;
		err = walk_inside(walk, &header, &total);
		walk->depth--;
	} else {
		total = (size_t)header.length;
		if (walk->to != NULL)
			buf_append(walk->to, bytes_of(walk->left.data, total));
		walk->left = bytes_from(walk->left, total);
	}
	walk->lengths[index] = *length = total;
	return err;
}

/* The second walk can fail no more, since the first took every branch; it is
 * checked all the same, so that a slip here never yields half a message. */
enum err
ber_normalise(struct bytes ber, struct buf *der)
{
	struct walk walk = { .left = ber };
	size_t length;
	enum err err;

	if (ber.size > BER_MAX_SIZE)
		return ERR_BER_SIZE;
	err = walk_element(&walk, false, &length);
	if (err == ERR_OK && walk.left.size > 0)
		err = ERR_BER_TRAILING;
	if (err == ERR_OK) {
		walk.left = ber;
		walk.count = 0;
		walk.to = der;
		err = walk_element(&walk, false, &length);
	}
	free(walk.lengths);
	return err;
}
