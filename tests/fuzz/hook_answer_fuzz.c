/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/hook_answer.h"

#include <assert.h>

#include "base/pem.h"
#include "crypto/certificate.h"
#include "tests/fuzz/fuzz.h"

/* What a command prints: the first octet is how it has ended, the rest its
 * stdout. */

static bool
is_plain(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < ' ' || text.data[i] > '~')
			return false;
	return true;
}

/* As scep/ask.c reads it. */
static void
read_certificate(struct bytes output)
{
	struct certificate *certificate = NULL;
	struct buf der = { 0 };

	if (pem_next(&output, "CERTIFICATE", &der) == ERR_OK &&
	    certificate_read(buf_bytes(&der), &certificate) == ERR_OK)
		certificate_free(certificate);
	buf_clear(&der);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct command_result result = { 0 };
	struct hook_answer answer;

	if (size == 0)
		return 0;
	result.ending = (enum command_ending)(data[0] / 16 % COMMAND_ENDINGS);
	result.number = data[0] % 16;
	buf_append(&result.output, bytes_of(data + 1, size - 1));
	hook_answer_read(&result, &answer);
	assert(answer.verdict == HOOK_TROUBLE ||
	    result.ending == COMMAND_EXITED);
	assert(answer.cookie.size <= HOOK_COOKIE_LIMIT &&
	    is_plain(answer.cookie));
	assert(answer.wait >= 0 && answer.wait <= HOOK_WAIT_LIMIT);
	assert(is_plain(buf_bytes(&answer.reason)));
	assert(answer.verdict == HOOK_PENDING ||
	    (answer.cookie.size == 0 && answer.wait == 0));
	if (answer.verdict == HOOK_DONE)
		read_certificate(answer.output);
	hook_answer_clear(&answer);
	command_result_clear(&result);
	return 0;
}
