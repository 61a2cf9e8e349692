#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples of scepd-hooks(7) do as printed what it says.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan 29
need curl curl
need python3 python3
begin
start_mock

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
example tell
example know
example renew
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

mkdir bin
printf '#!/bin/sh\necho "$*" >mailed\ncat >>mailed\n[ ! -e broken ] || { echo down >&2; exit 1; }\n' >bin/mail
chmod +x bin/mail
told() { # STATUS
	with PATH="$PWD/bin:$PATH" SCEP_OPERATION=NOTIFY SCEP_EVENT=revoked \
	    SCEP_SERIAL=0a1b SCEP_REASON=superseded \
	    SCEP_REQ_SUBJECT=CN=router -- ends "$1" ./tell
}
check "the one that is told succeeds" told 0
check "it has mailed what it was told" same mail \
    "-s scepd: revoked 0a1b pki CN=router: superseded" "$(xargs <mailed)"
: >broken
check "without mail it has trouble" told 3
check "it does nothing else" with SCEP_OPERATION=SUBMIT -- ends 6 ./tell

# The inventory is elsewhere.
sed -i "s,https://inventory.example,http://127.0.0.1:$port," know
take asks
variables+=(SCEP_OPERATION=ISSUED SCEP_SERIAL=0a1b SCEP_REQ_SUBJECT=@/etc/passwd)
input=ca.pem
answer 200 <<<ok
check "the one that is to know tells the inventory" ends 0 ./know
check "what it is, and no file that a device has named" eval \
    "grep -qx '@/etc/passwd.' body && grep -q 0a1b body && ! grep -q root: body &&
    grep -q 'BEGIN CERTIFICATE' body"
answer 500 <<<no
check "where that is in trouble the device waits" ends 3 ./know
check "it does not approve" with SCEP_OPERATION=AUTHORIZE -- ends 6 ./know

take asks
variables+=(SCEP_OPERATION=AUTHORIZE SCEP_RENEWS_SERIAL=0a1b SCEP_REQ_SUBJECT=CN=phone-7)
check "without its list the one of renewals is misconfigured" ends 4 ./renew
echo 0a >retired
check "it chooses a profile" says 'profile=phone' 0 ./renew
check "or none" with SCEP_REQ_SUBJECT=CN=router -- ends 0 ./renew
echo 0a1b >>retired
check "who is retired is refused" says 'it is retired' 2 ./renew
check "it does not issue" with SCEP_OPERATION=SUBMIT -- ends 6 ./renew
