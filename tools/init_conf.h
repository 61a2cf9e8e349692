/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_INIT_CONF_H
#define SCEPD_TOOLS_INIT_CONF_H

#include "base/buf.h"
#include "tools/init_order.h"

/* The files that `scepctl init` makes. */
#define INIT_CA_CERTIFICATE "ca.pem"
#define INIT_CA_KEY "ca.key"
#define INIT_RA_CERTIFICATE "ra.pem"
#define INIT_RA_KEY "ra.key"
#define INIT_CHALLENGE "challenge.txt"
#define INIT_CONF "scepd.conf"

/* How the path of the CA's CRL ends. */
#define INIT_CRL "ca.crl"

/* The command that makes a user. */
#define INIT_USERADD \
	"useradd --system --no-create-home --shell /usr/sbin/nologin"

/* Appends the text of a configuration for a new CA: paths in it are relative
 * to it, so that the folder can be moved. */
void init_conf_append(struct buf *to, const struct init_order *order);

/* Appends the setting `ra` for the files in `folder`, to be put into the
 * configuration of an existing CA. */
void init_conf_append_ra(struct buf *to, const char *folder);

#endif
