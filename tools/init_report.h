/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TOOLS_INIT_REPORT_H
#define SCEPD_TOOLS_INIT_REPORT_H

#include "crypto/certificate.h"
#include "tools/init_order.h"

/*
 * What `scepctl init` says when it is done: what was made and where, the
 * fingerprints, and what to do next.  No secret is ever in it.
 */
void init_report_ca(struct buf *to, const struct init_order *order,
    const struct provider *provider, const struct certificate *ca);
void init_report_ra(struct buf *to, const struct init_order *order,
    const struct certificate *ra);

#endif
