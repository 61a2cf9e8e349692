/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CRYPTO_CMS_SIGNED_INTERNAL_H
#define SCEPD_CRYPTO_CMS_SIGNED_INTERNAL_H

#include "crypto/cms_signed.h"

/*
 * Reads the frame of a SignedData: content and certificates, and *signers is
 * a cursor over its SignerInfos.  ERR_SIGNED_TYPE, ERR_DER_*.
 */
CHECKED enum err cms_signed_read_frame(struct bytes der,
    struct cms_signed *message, struct der *signers);

#endif
