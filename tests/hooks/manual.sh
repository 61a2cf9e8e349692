#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples of scepd-hooks(7) do as printed what it says.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan 16
begin

# What stands between two comments of the manual.
example() { # NAME
	sed -n "/^\.\\\\\" begin $1\$/,/^\.\\\\\" end $1\$/p" \
	    "$source/doc/scepd-hooks.7" |
	    sed '/^\./d; s/\\e/\\/g; s/\\&//g' >"$1"
	[ -s "$1" ] || bail_out "scepd-hooks(7) has no example $1"
	chmod +x "$1"
}
example approve
example issue
example by-hand

is_short() { # FILE
	[ "$(wc -l <"$1")" -le 10 ]
}

# Runs the block for trying by hand with another hook and operation.
try() { # HOOK OPERATION
	sed "s,^hook=.*,hook=$1,; s/OPERATION=SUBMIT/OPERATION=$2/" by-hand |
	    bash >tried 2>&1
}

check "the approving one has ten lines" is_short approve
check "the issuing one has ten lines" is_short issue

take asks
variables+=(SCEP_OPERATION=AUTHORIZE)
check "without a list the approving one is misconfigured" ends 4 ./approve
echo 'CN=router,O=Example,ST=Bavaria,C=DE' >devices
check "who is listed is allowed" ends 0 ./approve
echo 'CN=.*' >devices
check "others wait" says 'not listed' 1 ./approve
echo >>devices
check "who has no name is refused" with SCEP_REQ_SUBJECT= -- \
    says '.*no name' 2 ./approve
check "it does not issue" with SCEP_OPERATION=SUBMIT -- ends 6 ./approve

make_simple_ca
mkdir issued
printf 'basicConstraints = CA:FALSE\nextendedKeyUsage = clientAuth\n' \
    >device.cnf
take asks
check "the issuing one issues" issues ca.pem ./issue
check "asked again it is the same" issues_again ca.pem ./issue
take sscep
check "by POLL as well" with SCEP_OPERATION=POLL -- issues ca.pem ./issue
check "it does not approve" with SCEP_OPERATION=AUTHORIZE -- ends 6 ./issue
input=/dev/null
check "without a request it has trouble" with SCEP_REQUEST=404 -- \
    ends 3 ./issue

try ./issue SUBMIT
check "by hand, a certificate comes out" openssl verify -CAfile ca.pem tried
check "and the status is told" grep -qx 'status 0' tried
certificate() {
	openssl x509 -in tried
}
first=$(certificate)
try ./issue SUBMIT
check "by hand once more, it is the same" same certificate "$first" \
    "$(certificate)"
echo CN=router-17,O=Example >devices
try ./approve AUTHORIZE
check "by hand, a device is allowed" same output "status 0" "$(cat tried)"
