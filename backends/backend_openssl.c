/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend_ca.h"

#include <stdlib.h>
#include <string.h>

#include "backends/openssl_access.h"
#include "backends/openssl_books.h"
#include "backends/openssl_crl_number.h"
#include "backends/openssl_exec.h"
#include "backends/openssl_extensions.h"
#include "backends/openssl_index_check.h"
#include "backends/openssl_policy.h"
#include "backends/openssl_reserve.h"
#include "backends/openssl_serial.h"
#include "base/count.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "crypto/oid.h"

/*
 * The directory of a CA that is kept with `openssl ca`, by which an
 * administrator goes on working beside us.
 *     ca = { backend = "openssl"; config = "/etc/ssl/openssl.cnf";
 *         section = "CA_default"; directory = "/etc/ssl";
 *         passphrase = { file = "ca.pass"; }; chain = "root.pem";
 *         crl = { path = "/scep/ca.crl"; }; };
 * Certificates are made here, as openssl would, or by openssl itself:
 *     method = "openssl"; program = "/opt/openssl/bin/openssl";
 */

#define DAY 86400

struct settings {
	int64_t backend;
	const char *config;
	const char *section;
	const char *directory;
	int64_t method;
	int64_t serial;
	struct bytes passphrase;                  /* native */
	const struct conf_section *passphrase_in; /* openssl */
	const char *passphrase_file;
	const char *program;
	const char *chain;
	const struct conf_section *crl;
};

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)

/* Where the CA is. */
#define CONFIG \
	{ \
		SETTING(config), .type = CONF_PATH, .required = true \
	}
#define SECTION \
	{ \
		SETTING(section), .type = CONF_STRING \
	}
#define DIRECTORY \
	{ \
		SETTING(directory), .type = CONF_PATH \
	}

enum method {
	METHOD_NATIVE,
	METHOD_OPENSSL
};

static const char *const methods[] = {
	[METHOD_NATIVE] = "native",
	[METHOD_OPENSSL] = "openssl",
	NULL,
};

enum serials {
	SERIALS_RANDOM,
	SERIALS_COUNTED
};

static const char *const serials[] = {
	[SERIALS_RANDOM] = "random",
	[SERIALS_COUNTED] = "sequential",
	NULL,
};

/* Which keys there are depends on it, so it is read first. */
#define METHOD \
	{ \
		SETTING(method), .type = CONF_CHOICE, .choices = methods \
	}
#define COMMON \
	BACKEND_KEY(struct settings, backend), CONFIG, SECTION, DIRECTORY, \
	    METHOD, \
	    { SETTING(serial), .type = CONF_CHOICE, .choices = serials }, \
	    { SETTING(chain), .type = CONF_PATH }, \
	{ \
		SETTING(crl), .type = CONF_SECTION \
	}

static const struct conf_key native_keys[] = {
	COMMON,
	{ SETTING(passphrase), .type = CONF_KEY_SECRET },
	{ 0 },
};

/* openssl reads the passphrase itself. */
static const struct conf_key openssl_keys[] = {
	COMMON,
	{ .name = "passphrase",
	    .offset = offsetof(struct settings, passphrase_in),
	    .type = CONF_SECTION },
	{ SETTING(program), .type = CONF_PATH },
	{ 0 },
};

static const struct conf_key passphrase_keys[] = {
	{ .name = "file",
	    .offset = offsetof(struct settings, passphrase_file),
	    .type = CONF_PATH,
	    .required = true },
	{ 0 },
};

static enum err
read_settings(const struct conf_section *section, struct settings *settings,
    struct problems *problems)
{
	static const struct conf_key method = METHOD;
	enum err err = conf_read_one(section, &method, settings, problems);

	if (err != ERR_OK)
		return err;
	err = conf_read(section,
	    settings->method == METHOD_NATIVE ? native_keys : openssl_keys,
	    settings, problems);
	if (err == ERR_OK && settings->passphrase_in != NULL)
		err = conf_read(settings->passphrase_in, passphrase_keys,
		    settings, problems);
	return err;
}

