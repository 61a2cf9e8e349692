#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The processes of scepd: that they are there, share the work, come back when
# they end, and are replaced by those of a new configuration, while devices go
# on enrolling.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 35
need nginx nginx-light
begin

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
message=$vectors/certmonger/message.der

write_conf() { # [SETTING...]
	configure "$(socket_setting)
	    workers = 2; $*" "$(endpoint /scep lab)"
}

# For await: whether scepd has said that all its processes serve.
is_ready() {
	has_logged "scepd[$scepd]:" "ready, with"
}

# For await: whether there are as many processes as there should be.
all_are_there() {
	same processes 6 "$(children "$scepd" | wc -l)"
}

# The processes

write_conf
start_scepd
await is_ready
start_nginx

titles() {
	children "$scepd" | while read -r pid; do
		tr '\0' '\n' <"/proc/$pid/cmdline" | head -n 1
	done | sort
}
check "ps shows two workers, a keeper, and a key process beside each" \
    same processes "scepd: keeper
scepd: key process of the keeper
scepd: key process of worker 1
scepd: key process of worker 2
scepd: worker 1
scepd: worker 2" "$(titles)"
check "they start no processes themselves" test -z "$(
	children "$scepd" | while read -r pid; do children "$pid"; done)"

# Enrols COUNT times, ANY-AT-A-TIME; says how many got a certificate.  Whoever
# is told that the server failed tries again, as devices do.
enrol() { # COUNT AT-A-TIME
	rm -rf bodies
	mkdir bodies
	seq "$1" | xargs -P "$2" -I '{}' curl -sS --max-time 60 --retry 30 \
	    --retry-delay 1 --retry-connrefused -o 'bodies/{}' \
	    --data-binary "@$message" \
	    "http://127.0.0.1:$port/scep?operation=PKIOperation" 2>enrol.err
	successes
}

# How many requests a process has answered with a certificate.
served_by() { # PID
	logged "scepd[$1]:" operation=PKIOperation result=success
}

check "400 enrolments over 16 connections all succeed" \
    same successes 400 "$(enrol 400 16)"
share() { # NAME
	local served

	served=$(served_by "$(process "$1")")
	echo "$1 served $served of 400"
	[ "$served" -ge 140 ] && [ "$served" -le 260 ]
}
check "worker 1 has served between 35 and 65 percent of them" share "worker 1"
check "worker 2 has served between 35 and 65 percent of them" share "worker 2"

# What ends comes back

program=$(realpath "$SCEPD")
layout() { # PID
	grep -m 1 -F "$program" "/proc/$1/maps" | cut -d - -f 1
}
# As setarch -R switches it off, which sanitizers may need.
is_randomised() {
	(((0x$(cat /proc/self/personality) & 0x40000) == 0))
}

# For await: whether the process of that name is another than PID.
is_replaced() { # NAME PID
	local now

	now=$(process "$1")
	[ -n "$now" ] && [ "$now" != "$2" ]
}

for name in "worker 1" "key process of worker 2" keeper \
    "key process of the keeper"; do
	pid=$(process "$name")
	before=$(layout "$pid")
	kill -KILL "$pid"
	check "a $name that is killed is replaced" \
	    await is_replaced "$name" "$pid"
	if is_randomised; then
		check "by a program that lies elsewhere in memory" \
		    test "$before" != "$(layout "$(process "$name")")"
	else
		skip 1 "needs address space layout randomisation"
	fi
	check "the log says that it was killed" \
	    has_logged "$name (pid $pid) was ended by signal 9"
	await all_are_there
done
check "after that enrolments succeed" same successes 20 "$(enrol 20 4)"

# Killed at random under load

kill_at_random() {
	local names=("worker 1" "worker 2" "key process of worker 1"
		"key process of worker 2" keeper "key process of the keeper")
	local i pid

	for ((i = 0; i < 25; i++)); do
		pid=$(process "${names[RANDOM % ${#names[@]}]}")
		[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
		sleep 0.2
	done
}
# nginx was left without an answer, and said so to somebody.
has_tried_again() {
	grep -q "502\|500" nginx/access.log
}

kill_at_random &
killing=$!
got=$(enrol 600 8)
wait "$killing"
check "with processes killed at random, every client that retries succeeds" \
    same successes 600 "$got"
check "and some of them had to" has_tried_again
one_certificate() {
	same "serial numbers" 1 "$(grep -F result=success scepd.log |
	    grep -o 'serial=[0-9a-f]*' | sort -u | wc -l)"
}
check "and got one and the same certificate, whoever was killed when" \
    one_certificate
