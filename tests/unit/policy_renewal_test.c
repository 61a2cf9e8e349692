/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/renewal.h"

#include "policy/policy.h"
#include "tests/unit/policy_requests.h"

/*
 * One device with a certificate of the CA's for a year, whose middle is NOW,
 * and what becomes of its requests.
 */

#define OLD_KEY "certmonger/client.key"
#define NEW_KEY "strongswan/client.key"
#define NAME_OTHER "30{ 31{ 30{ 06{550403} 0c{'other'} } } }"
/* The device's name in another string type and case. */
#define NAME_AGAIN "30{ 31{ 30{ 06{550403} 13{'DEVICE'} } } }"
#define OLD_SAN "30{ 82{'a.lab'} 82{'b.lab'} }"

#define CHALLENGE \
	"challenge = ( { type = \"static\"; secret = \"secret\"; } ); "
#define HOOK "approval = \"hook\"; hook = { command = ( \"/bin/true\" ); };"
#define MANUAL "approval = \"manual\";"

/* What is asked, and by whom. */
struct wish {
	const char *what;
	const char *renew; /* the section's settings, or NULL */
	const char *enrol; /* likewise, beside the challenge */
	enum err expected;
	const char *key; /* NULL: a new one */
	const char *subject;
	const char *extensions;
	const char *challenge;
	int64_t now; /* from NOW */
	bool is_renewal_req;
	bool is_foreign;
	bool is_unknown;
	bool is_elsewhere;
	bool is_revoked;
	bool key_is_revoked;
	/* What is made of it. */
	bool is_held;
	bool replaces;
	enum err fallback;
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

/* The certificate that the message is signed with: its views, no more. */
struct device {
	struct key *key;
	struct buf subject;
	struct buf extensions;
	struct certificate certificate;
};

static struct device
device_new(void)
{
	struct device device = { .key = key_vector(OLD_KEY),
		.subject = asn1(NAME_DEVICE) };
	struct buf list = asn1(EXTENSION("551d11", OLD_SAN));

	der_append(&device.extensions, DER_SEQUENCE, buf_bytes(&list));
	buf_clear(&list);
	device.certificate = (struct certificate){
		.spki = key_spki(device.key),
		.subject = buf_bytes(&device.subject),
		.extensions = buf_bytes(&device.extensions),
		.not_before = NOW - 180 * DAY,
		.not_after = NOW + 185 * DAY,
	};
	return device;
}

static void
device_clear(struct device *device)
{
	key_free(device->key);
	buf_clear(&device->subject);
	buf_clear(&device->extensions);
}

static struct policy
policy_of(const char *text, struct conf **conf)
{
	struct problems *problems = problems_new();
	struct policy policy = { 0 };
	struct root root = { 0 };

	put("a.conf", text);
	*conf = open_well("a.conf");
	assert_int_equal(conf_read(conf_root(*conf), root_keys, &root,
			     problems),
	    ERR_OK);
	if (policy_read(&root.sections, &policy, problems) != ERR_OK)
		fail_msg("%s", problems_text(problems));
	policy.algorithms = ALGORITHMS_DEFAULT;
	policy.provider = gnutls();
	policy.endpoint = "/scep";
	problems_free(problems);
	return policy;
}

/* The names that come out are the old ones, unless the wish says otherwise;
 * also where they come out later. */
static void
assert_names(const struct wish *wish, const struct device *device,
    const struct verdict *verdict)
{
	const struct certificate_order *order;

	assert_same_bytes(verdict->request.subject,
	    device->certificate.subject);
	assert_asn1(verdict->request.alt_names, OLD_SAN, wish->what);
	assert_true(verdict->request.names_are_settled);
	if (verdict->authorisation == NULL)
		return;
	order = authorisation_order(verdict->authorisation);
	assert_same_bytes(order->subject, device->certificate.subject);
	assert_asn1(order->subject_alt_name, OLD_SAN, wish->what);
}

static void
check_wish(const struct wish *wish, bool keeps_names)
{
	char *text = xasprintf("enrol = { " CHALLENGE "%s }; renew = { %s };",
	    wish->enrol != NULL ? wish->enrol : "",
	    wish->renew != NULL ? wish->renew : "");
	struct device device = device_new();
	struct conf *conf;
	struct policy policy = policy_of(text, &conf);
	struct csr *csr = csr_of((struct wanted){
	    .key = wish->key != NULL ? wish->key : NEW_KEY,
	    .subject = wish->subject,
	    .extensions = wish->extensions,
	    .challenge = wish->challenge });
	struct facts facts = {
		.csr = csr,
		.signer = { .certificate = &device.certificate,
		    .is_issued = !wish->is_foreign,
		    .is_known = !wish->is_unknown,
		    .is_elsewhere = wish->is_elsewhere,
		    .is_revoked = wish->is_revoked },
		.is_renewal_req = wish->is_renewal_req,
		.key_is_revoked = wish->key_is_revoked,
		.now = NOW + wish->now,
	};
	struct verdict verdict = { 0 };

	assert_err(policy_decide(&policy, &facts, &verdict), wish->expected,
	    wish->what);
	if (wish->expected == ERR_OK) {
		assert_int_equal(verdict.authorisation == NULL, wish->is_held);
		assert_err(verdict.fallback, wish->fallback, wish->what);
		assert_int_equal(verdict.is_renewal,
		    wish->fallback == ERR_OK && !wish->is_foreign);
		assert_int_equal(verdict.replaces, wish->replaces);
	}
	if (keeps_names && wish->expected == ERR_OK)
		assert_names(wish, &device, &verdict);
	verdict_clear(&verdict);
	csr_free(csr);
	policy_clear(&policy);
	conf_free(conf);
	device_clear(&device);
	free(text);
}

/* What the wishes of a table have come to; each keeps the old names where it
 * is granted. */
static void
check_wishes(const struct wish *wishes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_wish(&wishes[i], true);
}

static void
a_valid_certificate_is_enough_whatever_the_type(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "by type 19" },
		{ .what = "by type 17", .is_renewal_req = true },
		{ .what = "with the old secret", .challenge = "secret" },
		{ .what = "with a wrong one", .challenge = "wrong" },
		{ .what = "but one is asked for",
		    .renew = "challenge = true;",
		    .expected = ERR_CHALLENGE_MISSING },
		{ .what = "and is there",
		    .renew = "challenge = true;",
		    .challenge = "secret" },
	};

	(void)state;
	check_wishes(wishes, COUNT(wishes));
}

