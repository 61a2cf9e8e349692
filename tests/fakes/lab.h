/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_FAKES_LAB_H
#define SCEPD_TESTS_FAKES_LAB_H

#include <sys/types.h>

#include "base/errands.h"
#include "crypto/certificate.h"
#include "scep/cert_rep.h"
#include "scep/scep.h"

/*
 * A laboratory: a folder with the recorded CA and RA (tests/vectors/ca), the
 * endpoints of a configuration in it, and clients that talk to them without a
 * network.  What goes wrong in the laboratory itself ends the program.
 */

/* 2026-12-01T00:00:00Z: everything that was recorded is valid then. */
#define LAB_NOW 1796083200

/* Parts of a configuration.  The lab's folder has ca.pem (which can serve
 * SCEP), ca-sign.pem (same key and name, which can't), ra.pem, ca.key and
 * ra.key. */
#define LAB_CA \
	"ca = { backend = \"file\"; certificate = \"ca.pem\"; " \
	"key = \"ca.key\"; }; "
#define LAB_SIGNING_CA \
	"ca = { backend = \"file\"; certificate = \"ca-sign.pem\"; " \
	"key = \"ca.key\"; }; "
#define LAB_RA "ra = { certificate = \"ra.pem\"; key = \"ra.key\"; }; "
#define LAB_CHALLENGE \
	"enrol = { challenge = ( { type = \"static\"; secret = \"secret\"; }" \
	" ); }; "
#define LAB_ANONYMOUS "enrol = { anonymous = true; }; "
#define LAB_LEGACY "algorithms = (\"default\", \"des\"); "

/* The configuration of one endpoint with these settings. */
#define LAB_ENDPOINT(settings) \
	"endpoints = ( { path = \"/scep\"; " settings " } );\n"
#define LAB_DEFAULT LAB_ENDPOINT(LAB_CA LAB_CHALLENGE)

struct lab {
	const struct provider *provider;
	int64_t now;                   /* when endpoints start: LAB_NOW */
	struct key_channels *channels; /* theirs to keys; NULL: they have
					* their keys themselves */
	char *folder;
	struct conf *conf;
	struct store *store;     /* in memory */
	bool keeps_store;        /* it outlives a new start */
	struct errands *errands; /* done at once, in this process */
	struct errand_table errand_table;
	struct guesses *guesses; /* borrowed; NULL: nobody is slowed down */
	struct scep *scep;
	struct certificate *ca; /* ca.pem */
	struct certificate *ra;
	struct key *ca_key;
	struct key *ra_key;
	struct buf log; /* what the last request left on stderr */
};

/* A lab without endpoints; the caller's, to lab_free. */
struct lab *lab_new(void);
void lab_free(struct lab *lab);

/* A lab whose configuration is `text` and which must start. */
struct lab *lab_open(const char *text);

/* Assembles the endpoints of the configuration `text`, as lab->now and
 * lab->channels say. */
enum err lab_start(struct lab *lab, const char *text,
    struct problems *problems);

/* Writes a file into the lab's folder, in place of one that is there. */
void lab_put(const struct lab *lab, const char *name, struct bytes contents,
    mode_t mode);
/* The same with one PEM block, or with a private key. */
void lab_put_pem(const struct lab *lab, const char *name, const char *label,
    struct bytes der);
void lab_put_vector(const struct lab *lab, const char *name,
    const char *vector);

/* The file tests/vectors/NAME, the certificate or the key in it. */
struct buf lab_vector(const char *name);
struct certificate *lab_certificate(const char *name);
struct key *lab_key(const struct lab *lab, const char *name);

/* An order for a CA certificate that is well in every way, by `key` itself. */
struct certificate_order lab_ca_order(const struct key *key,
    struct bytes subject);
/* The DER of the certificate that `order` says, signed by `key`. */
struct buf lab_issue(const struct certificate_order *order,
    const struct key *key);
/* A Name with one common name. */
struct buf lab_name(const char *common_name);

/*
 * Has the endpoints answer.  What is not set is filled in: GET, /scep, the
 * time LAB_NOW, a peer.  The reply is the caller's, to buf_clear.
 */
void lab_serve(struct lab *lab, struct scep_exchange *exchange);

/* Whether the last request left a line with `text` in it on the log. */
bool lab_logged(struct lab *lab, const char *text);

/* Posts a pkiMessage. */
struct scep_exchange lab_post(struct lab *lab, struct bytes message);

#endif
