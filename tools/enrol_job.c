/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/enrol_job.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/file.h"
#include "base/pem.h"
#include "base/xalloc.h"
#include "conf/conf_value.h"
#include "crypto/text.h"
#include "tools/client_key.h"
#include "tools/enrol.h"
#include "tools/names.h"
#include "tools/output_file.h"
#include "tools/record.h"

#define DEFAULT_INTERVAL 30
#define DEFAULT_PATIENCE 3600
#define LONGEST (365 * 86400)
#define CHALLENGE_LIMIT 1024

/* Everything that an enrolment takes, and owns. */
struct job {
	const struct client_world *world;
	const struct enrol_wishes *wishes;
	struct problems *problems;
	struct client client;
	struct client_wishes client_wishes;
	struct enrol_order order;
	struct buf subject;
	struct buf extensions;
	struct buf challenge;
	char *key_path; /* of the key that is certified */
	struct key *key;
	struct credential old;    /* empty: nothing is renewed */
	struct credential signer; /* of a first request; the key may be NULL
	                           * and that of the order */
};

static void
job_clear(struct job *job)
{
	client_clear(&job->client);
	buf_clear(&job->subject);
	buf_clear(&job->extensions);
	buf_clear(&job->challenge);
	free(job->key_path);
	key_free(job->key);
	credential_clear(&job->old);
	credential_clear(&job->signer);
}

static enum err
complain(const struct job *job, const char *what)
{
	problem_add(job->problems, PROBLEM_ERROR, "%s", what);
	return ERR_CONFIGURATION;
}

/* What goes together. */
static enum err
check_wishes(const struct job *job)
{
	const struct enrol_wishes *wishes = job->wishes;

	if (wishes->common.out == NULL)
		return complain(job,
		    "no file is named for the certificate: --out FILE");
	if (wishes->subject == NULL && wishes->renew == NULL)
		return complain(job,
		    "no name is given for the certificate: --subject "
		    "CN=router-17,O=Example; or --renew one");
	if (wishes->renew != NULL && wishes->key == NULL)
		return complain(job,
		    "--renew needs the key of the certificate: --key FILE");
	if (wishes->renew == NULL && wishes->new_key != NULL)
		return complain(job, "--new-key is for --renew");
	if (wishes->challenge != NULL && wishes->challenge_file != NULL)
		return complain(job,
		    "--challenge and --challenge-file exclude each other");
	return ERR_OK;
}

/* --out with another ending: router.pem, router.key. */
static char *
key_path_of(const char *out)
{
	const char *slash = strrchr(out, '/');
	const char *name = slash != NULL ? slash + 1 : out;
	const char *dot = strrchr(name, '.');
	size_t length = dot != NULL && dot > name ? (size_t)(dot - out) :
						    strlen(out);

	return xasprintf("%.*s.key", (int)length, out);
}

static enum err
choose_key_path(struct job *job)
{
	const struct enrol_wishes *wishes = job->wishes;
	const char *named = wishes->renew != NULL ? wishes->new_key :
						    wishes->key;

	if (wishes->renew != NULL && named != NULL &&
	    bytes_equal_string(bytes_of_string(named), "same"))
		named = wishes->key;
	job->key_path = named != NULL ? xstrdup(named) :
					key_path_of(wishes->common.out);
	if (bytes_equal_string(bytes_of_string(job->key_path),
		wishes->common.out))
		return complain(job,
		    "--out and the private key's file are the same");
	return ERR_OK;
}

/* The first line of the file, as it is. */
static enum err
read_challenge_file(struct job *job, const char *path)
{
	struct buf text = { 0 };
	enum err err = file_read(path, FILE_SECRET, CHALLENGE_LIMIT, &text,
	    job->problems);

	if (err == ERR_OK)
		buf_append(&job->challenge,
		    bytes_of(text.data, strcspn(buf_string(&text), "\r\n")));
	buf_clear(&text);
	if (err == ERR_OK && job->challenge.size == 0) {
		problem_add(job->problems, PROBLEM_ERROR,
		    "%s: has an empty first line, and no challenge password",
		    path);
		err = ERR_FILE;
	}
	return err;
}

