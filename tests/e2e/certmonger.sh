#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# certmonger, the daemon, enrols through nginx, always by GET: at a CA alone
# and at one with an RA; waits where somebody has to approve what it asks for, and
# renews with a new key.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 21
need nginx nginx-light
need certmonger certmonger
begin

make_ca alone
make_ca above
make_ra ra above
configure "$(socket_setting)" \
    "$(endpoint /scep/alone alone)" \
    "$(endpoint /scep/ra above "$(ra ra)")" \
    "$(manual_endpoint /scep/manual alone)"
start_scepd
start_nginx

# A certmonger of our own, that nothing but its socket leads to: neither a
# message bus nor the machine's own certmonger has to do with it.
mkdir certmonger certmonger/requests certmonger/cas certmonger/local \
    certmonger/tmp
export CERTMONGER_CONFIG_DIR=$work/certmonger \
    CERTMONGER_REQUESTS_DIR=$work/certmonger/requests \
    CERTMONGER_CAS_DIR=$work/certmonger/cas \
    CERTMONGER_LOCAL_CA_DIR=$work/certmonger/local \
    CERTMONGER_TMPDIR=$work/certmonger/tmp \
    CERTMONGER_SYSTEM_LOCK_FILE=$work/certmonger/lock \
    CERTMONGER_PVT_ADDRESS=unix:path=$work/certmonger/socket
: >certmonger/certmonger.conf
start_certmonger() {
	start certmonger.log certmonger -n -d 1 -L \
	    -P "$work/certmonger/socket"
	certmonger=$started
	await getcert list-cas || bail_out "certmonger does not start"
}
start_certmonger

has_ca() { # NAME
	getcert list-cas -c "$1" | grep 'SCEP CA certificate thumbprint'
}

# The CA's certificate is told by hand, as one checks a fingerprint.
add_ca() { # NAME OPTION CA
	getcert add-scep-ca -c "$1" -u "http://127.0.0.1:$port/scep/$1" \
	    "$2" "$work/$3.pem" &&
	    await has_ca "$1"
}

has_status() { # FILE STATUS
	getcert list -f "$work/$1.pem" | grep -q "status: $2\$"
}

is_decided() { # FILE
	has_status "$1" MONITORING || has_status "$1" CA_REJECTED ||
	    has_status "$1" CA_WORKING || has_status "$1" CA_UNREACHABLE
}

enrol() { # FILE CA CHALLENGE
	getcert request -c "$2" -k "$work/$1.key" -f "$work/$1.pem" \
	    -N "CN=printer $1,O=Example" -D printer.example.org \
	    -L "$3"
	await is_decided "$1"
	getcert list -f "$work/$1.pem"
}

is_monitored() {
	enrol "$@"
	has_status "$1" MONITORING
}

is_rejected() {
	enrol "$@"
	has_status "$1" CA_REJECTED
}

is_waiting() {
	enrol "$@"
	has_status "$1" CA_WORKING
}

is_printer() { # FILE CA
	is_enrolled "$1.pem" "$1.key" "O=Example,CN=printer $1" "$2.pem" &&
	    openssl x509 -in "$1.pem" -noout -ext subjectAltName |
	    grep -q 'DNS:printer\.example\.org'
}

check "it takes the CA" add_ca alone -N alone
check "it enrols at a CA alone" is_monitored one alone "$challenge"
check "OpenSSL agrees" is_printer one alone
check "it takes the CA and its RA" add_ca ra -R above
check "it enrols with an RA" is_monitored two ra "$challenge"
check "OpenSSL agrees" is_printer two above
check "it has used AES-256" \
    grep -q 'Server supports AES, using AES256' certmonger.log
check "it has used SHA-256" \
    grep -q 'Server supports SHA-256, using that' certmonger.log

check "a wrong challenge is refused with an RA" is_rejected three ra wrong
check "the log says challenge-wrong" has_logged endpoint=/scep/ra \
    result=failure reason=challenge-wrong 'CN=printer three'
check "a wrong challenge is refused at the CA alone" \
    is_rejected four alone wrong
check "the log says challenge-wrong" has_logged endpoint=/scep/alone \
    result=failure reason=challenge-wrong 'CN=printer four'

# Approval: what waits is asked for again a week later, or after a new start.

scepctl() {
	"$SCEPCTL" "$@" --state "$work/state/state.db"
}

# The number of the request of NAME that waits.
waiting() { # NAME
	scepctl pending list | awk -v name="CN=printer $1\$" \
	    '$3 == "held" && $0 ~ name { print $1 }'
}

ask_again() {
	stop "$certmonger"
	start_certmonger
}

add_ca manual -N alone >/dev/null
check "a request that wants approval waits" \
    is_waiting five manual "$challenge"
check "scepctl approves it" scepctl pending approve "$(waiting five)"
ask_again
check "when it is asked for again the certificate comes" \
    await has_status five MONITORING
check "OpenSSL agrees" is_printer five alone

serial() { # FILE
	openssl x509 -in "$1.pem" -noout -serial
}

is_rekeyed() { # FILE
	local before key

	before=$(serial "$1")
	key=$(openssl pkey -in "$1.key" -pubout)
	getcert rekey -f "$work/$1.pem"
	await is_renewed "$1" "$before" ||
	    { getcert list -f "$work/$1.pem"; return 1; }
	[ "$key" != "$(openssl pkey -in "$1.key" -pubout)" ]
}

is_renewed() { # FILE SERIAL-BEFORE
	[ "$2" != "$(serial "$1")" ] && has_status "$1" MONITORING
}

check "it renews with a new key, and nobody has to approve that" \
    is_rekeyed five
check "OpenSSL agrees" is_printer five alone
check "nothing waits" same requests "" "$(waiting five)"

is_waiting six manual "$challenge" >/dev/null
scepctl pending reject "$(waiting six)" --reason "not one of ours" >/dev/null
ask_again
check "when one is asked for again that was rejected, it is told so" \
    await has_status six CA_REJECTED
check "the log says why" has_logged endpoint=/scep/manual \
    reason=request-rejected 'detail="not one of ours"'
