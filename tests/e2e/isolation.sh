#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What keeps private keys from the processes that read what strangers send:
# each thing that README says of it, as far as it can be seen from outside.
# What a worker's sandbox refuses from inside: fcgi_sandbox_test.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 38
need nginx nginx-light
need python3 python3
begin

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
make_ca second
make_ra ra second
# Protected by a passphrase that comes from the environment.
openssl rsa -aes256 -in ra.key -passout pass:opensesame -out ra2.key \
    2>openssl.err || bail_out "no encrypted key: $(cat openssl.err)"
openssl rsa -in ra.key -noout -text >primes 2>/dev/null
openssl rsa -in lab.key -noout -text >>primes 2>/dev/null
export RA_PASSPHRASE=opensesame
message=$vectors/certmonger/message.der

write_conf() { # SOCKET-SETTING
	configure "$1 workers = 2;" "$(endpoint /scep lab)" \
	    "$(endpoint /ra second 'ra = { certificate = "ra.pem"; key = "ra2.key";
	        passphrase = { environment = "RA_PASSPHRASE"; }; };')"
}

is_ready() {
	has_logged "scepd[$scepd]:" "ready, with"
}

# A field of a process's status.
status_of() { # NAME-OF-PROCESS FIELD
	awk -v field="$2:" '$1 == field { print $2 }' \
	    "/proc/$(process "$1")/status"
}

has_status() { # NAME-OF-PROCESS FIELD WANTED
	same "$2 of $1" "$3" "$(status_of "$1" "$2")"
}

# Whether all processes of a kind have it.
all_have() { # FIELD WANTED NAME...
	local name field=$1 wanted=$2

	shift 2
	for name; do
		has_status "$name" "$field" "$wanted" || return
	done
}

workers=("worker 1" "worker 2")
key_processes=("key process of worker 1" "key process of worker 2"
	"key process of the keeper")

# Whether the memory of a process holds a prime of one of the keys, in either
# order of its octets.
holds_prime() { # PID
	python3 - "$1" primes <<-'END'
		import re, sys
		text = open(sys.argv[2]).read()
		primes = [bytes.fromhex(re.sub(r"[\s:]", "", found)).lstrip(b"\0")
		    for found in re.findall(r"prime[12]:\s+((?:[0-9a-f]{2}:?\s*)+)", text)]
		if len(primes) != 4:
		    sys.exit("there should be four primes")
		wanted = primes + [prime[::-1] for prime in primes]
		memory = open("/proc/%s/mem" % sys.argv[1], "rb", 0)
		for line in open("/proc/%s/maps" % sys.argv[1]):
		    area = line.split()
		    if "r" not in area[1] or area[-1] in ("[vvar]", "[vsyscall]"):
		        continue
		    start, end = (int(part, 16) for part in area[0].split("-"))
		    # A sanitizer's shadow, which is larger than any memory.
		    if end - start > 1 << 30:
		        continue
		    try:
		        memory.seek(start)
		        octets = memory.read(end - start)
		    except OSError:
		        continue
		    if any(prime in octets for prime in wanted):
		        print("%s holds a prime" % area[0])
		        sys.exit(0)
		sys.exit(3)
	END
}

holds_none() { # PID
	holds_prime "$1"
	[ $? -eq 3 ]
}

enrol() { # COUNT
	seq "$1" | xargs -P 4 -I '{}' curl -sS --max-time 60 -o /dev/null \
	    --data-binary "@$message" \
	    "http://127.0.0.1:$port/scep?operation=PKIOperation"
}

enrolled() { # COUNT
	same enrolments "$1" "$(logged operation=PKIOperation result=success)"
}

# How many sockets a process has open.
has_sockets() { # PID COUNT
	same "sockets of $1" "$2" \
	    "$(find "/proc/$1/fd" -lname 'socket:*' | wc -l)"
}

