/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/backend.h"

#include <stdlib.h>

#include "backends/backend_ca.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "crypto/csr.h"

struct backend {
	const struct backend_ops *ops;
	const struct provider *provider;
	void *state;
};

/* All there are, one line each: the name in the configuration (backend =
 * "file"), and who implements it. */
#define BACKENDS(X) \
	X("file", backend_file) \
	X("openssl", backend_openssl) \
	X("command", backend_command)

#define OPS(name, ops) &ops,
#define NAME(name, ops) name,

static const struct backend_ops *const backends[] = { BACKENDS(OPS) };
const char *const backend_names[] = { BACKENDS(NAME) NULL };

/* Which implementation it is has to be known before the section can be checked
 * against its table; so that one key is read by itself, first. */
static enum err
find_ops(const struct conf_section *section, const struct backend_ops **ops,
    struct problems *problems)
{
	static const struct conf_key key = { .name = "backend",
		.type = CONF_CHOICE,
		.required = true,
		.choices = backend_names };
	int64_t index;
	enum err err = conf_read_one(section, &key, &index, problems);

	if (err == ERR_OK)
		*ops = backends[index];
	return err;
}

enum err
backend_find_certificate(const struct conf_section *section, char **path,
    struct problems *problems)
{
	const struct backend_ops *ops;
	enum err err = find_ops(section, &ops, problems);

	return err == ERR_OK ? ops->find_certificate(section, path, problems) :
			       err;
}

enum err
backend_open(const struct conf_section *section,
    const struct crypto_setup *setup, struct backend **backend,
    struct problems *problems)
{
	struct backend *made;
	const struct backend_ops *ops;
	enum err err = find_ops(section, &ops, problems);

	if (err != ERR_OK)
		return err;
	made = xalloc(sizeof(*made));
	made->ops = ops;
	made->provider = setup->provider;
	err = made->ops->open(section, setup, &made->state, problems);
	if (err != ERR_OK) {
		free(made);
		return err;
	}
	*backend = made;
	return ERR_OK;
}

void
backend_close(struct backend *backend)
{
	if (backend == NULL)
		return;
	backend->ops->close(backend->state);
	free(backend);
}

static const struct backend_ca *
ca_of(const struct backend *backend)
{
	return backend->ops->ca(backend->state);
}

const struct certificate *
backend_certificate(const struct backend *backend)
{
	return ca_of(backend)->ca.certificate;
}

const struct certificate *const *
backend_chain(const struct backend *backend, size_t *count)
{
	const struct backend_ca *ca = ca_of(backend);

	*count = ca->chain_count;
	return (const struct certificate *const *)ca->chain;
}

const struct key *
backend_key(const struct backend *backend)
{
	return ca_of(backend)->ca.key;
}

bool
backend_counts_serials(const struct backend *backend)
{
	return backend->ops->counts_serials != NULL &&
	    backend->ops->counts_serials(backend->state);
}

/* Whoever asks for one of another CA is a worker that was taken over. */
enum err
backend_reserve_serial(const struct backend *backend, struct store *store,
    struct buf *serial)
{
	return backend_counts_serials(backend) ?
	    backend->ops->reserve_serial(backend->state, store, serial) :
	    ERR_ERRAND_REFUSED;
}

enum err
backend_prepare(const struct backend *backend,
    const struct authorisation *authorisation, int64_t now,
    struct backend_prepared *prepared)
{
	return backend->ops->prepare(backend->state, authorisation, now,
	    prepared);
}

enum err
backend_sign(const struct backend *backend, struct bytes tbs,
    struct buf *certificate)
{
	/* One that was prepared when the CA was of another kind. */
	return backend->ops->sign != NULL ?
	    backend->ops->sign(backend->state, tbs, certificate) :
	    ERR_SIGN;
}

enum backend_requests
backend_requests(const struct backend *backend)
{
	return backend->ops->requests != NULL ?
	    backend->ops->requests(backend->state) :
	    BACKEND_REQUESTS_NONE;
}

const struct hook *
backend_hook(const struct backend *backend)
{
	return backend->ops->hook != NULL ? backend->ops->hook(backend->state) :
					    NULL;
}

void
backend_answer_clear(struct backend_answer *answer)
{
	buf_clear(&answer->certificate);
	buf_clear(&answer->reason);
}

