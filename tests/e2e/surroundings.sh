#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What scepd makes of what it finds: descriptors that it is started with or
# without, limits, a log that nobody reads, processes that do not end.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 25
need nginx nginx-light
need python3 python3
begin

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
message=$vectors/certmonger/message.der

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

# Limits

refuses_limit() { # COMMAND...
	(
		ulimit -n 64
		timeout 20 "$@" 2>&1
	) | grep "workers of 256 threads take .* open files, .*LimitNOFILE="
}
sed 's/threads = 2/threads = 256/' scepd.conf >many.conf
check "more threads than open files are allowed for are refused" \
    refuses_limit "$SCEPD" -c "$work/many.conf"
check "and -t says so" refuses_limit "$SCEPD" -t -c "$work/many.conf"

# A socket from systemd, and a path in the configuration that is for another
# way of starting

cat >activate.py <<'END'
import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(5)
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = "1"
os.execvp(sys.argv[2], sys.argv[2:])
END
sed "s,$work/scepd.sock,$work/nowhere/scepd.sock," scepd.conf >nowhere.conf
rm -f scepd.log
start scepd.log python3 activate.py "$work/activated.sock" \
    "$SCEPD" -c "$work/nowhere.conf"
scepd=$started
check "with a socket that is handed over, the path need not be possible" \
    await is_ready
kill -HUP "$scepd"
check "nor at a HUP" await has_logged "was read again"
await all_are_there
stop "$scepd"

# A lock that the keeper could not open

write_conf "keeper = { lock = \"$work/nowhere/lock\"; };"
says_lock() {
	"$SCEPD" -t -c scepd.conf 2>&1 |
	    grep "nowhere/lock: the keeper can't open its lock; its folder"
}
check "-t refuses a lock in a folder that is not there" \
    refused "$SCEPD" -t -c scepd.conf
check "and says what it must be like" says_lock
write_conf

# A state database that workers could not use

says_state() { # STATE WORDS
	sed "s,^state = .*,state = \"$1\";," scepd.conf >state.conf
	refused "$SCEPD" -t -c state.conf || return
	"$SCEPD" -t -c state.conf 2>&1 | grep -e "$2"
}
check "-t refuses a state database in a folder that can't be made" \
    says_state nowhere/there/state.db "can't be made: .*make it for the user"
echo "This is a text of its own." >state/text
[ "$(id -u)" -ne 0 ] || chown nobody state/text
check "and one that is none" says_state state/text "it is no database"
mkdir sealed && touch sealed/state.db && chmod 555 sealed
check "and one that workers can't write" \
    says_state sealed/state.db "workers can't write it; .*have to be writable"

# A check that ends before its time: here, where it may write no large file,
# but for the half of a MiB that ThreadSanitizer writes when a program starts

start_scepd
await is_ready
await all_are_there
head -c 900000 /dev/zero | tr '\0' '#' >>scepd.conf
fails_with_reason() {
	(
		ulimit -f 640
		timeout 20 "$SCEPD" -c "$work/scepd.conf" 2>&1
	) | grep "error: the check of the configuration was ended by signal"
}
check "at a start, a check that is ended is told of" fails_with_reason
prlimit --pid "$scepd" --fsize=655360
kill -HUP "$scepd"
check "at a HUP as well" \
    await has_logged "the check of the configuration was ended by signal"
check "and the configuration before it stays" await has_logged "not usable"

# Processes that do not end

start_nginx
ask '/scep?operation=PKIOperation' --data-binary "@$message"
check "a device enrols" is_cert_rep 0
kill -STOP "$(process "key process of worker 1")"
curl -sS --max-time 30 -o /dev/null -w '%{http_code}' \
    --data-binary "@$message" \
    "http://127.0.0.1:$port/scep?operation=PKIOperation" >late &
late=$!
sleep 1
check "a key process that stands still keeps nobody from stopping" stop "$scepd"
check "the log says who was killed" \
    has_logged "worker 1 and its key process do not end"
wait "$late"
check "and whoever has waited for it is told" same status 502 "$(cat late)"

# Nothing is left.
check "no socket is left" test ! -e "$work/scepd.sock"
