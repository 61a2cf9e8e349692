#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook that asks EJBCA, against a server that answers as EJBCA's
# documentation says: it shows nothing about a real one.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan $((19 + WRONG_INPUTS))
need jq jq
need python3 python3
begin
start_mock
make_simple_ca

mkdir made
cat >names.json <<-END
	{ "certificate_authority_name": "ManagementCA",
	  "certificate_profile_name": "DEVICE",
	  "end_entity_profile_name": "DEVICES" }
END
asks=(ejbca "http://127.0.0.1:$port/ejbca/ejbca-rest-api/v1" names.json made)

# EJBCA's answer once it has issued: base64 of the certificate.
answer_issued() {
	openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -days 20 \
	    -set_serial "$RANDOM" -outform DER -out der 2>/dev/null ||
	    bail_out "no certificate"
	jq -n --arg certificate "$(base64 -w 0 der)" '{
	    certificate: $certificate, serial_number: "1B",
	    response_format: "DER" }' | answer 201
}

# Runs a command where EJBCA has an error.
failing() { # STATUS MESSAGE COMMAND...
	answer "$1" <<<"{ \"error_code\": $1, \"error_message\": \"$2\" }"
	shift 2
	"$@"
}

sent() { # FILTER WANTED
	same "$1" "$2" "$(jq -r "$1" body)"
}

take sscep
answer_issued
check "a certificate is issued" issues ca.pem "${asks[@]}"
check "it is asked for by pkcs10enroll" same path \
    /ejbca/ejbca-rest-api/v1/certificate/pkcs10enroll "$(cat asked)"
check "the request is sent" sent .certificate_request "$(cat request.pem)"
check "the CA is named" sent .certificate_authority_name ManagementCA
check "the profiles are named" sent \
    '.certificate_profile_name + " " + .end_entity_profile_name' \
    "DEVICE DEVICES"
check "the end entity is the request's" sent '.username | .[:8]' scep-17-
check "its password is one that nobody knows" sent '.password | length' 32
jq -r .password body >password
answer_issued
check "asked again it is the same" issues_again ca.pem "${asks[@]}"
check "and EJBCA is not asked" same asked 1 "$(wc -l <asked)"
take asks
answer_issued
check "another key gets another, even with a number that was given before" \
    with SCEP_REQUEST=17 -- issues ca.pem "${asks[@]}"
check "and another password" refused sent .password "$(cat password)"

check "what EJBCA refuses is refused" \
    failing 400 "Wrong number of ORGANIZATION" \
    says 'HTTP 400 Wrong number of ORGANIZATION' 2 "${asks[@]}"
check "an approval there is misconfigured" failing 202 Waiting \
    warns approval 4 "${asks[@]}"
check "an EJBCA that does not know us is misconfigured" \
    failing 403 "Not authorized" warns 'Not authorized' 4 "${asks[@]}"
check "an EJBCA that fails is trouble" answered 503 "" \
    warns 'HTTP 503' 3 "${asks[@]}"
check "an answer without a certificate is trouble" answered 201 "{}" \
    warns 'no certificate' 3 "${asks[@]}"
echo oops >oops
check "names that are no JSON are misconfigured" \
    warns oops 4 ejbca http://127.0.0.1:1 oops made
check "a folder that is not there is misconfigured" \
    warns elsewhere 4 ejbca http://127.0.0.1:1 names.json elsewhere
check "an EJBCA that is not there is trouble" \
    warns 'does not answer' 3 ejbca http://127.0.0.1:1 names.json made
check_wrong_inputs "${asks[@]}"
