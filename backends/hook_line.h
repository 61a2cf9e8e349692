/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BACKENDS_HOOK_LINE_H
#define SCEPD_BACKENDS_HOOK_LINE_H

#include "base/coprocess.h"

/* What a hook that runs on answers (scepd-hooks(7)): a line of JSON. */

/*
 * Reads one as the protocol of a coprocess wants it: into the result of a
 * command that has said the same by its exit status and its stdout, as
 * hook_answer_read reads it; a reason that nobody else is told is in `errors`.
 * False where it has no id, and no status from 0 to 6.
 */
bool hook_line_read(struct bytes line, int64_t *id,
    struct command_result *result);

#endif
