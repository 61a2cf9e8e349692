#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples of scepd-challenges(7) derive the passwords that scepctl does.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan 15
need python3 python3
begin

# What stands between two comments of the manual.
example() { # NAME
	sed -n "/^\.\\\\\" begin $1\$/,/^\.\\\\\" end $1\$/p" \
	    "$source/doc/scepd-challenges.7" |
	    sed '/^\./d; s/\\e/\\/g; s/\\&//g' >"$1"
	[ -s "$1" ] || bail_out "scepd-challenges(7) has no example $1"
}
example python
example shell

cat >>python <<-'EOF'

	import subprocess, sys
	path, endpoint, subject, key, names = sys.argv[1:5] + [sys.argv[5:]]
	spki = b""
	if key:
	    spki = subprocess.check_output(
	        ["openssl", "pkey", "-pubin", "-in", key, "-outform", "DER"])
	print(derive(open(path, "rb").read().rstrip(b"\n"), "1", endpoint,
	    subject, names, 1796083200, spki))
EOF

printf '0123456789abcdef0123456789abcdef\n' >derive.key
chmod 600 derive.key
for path in /scep /scep/devices; do
	echo "{ path = \"$path\"; enrol = { challenge = ( { type = \"derived\";"
	echo "keys = ( { id = \"1\"; secret = { file = \"derive.key\"; }; } );"
	echo "} ); }; },"
done | sed '1s/^/endpoints = (/; $s/,$/);/' >scepd.conf
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out device.key \
    2>/dev/null
openssl pkey -in device.key -pubout -out device.pub
openssl req -new -key device.key -subj /CN=a -out device.csr

by_scepctl() { # OPTION...
	"$SCEPCTL" challenge derive --config scepd.conf --expires 2026-12-01 "$@"
}
by_python() { # ENDPOINT SUBJECT KEY [NAME]...
	python3 python derive.key "$@"
}
by_shell() { # SHELL ENDPOINT SUBJECT [NAME]...
	local shell=$1 endpoint=$2 subject=$3

	shift 3
	{ cat shell; echo 'derive "$@"'; } >run
	"$shell" run derive.key 1 "$endpoint" "$subject" 1796083200 "$@"
}
is_printed() {
	grep -qx "\.Dl $(by_scepctl --endpoint /scep \
	    --subject CN=router-17,O=Example \
	    --san dns:router-17.example.org,ip:192.0.2.17)" \
	    "$source/doc/scepd-challenges.7"
}
check "the manual prints one that is right" is_printed

# All of them, of one device.
agree() { # WHAT ENDPOINT SUBJECT SAN [NAME]...
	local what=$1 endpoint=$2 subject=$3 san=$4 wanted
	local options=(--endpoint "$endpoint" --subject "$subject")

	shift 4
	[ -z "$san" ] || options+=(--san "$san")
	wanted=$(by_scepctl "${options[@]}")
	check "$what: Python agrees" same password "$wanted" \
	    "$(by_python "$endpoint" "$subject" "" "$@")"
	check "$what: a shell agrees" same password "$wanted" \
	    "$(by_shell sh "$endpoint" "$subject" "$@")"
	check "$what: bash agrees" same password "$wanted" \
	    "$(by_shell bash "$endpoint" "$subject" "$@")"
}
agree "one name" /scep CN=router-17 ""
agree "several" /scep/devices CN=router-17,O=Example \
    'ip:2001:db8:0::17,dns:router-17,email:a@b.example,dns:a' \
    ip:2001:db8::17 dns:router-17 email:a@b.example dns:a
agree "others than English" /scep 'CN=grüß\, Gott,O=Ex*mple' \
    'uri:https://example.org/?a=b' 'uri:https://example.org/?a=b'

bound=$(by_python /scep CN=a device.pub)
check "a public key is bound by Python too" same password "$bound" \
    "$(by_scepctl --endpoint /scep --subject CN=a --key device.pub)"
check "a request has the same key" same password "$bound" \
    "$(by_scepctl --endpoint /scep --subject CN=a --key device.csr)"
check "and so has the private key" same password "$bound" \
    "$(by_scepctl --endpoint /scep --subject CN=a --key device.key)"
check "nothing but A-Z, 0-9 and - is in it" \
    grep -qx '[A-Z0-9-]\{1,255\}' <<<"$bound"
check "another key, another password" refused same password "$bound" \
    "$(by_scepctl --endpoint /scep --subject CN=a)"
