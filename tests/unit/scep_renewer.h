/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_SCEP_RENEWER_H
#define SCEPD_TESTS_UNIT_SCEP_RENEWER_H

#include "tests/unit/scep_reply.h"

/* A device that has a certificate, and a key for the next one. */
struct renewer {
	struct device *device;
	struct lab *lab;
	struct key *key;
	struct lab_client old; /* the certificate, with the device's key */
	struct lab_request request;
};

static inline struct certificate *
asked_anew(struct renewer *renewer, const char *id)
{
	renewer->request.transaction_id = bytes_of_string(id);
	return assert_request_issued(renewer->lab, &renewer->request);
}

static inline void
renewer_begin(struct renewer *renewer, struct device *device)
{
	renewer->device = device;
	renewer->lab = device->lab;
	renewer->lab->keeps_store = true;
	renewer->key = lab_key(device->lab, "certmonger/client.key");
	renewer->old = (struct lab_client){ .key = device->client.key,
		.certificate = assert_request_issued(device->lab,
		    &device->request) };
	renewer->request = lab_request_by(device->lab, &renewer->old);
	renewer->request.key = renewer->key;
	renewer->request.challenge = bytes_of(NULL, 0);
	renewer->request.transaction_id = BYTES_LITERAL("renewal");
}

static inline int
renewer_setup(void **state)
{
	struct renewer *renewer = xalloc(sizeof(*renewer));
	void *device;

	if (device_setup(&device) != 0)
		return -1;
	renewer_begin(renewer, device);
	*state = renewer;
	return 0;
}

static inline int
renewer_teardown(void **state)
{
	struct renewer *renewer = *state;
	void *device = renewer->device;

	key_free(renewer->key);
	certificate_free(renewer->old.certificate);
	free(renewer);
	return device_teardown(&device);
}

#endif
