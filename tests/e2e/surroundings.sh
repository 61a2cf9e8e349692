#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What scepd makes of what it finds: descriptors that it is started with or
# without, limits, a log that nobody reads, processes that do not end.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 8
need python3 python3
begin

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"

write_conf() { # [SETTING...]
	configure "$(socket_setting) workers = 1; threads = 2;
	    limits = { timeout = \"1s\"; }; $*" "$(endpoint /scep lab)"
}
is_ready() {
	has_logged "scepd[$scepd]:" "ready, with"
}

# Descriptors

# Which files all processes but the supervisor have open.
opened() {
	local pid

	for pid in $(children "$scepd"); do
		readlink "/proc/$pid/fd/"*
	done
}
has_opened() { # PID DESCRIPTOR FILE
	same "descriptor $2" "$3" "$(readlink "/proc/$1/fd/$2")"
}
all_have_input() { # FILE
	local pid

	for pid in $(children "$scepd"); do
		has_opened "$pid" 0 "$1" || return
	done
}
write_conf
echo typed >input
start scepd.log bash -c "exec '$SCEPD' -c '$work/scepd.conf' <input 7<lab.key"
scepd=$started
await is_ready
check "no process has what scepd was started with" \
    refused eval 'opened | grep lab.key'
check "nor its standard input" all_have_input /dev/null
check "workers have no file with the keys, and key processes have" \
    same "files" 2 "$(opened | grep -c 'memfd:scepd configuration and keys')"
check "a worker has told that it is ready, and can do so for nobody else" \
    test ! -e "/proc/$(process "worker 1")/fd/4"
stop "$scepd"

# The log is on descriptor 2 and must not be what is opened next.
"$SCEPD" -c "$work/scepd.conf" 0<&- 1>&- 2>&- &
scepd=$!
pids+=("$scepd")
all_are_there() {
	same processes 4 "$(children "$scepd" | wc -l)"
}
await is_listening "$work/scepd.sock"
check "without standard descriptors all processes start" await all_are_there
standard_are_null() {
	local pid descriptor

	for pid in "$scepd" $(children "$scepd"); do
		for descriptor in 0 1 2; do
			has_opened "$pid" "$descriptor" /dev/null || return
		done
	done
}
check "and nothing else takes their places" standard_are_null
stop "$scepd"

# A log that nobody reads

mkfifo pipe
timeout 60 head -n 1 pipe >first-line &
start scepd.log bash -c "exec '$SCEPD' -c '$work/scepd.conf' 2>pipe"
scepd=$started
await is_listening "$work/scepd.sock"
await all_are_there
await test -s first-line
kill -HUP "$scepd"
sleep 1
kill -HUP "$scepd"
sleep 1
check "who reads the log may end" all_are_there
stop "$scepd"
check "and TERM is a good end" test $? = 0
