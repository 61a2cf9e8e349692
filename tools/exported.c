/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/exported.h"

#include <unistd.h>

#include "base/file.h"

enum err
exported_write(const struct state_call *call, struct bytes contents,
    bool binary, const char *out)
{
	if (out != NULL)
		return file_create(out, 0644, contents, call->problems);
	if (binary && isatty(STDOUT_FILENO)) {
		problem_add(call->problems, PROBLEM_ERROR,
		    "what is asked for is binary, and nothing for a terminal; "
		    "name a file by --out FILE");
		return ERR_CONFIGURATION;
	}
	buf_append(call->output, contents);
	return ERR_OK;
}
