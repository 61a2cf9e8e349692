/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/landlock.h"

#include <errno.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/count.h"

/* Headers may be older than the kernel that is run on. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_TCP
#define LANDLOCK_ACCESS_NET_BIND_TCP (1ULL << 0)
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ULL << 1)
#endif
#ifndef LANDLOCK_SCOPE_SIGNAL
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define LANDLOCK_SCOPE_SIGNAL (1ULL << 1)
#endif

/* All that version 1 knows: 13 rights without a gap. */
#define FIRST_FILE_RIGHTS ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

/*
 * What is taken away: struct landlock_ruleset_attr, as long as it is today.
 * An older kernel takes it too, if what it doesn't know is zero.
 */
struct rights {
	uint64_t files;
	uint64_t network;
	uint64_t scoped;
};

static const struct step {
	int version;
	struct rights rights;
} steps[] = {
	{ 1, { .files = FIRST_FILE_RIGHTS } },
	{ 2, { .files = LANDLOCK_ACCESS_FS_REFER } },
	{ 3, { .files = LANDLOCK_ACCESS_FS_TRUNCATE } },
	{ 4,
	    { .network = LANDLOCK_ACCESS_NET_BIND_TCP |
		    LANDLOCK_ACCESS_NET_CONNECT_TCP } },
	{ 5, { .files = LANDLOCK_ACCESS_FS_IOCTL_DEV } },
	{ 6,
	    { .scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET |
		    LANDLOCK_SCOPE_SIGNAL } },
};

int
landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return version > 0 ? (int)version : 0;
}

static struct rights
rights_of(int version)
{
	struct rights rights = { 0 };

	for (size_t i = 0; i < COUNT(steps); i++) {
		if (steps[i].version > version)
			break;
		rights.files |= steps[i].rights.files;
		rights.network |= steps[i].rights.network;
		rights.scoped |= steps[i].rights.scoped;
	}
	return rights;
}

/* A set of rules that handles a right and has no rule allows it nowhere. */
bool
landlock_give_up(int version)
{
	const struct rights rights = rights_of(version);
	int rules = (int)syscall(SYS_landlock_create_ruleset, &rights,
	    sizeof(rights), 0);
	long result;
	int cause;

	if (rules < 0)
		return false;
	result = syscall(SYS_landlock_restrict_self, rules, 0);
	cause = errno;
	close(rules);
	errno = cause;
	return result == 0;
}
