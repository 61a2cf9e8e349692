#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Devices enrol over 16 connections, each until it has an answer, while any
# process of scepd is killed, again and again: each transaction gets one
# certificate, whoever answers, and none that was given out is lost.
# CRASH_KILLS says how many, by default 25.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 9
need nginx nginx-light
begin

kills=${CRASH_KILLS:-25}
# What a crowd of devices takes while it is not disturbed: some seconds.
count=200

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
configure "$(socket_setting) workers = 3; threads = 4;" "$(endpoint /scep lab)"
start_scepd
start_nginx

crowd() { # NAME
	"$build/tests/e2e/crowd" "$port" "$1" "$count"
}

supervisors=0
others=0

# Every fifth time the supervisor; else one of the workers, the keeper and their
# key processes, by chance.  Where that is too soon, scepd gives up, as at any
# start that fails, and is started again.
kill_one() {
	local left pid

	mapfile -t left < <(children "$scepd")
	if [ $(((supervisors + others) % 5)) -eq 4 ]; then
		crash_scepd
		supervisors=$((supervisors + 1))
	elif [ "${#left[@]}" -gt 0 ]; then
		pid=${left[RANDOM % ${#left[@]}]}
		kill -KILL "$pid" 2>/dev/null && others=$((others + 1))
	fi
	if is_gone "$scepd"; then
		forget "$scepd"
		start_scepd
	fi
}

# Crowds, one after the other, until there were kills enough.
crowds=0
failed=
while [ $((supervisors + others)) -lt "$kills" ]; do
	crowds=$((crowds + 1))
	crowd "$crowds" >"answers.$crowds" 2>>crowd.log &
	enrolling=$!
	pids+=("$enrolling")
	while ! is_gone "$enrolling" &&
	    [ $((supervisors + others)) -lt "$kills" ]; do
		sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
		kill_one
	done
	forget "$enrolling"
	wait "$enrolling" || failed="$failed $crowds"
done
echo "# $crowds crowds of $count; $supervisors supervisors and $others others" \
    "were killed"

check "each transaction is answered, by one certificate" \
    same "crowds that failed" "" "$failed"
check "a supervisor was killed" test "$supervisors" -gt 0
check "so were others" has_logged "was ended by signal 9"

# What is left

cat answers.* | sort >answers
cut -d ' ' -f 2 answers | sort >serials

ask_all_again() {
	local i

	for ((i = 1; i <= crowds; i++)); do
		crowd "$i" || return
	done | sort >again
}

scepctl() {
	"$SCEPCTL" "$@" --state "$work/state/state.db"
}

# Those that have come to no end.
is_open() {
	scepctl pending list | grep /scep
}

check "all of them have answered" \
    same transactions $((crowds * count)) "$(wc -l <answers)"
check "no serial number is there twice" same numbers "" "$(uniq -d serials)"
check "asked again, each gets the same certificate" ask_all_again
check "which is that of before" cmp answers again
scepctl cert list --json | sed -n 's/.*"serial": *"\([0-9a-f]*\)".*/\1/p' |
    sort >remembered
check "these certificates are remembered, and no others" \
    cmp serials remembered
stop "$scepd"
check "TERM ends scepd with status 0" test $? = 0
