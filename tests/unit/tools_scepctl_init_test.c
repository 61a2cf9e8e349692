/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <grp.h>

#include "base/clock.h"
#include "base/hex.h"
#include "crypto/name.h"
#include "scep/endpoint.h"
#include "scep/scep.h"
#include "tests/unit/tools_fixture.h"

static const char *const all_names[] = { "ca.pem", "ca.key", "ra.pem", "ra.key",
	"challenge.txt", "scepd.conf" };

static mode_t
mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(lstat(path, &status), 0);
	return status.st_mode & 07777;
}

/* The sections that a configuration of ours may have. */
struct root {
	const struct conf_section *socket;
	const char *user;
	const char *key_user;
	const char *state;
	struct conf_sections endpoints;
};

static const struct conf_key root_keys[] = {
	{ .name = "socket",
	    .type = CONF_SECTION,
	    .offset = offsetof(struct root, socket) },
	{ .name = "user",
	    .type = CONF_STRING,
	    .offset = offsetof(struct root, user) },
	{ .name = "key_user",
	    .type = CONF_STRING,
	    .offset = offsetof(struct root, key_user) },
	{ .name = "state",
	    .type = CONF_PATH,
	    .offset = offsetof(struct root, state) },
	{ .name = "endpoints",
	    .type = CONF_SECTIONS,
	    .required = true,
	    .offset = offsetof(struct root, endpoints) },
	{ 0 },
};

struct socket_settings {
	const char *path;
	int64_t mode;
	const char *group;
};

static const struct conf_key socket_keys[] = {
	{ .name = "path",
	    .type = CONF_PATH,
	    .offset = offsetof(struct socket_settings, path) },
	{ .name = "mode",
	    .type = CONF_MODE,
	    .offset = offsetof(struct socket_settings, mode) },
	{ .name = "group",
	    .type = CONF_STRING,
	    .offset = offsetof(struct socket_settings, group) },
	{ 0 },
};

/* The configuration starts endpoints without a finding, and asked for the CA
 * at `path` they answer with this type. */
static void
assert_serves(const char *conf_path, const char *path, const char *type)
{
	struct problems *problems = problems_new();
	struct conf *conf = open_well(conf_path);
	struct scep_exchange exchange = {
		.method = BYTES_LITERAL("GET"),
		.path = bytes_of_string(path),
		.query = BYTES_LITERAL("operation=GetCACert"),
	};
	struct endpoint_setup setup = { .crypto = { .provider = gnutls(),
					    .now = clock_now() } };
	struct root root = { 0 };
	struct scep *scep = NULL;

	assert_int_equal(conf_read(conf_root(conf), root_keys, &root, problems),
	    ERR_OK);
	assert_int_equal(scep_new(&root.endpoints, &setup, &scep, problems),
	    ERR_OK);
	assert_string_equal(problems_text(problems), "");
	scep_serve(scep, &exchange);
	assert_int_equal(exchange.status, 200);
	assert_string_equal(exchange.content_type, type);
	buf_clear(&exchange.reply);
	scep_free(scep);
	conf_free(conf);
	problems_free(problems);
}

static void
makes_a_ca_that_serves_scep_itself(void **state)
{
	struct credential ca;
	int64_t now = clock_now();

	(void)state;
	init("--name Example --organisation Org --country de --key rsa-2048 "
	     "--days 100 new");
	ca = credential_of_files("new/ca.pem", "new/ca.key");
	assert_subject(ca.certificate, "CN=Example,O=Org,C=DE");
	assert_issued_by(ca.certificate, ca.certificate);
	assert_true(extensions_is_ca(ca.certificate->extensions));
	assert_int_equal(extensions_key_usage(ca.certificate->extensions),
	    SERVES_SCEP | ISSUES);
	assert_int_equal(facts_of(ca.certificate).bits, 2048);
	assert_in_range(ca.certificate->not_after, now + 100 * DAY,
	    now + 100 * DAY + 60);
	assert_in_range(ca.certificate->not_before, now - DAY, now - DAY + 60);
	assert_false(exists("new/ra.pem"));
	assert_false(exists("new/ra.key"));
	assert_serves("new/scepd.conf", "/scep", "application/x-x509-ca-cert");
	credential_clear(&ca);
}

