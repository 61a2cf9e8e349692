/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_crl_number.h"

#include <inttypes.h>

#include "backends/openssl_lock.h"
#include "backends/openssl_serial.h"

static enum err
refuse_large(const char *path, struct problems *problems)
{
	problem_add(problems, PROBLEM_ERROR,
	    "%s: the number of the next CRL is above %" PRIX64
	    ", up to which scepd counts; make CRLs by \"openssl ca -gencrl\", "
	    "and name the file in scepd.conf: crl = { file = \"...\"; }",
	    path, OPENSSL_CRL_NUMBER_MAX);
	return ERR_INDEX_DAMAGED;
}

/* `octets` are without zeros at their start. */
static enum err
to_number(struct bytes octets, int64_t *number)
{
	uint64_t value = 0;

	if (octets.size > sizeof(value))
		return ERR_INDEX_DAMAGED;
	for (size_t i = 0; i < octets.size; i++)
		value = value << 8 | octets.data[i];
	if (value > OPENSSL_CRL_NUMBER_MAX)
		return ERR_INDEX_DAMAGED;
	*number = (int64_t)value;
	return ERR_OK;
}

static enum err
read_number(const char *path, int64_t *number, struct problems *problems)
{
	struct buf octets = { 0 };
	enum err err = openssl_serial_read(path, &octets, problems);

	if (err == ERR_INDEX)
		problem_add(problems, PROBLEM_ERROR,
		    "%s: crlnumber in openssl.cnf has CRLs numbered from this "
		    "file, and without it none is made; let scepd read it, or, "
		    "where it is lost, write the number after that of the last "
		    "CRL into it, in hexadecimal digits, as in: echo 01 > %s",
		    path, path);
	if (err == ERR_OK && to_number(buf_bytes(&octets), number) != ERR_OK)
		err = refuse_large(path, problems);
	buf_clear(&octets);
	return err;
}

enum err
openssl_crl_number_check(const char *path, struct problems *problems)
{
	int64_t number;

	return read_number(path, &number, problems);
}

static enum err
advance(const char *path, int64_t number, struct problems *problems)
{
	uint8_t octets[8];

	for (size_t i = sizeof(octets); i > 0; i--, number >>= 8)
		octets[i - 1] = (uint8_t)(number & 0xff);
	return openssl_serial_advance(path, BYTES_ARRAY(octets), problems);
}

/* The file goes on first: a number that is left out harms nobody, and one that
 * two CRLs have would keep the newer one from being taken. */
static enum err
take(const char *path, int64_t last, int64_t *number, struct problems *problems)
{
	int64_t next = 0;
	enum err err = read_number(path, &next, problems);

	if (err != ERR_OK)
		return err;
	if (last >= OPENSSL_CRL_NUMBER_MAX)
		return refuse_large(path, problems);
	next = next > last ? next : last + 1;
	err = advance(path, next, problems);
	if (err == ERR_OK)
		*number = next;
	return err;
}

static enum err
take_locked(const char *path, const char *index, int64_t last, int64_t *number,
    struct problems *problems)
{
	struct openssl_lock lock;
	enum err err = openssl_lock_take_beside(index, &lock, problems);

	if (err != ERR_OK)
		return err;
	err = take(path, last, number, problems);
	openssl_lock_release(&lock);
	return err;
}

enum err
openssl_crl_number_take(const char *path, const char *index, int64_t last,
    int64_t *number)
{
	struct problems *problems = problems_new();
	enum err err = take_locked(path, index, last, number, problems);

	problems_log(problems);
	problems_free(problems);
	return err;
}
