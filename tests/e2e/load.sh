#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# All threads of all processes at once: devices that enrol and strangers that
# send anything else, over 16 connections, while processes come and go.  Built
# with a sanitizer (make thread-sanitize) it is where races would show.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 8
need nginx nginx-light
begin

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
make_ca second
message=$vectors/certmonger/message.der
# Cut off, and with another signature.
head -c 1000 "$message" >cut.der
{
	head -c -1 "$message"
	printf x
} >forged.der

write_conf() { # SETTING...
	configure "$(socket_setting) $*" "$(endpoint /scep lab)" \
	    "$(endpoint /scep/second second)"
}

# What curl is told, a line for each request: every other is an enrolment.
# Strangers are refused, and the messages for one CA are nothing to another.
requests() { # COUNT
	local i url=http://127.0.0.1:$port
	local scep="$url/scep?operation"
	local others=("$scep=GetCACert" "$scep=GetCACaps" "$scep=GetNextCACert"
		"--data-binary @cut.der $scep=PKIOperation"
		"--data-binary @forged.der $scep=PKIOperation"
		"--data-binary @$message $url/scep/second?operation=PKIOperation"
		"--data-binary @$message $url/scepter?operation=PKIOperation")

	for ((i = 0; i < $1; i++)); do
		echo "-o bodies/$i --data-binary @$message $scep=PKIOperation"
		echo "-o /dev/null ${others[i % ${#others[@]}]}"
	done
}

# Whoever is told that the server failed tries again, as devices do.
load() { # ENROLMENTS
	rm -rf bodies
	mkdir bodies
	requests "$1" | xargs -P 16 -L 1 curl -sS --max-time 60 --retry 30 \
	    --retry-delay 1 --retry-connrefused 2>load.err
}

has_succeeded() { # ENROLMENTS
	same successes "$1" "$(successes)"
}

# Processes that come and go

is_ready() {
	has_logged "scepd[$scepd]:" "ready, with"
}

disturb() {
	local i pid names=("key process of worker 1" "key process of worker 2"
		"key process of the keeper" "worker 1")

	for ((i = 0; i < 12; i++)); do
		sleep 0.3
		pid=$(process "${names[i % ${#names[@]}]}" | head -n 1)
		[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
		[ $((i % 3)) -ne 0 ] || kill -HUP "$scepd"
	done
}

write_conf 'workers = 2; threads = 4;'
start_scepd
await is_ready
start_nginx
load 400
check "400 enrolments among as many other requests all succeed" \
    has_succeeded 400
disturb &
disturbing=$!
load 400
wait "$disturbing"
check "so they do while processes are killed and replaced" has_succeeded 400
check "processes were killed" has_logged "was ended by signal 9"
check "and replaced" has_logged "was read again"
stop "$scepd"
check "TERM ends them with status 0" test $? = 0

# One process, with keys of its own

write_conf 'threads = 8;'
start scepd.log "$SCEPD" -f -c "$work/scepd.conf"
scepd=$started
await is_listening "$work/scepd.sock"
load 400
check "400 enrolments all succeed in one process" has_succeeded 400
check "which answers strangers meanwhile" \
    has_logged "scepd[$scepd]:" operation=GetCACaps result=ok
stop "$scepd"
check "TERM ends it with status 0" test $? = 0
