#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook that issues with GnuTLS certtool.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan $((10 + WRONG_INPUTS))
need certtool gnutls-bin
begin

mkdir -p ca/issued
make_simple_ca
mv ca.pem ca.key ca
cat >ca/template <<-END
	expiration_days = 20
	signing_key
	encryption_key
	tls_www_client
	honor_crq_ext = 2.5.29.17
END

take sscep
check "a certificate is issued" issues ca/ca.pem certtool ca
check "asked again it is the same" issues_again ca/ca.pem certtool ca
check "asked by POLL as well" with SCEP_OPERATION=POLL -- \
    issues_again ca/ca.pem certtool ca
take asks
check "another key gets another, even with a number that was given before" \
    with SCEP_REQUEST=17 -- issues ca/ca.pem certtool ca
check "names that are asked for are kept" shows router.example.org -text

check_wrong_inputs certtool ca
check "a folder that is not there is misconfigured" \
    warns elsewhere 4 certtool elsewhere
mv ca/template ca/kept
check "without a template it is misconfigured" warns template 4 certtool ca
mv ca/kept ca/template
cp ca/ca.key kept
echo nothing >ca/ca.key
check "a CA that can't sign is trouble" with SCEP_REQUEST=19 -- \
    warns failed 3 certtool ca
mv kept ca/ca.key
shim certtool <<-'END'
	#!/bin/sh
	for last; do :; done
	echo half >"$last"
	: >../started
	sleep 60
END
check "one that is too slow can be ended" with "PATH=$work/bin:$PATH" \
    SCEP_REQUEST=20 -- interrupt certtool ca
check "nothing but certificates is kept" same files 2 \
    "$(find ca/issued -type f | wc -l)"
