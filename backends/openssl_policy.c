/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_policy.h"

#include <stdlib.h>

#include "backends/openssl_list.h"
#include "backends/openssl_names.h"
#include "base/count.h"
#include "base/xalloc.h"
#include "crypto/name.h"
#include "crypto/text.h"

#define OID_EMAIL BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")

enum demand {
	DEMAND_MATCH,
	DEMAND_SUPPLIED,
	DEMAND_OPTIONAL,
	DEMAND_COUNT
};

static const char *const demands[DEMAND_COUNT] = {
	[DEMAND_MATCH] = "match",
	[DEMAND_SUPPLIED] = "supplied",
	[DEMAND_OPTIONAL] = "optional",
};

struct line {
	char *name;
	struct buf oid;
	enum demand demand;
};

struct openssl_policy {
	struct line *lines;
	size_t count;
	bool preserve;
	bool email_in_dn;
	struct bytes ca_subject;
};

/* A name, read: name_values. */
struct values {
	struct name_value list[NAME_MAX_ATTRIBUTES];
	size_t count;
};

static bool
is_email(const struct name_value *value)
{
	return bytes_equal(value->type, OID_EMAIL);
}

/* The index of the next value with this OID, from `at` on; values->count: there
 * is none. */
static size_t
find_from(const struct values *values, struct bytes oid, size_t at)
{
	while (at < values->count && !bytes_equal(values->list[at].type, oid))
		at++;
	return at;
}

static enum err
read_demand(const struct openssl_entry *entry, enum demand *demand,
    struct problems *problems)
{
	for (size_t i = 0; i < DEMAND_COUNT; i++)
		if (openssl_text_is(entry->value, demands[i])) {
			*demand = (enum demand)i;
			return ERR_OK;
		}
	return openssl_entry_refuse(entry, problems,
	    "%s: \"%s\" is neither \"match\", \"supplied\" nor \"optional\"",
	    entry->name, entry->value);
}

/* Where the CA has no such attribute, no request can match. */
static enum err
check_match(const struct openssl_entry *entry, const struct line *line,
    struct bytes ca_subject, struct problems *problems)
{
	struct values own;

	if (line->demand != DEMAND_MATCH ||
	    (name_values(ca_subject, own.list, &own.count) == ERR_OK &&
		find_from(&own, buf_bytes(&line->oid), 0) < own.count))
		return ERR_OK;
	return openssl_entry_refuse(entry, problems,
	    "%s: the name of the CA has none that could match; write "
	    "\"supplied\" or \"optional\"",
	    entry->name);
}

static enum err
read_line(struct openssl_policy *policy, const struct openssl_entry *entry,
    const struct openssl_settings *settings, struct problems *problems)
{
	struct line line = { 0 };
	enum err err = read_demand(entry, &line.demand, problems);

	if (err == ERR_OK && !openssl_oid(&line.oid, settings, entry->name))
		err = openssl_entry_refuse(entry, problems,
		    "\"%s\" is no attribute of names that OpenSSL knows; write "
		    "\"commonName\" or its kin",
		    entry->name);
	if (err == ERR_OK)
		err = check_match(entry, &line, policy->ca_subject, problems);
	if (err != ERR_OK) {
		buf_clear(&line.oid);
		return err;
	}
	line.name = xstrdup(entry->name);
	policy->lines = xrealloc(policy->lines, policy->count + 1,
	    sizeof(*policy->lines));
	policy->lines[policy->count++] = line;
	return ERR_OK;
}

static enum err
read_lines(struct openssl_policy *policy, const struct openssl_section *section,
    const struct openssl_settings *settings, struct problems *problems)
{
	enum err first = ERR_OK;

	for (size_t i = 0; i < section->count; i++) {
		enum err err = read_line(policy, section->entries[i], settings,
		    problems);

		if (first == ERR_OK)
			first = err;
	}
	return first;
}

enum err
openssl_policy_read(const struct openssl_conf *conf,
    const struct openssl_settings *settings, const struct certificate *ca,
    struct openssl_policy **policy, struct problems *problems)
{
	const struct openssl_section *section = openssl_conf_section(conf,
	    settings->policy->value);
	struct openssl_policy *read;
	enum err err;

	if (section == NULL || section->count == 0)
		return openssl_entry_refuse(settings->policy, problems,
		    "policy: there is no section [%s], or nothing in it",
		    settings->policy->value);
	if (settings->msie_hack)
		return openssl_entry_refuse(settings->policy, problems,
		    "msie_hack changes subjects in a way that scepd does not "
		    "know; leave it out, or set method = \"openssl\" in the "
		    "section \"ca\" of scepd.conf");
	read = xalloc(sizeof(*read));
	read->preserve = settings->preserve;
	read->email_in_dn = settings->email_in_dn;
	read->ca_subject = ca->subject;
	err = read_lines(read, section, settings, problems);
	if (err == ERR_OK)
		*policy = read;
	else
		openssl_policy_free(read);
	return err;
}

void
openssl_policy_free(struct openssl_policy *policy)
{
	if (policy == NULL)
		return;
	for (size_t i = 0; i < policy->count; i++) {
		free(policy->lines[i].name);
		buf_clear(&policy->lines[i].oid);
	}
	free(policy->lines);
	free(policy);
}

static bool
is_ascii(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= 0x80)
			return false;
	return true;
}

/* As "openssl ca" looks at strings: UTF8String and BMPString it takes as they
 * are. */
