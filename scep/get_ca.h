/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_GET_CA_H
#define SCEPD_SCEP_GET_CA_H

#include "scep/authority.h"

/*
 * The answers to GetCACert (RFC 8894 section 4.2) and GetCACertChain, which
 * never change and are made once, at start.
 *
 * GetCACert is the CA's certificate alone where the CA serves SCEP itself,
 * even with a chain above it, since iOS fails on a bundle without an RA
 * (E12); with an RA it is a degenerate SignedData: RA, CA, then the chain up.
 * GetCACertChain is that bundle in either case.
 */
void get_ca_prepare(struct authority *authority);

#endif
