/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store_sqlite_internal.h"

/* The numbers that stand for states below. */
_Static_assert(TRANSACTION_HELD == 0 && TRANSACTION_APPROVED == 1 &&
	TRANSACTION_SIGNING == 2 && TRANSACTION_ISSUED == 3 &&
	TRANSACTION_REJECTED == 4 && TRANSACTION_LAPSED == 5 &&
	TRANSACTION_SUBMITTED == 6 && TRANSACTION_WITHHELD == 7,
    "states are kept as these numbers");
_Static_assert(NOTIFICATION_ISSUED == 0 && NOTIFICATION_REFUSED == 1 &&
	NOTIFICATION_HELD == 2 && NOTIFICATION_REVOKED == 3 &&
	NOTIFICATION_EXPIRING == 4,
    "and events, here and in triggers");

/* What whoever has approved it says, or else the order. */
#define PROFILE "CASE profile WHEN '' THEN chosen ELSE profile END"

/* What a transaction is read from, in the order of read_transaction. */
#define TRANSACTION \
	"SELECT t.number, t.state, t.created_at, t.changed_at, t.endpoint, " \
	"t.transaction_id, t.signer_key, t.request_hash, t.request, " \
	"t.subject, t.peer, " \
	"CASE t.profile WHEN '' THEN t.chosen ELSE t.profile END, " \
	"t.reason, t.fail_info, t.tbs, " \
	"c.der, c.revoked_at, " \
	"s.csr, s.authority, s.cookie, s.tried_at, s.due_at, s.tries, " \
	"s.replaces_authority, s.replaces_serial, s.supersedes " \
	"FROM transactions t LEFT JOIN certificates c ON c.id = t.certificate " \
	"LEFT JOIN submissions s ON s.number = t.number "

/* Those of one state, which the index has in the order of their numbers; a
 * state that is not asked for costs nothing. */
#define OF_STATE(state) \
	"SELECT number FROM transactions WHERE state = " #state \
	" AND (?1 >> " #state ") & 1 AND number > ?2 " \
	"AND (?3 IS NULL OR endpoint = ?3) "
#define OR_STATE(state) "UNION ALL " OF_STATE(state)
#define OF_ANY_STATE \
	OF_STATE(0) \
	OR_STATE(1) \
	OR_STATE(2) OR_STATE(3) OR_STATE(4) OR_STATE(5) OR_STATE(6) OR_STATE(7)

/* What a certificate is read from, in the order of read_certificate. */
#define CERTIFICATE \
	"SELECT id, authority, serial, subject, key, not_before, not_after, " \
	"der, revoked_at, reason, request, endpoint, profile " \
	"FROM certificates "

/* A unary plus keeps an index from being used for that term. */
#define CERTIFICATE_LIST(by) \
	CERTIFICATE \
	"WHERE " by " AND id > ?1 " \
	"AND (?3 IS NULL OR +authority = ?3) AND (?4 IS NULL OR +key = ?4) " \
	"AND (?5 IS NULL OR +subject = ?5) " \
	"AND (NOT ?6 OR +revoked_at <> 0) " \
	"AND (not_after >= ?7 OR not_after = 0) ORDER BY id LIMIT ?2"

/* What an alarm is read from, in the order of read_alarm. */
#define ALARM \
	"SELECT number, subject, kind, detail, text, since, seen FROM alarms "

/* What a notification is read from, in the order of read_notification. */
#define NOTIFICATION \
	"SELECT n.number, n.event, n.happened_at, n.tries, n.due_at, " \
	"n.request, n.endpoint, n.transaction_id, n.peer, n.subject, " \
	"n.reason, c.serial, c.der, c.reason FROM notifications n " \
	"LEFT JOIN certificates c ON c.id = n.certificate "

/* What a challenge is read from, in the order of read_challenge. */
#define CHALLENGE \
	"SELECT number, minted, hash, endpoint, subject, names, profile, " \
	"uses, allowed, created_at, expires_at FROM challenges "

