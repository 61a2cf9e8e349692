/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fakes/lab.h"

#include <assert.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pem.h"
#include "base/xalloc.h"
#include "crypto/credential.h"
#include "crypto/name.h"
#include "crypto/spki.h"
#include "scep/endpoint.h"

#define DAY 86400

/* Ends the program where what must be did not happen. */
static void
must(enum err err, struct problems *problems)
{
	if (err == ERR_OK)
		return;
	fprintf(stderr, "# %s\n%s", err_name(err), problems_text(problems));
	abort();
}

struct buf
lab_vector(const char *name)
{
	const char *folder = getenv("TEST_VECTORS");
	struct problems *problems = problems_new();
	struct buf contents = { 0 };
	char *path = xasprintf("%s/%s",
	    folder != NULL ? folder : "tests/vectors", name);

	must(file_read(path, FILE_PUBLIC, 1 << 20, &contents, problems),
	    problems);
	free(path);
	problems_free(problems);
	return contents;
}

struct certificate *
lab_certificate(const char *name)
{
	struct buf text = lab_vector(name), der = { 0 };
	struct bytes rest = buf_bytes(&text);
	struct certificate *certificate = NULL;
	enum err err = pem_next(&rest, "CERTIFICATE", &der);

	if (err == ERR_OK)
		err = certificate_read(buf_bytes(&der), &certificate);
	assert(err == ERR_OK);
	buf_clear(&text);
	buf_clear(&der);
	return certificate;
}

struct key *
lab_key(const struct lab *lab, const char *name)
{
	struct buf text = lab_vector(name);
	struct key *key = NULL;
	enum err err = key_load(lab->provider, buf_bytes(&text),
	    bytes_of(NULL, 0), &key);

	assert(err == ERR_OK);
	buf_clear(&text);
	return key;
}

void
lab_put(const struct lab *lab, const char *name, struct bytes contents,
    mode_t mode)
{
	struct problems *problems = problems_new();
	char *path = xasprintf("%s/%s", lab->folder, name);

	unlink(path);
	must(file_create(path, mode, contents, problems), problems);
	free(path);
	problems_free(problems);
}

void
lab_put_pem(const struct lab *lab, const char *name, const char *label,
    struct bytes der)
{
	struct buf text = { 0 };

	pem_append(&text, label, der);
	lab_put(lab, name, buf_bytes(&text), 0600);
	buf_clear(&text);
}

void
lab_put_vector(const struct lab *lab, const char *name, const char *vector)
{
	struct buf contents = lab_vector(vector);

	lab_put(lab, name, buf_bytes(&contents), 0600);
	buf_clear(&contents);
}

struct lab *
lab_new(void)
{
	struct lab *lab = xalloc(sizeof(*lab));

	lab->folder = xstrdup("/tmp/scepd-lab-XXXXXX");
	if (mkdtemp(lab->folder) == NULL)
		abort();
	lab->provider = provider_find("gnutls");
	assert(lab->provider != NULL);
	lab->now = LAB_NOW;
	lab_put_vector(lab, "ca.pem", "ca/ca.pem");
	lab_put_vector(lab, "ca-sign.pem", "ca/ca-sign.pem");
	lab_put_vector(lab, "ca.key", "ca/ca.key.pem");
	lab_put_vector(lab, "ra.pem", "ca/ra.pem");
	lab_put_vector(lab, "ra.key", "ca/ra.key.pem");
	lab->ca = lab_certificate("ca/ca.pem");
	lab->ra = lab_certificate("ca/ra.pem");
	lab->ca_key = lab_key(lab, "ca/ca.key.pem");
	lab->ra_key = lab_key(lab, "ca/ra.key.pem");
	lab->store = store_new_memory();
	lab->errands = errands_new_local(&lab->errand_table);
	return lab;
}

static int
remove_one(const char *path, const struct stat *status, int type,
    struct FTW *position)
{
	(void)status;
	(void)type;
	(void)position;
	return remove(path);
}

static void
stop(struct lab *lab)
{
	scep_free(lab->scep);
	conf_free(lab->conf);
	lab->scep = NULL;
	lab->conf = NULL;
}