static void
a_foreign_signer_is_a_newcomer(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "type 17",
		    .is_foreign = true,
		    .is_renewal_req = true,
		    .challenge = "secret",
		    .expected = ERR_RENEWAL_SIGNER },
		{ .what = "type 19",
		    .is_foreign = true,
		    .expected = ERR_CHALLENGE_MISSING },
		{ .what = "with a wrong secret",
		    .is_foreign = true,
		    .challenge = "wrong",
		    .expected = ERR_CHALLENGE_WRONG },
	};
	static const struct wish newcomer = { .what = "with the secret",
		.is_foreign = true,
		.challenge = "secret" };

	(void)state;
	check_wishes(wishes, COUNT(wishes));
	check_wish(&newcomer, false);
}

static void
it_has_its_time(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "last second", .now = 185 * DAY },
		{ .what = "too late",
		    .now = 185 * DAY + 1,
		    .expected = ERR_RENEWAL_EXPIRED },
		{ .what = "within the grace",
		    .renew = "grace = \"7d\";",
		    .now = 192 * DAY },
		{ .what = "after the grace",
		    .renew = "grace = \"7d\";",
		    .now = 192 * DAY + 1,
		    .expected = ERR_RENEWAL_EXPIRED },
		{ .what = "before it begins",
		    .now = -180 * DAY - 1,
		    .expected = ERR_RENEWAL_EXPIRED },
		{ .what = "the first second of the window",
		    .renew = "window = \"30d\";",
		    .now = 155 * DAY },
		{ .what = "before the window",
		    .renew = "window = \"30d\";",
		    .now = 155 * DAY - 1,
		    .expected = ERR_RENEWAL_EARLY },
	};

	(void)state;
	check_wishes(wishes, COUNT(wishes));
}

static void
the_key_is_new_unless_it_may_stay(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "the same",
		    .key = OLD_KEY,
		    .expected = ERR_RENEWAL_KEY },
		{ .what = "the same, allowed",
		    .renew = "same_key = true;",
		    .key = OLD_KEY },
		{ .what = "revoked once",
		    .key_is_revoked = true,
		    .expected = ERR_KEY_REVOKED },
	};

	(void)state;
	check_wishes(wishes, COUNT(wishes));
}

