/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/pending_asked.h"

#include "crypto/csr.h"
#include "policy/held.h"
#include "tests/unit/crypto_codec.h"
#include "tests/unit/tools_state_fixture.h"
#include "tools/scepctl_pending.h"

#define STATE " --state state.db"
#define NAME_DEVICE "30{ 31{ 30{ 06{550403} 0c{'device'} } } }"
#define SAN_DEVICE "30{ 30{ 06{551d11} 04{ 30{ 82{'device.lab'} } } } }"
#define KEY "30{ 30{ 06{2a864886f70d010101} 0500 } 03{ 00 3000 } }"

static void
assert_shows(const char *line, const char *part)
{
	struct buf output = output_of(scepctl_pending, line);

	if (strstr(buf_string(&output), part) == NULL)
		fail_msg("no \"%s\" in: %s", part, buf_string(&output));
	buf_clear(&output);
}

/* What is held, and what is shown of it behind its subject. */
static const struct {
	const char *alt_names;
	bool settled;
	bool vouched;
	bool renews;
	int days;
	const char *shown;
	const char *json;
} requests[] = {
	{ NULL, false, false, false, 0,
	    "san:            none\n"
	    "renewal:        no\n",
	    "\"san\": \"\", \"renewal\": \"no\"" },
	{ "30{ 82{'b.lab'} 82{'a.lab'} 87{c0000211} }", false, true, false, 30,
	    "san:            dns:a.lab, dns:b.lab, ip:192.0.2.17\n"
	    "names:          those that its challenge is for\n"
	    "days:           30\n"
	    "renewal:        no\n",
	    "\"san\": \"dns:a.lab, dns:b.lab, ip:192.0.2.17\", "
	    "\"names\": \"those that its challenge is for\", \"days\": 30, "
	    "\"renewal\": \"no\"" },
	{ "30{ 82{'a.lab'} }", true, false, true, 0,
	    "san:            dns:a.lab\n"
	    "names:          those of the certificate that it renews\n"
	    "renewal:        yes\n",
	    "\"san\": \"dns:a.lab\", \"names\": \"those of the certificate "
	    "that it renews\", \"renewal\": \"yes\"" },
	/* Neither a second name nor a line nor a terminal's title. */
	{ "30{ 82{'a, dns:b'} 86{'c' 5c 0a 1b 'd'} }", false, false, false, 0,
	    "san:            dns:a\\, dns:b, uri:c\\\\\\x0a\\x1bd\n"
	    "renewal:        no\n",
	    "\"san\": \"dns:a\\\\, dns:b, uri:c\\\\\\\\\\u000a\\u001bd\", " },
	{ "30{ 82{ 'a' } 30 }", false, false, false, 0,
	    "san:            unknown\n"
	    "renewal:        no\n",
	    "\"san\": null, \"renewal\": \"no\"" },
};

static void
hold(struct store *store, size_t i)
{
	struct transaction_order order = order_of("id");
	struct buf subject = asn1(NAME_DEVICE), key = asn1(KEY), held = { 0 };
	struct buf alt_names =
	    asn1(requests[i].alt_names != NULL ? requests[i].alt_names : "");
	const struct profile_request request = {
		.subject = buf_bytes(&subject),
		.spki = buf_bytes(&key),
		.alt_names = buf_bytes(&alt_names),
		.names_are_settled = requests[i].settled,
		.names_are_vouched = requests[i].vouched,
		.days = requests[i].days,
	};
	char id[2] = { (char)('a' + i), '\0' };

	held_append(&held, &request);
	order.key.transaction_id = bytes_of_string(id);
	order.subject = buf_bytes(&subject);
	order.request = buf_bytes(&held);
	if (requests[i].renews) {
		order.renews.authority = hash_of('a');
		order.renews.serial = BYTES_LITERAL("\x17");
	}
	assert_int_equal(begun(store, &order), i + 1);
	buf_clear(&subject);
	buf_clear(&key);
	buf_clear(&alt_names);
	buf_clear(&held);
}

