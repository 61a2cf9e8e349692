#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Goal: each transaction gets one certificate, and none is lost, however often
# and whichever process of scepd is killed.  The end to end test, for
# CRASH_KILLS, by default 500.

CRASH_KILLS=${CRASH_KILLS:-500}
export CRASH_KILLS
exec bash "$(dirname "$0")/../e2e/crash.sh"
