/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/books.h"

#include <sys/stat.h>

#include "base/file.h"
#include "tests/unit/scep_reply.h"

/* How certificates get into the books of a CA, here the directory of an
 * OpenSSL CA: by an errand that a worker, or who has taken it over, writes. */

/* Endpoints of one CA; only that of the second has books. */
#define CONF \
	"endpoints = ( { path = \"/other\"; " LAB_CA LAB_CHALLENGE " }, " \
	"{ path = \"/scep\"; ca = { backend = \"openssl\"; " \
	"config = \"openssl.cnf\"; directory = \".\"; }; " LAB_CHALLENGE \
	" }, { path = \"/last\"; " LAB_CA LAB_CHALLENGE " } );"
#define OPENSSL_CNF \
	"[ca]\ndefault_ca = here\n[here]\ncertificate = ca.pem\n" \
	"private_key = ca.key\ndatabase = index.txt\n" \
	"new_certs_dir = newcerts\nserial = serial\ndefault_days = 20\n" \
	"default_md = sha256\nunique_subject = no\npolicy = any\n" \
	"x509_extensions = device\n[any]\ncommonName = supplied\n" \
	"[device]\nbasicConstraints = CA:FALSE\n"
#define ROW_BY_HAND "V\t271121000000Z\t\t01\tunknown\t/CN=by hand\n"
#define SERIAL "\x40\x01"
#define FILE_NAME "newcerts/4001.pem"
#define YEAR (INT64_C(365) * 86400)

enum which {
	OTHER,
	DIRECTORY,
	LAST,
	ENDPOINTS
};

struct office {
	struct lab *lab;
	struct errand_table table;
	struct errands *errands;
	struct endpoint *endpoints[ENDPOINTS];
	const struct authority *authority; /* that has books */
	struct buf certificate;            /* of it */
};

/* The endpoints once more, as the lab's own are not to be seen. */
static void
open_endpoints(struct office *office)
{
	struct conf_sections sections = { 0 };
	const struct conf_key keys[] = {
		{ .name = "endpoints", .type = CONF_SECTIONS },
		{ 0 },
	};
	const struct endpoint_setup setup = {
		.crypto = { office->lab->provider, NULL, LAB_NOW },
		.store = office->lab->store,
		.errands = office->errands,
	};
	struct problems *problems = problems_new();
	enum err err = conf_read(conf_root(office->lab->conf), keys, &sections,
	    problems);

	assert_int_equal(err, ERR_OK);
	assert_int_equal(sections.count, ENDPOINTS);
	for (size_t i = 0; i < ENDPOINTS; i++)
		assert_int_equal(endpoint_new(sections.items[i], &setup,
				     &office->endpoints[i], problems),
		    ERR_OK);
	problems_free(problems);
}

/* One that the CA has signed, and that the store knows of. */
static void
sign_certificate(struct office *office)
{
	struct lab *lab = office->lab;
	struct buf subject = lab_name("device");
	const struct certificate_order order = {
		.serial = BYTES_LITERAL(SERIAL),
		.issuer = lab->ca->subject,
		.subject = buf_bytes(&subject),
		.spki = key_spki(lab->ra_key),
		.not_before = LAB_NOW,
		.not_after = LAB_NOW + YEAR,
		.subject_key_id = BYTES_LITERAL("id"),
	};
	const struct transaction_order begun = {
		.key = { "/scep", BYTES_LITERAL("id"),
		    BYTES_ARRAY(office->authority->hash) },
		.request_hash = BYTES_ARRAY(office->authority->hash),
		.request = BYTES_LITERAL("request"),
		.subject = order.subject,
		.tbs = BYTES_LITERAL("tbs"),
		.certificate = { BYTES_ARRAY(office->authority->hash),
		    order.serial, order.subject,
		    BYTES_ARRAY(office->authority->hash), order.not_before,
		    order.not_after },
		.now = LAB_NOW,
	};
	struct transaction transaction = { 0 };

	office->certificate = lab_issue(&order, lab->ca_key);
	assert_int_equal(store_begin(lab->store, &begun, &transaction), ERR_OK);
	transaction_clear(&transaction);
	buf_clear(&subject);
}