static void
what_a_held_request_asks_for_is_shown(void **state)
{
	struct store *store = new_store();

	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++)
		hold(store, i);
	store_close(store);
	for (size_t i = 0; i < COUNT(requests); i++) {
		char *line = xasprintf("pending show %zu" STATE, i + 1);
		char *json = xasprintf("%s --json", line);

		assert_shows(line, requests[i].shown);
		assert_shows(json, requests[i].json);
		free(line);
		free(json);
	}
}

static struct key *
device_key(void)
{
	return key_vector("strongswan/client.key");
}

static struct buf
request_with_password(const char *password)
{
	struct buf subject = asn1(NAME_DEVICE), extensions = asn1(SAN_DEVICE);
	const struct csr_order order = { .subject = buf_bytes(&subject),
		.extensions = buf_bytes(&extensions),
		.challenge = bytes_of_string(password) };
	struct key *key = device_key();
	struct buf der = { 0 };

	assert_int_equal(csr_append(&der, &order, key), ERR_OK);
	buf_clear(&subject);
	buf_clear(&extensions);
	key_free(key);
	return der;
}

static void
what_is_kept_as_it_came_is_shown_without_its_password(void **state)
{
	struct transaction_order order = submitted_order_of("id");
	struct buf csr = request_with_password("secret"), output;
	struct store *store = new_store();

	(void)state;
	order.csr = buf_bytes(&csr);
	assert_int_equal(begun(store, &order), 1);
	store_close(store);
	assert_shows("pending show 1" STATE,
	    "san:            dns:device.lab\nrenewal:        no\n");
	output = output_of(scepctl_pending, "pending show 1" STATE);
	assert_null(strstr(buf_string(&output), "secret"));
	buf_clear(&output);
	buf_clear(&csr);
}

/* Of the names in it, whatever was asked for. */
static struct buf
certificate_of(const char *common_name)
{
	struct key *key = device_key();
	struct buf subject = name_of(common_name), tbs = { 0 }, der = { 0 };
	struct buf alt_names = asn1("30{ 82{'made.lab'} }");
	const struct certificate_order order = {
		.serial = BYTES_LITERAL("\x0a\x1b"),
		.issuer = buf_bytes(&subject),
		.subject = buf_bytes(&subject),
		.spki = key_spki(key),
		.subject_alt_name = buf_bytes(&alt_names),
		.not_before = NOW,
		.not_after = NOW + YEAR,
	};

	certificate_append_tbs(&tbs, &order, key_scheme(key), key_digest(key));
	assert_int_equal(signed_object_append(&der, key, buf_bytes(&tbs)),
	    ERR_OK);
	buf_clear(&subject);
	buf_clear(&alt_names);
	buf_clear(&tbs);
	key_free(key);
	return der;
}

static void
the_certificate_that_was_made_is_shown(void **state)
{
	struct transaction_order order = signing_order_of("id", "\x0a\x1b");
	struct transaction transaction = { 0 };
	struct buf der = certificate_of("made\x1b");
	struct store *store = new_store();
	int64_t number = begun(store, &order);

	(void)state;
	assert_int_equal(store_issue(store, number, buf_bytes(&der), NOW,
			     &transaction),
	    ERR_OK);
	store_close(store);
	assert_shows("pending show 1" STATE,
	    "cert subject:   CN=made\\x1b\n"
	    "cert serial:    0a1b\n"
	    "cert san:       dns:made.lab\n");
	assert_shows("pending show 1 --json" STATE,
	    "\"cert_subject\": \"CN=made\\u001b\", \"cert_serial\": "
	    "\"0a1b\", \"cert_san\": \"dns:made.lab\"");
	transaction_clear(&transaction);
	buf_clear(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(what_a_held_request_asks_for_is_shown),
		CONF_TEST(
		    what_is_kept_as_it_came_is_shown_without_its_password),
		CONF_TEST(the_certificate_that_was_made_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
