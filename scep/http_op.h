/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_HTTP_OP_H
#define SCEPD_SCEP_HTTP_OP_H

#include "scep/endpoint.h"
#include "scep/exchange.h"
#include "scep/journal.h"

/*
 * Answers one request to an endpoint: finds the operation (RFC 8894 section
 * 4) that the query names, ignoring case, or that a POST without one means
 * (T3), and runs its row of the table.  Fills the answer and the journal.
 */
void http_op_serve(const struct endpoint *endpoint,
    struct scep_exchange *exchange, struct journal *journal);

#endif
