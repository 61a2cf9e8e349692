#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The skeleton of a hook that runs on.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan 8
if ! command -v python3 >/dev/null; then
	skip 8 "needs python3: apt-get install python3"
	exit
fi
begin

# Runs it with these lines, until its input ends: answers, sorted by id.
talk() { # LINE...
	printf '%s\n' "$@" |
	    env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$hooks/coprocess.py" \
	        devices >out 2>err
	status=$?
	sort out >answers
}

asked() { # ID OPERATION SUBJECT
	printf '{"id": %s, "operation": "%s", "subject": "%s", "dns": []}' "$@"
}

answers() { # ID MEMBERS
	grep -qxF -e "{\"id\": $1, $2}" answers || {
		cat answers err
		return 1
	}
}

printf '%s\n' CN=router-17,O=Example 'CN=Müller' >devices
talk "$(asked 1 AUTHORIZE CN=router-17,O=Example)" \
    "$(asked 2 AUTHORIZE CN=router-18)" "$(asked 3 AUTHORIZE '')" \
    "$(asked 4 NOTIFY CN=router-17,O=Example)" \
    "$(asked 5 AUTHORIZE 'CN=M\u00fcller')" '{"id": 6}'
check "it ends with its input" same status 0 "$status"
check "who is listed is allowed" answers 1 '"status": 0'
check "others wait" answers 2 \
    '"status": 5, "wait": 60, "cookie": "not listed"'
check "who has no name is refused" answers 3 \
    '"status": 2, "reason": "it has no name"'
check "another operation it does not know" answers 4 '"status": 6'
check "names may have any letters" answers 5 '"status": 0'
check "what it can't read is trouble" grep -q '^{"id": 6, "status": 3, ' \
    answers
rm devices
talk "$(asked 7 AUTHORIZE CN=router-17,O=Example)"
check "so it is when the list is gone" grep -q \
    '^{"id": 7, "status": 3, "reason": ".*devices' answers
