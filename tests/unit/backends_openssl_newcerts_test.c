/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_newcerts.h"

#include <dirent.h>

#include "tests/unit/backends_openssl_index.h"

#define SERIAL BYTES_LITERAL("\x80\x01")
#define PEM \
	"-----BEGIN CERTIFICATE-----\nY2VydGlmaWNhdGU=\n" \
	"-----END CERTIFICATE-----\n"

/* Puts a certificate there; there is one file then, and no finding but
 * this. */
static void
put_certificate(const char *der, enum err err, const char *finding)
{
	struct problems *problems = problems_new();

	assert_int_equal(openssl_newcerts_put(".", SERIAL, bytes_of_string(der),
			     problems),
	    err);
	if (strstr(problems_text(problems), finding) == NULL ||
	    (err == ERR_OK && *problems_text(problems) != '\0'))
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
}

static int
count_files(void)
{
	DIR *entries = opendir(".");
	int count = 0;

	for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
		count += strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	closedir(entries);
	return count;
}

static void
a_certificate_is_a_file_of_its_serial_number(void **state)
{
	struct stat status;

	(void)state;
	umask(077);
	put_certificate("certificate", ERR_OK, "");
	umask(022);
	assert_text("8001.pem", PEM);
	assert_int_equal(stat("8001.pem", &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
	assert_int_equal(status.st_nlink, 1);
	assert_int_equal(count_files(), 1);
}

static void
the_same_certificate_may_be_there(void **state)
{
	(void)state;
	put_certificate("certificate", ERR_OK, "");
	put_certificate("certificate", ERR_OK, "");
	put("8001.pem", "Certificate:\n    Data:\n        Version: 3\n" PEM);
	put_certificate("certificate", ERR_OK, "");
	assert_int_equal(count_files(), 1);
}

static void
another_one_is_never_overwritten(void **state)
{
	static const char *const rows[] = { "",
		"-----BEGIN CERTIFICATE-----\nYQ==\n"
		"-----END CERTIFICATE-----\n" PEM,
		"not PEM at all" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put("8001.pem", rows[i]);
		put_certificate("certificate", ERR_INDEX_SERIAL,
		    "error: ./8001.pem: has another certificate");
		assert_text("8001.pem", rows[i]);
		assert_int_equal(count_files(), 1);
	}
}

static void
what_has_the_name_is_left_alone(void **state)
{
	(void)state;
	put("target", "kept");
	assert_int_equal(symlink("target", "8001.pem"), 0);
	put_certificate("certificate", ERR_INDEX_SERIAL, "has another");
	assert_text("target", "kept");
	assert_int_equal(unlink("8001.pem"), 0);
	assert_int_equal(mkdir("8001.pem", 0700), 0);
	put_certificate("certificate", ERR_INDEX_SERIAL, "has another");
	assert_int_equal(count_files(), 2);
}

static void
a_folder_that_is_not_there_is_named(void **state)
{
	struct problems *problems = problems_new();

	(void)state;
	assert_int_equal(openssl_newcerts_put("absent", SERIAL,
			     BYTES_LITERAL("x"), problems),
	    ERR_INDEX);
	assert_problems(problems,
	    "error: absent/8001.pem: No such file or directory; scepd needs to "
	    "write to the folder\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(a_certificate_is_a_file_of_its_serial_number),
		CONF_TEST(the_same_certificate_may_be_there),
		CONF_TEST(another_one_is_never_overwritten),
		CONF_TEST(what_has_the_name_is_left_alone),
		CONF_TEST(a_folder_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
