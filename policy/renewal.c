/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/renewal.h"

#include "base/count.h"
#include "crypto/name.h"
#include "crypto/oid.h"
#include "crypto/spki.h"
#include "policy/approval.h"

/*
 * A rule a function, and one table of them: the order is that in which an
 * administrator would want to be told.
 */

static const char *const names_words[] = {
	[RENEWAL_NAMES_SAME] = "same",
	[RENEWAL_NAMES_KEEP] = "keep",
	[RENEWAL_NAMES_PROFILE] = "profile",
	NULL,
};

static const char *const unknown_words[] = {
	[RENEWAL_UNKNOWN_ACCEPT] = "accept",
	[RENEWAL_UNKNOWN_HOLD] = "hold",
	[RENEWAL_UNKNOWN_REFUSE] = "refuse",
	NULL,
};

/* The section as it is written. */
struct settings {
	int64_t window;
	int64_t grace;
	int64_t names;
	int64_t unknown;
	bool same_key;
	bool challenge;
	bool revoke;
	struct conf_strings from;
	int64_t approval;
	const struct conf_section *hook;
};

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)
#define YEAR (365 * 86400)

static const struct conf_key keys[] = {
	{ SETTING(window), .type = CONF_DURATION, .maximum = 10 * YEAR },
	{ SETTING(grace), .type = CONF_DURATION, .maximum = 10 * YEAR },
	{ SETTING(names), .type = CONF_CHOICE, .choices = names_words },
	{ SETTING(unknown), .type = CONF_CHOICE, .choices = unknown_words },
	{ SETTING(same_key), .type = CONF_BOOLEAN },
	{ SETTING(challenge), .type = CONF_BOOLEAN },
	{ SETTING(revoke), .type = CONF_BOOLEAN },
	{ SETTING(from), .type = CONF_STRINGS },
	{ SETTING(approval), .type = CONF_CHOICE, .choices = approval_words },
	{ SETTING(hook), .type = CONF_SECTION },
	{ 0 },
};

enum err
renewal_rules_read(const struct conf_section *section,
    struct renewal_rules *rules, struct problems *problems)
{
	struct settings settings = { 0 };
	enum err err = ERR_OK;

	if (section != NULL)
		err = conf_read(section, keys, &settings, problems);
	if (err == ERR_OK)
		err = approval_check(section, settings.approval, settings.hook,
		    problems);
	if (err != ERR_OK)
		return err;
	*rules = (struct renewal_rules){
		.window = settings.window,
		.grace = settings.grace,
		.names = (enum renewal_names)settings.names,
		.unknown = (enum renewal_unknown)settings.unknown,
		.same_key = settings.same_key,
		.challenge = settings.challenge,
		.revoke = settings.revoke,
		.from = settings.from,
		.manual = settings.approval != APPROVAL_AUTOMATIC,
		.hook = settings.hook,
	};
	return ERR_OK;
}

bool
renewal_takes_from(const struct renewal_rules *rules, struct bytes path)
{
	for (size_t i = 0; i < rules->from.count; i++)
		if (bytes_equal_string(path, rules->from.items[i]))
			return true;
	return false;
}

/* What the rules look at. */
struct request {
	const struct renewal_rules *rules;
	const struct renewal_signer *signer;
	const struct csr *csr;
	int64_t now;
};

static enum err
check_revoked(const struct request *request)
{
	return request->signer->is_revoked ? ERR_RENEWAL_REVOKED : ERR_OK;
}

/* One that was issued by other means than ours may have been revoked by other
 * means as well. */
static enum err
check_unknown(const struct request *request)
{
	return request->signer->is_known ||
		request->rules->unknown != RENEWAL_UNKNOWN_REFUSE ?
	    ERR_OK :
	    ERR_RENEWAL_UNKNOWN;
}

/* Else who may enrol at one endpoint could have a certificate by the rules of
 * any other of the same CA, by way of a renewal. */
static enum err
check_endpoint(const struct request *request)
{
	return request->signer->is_elsewhere ? ERR_RENEWAL_ENDPOINT : ERR_OK;
}

/* A certificate from tomorrow is as little valid as one from last year. */
static enum err
check_validity(const struct request *request)
{
	const struct certificate *certificate = request->signer->certificate;

	if (request->now < certificate->not_before ||
	    request->now > certificate->not_after + request->rules->grace)
		return ERR_RENEWAL_EXPIRED;
	return ERR_OK;
}

static enum err
check_window(const struct request *request)
{
	const struct certificate *certificate = request->signer->certificate;

	if (request->rules->window != 0 &&
	    request->now < certificate->not_after - request->rules->window)
		return ERR_RENEWAL_EARLY;
	return ERR_OK;
}

static enum err
check_key(const struct request *request)
{
	if (!request->rules->same_key &&
	    spki_is_same_key(request->csr->spki,
		request->signer->certificate->spki))
		return ERR_RENEWAL_KEY;
	return ERR_OK;
}

static bool
is_among(struct bytes name, struct der list)
{
	struct der_element found;

	while (!der_at_end(&list) && der_read_any(&list, &found) == ERR_OK)
		if (bytes_equal(name, found.whole))
			return true;
	return false;
}

/* Whether each alternative name that is asked for is one of those there are:
 * octet by octet, as both were written by the same device. */
static bool
asks_for_no_other(struct bytes asked, struct bytes has)
{
	struct der_element wanted;
	struct der asked_list, has_list;

	if (der_enter(&(struct der){ asked }, DER_SEQUENCE, &asked_list) !=
		ERR_OK ||
	    der_enter(&(struct der){ has }, DER_SEQUENCE, &has_list) != ERR_OK)
		return false;
	while (!der_at_end(&asked_list))
		if (der_read_any(&asked_list, &wanted) != ERR_OK ||
		    !is_among(wanted.whole, has_list))
			return false;
	return true;
}

/* An empty subject asks for none.  Names compare by what they say: a device
 * may write the same one in another string type by now. */
static enum err
check_names(const struct request *request)
{
	const struct certificate *old = request->signer->certificate;
	struct bytes asked, has = BYTES_LITERAL("\x30\x00");

	if (request->rules->names != RENEWAL_NAMES_SAME)
		return ERR_OK;
	if (!name_is_empty(request->csr->subject) &&
	    !name_equal(request->csr->subject, old->subject))
		return ERR_RENEWAL_NAMES;
	(void)extensions_find(old->extensions, OID_SUBJECT_ALT_NAME, &has);
	if (extensions_find(request->csr->extensions, OID_SUBJECT_ALT_NAME,
		&asked) &&
	    !asks_for_no_other(asked, has))
		return ERR_RENEWAL_NAMES;
	return ERR_OK;
}

static enum err (*const rules_in_order[])(const struct request *request) = {
	check_revoked,
	check_unknown,
	check_endpoint,
	check_validity,
	check_window,
	check_key,
	check_names,
};

enum err
renewal_check(const struct renewal_rules *rules,
    const struct renewal_signer *signer, const struct csr *csr, int64_t now,
    bool *hold)
{
	const struct request request = { rules, signer, csr, now };

	for (size_t i = 0; i < COUNT(rules_in_order); i++) {
		enum err err = rules_in_order[i](&request);

		if (err != ERR_OK)
			return err;
	}
	*hold = rules->manual ||
	    (!signer->is_known && rules->unknown == RENEWAL_UNKNOWN_HOLD);
	return ERR_OK;
}
