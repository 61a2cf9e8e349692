#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook that approves the devices of a list.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"

printf -v list '%s\n' '# name,where from' \
    'router-1,192.0.2.0/25' 'router-2,192.0.2.7' 'router-3,2001:db8:1:*' \
    'router-4,*' 'router-4,10.0.0.0/8' '#router-5,*' 'router-6' \
    'router 7,0.0.0.0/0' 'a=b,*'
# Status, subject, and address.
vectors_here=(
	'0|CN=router-1,O=Example|192.0.2.0'
	'0|O=Example,CN=router-1|192.0.2.127'
	'2|CN=router-1,O=Example|192.0.2.128'
	'2|CN=router-1,O=Example|192.0.20.1'
	'2|CN=router-1,O=Example|2001:db8::1'
	'2|CN=router-1,O=Example|'
	'0|CN=router-2|192.0.2.7'
	'2|CN=router-2|192.0.2.70'
	'0|CN=router-3|2001:db8:1::5'
	'2|CN=router-3|2001:db8:12::5'
	'0|CN=router-4|'
	'2|CN=router-5|192.0.2.1'
	'2|CN=#router-5|192.0.2.1'
	'2|CN=router-6|192.0.2.1'
	'0|CN=router 7|198.51.100.1'
	'0|CN=a=b|192.0.2.1'
	'2|CN=router|192.0.2.1'
	'2|CN=ROUTER-4|192.0.2.1'
	'2|CN=.*|192.0.2.1'
	'2|O=CN=router-4|192.0.2.1'
	'2|O=a\,CN=router-4|192.0.2.1'
	'2|CN=router-4+OU=a|192.0.2.1'
	'2|CN=router-4,CN=other|192.0.2.1'
	'2|CN=|192.0.2.1'
	'2|O=Example|192.0.2.1'
	'2||192.0.2.1'
)
plan $((${#vectors_here[@]} + 5 + WRONG_INPUTS))
begin

printf '%s' "$list" >list.csv
take sscep
variables+=(SCEP_OPERATION=AUTHORIZE)
for vector in "${vectors_here[@]}"; do
	IFS='|' read -r wanted subject address <<<"$vector"
	check "\"$subject\" from \"$address\" has status $wanted" \
	    with SCEP_REQ_SUBJECT="$subject" SCEP_REMOTE_ADDR="$address" -- \
	    ends "$wanted" approve-csv list.csv
done
check "who is refused is told why" says '.*is not listed for 192.0.2.17' 2 \
    approve-csv list.csv
sed 's/$/\r/' list.csv >windows.csv
check "a list from Windows is read as well" \
    with SCEP_REQ_SUBJECT=CN=router-2 SCEP_REMOTE_ADDR=192.0.2.7 -- \
    ends 0 approve-csv windows.csv

check_wrong_inputs approve-csv list.csv
check "a list that is not there is misconfigured" \
    warns elsewhere 4 approve-csv elsewhere
check "no list is misconfigured" ends 4 approve-csv
shim awk <<-'END'
	#!/bin/sh
	exit 2
END
check "a list that can't be searched is trouble" with "$shims" -- \
    warns searched 3 approve-csv list.csv
