/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_SCEP_HOOKS_H
#define SCEPD_SCEP_HOOKS_H

#include "backends/hook.h"

/*
 * The programs of an endpoint (scepd-hooks(7)): those that decide about what is
 * held, a first request or a renewal, and the one that is told of a certificate
 * before its device gets it.
 *     enrol = { approval = "hook"; hook = { command = ( "/..." ); }; };
 *     renew = { approval = "hook"; hook = { command = ( "/..." ); }; };
 *     issued = { command = ( "/..." ); tries = 100; };
 */
struct hooks {
	struct hook *enrol; /* NULL, each of them: there is none */
	struct hook *renew;
	struct hook *issued;
	int64_t issued_tries; /* so often it is told in vain before the
	                       * certificate is revoked */
	bool enrol_decides;   /* enrol's also about renewals that are held, as
	                       * nothing in `renew` says who does */
};

/* What describes them; NULL: not there. */
struct hooks_sections {
	const struct conf_section *enrol;
	const struct conf_section *renew;
	const struct conf_section *issued;
	bool renew_is_manual; /* renewals wait for an operator */
};

/* Reads them; to be cleared by hooks_clear in any case.  ERR_CONFIGURATION with
 * all findings in `problems`. */
CHECKED enum err hooks_read(const struct hooks_sections *sections,
    struct hooks *hooks, struct problems *problems);

void hooks_clear(struct hooks *hooks);

/* Who decides about what is held, or NULL. */
const struct hook *hooks_decider(const struct hooks *hooks, bool is_renewal);

#endif