static int
office_setup(void **state)
{
	struct office *office = xalloc(sizeof(*office));
	struct lab *lab = lab_new();

	if (chdir(lab->folder) != 0 || mkdir("newcerts", 0700) != 0)
		return -1;
	lab_put(lab, "openssl.cnf", BYTES_LITERAL(OPENSSL_CNF), 0600);
	lab_put(lab, "index.txt", BYTES_LITERAL(""), 0600);
	lab_restart(lab, CONF);
	office->lab = lab;
	office->table = scep_errands(lab->scep);
	office->errands = errands_new_local(&office->table);
	open_endpoints(office);
	office->authority = &office->endpoints[DIRECTORY]->succession.present;
	sign_certificate(office);
	*state = office;
	return 0;
}

static int
office_teardown(void **state)
{
	struct office *office = *state;

	for (size_t i = 0; i < ENDPOINTS; i++)
		endpoint_free(office->endpoints[i]);
	errands_free(office->errands);
	buf_clear(&office->certificate);
	lab_free(office->lab);
	free(office);
	return chdir("/");
}

#define OFFICE_TEST(function) \
	cmocka_unit_test_setup_teardown(function, office_setup, office_teardown)

/* How many rows of the certificate are in the index. */
static size_t
count_rows(void)
{
	struct problems *problems = problems_new();
	struct buf text = { 0 };
	size_t count = 0;

	assert_int_equal(file_read_now("index.txt", 1 << 20, &text, problems),
	    ERR_OK);
	for (const char *at = buf_string(&text);
	     (at = strstr(at, "\t4001\t")) != NULL; at++)
		count++;
	buf_clear(&text);
	problems_free(problems);
	return count;
}

/* Errands */

/* A request is the CA's hash and a certificate, each of them one of these. */
enum hash {
	NO_HASH,
	HALF_A_HASH,
	HASH_OF_NOBODY,
	HASH_OF_THE_CA
};

enum sent {
	NO_CERTIFICATE,
	HALF_A_CERTIFICATE,
	NO_CERTIFICATE_BUT_DER,
	CERTIFICATE_OF_NOBODY, /* signed by itself */
	CERTIFICATE_OF_THE_CA
};

static void
append_hash(struct buf *to, const struct office *office, enum hash hash)
{
	static const uint8_t nobody[STORE_HASH_SIZE];
	struct bytes own = BYTES_ARRAY(office->authority->hash);

	if (hash == HALF_A_HASH)
		own.size--;
	if (hash != NO_HASH)
		buf_append(to,
		    hash == HASH_OF_NOBODY ? BYTES_ARRAY(nobody) : own);
}

static void
append_certificate(struct buf *to, const struct office *office, enum sent sent)
{
	struct lab_client client = lab_client_new(office->lab,
	    "strongswan/client.key");
	struct bytes own = buf_bytes(&office->certificate);

	if (sent == HALF_A_CERTIFICATE)
		own.size--;
	if (sent == NO_CERTIFICATE_BUT_DER)
		own = BYTES_LITERAL("\x30\x00");
	if (sent != NO_CERTIFICATE)
		buf_append(to,
		    sent == CERTIFICATE_OF_NOBODY ?
			buf_bytes(&client.certificate->der) :
			own);
	lab_client_clear(&client);
}

