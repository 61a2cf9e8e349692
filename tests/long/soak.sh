#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Goal: scepd neither grows nor loses descriptors or answers in thousands of
# enrolments while connections break off, and takes up its socket again after
# being killed under load.  SOAK_REQUESTS says how many, by default 2000.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/../e2e/library.sh"
plan 12
need nginx nginx-light
need python3 python3
begin

requests=${SOAK_REQUESTS:-2000}
lanes=4
# What an allocator may keep, in KiB.
growth=4096

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
message=$vectors/certmonger/message.der
configure "$(socket_setting)
threads = 4;" "$(endpoint /scep lab)"
start_scepd
start_nginx

# Enrols this often, in several lanes at once, and counts in the file
# `answers` those that are HTTP 200; each body becomes a file in `bodies`.
enrol() { # COUNT
	rm -rf bodies
	mkdir bodies
	seq "$1" | xargs -P "$lanes" -I '{}' curl -sS --max-time 60 \
	    -o "bodies/{}" -w '%{http_code} %{content_type}\n' \
	    --data-binary "@$message" \
	    "http://127.0.0.1:$port/scep?operation=PKIOperation" >answers
}

# Whether all answers are HTTP 200 with a CertRep: each has the OID of
# messageType, and a PrintableString "3" after it (RFC 8894 section 3.2.1.2).
are_cert_reps() { # COUNT
	same "answers of HTTP 200" "$1" \
	    "$(grep -cx '200 application/x-pki-message' answers)" &&
	    same "CertReps" "$1" "$(
		LC_ALL=C grep -laP \
		    '\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x02\x31\x03\x13\x013' \
		    bodies/* | wc -l
	    )"
}

# Sends the beginnings of requests straight to the socket, each cut off at
# another octet, and now and then a whole one whose answer nobody takes.
break_off() { # COUNT
	python3 - "$work/scepd.sock" "$message" "$1" <<-'END'
		import socket, struct, sys
		path, message, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
		def record(kind, content):
		    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content
		def pair(name, value):
		    return bytes([len(name), len(value)]) + name + value
		body = open(message, "rb").read()
		whole = record(1, b"\0\1\1\0\0\0\0\0") + record(4, b"".join([
		    pair(b"REQUEST_METHOD", b"POST"), pair(b"SCRIPT_NAME", b"/scep"),
		    pair(b"QUERY_STRING", b"operation=PKIOperation"),
		    pair(b"CONTENT_LENGTH", str(len(body)).encode())]))
		whole += record(4, b"") + record(5, body) + record(5, b"")
		for i in range(count):
		    with socket.socket(socket.AF_UNIX) as connection:
		        connection.connect(path)
		        connection.sendall(whole[:len(whole) * (i % 20) // 19])
	END
}

processes() {
	echo "$scepd"
	children "$scepd"
}

# Of all processes together.
resident() {
	processes | sed 's,.*,/proc/&/status,' | xargs cat |
	    awk '/^VmRSS:/ { sum += $2 } END { print sum }'
}

descriptors() {
	processes | sed 's,.*,/proc/&/fd,' | xargs -I '{}' find '{}' -mindepth 1 |
	    wc -l
}

has_descriptors() { # COUNT
	[ "$(descriptors)" = "$1" ]
}

# For await: also the last of the broken connections has been noticed.
is_back_to() { # DESCRIPTORS
	await has_descriptors "$1" ||
	    same "descriptors" "$1" "$(descriptors)"
}

has_not_grown() {
	local now

	now=$(resident)
	echo "# resident: $before KiB after the warm-up, $now KiB at the end" >&3
	[ "$now" -le $((before + growth)) ] ||
	    same "resident KiB" "$before" "$now"
}
exec 3>&1

# Before the first request nobody is connected.
open=$(descriptors)
warm_up=$((requests / 10 + 40))
enrol "$warm_up"
break_off 40
check "a warm-up of $warm_up enrolments: all succeed" \
    are_cert_reps "$warm_up"
check "then no descriptor is left open" is_back_to "$open"
before=$(resident)

break_off $((requests / 10 + 20)) &
breaking=$!
enrol "$requests"
wait "$breaking"
check "connections can be broken off all the while" test $? = 0
check "$requests enrolments, $lanes at a time: each is answered by a CertRep" \
    are_cert_reps "$requests"
check "no descriptor is left open" is_back_to "$open"
check "it has not grown by more than $growth KiB" has_not_grown
check "no pkiStatus but SUCCESS is in the log" \
    same failures 0 "$(logged operation=PKIOperation result=failure)"

# Killed under load

enrol "$requests" 2>enrol.err &
loading=$!
has_begun() {
	[ "$(wc -l <answers)" -ge 20 ]
}
await has_begun
crash_scepd
check "killed under load it leaves its socket behind" test -S scepd.sock
start_scepd
wait "$loading"
check "some enrolments under way went on with the next scepd" \
    test "$(grep -c '^200 ' answers)" -gt 20
check "all others were told that it was gone" \
    same "neither 200 nor 502" "" "$(grep -v '^200 \|^502 ' answers)"
enrol 100
check "the next scepd serves all that come" are_cert_reps 100
stop "$web"
stop "$scepd"
check "and ends with status 0" test $? = 0