static void
an_ec_ca_gets_an_rsa_ra(void **state)
{
	static const struct {
		const char *line;
		const char *curve;
	} rows[] = {
		{ "--name Example --organisation Org --key secp256r1 a",
		    "secp256r1" },
		{ "--name Example --organisation Org --key secp384r1 b",
		    "secp384r1" },
	};
	static const char *const folders[] = { "a", "b" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct credential ca, ra;

		init(rows[i].line);
		assert_int_equal(chdir(folders[i]), 0);
		ca = credential_of_files("ca.pem", "ca.key");
		ra = credential_of_files("ra.pem", "ra.key");
		assert_string_equal(facts_of(ca.certificate).curve,
		    rows[i].curve);
		assert_int_equal(
		    extensions_key_usage(ca.certificate->extensions), ISSUES);
		assert_is_ra(ra.certificate);
		assert_int_equal(facts_of(ra.certificate).bits, 3072);
		assert_subject(ra.certificate, "CN=Example RA,O=Org");
		assert_issued_by(ra.certificate, ca.certificate);
		assert_int_equal(ra.certificate->not_after,
		    ca.certificate->not_after);
		assert_serves("scepd.conf", "/scep",
		    "application/x-x509-ca-ra-cert");
		credential_clear(&ca);
		credential_clear(&ra);
		assert_int_equal(chdir(".."), 0);
	}
}

static void
an_rsa_ca_gets_an_ra_where_asked(void **state)
{
	struct credential ca, ra;

	(void)state;
	init("--key rsa-2048 --ra new");
	ca = credential_of_files("new/ca.pem", "new/ca.key");
	ra = credential_of_files("new/ra.pem", "new/ra.key");
	assert_int_equal(extensions_key_usage(ca.certificate->extensions),
	    ISSUES);
	assert_is_ra(ra.certificate);
	assert_issued_by(ra.certificate, ca.certificate);
	assert_serves("new/scepd.conf", "/scep",
	    "application/x-x509-ca-ra-cert");
	credential_clear(&ca);
	credential_clear(&ra);
}

static void
secrets_are_their_owners_alone(void **state)
{
	static const struct {
		const char *path;
		mode_t mode;
	} rows[] = {
		{ "new", 0700 },
		{ "new/ca.pem", 0644 },
		{ "new/ca.key", 0600 },
		{ "new/ra.pem", 0644 },
		{ "new/ra.key", 0600 },
		{ "new/challenge.txt", 0600 },
		{ "new/scepd.conf", 0644 },
	};
	mode_t before = umask(0);

	(void)state;
	init("--key secp256r1 new");
	umask(before);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(mode_of(rows[i].path), rows[i].mode);
}

static void
the_challenge_is_long_plain_and_never_the_same(void **state)
{
	struct buf one, two, output;

	(void)state;
	output = output_with("--key secp256r1 one", NULL);
	init("--key secp256r1 two");
	one = contents_of("one/challenge.txt");
	two = contents_of("two/challenge.txt");
	assert_int_equal(one.size,
	    strlen("ABCD-ABCD-ABCD-ABCD-ABCD-ABCD-ABCD"
		   "\n"));
	assert_int_equal(one.data[one.size - 1], '\n');
	buf_truncate(&one, one.size - 1);
	assert_int_equal(strspn(buf_string(&one),
			     "-ABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
	    one.size);
	assert_null(strchr("-23456789", buf_string(&one)[0]));
	assert_null(strstr(buf_string(&two), buf_string(&one)));
	assert_null(strstr(buf_string(&output), buf_string(&one)));
	buf_clear(&one);
	buf_clear(&two);
	buf_clear(&output);
}

/* Each file in turn is there before, and nothing else is afterwards. */
static void
nothing_that_exists_is_overwritten(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(all_names); i++) {
		char *folder = xasprintf("folder%zu", i);
		char *path = xasprintf("%s/%s", folder, all_names[i]);
		char *findings = xasprintf("error: %s: exists already and is "
					   "left as it is; choose another "
					   "folder, or move the file away\n",
		    path);
		struct buf contents;

		assert_int_equal(mkdir(folder, 0700), 0);
		put(path, "kept");
		init_badly_with("%", folder, ERR_FILE, findings);
		contents = contents_of(path);
		assert_bytes(buf_bytes(&contents), "kept");
		assert_int_equal(unlink(path), 0);
		assert_int_equal(rmdir(folder), 0);
		buf_clear(&contents);
		free(folder);
		free(path);
		free(findings);
	}
}