# A channel a thread, 4 a worker, the socket that all listen on, and between
# each worker and the keeper one for errands; the supervisor has all of the
# keeper's, and one to it.
have_their_own_channels() {
	has_sockets "$scepd" 4 && has_sockets "$(process keeper)" 4 &&
	    has_sockets "$(process "worker 1")" 6 &&
	    has_sockets "$(process "worker 2")" 6 &&
	    has_sockets "$(process "key process of worker 1")" 4 &&
	    has_sockets "$(process "key process of worker 2")" 4 &&
	    has_sockets "$(process "key process of the keeper")" 1
}

looks_the_same() {
	check "$1: workers can gain no privileges, and have a system call filter" \
	    eval 'all_have NoNewPrivs 1 "${workers[@]}" &&
	        all_have Seccomp 2 "${workers[@]}"'
	check "$1: so do key processes" \
	    eval 'all_have NoNewPrivs 1 "${key_processes[@]}" &&
	        all_have Seccomp 2 "${key_processes[@]}"'
	check "$1: the keeper can, for commands that need it" \
	    has_status keeper NoNewPrivs 0
}

if [ "$(id -u)" -ne 0 ]; then
	skip 22 "needs root"
else
	# Started as root

	write_conf "$(socket_setting)"
	start_scepd
	await is_ready
	start_nginx
	looks_the_same "as root"
	check "nobody has a channel that is not his" \
	    await have_their_own_channels
	check "workers run as user" \
	    all_have Uid "$(id -u nobody)" "${workers[@]}"
	check "the keeper runs as user" has_status keeper Uid "$(id -u nobody)"
	check "key processes run as key_user" \
	    all_have Uid "$(id -u daemon)" "${key_processes[@]}"
	check "none of them has a group of root's" \
	    refused grep -hE '^(Gid|Groups):.*[[:space:]]0([[:space:]]|$)' \
	    $(children "$scepd" | sed 's,.*,/proc/&/status,')
	check "user can't read the keys" \
	    refused setpriv --reuid=nobody --clear-groups cat "$work/lab.key"
	check "user can't read the memory of a key process" \
	    refused setpriv --reuid=nobody --clear-groups \
	    head -c 1 "/proc/$(process "key process of worker 1")/mem"
	check "nor that of the keeper, who may ask for more than a worker" \
	    refused setpriv --reuid=nobody --clear-groups \
	    head -c 1 "/proc/$(process keeper)/mem"
	enrol 1000
	check "a device is answered 1000 times" enrolled 1000
	check "a key process holds primes, so that they would be found" \
	    holds_prime "$(process "key process of worker 1")"
	for name in "${workers[@]}" keeper; do
		check "no prime of a key is in the memory of $name" \
		    holds_none "$(process "$name")"
	done
	check "nor in the supervisor's" holds_none "$scepd"
	# By one or more: of several that come at once each may sign it.
	signed_serials() {
		grep -F event=signed scepd.log | grep -F sha256= |
		    grep -o 'serial=[0-9a-f]*' | sort -u
	}
	check "the certificate it got is logged by the key process" same \
	    "its serial" "$(grep -F result=success scepd.log |
	        grep -o 'serial=[0-9a-f]*' | sort -u)" "$(signed_serials)"
	keeper=$(process keeper)
	kill -KILL "$keeper"
	is_replaced() {
		test "$(process keeper)" != "$keeper" &&
		    have_their_own_channels
	}
	check "a keeper that is started anew has a channel to each worker" \
	    await is_replaced
	stop "$web"
	stop "$scepd"

	chmod 640 lab.key
	chgrp nogroup lab.key
	check "a key that user can read is refused" \
	    refused "$SCEPD" -t -c scepd.conf
	says_so() {
		"$SCEPD" -t -c scepd.conf 2>&1 |
		    grep 'lab\.key: can be read by "nobody".*chmod 600'
	}
	check "with its name and the remedy" says_so
	chmod 600 lab.key
	sed -i 's/key_user = "daemon"/key_user = "nobody"/' scepd.conf
	check "one user for both is refused" refused "$SCEPD" -t -c scepd.conf
	sed -i 's/key_user = "nobody"/key_user = "nobody-there"/' scepd.conf
	check "a user who is not there is refused" \
	    refused "$SCEPD" -t -c scepd.conf
fi

# Started as a user.  Root takes the part of one, and nginx is another.

