/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/policy.h"

#include <stdlib.h>

#include "crypto/credential.h"
#include "tests/unit/policy_requests.h"

/*
 * Every combination of what an endpoint wants and what a request brings: none
 * of them gets a certificate, or waits for one, without something that has
 * authenticated it.  What that is says a model beside policy.c, which looks at
 * nothing but the columns below.
 */

/* What the endpoint wants */

struct enrol {
	const char *text;
	bool is_anonymous;
	bool is_static;
	bool is_one_time;
	bool is_behalf;
	bool is_manual;
};

#define STATIC "{ type = \"static\"; secret = \"secret\"; }"
#define ONE_TIME "{ type = \"one-time\"; }"
#define BEHALF \
	"on_behalf = ( { certificate = \"mdm.pem\"; names = \"CN=*\"; } ); "
#define MANUAL "approval = \"manual\"; "

static const struct enrol enrols[] = {
	{ "anonymous = true; ", .is_anonymous = true },
	{ "anonymous = true; " MANUAL, .is_anonymous = true,
	    .is_manual = true },
	{ "challenge = ( " STATIC " ); ", .is_static = true },
	{ "challenge = ( " ONE_TIME " ); ", .is_one_time = true },
	{ "challenge = ( " STATIC ", " ONE_TIME " ); ", .is_static = true,
	    .is_one_time = true },
	{ "challenge = ( " STATIC " ); " MANUAL, .is_static = true,
	    .is_manual = true },
	{ "challenge = ( " STATIC " ); " BEHALF, .is_static = true,
	    .is_behalf = true },
	{ BEHALF, .is_behalf = true },
};

struct renew {
	const char *text;
	bool wants_challenge;
	bool is_manual;
	bool holds_unknown;
};

static const struct renew renews[] = {
	{ .text = "" },
	{ "challenge = true; ", .wants_challenge = true },
	{ MANUAL, .is_manual = true },
	{ "unknown = \"hold\"; ", .holds_unknown = true },
	{ .text = "unknown = \"refuse\"; same_key = true; "
		  "names = \"profile\"; " },
};

/* What the request brings */

enum signer_key {
	KEY_OF_REQUEST,
	KEY_OTHER,
	KEY_LISTED /* mdm.pem, whose it is */
};

struct signer {
	enum signer_key key;
	bool is_issued;
	bool is_known;
	bool is_revoked;
	bool is_expired;
	bool is_elsewhere;
};

static const struct signer signers[] = {
	{ KEY_OF_REQUEST, false, false, false, false, false },
	{ KEY_OTHER, false, false, false, false, false },
	{ KEY_OTHER, false, false, false, true, false },
	{ KEY_OTHER, true, true, false, false, false },
	{ KEY_OTHER, true, true, true, false, false },
	{ KEY_OTHER, true, true, false, true, false },
	{ KEY_OTHER, true, false, false, false, false },
	{ KEY_OF_REQUEST, true, true, false, false, false },
	{ KEY_LISTED, false, false, false, false, false },
	{ KEY_LISTED, false, false, false, true, false },
	{ KEY_LISTED, true, true, true, false, false },
	{ KEY_OTHER, true, true, false, false, true },
};

/* The password, and what is remembered of it. */
struct password {
	const char *text;
	bool is_known;
	int64_t uses;
	int64_t expires_at;
	const char *endpoint;
};

static const struct password passwords[] = {
	{ "", false, 0, 0, "" },
	{ "secret", false, 0, 0, "" },
	{ "secret ", false, 0, 0, "" },
	{ "wrong", false, 0, 0, "" },
	{ "minted", true, 1, NOW, "/scep" },
	{ "minted", true, 0, NOW, "/scep" },
	{ "minted", true, 1, NOW - 1, "/scep" },
	{ "minted", true, 1, NOW, "/other" },
	{ "minted", false, 1, NOW, "/scep" },
	{ "secret", true, 0, NOW - 1, "/scep" },
};

/* The model */

struct request {
	const struct enrol *enrol;
	const struct renew *renew;
	const struct signer *signer;
	const struct password *password;
	bool is_renewal_req;
	bool key_is_revoked;
};

/* What may have authenticated it; bits. */
#define BY_PASSWORD 1U
#define BY_OWN_KEY 2U
#define BY_CERTIFICATE 4U
#define BY_AUTHORITY 8U

