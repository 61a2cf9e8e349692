/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_BASE_USER_H
#define SCEPD_BASE_USER_H

/* The name of the user that this process runs as, or its number where that has
 * no name, as commands take it; the caller's, to free. */
char *user_name(void);

#endif
