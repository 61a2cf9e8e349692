/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backends/openssl_index_row.h"

#include "base/pem.h"
#include "crypto/certificate.h"
#include "tests/unit/backends_openssl_index.h"

/* The part of `text` up to `end`, which *text is moved behind. */
static struct bytes
next_part(struct bytes *text, char end)
{
	const uint8_t *at = memchr(text->data, end, text->size);
	struct bytes part = *text;

	assert_non_null(at);
	part.size = (size_t)(at - text->data);
	*text = bytes_from(*text, part.size + 1);
	return part;
}

static struct certificate *
next_certificate(struct bytes *pem)
{
	struct certificate *certificate = NULL;
	struct buf der = { 0 };

	assert_int_equal(pem_next(pem, "CERTIFICATE", &der), ERR_OK);
	assert_int_equal(certificate_read(buf_bytes(&der), &certificate),
	    ERR_OK);
	buf_clear(&der);
	return certificate;
}

static struct openssl_index_entry
entry_for(const struct certificate *certificate,
    const struct openssl_index_row *row)
{
	struct openssl_index_entry entry = {
		.serial = certificate->serial,
		.subject = certificate->subject,
		.not_after = certificate->not_after,
	};

	if (row->type == 'R')
		assert_int_equal(openssl_index_revocation_read(row->revocation,
				     &entry.revoked_at, &entry.reason),
		    ERR_OK);
	return entry;
}

/* Whether OpenSSL says more of a revocation than we do: "unspecified" or an
 * argument. */
static bool
says_more(struct bytes revocation)
{
	struct bytes reason = bytes_from(revocation, 14);

	return bytes_equal_string(reason, "unspecified") ||
	    (reason.size > 0 && memchr(reason.data, ',', reason.size) != NULL);
}

/* Every row of a recorded index is made again of its certificate. */
static size_t
compare_index(const char *name)
{
	struct buf index = vector(name);
	struct buf pem = vector("openssl-index/certificates.pem");
	struct bytes lines = buf_bytes(&index), left = buf_bytes(&pem);
	size_t compared = 0;

	while (lines.size > 0) {
		struct bytes line = next_part(&lines, '\n');
		struct certificate *certificate = next_certificate(&left);
		struct openssl_index_row row;
		struct openssl_index_entry entry;
		struct buf made = { 0 };

		assert_int_equal(openssl_index_row_read(line, &row), ERR_OK);
		entry = entry_for(certificate, &row);
		assert_int_equal(openssl_index_row_append(&made, &entry),
		    ERR_OK);
		if (row.type != 'E' && !says_more(row.revocation)) {
			line.size++;
			assert_same_bytes(buf_bytes(&made), line);
			compared++;
		}
		buf_clear(&made);
		certificate_free(certificate);
	}
	buf_clear(&index);
	buf_clear(&pem);
	return compared;
}

static void
rows_are_those_that_openssl_writes(void **state)
{
	(void)state;
	assert_int_equal(compare_index("openssl-index/issued.txt"), 20);
	assert_int_equal(compare_index("openssl-index/index.txt"), 16);
}

static void
a_line_is_read_field_by_field(void **state)
{
	struct openssl_index_row row;

	(void)state;
	assert_int_equal(
	    openssl_index_row_read(
		BYTES_LITERAL("R\t1Z\t2Z,superseded\t0A\ta\\\tb\t/CN=x\\"),
		&row),
	    ERR_OK);
	assert_int_equal(row.type, 'R');
	assert_bytes(row.expires, "1Z");
	assert_bytes(row.revocation, "2Z,superseded");
	assert_bytes(row.serial, "0A");
	assert_bytes(row.file, "a\\\tb");
	assert_bytes(row.subject, "/CN=x\\");
	assert_int_equal(openssl_index_row_read(BYTES_LITERAL("\t\t\t\t\t"),
			     &row),
	    ERR_OK);
	assert_int_equal(row.type, 0);
	assert_int_equal(row.subject.size, 0);
}

