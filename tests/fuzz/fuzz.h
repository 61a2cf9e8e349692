/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_FUZZ_FUZZ_H
#define SCEPD_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/*
 * What each target defines and libFuzzer, or replay.c, calls: whatever the
 * bytes are, it must return (0), promptly, having leaked and broken nothing.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
