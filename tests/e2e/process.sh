#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# scepd as a process: its check of a configuration, its socket, the ways to
# hand it one, its signals, and what becomes of requests when it ends.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 30
need nginx nginx-light
begin

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
message=$vectors/certmonger/message.der

# A group that we may give a socket to, and not just the one it would get.
group=$(id -Gn | awk '{ print $NF }')
[ "$(id -u)" -ne 0 ] || group=www-data
socket=$work/scepd.sock

configure_socket() { # MODE
	configure "socket = { path = \"$socket\"; mode = \"$1\";
	    group = \"$group\"; };" "$(endpoint /scep lab)"
}

has_mode() { # MODE
	same "mode and group" "$1 $group" "$(stat -c '%a %G' "$socket")"
}

# The configuration

configure_socket 0660
check "-t accepts a good configuration" "$SCEPD" -t -c scepd.conf
check "-t opens no socket" test ! -e "$socket"
sed 's/challenge = (/challange = (/' scepd.conf >bad.conf
check "-t refuses a bad one" refused "$SCEPD" -t -c bad.conf
line=$(grep -n challange bad.conf | cut -d : -f 1)
says_where() {
	"$SCEPD" -t -c bad.conf 2>&1 |
	    grep "bad\.conf:$line:.*challange.*\"challenge\""
}
check "and says where, and what was meant" says_where
check "it does not start with it" \
    refused timeout 20 "$SCEPD" -c "$work/bad.conf"

# The socket

start_scepd
check "the socket has its mode and group" has_mode 660
check "a second scepd does not take the socket of the first" \
    refused timeout 20 "$SCEPD" -c "$work/scepd.conf"
start_nginx
ask '/scep?operation=GetCACaps'
check "the first goes on serving" answered 200 text/plain
stop "$scepd"
check "TERM ends it with status 0" test $? = 0
check "and removes the socket" test ! -e "$socket"

configure_socket 0600
start_scepd
check "another mode is obeyed" has_mode 600
crash_scepd
check "killed it leaves the socket behind" test -S "$socket"
configure_socket 0660
start_scepd
ask '/scep?operation=GetCACaps'
check "which the next scepd replaces" answered 200 text/plain

kill -HUP "$scepd"
ask '/scep?operation=GetCACaps'
check "HUP does not end it" answered 200 text/plain
stop "$web"

# Requests in flight: nginx passes on a body as it comes, and scepd is told
# to end when it has half of one.

half=$(($(wc -c <"$message") / 2))
nginx_site=$work/site.nginx
sed '/fastcgi_pass/i fastcgi_request_buffering off;' \
    "$source/contrib/nginx/scepd.conf" >"$nginx_site"
start_nginx

# Connections that have been made to the socket.
connections() {
	awk -v path="$socket" '$8 == path && $4 != "00010000"' /proc/net/unix |
	    wc -l
}
is_connected() {
	[ "$(connections)" -gt 0 ]
}

end_in_flight() { # SIGNAL
	mkfifo slow
	ask '/scep?operation=PKIOperation' -X POST -T - -H Transfer-Encoding: \
	    -H "Content-Length: $(wc -c <"$message")" -H Expect: <slow &
	client=$!
	exec 9>slow
	head -c "$half" "$message" >&9
	await is_connected
	kill "-$1" "$scepd"
	await is_withdrawn
	tail -c "+$((half + 1))" "$message" >&9
	exec 9>&-
	wait "$client"
	rm slow
}

# It has taken notice of the signal: nobody can connect any more.
is_withdrawn() {
	[ ! -e "$socket" ]
}

ended_well() {
	await is_gone "$scepd" || return
	forget "$scepd"
	wait "$scepd"
}

end_in_flight TERM
check "TERM: a request in flight is answered" is_cert_rep 0
check "TERM: then it ends with status 0" ended_well
start_scepd
end_in_flight USR1
check "USR1: a request in flight is answered" is_cert_rep 0
check "USR1: then it ends with status 0" ended_well
stop "$web"

# Many requests, and connections that nginx keeps open between two of them:
# one that idles must not occupy the only thread there is.

configure "socket = { path = \"$socket\"; mode = \"0660\";
    group = \"$group\"; };
workers = 1; threads = 1;" "$(endpoint /scep lab)"
start_scepd
nginx_site=$work/kept.nginx
{
	echo "upstream kept { server unix:$socket; keepalive 4; }"
	sed 's,fastcgi_pass .*,fastcgi_pass kept; fastcgi_keep_conn on;,' \
	    "$source/contrib/nginx/scepd.conf"
} >"$nginx_site"
start_nginx
keeping=$web
ask '/scep?operation=GetCACaps'
check "a connection that nginx keeps serves" answered 200 text/plain
ask '/scep?operation=GetCACaps'
check "and serves again" answered 200 text/plain
check "it is kept" is_connected
nginx_site=$source/contrib/nginx/scepd.conf
start_nginx
ask '/scep?operation=GetCACaps' --max-time 10
check "while it idles the one thread serves others" answered 200 text/plain
stop "$keeping"

succeeded() {
	logged operation=PKIOperation result=success
}
before=$(succeeded)
seq 40 | xargs -P 10 -I '{}' curl -sS --max-time 60 -o /dev/null \
    --data-binary "@$message" \
    "http://127.0.0.1:$port/scep?operation=PKIOperation"
check "forty enrolments, ten at a time, all succeed" \
    same "how many" 40 "$(($(succeeded) - before))"
stop "$web"
stop "$scepd"

# Sockets that others make

configure "" "$(endpoint /scep lab)"
start_nginx

serves() { # SENTENCE
	ask '/scep?operation=PKIOperation' --data-binary "@$message"
	check "$1" is_cert_rep 0
}

if command -v spawn-fcgi >/dev/null; then
	start scepd.log spawn-fcgi -n -s "$socket" -M 0660 -G "$group" -- \
	    "$SCEPD" -c "$work/scepd.conf"
	scepd=$started
	await is_listening "$socket"
	serves "it serves the socket that spawn-fcgi hands over"
	stop "$scepd"
	check "and ends with status 0" test $? = 0
	rm -f "$socket"
else
	skip 2 "needs spawn-fcgi: apt-get install spawn-fcgi"
fi

if command -v systemd-socket-activate >/dev/null; then
	start scepd.log systemd-socket-activate -l "$socket" \
	    "$SCEPD" -c "$work/scepd.conf"
	scepd=$started
	await is_listening "$socket"
	[ "$(id -u)" -ne 0 ] || chown www-data "$socket"
	serves "it serves the socket that systemd hands over"
	stop "$scepd"
	check "and ends with status 0" test $? = 0
	check "and leaves the socket where it is" test -S "$socket"
	rm -f "$socket"
else
	skip 3 "needs systemd-socket-activate: apt-get install systemd"
fi

if command -v systemd-analyze >/dev/null; then
	mkdir units
	cp "$source/contrib/systemd/scepd.socket" units
	sed "s,/usr/sbin/scepd,$SCEPD," \
	    "$source/contrib/systemd/scepd.service" >units/scepd.service
	check "systemd finds nothing wrong with the units of contrib/systemd" \
	    same "what it says" "" "$(systemd-analyze verify --man=no \
	        units/scepd.socket units/scepd.service 2>&1)"
else
	skip 1 "needs systemd-analyze: apt-get install systemd"
fi

check "without any socket it says so and ends" \
    refused timeout 20 "$SCEPD" -c "$work/scepd.conf"
