/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_exec.h"

#include <errno.h>
#include <sys/file.h>

#include "backends/openssl_latest.h"
#include "store/store.h"
#include "tests/unit/backends_fixture.h"
#include "tests/unit/backends_openssl_index.h"

/* A CA whose certificates `openssl ca` makes: what is done with what it says,
 * and how it is opened. */

#define OPENSSL_CA \
	"backend = \"openssl\"; config = \"openssl.cnf\"; " \
	"method = \"openssl\"; "

#define CNF \
	"[ca]\ndefault_ca = here\n[here]\n" \
	"certificate = ca.pem\nprivate_key = ca.key\ndatabase = index.txt\n" \
	"new_certs_dir = newcerts\nrand_serial = yes\ndefault_days = 20\n" \
	"default_md = sha256\nunique_subject = no\npolicy = any\n" \
	"x509_extensions = device\n[any]\ncommonName = optional\n"
#define DEVICE "[device]\nbasicConstraints = CA:FALSE\n"

/* What openssl calls for is written by hand: a folder has no more. */
static void
put_directory(const char *cnf)
{
	put("openssl.cnf", cnf);
	put("index.txt", "");
	if (mkdir("newcerts", 0700) != 0)
		assert_int_equal(errno, EEXIST);
}

/* A CA, and one request. */
struct scene {
	struct conf *conf;
	struct backend *backend;
	struct store *store;
	struct csr *csr;
	struct backend_request request;
	struct backend_answer answer;
};

static void
begin(struct scene *scene, const char *settings, struct wanted wanted)
{
	struct problems *problems = problems_new();

	if (open_with(settings, &scene->conf, &scene->backend, problems) !=
	    ERR_OK)
		fail_msg("%s", problems_text(problems));
	problems_free(problems);
	scene->store = store_new_memory();
	scene->csr = csr_of(wanted);
	scene->request = (struct backend_request){ .number = 17,
		.csr = buf_bytes(&scene->csr->der) };
}

static void
end(struct scene *scene)
{
	backend_answer_clear(&scene->answer);
	csr_free(scene->csr);
	store_close(scene->store);
	backend_close(scene->backend);
	conf_free(scene->conf);
}

static enum err
ask(struct scene *scene)
{
	backend_answer_clear(&scene->answer);
	return backend_issue(scene->backend, scene->store, &scene->request, NOW,
	    &scene->answer);
}

/* What the backend runs in openssl's place. */
static void
put_program(const char *lines)
{
	struct buf text = { 0 };

	buf_printf(&text, "#!/bin/sh\n%s\n", lines);
	put_mode("program", buf_bytes(&text), 0700);
	buf_clear(&text);
}

/* How many lines index.txt has. */
static size_t
rows(void)
{
	struct buf text = text_of("index.txt");
	size_t count = 0;

	for (size_t i = 0; i < text.size; i++)
		count += text.data[i] == '\n';
	buf_clear(&text);
	return count;
}

static void
openssl_makes_the_certificate(void **state)
{
	struct scene scene = { 0 };
	struct certificate *certificate = NULL;

	(void)state;
	put_directory(CNF DEVICE);
	begin(&scene, OPENSSL_CA, (struct wanted){ 0 });
	assert_int_equal(backend_requests(scene.backend),
	    BACKEND_REQUESTS_READ);
	assert_null(backend_key(scene.backend));
	assert_int_equal(ask(&scene), ERR_OK);
	assert_int_equal(certificate_read(buf_bytes(&scene.answer.certificate),
			     &certificate),
	    ERR_OK);
	assert_same_bytes(certificate->spki, scene.csr->spki);
	assert_int_equal(rows(), 1);
	certificate_free(certificate);
	end(&scene);
}

