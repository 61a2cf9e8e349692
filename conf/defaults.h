/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_CONF_DEFAULTS_H
#define SCEPD_CONF_DEFAULTS_H

/*
 * What several programs take for granted where nobody says otherwise: the
 * places that configure was told, and the users that a Debian package would
 * make.
 */

/* Without a build by automake. */
#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif
#ifndef LOCALSTATEDIR
#define LOCALSTATEDIR "/var"
#endif

#define DEFAULT_CONFIG SYSCONFDIR "/scepd/scepd.conf"
#define DEFAULT_STATE LOCALSTATEDIR "/lib/scepd/state.db"
#define DEFAULT_USER "scepd"
#define DEFAULT_KEY_USER "scepd-key"

/* The configuration: `named` by an option, or NULL; else by $SCEPD_CONFIG, for
 * those who can't give options, such as web servers; else the usual one. */
const char *defaults_config(const char *named);

#endif
