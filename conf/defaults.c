/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/defaults.h"

#include <stdlib.h>

const char *
defaults_config(const char *named)
{
	const char *variable = getenv("SCEPD_CONFIG");

	if (named != NULL)
		return named;
	return variable != NULL && variable[0] != '\0' ? variable :
							 DEFAULT_CONFIG;
}