static enum err
read_challenge(struct job *job)
{
	struct buf text = { 0 };
	enum err err = ERR_OK;

	if (job->wishes->challenge_file != NULL)
		err = read_challenge_file(job, job->wishes->challenge_file);
	else
		buf_append(&job->challenge,
		    bytes_of_string(job->wishes->challenge));
	if (err == ERR_OK &&
	    text_append_utf8(&text, DER_UTF8_STRING,
		buf_bytes(&job->challenge)) != ERR_OK)
		err = complain(job, "the challenge password is not UTF-8");
	buf_clear(&text);
	return err;
}

static enum err
read_time(const struct job *job, const char *option, const char *text,
    int64_t least, int64_t *seconds)
{
	if (text == NULL ||
	    (conf_value_read_duration(text, seconds) && *seconds >= least &&
		*seconds <= LONGEST))
		return ERR_OK;
	problem_add(job->problems, PROBLEM_ERROR,
	    "--%s \"%s\": is not a time like 30s, 10m or 12h", option, text);
	return ERR_CONFIGURATION;
}

static enum err
read_names(struct job *job)
{
	enum err errs[2] = { ERR_OK, ERR_OK };

	if (job->wishes->subject != NULL)
		errs[0] = names_append_subject(&job->subject,
		    job->wishes->subject, job->problems);
	if (job->wishes->san != NULL)
		errs[1] = names_append_san(&job->extensions, job->wishes->san,
		    job->problems);
	return err_first(errs, COUNT(errs));
}

static enum err
check_files(const struct job *job)
{
	const struct client_options *common = &job->wishes->common;
	enum err errs[2] = { output_file_check(common->out, common->force,
	    job->problems) };

	if (job->wishes->ca_out != NULL)
		errs[1] = output_file_check(job->wishes->ca_out, common->force,
		    job->problems);
	return err_first(errs, COUNT(errs));
}

/* All that the command line says, before anything is done. */
static enum err
read_wishes(struct job *job)
{
	enum err err = check_wishes(job);
	enum err errs[6] = { err };

	if (err != ERR_OK)
		return err;
	job->order.interval = DEFAULT_INTERVAL;
	job->order.patience = DEFAULT_PATIENCE;
	errs[0] = choose_key_path(job);
	errs[1] = read_time(job, "interval", job->wishes->interval, 1,
	    &job->order.interval);
	errs[2] = read_time(job, "max-time", job->wishes->max_time, 0,
	    &job->order.patience);
	errs[3] = read_names(job);
	errs[4] = read_challenge(job);
	errs[5] = check_files(job);
	return err_first(errs, COUNT(errs));
}

/* The answer to a renewal is encrypted for the key of the old certificate. */
static enum err
load_old(struct job *job)
{
	const struct enrol_wishes *wishes = job->wishes;
	struct crypto_setup setup = { .provider = job->client.provider };
	struct credential_files files = { .certificate = wishes->renew,
		.key = wishes->key };
	enum err err;

	if (wishes->renew == NULL)
		return ERR_OK;
	err = credential_load(&setup, &files, &job->old, job->problems);
	if (err == ERR_OK && !client_key_is_rsa(job->old.key))
		err = complain(job,
		    "the answer to a renewal is encrypted for the key of the "
		    "old certificate, which takes RSA, and it is EC; enrol "
		    "anew, with a challenge password");
	if (err != ERR_OK)
		return err;
	job->client_wishes.trust.own = job->old.certificate;
	if (job->subject.size == 0)
		buf_append(&job->subject, job->old.certificate->subject);
	if (job->extensions.size == 0 && wishes->subject == NULL)
		names_append_same_san(&job->extensions,
		    job->old.certificate->extensions);
	return ERR_OK;
}

/* A key to sign with in place of an EC one.  It stays, so that the same
 * command once more is the same request to the server. */
static enum err
obtain_signer(struct job *job)
{
	char *path = xasprintf("%s.signer", job->key_path);
	struct buf line = { 0 };
	enum err err;

	if (job->challenge.size == 0) {
		free(path);
		return complain(job,
		    "the answer can't be encrypted for an EC key, so an RSA "
		    "key has to sign the request, for which a challenge "
		    "password vouches: give one, or take --key-type rsa-2048");
	}
	err = client_key_obtain(job->client.provider, path, NULL,
	    &job->signer.key, job->problems);
	if (err == ERR_OK && !client_key_is_rsa(job->signer.key)) {
		problem_add(job->problems, PROBLEM_ERROR,
		    "%s: is there, and has no RSA key to sign the request with",
		    path);
		err = ERR_KEY_FILE;
	}
	if (err == ERR_OK) {
		buf_printf(&line,
		    "the request is signed by the RSA key in %s, since "
		    "answers can't be encrypted for an EC key",
		    path);
		job->world->tell(buf_string(&line));
	}
	buf_clear(&line);
	free(path);
	return err;
}