static void
a_folder_may_be_there_with_other_files(void **state)
{
	(void)state;
	assert_int_equal(mkdir("there", 0755), 0);
	put("there/README", "kept");
	init("--key secp256r1 there/");
	assert_true(exists("there/ca.pem"));
	assert_int_equal(mode_of("there"), 0755);
	init_badly("missing/new", ERR_FILE,
	    "error: missing: is not there; make it first, with: mkdir -p\n");
}

static void
the_url_and_the_socket_come_out_in_the_configuration(void **state)
{
	static const struct {
		const char *line; /* for the folder `new` */
		const char *path;
		const char *said;
	} rows[] = {
		{ "--url http://ca.example.org/a/b", "/a/b",
		    "URL for devices: http://ca.example.org/a/b\n" },
		{ "--url https://[::1]:8443", "/scep",
		    "URL for devices: https://[::1]:8443/scep\n" },
		{ "--url http://h/", "/", "URL for devices: http://h/\n" },
		{ "--url http://h --path /x", "/x",
		    "URL for devices: http://h/x\n" },
		{ "--url http://h/x --path /x", "/x",
		    "URL for devices: http://h/x\n" },
		{ "--path /x", "/x", "/x\n  (this machine's own name" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *folder = xasprintf("folder%zu", i);
		char *conf = xasprintf("%s/scepd.conf", folder);
		char *line = xasprintf("%s --key secp256r1 %%", rows[i].line);
		struct buf output = output_with(line, folder);

		assert_non_null(strstr(buf_string(&output), rows[i].said));
		assert_serves(conf, rows[i].path,
		    "application/x-x509-ca-ra-cert");
		buf_clear(&output);
		free(folder);
		free(conf);
		free(line);
	}
}

/* A group that this machine has. */
static const char *
any_group(void)
{
	const struct group *group = getgrgid(getgid());

	assert_non_null(group);
	return group->gr_name;
}

static void
a_socket_is_written_with_its_group(void **state)
{
	static const struct {
		const char *socket;
		const char *path;
	} rows[] = {
		{ "/run/a \"b\" \\c.sock", "/run/a \"b\" \\c.sock" },
		{ "s.sock", NULL },
	};
	char *here = getcwd(NULL, 0);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = xasprintf("--socket %% --group %s --key secp256r1 "
				       "folder%zu",
		    any_group(), i);
		char *conf_path = xasprintf("folder%zu/scepd.conf", i);
		char *own = xasprintf("%s/s.sock", here);
		struct buf output = output_with(line, rows[i].socket);
		struct problems *problems = problems_new();
		struct socket_settings settings = { 0 };
		struct root root = { 0 };
		struct conf *conf = open_well(conf_path);

		read_with_findings(conf, root_keys, &root, "");
		assert_int_equal(conf_read(root.socket, socket_keys, &settings,
				     problems),
		    ERR_OK);
		assert_string_equal(settings.path,
		    rows[i].path != NULL ? rows[i].path : own);
		assert_int_equal(settings.mode, 0660);
		assert_string_equal(settings.group, any_group());
		problems_free(problems);
		conf_free(conf);
		buf_clear(&output);
		free(line);
		free(conf_path);
		free(own);
	}
	free(here);
}

static void
assert_setting(const char *got, const char *expected)
{
	assert_int_equal(got == NULL, expected == NULL);
	if (expected != NULL)
		assert_string_equal(got, expected);
}

#define USERADD \
	"#     useradd --system --no-create-home --shell " \
	"/usr/sbin/nologin "
#define USER_COMMENT "# user = \"scepd\";\n"
#define KEY_USER_COMMENT "# key_user = \"scepd-key\";\n"