static void
a_request_is_a_hash_a_certificate_and_a_serial_number(void **state)
{
	static const uint8_t octets[STORE_HASH_SIZE + 8] = {
		[1] = 1,
		[STORE_HASH_SIZE] = 0x30,
		[STORE_HASH_SIZE + 1] = 3,
		[STORE_HASH_SIZE + 5] = 0x47,
	};
	static const struct {
		size_t size;
		enum err err;
		size_t replaces; /* its size */
	} rows[] = {
		{ 0, ERR_ERRAND_REFUSED, 0 },
		{ STORE_HASH_SIZE - 1, ERR_ERRAND_REFUSED, 0 },
		{ STORE_HASH_SIZE, ERR_ERRAND_REFUSED, 0 },
		{ STORE_HASH_SIZE + 4, ERR_ERRAND_REFUSED, 0 },
		{ STORE_HASH_SIZE + 5, ERR_OK, 0 },
		{ STORE_HASH_SIZE + 8, ERR_OK, 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct books_request request = { 0 };

		assert_int_equal(books_read_request(bytes_of(octets,
							rows[i].size),
				     &request),
		    rows[i].err);
		assert_int_equal(request.replaces.size, rows[i].replaces);
		if (rows[i].err != ERR_OK) {
			assert_null(request.authority.data);
			continue;
		}
		assert_same_bytes(request.authority,
		    bytes_of(octets, STORE_HASH_SIZE));
		assert_same_bytes(request.certificate,
		    bytes_of(octets + STORE_HASH_SIZE, 5));
		assert_same_bytes(request.replaces,
		    bytes_of(octets + STORE_HASH_SIZE + 5, rows[i].replaces));
	}
}

static enum err
run(const struct office *office, uint16_t kind, struct bytes request,
    struct bytes expected)
{
	struct buf reply = { 0 };
	enum err err = errand_table_run(&office->table, kind, request, &reply);

	assert_same_bytes(buf_bytes(&reply), expected);
	buf_clear(&reply);
	return err;
}

static void
an_errand_of_anything_else_is_refused(void **state)
{
	static const struct {
		enum hash hash;
		enum sent sent;
		enum err err;
		uint16_t kind;
	} rows[] = {
		{ NO_HASH, NO_CERTIFICATE, ERR_ERRAND_REFUSED, BOOKS_ERRAND },
		{ HALF_A_HASH, NO_CERTIFICATE, ERR_ERRAND_REFUSED,
		    BOOKS_ERRAND },
		{ HASH_OF_NOBODY, NO_CERTIFICATE, ERR_ERRAND_REFUSED,
		    BOOKS_ERRAND },
		{ HASH_OF_NOBODY, CERTIFICATE_OF_THE_CA, ERR_ERRAND_REFUSED,
		    BOOKS_ERRAND },
		{ HASH_OF_THE_CA, NO_CERTIFICATE, ERR_ERRAND_REFUSED,
		    BOOKS_ERRAND },
		{ HASH_OF_THE_CA, HALF_A_CERTIFICATE, ERR_ERRAND_REFUSED,
		    BOOKS_ERRAND },
		{ HASH_OF_THE_CA, NO_CERTIFICATE_BUT_DER,
		    ERR_CERTIFICATE_MALFORMED, BOOKS_ERRAND },
		{ HASH_OF_THE_CA, CERTIFICATE_OF_NOBODY, ERR_GUARD_ISSUER,
		    BOOKS_ERRAND },
		{ HASH_OF_THE_CA, CERTIFICATE_OF_THE_CA, ERR_ERRAND_REFUSED,
		    BOOKS_ERRAND + 1 },
	};
	const struct office *office = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf request = { 0 };

		append_hash(&request, office, rows[i].hash);
		append_certificate(&request, office, rows[i].sent);
		assert_int_equal(run(office, rows[i].kind, buf_bytes(&request),
				     bytes_of(NULL, 0)),
		    rows[i].err);
		assert_int_equal(count_rows(), 0);
		assert_int_equal(access(FILE_NAME, F_OK), -1);
		buf_clear(&request);
	}
}

