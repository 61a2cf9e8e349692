/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/conf_place.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

void
conf_place_report(struct conf_place place, enum problem_level level,
    struct problems *problems, const char *format, va_list arguments)
{
	char *text = xvasprintf(format, arguments);

	problem_add(problems, level, "%s:%u: %s", place.file->path, place.line,
	    text);
	free(text);
}

void
conf_place_error(struct conf_place place, struct problems *problems,
    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	conf_place_report(place, PROBLEM_ERROR, problems, format, arguments);
	va_end(arguments);
}

/* file_read speaks of the file alone; here its finding is taken over, without
 * its level, behind the place of the setting that names the file. */
enum err
conf_place_read_file(struct conf_place place, const char *path,
    enum file_kind kind, struct buf *contents, struct problems *problems)
{
	static const char level[] = "error: ";
	struct problems *found = problems_new();
	enum err err = file_read(path, kind, CONF_FILE_LIMIT, contents, found);

	if (err != ERR_OK) {
		const char *text = problems_text(found) + strlen(level);

		conf_place_error(place, problems, "%.*s",
		    (int)strcspn(text, "\n"), text);
	}
	problems_free(found);
	return err;
}