const char *const store_sqlite_statements[STATEMENT_COUNT] = {
	[STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
	[STATEMENT_COMMIT] = "COMMIT",
	[STATEMENT_ROLLBACK] = "ROLLBACK",

	[STATEMENT_TRANSACTION_FIND] = TRANSACTION
	"WHERE t.endpoint = ? AND t.transaction_id = ? "
	"AND t.signer_key = ? ORDER BY t.number DESC LIMIT 1",
	[STATEMENT_TRANSACTION_GET] = TRANSACTION "WHERE t.number = ?",
	[STATEMENT_TRANSACTION_LIST] = TRANSACTION
	"WHERE t.number IN (SELECT number FROM (" OF_ANY_STATE
	"ORDER BY number LIMIT ?4)) ORDER BY t.number",
	[STATEMENT_TRANSACTION_ADD] =
	    "INSERT INTO transactions (state, created_at, changed_at, "
	    "endpoint, transaction_id, signer_key, request_hash, request, "
	    "subject, peer, reason, tbs, certificate, chosen) "
	    "VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, '', ?10, ?11, "
	    "?12)",
	[STATEMENT_TRANSACTION_SIGN] =
	    "UPDATE transactions SET state = 2, changed_at = ?2, tbs = ?3, "
	    "certificate = ?4 WHERE number = ?1",
	[STATEMENT_TRANSACTION_ISSUE] =
	    "UPDATE transactions SET state = 3, changed_at = ?2, tbs = x'' "
	    "WHERE number = ?1",
	[STATEMENT_TRANSACTION_SUBMIT] =
	    "UPDATE transactions SET state = 6, changed_at = ?2 "
	    "WHERE number = ?1",
	[STATEMENT_TRANSACTION_WITHHOLD] =
	    "UPDATE transactions SET state = 7, changed_at = ?2, tbs = x'', "
	    "certificate = ?3 WHERE number = ?1",
	[STATEMENT_TRANSACTION_CERTIFICATE] =
	    "SELECT certificate FROM transactions WHERE number = ?",
	[STATEMENT_TRANSACTION_DECIDE] =
	    "UPDATE transactions SET state = ?2, changed_at = ?3, "
	    "profile = ?4, reason = ?5, fail_info = ?6 WHERE number = ?1",
	[STATEMENT_TRANSACTION_LAPSE] =
	    "UPDATE transactions SET state = 5, changed_at = ?2 "
	    "WHERE state IN (0, 1, 6) AND changed_at < ?1",
	[STATEMENT_TRANSACTION_OLDEST] =
	    "SELECT number FROM transactions WHERE state = ? AND changed_at < ? "
	    "ORDER BY changed_at LIMIT 1",
	[STATEMENT_TRANSACTION_PURGE] =
	    "DELETE FROM transactions WHERE number IN (SELECT number "
	    "FROM transactions WHERE state = ? AND changed_at < ? "
	    "ORDER BY changed_at LIMIT ?)",
	[STATEMENT_HELD_COUNT] =
	    "SELECT count(*) FROM (SELECT 1 "
	    "FROM transactions INDEXED BY transactions_held "
	    "WHERE state = 0 AND endpoint = ? LIMIT ?)",

	/* A trigger deletes what is at its end. */
	[STATEMENT_SUBMISSION_ADD] =
	    "INSERT INTO submissions (number, authority, csr, "
	    "replaces_authority, replaces_serial, supersedes) "
	    "VALUES (?, ?, ?, ?, ?, ?)",
	[STATEMENT_SUBMISSION_SUBMIT] =
	    "INSERT INTO submissions (number, authority, csr) "
	    "VALUES (?1, ?2, x'') ON CONFLICT (number) "
	    "DO UPDATE SET authority = excluded.authority, cookie = x'', "
	    "tried_at = 0, due_at = 0",
	[STATEMENT_SUBMISSION_TAKE] =
	    "UPDATE submissions SET tried_at = ?2, due_at = ?3 "
	    "WHERE number = ?1",
	[STATEMENT_SUBMISSION_PUT_OFF] =
	    "UPDATE submissions SET cookie = ?2, due_at = ?3 WHERE number = ?1",
	[STATEMENT_SUBMISSION_MAKE_DUE] =
	    "UPDATE submissions SET due_at = 0 WHERE due_at <> 0",
	[STATEMENT_SUBMISSION_COMPLETE] =
	    "UPDATE transactions SET state = 3, changed_at = ?2, "
	    "certificate = ?3 WHERE number = ?1",
	[STATEMENT_SUBMISSION_WITHHOLD] =
	    "INSERT INTO submissions (number, authority, csr) "
	    "VALUES (?1, x'', x'') ON CONFLICT (number) "
	    "DO UPDATE SET csr = x'', cookie = x'', tried_at = 0, due_at = 0, "
	    "tries = 0",
	[STATEMENT_SUBMISSION_COUNT_TRY] =
	    "UPDATE submissions SET due_at = ?2, tries = ?3 WHERE number = ?1",

	[STATEMENT_CERTIFICATE_GET] = CERTIFICATE
	"WHERE authority = ? AND serial = ?",
	[STATEMENT_CERTIFICATE_LIST_ALL] = CERTIFICATE_LIST("true"),
	[STATEMENT_CERTIFICATE_LIST_KEY] = CERTIFICATE_LIST("key = ?4"),
	[STATEMENT_CERTIFICATE_LIST_SUBJECT] = CERTIFICATE_LIST("subject = ?5"),
	[STATEMENT_CERTIFICATE_LIST_REVOKED] =
	    CERTIFICATE_LIST("revoked_at <> 0 AND authority = ?3"),
	[STATEMENT_COUNT_ACTIVE] =
	    "SELECT count(*) FROM (SELECT 1 "
	    "FROM certificates INDEXED BY certificates_active "
	    "WHERE identity = ?1 AND authority = ?2 AND not_after >= ?3 "
	    "AND revoked_at = 0 AND identity <> x'' "
	    "AND NOT (authority = ?4 AND serial = ?5) LIMIT ?6)",
	[STATEMENT_CERTIFICATE_ADD] =
	    "INSERT INTO certificates (authority, serial, subject, key, "
	    "not_before, not_after, der, identity) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[STATEMENT_CERTIFICATE_OF] =
	    "UPDATE certificates SET "
	    "(endpoint, request, transaction_id, profile) = "
	    "(SELECT endpoint, number, transaction_id, " PROFILE " "
	    "FROM transactions "
	    "WHERE number = ?1) WHERE id = (SELECT certificate "
	    "FROM transactions WHERE number = ?1) AND request = 0",
	[STATEMENT_CERTIFICATE_COMPLETE] =
	    "UPDATE certificates SET subject = ?3, key = ?4, not_before = ?5, "
	    "not_after = ?6, der = ?7, identity = ?8 "
	    "WHERE authority = ?1 AND serial = ?2 "
	    "AND key = x'' AND ?4 <> x''",
	[STATEMENT_CERTIFICATE_SIGNED] =
	    "UPDATE certificates SET der = CASE der WHEN x'' THEN ?3 "
	    "ELSE der END WHERE authority = ?1 AND serial = ?2",
	[STATEMENT_CERTIFICATE_ISSUE] =
	    "UPDATE certificates SET der = ?2 WHERE id = "
	    "(SELECT certificate FROM transactions WHERE number = ?1)",
	[STATEMENT_REVOCATION_GET] =
	    "SELECT id, revoked_at, reason, key_allowed_at FROM certificates "
	    "WHERE authority = ? AND serial = ?",
	[STATEMENT_REVOCATION_OF] =
	    "SELECT authority, revoked_at FROM certificates WHERE id = ?",
	[STATEMENT_REVOCATION_SET] =
	    "UPDATE certificates SET revoked_at = ?2, reason = ?3, "
	    "key_allowed_at = ?4 WHERE id = ?1",
	[STATEMENT_AUTHORITY_NEXT] =
	    "SELECT min(authority) FROM (SELECT min(authority) AS authority "
	    "FROM certificates WHERE authority > ?1 UNION ALL "
	    "SELECT min(authority) FROM crls WHERE authority > ?1)",
	[STATEMENT_KEY_IS_REVOKED] =
	    "SELECT 1 FROM certificates WHERE key = ? AND revoked_at <> 0 "
	    "AND key_allowed_at = 0 AND reason <> 4 LIMIT 1",
	[STATEMENT_KEY_ALLOW] =
	    "UPDATE certificates SET key_allowed_at = ?2 WHERE key = ?1 "
	    "AND revoked_at <> 0 AND key_allowed_at = 0",

	[STATEMENT_MARK_GET] = "SELECT value FROM marks WHERE name = ?",
	[STATEMENT_MARK_PUT] =
	    "INSERT INTO marks (name, value) VALUES (?, ?) "
	    "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
	[STATEMENT_REVISION_GET] =
	    "SELECT revision FROM revisions WHERE authority = ?",
	[STATEMENT_REVISION_ADD] =
	    "INSERT INTO revisions (authority, revision) VALUES (?, 1) "
	    "ON CONFLICT (authority) DO UPDATE SET revision = revision + 1",
	[STATEMENT_CRL_GET] =
	    "SELECT number, this_update, next_update, revision, der "
	    "FROM crls WHERE authority = ?",
	[STATEMENT_CRL_PUT] =
	    "INSERT INTO crls (authority, number, this_update, next_update, "
	    "revision, der) VALUES (?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT (authority) DO UPDATE SET "
	    "number = excluded.number, this_update = excluded.this_update, "
	    "next_update = excluded.next_update, "
	    "revision = excluded.revision, der = excluded.der "
	    "WHERE excluded.number > crls.number",

	[STATEMENT_ALARM_STANDING] = ALARM "WHERE subject = ? AND kind = ?",
	[STATEMENT_ALARM_LIST_ALL] = ALARM
	"WHERE number > ?1 ORDER BY number LIMIT ?2",
	[STATEMENT_ALARM_LIST_SUBJECT] = ALARM
	"INDEXED BY alarms_by_subject "
	"WHERE subject = ?3 AND number > ?1 ORDER BY number LIMIT ?2",
	[STATEMENT_ALARM_SEE] =
	    "UPDATE alarms SET text = ?4, seen = ?5 "
	    "WHERE subject = ?1 AND kind = ?2 AND detail = ?3",
	[STATEMENT_ALARM_ADD] =
	    "INSERT INTO alarms (subject, kind, detail, text, since, seen) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
	[STATEMENT_ALARM_DELETE] = "DELETE FROM alarms WHERE number = ?",
	[STATEMENT_ALARM_FORGET] =
	    "DELETE FROM alarms WHERE seen < ?1 AND NOT EXISTS (SELECT 1 "
	    "FROM alarms other INDEXED BY alarms_by_subject "
	    "WHERE other.subject = alarms.subject AND other.seen >= ?1)",

	[STATEMENT_NOTIFY_GET] =
	    "SELECT events FROM notification_settings WHERE id = 0",
	[STATEMENT_NOTIFY_SET] =
	    "UPDATE notification_settings SET events = ? WHERE id = 0",
	[STATEMENT_REFUSED_COUNT] =
	    "SELECT (SELECT count(*) FROM (SELECT 1 "
	    "FROM notifications INDEXED BY notifications_at_once "
	    "WHERE event = 1 AND request = 0 LIMIT ?1)) "
	    "FROM notification_settings WHERE id = 0 AND events >> 1 & 1",
	[STATEMENT_REFUSED_ADD] =
	    "INSERT INTO notifications (event, happened_at, endpoint, "
	    "transaction_id, peer, subject, reason) "
	    "VALUES (1, ?, ?, ?, ?, ?, ?)",
	[STATEMENT_EXPIRING_GET] =
	    "SELECT expiring_until FROM notification_settings WHERE id = 0",
	[STATEMENT_EXPIRING_SET] =
	    "UPDATE notification_settings SET expiring_until = ? WHERE id = 0",
	[STATEMENT_EXPIRING_ADD] =
	    "INSERT INTO notifications (event, happened_at, request, "
	    "endpoint, transaction_id, subject, certificate) "
	    "SELECT 4, ?3, request, endpoint, transaction_id, subject, id "
	    "FROM certificates INDEXED BY certificates_by_end "
	    "WHERE not_after <> 0 AND not_after > ?1 AND not_after <= ?2 "
	    "AND revoked_at = 0 AND der <> x'' ORDER BY not_after",
	[STATEMENT_NOTIFICATION_DUE] = NOTIFICATION
	"WHERE n.due_at <= ? ORDER BY n.due_at, n.number LIMIT 1",
	[STATEMENT_NOTIFICATION_TAKE] =
	    "UPDATE notifications SET due_at = ?2 WHERE number = ?1",
	[STATEMENT_NOTIFICATION_PUT_OFF] =
	    "UPDATE notifications SET tries = ?2, due_at = ?3 "
	    "WHERE number = ?1",
	[STATEMENT_NOTIFICATION_MAKE_DUE] =
	    "UPDATE notifications SET due_at = 0 WHERE due_at > 0",
	[STATEMENT_NOTIFICATION_END] =
	    "DELETE FROM notifications WHERE number = ?",
	[STATEMENT_NOTIFICATION_DROP] =
	    "DELETE FROM notifications WHERE happened_at < ?",
	[STATEMENT_NOTIFICATION_LIST] = NOTIFICATION
	"WHERE n.number > ? ORDER BY n.number LIMIT ?",

	[STATEMENT_CHALLENGE_GET] = CHALLENGE "WHERE hash = ?",
	[STATEMENT_CHALLENGE_LIST] = CHALLENGE
	"WHERE number > ? ORDER BY number LIMIT ?",
	[STATEMENT_CHALLENGE_ADD] =
	    "INSERT INTO challenges (minted, hash, endpoint, subject, names, "
	    "profile, uses, allowed, created_at, expires_at) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)",
	/* A trigger gives it back where the request gets no certificate. */
	[STATEMENT_CHALLENGE_USE] =
	    "UPDATE challenges SET uses = uses - 1 WHERE hash = ?1 "
	    "AND endpoint = ?2 AND minted = ?3 AND uses > 0",
	[STATEMENT_CHALLENGE_BIND] =
	    "INSERT INTO challenge_uses (number, challenge) "
	    "SELECT ?1, number FROM challenges WHERE hash = ?2",
	[STATEMENT_CHALLENGE_REVOKE] =
	    "DELETE FROM challenges WHERE number = ? AND minted",
	[STATEMENT_CHALLENGE_FORGET] =
	    "DELETE FROM challenges WHERE number IN (SELECT number "
	    "FROM challenges WHERE expires_at < ? ORDER BY expires_at "
	    "LIMIT ?)",

	/* No certificate is ever deleted, so the last number is their count. */
	[STATEMENT_COUNT_TRANSACTIONS] =
	    "SELECT count(*) FROM transactions WHERE state = ?",
	[STATEMENT_COUNT_CERTIFICATES] = "SELECT max(id) FROM certificates",
	[STATEMENT_COUNT_REVOKED] =
	    "SELECT count(*) FROM certificates WHERE authority = ? "
	    "AND revoked_at <> 0",
};