static void
a_line_without_six_fields_is_damaged(void **state)
{
	static const struct bytes rows[] = {
		BYTES_LITERAL(""),
		BYTES_LITERAL("V"),
		BYTES_LITERAL("V\t1Z\t\t0A\tunknown"),
		BYTES_LITERAL("V\t1Z\t\t0A\tunknown\\\t/CN=x"),
		BYTES_LITERAL("V\t1Z\t\t0A\tunknown\t/CN=x\t"),
		BYTES_LITERAL("V\t1Z\t\t0A\tunknown\t/CN=x\0"),
		BYTES_LITERAL("V\0\t1Z\t\t0A\tunknown\t/CN=x"),
	};
	struct openssl_index_row row;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(openssl_index_row_read(rows[i], &row),
		    ERR_INDEX_DAMAGED);
}

static void
serial_numbers_are_octets_without_zeros_before(void **state)
{
	static const struct {
		const char *text;
		struct bytes octets;
	} rows[] = {
		{ "00", BYTES_LITERAL("\0") },
		{ "0000", BYTES_LITERAL("\0") },
		{ "01", BYTES_LITERAL("\x01") },
		{ "0001", BYTES_LITERAL("\x01") },
		{ "80", BYTES_LITERAL("\x80") },
		{ "0080", BYTES_LITERAL("\x80") },
		{ "aBcD", BYTES_LITERAL("\xab\xcd") },
		{ "-80", BYTES_LITERAL("\0\x80") },
		{ "", BYTES_LITERAL("") },
		{ "-", BYTES_LITERAL("") },
		{ "1", BYTES_LITERAL("") },
		{ "123", BYTES_LITERAL("") },
		{ "0G", BYTES_LITERAL("") },
		{ "--80", BYTES_LITERAL("") },
		{ "12 ", BYTES_LITERAL("") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf serial = { 0 };

		assert_err(openssl_index_serial_read(
			       bytes_of_string(rows[i].text), &serial),
		    rows[i].octets.size > 0 ? ERR_OK : ERR_INDEX_DAMAGED,
		    rows[i].text);
		assert_same_bytes(buf_bytes(&serial), rows[i].octets);
		buf_clear(&serial);
	}
}

static void
dates_are_read_and_written_with_two_or_four_digits(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
		bool again; /* it is written like that */
	} rows[] = {
		{ "700101000000Z", 0, true },
		{ "20261124123456Z", 1795523696, false },
		{ "261124123456Z", 1795523696, true },
		{ "491231235959Z", 2524607999, true },
		{ "20500101000000Z", 2524608000, true },
		{ "99991231235959Z", 253402300799, true },
		{ "500101000000Z", 0, false },
		{ "280229000000Z", 1835395200, true },
		{ "", -1, false },
		{ "Z", -1, false },
		{ "261124123456", -1, false },
		{ "261124123456X", -1, false },
		{ "2611241234Z", -1, false },
		{ "261324123456Z", -1, false },
		{ "260024123456Z", -1, false },
		{ "261100123456Z", -1, false },
		{ "261131123456Z", -1, false },
		{ "270229000000Z", -1, false },
		{ "261124243456Z", -1, false },
		{ "261124126056Z", -1, false },
		{ "261124123460Z", -1, false },
		{ "2611241234-6Z", -1, false },
		{ "2026112412345Z", -1, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t seconds = -1;
		struct buf made = { 0 };

		assert_err(openssl_index_date_read(
			       bytes_of_string(rows[i].text), &seconds),
		    rows[i].seconds < 0 ? ERR_INDEX_DAMAGED : ERR_OK,
		    rows[i].text);
		assert_int_equal(seconds, rows[i].seconds);
		if (rows[i].again) {
			openssl_index_date_append(&made, seconds);
			assert_string_equal(buf_string(&made), rows[i].text);
		}
		buf_clear(&made);
	}
}

static void
revocations_are_read_with_their_reasons(void **state)
{
#define DATE "261124123456Z"
	static const struct {
		const char *text;
		int reason; /* -1: damaged */
	} rows[] = {
		{ DATE, 0 },
		{ DATE ",unspecified", 0 },
		{ DATE ",keyCompromise", 1 },
		{ DATE ",keycompromise", 1 },
		{ DATE ",CACompromise", 2 },
		{ DATE ",affiliationChanged", 3 },
		{ DATE ",superseded", 4 },
		{ DATE ",cessationOfOperation", 5 },
		{ DATE ",certificateHold", 6 },
		{ DATE ",removeFromCRL", 8 },
		{ DATE ",holdInstruction,holdInstructionReject", 6 },
		{ DATE ",keyTime,20260102030405Z", 1 },
		{ DATE ",CAkeyTime,20260102030405Z", 2 },
		{ "", -1 },
		{ ",keyCompromise", -1 },
		{ DATE ",privilegeWithdrawn", -1 },
		{ DATE ",holdInstruction", -1 },
		{ DATE " ,superseded", -1 },
		{ "20261124123456Z", -1 },
		{ "261324123456Z", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t at = 7;
		int reason = -1;

		assert_err(openssl_index_revocation_read(
			       bytes_of_string(rows[i].text), &at, &reason),
		    rows[i].reason < 0 ? ERR_INDEX_DAMAGED : ERR_OK,
		    rows[i].text);
		assert_int_equal(reason, rows[i].reason);
		assert_int_equal(at, reason < 0 ? 7 : 1795523696);
	}
}

static void
revoked_rows_have_the_reasons_that_openssl_knows(void **state)
{
	static const struct {
		int64_t revoked_at;
		int reason;
		const char *field;
	} rows[] = {
		{ 1795523696, 0, "261124123456Z" },
		{ 1795523696, 1, "261124123456Z,keyCompromise" },
		{ 1795523696, 6, "261124123456Z,certificateHold" },
		{ 1795523696, 7, "261124123456Z" },
		{ 1795523696, 9, "261124123456Z" },
		{ 1795523696, 10, "261124123456Z" },
		{ 2524608000, 4, "491231235959Z,superseded" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct openssl_index_entry entry = entry_of("\x0a", 'x');
		struct buf made = { 0 }, expected = { 0 };

		entry.revoked_at = rows[i].revoked_at;
		entry.reason = rows[i].reason;
		buf_printf(&expected, "R\t%s\t%s\t0A\tunknown\t/CN=x\n",
		    EXPIRES_TEXT, rows[i].field);
		assert_int_equal(openssl_index_row_append(&made, &entry),
		    ERR_OK);
		assert_string_equal(buf_string(&made), buf_string(&expected));
		buf_clear(&made);
		buf_clear(&expected);
	}
}

static void
a_malformed_subject_makes_no_row(void **state)
{
	static const char *const names[] = { "", "31{}", "30{ 30{} }",
		"30{ 31{} }", "30{ 31{ 30{ 06{550403} } } }", "30{} 00",
		"30{ 31{ 30{ 06{} 0c{'x'} } } }",
		"30{ 31{ 30{ 06{550403} 0c{'x'} 0500 } } }" };
	struct buf made = { 0 };

	(void)state;
	buf_append_string(&made, "kept");
	for (size_t i = 0; i < COUNT(names); i++) {
		struct openssl_index_entry entry = entry_of("\x0a", 'x');
		struct buf name = asn1(names[i]);

		entry.subject = buf_bytes(&name);
		assert_err(openssl_index_row_append(&made, &entry),
		    ERR_CERTIFICATE_MALFORMED, names[i]);
		assert_bytes(buf_bytes(&made), "kept");
		buf_clear(&name);
	}
	buf_clear(&made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_those_that_openssl_writes),
		cmocka_unit_test(a_line_is_read_field_by_field),
		cmocka_unit_test(a_line_without_six_fields_is_damaged),
		cmocka_unit_test(
		    serial_numbers_are_octets_without_zeros_before),
		cmocka_unit_test(
		    dates_are_read_and_written_with_two_or_four_digits),
		cmocka_unit_test(revocations_are_read_with_their_reasons),
		cmocka_unit_test(
		    revoked_rows_have_the_reasons_that_openssl_knows),
		cmocka_unit_test(a_malformed_subject_makes_no_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
