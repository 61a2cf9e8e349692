/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/held.h"

#include <assert.h>

#include "crypto/der.h"
#include "policy/policy.h"
#include "tests/fuzz/fuzz.h"

/*
 * A request that waits, as it comes back from the state database: whatever is
 * in there, it is taken for what it says or for nothing of ours.
 */
#define NOW 1796083200

static void
check_same(const struct profile_request *one,
    const struct profile_request *other)
{
	assert(bytes_equal(one->subject, other->subject));
	assert(bytes_equal(one->spki, other->spki));
	assert(bytes_equal(one->extensions, other->extensions));
	assert(bytes_equal(one->alt_names, other->alt_names));
	assert(one->names_are_settled == other->names_are_settled);
	assert(one->days == other->days);
}

/* What is kept is read as it was. */
static void
check_round_trip(const struct profile_request *request)
{
	struct profile_request again;
	struct buf held = { 0 };

	held_append(&held, request);
	assert(held_read(buf_bytes(&held), &again) == ERR_OK);
	check_same(request, &again);
	buf_clear(&held);
}

/* The octets as whichever part of a request they can be. */
static void
check_parts(struct bytes bytes)
{
	struct profile_request request = {
		.subject = BYTES_LITERAL("\x30\x00"),
		.spki = BYTES_LITERAL("\x30\x00"),
	};
	struct der der = der_of(bytes);
	struct bytes whole;

	request.extensions = bytes;
	check_round_trip(&request);
	request.alt_names = bytes;
	request.names_are_settled = true;
	check_round_trip(&request);
	if (der_read_whole(&der, DER_SEQUENCE, &whole) != ERR_OK)
		return;
	request.subject = whole;
	check_round_trip(&request);
	request.spki = whole;
	check_round_trip(&request);
}

/* As it is done once somebody has approved, by an endpoint's usual rules. */
static void
check_resume(struct bytes bytes, enum err read)
{
	struct problems *problems = problems_new();
	struct policy policy = { 0 };
	struct verdict verdict = { 0 };
	const struct conf_sections none = { 0 };
	enum err err = profiles_read(&none, &policy.profiles, problems);

	assert(err == ERR_OK);
	err = key_rules_read(NULL, &policy.keys, problems);
	assert(err == ERR_OK);
	err = policy_resume(&policy, bytes, bytes_of(NULL, 0), NOW, &verdict);
	assert((verdict.authorisation != NULL) == (err == ERR_OK));
	if (read != ERR_OK)
		assert(err == read);
	verdict_clear(&verdict);
	policy_clear(&policy);
	problems_free(problems);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = bytes_of(data, size);
	struct profile_request request;
	enum err err = held_read(bytes, &request);

	if (err == ERR_OK)
		check_round_trip(&request);
	check_parts(bytes);
	check_resume(bytes, err);
	return 0;
}