void
lab_free(struct lab *lab)
{
	if (lab == NULL)
		return;
	stop(lab);
	store_close(lab->store);
	errands_free(lab->errands);
	certificate_free(lab->ca);
	certificate_free(lab->ra);
	key_free(lab->ca_key);
	key_free(lab->ra_key);
	buf_clear(&lab->log);
	nftw(lab->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(lab->folder);
	free(lab);
}

struct root {
	struct conf_sections endpoints;
};

static const struct conf_key root_keys[] = {
	{ .name = "endpoints",
	    .type = CONF_SECTIONS,
	    .required = true,
	    .offset = offsetof(struct root, endpoints) },
	{ 0 },
};

enum err
lab_start(struct lab *lab, const char *text, struct problems *problems)
{
	char *path = xasprintf("%s/scepd.conf", lab->folder);
	struct endpoint_setup setup = {
		.crypto = { lab->provider, lab->channels, lab->now },
		.errands = lab->errands,
		.guesses = lab->guesses,
	};
	struct root root = { 0 };
	enum err err;

	stop(lab);
	if (!lab->keeps_store) {
		store_close(lab->store);
		lab->store = store_new_memory();
	}
	setup.store = lab->store;
	lab_put(lab, "scepd.conf", bytes_of_string(text), 0600);
	err = conf_open(path, &lab->conf, problems);
	if (err == ERR_OK)
		err = conf_read(conf_root(lab->conf), root_keys, &root,
		    problems);
	if (err == ERR_OK)
		err = scep_new(&root.endpoints, &setup, &lab->scep, problems);
	if (err == ERR_OK)
		lab->errand_table = scep_errands(lab->scep);
	free(path);
	return err;
}

struct lab *
lab_open(const char *text)
{
	struct problems *problems = problems_new();
	struct lab *lab = lab_new();

	must(lab_start(lab, text, problems), problems);
	problems_free(problems);
	return lab;
}

struct buf
lab_name(const char *common_name)
{
	struct name_part part = { "CN", common_name };
	struct buf name = { 0 };
	enum err err = name_append(&name, &part, 1);

	assert(err == ERR_OK);
	return name;
}

struct certificate_order
lab_ca_order(const struct key *key, struct bytes subject)
{
	return (struct certificate_order){
		.serial = BYTES_LITERAL("\x01"),
		.issuer = subject,
		.subject = subject,
		.spki = key_spki(key),
		.not_before = LAB_NOW - DAY,
		.not_after = LAB_NOW + 3650L * DAY,
		.ca = true,
		.key_usage = KEY_USAGE_DIGITAL_SIGNATURE |
		    KEY_USAGE_KEY_ENCIPHERMENT | KEY_USAGE_CERT_SIGN |
		    KEY_USAGE_CRL_SIGN,
		.subject_key_id = BYTES_LITERAL("lab"),
	};
}

struct buf
lab_issue(const struct certificate_order *order, const struct key *key)
{
	struct buf tbs = { 0 }, der = { 0 };
	enum err err;

	certificate_append_tbs(&tbs, order, key_scheme(key), key_digest(key));
	err = signed_object_append(&der, key, buf_bytes(&tbs));
	assert(err == ERR_OK);
	buf_clear(&tbs);
	return der;
}

/* Runs the request with stderr going to a file, which is then read. */
static void
serve_logged(struct lab *lab, struct scep_exchange *exchange)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	char line[4096];
	size_t got;

	if (file == NULL || saved < 0 || dup2(fileno(file), STDERR_FILENO) < 0)
		abort();
	scep_serve(lab->scep, exchange);
	if (dup2(saved, STDERR_FILENO) < 0)
		abort();
	close(saved);
	rewind(file);
	buf_clear(&lab->log);
	while ((got = fread(line, 1, sizeof(line), file)) > 0)
		buf_append(&lab->log, bytes_of(line, got));
	fclose(file);
}

void
lab_serve(struct lab *lab, struct scep_exchange *exchange)
{
	if (exchange->method.data == NULL)
		exchange->method = BYTES_LITERAL("GET");
	if (exchange->path.data == NULL)
		exchange->path = BYTES_LITERAL("/scep");
	if (exchange->peer.data == NULL)
		exchange->peer = BYTES_LITERAL("192.0.2.7");
	if (exchange->received_at == 0)
		exchange->received_at = LAB_NOW;
	serve_logged(lab, exchange);
}

bool
lab_logged(struct lab *lab, const char *text)
{
	return strstr(buf_string(&lab->log), text) != NULL;
}

struct scep_exchange
lab_post(struct lab *lab, struct bytes message)
{
	struct scep_exchange exchange = {
		.method = BYTES_LITERAL("POST"),
		.query = BYTES_LITERAL("operation=PKIOperation"),
		.body = message,
	};

	lab_serve(lab, &exchange);
	return exchange;
}
