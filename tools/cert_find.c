/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/count.h"
#include "conf/defaults.h"
#include "tools/cert.h"
#include "tools/serial.h"

/* Without those of CAs and attribute cas. */
static const struct reason {
	const char *name;
	int number; /* as store_certificate_revoke takes it */
} reasons[] = {
	{ "unspecified", 0 },
	{ "keyCompromise", 1 },
	{ "affiliationChanged", 3 },
	{ "superseded", 4 },
	{ "cessationOfOperation", 5 },
	{ "certificateHold", CERT_REASON_HOLD },
	{ "privilegeWithdrawn", 9 },
	{ "removeFromCRL", -1 },
};

const struct cert_wishes *
cert_wishes(const struct state_call *call)
{
	return (const struct cert_wishes *)(const void *)call->wishes;
}

/* Reasons */

const char *
cert_reason_name(int number)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (reasons[i].number == number)
			return reasons[i].name;
	return "other";
}

enum err
cert_read_reason(const struct state_call *call, const char *option,
    const char *name, int *number)
{
	struct buf text = { 0 };

	*number = 0;
	if (name == NULL)
		return ERR_OK;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		if (bytes_equal_string_nocase(bytes_of_string(name),
			reasons[i].name)) {
			*number = reasons[i].number;
			buf_clear(&text);
			return ERR_OK;
		}
		buf_printf(&text, "%s%s", i > 0 ? ", " : "", reasons[i].name);
	}
	problem_add(call->problems, PROBLEM_ERROR,
	    "%s \"%s\": is unknown; choose one of %s", option, name,
	    buf_string(&text));
	buf_clear(&text);
	return ERR_CONFIGURATION;
}

/* CAs */

enum err
cert_load_cas(const struct state_call *call, struct known_cas *cas)
{
	const char *ca = cert_wishes(call)->ca;

	if (ca != NULL)
		return known_cas_load_file(cas, ca, call->problems);
	return known_cas_load_config(cas, defaults_config(call->wishes->config),
	    call->problems);
}

/* Of the CA that --ca names. */
static enum err
find_of_ca(const struct state_call *call, struct bytes serial,
    struct stored_certificate *certificate)
{
	struct known_cas cas = { 0 };
	enum err err = cert_load_cas(call, &cas);

	if (err == ERR_OK)
		err = store_certificate_get(call->store,
		    BYTES_ARRAY(cas.items[0].id), serial, certificate);
	known_cas_clear(&cas);
	return err;
}

static enum err
complain_of_several(const struct state_call *call)
{
	problem_add(call->problems, PROBLEM_ERROR,
	    "several CAs have a certificate of this serial number; name one by "
	    "--ca FILE.pem");
	return ERR_CONFIGURATION;
}

/* Asks for it below each CA, which takes no time: there are few of those, and
 * serial numbers are indexed below them. */
static enum err
find_of_any(const struct state_call *call, struct bytes serial,
    struct stored_certificate *certificate)
{
	struct buf authority = { 0 };
	size_t count = 0;
	enum err err;

	while ((err = store_authority_next(call->store, buf_bytes(&authority),
		    &authority)) == ERR_OK) {
		err = store_certificate_get(call->store, buf_bytes(&authority),
		    serial, certificate);
		count += err == ERR_OK;
		if (count > 1)
			err = complain_of_several(call);
		if (err != ERR_OK && err != ERR_STORE_NONE)
			break;
	}
	buf_clear(&authority);
	return err == ERR_STORE_NONE && count == 1 ? ERR_OK : err;
}

enum err
cert_find(const struct state_call *call, bool complain,
    struct stored_certificate *certificate)
{
	struct buf serial = { 0 };
	enum err err = serial_read(call->operand, &serial, call->problems);

	if (err == ERR_OK && cert_wishes(call)->ca != NULL)
		err = find_of_ca(call, buf_bytes(&serial), certificate);
	else if (err == ERR_OK)
		err = find_of_any(call, buf_bytes(&serial), certificate);
	if (err == ERR_STORE_NONE && complain)
		problem_add(call->problems, PROBLEM_ERROR,
		    "there is no certificate %s", call->operand);
	buf_clear(&serial);
	return err;
}
