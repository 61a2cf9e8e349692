#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# micromdm's scepclient, in Go, enrols through nginx, at a CA alone and at one
# with an RA, and where somebody has to approve it.  It knows single DES and
# SHA-1 only, and sends the same request again instead of polling.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 13
need nginx nginx-light
need scepclient scep
begin

make_ca alone
make_ca above
make_ra ra above
des='algorithms = ( "default", "des" );'
configure "$(socket_setting)" \
    "$(endpoint /scep/alone alone "$des")" \
    "$(endpoint /scep/ra above "$des" "$(ra ra)")" \
    "$(endpoint /scep/modern alone)" \
    "$(manual_endpoint /scep/manual alone "$des")"
start_scepd
start_nginx

# In a folder of its own: it would take up a request that it finds.
enrol() { # FOLDER NAME CHALLENGE
	mkdir -p "$1" && cd "$1" || return
	timeout 120 scepclient -server-url "http://127.0.0.1:$port/scep/$2" \
	    -cn "phone 1" -organization Example -country CH -ou Phones \
	    -challenge "$3" -private-key device.key -certificate issued.pem
	status=$?
	cd "$work" || return
	return "$status"
}

is_phone() { # FOLDER CA
	is_enrolled "$1/issued.pem" "$1/device.key" \
	    "CN=phone 1,OU=Phones,O=Example,C=CH" "$2.pem"
}

check "it enrols at a CA alone" enrol 1 alone "$challenge"
check "OpenSSL agrees" is_phone 1 alone
check "it enrols with an RA" enrol 2 ra "$challenge"
check "OpenSSL agrees" is_phone 2 above
check "a wrong challenge is refused" refused enrol 3 ra wrong
check "the log says challenge-wrong" has_logged endpoint=/scep/ra \
    result=failure reason=challenge-wrong \
    'subject="CN=phone 1,OU=Phones,O=Example,C=CH"'
check "it is refused where DES is not listed" \
    refused enrol 4 modern "$challenge"
check "the log says cipher" has_logged endpoint=/scep/modern \
    result=failure reason=cipher

# Approval: it sends the same request again every half a minute.

scepctl() {
	"$SCEPCTL" "$@" --state "$work/state/state.db"
}

enrol 5 manual "$challenge" >enrol.out 2>&1 &
client=$!
check "where approval is wanted it is held" await has_logged \
    endpoint=/scep/manual messageType=19 result=pending request=3
check "scepctl approves it" scepctl pending approve 3
wait "$client"
check "then it gets its certificate" test $? = 0
check "OpenSSL agrees" is_phone 5 alone
check "the log says that it had sent the same again" has_logged \
    endpoint=/scep/manual messageType=19 result=success request=3
