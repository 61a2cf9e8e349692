/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend_internal.h"

/*
 * The section `crl` of a CA:
 *     crl = { life = "7d"; path = "/scep/ca.crl"; };
 *     crl = { file = "/etc/pki/ca.crl"; path = "/scep/ca.crl"; };
 */

#define DAY 86400

struct settings {
	int64_t life;
	const char *file;
	const char *path;
};

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)

/* Below an hour the clocks of those who read it would matter. */
static const struct conf_key keys[] = {
	{ SETTING(life), .type = CONF_DURATION, .minimum = 3600,
	    .maximum = 365 * DAY },
	{ SETTING(file), .type = CONF_PATH },
	{ SETTING(path), .type = CONF_URL_PATH },
	{ 0 },
};

int64_t
backend_crl_number(int64_t last, int64_t now)
{
	return now > last ? now : last + 1;
}

static int64_t
choose_life(int64_t set, int64_t of_the_ca)
{
	if (set != 0)
		return set;
	return of_the_ca != 0 ? of_the_ca : 7 * DAY;
}

enum err
backend_crl_read(const struct conf_section *section, int64_t life,
    struct backend_crl *crl, struct problems *problems)
{
	struct settings settings = { 0 };
	enum err err;

	*crl = (struct backend_crl){ 0 };
	if (section == NULL)
		return ERR_OK;
	err = conf_read(section, keys, &settings, problems);
	if (err != ERR_OK)
		return err;
	if (settings.file != NULL && settings.life != 0)
		return conf_refuse(section, "life", problems,
		    "\"life\" is for CRLs that scepd makes, and \"file\" names "
		    "one that others make; leave one of them out");
	*crl = (struct backend_crl){
		.kind = settings.file != NULL ? BACKEND_CRL_READ :
						BACKEND_CRL_MADE,
		.life = choose_life(settings.life, life),
		.file = settings.file,
		.path = settings.path,
	};
	return ERR_OK;
}