static enum err
read_place(const struct conf_section *section, struct settings *settings,
    struct problems *problems)
{
	static const struct conf_key place[] = { CONFIG, SECTION, DIRECTORY };
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < COUNT(place); i++)
		err = conf_read_one(section, &place[i], settings, problems);
	return err;
}

static enum err
openssl_find_certificate(const struct conf_section *section, char **path,
    struct problems *problems)
{
	struct settings settings = { 0 };
	struct openssl_settings found = { 0 };
	struct openssl_conf *conf = NULL;
	enum err err = read_place(section, &settings, problems);

	if (err == ERR_OK)
		err = openssl_conf_open(settings.config, settings.directory,
		    &conf, problems);
	if (err == ERR_OK)
		err = openssl_settings_read_place(conf, settings.section,
		    &found, problems);
	if (err == ERR_OK)
		*path = xstrdup(found.certificate);
	openssl_settings_clear(&found);
	openssl_conf_free(conf);
	return err;
}

struct openssl_ca {
	const struct provider *provider;
	struct openssl_conf *conf;
	struct openssl_settings settings; /* views the conf */
	struct backend_ca ca;
	struct openssl_policy *policy;
	struct openssl_extensions *extensions;
	struct openssl_extensions *crl_extensions; /* NULL: it has none */
	uint8_t authority[STORE_HASH_SIZE];
	bool counts_serials;
	bool wants_unique_names; /* as long as files are read */

	/* Where openssl makes the certificates, and then without those two. */
	bool is_left_to_openssl;
	const char *program;         /* or NULL, as in openssl_exec.h, */
	const char *passphrase_file; /* and this as well */
	char *directory;
};

static void
openssl_close(void *state)
{
	struct openssl_ca *ca = state;

	if (ca == NULL)
		return;
	openssl_extensions_free(ca->extensions);
	openssl_extensions_free(ca->crl_extensions);
	openssl_policy_free(ca->policy);
	backend_ca_clear(&ca->ca);
	openssl_settings_clear(&ca->settings);
	openssl_conf_free(ca->conf);
	free(ca->directory);
	free(ca);
}

/* From openssl.cnf */

/* Its key is not here, so nothing else can be signed with it. */
static const char no_crl[] =
    "scepd can't make CRLs where openssl has the CA's key (method = "
    "\"openssl\"); have cron run \"openssl ca -gencrl\", and name that file: "
    "crl = { file = \"...\"; }";

static enum err
load_certificate(const struct settings *settings,
    const struct crypto_setup *setup, struct openssl_ca *ca,
    struct problems *problems)
{
	const bool is_native = settings->method == METHOD_NATIVE;
	const struct backend_ca_files files = {
		.ca = { ca->settings.certificate,
		    is_native ? ca->settings.private_key : NULL,
		    settings->passphrase },
		.chain = settings->chain,
		.crl = settings->crl,
		.crl_life = ca->settings.crl_life,
		.no_crl = is_native ? NULL : no_crl,
	};

	return backend_ca_load(&files, setup, &ca->ca, problems);
}

/* Of CRLs that others make it is no business of ours. */
static enum err
read_crl_rules(struct openssl_ca *ca, struct openssl_extensions_source source,
    struct problems *problems)
{
	if (ca->settings.crl_extensions == NULL ||
	    ca->ca.crl.kind != BACKEND_CRL_MADE)
		return ERR_OK;
	source.section = ca->settings.crl_extensions->value;
	return openssl_extensions_read_crl(&source, &ca->crl_extensions,
	    problems);
}

/* What a certificate and a CRL say; all findings in one go. */
static enum err
read_rules(struct openssl_ca *ca, struct problems *problems)
{
	const struct openssl_extensions_source source = {
		.conf = ca->conf,
		.section = ca->settings.x509_extensions->value,
		.settings = &ca->settings,
		.ca = ca->ca.ca.certificate,
	};
	const enum err errs[] = {
		openssl_policy_read(ca->conf, &ca->settings, source.ca,
		    &ca->policy, problems),
		openssl_extensions_read(&source, &ca->extensions, problems),
		read_crl_rules(ca, source, problems),
	};

	return err_first(errs, COUNT(errs));
}

