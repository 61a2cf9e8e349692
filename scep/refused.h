/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_REFUSED_H
#define SCEPD_SCEP_REFUSED_H

#include "scep/pki_operation.h"

/*
 * Has a program told, where one is to be (notifier.h), that the rules refuse
 * this request, whose CSR was read, for `reason`.  What is no refusal, as it
 * may be otherwise in a minute or is our own fault, is not told.  It fails no
 * request, and costs strangers' requests next to nothing: no more than a
 * hundred wait to be told; how many were not, the log says once a minute.
 */
void refused_note(const struct pki_operation *operation, enum err reason);

#endif