static bool
is_right(const struct request *request)
{
	const struct password *password = request->password;
	bool is_static = strcmp(password->text, "secret") == 0;
	bool is_minted = password->is_known && password->uses > 0 &&
	    password->expires_at >= NOW &&
	    strcmp(password->endpoint, "/scep") == 0;

	return (request->enrol->is_static && is_static) ||
	    (request->enrol->is_one_time && is_minted);
}

static bool
is_good(const struct signer *signer)
{
	return !signer->is_revoked && !signer->is_expired;
}

static unsigned
authenticators_of(const struct request *request)
{
	const struct signer *signer = request->signer;
	unsigned found = 0;

	if (is_right(request))
		found |= BY_PASSWORD;
	if (request->enrol->is_anonymous && signer->key == KEY_OF_REQUEST)
		found |= BY_OWN_KEY;
	if (signer->is_issued && is_good(signer) && !signer->is_elsewhere &&
	    (!request->renew->wants_challenge || is_right(request) ||
		request->enrol->is_anonymous))
		found |= BY_CERTIFICATE;
	if (request->enrol->is_behalf && signer->key == KEY_LISTED &&
	    is_good(signer))
		found |= BY_AUTHORITY;
	return found;
}

/* The test */

struct world {
	struct csr *csrs[COUNT(passwords)];
	struct key *other;
	struct certificate *listed;
	unsigned seen; /* by what certificates were given */
};

struct root {
	struct policy_sections sections;
};

static const struct conf_key root_keys[] = {
	{ .name = "enrol",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, sections.enrol) },
	{ .name = "renew",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, sections.renew) },
	{ 0 },
};

/* The challenge that renewals would be asked for is not there. */
static bool
is_contradiction(const struct enrol *enrol, const struct renew *renew)
{
	return renew->wants_challenge && !enrol->is_static &&
	    !enrol->is_one_time;
}

/* Whether it is one, and not refused. */
static bool
read_policy(const struct enrol *enrol, const struct renew *renew,
    struct conf **conf, struct policy *policy)
{
	bool is_refused = is_contradiction(enrol, renew);
	struct problems *problems = problems_new();
	char *text = xasprintf("enrol = { %s};\nrenew = { %s};\n", enrol->text,
	    renew->text);
	struct root root = { 0 };

	put("a.conf", text);
	*conf = open_well("a.conf");
	assert_int_equal(conf_read(conf_root(*conf), root_keys, &root,
			     problems),
	    ERR_OK);
	if ((policy_read(&root.sections, policy, problems) != ERR_OK) !=
	    is_refused)
		fail_msg("%s%s", text, problems_text(problems));
	policy->algorithms = ALGORITHMS_DEFAULT;
	policy->provider = gnutls();
	policy->endpoint = "/scep";
	problems_free(problems);
	free(text);
	return !is_refused;
}

static struct certificate
certificate_of(const struct world *world, const struct signer *signer,
    const struct csr *csr)
{
	struct certificate made = { .spki = csr->spki,
		.subject = csr->subject,
		.not_before = NOW - 30 * DAY,
		.not_after = NOW + 30 * DAY };

	if (signer->key == KEY_OTHER)
		made.spki = key_spki(world->other);
	if (signer->key == KEY_LISTED)
		made = *world->listed;
	if (signer->is_expired)
		made.not_after = NOW - DAY;
	return made;
}

static void
check(struct world *world, const struct policy *policy,
    const struct request *request)
{
	const struct password *password = request->password;
	const struct csr *csr = world->csrs[password - passwords];
	const struct certificate certificate = certificate_of(world,
	    request->signer, csr);
	const struct facts facts = {
		.csr = csr,
		.signer = { .certificate = &certificate,
		    .is_issued = request->signer->is_issued,
		    .is_known = request->signer->is_known,
		    .is_revoked = request->signer->is_revoked,
		    .is_elsewhere = request->signer->is_elsewhere },
		.is_renewal_req = request->is_renewal_req,
		.key_is_revoked = request->key_is_revoked,
		.now = NOW,
		.challenge = { .is_known = password->is_known,
		    .minted = true,
		    .endpoint = bytes_of_string(password->endpoint),
		    .uses = password->uses,
		    .expires_at = password->expires_at },
	};
	unsigned authenticators = authenticators_of(request);
	struct verdict verdict = { 0 };
	enum err err = policy_decide(policy, &facts, &verdict);

	if (err == ERR_OK && authenticators == 0)
		fail_msg("enrol = { %s}; renew = { %s}; signer %zu, password "
			 "%zu, type %d: nothing has authenticated it",
		    request->enrol->text, request->renew->text,
		    (size_t)(request->signer - signers),
		    (size_t)(password - passwords),
		    request->is_renewal_req ? 17 : 19);
	if (err == ERR_OK) {
		assert_false(request->key_is_revoked);
		if (verdict.authorisation != NULL)
			world->seen |= authenticators;
		/* Whoever is to look at it does so first. */
		if (verdict.is_renewal ? request->renew->is_manual :
					 request->enrol->is_manual)
			assert_null(verdict.authorisation);
		if (verdict.is_renewal && request->renew->holds_unknown &&
		    !request->signer->is_known)
			assert_null(verdict.authorisation);
	} else {
		assert_null(verdict.authorisation);
	}
	verdict_clear(&verdict);
}

