#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook that asks cfssl: a real `cfssl serve`, and one that fails.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan $((12 + WRONG_INPUTS))
need cfssl golang-cfssl
need jq jq
need python3 python3
begin

make_simple_ca
mkdir made
cat >config.json <<-END
	{ "signing": {
	  "default": { "expiry": "480h", "usages": [ "client auth" ] },
	  "profiles": {
	    "device": { "expiry": "240h", "usages": [ "server auth" ] } } } }
END

# The port that a process listens at.
port_of() { # PID
	local link

	for link in /proc/"$1"/fd/*; do
		link=$(readlink "$link")
		case $link in
		socket:*) ;;
		*) continue ;;
		esac
		link=${link#socket:[}
		awk -v inode="${link%]}" '$10 == inode && $4 == "0A" {
			sub(/.*:/, "", $2)
			print $2
		}' /proc/net/tcp
	done
}

is_listening() { # PID
	[ -n "$(port_of "$1")" ]
}

start cfssl.log cfssl serve -address 127.0.0.1 -port 0 -ca ca.pem \
    -ca-key ca.key -config config.json
await is_listening "$started" || bail_out "no cfssl: $(cat cfssl.log)"
url=http://127.0.0.1:$((0x$(port_of "$started")))

# A request that was tampered with.
damage() {
	openssl req -in request.pem -outform DER >der
	printf '\0\0' | dd of=der bs=1 conv=notrunc seek=60 2>/dev/null
	{
		echo "-----BEGIN CERTIFICATE REQUEST-----"
		base64 der
		echo "-----END CERTIFICATE REQUEST-----"
	} >damaged.pem
	input=damaged.pem
}

take sscep
check "a certificate is issued" issues ca.pem cfssl "$url" made
check "it is by the default profile" shows 'Client' -ext extendedKeyUsage
check "asked again it is the same" issues_again ca.pem cfssl "$url" made
check "asked by POLL as well" with SCEP_OPERATION=POLL -- \
    issues_again ca.pem cfssl "$url" made
take asks
check "another key gets another, even with a number that was given before" \
    with SCEP_REQUEST=17 -- issues ca.pem cfssl "$url" made device
check "it is by the profile that is named" shows 'Server' -ext extendedKeyUsage
check "names that are asked for are kept" shows \
    'DNS:router.example.org, IP Address:192.0.2.1' -ext subjectAltName
damage
check "a request that cfssl does not like is refused" with SCEP_REQUEST=19 -- \
    says failInfo=badRequest 2 cfssl "$url" made

take sscep
check_wrong_inputs cfssl "$url" made
check "a folder that is not there is misconfigured" \
    warns elsewhere 4 cfssl "$url" elsewhere
stop "$started"
check "a cfssl that is not there is trouble" with SCEP_REQUEST=20 -- \
    warns 'does not answer' 3 cfssl "$url" made
start_mock
answer 500 <<-END
	{ "success": false, "result": null, "messages": [],
	  "errors": [ { "code": 1200, "message": "the key is gone" } ] }
END
check "a cfssl that can't sign is trouble" with SCEP_REQUEST=20 -- \
    warns 'the key is gone' 3 cfssl "http://127.0.0.1:$port" made
echo "<html>" | answer 200
check "what is no answer of cfssl's is trouble" with SCEP_REQUEST=20 -- \
    warns 'no JSON' 3 cfssl "http://127.0.0.1:$port" made
