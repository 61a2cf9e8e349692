#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Somebody tries wrong challenge passwords through nginx, and is slowed down by
# all workers together: he alone, whether a worker is killed or not, and until
# the right one comes when its time has come.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 18
need nginx nginx-light
need_pki
begin

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
make_key device.key
configure "$(socket_setting) workers = 2;
limits = { wrong_challenges = 10; wrong_challenge_window = \"1h\";
           wrong_challenge_wait = \"8s\"; wrong_challenge_alarm = 20; };" \
    "$(endpoint /scep lab)"
start_scepd

# The same again at another port, whose requests come from 127.0.0.2.
other=$((31000 + RANDOM % 1000))
write_conf() {
	write_nginx_conf
	cat >>site.conf <<-END
		server {
			listen 127.0.0.1:$other;
			location / {
				proxy_bind 127.0.0.2;
				proxy_pass http://127.0.0.1:$port;
			}
		}
	END
}
start_web_server nginx.log write_conf \
    nginx -e "$work/nginx.log" -p "$work" -c "$work/nginx.conf"

enrol() { # PORT NAME CHALLENGE
	pki --scep --url "http://127.0.0.1:$1/scep" --in device.key \
	    --dn "CN=$2" --password "$3" --cacert-enc lab.pem \
	    --cacert-sig lab.pem --cacert lab.pem --outform pem >issued.pem
}

is_device() { # NAME
	is_enrolled issued.pem device.key "CN=$1" lab.pem
}

guess() { # TIMES
	local i

	for ((i = 0; i < $1; i++)); do
		refused enrol "$port" guesser wrong || return
	done
}

wrong() {
	logged peer=127.0.0.1 result=failure reason=challenge-wrong
}

delayed() {
	logged peer=127.0.0.1 result=error reason=challenge-delayed
}

# Until he has to wait for so long that even a slow machine can do more
# meanwhile.
guess_until_delayed() {
	local before i

	before=$(logged 'detail="for 8 s"')
	for ((i = 0; i < 100; i++)); do
		guess 1 || return
		[ "$(logged 'detail="for 8 s"')" -eq "$before" ] || return 0
		sleep 0.2
	done
	return 1
}

# A recorded request, with the right challenge.
post() {
	ask '/scep?operation=PKIOperation' \
	    --data-binary "@$vectors/certmonger/message.der"
}

is_told_to_wait() {
	local wait

	answered 503 text/plain || return
	wait=$(field Retry-After)
	[ "$wait" -ge 1 ] && [ "$wait" -le 8 ] ||
	    same Retry-After "1 to 8" "$wait"
}

# When it is told to come again, it does.
gets_through_in_time() {
	local i

	for ((i = 0; i < 3; i++)); do
		post
		[ "$(cat status)" = 503 ] || break
		is_told_to_wait || return
		sleep "$(field Retry-After)"
	done
	is_cert_rep 0
}

scepctl() {
	"$SCEPCTL" "$@" --state "$work/state/state.db"
}

has_alarm() {
	scepctl alarm list >alarms
	grep -q 'wrong-challenges.*/scep\|/scep.*wrong-challenges' alarms
}

check "ten wrong ones are refused as ever" guess 10
check "in words of the log" same lines 10 "$(wrong)"
check "nobody was told to wait" same lines 0 "$(delayed)"
check "then he is told to wait" guess_until_delayed
post
check "and so is who has the right one at his address" is_told_to_wait
check "the log says for how long" has_logged reason=challenge-delayed \
    'detail="for ' ' s"'
check "another address enrols" enrol "$other" neighbour "$challenge"
check "OpenSSL agrees" is_device neighbour
check "which has been another address for scepd" has_logged peer=127.0.0.2 \
    result=success 'subject="CN=neighbour"'
check "the right one gets through in the time that it is told" \
    gets_through_in_time
check "and all is forgiven" enrol "$port" device "$challenge"
check "OpenSSL agrees" is_device device

check "he is told to wait again" guess_until_delayed
kill -KILL "$(process "worker 1")" "$(process "worker 2")"
await has_logged "worker 1" "signal 9"
check "and when the workers were killed and started anew" guess_until_delayed
post
check "what was answered before is answered again" is_cert_rep 0
check "so many are an alarm" await has_alarm
check "of which the log tells" has_logged 'event="alarm: /scep: '
check "and nothing is locked by it" enrol "$other" another "$challenge"