as_user=()
user=$(id -un)
socket="socket = { path = \"$work/scepd.sock\"; mode = \"0660\"; };"
if [ "$(id -u)" -eq 0 ]; then
	user=daemon
	as_user=(setpriv --reuid=daemon --regid=daemon --clear-groups)
	socket=${socket/0660/0666}
fi
write_conf "$socket"
[ "$(id -u)" -ne 0 ] || chown -R daemon:daemon "$work"
rm -f scepd.log
start scepd.log "${as_user[@]}" "$SCEPD" -c "$work/scepd.conf"
scepd=$started
await is_ready
start_nginx
looks_the_same "as a user"
check "as a user: all run as the one who has started it" \
    all_have Uid "$(id -u "$user")" "${workers[@]}" "${key_processes[@]}"
enrol 20
check "as a user: devices enrol" enrolled 20
check "as a user: a worker's memory can't be read by that user" \
    refused "${as_user[@]}" head -c 1 "/proc/$(process "worker 1")/mem"
check "as a user: nor the supervisor's" \
    refused "${as_user[@]}" head -c 1 "/proc/$scepd/mem"
check "as a user: nor can what the supervisor has open be found" \
    refused "${as_user[@]}" ls "/proc/$scepd/fd/"
check "as a user: nor that of a key process" refused "${as_user[@]}" \
    head -c 1 "/proc/$(process "${key_processes[0]}")/mem"

# Only root can look.
has_passphrase() { # NAME-OF-PROCESS
	grep -q RA_PASSPHRASE "/proc/$(process "$1")/environ"
}
stays_out() {
	has_passphrase "key process of worker 1" || return
	for name in "${workers[@]}" keeper; do
		! has_passphrase "$name" || return
	done
}
if [ "$(id -u)" -eq 0 ]; then
	check "a passphrase in the environment is the key processes' alone" \
	    stays_out
else
	skip 1 "needs root"
fi
says_nothing() {
	! "${as_user[@]}" "$SCEPD" -t -c scepd.conf 2>&1 | grep isolation
}
check "-t says nothing of isolation where there is landlock" says_nothing

# A kernel without landlock, played by a filter that answers ENOSYS (38) to
# landlock_create_ruleset (444).
cat >without_landlock.py <<'END'
import ctypes, os, struct, sys
def instruction(code, yes, no, value):
    return struct.pack("HBBI", code, yes, no, value)
program = ctypes.create_string_buffer(
    instruction(0x20, 0, 0, 0) + instruction(0x15, 0, 1, 444) +
    instruction(0x06, 0, 0, 0x50000 | 38) + instruction(0x06, 0, 0, 0x7fff0000))
filter = ctypes.create_string_buffer(
    struct.pack("HxxxxxxP", 4, ctypes.addressof(program)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, filter) == 0
os.execvp(sys.argv[1], sys.argv[1:])
END
warns() {
	python3 without_landlock.py "${as_user[@]}" \
	    "$SCEPD" -t -c "$work/scepd.conf" 2>&1 |
	    grep "isolation guards memory only"
}
check "without landlock -t says that isolation guards memory only" warns
warned() {
	grep "isolation guards memory only" memory.log
}
sed "s,$work/scepd.sock,$work/memory.sock," scepd.conf >memory.conf
chmod 640 memory.conf
[ "$(id -u)" -ne 0 ] || chown daemon memory.conf
start memory.log python3 without_landlock.py "${as_user[@]}" \
    "$SCEPD" -c "$work/memory.conf"
await is_listening "$work/memory.sock"
check "and so does the log, where it runs all the same" warned
stop "$started"
says_insecure() {
	grep "level=warning.*-f is insecure" alone.log
}
sed "s,$work/scepd.sock,$work/alone.sock," scepd.conf >alone.conf
chmod 640 alone.conf
[ "$(id -u)" -ne 0 ] || chown daemon alone.conf
start alone.log "${as_user[@]}" "$SCEPD" -f -c "$work/alone.conf"
await is_listening "$work/alone.sock"
check "-f is one process" test -z "$(children "$started")"
check "and says that it is insecure" says_insecure