/* What is wrong with it; NULL: nothing. */
static const char *
find_fault(const struct backend *backend, const struct csr *csr,
    const struct certificate *certificate, int64_t now)
{
	if (!bytes_equal(certificate->spki, csr->spki))
		return "it is for another key";
	if (!certificate_is_issued_by(backend->provider, certificate,
		backend_certificate(backend)))
		return "it is not issued by this endpoint's CA";
	if (certificate->not_after <= now)
		return "it has expired";
	if (extensions_is_ca(certificate->extensions))
		return "it would make the device a CA";
	return NULL;
}

/* Whoever made it is not to be trusted with what it is: a program can be
 * mistaken, and a request can ask for much. */
enum err
backend_check_made(const struct backend *backend, int64_t number,
    const struct csr *csr, int64_t now, struct bytes der)
{
	struct certificate *certificate = NULL;
	const char *fault = certificate_read(der, &certificate) == ERR_OK ?
	    find_fault(backend, csr, certificate, now) :
	    "it can't be read";

	certificate_free(certificate);
	if (fault == NULL)
		return ERR_OK;
	log_event(LOG_LEVEL_ERROR,
	    "the certificate that the CA has made for request %lld is kept "
	    "from the device: %s",
	    (long long)number, fault);
	return ERR_CA_ANSWER;
}

enum err
backend_issue(const struct backend *backend, struct store *store,
    const struct backend_request *request, int64_t now,
    struct backend_answer *answer)
{
	struct csr *csr = NULL;
	enum err err = backend->ops->issue != NULL &&
		backend_requests(backend) != BACKEND_REQUESTS_NONE ?
	    csr_read(backend->provider, request->csr, &csr) :
	    ERR_CA_COMMAND;

	if (err == ERR_OK)
		err = backend->ops->issue(backend->state, store, request, csr,
		    answer);
	if (err == ERR_OK)
		err = backend_check_made(backend, request->number, csr, now,
		    buf_bytes(&answer->certificate));
	csr_free(csr);
	return err;
}

bool
backend_has_sign_rule(const struct backend *backend)
{
	return backend->ops->sign_rule != NULL;
}

void
backend_sign_rule(const struct backend *backend, struct sign_rule *rule)
{
	if (backend_has_sign_rule(backend))
		backend->ops->sign_rule(backend->state, rule);
}

bool
backend_has_books(const struct backend *backend)
{
	return backend->ops->enter != NULL;
}

/* It comes from whoever may have taken over a worker. */
enum err
backend_enter(const struct backend *backend, struct store *store,
    const struct backend_entry *entry, struct buf *entered)
{
	struct certificate *read = NULL;
	enum err err = backend_has_books(backend) ?
	    certificate_read(entry->certificate, &read) :
	    ERR_GUARD_ISSUER;

	if (err == ERR_OK &&
	    !certificate_is_issued_by(backend->provider, read,
		backend_certificate(backend)))
		err = ERR_GUARD_ISSUER;
	if (err == ERR_OK)
		err = backend->ops->enter(backend->state, store, read, entry,
		    entered);
	certificate_free(read);
	return err;
}

enum err
backend_check_access(const struct backend *backend, struct problems *problems)
{
	return backend->ops->check_access != NULL ?
	    backend->ops->check_access(backend->state, problems) :
	    ERR_OK;
}

enum err
backend_update_books(const struct backend *backend, struct store *store,
    int64_t now)
{
	return backend_has_books(backend) ?
	    backend->ops->update_books(backend->state, store, now) :
	    ERR_OK;
}

enum err
backend_check_renewal(const struct backend *backend, bool revokes,
    struct problems *problems)
{
	return backend->ops->check_renewal != NULL ?
	    backend->ops->check_renewal(backend->state, revokes, problems) :
	    ERR_OK;
}

const struct backend_crl *
backend_crl(const struct backend *backend)
{
	return &ca_of(backend)->crl;
}

enum err
backend_take_crl_number(const struct backend *backend, int64_t last,
    int64_t now, int64_t *number)
{
	if (backend->ops->take_crl_number != NULL)
		return backend->ops->take_crl_number(backend->state, last, now,
		    number);
	*number = backend_crl_number(last, now);
	return ERR_OK;
}

enum err
backend_make_crl(const struct backend *backend, const struct crl_order *order,
    struct buf *crl)
{
	return backend->ops->make_crl(backend->state, order, crl);
}
