/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/keys.h"

#include <string.h>

#include "base/count.h"
#include "crypto/spki.h"
#include "policy/weak_keys.h"

/* What spki_read takes at all. */
#define RSA_MINIMUM 1024
#define RSA_MAXIMUM 8192

/* Some old devices have 3 or 17, which are no weaker where signatures and
 * encryption are padded as they should be. */
#define EXPONENT_MINIMUM 3
#define EXPONENT_USUAL 65537

/* What nearly all devices and TLS servers know; P-521 is known to fewer. */
static const char *const default_curves[] = { "secp256r1", "secp384r1" };

static const struct conf_key keys[] = {
	{ .name = "rsa_min",
	    .type = CONF_INTEGER,
	    .offset = offsetof(struct key_rules, rsa_min),
	    .minimum = RSA_MINIMUM,
	    .maximum = RSA_MAXIMUM },
	{ .name = "rsa_max",
	    .type = CONF_INTEGER,
	    .offset = offsetof(struct key_rules, rsa_max),
	    .minimum = RSA_MINIMUM,
	    .maximum = RSA_MAXIMUM },
	{ .name = "rsa_exponent_min",
	    .type = CONF_INTEGER,
	    .offset = offsetof(struct key_rules, rsa_exponent_min),
	    .minimum = EXPONENT_MINIMUM,
	    .maximum = EXPONENT_USUAL },
	{ .name = "ec",
	    .type = CONF_STRINGS,
	    .offset = offsetof(struct key_rules, curves) },
	{ 0 },
};

static enum err
check_settings(const struct conf_section *section,
    const struct key_rules *rules, struct problems *problems)
{
	enum err err = ERR_OK;

	if (rules->rsa_max < rules->rsa_min)
		err = conf_refuse(section, "rsa_max", problems,
		    "\"rsa_max\" is smaller than \"rsa_min\": no RSA key could "
		    "be both");
	for (size_t i = 0; i < rules->curves.count; i++)
		if (!spki_curve_is_known(rules->curves.items[i])) {
			conf_problem(section, "ec", PROBLEM_ERROR, problems,
			    "unknown curve \"%s\"; known are secp256r1, "
			    "secp384r1 and secp521r1",
			    rules->curves.items[i]);
			err = ERR_CONFIGURATION;
		}
	return err;
}

enum err
key_rules_read(const struct conf_section *section, struct key_rules *rules,
    struct problems *problems)
{
	enum err err;

	*rules = (struct key_rules){
		.rsa_min = 2048,
		.rsa_max = RSA_MAXIMUM,
		.rsa_exponent_min = EXPONENT_MINIMUM,
		.curves = { default_curves, COUNT(default_curves) },
	};
	if (section == NULL)
		return ERR_OK;
	err = conf_read(section, keys, rules, problems);
	return err == ERR_OK ? check_settings(section, rules, problems) : err;
}

static enum err
check_rsa(const struct key_rules *rules, const struct key_facts *facts,
    struct buf *detail)
{
	const char *weakness;

	if (facts->bits < rules->rsa_min || facts->bits > rules->rsa_max) {
		buf_printf(detail, "RSA key of %u bits", facts->bits);
		return ERR_KEY_SIZE;
	}
	if (facts->exponent < rules->rsa_exponent_min) {
		buf_printf(detail, "RSA key with the exponent %u",
		    (unsigned)facts->exponent);
		return ERR_KEY_EXPONENT;
	}
	weakness = weak_keys_reason(facts->modulus);
	if (weakness == NULL)
		return ERR_OK;
	buf_append_string(detail, weakness);
	return ERR_KEY_WEAK;
}

static enum err
check_ec(const struct key_rules *rules, const struct key_facts *facts,
    struct buf *detail)
{
	for (size_t i = 0; i < rules->curves.count; i++)
		if (strcmp(facts->curve, rules->curves.items[i]) == 0)
			return ERR_OK;
	buf_printf(detail, "EC key over %s", facts->curve);
	return ERR_KEY_TYPE;
}

/* After spki_read, whose limits hold for everybody, the endpoint's own. */
enum err
key_rules_check(const struct key_rules *rules, struct bytes spki,
    struct buf *detail)
{
	struct key_facts facts;
	enum err err = spki_read(spki, &facts);

	if (err != ERR_OK)
		return err;
	return facts.type == KEY_TYPE_RSA ? check_rsa(rules, &facts, detail) :
					    check_ec(rules, &facts, detail);
}