check "at the end all processes are there again" await all_are_there

# Another configuration

ids() {
	children "$scepd" | sort -n
}
workers() {
	process "worker 1"
	process "worker 2"
}
are_replaced() { # PIDS-OF-WORKERS
	local pid

	for pid in $1; do
		is_gone "$pid" || return
	done
	all_are_there
}

before=$(workers)
configure "$(socket_setting)
    workers = 2; threads = 3;" "$(endpoint /scep lab)" "$(endpoint /scep/new lab)"
enrol 1 1 >/dev/null
seq 300 >load
(
	# Whoever is refused or told of an error has failed: nobody retries.
	xargs -P 8 -I '{}' curl -sS --max-time 60 -o /dev/null \
	    -w '%{http_code}\n' --data-binary "@$message" \
	    "http://127.0.0.1:$port/scep?operation=PKIOperation" \
	    <load >codes 2>codes.err
) &
loading=$!
has_begun() {
	[ "$(wc -l <codes)" -ge 20 ]
}
await has_begun
kill -HUP "$scepd"
check "HUP replaces all workers" await are_replaced "$before"
wait "$loading"
check "while it does, not one request fails" \
    same "other than 200" "" "$(grep -vx 200 codes)$(cat codes.err)"
ask '/scep/new?operation=GetCACaps'
check "the new configuration is in force" \
    has_logged endpoint=/scep/new operation=GetCACaps result=ok
write_conf
kill -HUP "$scepd"
has_reread_twice() {
	same "times it was read again" 2 "$(logged "was read again")"
}
await has_reread_twice
await all_are_there

before=$(ids)
sed 's/challenge = (/challange = (/' scepd.conf >bad.conf
mv bad.conf scepd.conf
line=$(grep -n challange scepd.conf | cut -d : -f 1)
kill -HUP "$scepd"
await has_logged "not usable"
check "HUP with a bad configuration changes nothing" \
    same processes "$before" "$(ids)"
check "and the log says what is wrong, and where" \
    has_logged "scepd.conf:$line:" challange
pid=$(process "worker 1")
kill -KILL "$pid"
await is_replaced "worker 1" "$pid"
await all_are_there
check "a worker that comes back has the configuration that was checked" \
    same successes 20 "$(enrol 20 4)"

# Another socket

write_conf
mv scepd.conf first.conf
sed "s,$work/scepd.sock,$work/other.sock," first.conf >scepd.conf
kill -HUP "$scepd"
check "HUP with another socket opens that" await is_listening "$work/other.sock"
check "and removes the first" test ! -e "$work/scepd.sock"
sed '/^socket = /d' first.conf >scepd.conf
kill -HUP "$scepd"
check "without one it keeps what it has, and says so" \
    await has_logged "stays until scepd is started anew"
mv first.conf scepd.conf
kill -HUP "$scepd"
await is_listening "$work/scepd.sock"
check "and can change it again" same successes 20 "$(enrol 20 4)"

# Several of them

stop "$web"
stop "$scepd"
check "TERM ends all of them" test $? = 0

write_conf 'keeper = { lock = "keepers/lock"; };'
mkdir keepers
[ "$(id -u)" -ne 0 ] || chown nobody keepers
start_scepd
first=$scepd
await has_logged "the keeper has the lock"
sed "s,$work/scepd.sock,$work/second.sock," scepd.conf >second.conf
start scepd.log "$SCEPD" -c "$work/second.conf"
second=$started
await is_listening "$work/second.sock"
scepd=$second
await has_logged "the keeper waits"
check "of two that share a lock, one keeper works" \
    same "keepers with the lock" 1 "$(logged "the keeper has the lock")"
has_two() {
	same "keepers with the lock" 2 "$(logged "the keeper has the lock")"
}
stop "$first"
check "when the first ends, the other's does" await has_two
stop "$second"
