#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Conversations that take longer than one answer, by strongSwan's pki: requests
# that somebody has to approve, polls, answers that were lost, renewals, and
# certificates that were revoked.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 23
need nginx nginx-light
need_pki
begin

make_ca ca
for name in one two three four; do
	make_key "$name.key"
done
configure "$(socket_setting)" \
    "$(endpoint /scep ca)" \
    "$(manual_endpoint /scep/manual ca)"
start_scepd
start_nginx

# A device asks, for a minute at most; what it gets is NAME.pem.
enrol() { # NAME PATH SUBJECT [OPTION...]
	timeout 60 pki --scep --url "http://127.0.0.1:$port$2" \
	    --in "$1.key" --dn "$3" --interval 1 --cacert-enc ca.pem \
	    --cacert-sig ca.pem --cacert ca.pem --outform pem "${@:4}" \
	    >"$1.new" 2>"$1.err" && mv "$1.new" "$1.pem"
}

first() { # NAME PATH SUBJECT
	enrol "$@" --password "$challenge"
}

renew() { # NAME OF SUBJECT [OPTION...]
	enrol "$1" /scep "$3" --cert "$2.pem" --key "$2.key" "${@:4}"
}

is_of() { # NAME SUBJECT
	is_enrolled "$1.pem" "$1.key" "$2" ca.pem
}

serial() { # NAME
	openssl x509 -in "$1.pem" -noout -serial | sed 's/serial=0*//' |
	    tr A-F a-f
}

scepctl() {
	"$SCEPCTL" "$@" --state "$work/state/state.db"
}

# Approval

first one /scep/manual "O=Example, CN=one" &
client=$!
check "a request that wants approval is held" \
    await has_logged endpoint=/scep/manual messageType=19 result=pending request=1
check "the device polls meanwhile" \
    await has_logged endpoint=/scep/manual messageType=20 result=pending request=1
is_listed() {
	scepctl pending list | grep '/scep/manual.*CN=one,O=Example'
}
check "scepctl lists it" is_listed
check "scepctl approves it" scepctl pending approve 1
wait "$client"
check "then the device gets its certificate" test $? = 0
check "which is what it asked for" is_of one "CN=one,O=Example"
check "the log says that it was polled for" \
    has_logged endpoint=/scep/manual messageType=20 result=success request=1

first two /scep/manual "O=Example, CN=two" &
client=$!
await has_logged endpoint=/scep/manual result=pending request=2
check "scepctl rejects another" \
    scepctl pending reject 2 --reason "not one of ours"
wait "$client"
check "then the device gives up" test $? != 0
check "the log has the reason" \
    has_logged reason=request-rejected 'detail="not one of ours"'
check "nothing is left to decide" \
    same requests "" "$(scepctl pending list | grep Example)"

# Renewal

check "a device enrols" first two /scep "O=Example, CN=two"
check "and renews its certificate with a new key, without a challenge" \
    renew three two "O=Example, CN=two"
check "OpenSSL agrees" is_of three "CN=two,O=Example"
check "the log says that it was a renewal" \
    has_logged messageType=17 result=success 'CN=two,O=Example'
check "another name is refused" \
    refused renew four two "O=Example, CN=other"
check "the log says renewal-names" has_logged reason=renewal-names
check "the same key again is refused" \
    refused renew two two "O=Example, CN=two"
check "the log says renewal-key" has_logged reason=renewal-key

# Revocation

check "scepctl revokes a certificate" \
    scepctl cert revoke "$(serial two)" --reason keyCompromise
check "which then renews nothing" \
    refused renew four two "O=Example, CN=two"
check "the log says renewal-revoked" has_logged reason=renewal-revoked
check "nor does its key get another" \
    refused first two /scep "O=Example, CN=two again"