/* What is not named is a comment, with the command that makes it. */
static void
users_are_written_where_they_are_named(void **state)
{
	static const struct {
		const char *line;
		const char *insert;
		const char *user;
		const char *key_user;
		const char *comment;
	} rows[] = {
		{ "--user % --key-user keys f0", "a \"b\" \\c", "a \"b\" \\c",
		    "keys", "have to be there.\nuser = " },
		{ "--user % f1", "web", "web", NULL,
		    "there.\n" USERADD "scepd-key\n"
		    "user = \"web\";\n" KEY_USER_COMMENT },
		{ "--key-user % f2", "keys", NULL, "keys",
		    "there.\n" USERADD "scepd\n" USER_COMMENT
		    "key_user = \"keys\";\n" },
		{ "f3", NULL, NULL, NULL,
		    "there.\n" USERADD "scepd\n" USERADD
		    "scepd-key\n" USER_COMMENT KEY_USER_COMMENT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = xasprintf("--key secp256r1 %s", rows[i].line);
		char *path = xasprintf("f%zu/scepd.conf", i);
		struct buf output = output_with(line, rows[i].insert);
		struct buf text = contents_of(path);
		struct conf *conf = open_well(path);
		struct root root = { 0 };

		read_with_findings(conf, root_keys, &root, "");
		assert_setting(root.user, rows[i].user);
		assert_setting(root.key_user, rows[i].key_user);
		assert_non_null(strstr(buf_string(&text), rows[i].comment));
		conf_free(conf);
		buf_clear(&text);
		buf_clear(&output);
		free(path);
		free(line);
	}
}

static void
the_state_is_where_it_was_asked_for(void **state)
{
	static const char *const lines[] = { "--key secp256r1 g0",
		"--key secp256r1 --state /tmp/s.db g1" };
	static const char *const states[] = { NULL, "/tmp/s.db" };

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		char *path = xasprintf("g%zu/scepd.conf", i);
		struct buf output = output_with(lines[i], NULL);
		struct conf *conf = open_well(path);
		struct root root = { 0 };

		read_with_findings(conf, root_keys, &root, "");
		assert_setting(root.state, states[i]);
		conf_free(conf);
		buf_clear(&output);
		free(path);
	}
}

static void
the_fingerprints_are_those_of_the_ca(void **state)
{
	static const enum digest digests[] = { DIGEST_SHA256, DIGEST_SHA1,
		DIGEST_MD5 };
	struct buf output = output_with("--key secp256r1 new", NULL);
	struct credential ca = credential_of_files("new/ca.pem", "new/ca.key");
	struct bytes der = buf_bytes(&ca.certificate->der);

	(void)state;
	for (size_t i = 0; i < COUNT(digests); i++) {
		uint8_t value[DIGEST_MAX_SIZE];
		struct buf text = { 0 };

		provider_digest(gnutls(), digests[i], &der, 1, value);
		hex_append_colons(&text,
		    bytes_of(value, digest_facts(digests[i])->size));
		assert_non_null(strstr(buf_string(&output), buf_string(&text)));
		buf_clear(&text);
	}
	credential_clear(&ca);
	buf_clear(&output);
}

#define FIFTY "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJ"

