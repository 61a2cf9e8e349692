/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

/*
 * Stands in for libFuzzer: gives each file named on the command line to the
 * target, once, and names it first, so that the last name is the culprit's.
 */
static void
replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t size = 0, capacity = 0, got;

	if (file == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	do {
		capacity += 65536;
		data = realloc(data, capacity);
		if (data == NULL)
			abort();
		got = fread(data + size, 1, capacity - size, file);
		size += got;
	} while (got > 0);
	fclose(file);
	/* Exactly as large as the input: what reads past it is seen. */
	data = realloc(data, size > 0 ? size : 1);
	if (data == NULL)
		abort();
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		printf("# %s\n", argv[i]);
		fflush(stdout);
		replay(argv[i]);
	}
	return EXIT_SUCCESS;
}
