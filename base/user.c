/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/user.h"

#include <pwd.h>
#include <unistd.h>

#include "base/xalloc.h"

char *
user_name(void)
{
	const struct passwd *user = getpwuid(geteuid());

	return user != NULL ? xstrdup(user->pw_name) :
			      xasprintf("%u", (unsigned)geteuid());
}
