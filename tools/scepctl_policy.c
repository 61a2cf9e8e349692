/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/scepctl_policy.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "crypto/oid.h"
#include "tools/certificate_text.h"
#include "tools/options.h"
#include "tools/policy_trial.h"
#include "tools/record.h"
#include "tools/state.h"

/* A first line of more is no challenge password. */
#define CHALLENGE_LIMIT 1024

struct wishes {
	const char *challenge_file;
	const char *at;
	bool minted;
	bool json;
	bool help;
};

#define OPTION(field) offsetof(struct wishes, field)

static const struct options_row options[] = {
	{ "challenge-file", "FILE", OPTION(challenge_file),
	    "try it with the challenge password that is the\n"
	    "first line of this file, not with its own" },
	{ "minted", NULL, OPTION(minted),
	    "take it for a challenge password that was minted,\n"
	    "by \"scepctl challenge new\", for any name" },
	{ "at", "DATE", OPTION(at),
	    "try it as at this time: 2026-11-22, or\n"
	    "2026-11-22T08:30:00Z" },
	{ "json", NULL, OPTION(json), "print JSON, for scripts" },
	{ "help", NULL, OPTION(help), "show this text" },
	{ 0 },
};

static const char usage[] =
    "usage: scepctl policy test CONFIG ENDPOINT FILE [OPTION]...\n"
    "\n"
    "Says what the endpoint at the path ENDPOINT would decide about a request\n"
    "by the configuration CONFIG: whether it would be issued, held or refused,\n"
    "and why, and what its certificate would say.  FILE is a PKCS#10 request\n"
    "in PEM or DER, or a pkiMessage that was recorded, which takes the\n"
    "endpoint's private key to open.  Nothing is issued or remembered.\n"
    "\n";

/* What is said of a request */

static void
record_made(struct record *record, const char *name, struct buf *text)
{
	record_text(record, name, buf_bytes(text));
	buf_clear(text);
}

static const char *
decision_of(const struct trial *trial)
{
	if (trial->reason != ERR_OK)
		return "refuse";
	return trial->verdict.authorisation == NULL ? "hold" : "issue";
}

static void
record_reason(struct record *record, enum err reason)
{
	record_text(record, "reason", bytes_of_string(err_name(reason)));
	record_text(record, "meaning", bytes_of_string(err_meaning(reason)));
	record_text(record, "device_is_told",
	    bytes_of_string(err_public_text(reason)));
}

/* Who is asked before it is issued. */
static const char *
approver_of(const struct trial *trial)
{
	bool is_renewal = trial->verdict.is_renewal;

	return hooks_decider(&trial->endpoint->hooks, is_renewal) != NULL ?
	    "the program of the setting hook" :
	    "somebody, by scepctl pending approve";
}

static const char *
taken_for(const struct verdict *verdict)
{
	if (verdict->is_on_behalf)
		return "a first enrolment on behalf of a device";
	return verdict->is_renewal ? "a renewal" : "a first enrolment";
}

static void
record_decision(struct record *record, const struct trial *trial)
{
	const struct verdict *verdict = &trial->verdict;

	record_text(record, "decision", bytes_of_string(decision_of(trial)));
	if (trial->reason != ERR_OK) {
		record_reason(record, trial->reason);
		if (verdict->detail.size > 0)
			record_text(record, "detail",
			    buf_bytes(&verdict->detail));
		return;
	}
	if (verdict->authorisation == NULL)
		record_text(record, "approved_by",
		    bytes_of_string(approver_of(trial)));
	record_text(record, "taken_for", bytes_of_string(taken_for(verdict)));
	if (verdict->fallback != ERR_OK)
		record_text(record, "fallback_from",
		    bytes_of_string(err_name(verdict->fallback)));
}

static const char *
kind_of(const struct trial *trial)
{
	if (!trial->is_message)
		return "PKCS#10";
	if (trial->request == NULL)
		return "pkiMessage";
	return trial->is_renewal_req ? "RenewalReq" : "PKCSReq";
}

static void
record_message(struct record *record, const struct trial *trial)
{
	record_text(record, "file", bytes_of_string(kind_of(trial)));
	if (!trial->is_message)
		return;
	record_text(record, "transaction",
	    buf_bytes(&trial->header.transaction_id));
	if (trial->header.signer == NULL)
		return;
	record_name(record, "signer", trial->header.signer->subject);
	record_text(record, "signer_is",
	    bytes_of_string(trial->is_issued ? "of the endpoint's CA" :
					       "of no CA here"));
}