static void
what_it_makes_is_looked_at_before_a_device_gets_it(void **state)
{
	static const struct row {
		const char *device;
		const char *program;
		enum err err;
	} rows[] = {
		{ "", "openssl \"$@\"", ERR_OK },
		{ "", "openssl \"$@\"; exit 1", ERR_OK },
		{ "", "exit 0", ERR_CA_COMMAND },
		{ "", "exit 1", ERR_CA_COMMAND },
		{ "", "kill -9 $$", ERR_CA_COMMAND },
		{ "", "echo nothing", ERR_CA_COMMAND },
		{ "",
		    "echo -----BEGIN CERTIFICATE-----; echo AAAA; "
		    "echo -----END CERTIFICATE-----",
		    ERR_CA_ANSWER },
		{ "", "head -c 200000 /dev/zero", ERR_CA_COMMAND },
		/* Of another key, and another CA. */
		{ "", "cat \"$(dirname \"$0\")/ra.pem\"", ERR_CA_ANSWER },
		{ "",
		    "openssl x509 -req -signkey \"$(dirname \"$0\")/client.key\"",
		    ERR_CA_ANSWER },
		{ "", "openssl \"$@\" -enddate 20200101000000Z",
		    ERR_CA_ANSWER },
		{ "[device]\nbasicConstraints = CA:TRUE\n", "openssl \"$@\"",
		    ERR_CA_ANSWER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene scene = { 0 };
		struct buf cnf = { 0 };

		buf_printf(&cnf, CNF DEVICE "%s", rows[i].device);
		put_directory(buf_string(&cnf));
		put_vector("client.key", device_key);
		put_program(rows[i].program);
		begin(&scene, OPENSSL_CA "program = \"program\";",
		    (struct wanted){ 0 });
		assert_err(ask(&scene), rows[i].err, rows[i].program);
		end(&scene);
		buf_clear(&cnf);
	}
}

static void
refusals_are_told_from_trouble(void **state)
{
	static const struct row {
		const char *cnf;
		const char *said; /* or what openssl says of it */
		enum err err;
		const char *reason;
	} rows[] = {
		{ "[any]\nlocalityName = supplied\n", NULL, ERR_CA_POLICY,
		    "the subject lacks an attribute that the CA's policy "
		    "wants" },
		{ "[any]\ncommonName = match\n", NULL, ERR_CA_POLICY,
		    "an attribute of the subject is to be as the CA has it" },
		{ "", "The mandatory commonName field was missing",
		    ERR_CA_POLICY,
		    "the subject lacks an attribute that the CA's policy "
		    "wants" },
		{ "",
		    "The organizationName field does not exist in the CA "
		    "certificate,",
		    ERR_CA_POLICY,
		    "an attribute of the subject is to be as the CA has it" },
		{ "",
		    "The string contains characters that are illegal for the "
		    "ASN.1 type",
		    ERR_CA_POLICY,
		    "the subject has characters that its string type does not "
		    "allow" },
		{ "", "emailAddress type needs to be of type IA5STRING",
		    ERR_CA_POLICY,
		    "the subject has an e-mail address of a wrong string "
		    "type" },
		{ "", "ERROR:There is already a certificate for /CN=device",
		    ERR_CA_POLICY,
		    "there is a valid certificate of this subject" },
		{ "", "unable to load CA private key", ERR_CA_COMMAND, "" },
		{ "[here]\nprivate_key = none.key\n", NULL, ERR_CA_COMMAND,
		    "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene scene = { 0 };
		struct buf text = { 0 };

		buf_printf(&text, CNF DEVICE "%s", rows[i].cnf);
		put_directory(buf_string(&text));
		buf_clear(&text);
		if (rows[i].said == NULL)
			buf_append_string(&text, "openssl \"$@\"");
		else
			buf_printf(&text, "echo '%s' >&2; exit 1",
			    rows[i].said);
		put_program(buf_string(&text));
		begin(&scene, OPENSSL_CA "program = \"program\";",
		    (struct wanted){ 0 });
		assert_err(ask(&scene), rows[i].err, rows[i].reason);
		assert_string_equal(buf_string(&scene.answer.reason),
		    rows[i].reason);
		end(&scene);
		buf_clear(&text);
	}
}

static void
a_program_that_is_not_there_is_trouble(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	put_directory(CNF DEVICE);
	begin(&scene, OPENSSL_CA "program = \"none\";", (struct wanted){ 0 });
	assert_int_equal(ask(&scene), ERR_CA_COMMAND);
	/* Nor is anything of it where its folder has gone. */
	unlink("openssl.cnf");
	assert_int_equal(ask(&scene), ERR_CA_COMMAND);
	end(&scene);
}

/* As `openssl ca` has left it, and the store may know or not. */
static void
know(struct scene *scene, struct bytes der)
{
	uint8_t authority[STORE_HASH_SIZE], key[STORE_HASH_SIZE];
	struct certificate *certificate = NULL;
	struct certificate_record record;

	assert_int_equal(certificate_read(der, &certificate), ERR_OK);
	provider_digest(gnutls(), DIGEST_SHA256,
	    &backend_certificate(scene->backend)->spki, 1, authority);
	provider_digest(gnutls(), DIGEST_SHA256, &certificate->spki, 1, key);
	record = (struct certificate_record){
		.authority = BYTES_ARRAY(authority),
		.serial = serial_number(certificate->serial),
		.subject = certificate->subject,
		.key = BYTES_ARRAY(key),
	};
	assert_int_equal(store_certificate_add(scene->store, &record, der),
	    ERR_OK);
	certificate_free(certificate);
}

/* Should the keeper be killed, nobody else comes between. */
static void
the_lock_is_held_as_long_as_openssl_runs(void **state)
{
	struct scene scene = { 0 };
	int lock;

	(void)state;
	put_directory(CNF DEVICE);
	put_program("flock -n .scepd.lock true && exit 1; "
		    "ls -l /proc/$$/fd | grep -q scepd.lock || exit 1; "
		    "exec openssl \"$@\"");
	begin(&scene, OPENSSL_CA "program = \"program\";",
	    (struct wanted){ 0 });
	assert_int_equal(ask(&scene), ERR_OK);
	lock = open(".scepd.lock", O_RDONLY | O_CLOEXEC);
	assert_true(lock >= 0);
	assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
	close(lock);
	end(&scene);
}

static void
what_was_made_and_not_heard_of_is_found_again(void **state)
{
	struct scene scene = { 0 };
	struct buf first = { 0 };

	(void)state;
	put_directory(CNF DEVICE);
	begin(&scene, OPENSSL_CA, (struct wanted){ 0 });
	assert_int_equal(ask(&scene), ERR_OK);
	buf_append(&first, buf_bytes(&scene.answer.certificate));
	/* By hand, after that: another's. */
	put("index.new", "");
	assert_int_equal(system("cat index.txt > index.new; "
				"printf 'V\\t271121000000Z\\t\\t01\\tunknown\\t"
				"/CN=by hand\\n' >> index.new; "
				"mv index.new index.txt"),
	    0);
	scene.request.tried_at = NOW - 60;
	assert_int_equal(ask(&scene), ERR_OK);
	assert_same_bytes(buf_bytes(&scene.answer.certificate),
	    buf_bytes(&first));
	assert_int_equal(rows(), 2);
	/* One that the store knows is another transaction's. */
	know(&scene, buf_bytes(&first));
	assert_int_equal(ask(&scene), ERR_OK);
	assert_false(bytes_equal(buf_bytes(&scene.answer.certificate),
	    buf_bytes(&first)));
	assert_int_equal(rows(), 3);
	/* An index that can't be read has nothing to be found. */
	put("index.txt", "V\tno row\n");
	assert_int_equal(ask(&scene), ERR_INDEX_DAMAGED);
	buf_clear(&first);
	end(&scene);
}

static void
what_it_can_not_do_is_refused_at_the_start(void **state)
{
	static const struct row {
		const char *cnf;
		const char *settings;
		const char *finding;
	} rows[] = {
		{ CNF DEVICE, OPENSSL_CA "crl = { };", "openssl ca -gencrl" },
		{ CNF DEVICE, OPENSSL_CA "passphrase = \"secret\";",
		    "passphrase" },
		{ CNF DEVICE, OPENSSL_CA "passphrase = { };", "file" },
		{ "[ca]\ndefault_ca = here\n[here]\n", OPENSSL_CA,
		    "certificate" },
		{ CNF "[here]\ncopy_extensions = copyall\n" DEVICE, OPENSSL_CA,
		    "copyall" },
		{ CNF "[here]\nunique_subject = yes\n" DEVICE, OPENSSL_CA,
		    "unique_subject = no" },
		{ CNF DEVICE, OPENSSL_CA "serial = \"sequential\";",
		    "no file to count in" },
		{ CNF, OPENSSL_CA, "device" },
		{ CNF DEVICE,
		    "backend = \"openssl\"; config = \"openssl.cnf\"; "
		    "program = \"openssl\";",
		    "program" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct backend *backend = NULL;
		struct conf *conf;

		put_directory(rows[i].cnf);
		assert_err(open_with(rows[i].settings, &conf, &backend,
			       problems),
		    ERR_CONFIGURATION, rows[i].finding);
		if (strstr(problems_text(problems), rows[i].finding) == NULL)
			fail_msg("%zu: %s", i, problems_text(problems));
		problems_free(problems);
		conf_free(conf);
	}
}

static void
numbers_that_are_counted_are_refused(void **state)
{
	struct problems *problems = problems_new();
	struct backend *backend = NULL;
	struct conf *conf;

	(void)state;
	put_directory("[ca]\ndefault_ca = here\n[here]\n"
		      "certificate = ca.pem\ndatabase = index.txt\n"
		      "new_certs_dir = newcerts\nserial = serial\n"
		      "unique_subject = no\npolicy = any\n"
		      "x509_extensions = device\n[any]\n" DEVICE);
	assert_int_equal(open_with(OPENSSL_CA, &conf, &backend, problems),
	    ERR_CONFIGURATION);
	assert_non_null(strstr(problems_text(problems), "rand_serial = yes"));
	conf_free(conf);
	/* Unless all who issue there take the lock. */
	assert_int_equal(open_with(OPENSSL_CA "serial = \"sequential\";", &conf,
			     &backend, problems),
	    ERR_OK);
	assert_false(backend_counts_serials(backend));
	backend_close(backend);
	conf_free(conf);
	problems_free(problems);
}

/* What only openssl has to understand. */
static void
what_scepd_does_not_know_is_passed_over(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	put_directory(CNF DEVICE
	    "sbgp-ipAddrBlock = IPv4:10/8\n[here]\nprivate_key = "
	    "token:label=ca\ncopy_extensions = copy\nstring_mask = odd\n");
	begin(&scene, OPENSSL_CA, (struct wanted){ 0 });
	assert_int_equal(backend_requests(scene.backend),
	    BACKEND_REQUESTS_COPIED);
	end(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(openssl_makes_the_certificate),
		CONF_TEST(what_it_makes_is_looked_at_before_a_device_gets_it),
		CONF_TEST(refusals_are_told_from_trouble),
		CONF_TEST(a_program_that_is_not_there_is_trouble),
		CONF_TEST(the_lock_is_held_as_long_as_openssl_runs),
		CONF_TEST(what_was_made_and_not_heard_of_is_found_again),
		CONF_TEST(what_it_can_not_do_is_refused_at_the_start),
		CONF_TEST(numbers_that_are_counted_are_refused),
		CONF_TEST(what_scepd_does_not_know_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
