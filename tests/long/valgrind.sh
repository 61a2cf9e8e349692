#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Goal: no unit test reads what nobody wrote, and none leaks, by valgrind's
# measure.  Runs in the folder that was built in.

set -- $UNIT_TESTS
echo "1..$#"
count=0
for test; do
	count=$((count + 1))
	name="valgrind $(basename "$test")"
	if ! command -v valgrind >/dev/null 2>&1; then
		echo "ok $count - $name # SKIP apt-get install valgrind"
		continue
	fi
	if valgrind -q --error-exitcode=99 --leak-check=full \
	    "./$test" >"$test.valgrind" 2>&1; then
		echo "ok $count - $name"
		rm -f "$test.valgrind"
	else
		echo "not ok $count - $name"
		sed 's/^/# /' "$test.valgrind"
	fi
done
