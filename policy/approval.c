/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/approval.h"

const char *const approval_words[] = {
	[APPROVAL_AUTOMATIC] = "automatic",
	[APPROVAL_MANUAL] = "manual",
	[APPROVAL_HOOK] = "hook",
	NULL,
};

/* A hook that is set and never asked would let through what it was meant to
 * stop. */
enum err
approval_check(const struct conf_section *section, int64_t approval,
    const struct conf_section *hook, struct problems *problems)
{
	bool is_asked = approval == APPROVAL_HOOK;

	if (is_asked == (hook != NULL))
		return ERR_OK;
	return conf_refuse(section, is_asked ? "approval" : "hook", problems,
	    is_asked ? "approval by a hook needs one: hook = { command = ( "
		       "\"/...\" ); }" :
		       "a hook is asked only with approval = \"hook\"");
}
