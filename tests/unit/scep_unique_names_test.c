/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/books.h"

#include <sys/stat.h>

#include "base/file.h"
#include "tests/unit/scep_reply.h"

/* Devices at an OpenSSL CA that has each name once, as OpenSSL does unless it
 * is told otherwise. */

#define CA "ca = { backend = \"openssl\"; config = \"openssl.cnf\"; }; "
#define REVOKE "renew = { revoke = true; same_key = true; }; "

static const char cnf[] =
    "[ca]\ndefault_ca = here\n[here]\n"
    "certificate = ca.pem\nprivate_key = ca.key\ndatabase = index.txt\n"
    "new_certs_dir = newcerts\nserial = serial\ndefault_days = 20\n"
    "default_md = sha256\npolicy = any\n"
    "x509_extensions = device\n[any]\ncommonName = optional\n"
    "[device]\nbasicConstraints = CA:FALSE\n";

static int
setup(void **state)
{
	struct device *device;
	char *newcerts;

	if (device_setup(state) != 0)
		return -1;
	device = *state;
	newcerts = xasprintf("%s/newcerts", device->lab->folder);
	if (mkdir(newcerts, 0700) != 0)
		return -1;
	free(newcerts);
	lab_put(device->lab, "openssl.cnf", bytes_of_string(cnf), 0600);
	lab_put(device->lab, "index.txt", bytes_of_string(""), 0600);
	lab_restart(device->lab, LAB_ENDPOINT(CA LAB_CHALLENGE REVOKE));
	return 0;
}

#define NAMES_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, device_teardown)

/* The index, each row by its type and the reason of its revocation:
 * "R,superseded;V;". */
static struct buf
rows_of(const struct lab *lab)
{
	char *path = xasprintf("%s/index.txt", lab->folder);
	struct problems *problems = problems_new();
	struct buf text = { 0 }, rows = { 0 };

	assert_int_equal(file_read_now(path, 1 << 20, &text, problems), ERR_OK);
	for (const char *at = buf_string(&text); *at != '\0';
	     at = strchr(at, '\n') + 1) {
		const char *reason = strchr(at, ',');

		buf_append_octet(&rows, (uint8_t)*at);
		if (*at == 'R')
			buf_append(&rows,
			    bytes_of(reason, strcspn(reason, "\t")));
		buf_append_octet(&rows, ';');
	}
	buf_clear(&text);
	problems_free(problems);
	free(path);
	return rows;
}

static void
assert_rows(const struct lab *lab, const char *expected)
{
	struct buf rows = rows_of(lab);

	assert_string_equal(buf_string(&rows), expected);
	buf_clear(&rows);
}

static void
a_start_wants_renewals_to_revoke_there(void **state)
{
	struct device *device = *state;
	struct problems *problems = problems_new();

	assert_int_equal(lab_start(device->lab, LAB_ENDPOINT(CA LAB_CHALLENGE),
			     problems),
	    ERR_CONFIGURATION);
	assert_non_null(strstr(problems_text(problems),
	    "no device could renew its certificate before it has expired"));
	problems_free(problems);
}

/* One after the other, with the same key or another. */
static void
a_renewal_takes_the_place_of_the_old_certificate(void **state)
{
	static const char *const rows[] = { "R,superseded;V;",
		"R,superseded;R,superseded;V;" };
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct key *key = lab_key(lab, "certmonger/client.key");
	struct lab_client at = { device->client.key,
		assert_request_issued(lab, &device->request) };
	struct lab_request request = lab_request_by(lab, &at);

	assert_rows(lab, "V;");
	request.challenge = bytes_of(NULL, 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct certificate *new;

		request.key = i == 0 ? at.key : key;
		request.transaction_id = bytes_of_string(rows[i]);
		new = assert_request_issued(lab, &request);
		/* And again, where the answer was lost. */
		certificate_free(assert_request_issued(lab, &request));
		assert_rows(lab, rows[i]);
		certificate_free(at.certificate);
		at.certificate = new;
	}
	certificate_free(at.certificate);
	key_free(key);
}

static void
revoke_all_by_hand(const struct lab *lab)
{
	char *path = xasprintf("%s/index.txt", lab->folder);
	struct problems *problems = problems_new();
	struct buf text = { 0 }, revoked = { 0 };
	const char *at;

	assert_int_equal(file_read_now(path, 1 << 20, &text, problems), ERR_OK);
	for (at = buf_string(&text); *at == 'V'; at = strchr(at, '\n') + 1) {
		const char *serial = strstr(at, "\t\t");

		buf_append_string(&revoked, "R");
		buf_append(&revoked, bytes_of(at + 1, (size_t)(serial - at)));
		buf_append_string(&revoked, "261130000000Z,keyCompromise");
		buf_append(&revoked,
		    bytes_of(serial + 1,
			(size_t)(strchr(serial, '\n') - serial)));
	}
	lab_put(lab, "index.txt", buf_bytes(&revoked), 0600);
	buf_clear(&text);
	buf_clear(&revoked);
	problems_free(problems);
	free(path);
}

/* Nobody gets the name of another by a challenge password. */
static void
another_device_of_the_name_waits_until_the_first_is_revoked(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct lab_client other = lab_client_new(lab, "sscep/client.key");
	struct lab_request request = lab_request_by(lab, &other);

	certificate_free(assert_request_issued(lab, &device->request));
	request.transaction_id = BYTES_LITERAL("other");
	for (size_t i = 0; i < 2; i++) {
		assert_request_refused(lab, &request, ERR_INDEX_SUBJECT);
		assert_rows(lab, "V;");
	}
	revoke_all_by_hand(lab);
	certificate_free(assert_request_issued(lab, &request));
	assert_rows(lab, "R,keyCompromise;V;");
	lab_client_clear(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		NAMES_TEST(a_start_wants_renewals_to_revoke_there),
		NAMES_TEST(a_renewal_takes_the_place_of_the_old_certificate),
		NAMES_TEST(
		    another_device_of_the_name_waits_until_the_first_is_revoked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
