/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scep/hooks.h"

#include "base/count.h"

/* The section `issued` as it is written. */
struct settings {
	struct hook_settings hook;
	int64_t tries;
};

static const struct conf_key keys[] = {
	HOOK_COMMAND_KEYS(struct settings, hook),
	HOOK_MODE_KEY(struct settings, hook),
	{ .name = "tries",
	    .type = CONF_INTEGER,
	    .minimum = 1,
	    .maximum = 1000,
	    .offset = offsetof(struct settings, tries) },
	{ 0 },
};

static enum err
read_issued(const struct conf_section *section, struct hooks *hooks,
    struct problems *problems)
{
	struct settings settings = { HOOK_SETTINGS_DEFAULT, .tries = 100 };
	enum err err;

	if (section == NULL)
		return ERR_OK;
	err = conf_read(section, keys, &settings, problems);
	if (err != ERR_OK)
		return err;
	hooks->issued_tries = settings.tries;
	return hook_new(section, &settings.hook, &hooks->issued, problems);
}

static enum err
read_decider(const struct conf_section *section, struct hook **hook,
    struct problems *problems)
{
	return section == NULL ? ERR_OK : hook_read(section, hook, problems);
}

enum err
hooks_read(const struct hooks_sections *sections, struct hooks *hooks,
    struct problems *problems)
{
	enum err errs[] = {
		read_decider(sections->enrol, &hooks->enrol, problems),
		read_decider(sections->renew, &hooks->renew, problems),
		read_issued(sections->issued, hooks, problems),
	};

	hooks->enrol_decides = sections->renew == NULL &&
	    !sections->renew_is_manual;
	return err_first(errs, COUNT(errs));
}

void
hooks_clear(struct hooks *hooks)
{
	hook_free(hooks->enrol);
	hook_free(hooks->renew);
	hook_free(hooks->issued);
	*hooks = (struct hooks){ 0 };
}

const struct hook *
hooks_decider(const struct hooks *hooks, bool is_renewal)
{
	return is_renewal && !hooks->enrol_decides ? hooks->renew :
						     hooks->enrol;
}
