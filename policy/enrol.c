/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "policy/enrol.h"

#include "policy/approval.h"

/* The section as it is written. */
struct settings {
	struct conf_sections challenge;
	struct conf_sections on_behalf;
	bool anonymous;
	bool visible_challenge;
	int64_t approval;
	int64_t max_held;
	int64_t max_active;
	int64_t duplicates;
	const struct conf_section *hook;
};

#define SETTING(field) \
	.name = #field, .offset = offsetof(struct settings, field)

static const struct conf_key keys[] = {
	{ SETTING(challenge), .type = CONF_SECTIONS },
	{ SETTING(on_behalf), .type = CONF_SECTIONS },
	{ SETTING(anonymous), .type = CONF_BOOLEAN },
	{ SETTING(visible_challenge), .type = CONF_BOOLEAN },
	{ SETTING(approval), .type = CONF_CHOICE, .choices = approval_words },
	{ SETTING(max_held), .type = CONF_INTEGER, .maximum = 1000000 },
	{ SETTING(max_active), .type = CONF_INTEGER,
	    .maximum = DUPLICATES_MAX_ACTIVE },
	{ SETTING(duplicates), .type = CONF_CHOICE,
	    .choices = duplicates_words },
	{ SETTING(hook), .type = CONF_SECTION },
	{ 0 },
};

/* A thousand is more than anybody looks at; a stranger who may ask at all
 * should not be able to fill the disk. */
enum err
enrol_rules_read(const struct conf_section *section, struct enrol_rules *rules,
    struct problems *problems)
{
	struct settings settings = { .max_held = 1000, .duplicates = -1 };
	enum err err = conf_read(section, keys, &settings, problems);

	if (err != ERR_OK)
		return err;
	err = approval_check(section, settings.approval, settings.hook,
	    problems);
	if (err == ERR_OK)
		err = duplicate_rules_set(section, settings.max_active,
		    settings.duplicates, &rules->duplicates, problems);
	if (err == ERR_OK)
		err = on_behalf_read(&settings.on_behalf, &rules->on_behalf,
		    problems);
	if (err != ERR_OK)
		return err;
	rules->on_behalf_only = settings.on_behalf.count > 0 &&
	    settings.challenge.count == 0 && !settings.anonymous;
	rules->manual = settings.approval != APPROVAL_AUTOMATIC;
	rules->hook = settings.hook;
	rules->max_held = settings.max_held;
	return challenges_read(section,
	    &(struct challenges_settings){ settings.challenge,
		settings.anonymous, rules->manual, settings.visible_challenge,
		rules->on_behalf_only },
	    &rules->challenges, problems);
}

void
enrol_rules_clear(struct enrol_rules *rules)
{
	challenges_free(rules->challenges);
	on_behalf_free(rules->on_behalf);
	*rules = (struct enrol_rules){ 0 };
}