static void
a_certificate_of_the_ca_is_entered_and_sent_back(void **state)
{
	const struct office *office = *state;
	struct buf request = { 0 };

	append_hash(&request, office, HASH_OF_THE_CA);
	append_certificate(&request, office, CERTIFICATE_OF_THE_CA);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(run(office, BOOKS_ERRAND, buf_bytes(&request),
				     buf_bytes(&office->certificate)),
		    ERR_OK);
		assert_int_equal(count_rows(), 1);
		assert_int_equal(access(FILE_NAME, R_OK), 0);
	}
	buf_clear(&request);
}

/* Who asks */

static enum err
enter(const struct office *office, const struct authority *authority,
    struct bytes expected)
{
	static const struct certificate_id nothing;
	struct buf entered = { 0 };
	enum err err = books_enter(office->endpoints[DIRECTORY], authority,
	    buf_bytes(&office->certificate), &nothing, &entered);

	assert_same_bytes(buf_bytes(&entered), expected);
	buf_clear(&entered);
	return err;
}

static void
a_worker_has_it_entered_by_the_hash_of_the_ca(void **state)
{
	static const struct authority nobody;
	const struct office *office = *state;

	assert_int_equal(enter(office, &nobody, bytes_of(NULL, 0)),
	    ERR_ERRAND_REFUSED);
	assert_int_equal(count_rows(), 0);
	assert_int_equal(enter(office, office->authority,
			     buf_bytes(&office->certificate)),
	    ERR_OK);
	assert_int_equal(count_rows(), 1);
}

/* What others have changed */

static void
lose_the_row(const struct office *office)
{
	lab_put(office->lab, "index.txt", BYTES_LITERAL(ROW_BY_HAND), 0600);
}

static void
what_went_wrong_is_tried_again_after_a_minute(void **state)
{
	static const struct {
		int64_t later; /* seconds */
		int64_t retry_later;
		size_t rows;
	} rows[] = {
		{ 1, 60, 0 }, { 59, 60, 0 }, { 60, 0, 1 },
		{ -1, 0, 1 }, /* the clock was set back */
	};
	const struct office *office = *state;
	const struct endpoint *endpoint = office->endpoints[DIRECTORY];

	assert_int_equal(enter(office, office->authority,
			     buf_bytes(&office->certificate)),
	    ERR_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t retry_at = 0, expected = rows[i].retry_later;

		lab_put(office->lab, "index.txt", BYTES_LITERAL("no row\n"),
		    0600);
		books_update(endpoint, LAB_NOW, &retry_at);
		assert_int_equal(retry_at, LAB_NOW + 60);
		lose_the_row(office);
		books_update(endpoint, LAB_NOW + rows[i].later, &retry_at);
		assert_int_equal(count_rows(), rows[i].rows);
		assert_int_equal(retry_at,
		    expected > 0 ? LAB_NOW + expected : 0);
	}
}

static void
an_endpoint_without_books_has_nothing_to_update(void **state)
{
	const struct office *office = *state;
	int64_t retry_at = 0;

	assert_int_equal(enter(office, office->authority,
			     buf_bytes(&office->certificate)),
	    ERR_OK);
	lose_the_row(office);
	books_update(office->endpoints[OTHER], LAB_NOW, &retry_at);
	assert_int_equal(retry_at, 0);
	assert_int_equal(count_rows(), 0);
	books_update(office->endpoints[DIRECTORY], LAB_NOW, &retry_at);
	assert_int_equal(retry_at, 0);
	assert_int_equal(count_rows(), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_request_is_a_hash_a_certificate_and_a_serial_number),
		OFFICE_TEST(an_errand_of_anything_else_is_refused),
		OFFICE_TEST(a_certificate_of_the_ca_is_entered_and_sent_back),
		OFFICE_TEST(a_worker_has_it_entered_by_the_hash_of_the_ca),
		OFFICE_TEST(what_went_wrong_is_tried_again_after_a_minute),
		OFFICE_TEST(an_endpoint_without_books_has_nothing_to_update),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
