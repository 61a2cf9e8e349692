/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/client_caps.h"

#include "base/count.h"
#include "tools/shown.h"

#define MAX_WORD 128

static bool
is_blank(uint8_t character)
{
	return character == '\n' || character == '\r' || character == ' ' ||
	    character == '\t';
}

/* The next word, and `text` is what follows it; nothing at the end.  Lines end
 * in LF or CR LF, and some servers write blanks. */
static struct bytes
next_word(struct bytes *text)
{
	size_t start = 0, end;
	struct bytes word;

	while (start < text->size && is_blank(text->data[start]))
		start++;
	end = start;
	while (end < text->size && !is_blank(text->data[end]))
		end++;
	word = bytes_from(*text, start);
	word.size = end - start;
	*text = bytes_from(*text, end);
	if (word.size > MAX_WORD)
		word.size = MAX_WORD;
	return word;
}

static bool
is_word(struct bytes word, const char *capability)
{
	return capability != NULL &&
	    bytes_equal_string_nocase(word, capability);
}

/* RFC 8894 section 3.5.2: SCEPStandard stands for AES, SHA-256 and POST. */
static void
note_standard(struct client_caps *caps)
{
	caps->algorithms.digests |= 1u << DIGEST_SHA256;
	caps->algorithms.ciphers |= 1u << CIPHER_AES128_CBC;
	caps->post = true;
}

static void
note(struct client_caps *caps, struct bytes word)
{
	for (unsigned i = 0; i < DIGEST_COUNT; i++)
		if (is_word(word, digest_facts((enum digest)i)->capability))
			caps->algorithms.digests |= 1u << i;
	for (unsigned i = 0; i < CIPHER_COUNT; i++)
		if (is_word(word, cipher_facts((enum cipher)i)->capability))
			caps->algorithms.ciphers |= 1u << i;
	if (is_word(word, "SCEPStandard"))
		note_standard(caps);
	caps->post = caps->post || is_word(word, "POSTPKIOperation");
	caps->renewal = caps->renewal || is_word(word, "Renewal");
	caps->next_ca = caps->next_ca || is_word(word, "GetNextCACert");
}

void
client_caps_read(struct bytes text, struct client_caps *caps)
{
	struct bytes word;

	for (size_t i = 0; i < CLIENT_CAPS_MAX_WORDS; i++) {
		word = next_word(&text);
		if (word.size == 0)
			return;
		note(caps, word);
		shown_append_text(&caps->words, word);
		buf_append_octet(&caps->words, '\n');
	}
}

void
client_caps_clear(struct client_caps *caps)
{
	buf_clear(&caps->words);
}

/* The best first.  SHA-256 is before the longer ones because everybody who has
 * those has it too, and not everybody who announces them means it. */
static const enum digest digests[] = { DIGEST_SHA256, DIGEST_SHA512,
	DIGEST_SHA384 };

static enum digest
choose_digest(struct algorithms announced, struct problems *problems)
{
	for (size_t i = 0; i < COUNT(digests); i++)
		if (algorithms_have_digest(announced, digests[i]))
			return digests[i];
	problem_add(problems, PROBLEM_WARNING,
	    "the server does not announce SHA-256, so messages are signed with "
	    "SHA-1; --digest chooses another");
	return DIGEST_SHA1;
}

static enum cipher
choose_cipher(struct algorithms announced, struct problems *problems)
{
	if (algorithms_have_cipher(announced, CIPHER_AES128_CBC))
		return CIPHER_AES128_CBC;
	problem_add(problems, PROBLEM_WARNING,
	    "the server does not announce AES, so messages are encrypted with "
	    "3DES; --cipher chooses another");
	return CIPHER_3DES_CBC;
}

static enum err
complain(const char *option, const char *value, const char *choices,
    struct problems *problems)
{
	problem_add(problems, PROBLEM_ERROR,
	    "--%s \"%s\": is unknown; choose %s", option, value, choices);
	return ERR_CONFIGURATION;
}

/* By the names that the configuration has for them. */
static enum err
read_digest(const char *name, enum digest *digest, struct problems *problems)
{
	for (unsigned i = 0; i < DIGEST_COUNT; i++)
		if (bytes_equal_string(bytes_of_string(name),
			digest_facts((enum digest)i)->name)) {
			*digest = (enum digest)i;
			return ERR_OK;
		}
	return complain("digest", name,
	    "sha-256, sha-384, sha-512, sha-224, sha-1 or md5", problems);
}

static enum err
read_cipher(const char *name, enum cipher *cipher, struct problems *problems)
{
	for (unsigned i = 0; i < CIPHER_COUNT; i++)
		if (bytes_equal_string(bytes_of_string(name),
			cipher_facts((enum cipher)i)->name)) {
			*cipher = (enum cipher)i;
			return ERR_OK;
		}
	return complain("cipher", name,
	    "aes-128, aes-192, aes-256, 3des or des", problems);
}

static enum err
read_method(const char *name, bool *post, struct problems *problems)
{
	*post = bytes_equal_string(bytes_of_string(name), "post");
	if (*post || bytes_equal_string(bytes_of_string(name), "get"))
		return ERR_OK;
	return complain("method", name, "post or get", problems);
}

enum err
client_caps_choose(const struct client_caps *caps,
    const struct client_caps_wishes *wishes, struct client_choice *choice,
    struct problems *problems)
{
	struct client_choice made = { .post = caps->post };
	enum err errs[3] = { ERR_OK, ERR_OK, ERR_OK };
	enum err err;

	if (wishes->digest != NULL)
		errs[0] = read_digest(wishes->digest, &made.digest, problems);
	else
		made.digest = choose_digest(caps->algorithms, problems);
	if (wishes->cipher != NULL)
		errs[1] = read_cipher(wishes->cipher, &made.cipher, problems);
	else
		made.cipher = choose_cipher(caps->algorithms, problems);
	if (wishes->method != NULL)
		errs[2] = read_method(wishes->method, &made.post, problems);
	made.takes_des = made.cipher == CIPHER_DES_CBC;
	made.takes_md5 = made.digest == DIGEST_MD5;
	err = err_first(errs, COUNT(errs));
	if (err == ERR_OK)
		*choice = made;
	return err;
}