/* openssl would refuse a renewal as long as the old one is valid. */
static enum err
check_names(const struct openssl_ca *ca, struct problems *problems)
{
	if (!ca->wants_unique_names || !ca->is_left_to_openssl)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: names of certificates are to be unique in this CA, so that "
	    "openssl (method = \"openssl\") would not renew one before it has "
	    "expired; put the line \"unique_subject = no\" into %s.attr",
	    ca->settings.database, ca->settings.database);
	return ERR_CONFIGURATION;
}

static enum err
check_crl_number(const struct openssl_ca *ca, struct problems *problems)
{
	if (ca->settings.crlnumber == NULL ||
	    ca->ca.crl.kind != BACKEND_CRL_MADE)
		return ERR_OK;
	return openssl_crl_number_check(ca->settings.crlnumber, problems);
}

/* Before each device finds out. */
static enum err
check_serial(const struct openssl_ca *ca, struct problems *problems)
{
	struct buf next = { 0 };
	enum err err = ca->counts_serials && ca->settings.serial != NULL ?
	    openssl_serial_read(ca->settings.serial, &next, problems) :
	    ERR_OK;

	buf_clear(&next);
	return err;
}

/* The processes of a configuration that was checked read no file any more. */
static enum err
check_directory(struct openssl_ca *ca, struct problems *problems)
{
	const struct openssl_settings *settings = &ca->settings;

	if (file_is_replayed())
		return ERR_OK;
	if (openssl_index_unique_subject(settings->database,
		settings->unique_subject, &ca->wants_unique_names,
		problems) != ERR_OK ||
	    check_names(ca, problems) != ERR_OK ||
	    openssl_index_check(settings->database, ca->wants_unique_names,
		problems) != ERR_OK ||
	    check_crl_number(ca, problems) != ERR_OK ||
	    check_serial(ca, problems) != ERR_OK)
		return ERR_CONFIGURATION;
	return ERR_OK;
}

/* The key decides, in scepd as a whole. */
static void
warn_of_digest(const struct conf_section *section, const struct openssl_ca *ca,
    struct problems *problems)
{
	enum digest used = key_digest(ca->ca.ca.key);

	if (!ca->settings.default_digest && ca->settings.digest != used)
		conf_problem(section, "config", PROBLEM_WARNING, problems,
		    "default_md is %s there, but scepd signs with %s with "
		    "this CA's key",
		    digest_facts(ca->settings.digest)->name,
		    digest_facts(used)->name);
}

/* How openssl is run. */
static void
set_program(const struct settings *settings, struct openssl_ca *ca)
{
	ca->is_left_to_openssl = true;
	ca->program = settings->program;
	ca->passphrase_file = settings->passphrase_file;
	ca->directory = openssl_conf_path(ca->conf, ".");
}

static enum err
load_native(const struct settings *settings, const struct crypto_setup *setup,
    struct openssl_ca *ca, struct problems *problems)
{
	enum err err = openssl_settings_read(ca->conf, settings->section,
	    &ca->settings, problems);

	if (err == ERR_OK)
		err = load_certificate(settings, setup, ca, problems);
	return err == ERR_OK ? read_rules(ca, problems) : err;
}

/* Without the lock of all who issue there, the same number would be given
 * twice, and openssl would refuse the whole index from then on.  So who wants
 * them counted has to say so. */