static void
names_stay_what_they_were(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "in another string type", .subject = NAME_AGAIN },
		{ .what = "none asked for", .subject = NAME_EMPTY },
		{ .what = "another subject",
		    .subject = NAME_OTHER,
		    .expected = ERR_RENEWAL_NAMES },
		{ .what = "one of both", .extensions = SAN("82{'b.lab'}") },
		{ .what = "one more",
		    .extensions = SAN("82{'a.lab'} 82{'c.lab'}"),
		    .expected = ERR_RENEWAL_NAMES },
		{ .what = "malformed",
		    .extensions = SAN("82{'a.lab'} 82"),
		    .expected = ERR_RENEWAL_NAMES },
		{ .what = "kept, whatever is asked for",
		    .renew = "names = \"keep\";",
		    .subject = NAME_OTHER,
		    .extensions = SAN("82{'c.lab'}") },
	};
	static const struct wish other = { .what = "as in a first enrolment",
		.renew = "names = \"profile\";",
		.subject = NAME_OTHER };

	(void)state;
	check_wishes(wishes, COUNT(wishes));
	check_wish(&other, false);
}

/* Its rules may be others: it enrols there as anybody does. */
static void
what_another_endpoint_has_issued_is_not_renewed(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "of another endpoint's",
		    .is_elsewhere = true,
		    .expected = ERR_RENEWAL_ENDPOINT },
		{ .what = "by RenewalReq",
		    .is_elsewhere = true,
		    .is_renewal_req = true,
		    .expected = ERR_RENEWAL_ENDPOINT },
		{ .what = "and revoked",
		    .is_elsewhere = true,
		    .is_revoked = true,
		    .expected = ERR_RENEWAL_REVOKED },
		{ .what = "with a wrong challenge",
		    .is_elsewhere = true,
		    .challenge = "wrong",
		    .expected = ERR_CHALLENGE_WRONG },
	};
	static const struct wish newcomer = { .what = "with a challenge",
		.is_elsewhere = true,
		.challenge = "secret",
		.fallback = ERR_RENEWAL_ENDPOINT };

	(void)state;
	check_wishes(wishes, COUNT(wishes));
	check_wish(&newcomer, false);
}

static void
certificates_of_other_endpoints_may_be_listed(void **state)
{
	const struct renewal_rules rules = {
		.from = { (const char *const[]){ "/a", "/b" }, 2 }
	};

	(void)state;
	assert_true(renewal_takes_from(&rules, BYTES_LITERAL("/a")));
	assert_true(renewal_takes_from(&rules, BYTES_LITERAL("/b")));
	assert_false(renewal_takes_from(&rules, BYTES_LITERAL("/")));
	assert_false(renewal_takes_from(&rules, BYTES_LITERAL("/ab")));
}

static void
what_is_not_remembered_is_a_setting(void **state)
{
	static const struct wish wishes[] = {
		{ .what = "accepted", .is_unknown = true },
		{ .what = "held",
		    .renew = "unknown = \"hold\";",
		    .is_unknown = true,
		    .is_held = true },
		{ .what = "known is not held", .renew = "unknown = \"hold\";" },
		{ .what = "refused",
		    .renew = "unknown = \"refuse\";",
		    .is_unknown = true,
		    .expected = ERR_RENEWAL_UNKNOWN },
	};

	(void)state;
	check_wishes(wishes, COUNT(wishes));
}

/* Each section's approval is for what it lets in: one that falls back to a
 * first enrolment has no more to do with that of renewals. */
