#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Goal: nothing that the state database has said to be done is lost, however
# often and whenever a process that writes it is killed.  The unit test, for
# STORE_CRASH_SECONDS, by default 300.

STORE_CRASH_SECONDS=${STORE_CRASH_SECONDS:-300}
CMOCKA_MESSAGE_OUTPUT=TAP
export STORE_CRASH_SECONDS CMOCKA_MESSAGE_OUTPUT
exec tests/unit/store_store_sqlite_crash_test