static enum err
check_serials(const struct conf_section *section, const struct openssl_ca *ca,
    struct problems *problems)
{
	if (ca->counts_serials && ca->settings.serial == NULL)
		return conf_refuse(section, "serial", problems,
		    "the section of this CA says rand_serial, so there is no "
		    "file to count in; name one there by serial, or leave "
		    "\"serial\" out here");
	if (ca->counts_serials || ca->settings.serial == NULL ||
	    !ca->is_left_to_openssl)
		return ERR_OK;
	return conf_refuse(section, "config", problems,
	    "serial numbers of this CA are counted, and openssl would give "
	    "one of them twice whenever somebody issues by hand at the same "
	    "time; put rand_serial = yes into its section in place of serial, "
	    "or, if all who issue there do so by scepd-ca, set serial = "
	    "\"sequential\" here");
}

static enum err
load_openssl(const struct settings *settings, const struct crypto_setup *setup,
    struct openssl_ca *ca, struct problems *problems)
{
	enum err err = openssl_settings_read_place(ca->conf, settings->section,
	    &ca->settings, problems);

	if (err == ERR_OK)
		err = load_certificate(settings, setup, ca, problems);
	if (err == ERR_OK)
		set_program(settings, ca);
	return err;
}

static enum err
load(const struct conf_section *section, const struct settings *settings,
    const struct crypto_setup *setup, struct openssl_ca *ca,
    struct problems *problems)
{
	enum err err = openssl_conf_open(settings->config, settings->directory,
	    &ca->conf, problems);

	if (err != ERR_OK)
		return err;
	ca->counts_serials = settings->serial == SERIALS_COUNTED;
	err = settings->method == METHOD_NATIVE ?
	    load_native(settings, setup, ca, problems) :
	    load_openssl(settings, setup, ca, problems);
	if (err == ERR_OK)
		err = check_serials(section, ca, problems);
	return err == ERR_OK ? check_directory(ca, problems) : err;
}

static enum err
openssl_open(const struct conf_section *section,
    const struct crypto_setup *setup, void **state, struct problems *problems)
{
	struct settings settings = { 0 };
	struct openssl_ca *ca;
	enum err err = read_settings(section, &settings, problems);

	if (err != ERR_OK)
		return err;
	ca = xalloc(sizeof(*ca));
	if (load(section, &settings, setup, ca, problems) != ERR_OK) {
		openssl_close(ca);
		return ERR_CONFIGURATION;
	}
	if (!ca->is_left_to_openssl)
		warn_of_digest(section, ca, problems);
	provider_digest(setup->provider, DIGEST_SHA256,
	    &ca->ca.ca.certificate->spki, 1, ca->authority);
	*state = ca;
	return ERR_OK;
}

static const struct backend_ca *
openssl_ca(const void *state)
{
	const struct openssl_ca *ca = state;

	return &ca->ca;
}

/* Certificates */

/* What the file says of it; else it begins when the profile has it begin, a
 * little in the past. */
static void
set_validity(const struct openssl_settings *settings, int64_t now,
    struct certificate_order *order)
{
	if (settings->start != 0)
		order->not_before = settings->start;
	order->not_after = settings->end != 0 ? settings->end :
						now + settings->days * DAY;
}

/* What is left of a request's extensions behind the endpoint's profile: its
 * alternative names. */
static void
append_asked(struct buf *to, struct bytes alt_name)
{
	size_t list;

	if (alt_name.size == 0)
		return;
	list = der_open(to, DER_SEQUENCE);
	extension_append(to, OID_SUBJECT_ALT_NAME, false, alt_name);
	der_close(to, list);
}

struct names {
	struct buf whole; /* with e-mail addresses */
	struct buf subject;
	struct buf asked;
	struct buf key_id;
	struct buf extensions;
};

static void
clear_names(struct names *names)
{
	buf_clear(&names->whole);
	buf_clear(&names->subject);
	buf_clear(&names->asked);
	buf_clear(&names->key_id);
	buf_clear(&names->extensions);
}

static enum err
apply_rules(const struct openssl_ca *ca, const struct certificate_order *order,
    struct names *names, struct buf *detail)
{
	struct openssl_extensions_order extensions;
	enum err err = openssl_policy_apply(ca->policy, order->subject,
	    &names->whole, detail);