static enum err
prepare_signer(struct job *job)
{
	const struct key *key = job->key;
	enum err err = ERR_OK;

	if (job->old.certificate != NULL) {
		job->order.old = job->old.certificate;
		job->order.signer = (struct cms_identity){ job->old.certificate,
			job->old.key };
		return ERR_OK;
	}
	if (!client_key_is_rsa(key)) {
		err = obtain_signer(job);
		key = job->signer.key;
	}
	if (err == ERR_OK)
		err = client_key_certify(job->client.provider, key,
		    buf_bytes(&job->subject), job->world->now(),
		    &job->signer.certificate);
	job->order.signer = (struct cms_identity){ job->signer.certificate,
		key };
	return err;
}

static enum err
prepare_order(struct job *job)
{
	enum err err = client_key_obtain(job->client.provider, job->key_path,
	    job->wishes->key_type, &job->key, job->problems);

	if (err == ERR_OK)
		err = prepare_signer(job);
	job->order.key = job->key;
	job->order.subject = buf_bytes(&job->subject);
	job->order.extensions = buf_bytes(&job->extensions);
	job->order.challenge = buf_bytes(&job->challenge);
	return err;
}

static enum err
write_files(const struct job *job, const struct certificate *certificate)
{
	const struct client_options *common = &job->wishes->common;
	struct buf pem = { 0 }, ca = { 0 };
	enum err err;

	pem_append(&pem, "CERTIFICATE", buf_bytes(&certificate->der));
	client_ca_append_pem(&ca, &job->client.ca);
	err = output_file_write(common->out, common->force, buf_bytes(&pem),
	    job->problems);
	if (err == ERR_OK && job->wishes->ca_out != NULL)
		err = output_file_write(job->wishes->ca_out, common->force,
		    buf_bytes(&ca), job->problems);
	buf_clear(&pem);
	buf_clear(&ca);
	return err;
}

static void
report(const struct job *job, const struct certificate *certificate,
    struct buf *output)
{
	struct record record = { .to = output,
		.json = job->wishes->common.json };
	struct buf id = { 0 };

	enrol_append_transaction_id(&id, job->client.provider, job->key,
	    job->order.old);
	record_begin(&record);
	record_text(&record, "certificate",
	    bytes_of_string(job->wishes->common.out));
	record_text(&record, "key", bytes_of_string(job->key_path));
	record_certificate_facts(&record, certificate);
	record_text(&record, "transaction_id", buf_bytes(&id));
	record_end(&record);
	if (record.json)
		buf_append_octet(output, '\n');
	buf_clear(&id);
}

static enum err
do_job(struct job *job, struct buf *output)
{
	struct certificate *certificate = NULL;
	enum err err = client_begin(&job->client, job->world,
	    &job->client_wishes, job->problems);

	if (err == ERR_OK)
		err = load_old(job);
	if (err == ERR_OK)
		err = client_prepare(&job->client);
	if (err == ERR_OK)
		err = prepare_order(job);
	if (err == ERR_OK)
		err = enrol(&job->client, &job->order, &certificate);
	if (err == ERR_OK)
		err = write_files(job, certificate);
	if (err == ERR_OK)
		report(job, certificate, output);
	certificate_free(certificate);
	return err;
}

enum err
enrol_job(const struct client_world *world, const struct enrol_wishes *wishes,
    struct buf *output, struct problems *problems)
{
	struct job job = { .world = world,
		.wishes = wishes,
		.problems = problems,
		.client_wishes = wishes->common.client };
	enum err err = read_wishes(&job);

	if (err == ERR_OK)
		err = do_job(&job, output);
	if (err != ERR_OK && problems_count(problems, PROBLEM_ERROR) == 0)
		problem_add(problems, PROBLEM_ERROR, "%s", err_meaning(err));
	job_clear(&job);
	return err;
}
