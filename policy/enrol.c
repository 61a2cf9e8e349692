/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/enrol.h"

enum approval {
	APPROVAL_AUTOMATIC,
	APPROVAL_MANUAL,
	APPROVAL_HOOK
};

static const char *const approvals[] = {
	[APPROVAL_AUTOMATIC] = "automatic",
	[APPROVAL_MANUAL] = "manual",
	[APPROVAL_HOOK] = "hook",
	NULL,
};

/* The section as it is written. */
struct settings {
	struct conf_sections challenge;
	bool anonymous;
	bool visible_challenge;
	int64_t approval;
	int64_t max_held;
	const struct conf_section *hook;
};

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)

static const struct conf_key keys[] = {
	{ SETTING(challenge), .type = CONF_SECTIONS },
	{ SETTING(anonymous), .type = CONF_BOOLEAN },
	{ SETTING(visible_challenge), .type = CONF_BOOLEAN },
	{ SETTING(approval), .type = CONF_CHOICE, .choices = approvals },
	{ SETTING(max_held), .type = CONF_INTEGER, .maximum = 1000000 },
	{ SETTING(hook), .type = CONF_SECTION },
	{ 0 },
};

static enum err
check_hook(const struct conf_section *section, const struct settings *settings,
    struct problems *problems)
{
	bool is_asked = settings->approval == APPROVAL_HOOK;

	if (is_asked == (settings->hook != NULL))
		return ERR_OK;
	return conf_refuse(section, is_asked ? "approval" : "hook", problems,
	    is_asked ? "approval by a hook needs one: hook = { command = ( "
		       "\"/...\" ); }" :
		       "a hook is asked only with approval = \"hook\"");
}

/* A thousand is more than anybody looks at; a stranger who may ask at all
 * should not be able to fill the disk. */
enum err
enrol_rules_read(const struct conf_section *section, struct enrol_rules *rules,
    struct problems *problems)
{
	struct settings settings = { .max_held = 1000 };
	enum err err = conf_read(section, keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	err = check_hook(section, &settings, problems);
	if (err != ERR_OK)
		return err;
	rules->manual = settings.approval != APPROVAL_AUTOMATIC;
	rules->hook = settings.hook;
	rules->max_held = settings.max_held;
	return challenges_read(section,
	    &(struct challenges_settings){ settings.challenge,
		settings.anonymous, rules->manual, settings.visible_challenge },
	    &rules->challenges, problems);
}

void
enrol_rules_clear(struct enrol_rules *rules)
{
	challenges_free(rules->challenges);
	*rules = (struct enrol_rules){ 0 };
}