/* Never the challenge itself. */
static void
record_request(struct record *record, const struct trial *trial)
{
	const struct csr *csr = trial->csr;
	struct bytes names = { 0 };
	struct buf text = { 0 };

	record_name(record, "asks_for", csr->subject);
	if (extensions_find(csr->extensions, OID_SUBJECT_ALT_NAME, &names))
		certificate_text_append_names(&text, names);
	record_made(record, "asks_for_names", &text);
	certificate_text_append_key(&text, csr->spki);
	record_made(record, "key", &text);
	record_text(record, "challenge",
	    bytes_of_string(csr->challenge.size > 0 ? "is there" : "none"));
}

static void
record_certificate(struct record *record, const struct trial *trial)
{
	const struct certificate_order *order = &trial->order;
	struct buf text = { 0 };

	record_text(record, "profile", bytes_of_string(trial->verdict.profile));
	record_name(record, "subject", order->subject);
	certificate_text_append_names(&text, order->subject_alt_name);
	record_made(record, "names", &text);
	certificate_text_append_key_usage(&text, order->key_usage);
	record_made(record, "key_usage", &text);
	certificate_text_append_purposes(&text, order->extended_key_usage);
	record_made(record, "ext_key_usage", &text);
	record_time(record, "not_before", order->not_before);
	record_time(record, "not_after", order->not_after);
}

/* What a server would have looked at besides. */
#define NOT_ASKED \
	"the state database, whether the key or the certificate was revoked, " \
	"the names have another one or the request was there before; the CA " \
	"and programs, which may still refuse it"

static void
append_trial(struct buf *output, bool json, const struct trial *trial)
{
	struct record record = { .to = output, .json = json };

	record_begin(&record);
	record_decision(&record, trial);
	record_message(&record, trial);
	if (trial->csr != NULL)
		record_request(&record, trial);
	if (trial->reason == ERR_OK)
		record_certificate(&record, trial);
	record_text(&record, "not_asked", BYTES_LITERAL(NOT_ASKED));
	record_end(&record);
	if (json)
		buf_append_octet(output, '\n');
}

/* The command */

static enum err
result_of(const struct trial *trial)
{
	if (trial->reason != ERR_OK)
		return trial->reason;
	return trial->verdict.authorisation == NULL ? ERR_CLIENT_PENDING :
						      ERR_OK;
}

static enum err
read_challenge(const char *path, struct buf *challenge,
    struct problems *problems)
{
	struct buf text = { 0 };
	enum err err = file_read(path, FILE_SECRET, CHALLENGE_LIMIT, &text,
	    problems);

	if (err == ERR_OK)
		buf_append(challenge,
		    bytes_of(text.data, strcspn(buf_string(&text), "\r\n")));
	buf_clear(&text);
	return err == ERR_OK ? ERR_OK : ERR_FILE;
}

static enum err
try(const struct wishes *wishes, struct trial_order *order, struct buf *output,
    struct problems *problems)
{
	struct trial trial = { 0 };
	struct buf challenge = { 0 };
	enum err err = ERR_OK;

	order->now = clock_now();
	order->is_minted = wishes->minted;
	if (wishes->at != NULL)
		err = state_time("--at", wishes->at, &order->now, problems);
	if (err == ERR_OK && wishes->challenge_file != NULL)
		err = read_challenge(wishes->challenge_file, &challenge,
		    problems);
	order->challenge = buf_bytes(&challenge);
	if (err == ERR_OK)
		err = trial_run(order, &trial, problems);
	if (err == ERR_OK) {
		append_trial(output, wishes->json, &trial);
		err = result_of(&trial);
	}
	trial_clear(&trial);
	buf_clear(&challenge);
	return err;
}

/* The words behind "policy". */
static enum err
find_operands(struct options_words rest, struct trial_order *order,
    struct problems *problems)
{
	if (rest.count < 1 ||
	    !bytes_equal_string(bytes_of_string(rest.items[0]), "test")) {
		problem_add(problems, PROBLEM_ERROR,
		    "no action is named; there is: scepctl policy test CONFIG "
		    "ENDPOINT FILE");
		return ERR_CONFIGURATION;
	}
	if (rest.count != 4) {
		problem_add(problems, PROBLEM_ERROR,
		    "scepctl policy test takes three words: CONFIG ENDPOINT "
		    "FILE");
		return ERR_CONFIGURATION;
	}
	order->config = rest.items[1];
	order->endpoint = rest.items[2];
	order->file = rest.items[3];
	return ERR_OK;
}

enum err
scepctl_policy(int argc, char **argv, struct buf *output,
    struct problems *problems)
{
	struct options_words words = { argv, (size_t)argc }, rest = { 0 };
	struct trial_order order = { 0 };
	struct wishes wishes = { 0 };
	enum err err = options_read(words, options, &wishes, &rest, problems);

	if (err == ERR_OK && wishes.help) {
		buf_append_string(output, usage);
		options_append_help(output, options);
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = find_operands(rest, &order, problems);
	return err == ERR_OK ? try(&wishes, &order, output, problems) : err;
}
