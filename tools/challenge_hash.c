/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/challenge_hash.h"

#include "base/utf8.h"
#include "policy/challenge.h"
#include "tools/challenge.h"
#include "tools/secret_input.h"

/* As much as a request can have for one (csr.h). */
#define MAX_SECRET 1024

static enum err
complain(struct problems *problems, const char *what)
{
	problem_add(problems, PROBLEM_ERROR, "%s", what);
	return ERR_CONFIGURATION;
}

/* The salt is that of the one beside, or a new one. */
static enum err
choose_work(const struct state_call *call, const struct provider *provider,
    struct challenge_work *work)
{
	const char *beside = challenge_wishes(call)->beside;
	struct challenge_hash hash;

	if (beside == NULL) {
		work->iterations = CHALLENGE_ITERATIONS_LEAST;
		provider_random(provider, work->salt, sizeof(work->salt));
		return ERR_OK;
	}
	if (!challenge_hash_read(bytes_of_string(beside), &hash))
		return complain(call->problems,
		    "--beside is no hash of \"scepctl challenge hash\"");
	*work = hash.work;
	return ERR_OK;
}

static bool
is_utf8(struct bytes text)
{
	while (text.size > 0) {
		uint32_t character;
		size_t size = utf8_next(text, &character);

		if (size == 0 || character == 0)
			return false;
		text = bytes_from(text, size);
	}
	return true;
}

/* What no device could send is found out here, and not on the device. */
static enum err
check_secret(struct bytes secret, struct problems *problems)
{
	if (secret.size > MAX_SECRET)
		return complain(problems,
		    "a secret has over 1024 octets, which is more than any "
		    "device can send");
	if (!is_utf8(secret))
		return complain(problems, "a secret is not UTF-8");
	if (secret.size < CHALLENGE_SHORT)
		problem_add(problems, PROBLEM_WARNING,
		    "a secret has fewer than %d characters and can be guessed "
		    "by its hash",
		    CHALLENGE_SHORT);
	return ERR_OK;
}

static enum err
append_hash(const struct state_call *call, const struct provider *provider,
    const struct challenge_work *work, struct bytes secret)
{
	struct challenge_hash hash = { .work = *work };
	enum err err = check_secret(secret, call->problems);

	if (err != ERR_OK)
		return err;
	challenge_work_do(provider, work, secret, hash.value);
	challenge_hash_append(call->output, &hash);
	buf_append_octet(call->output, '\n');
	return ERR_OK;
}

/* All of one salt, so that together they cost a server no more than one. */
enum err
challenge_hash(const struct state_call *call)
{
	const struct provider *provider = provider_find("gnutls");
	struct buf secrets = { 0 };
	struct challenge_work work;
	struct bytes rest;
	enum err err;

	if (provider == NULL)
		return complain(call->problems,
		    "GnuTLS can't be used on this machine");
	err = choose_work(call, provider, &work);
	if (err == ERR_OK)
		err = secret_input_read(&secrets, call->problems);
	rest = buf_bytes(&secrets);
	while (err == ERR_OK && rest.size > 0)
		err = append_hash(call, provider, &work,
		    bytes_cut(&rest, '\n'));
	buf_clear(&secrets);
	return err;
}
