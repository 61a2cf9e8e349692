/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/clock.h"
#include "tools/cert.h"
#include "tools/serial.h"

/* Issued elsewhere */

/* The certificate that --file names, and those that may have issued it. */
struct named {
	struct known_cas cas;
	struct foreign_certificate foreign;
	const char *refusal;
	size_t count;
};

static enum err
take_one(void *context, struct bytes der)
{
	struct named *named = context;

	if (named->count++ == 0)
		named->refusal = foreign_certificate_read(&named->cas, der,
		    &named->foreign);
	return ERR_OK;
}

static enum err
check_named(const struct state_call *call, const struct named *named)
{
	const char *file = cert_wishes(call)->file;

	if (named->count == 1 && named->refusal == NULL)
		return ERR_OK;
	problem_add(call->problems, PROBLEM_ERROR, "%s: %s", file,
	    named->count == 1 ? named->refusal :
				"holds more than one certificate");
	return ERR_FILE;
}

static enum err
add_named(const struct state_call *call, const struct named *named,
    struct stored_certificate *certificate)
{
	enum err err = foreign_certificate_add(call->store, &named->cas,
	    &named->foreign);

	if (err != ERR_OK && err != ERR_STORE_SERIAL)
		return err;
	return store_certificate_get(call->store,
	    BYTES_ARRAY(named->foreign.authority->id),
	    serial_number(named->foreign.certificate->serial), certificate);
}

/* The certificate of --file, which is known afterwards. */
static enum err
get_of_file(const struct state_call *call,
    struct stored_certificate *certificate)
{
	struct named named = { 0 };
	enum err err = cert_load_cas(call, &named.cas);

	if (err == ERR_OK)
		err = foreign_certificates_read(cert_wishes(call)->file,
		    take_one, &named, call->problems);
	if (err == ERR_OK)
		err = check_named(call, &named);
	if (err == ERR_OK)
		err = add_named(call, &named, certificate);
	foreign_certificate_clear(&named.foreign);
	known_cas_clear(&named.cas);
	return err;
}

/* One of which the serial number alone is known afterwards. */
static enum err
add_serial(const struct state_call *call,
    struct stored_certificate *certificate)
{
	struct known_cas cas = { 0 };
	struct certificate_record record = { 0 };
	struct buf serial = { 0 };
	enum err err = cert_load_cas(call, &cas);

	if (err == ERR_OK)
		err = serial_read(call->operand, &serial, call->problems);
	if (err == ERR_OK) {
		record.authority = BYTES_ARRAY(cas.items[0].id);
		record.serial = buf_bytes(&serial);
		err = store_certificate_add(call->store, &record,
		    bytes_of_string(NULL));
	}
	/* Known already: somebody else has added it just now. */
	if (err == ERR_OK || err == ERR_STORE_SERIAL)
		err = store_certificate_get(call->store, record.authority,
		    record.serial, certificate);
	buf_clear(&serial);
	known_cas_clear(&cas);
	return err;
}

static enum err
complain_of_unknown(const struct state_call *call)
{
	problem_add(call->problems, PROBLEM_ERROR,
	    "there is no certificate %s; to revoke one that is not known here, "
	    "name its CA by --ca FILE, or itself by --file FILE",
	    call->operand);
	return ERR_STORE_NONE;
}

/* What is to be revoked, made known where it was not. */
static enum err
get(const struct state_call *call, int reason,
    struct stored_certificate *certificate)
{
	enum err err;

	if (cert_wishes(call)->file != NULL)
		return get_of_file(call, certificate);
	err = cert_find(call, reason < 0, certificate);
	if (err != ERR_STORE_NONE || reason < 0)
		return err;
	return cert_wishes(call)->ca != NULL ? add_serial(call, certificate) :
					       complain_of_unknown(call);
}

/* Revocation */

static enum err
revoke(const struct state_call *call, const char *name,
    const struct stored_certificate *certificate, int reason)
{
	enum err err = store_certificate_revoke(call->store,
	    buf_bytes(&certificate->authority), buf_bytes(&certificate->serial),
	    reason, clock_now());

	if (err == ERR_STORE_NONE)
		problem_add(call->problems, PROBLEM_ERROR,
		    "certificate %s is %s", name,
		    reason < 0 ? "not on hold" :
				 "revoked for good, and can't be put on hold");
	return err;
}

static void
report(const struct state_call *call, const char *name,
    const struct stored_certificate *certificate, int reason)
{
	if (reason < 0)
		buf_printf(call->output, "certificate %s is valid again\n",
		    name);
	else
		buf_printf(call->output, "certificate %s is revoked: %s%s\n",
		    name, cert_reason_name(reason),
		    certificate->key.size > 0 ?
			"" :
			"; nothing but its serial number is known");
}

static enum err
check_named_once(const struct state_call *call)
{
	bool by_file = cert_wishes(call)->file != NULL;

	if (by_file != (call->operand != NULL))
		return ERR_OK;
	problem_add(call->problems, PROBLEM_ERROR,
	    by_file ? "name a certificate by SERIAL or by --file, not by both" :
		      "revoke needs a SERIAL, or a certificate by --file FILE");
	return ERR_CONFIGURATION;
}

enum err
cert_revoke(const struct state_call *call)
{
	const struct cert_wishes *wishes = cert_wishes(call);
	const char *name = wishes->file != NULL ? wishes->file : call->operand;
	struct stored_certificate certificate = { 0 };
	int reason;
	enum err err = check_named_once(call);

	if (err == ERR_OK)
		err = cert_read_reason(call, "--reason", wishes->reason,
		    &reason);
	if (err == ERR_OK)
		err = get(call, reason, &certificate);
	/* Nobody takes a reason back by leaving it out. */
	if (err == ERR_OK && wishes->reason == NULL &&
	    certificate.revoked_at != 0)
		reason = certificate.reason;
	if (err == ERR_OK)
		err = revoke(call, name, &certificate, reason);
	if (err == ERR_OK)
		report(call, name, &certificate, reason);
	stored_certificate_clear(&certificate);
	return err;
}

enum err
cert_allow(const struct state_call *call)
{
	struct stored_certificate certificate = { 0 };
	enum err err = cert_find(call, true, &certificate);

	if (err == ERR_OK && certificate.key.size == 0) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "the key of certificate %s is not known, and so not "
		    "refused",
		    call->operand);
		err = ERR_STORE_NONE;
	}
	if (err == ERR_OK)
		err = store_key_allow(call->store, buf_bytes(&certificate.key),
		    clock_now());
	if (err == ERR_OK)
		buf_printf(call->output,
		    "the key of certificate %s may get certificates\n",
		    call->operand);
	stored_certificate_clear(&certificate);
	return err;
}