	if (err == ERR_OK)
		err = certificate_new_key_id(ca->ca.provider, order->spki,
		    &names->key_id);
	if (err != ERR_OK)
		return err;
	append_asked(&names->asked, order->subject_alt_name);
	extensions = (struct openssl_extensions_order){
		.subject = buf_bytes(&names->whole),
		.key_id = buf_bytes(&names->key_id),
		.asked = buf_bytes(&names->asked),
	};
	openssl_policy_finish(ca->policy, buf_bytes(&names->whole),
	    openssl_extensions_move_email(ca->extensions), &names->subject);
	return openssl_extensions_append(&names->extensions, ca->extensions,
	    &extensions);
}

static enum err
openssl_prepare(const void *state, const struct authorisation *authorisation,
    int64_t now, struct backend_prepared *prepared)
{
	const struct openssl_ca *ca = state;
	struct certificate_order order = *authorisation_order(authorisation);
	struct names names = { 0 };
	enum err err = backend_ca_check_now(&ca->ca, now);

	if (err == ERR_OK)
		err = apply_rules(ca, &order, &names, &prepared->detail);
	if (err == ERR_OK) {
		order.subject = buf_bytes(&names.subject);
		order.extensions = buf_bytes(&names.extensions);
		order.serial = buf_bytes(&prepared->serial);
		set_validity(&ca->settings, now, &order);
		err = backend_ca_append_tbs(&ca->ca, &order, &prepared->tbs);
	}
	clear_names(&names);
	return err;
}

static enum err
openssl_sign(const void *state, struct bytes tbs, struct buf *certificate)
{
	const struct openssl_ca *ca = state;

	/* One that was prepared when the method was another. */
	if (ca->is_left_to_openssl)
		return ERR_SIGN;
	return signed_object_append(certificate, ca->ca.ca.key, tbs);
}

/* An end that is set is for the guard a life that is as long as the CA's. */
static void
openssl_sign_rule(const void *state, struct sign_rule *rule)
{
	const struct openssl_ca *ca = state;

	if (ca->is_left_to_openssl)
		return;
	openssl_extensions_sign_rule(ca->extensions, rule);
	rule->crl_extensions = openssl_extensions_constant(ca->crl_extensions);
	rule->life = ca->settings.end == 0 ? ca->settings.days * DAY :
					     rule->ca_not_after;
	if (ca->settings.start != 0)
		rule->backdate = INT64_MAX / 2;
}

/* Books */

/* Views the CA. */
static struct openssl_books
books_of(const struct openssl_ca *ca)
{
	return (struct openssl_books){
		.index = ca->settings.database,
		.new_certs_dir = ca->settings.new_certs_dir,
		.serial = ca->counts_serials ? ca->settings.serial : NULL,
		.unique_subject = ca->settings.unique_subject,
		.authority = BYTES_ARRAY(ca->authority),
	};
}

static enum backend_requests
openssl_requests(const void *state)
{
	const struct openssl_ca *ca = state;

	if (!ca->is_left_to_openssl)
		return BACKEND_REQUESTS_NONE;
	return ca->settings.copy_extensions ? BACKEND_REQUESTS_COPIED :
					      BACKEND_REQUESTS_READ;
}

static enum err
openssl_issue(const void *state, struct store *store,
    const struct backend_request *request, const struct csr *csr,
    struct backend_answer *answer)
{
	const struct openssl_ca *ca = state;
	const struct openssl_exec exec = {
		.program = ca->program,
		.directory = ca->directory,
		.section = ca->settings.section,
		.conf = ca->conf,
		.passphrase_file = ca->passphrase_file,
		.books = books_of(ca),
	};

	return openssl_exec_issue(&exec, store, request, csr, answer);
}

static enum err
openssl_enter(const void *state, struct store *store,
    const struct certificate *certificate, const struct backend_entry *entry,
    struct buf *entered)
{
	const struct openssl_books books = books_of(state);
	const struct openssl_books_entry what = {
		.certificate = certificate,
		.replaces = entry->replaces,
		.now = entry->now,
	};