static void
renewals_have_an_approval_of_their_own(void **state)
{
	static const struct wish renewals[] = {
		{ .what = "automatic", .renew = "approval = \"automatic\";" },
		{ .what = "manual", .renew = MANUAL, .is_held = true },
		{ .what = "by a hook", .renew = HOOK, .is_held = true },
		{ .what = "manual, unknown",
		    .renew = MANUAL,
		    .is_unknown = true,
		    .is_held = true },
		{ .what = "manual, held as unknown too",
		    .renew = MANUAL "unknown = \"hold\";",
		    .is_unknown = true,
		    .is_held = true },
		{ .what = "manual does not pass over what is refused",
		    .renew = MANUAL "unknown = \"refuse\";",
		    .is_unknown = true,
		    .expected = ERR_RENEWAL_UNKNOWN },
		{ .what = "manual for first enrolments", .enrol = MANUAL },
		{ .what = "by a hook for first enrolments", .enrol = HOOK },
	};
	static const struct wish enrolments[] = {
		{ .what = "fallen back, manual for renewals",
		    .renew = MANUAL,
		    .now = 200 * DAY,
		    .challenge = "secret",
		    .fallback = ERR_RENEWAL_EXPIRED },
		{ .what = "fallen back, manual for enrolments",
		    .enrol = MANUAL,
		    .now = 200 * DAY,
		    .challenge = "secret",
		    .is_held = true,
		    .fallback = ERR_RENEWAL_EXPIRED },
		{ .what = "fallen back, by a hook for enrolments",
		    .enrol = HOOK,
		    .now = 200 * DAY,
		    .challenge = "secret",
		    .is_held = true,
		    .fallback = ERR_RENEWAL_EXPIRED },
		{ .what = "foreign, manual for renewals",
		    .renew = MANUAL,
		    .challenge = "secret",
		    .is_foreign = true },
	};

	(void)state;
	check_wishes(renewals, COUNT(renewals));
	for (size_t i = 0; i < COUNT(enrolments); i++)
		check_wish(&enrolments[i], false);
}

/* macOS renews by a new challenge and whatever signer it has. */
static void
a_renewal_that_fails_may_be_a_first_enrolment(void **state)
{
	static const struct wish enrolments[] = {
		{ .what = "expired",
		    .now = 200 * DAY,
		    .challenge = "secret",
		    .fallback = ERR_RENEWAL_EXPIRED },
		{ .what = "other names",
		    .subject = NAME_OTHER,
		    .challenge = "secret",
		    .fallback = ERR_RENEWAL_NAMES },
	};
	static const struct wish refused[] = {
		{ .what = "with a wrong secret",
		    .now = 200 * DAY,
		    .challenge = "wrong",
		    .expected = ERR_CHALLENGE_WRONG },
		{ .what = "with nothing",
		    .now = 200 * DAY,
		    .expected = ERR_RENEWAL_EXPIRED },
		{ .what = "revoked",
		    .is_revoked = true,
		    .challenge = "secret",
		    .expected = ERR_RENEWAL_REVOKED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(enrolments); i++)
		check_wish(&enrolments[i], false);
	check_wishes(refused, COUNT(refused));
}

/* By a setting, a renewal and nothing else. */
static void
a_renewal_replaces_the_certificate_where_that_is_wanted(void **state)
{
	static const struct wish renewals[] = {
		{ .what = "by default" },
		{ .what = "unwanted", .renew = "revoke = false;" },
		{ .what = "wanted",
		    .renew = "revoke = true;",
		    .replaces = true },
		{ .what = "held",
		    .renew = "revoke = true; unknown = \"hold\";",
		    .is_unknown = true,
		    .is_held = true,
		    .replaces = true },
	};
	static const struct wish enrolments[] = {
		{ .what = "expired",
		    .renew = "revoke = true;",
		    .now = 200 * DAY,
		    .challenge = "secret",
		    .fallback = ERR_RENEWAL_EXPIRED },
		{ .what = "foreign",
		    .renew = "revoke = true;",
		    .key = OLD_KEY,
		    .challenge = "secret",
		    .is_foreign = true },
	};

	(void)state;
	check_wishes(renewals, COUNT(renewals));
	for (size_t i = 0; i < COUNT(enrolments); i++)
		check_wish(&enrolments[i], false);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CONF_TEST(a_valid_certificate_is_enough_whatever_the_type),
		CONF_TEST(a_foreign_signer_is_a_newcomer),
		CONF_TEST(it_has_its_time),
		CONF_TEST(the_key_is_new_unless_it_may_stay),
		CONF_TEST(names_stay_what_they_were),
		CONF_TEST(what_another_endpoint_has_issued_is_not_renewed),
		CONF_TEST(certificates_of_other_endpoints_may_be_listed),
		CONF_TEST(what_is_not_remembered_is_a_setting),
		CONF_TEST(renewals_have_an_approval_of_their_own),
		CONF_TEST(a_renewal_that_fails_may_be_a_first_enrolment),
		CONF_TEST(
		    a_renewal_replaces_the_certificate_where_that_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
