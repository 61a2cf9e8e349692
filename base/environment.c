/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/environment.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"

static bool
is_name(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz_"
				      "0123456789";

	return name[0] != '\0' && !(name[0] >= '0' && name[0] <= '9') &&
	    name[strspn(name, letters)] == '\0';
}

static bool
is_value(const struct environment_variable *variable)
{
	const char *forbidden = variable->is_list ? "\r" : "\r\n";

	/* The NUL at the end of the string is looked for as well. */
	for (size_t i = 0; i <= strlen(forbidden); i++)
		if (variable->value.size > 0 &&
		    memchr(variable->value.data, forbidden[i],
			variable->value.size) != NULL)
			return false;
	return true;
}

static char *
string_of(const struct environment_variable *variable)
{
	struct buf string = { 0 };
	char *copy;

	buf_append_string(&string, variable->name);
	buf_append_octet(&string, '=');
	buf_append(&string, variable->value);
	copy = xstrdup(buf_string(&string));
	buf_clear(&string);
	return copy;
}

enum err
environment_new(const struct environment_variable *variables, size_t count,
    char ***environment)
{
	char **made;

	for (size_t i = 0; i < count; i++)
		if (!is_name(variables[i].name) || !is_value(&variables[i]))
			return ERR_COMMAND_VALUE;
	made = xcalloc(count + 1, sizeof(*made));
	for (size_t i = 0; i < count; i++)
		made[i] = string_of(&variables[i]);
	*environment = made;
	return ERR_OK;
}

void
environment_free(char **environment)
{
	if (environment == NULL)
		return;
	for (char **at = environment; *at != NULL; at++) {
		bytes_wipe(*at, strlen(*at));
		free(*at);
	}
	free(environment);
}

const char *
environment_value(char *const *environment, const char *name)
{
	size_t length = strlen(name);

	for (; *environment != NULL; environment++)
		if (bytes_begin_with(bytes_of_string(*environment), name) &&
		    (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}
