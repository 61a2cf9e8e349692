#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A program that is told what happens (scepd-hooks(7)), by whichever process.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 23
need nginx nginx-light
begin

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
message=$vectors/certmonger/message.der

(umask 077 && echo another >another)

# One that writes down what it is told, into a file of the event's name.
chmod 777 .
cat >tell <<-END
	#!/bin/sh
	cd "$work" || exit 4
	[ ! -e broken ] || { echo "no mail today" >&2; exit 3; }
	umask 022
	{ env; cat; } >"telling.\$\$" && mv "telling.\$\$" "told.\$SCEP_EVENT" ||
	    exit 4
END
chmod +x tell
notify() { # SETTING...
	echo "notify = { command = ( \"$work/tell\" ); $* };"
}
write_conf() { # SETTING...
	configure "$(socket_setting) workers = 2; $(notify "$@")" \
	    "$(endpoint /scep lab 'profile = { days = 20; };')" \
	    "$(manual_endpoint /scep/held lab)" \
	    "$(manual_endpoint /scep/other lab)" \
	    "$(endpoint /scep/strict lab |
	        sed 's/file = "challenge"/file = "another"/')"
}
says() { # TEXT
	refused "$SCEPD" -t -c scepd.conf && "$SCEPD" -t -c scepd.conf 2>&1 |
	    grep -q -e "$1"
}
write_conf 'events = ( "issued", "born" );'
check "an event that does not exist is refused" says '"born" is no event'
write_conf 'events = ( "issued" );'
sed -i "s,$work/tell,$work/none," scepd.conf
check "so is a program that is not there" says "none can't be run"
write_conf 'expiring = "10d";'
check "without events all are to be told" "$SCEPD" -t -c scepd.conf
start_scepd
start_nginx

# All with the configuration, which names the state database and the CA.
scepctl() {
	"$SCEPCTL" "$@" --config "$work/scepd.conf"
}
post() { # PATH STATUS
	ask "$1?operation=PKIOperation" --data-binary "@$message" &&
	    is_cert_rep "$2"
}
# Whether it is told of an event, with these variables.
told() { # EVENT VARIABLE...
	local event=$1 variable

	await test -e "told.$event"
	for variable in SCEP_OPERATION=NOTIFY "SCEP_EVENT=$event" "${@:2}"; do
		grep -qxF -e "$variable" "told.$event" || {
			echo "no $variable in"
			cat "told.$event"
			return 1
		}
	done
}

check "a device enrols" post /scep 0
serial=$(scepctl cert list | awk 'NR == 2 { print $1 }')
check "it is told that a certificate was issued" told issued SCEP_REQUEST=1 \
    SCEP_ENDPOINT=/scep "SCEP_SERIAL=$serial" SCEP_REMOTE_ADDR=127.0.0.1
check "and reads the certificate" \
    openssl verify -no_check_time -CAfile lab.pem told.issued
check "another has to wait for its approval" post /scep/held 3
check "it is told so" told held SCEP_REQUEST=2 SCEP_ENDPOINT=/scep/held \
    SCEP_SERIAL=
check "an operator rejects it" \
    scepctl pending reject 2 --reason "not one of ours"
check "it is told that, and why" told refused SCEP_REQUEST=2 \
    "SCEP_REASON=not one of ours"
rm told.refused
check "a device with a wrong challenge is refused" post /scep/strict 2
check "it is told that as well, and why" told refused SCEP_REQUEST= \
    SCEP_ENDPOINT=/scep/strict SCEP_REMOTE_ADDR=127.0.0.1 "$(printf '%s%s' \
    "SCEP_REASON=challenge-wrong: The challenge password is none that the " \
    "endpoint takes.")"
check "nobody is told of what expires in time" test ! -e told.expiring

# Of a new configuration, with what it has not looked at before.
write_conf 'expiring = "40d";'
kill -HUP "$scepd"
check "where it looks further ahead, it is told what expires" told expiring \
    "SCEP_SERIAL=$serial" SCEP_REQUEST=1 SCEP_ENDPOINT=/scep
check "an operator revokes a certificate" \
    scepctl cert revoke "$serial" --reason superseded
check "it is told that, and why" told revoked "SCEP_SERIAL=$serial" \
    SCEP_REASON=superseded SCEP_REQUEST=1 SCEP_ENDPOINT=/scep
has_none() {
	same list 1 "$(scepctl notify list | wc -l)"
}
check "then nothing waits" await has_none

# A program that fails keeps nobody from anything.
rm told.*
: >broken
check "a device is answered where the program fails" post /scep/other 3
check "the log says how it failed" await has_logged told=held \
    'said="no mail today'
has_tried() {
	scepctl notify list | awk 'NR == 2 && $2 == "held" && $4 >= 1 { ok = 1 }
	    END { exit !ok }'
}
check "and scepctl that it was tried" await has_tried
check "it is told nothing meanwhile" test ! -e told.held
rm broken
kill -KILL "$(process keeper)"
check "a keeper that is killed loses nothing" told held \
    SCEP_ENDPOINT=/scep/other
check "then nothing waits again" await has_none
