#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Goal: no certificate is lost in the index of an OpenSSL CA that is shared with
# an administrator's `openssl ca`, however often and whenever a process that
# issues is killed.  The unit test, for OPENSSL_RACE_SECONDS, by default 120.

OPENSSL_RACE_SECONDS=${OPENSSL_RACE_SECONDS:-120}
CMOCKA_MESSAGE_OUTPUT=TAP
export OPENSSL_RACE_SECONDS CMOCKA_MESSAGE_OUTPUT
exec sh "$abs_top_srcdir/tests/run/test" tests/unit/backends_openssl_race_test
