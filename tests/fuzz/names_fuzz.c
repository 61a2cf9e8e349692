/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/names.h"

#include <assert.h>

#include "base/count.h"
#include "crypto/extension.h"
#include "crypto/name.h"
#include "tests/fuzz/fuzz.h"

/*
 * The names of a request under rules of which each has something to say:
 * whatever a certificate gets, the rules allow, and allow it once more.
 */
#define LIST(array) \
	{ \
		(array), COUNT(array) \
	}

static const char *const all_kinds[] = { "dns", "email", "uri", "ip", "upn",
	"sid", "wildcard" };
static const char *const few_kinds[] = { "dns", "email" };
static const char *const patterns[] = { "CN=*a*", "O=*", "2.5.4.97=?*",
	"dns:*.lab", "email:*@lab", "uri:urn:*", "ip:10.0.0.0/8",
	"ip:2001::/16", "upn:*@lab" };
static const char *const few_patterns[] = { "CN=*a*", "dns:*.lab" };
static const char *const required[] = { "CN", "dns" };

static void
check_kept(const struct name_rules *rules, struct bytes names)
{
	struct buf again = { 0 };

	if (names.size == 0)
		return;
	assert(general_names_filter(&again, names, rules->san) == ERR_OK);
	assert(bytes_equal(buf_bytes(&again), names));
	buf_clear(&again);
}

static void
check_apply(const struct name_rules *rules, const struct asked_names *asked)
{
	struct chosen_names chosen = { 0 }, again = { 0 };
	struct buf detail = { 0 };
	struct asked_names once;

	if (name_rules_apply(rules, asked, &chosen, &detail) == ERR_OK) {
		if (!asked->are_settled)
			check_kept(rules, buf_bytes(&chosen.alt_names));
		once = *asked;
		once.alt_names = buf_bytes(&chosen.alt_names);
		assert(name_rules_apply(rules, &once, &again, &detail) ==
		    ERR_OK);
		assert(bytes_equal(once.alt_names,
		    buf_bytes(&again.alt_names)));
		assert(bytes_equal(buf_bytes(&chosen.subject),
		    buf_bytes(&again.subject)));
	}
	buf_clear(&chosen.subject);
	buf_clear(&chosen.alt_names);
	buf_clear(&again.subject);
	buf_clear(&again.alt_names);
	buf_clear(&detail);
}

static void
check_settings(const struct name_settings *settings, struct asked_names asked)
{
	struct problems *problems = problems_new();
	struct name_rules rules;
	enum err err = name_rules_read(NULL, settings, &rules, problems);

	assert(err == ERR_OK);
	check_apply(&rules, &asked);
	asked.are_settled = true;
	check_apply(&rules, &asked);
	name_rules_clear(&rules);
	problems_free(problems);
}

/* The input is a Name, and behind it GeneralNames. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct name_settings settings[] = {
		{ NULL, LIST(all_kinds), LIST(patterns), { NULL, 0 } },
		{ NULL, LIST(few_kinds), LIST(few_patterns), LIST(required) },
		{ "CN=${san.dns},O=${subject.O}", LIST(few_kinds),
		    name_settings_default.names, LIST(required) },
	};
	struct bytes bytes = bytes_of(data, size);
	struct asked_names asked = { .subject = bytes };
	struct der der = der_of(bytes);

	if (der_read_whole(&der, DER_SEQUENCE, &asked.subject) == ERR_OK)
		asked.alt_names = der.left;
	for (size_t i = 0; i < COUNT(settings); i++)
		check_settings(&settings[i], asked);
	return 0;
}