	return openssl_books_enter(&books, store, &what, entered);
}

static enum err
openssl_update_books(const void *state, struct store *store, int64_t now)
{
	const struct openssl_books books = books_of(state);

	return openssl_books_update(&books, store, now);
}

static bool
openssl_counts_serials(const void *state)
{
	const struct openssl_ca *ca = state;

	return ca->counts_serials && !ca->is_left_to_openssl;
}

static enum err
openssl_reserve(const void *state, struct store *store, struct buf *serial)
{
	const struct openssl_books books = books_of(state);

	return openssl_reserve_serial(&books, store, serial);
}

/* Whoever has a certificate that renews itself would have two valid ones of a
 * name for a while, for which `openssl ca` then refuses the whole index. */
static enum err
openssl_check_renewal(const void *state, bool revokes,
    struct problems *problems)
{
	const struct openssl_ca *ca = state;

	if (!ca->wants_unique_names || revokes)
		return ERR_OK;
	problem_add(problems, PROBLEM_ERROR,
	    "%s: names of certificates are to be unique in this CA, so that "
	    "no device could renew its certificate before it has expired; put "
	    "the line \"unique_subject = no\" into %s.attr, or have renewals "
	    "revoke the old certificate, by renew = { revoke = true; } and "
	    "without a program that is to know of the new one first (issued)",
	    ca->settings.database, ca->settings.database);
	return ERR_CONFIGURATION;
}

/* What is no file but in a token or an engine only openssl can tell. */
static enum err
check_key_access(const struct openssl_ca *ca, struct problems *problems)
{
	const struct openssl_entry *key = openssl_conf_find(ca->conf,
	    ca->settings.section, "private_key");
	char *path;
	enum err err;

	if (!ca->is_left_to_openssl || key == NULL ||
	    strchr(key->value, ':') != NULL)
		return ERR_OK;
	path = openssl_conf_path(ca->conf, key->value);
	err = openssl_access_check_key(path, problems);
	free(path);
	return err;
}

static enum err
openssl_check_access(const void *state, struct problems *problems)
{
	const struct openssl_ca *ca = state;
	enum err err = openssl_access_check(ca->settings.database,
	    ca->settings.new_certs_dir, problems);

	return err == ERR_OK ? check_key_access(ca, problems) : err;
}

/* Without a file, "openssl ca" makes CRLs that have no number, which RFC 5280
 * section 5.2.3 wants in each. */
static enum err
openssl_take_crl_number(const void *state, int64_t last, int64_t now,
    int64_t *number)
{
	const struct openssl_ca *ca = state;

	if (ca->settings.crlnumber != NULL)
		return openssl_crl_number_take(ca->settings.crlnumber,
		    ca->settings.database, last, number);
	*number = backend_crl_number(last, now);
	return ERR_OK;
}

static enum err
openssl_make_crl(const void *state, const struct crl_order *order,
    struct buf *crl)
{
	const struct openssl_ca *ca = state;
	struct crl_order whole = *order;

	whole.extensions = openssl_extensions_constant(ca->crl_extensions);
	return backend_ca_make_crl(&ca->ca, &whole, crl);
}

const struct backend_ops backend_openssl = {
	.find_certificate = openssl_find_certificate,
	.open = openssl_open,
	.close = openssl_close,
	.ca = openssl_ca,
	.counts_serials = openssl_counts_serials,
	.reserve_serial = openssl_reserve,
	.prepare = openssl_prepare,
	.sign = openssl_sign,
	.sign_rule = openssl_sign_rule,
	.requests = openssl_requests,
	.issue = openssl_issue,
	.enter = openssl_enter,
	.update_books = openssl_update_books,
	.check_access = openssl_check_access,
	.check_renewal = openssl_check_renewal,
	.take_crl_number = openssl_take_crl_number,
	.make_crl = openssl_make_crl,
};
