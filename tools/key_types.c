/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/key_types.h"

#include "base/count.h"

static const struct {
	const char *name;
	struct key_spec spec;
} types[] = {
	{ "rsa-2048", { .rsa = true, .bits = 2048 } },
	{ "rsa-3072", { .rsa = true, .bits = 3072 } },
	{ "rsa-4096", { .rsa = true, .bits = 4096 } },
	{ "secp256r1", { .curve = "secp256r1" } },
	{ "secp384r1", { .curve = "secp384r1" } },
};

const struct key_spec *
key_type_find(const char *name)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (bytes_equal_string(bytes_of_string(name), types[i].name))
			return &types[i].spec;
	return NULL;
}