static size_t
check_all(struct world *world, const struct enrol *enrol,
    const struct renew *renew)
{
	struct policy policy = { 0 };
	struct conf *conf;
	size_t count = 0;
	bool is_read = read_policy(enrol, renew, &conf, &policy);

	for (size_t i = 0; is_read && i < COUNT(signers); i++)
		for (size_t j = 0; j < COUNT(passwords); j++)
			for (unsigned bits = 0; bits < 4; bits++) {
				const struct request request = { enrol, renew,
					&signers[i], &passwords[j],
					(bits & 1) != 0, (bits & 2) != 0 };

				check(world, &policy, &request);
				count++;
			}
	policy_clear(&policy);
	conf_free(conf);
	return count;
}

static struct world
world_new(void)
{
	struct world world = { .other = key_vector("certmonger/client.key") };
	struct problems *problems = problems_new();
	struct buf pem = vector("ca/ra.pem");
	size_t count = 0;

	put_mode("mdm.pem", buf_bytes(&pem), 0644);
	assert_int_equal(certificates_load("mdm.pem", &world.listed, 1, &count,
			     problems),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(passwords); i++)
		world.csrs[i] = csr_of((struct wanted){
		    .challenge = passwords[i].text });
	buf_clear(&pem);
	problems_free(problems);
	return world;
}

static void
world_clear(struct world *world)
{
	for (size_t i = 0; i < COUNT(passwords); i++)
		csr_free(world->csrs[i]);
	certificate_free(world->listed);
	key_free(world->other);
}

/* And each of them does give certificates, or this would prove nothing. */
static void
nobody_gets_anything_without_an_authenticator(void **state)
{
	struct world world = world_new();
	size_t count = 0, policies = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(enrols); i++)
		for (size_t j = 0; j < COUNT(renews); j++) {
			count += check_all(&world, &enrols[i], &renews[j]);
			policies += !is_contradiction(&enrols[i], &renews[j]);
		}
	assert_int_equal(count,
	    policies * COUNT(signers) * COUNT(passwords) * 4);
	assert_int_equal(world.seen,
	    BY_PASSWORD | BY_OWN_KEY | BY_CERTIFICATE | BY_AUTHORITY);
	world_clear(&world);
}

/* Alone, what it is has to be enough. */
static void
one_authenticator_is_enough(void **state)
{
	static const struct {
		size_t enrol;
		size_t signer;
		size_t password;
	} rows[] = {
		{ 0, 0, 0 }, /* anonymous, by the request's own key */
		{ 2, 0, 1 }, /* by the static password */
		{ 2, 1, 1 }, /* which vouches for another key */
		{ 3, 0, 4 }, /* by one that was minted */
		{ 2, 3, 0 }, /* by a certificate of the CA's */
		{ 7, 8, 0 }, /* by the listed authority */
	};
	struct world world = world_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct request request = { &enrols[rows[i].enrol],
			&renews[0], &signers[rows[i].signer],
			&passwords[rows[i].password], false, false };
		struct policy policy = { 0 };
		struct conf *conf;

		world.seen = 0;
		assert_true(read_policy(request.enrol, request.renew, &conf,
		    &policy));
		check(&world, &policy, &request);
		assert_int_equal(world.seen, authenticators_of(&request));
		assert_int_not_equal(world.seen, 0);
		policy_clear(&policy);
		conf_free(conf);
	}
	world_clear(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(nobody_gets_anything_without_an_authenticator),
		CONF_TEST(one_authenticator_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