static void
names_may_be_strange(void **state)
{
	static const struct {
		const char *name;
		const char *ca;
		const char *ra;
	} rows[] = {
		{ "Ger\xc3\xa4te, \"CA\" + #1",
		    "CN=Ger\xc3\xa4te\\, "
		    "\\\"CA\\\" \\+ #1",
		    "CN=Ger\xc3\xa4te\\, \\\"CA\\\" \\+ #1 RA" },
		{ "a\\b=c;<d>", "CN=a\\\\b=c\\;\\<d\\>",
		    "CN=a\\\\b=c\\;\\<d\\> RA" },
		{ FIFTY "12345678901234", "CN=" FIFTY "12345678901234",
		    "CN=" FIFTY "12345678901 RA" },
		{ FIFTY "1234567890\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac!",
		    "CN=" FIFTY
		    "1234567890\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac!",
		    "CN=" FIFTY "1234567890\xe2\x82\xac RA" },
		{ FIFTY "12345678901 RA", "CN=" FIFTY "12345678901 RA",
		    "CN=SCEP RA" },
		{ "'; DROP TABLE", "CN='\\; DROP TABLE",
		    "CN='\\; DROP TABLE RA" },
		{ "%s%n", "CN=%s%n", "CN=%s%n RA" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = xasprintf("--name %% --key secp256r1 f%zu", i);
		char *ca_path = xasprintf("f%zu/ca.pem", i);
		char *ra_path = xasprintf("f%zu/ra.pem", i);
		struct buf output = output_with(line, rows[i].name);
		struct certificate *ca = NULL, *ra = NULL;
		struct problems *problems = problems_new();
		size_t count;

		assert_int_equal(certificates_load(ca_path, &ca, 1, &count,
				     problems),
		    ERR_OK);
		assert_int_equal(certificates_load(ra_path, &ra, 1, &count,
				     problems),
		    ERR_OK);
		assert_subject(ca, rows[i].ca);
		assert_subject(ra, rows[i].ra);
		certificate_free(ca);
		certificate_free(ra);
		problems_free(problems);
		buf_clear(&output);
		free(line);
		free(ca_path);
		free(ra_path);
	}
}

static void
two_cas_without_a_name_have_different_ones(void **state)
{
	struct credential one, two;

	(void)state;
	init("--key secp256r1 one");
	init("--key secp256r1 two");
	one = credential_of_files("one/ca.pem", "one/ca.key");
	two = credential_of_files("two/ca.pem", "two/ca.key");
	assert_false(name_equal(one.certificate->subject,
	    two.certificate->subject));
	credential_clear(&one);
	credential_clear(&two);
}

static void
bad_options_are_named_before_anything_is_made(void **state)
{
	static const struct {
		const char *line;
		const char *insert;
		const char *findings;
	} rows[] = {
		{ "--key rsa-3072", NULL,
		    "error: no folder is named: scepctl init DIR\n" },
		{ "new newer", NULL, "error: more than one folder is named\n" },
		{ "%", "", "error: the folder has an empty name\n" },
		{ "--organization x new", NULL,
		    "error: unknown option \"--organization\"; did you mean "
		    "\"--organisation\"?\n" },
		{ "--key rsa-1024 new", NULL,
		    "error: --key \"rsa-1024\": is unknown; choose rsa-3072, "
		    "rsa-2048, rsa-4096, secp256r1 or secp384r1\n" },
		{ "--days 0 new", NULL,
		    "error: --days \"0\": is not a number from 1 to 36500\n" },
		{ "--days 36501 new", NULL,
		    "error: --days \"36501\": is not a number from 1 to "
		    "36500\n" },
		{ "--days 10d new", NULL,
		    "error: --days \"10d\": is not a number from 1 to "
		    "36500\n" },
		{ "--days 99999999999999999999 new", NULL,
		    "error: --days \"99999999999999999999\": is not a number "
		    "from 1 to 36500\n" },
		{ "--days % new", "",
		    "error: --days \"\": is not a number from 1 to 36500\n" },
		{ "--country DEU new", NULL,
		    "error: --country \"DEU\": is not two letters, like DE or "
		    "US (ISO 3166)\n" },
		{ "--country 4x new", NULL,
		    "error: --country \"4x\": is not two letters, like DE or "
		    "US (ISO 3166)\n" },
		{ "--name % new", "", "error: --name is empty\n" },
		{ "--name % new", "a\nb",
		    "error: --name has a control character\n" },
		{ "--name % new", "a\xc2\x9bz",
		    "error: --name has a control character\n" },
		{ "--name % new", "a\xff", "error: --name is not UTF-8\n" },
		{ "--organisation % new", FIFTY "123456789012345",
		    "error: --organisation has more than 64 characters\n" },
		{ "--path scep new", NULL,
		    "error: --path \"scep\": does not begin with \"/\"\n" },
		{ "--path /scep/ new", NULL,
		    "error: --path \"/scep/\": ends in \"/\"; leave that "
		    "out\n" },
		{ "--path /a//b new", NULL,
		    "error: --path \"/a//b\": has \"//\" in it\n" },
		{ "--path /a?b new", NULL,
		    "error: --path \"/a?b\": has a character that is not "
		    "plain in a URL\n" },
		{ "--url ftp://h/scep new", NULL,
		    "error: --url \"ftp://h/scep\": does not begin with "
		    "http:// or https://\n" },
		{ "--url http:///scep new", NULL,
		    "error: --url \"http:///scep\": names no host, like "
		    "http://scep.example.org/scep\n" },
		{ "--url http://a@h/scep new", NULL,
		    "error: --url \"http://a@h/scep\": names no host, like "
		    "http://scep.example.org/scep\n" },
		{ "--url http://h/a?b new", NULL,
		    "error: --url \"http://h/a?b\": has a character that is "
		    "not plain in a URL\n" },
		{ "--url http://h/a --path /b new", NULL,
		    "error: --url \"http://h/a\": has another path than "
		    "--path; leave one of them out\n" },
		{ "--socket % new", "",
		    "error: --socket \"\": is not a file name\n" },
		{ "--socket % new", "/" FIFTY FIFTY "1234567",
		    "error: --socket \"/" FIFTY FIFTY "1234567\": is too "
		    "long; a socket's path has at most 107 bytes\n" },
		{ "--group www-data new", NULL,
		    "error: --group \"www-data\": is the socket's, so "
		    "--socket is needed too\n" },
		{ "--socket /s --group no.such.group new", NULL,
		    "error: --group \"no.such.group\": there is no such "
		    "group; name the one that the web server runs as\n" },
		{ "--user % --key-user % new", "",
		    "error: --user is empty\n"
		    "error: --key-user is empty\n" },
		{ "--ca-key k --ca-passphrase-file p new", NULL,
		    "error: --ca-key belongs to --ra-for, which is missing\n"
		    "error: --ca-passphrase-file belongs to --ra-for, which "
		    "is missing\n" },
		{ "--ra-for ca.pem new", NULL,
		    "error: --ra-for needs the CA's key, to sign the "
		    "certificate: --ca-key FILE\n" },
		{ "--ra-for c --ca-key k --path /x --ra new", NULL,
		    "error: --ra is of no use with --ra-for, which makes no "
		    "configuration\n"
		    "error: --path is of no use with --ra-for, which makes no "
		    "configuration\n" },
		{ "--ra-for c --ca-key k --user u --key-user k new", NULL,
		    "error: --user is of no use with --ra-for, which makes no "
		    "configuration\n"
		    "error: --key-user is of no use with --ra-for, which makes "
		    "no configuration\n" },
		{ "--ra-for c --ca-key k --key secp256r1 new", NULL,
		    "error: --key \"secp256r1\": can't decrypt, and an RA has "
		    "to; choose an rsa one\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		init_badly_with(rows[i].line, rows[i].insert, ERR_CONFIGURATION,
		    rows[i].findings);
		assert_false(exists("new"));
	}
}

static void
help_lists_the_options(void **state)
{
	struct buf output = output_with("--help", NULL);

	(void)state;
	assert_non_null(strstr(buf_string(&output), "usage: scepctl init"));
	assert_non_null(strstr(buf_string(&output), "--ra-for CA.pem"));
	buf_clear(&output);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONF_TEST(makes_a_ca_that_serves_scep_itself),
		CONF_TEST(an_ec_ca_gets_an_rsa_ra),
		CONF_TEST(an_rsa_ca_gets_an_ra_where_asked),
		CONF_TEST(secrets_are_their_owners_alone),
		CONF_TEST(the_challenge_is_long_plain_and_never_the_same),
		CONF_TEST(nothing_that_exists_is_overwritten),
		CONF_TEST(a_folder_may_be_there_with_other_files),
		CONF_TEST(the_url_and_the_socket_come_out_in_the_configuration),
		CONF_TEST(a_socket_is_written_with_its_group),
		CONF_TEST(users_are_written_where_they_are_named),
		CONF_TEST(the_state_is_where_it_was_asked_for),
		CONF_TEST(the_fingerprints_are_those_of_the_ca),
		CONF_TEST(names_may_be_strange),
		CONF_TEST(two_cas_without_a_name_have_different_ones),
		CONF_TEST(bad_options_are_named_before_anything_is_made),
		CONF_TEST(help_lists_the_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