static bool
has_its_characters(const struct name_value *value)
{
	switch (value->tag) {
	case DER_UTF8_STRING:
	case DER_BMP_STRING:
	case DER_T61_STRING:
		return true;
	case DER_PRINTABLE_STRING:
		return text_is_printable_string(value->content);
	default:
		return is_ascii(value->content);
	}
}

static enum err
check_value(const struct openssl_policy *policy, const struct name_value *value,
    struct buf *detail)
{
	if (is_email(value) && !policy->email_in_dn)
		return ERR_OK;
	if (is_email(value) && value->tag != DER_IA5_STRING) {
		buf_append_string(detail, "emailAddress is no IA5String");
		return ERR_CA_POLICY;
	}
	if (has_its_characters(value))
		return ERR_OK;
	openssl_oid_append_long_name(detail, value->type);
	buf_append_string(detail, " has characters that its string type lacks");
	return ERR_CA_POLICY;
}

/* An AttributeTypeAndValue. */
static void
append_pair(struct buf *to, const struct name_value *value)
{
	size_t start = der_open(to, DER_SEQUENCE);

	der_append_oid(to, value->type);
	buf_append(to, value->whole);
	der_close(to, start);
}

static bool
is_of_ca(const struct values *own, const struct name_value *value)
{
	for (size_t i = 0; i < own->count; i++)
		if (bytes_equal(own->list[i].type, value->type) &&
		    bytes_equal(own->list[i].whole, value->whole))
			return true;
	return false;
}

static enum err
refuse(const struct line *line, const char *what, struct buf *detail)
{
	buf_printf(detail, "%s %s", line->name, what);
	return ERR_CA_POLICY;
}

/* All values of one attribute of the policy. */
static enum err
apply_line(const struct line *line, const struct values *asked,
    const struct values *own, struct buf *name, struct buf *detail)
{
	struct bytes oid = buf_bytes(&line->oid);
	size_t at = find_from(asked, oid, 0);

	if (at == asked->count && line->demand != DEMAND_OPTIONAL)
		return refuse(line, "is missing", detail);
	for (; at < asked->count; at = find_from(asked, oid, at + 1)) {
		size_t set;

		if (line->demand == DEMAND_MATCH &&
		    !is_of_ca(own, &asked->list[at]))
			return refuse(line,
			    "differs from the CA's, or in its string type",
			    detail);
		set = der_open(name, DER_SET);
		append_pair(name, &asked->list[at]);
		der_close(name, set);
	}
	return ERR_OK;
}

static enum err
apply_lines(const struct openssl_policy *policy, const struct values *asked,
    struct buf *name, struct buf *detail)
{
	struct values own;
	size_t start = der_open(name, DER_SEQUENCE);
	enum err err = name_values(policy->ca_subject, own.list, &own.count);

	for (size_t i = 0; err == ERR_OK && i < policy->count; i++)
		err = apply_line(&policy->lines[i], asked, &own, name, detail);
	der_close(name, start);
	return err;
}

enum err
openssl_policy_apply(const struct openssl_policy *policy, struct bytes subject,
    struct buf *name, struct buf *detail)
{
	struct values asked;
	struct buf made = { 0 };
	enum err err = ERR_OK;

	if (name_values(subject, asked.list, &asked.count) != ERR_OK) {
		buf_append_string(detail, "the subject is malformed");
		return ERR_CA_POLICY;
	}
	for (size_t i = 0; err == ERR_OK && i < asked.count; i++)
		err = check_value(policy, &asked.list[i], detail);
	if (err == ERR_OK)
		err = apply_lines(policy, &asked, &made, detail);
	if (err == ERR_OK)
		buf_append(name, policy->preserve ? subject : buf_bytes(&made));
	buf_clear(&made);
	return err;
}

/* The RDN that begins at *at, without e-mail addresses; one that has nothing
 * else is dropped. */
static void
append_rdn_without_email(struct buf *to, const struct values *values,
    size_t *at)
{
	size_t before = to->size, set = der_open(to, DER_SET), first = *at;

	for (; *at < values->count; ++*at) {
		if (*at > first && values->list[*at].first_of_rdn)
			break;
		if (!is_email(&values->list[*at]))
			append_pair(to, &values->list[*at]);
	}
	if (to->size == set)
		buf_truncate(to, before);
	else
		der_close_sorted(to, set);
}

/* The name has been read once; if it could not be, it stays as it is. */
void
openssl_policy_finish(const struct openssl_policy *policy, struct bytes name,
    bool moved, struct buf *subject)
{
	struct values values;
	size_t start, at = 0;

	if ((policy->email_in_dn && !moved) ||
	    name_values(name, values.list, &values.count) != ERR_OK) {
		buf_append(subject, name);
		return;
	}
	start = der_open(subject, DER_SEQUENCE);
	while (at < values.count)
		append_rdn_without_email(subject, &values, &at);
	der_close(subject, start);
}

/* Whatever type of string they have, as OpenSSL copies them. */
enum err
openssl_name_append_emails(struct buf *to, struct bytes name)
{
	struct values values;
	enum err err = name_values(name, values.list, &values.count);

	for (size_t i = 0; err == ERR_OK && i < values.count; i++)
		if (is_email(&values.list[i]))
			der_append(to, DER_CONTEXT + GENERAL_NAME_EMAIL,
			    values.list[i].content);
	return err;
}
