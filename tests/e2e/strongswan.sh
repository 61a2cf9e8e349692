#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# strongSwan's pki learns all it needs from scepd, through nginx, and enrols:
# at a CA alone and at one with an RA, by AES and by 3DES.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 22
need nginx nginx-light
need_pki
begin

make_ca alone
make_ca above
make_ra ra above
make_key device.key
configure "$(socket_setting)" \
    "$(endpoint /scep/alone alone)" \
    "$(endpoint /scep/ra above "$(ra ra)")" \
    "$(endpoint /scep/strict alone 'algorithms = "strict";')"
start_scepd
start_nginx

fetch_ca() { # NAME
	pki --scepca --url "http://127.0.0.1:$port/scep/$1" --force \
	    --caout "$1.ca" --raout "$1.ra" --outform pem
	[ -e "$1.ra" ] || cp "$1.ca" "$1.ra"
}

fetched() { # FILE CERTIFICATE
	same certificate "$(openssl x509 -in "$2")" "$(openssl x509 -in "$1")"
}

enrol() { # NAME CHALLENGE [OPTION...]
	pki --scep --url "http://127.0.0.1:$port/scep/$1" --in device.key \
	    --dn "C=CH, O=Example, CN=router 1" --san router-1.example.org \
	    --password "$2" --cacert-enc "$1.ra" --cacert-sig "$1.ra" \
	    --cacert "$1.ca" --outform pem "${@:3}" >issued.pem
}

is_router() { # CA
	is_enrolled issued.pem device.key "CN=router 1,O=Example,C=CH" \
	    "$1.pem" &&
	    openssl x509 -in issued.pem -noout -ext subjectAltName |
	    grep -q 'DNS:router-1\.example\.org'
}

# One enrolment: the client is content, and so are we.
enrolment() { # SENTENCE NAME CA [OPTION...]
	check "$1" enrol "$2" "$challenge" "${@:4}"
	check "$1: OpenSSL agrees" is_router "$3"
}

check "it takes the CA's certificate" fetch_ca alone
check "which is that of the CA" fetched alone.ca alone.pem
check "it takes the CA's and the RA's certificates" fetch_ca ra
check "of which one is the CA's" fetched ra.ca above.pem
check "and one the RA's" fetched ra.ra ra.pem
fetch_ca strict 2>/dev/null

enrolment "AES and SHA-256 at a CA alone" alone alone
enrolment "3DES at a CA alone" alone alone --cipher des3
enrolment "AES and SHA-256 with an RA" ra above
enrolment "3DES with an RA" ra above --cipher des3
enrolment "SHA-512 and RSA-PSS" alone alone --digest sha512 --rsa-padding pss
enrolment "AES where 3DES is not allowed" strict alone

check "a wrong challenge is refused" refused enrol ra wrong
check "the log says challenge-wrong" has_logged endpoint=/scep/ra \
    result=failure reason=challenge-wrong 'subject="CN=router 1,O=Example,C=CH"'
check "it says so of nothing else" same lines 1 "$(logged result=failure)"
check "it never says the challenge" same lines 0 "$(logged "$challenge")"
check "3DES is refused where it is not allowed" \
    refused enrol strict "$challenge" --cipher des3
