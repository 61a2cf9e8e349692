/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/keys.h"

#include <string.h>

#include "base/count.h"
#include "crypto/spki.h"

/* What nearly all devices and TLS servers know; P-521 is known to fewer. */
static const char *const default_curves[] = { "secp256r1", "secp384r1" };

static const struct conf_key keys[] = {
	{ .name = "rsa_min",
	    .type = CONF_INTEGER,
	    .offset = offsetof(struct key_rules, rsa_min),
	    .minimum = 1024,
	    .maximum = 8192 },
	{ .name = "ec",
	    .type = CONF_STRINGS,
	    .offset = offsetof(struct key_rules, curves) },
	{ 0 },
};

enum err
key_rules_read(const struct conf_section *section, struct key_rules *rules,
    struct problems *problems)
{
	enum err err;

	rules->rsa_min = 2048;
	rules->curves = (struct conf_strings){ default_curves,
		COUNT(default_curves) };
	if (section == NULL)
		return ERR_OK;
	err = conf_read(section, keys, rules, problems);
	for (size_t i = 0; err == ERR_OK && i < rules->curves.count; i++)
		if (!spki_curve_is_known(rules->curves.items[i])) {
			conf_problem(section, "ec", PROBLEM_ERROR, problems,
			    "unknown curve \"%s\"; known are secp256r1, "
			    "secp384r1 and secp521r1",
			    rules->curves.items[i]);
			err = ERR_CONFIGURATION;
		}
	return err;
}

/* After spki_read, whose limits hold for everybody, the endpoint's own. */
enum err
key_rules_check(const struct key_rules *rules, struct bytes spki)
{
	struct key_facts facts;
	enum err err = spki_read(spki, &facts);

	if (err != ERR_OK)
		return err;
	if (facts.type == KEY_TYPE_RSA)
		return facts.bits >= rules->rsa_min ? ERR_OK : ERR_KEY_SIZE;
	for (size_t i = 0; i < rules->curves.count; i++)
		if (strcmp(facts.curve, rules->curves.items[i]) == 0)
			return ERR_OK;
	return ERR_KEY_TYPE;
}
