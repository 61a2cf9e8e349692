/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/books.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/scep_stored.h"
#include "tests/unit/slept.h"

/* Devices at an OpenSSL CA whose serial numbers are counted. */

#define CONF \
	LAB_ENDPOINT( \
	    "ca = { backend = \"openssl\"; config = \"openssl.cnf\"; " \
	    "serial = \"sequential\"; }; " LAB_CHALLENGE)

static const char cnf[] =
    "[ca]\ndefault_ca = here\n[here]\n"
    "certificate = ca.pem\nprivate_key = ca.key\ndatabase = index.txt\n"
    "new_certs_dir = newcerts\nserial = serial\ndefault_days = 20\n"
    "default_md = sha256\nunique_subject = no\npolicy = any\n"
    "x509_extensions = device\n[any]\ncommonName = optional\n"
    "[device]\nbasicConstraints = CA:FALSE\n";

static char *
path_of(const struct lab *lab, const char *name)
{
	return xasprintf("%s/%s", lab->folder, name);
}

static int
setup(void **state)
{
	struct device *device;
	char *newcerts;

	if (device_setup(state) != 0)
		return -1;
	device = *state;
	newcerts = path_of(device->lab, "newcerts");
	if (mkdir(newcerts, 0700) != 0)
		return -1;
	free(newcerts);
	lab_put(device->lab, "openssl.cnf", bytes_of_string(cnf), 0600);
	lab_put(device->lab, "index.txt", bytes_of_string(""), 0600);
	lab_put(device->lab, "serial", BYTES_LITERAL("1000\n"), 0600);
	lab_restart(device->lab, CONF);
	return 0;
}

#define SERIALS_TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, device_teardown)

static void
assert_issued_as(struct device *device, const char *id, struct bytes serial)
{
	struct certificate *certificate;

	device->request.transaction_id = bytes_of_string(id);
	certificate = assert_request_issued(device->lab, &device->request);
	assert_same_bytes(certificate->serial, serial);
	certificate_free(certificate);
}

static void
devices_get_one_number_after_the_other(void **state)
{
	struct device *device = *state;

	assert_issued_as(device, "a", BYTES_LITERAL("\x10\x00"));
	assert_issued_as(device, "b", BYTES_LITERAL("\x10\x01"));
	/* The same again is the same. */
	assert_issued_as(device, "a", BYTES_LITERAL("\x10\x00"));
	assert_issued_as(device, "c", BYTES_LITERAL("\x10\x02"));
}

/* No number is reserved, and the request is not lost. */
static void
while_somebody_has_the_lock_devices_wait(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	char *path = path_of(lab, ".scepd.lock");
	int lock = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(flock(lock, LOCK_EX), 0);
	for (size_t i = 0; i < 2; i++) {
		struct transaction transaction;

		assert_int_equal(status_of(lab, &device->request, lab->ca),
		    PKI_STATUS_PENDING);
		transaction = stored(lab, 1);
		assert_int_equal(transaction.state, TRANSACTION_APPROVED);
		transaction_clear(&transaction);
	}
	close(lock);
	certificate_free(assert_request_issued(lab, &device->request));
	free(path);
}

static void
numbers_of_cas_that_count_none_are_not_to_be_had(void **state)
{
	struct device *device = *state;
	struct lab *lab = device->lab;
	struct buf serial = { 0 };

	assert_int_equal(errand_table_run(&lab->errand_table, SERIAL_ERRAND,
			     authority_of(lab), &serial),
	    ERR_OK);
	assert_same_bytes(buf_bytes(&serial), BYTES_LITERAL("\x10\x00"));
	buf_clear(&serial);
	assert_int_equal(errand_table_run(&lab->errand_table, SERIAL_ERRAND,
			     BYTES_LITERAL("another's"), &serial),
	    ERR_ERRAND_REFUSED);
	lab_put(lab, "openssl.cnf", bytes_of_string(cnf), 0600);
	lab_restart(lab,
	    LAB_ENDPOINT("ca = { backend = \"openssl\"; "
			 "config = \"openssl.cnf\"; }; " LAB_CHALLENGE));
	assert_int_equal(errand_table_run(&lab->errand_table, SERIAL_ERRAND,
			     authority_of(lab), &serial),
	    ERR_ERRAND_REFUSED);
	assert_int_equal(serial.size, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SERIALS_TEST(devices_get_one_number_after_the_other),
		SERIALS_TEST(while_somebody_has_the_lock_devices_wait),
		SERIALS_TEST(numbers_of_cas_that_count_none_are_not_to_be_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
