#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook that issues with easy-rsa.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan $((13 + WRONG_INPUTS))
PATH=$PATH:/usr/share/easy-rsa
need easyrsa easy-rsa
need flock util-linux
begin

pki() { # COMMAND...
	easyrsa --batch --pki-dir="$work/pki" "$@" >>easyrsa.out 2>&1 ||
	    bail_out "easyrsa: $(tail -n 20 easyrsa.out)"
}
mkdir tmp
pki init-pki
pki build-ca nopass

# How many the CA has issued.
issued() {
	grep -c '^V' pki/index.txt
}

two_at_once() {
	local i one=1 two=1

	for i in one two; do
		env -i "${variables[@]}" SCEP_REQUEST=20 "$hooks/easy-rsa" \
		    "$work/pki" <request.pem >"$i" 2>"$i.err" &
		eval "$i=\$!"
	done
	wait "$one" && wait "$two" && [ -s one ] && cmp one two
}

take sscep
check "a certificate is issued" issues pki/ca.crt easy-rsa "$work/pki"
check "it is a client's" shows 'Web Client' -ext extendedKeyUsage
check "asked again it is the same" issues_again pki/ca.crt \
    easy-rsa "$work/pki"
check "asked by POLL as well" with SCEP_OPERATION=POLL -- \
    issues_again pki/ca.crt easy-rsa "$work/pki"
take asks
cp request.pem "pki/reqs/17-$(sed -n 's/^SCEP_KEY_HASH=//p' \
    "$vectors/hooks/asks.env").req"
check "another key gets another, also where the last run got stuck" \
    with SCEP_REQUEST=17 -- issues pki/ca.crt easy-rsa "$work/pki" server
check "names that are asked for are kept" shows \
    'DNS:router.example.org, IP Address:192.0.2.1' -ext subjectAltName
check "two that are the same and run at once issue one" two_at_once
check "and the CA has issued no more" same certificates 3 "$(issued)"

check_wrong_inputs easy-rsa "$work/pki"
check "a folder that is no PKI is misconfigured" \
    warns 'no PKI' 4 easy-rsa "$work"
check "a type that is not there is trouble" with SCEP_REQUEST=21 -- \
    warns 'has failed' 3 easy-rsa "$work/pki" nothing
shim easyrsa <<-'END'
	#!/bin/sh
	exit 1
END
check "an easyrsa that fails is trouble" with "$shims" SCEP_REQUEST=22 -- \
    warns 'has failed' 3 easy-rsa "$work/pki"
shim easyrsa <<-'END'
	#!/bin/sh
	[ "$3" = import-req ] || exit
	cp "$4" "${2#--pki-dir=}/reqs/$5.req"
	: >started
	sleep 60
END
check "one that is too slow can be ended" with "$shims" SCEP_REQUEST=23 \
    TMPDIR="$work/tmp" -- interrupt easy-rsa "$work/pki"
check "and no request stays anywhere, as a challenge password is in it" \
    same files "" "$(find tmp pki/reqs -type f)"
