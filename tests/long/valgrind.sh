#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Goal: no unit test reads what nobody wrote, and none leaks, by valgrind's
# measure.  Runs in the folder that was built in.

under_valgrind() { # TEST
	valgrind -q --error-exitcode=99 --leak-check=full "./$1" \
	    >"$1.valgrind" 2>&1
}

# Why a test can't be run, or nothing.
reason_to_skip() { # TEST
	command -v valgrind >/dev/null || echo "apt-get install valgrind"
	case $1 in
	*/fcgi_poller_test) echo "has too few descriptors for valgrind" ;;
	*/fcgi_*sandbox*_test) echo "valgrind knows no seccomp and no landlock" ;;
	esac
}

# shellcheck disable=SC2086 # a list
set -- $UNIT_TESTS
echo "1..$#"
count=0
for test; do
	count=$((count + 1))
	name="valgrind $(basename "$test")"
	reason=$(reason_to_skip "$test" | head -n 1)
	if [ -n "$reason" ]; then
		echo "ok $count - $name # SKIP $reason"
	elif under_valgrind "$test"; then
		echo "ok $count - $name"
		rm -f "$test.valgrind"
	else
		echo "not ok $count - $name"
		sed 's/^/# /' "$test.valgrind"
	fi
done
