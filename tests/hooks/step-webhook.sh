#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook that asks a webhook server of step-ca's.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan $((37 + WRONG_INPUTS))
need jq jq
need python3 python3
begin
start_mock

printf 'a secret of the webhook' | base64 >secret
url=http://127.0.0.1:$port/scep
asks=(step-webhook "$url" an-id secret)

# The challenge password is at descriptor 3, as scepd hands it over.
ask() { # COMMAND...
	"$@" 3<challenge
}

sent() { # FILTER WANTED
	same "$1" "$2" "$(jq -r "$1" body)"
}

is_signed() { # SECRET
	same signature "$(openssl dgst -sha256 -r -hmac "$1" body |
	    cut -d ' ' -f 1)" "$(sed -n 's/^X-Smallstep-Signature: //p' head)"
}

raw() {
	openssl req -in request.pem -outform DER | base64 -w 0
}

take asks
variables+=(SCEP_OPERATION=AUTHORIZE SCEP_CHALLENGE_FD=3
	SCEP_REQ_DNS=$'a.example\nb.example')
printf 'a "challenge"\\ of\nmany w\xc3\xb6rds' >challenge
answer 200 <<<'{"allow":true,"data":null}'
check "what the server allows is allowed" ask ends 0 "${asks[@]}"
check "the question is signed" is_signed 'a secret of the webhook'
check "it says which webhook it is" \
    grep -q '^X-Smallstep-Webhook-ID: an-id' head
check "it has the request" sent .x509CertificateRequest.raw "$(raw)"
check "it has the common name" \
    sent .x509CertificateRequest.subject.commonName router
check "it has the host names" \
    sent '.x509CertificateRequest.dnsNames | join(" ")' "a.example b.example"
check "it has the addresses" \
    sent '.x509CertificateRequest.ipAddresses | join(" ")' 192.0.2.1
check "it has the challenge password" \
    sent .scepChallenge "$(cat challenge)"
check "it has the transactionID" sent .scepTransactionID hex:c3a9
check "it has the time" sent '.timestamp | fromdate | . > 1e9' true

printf '%0200d' 7 | base64 >secret
: >challenge
check "a device without a challenge password is asked about too" \
    ask ends 0 "${asks[@]}"
check "a secret that is longer than a block signs as well" \
    is_signed "$(base64 -d secret)"
answer 200 <<<'{"allow":false}'
check "what the server does not allow is refused" \
    ask says '.*does not allow it' 2 "${asks[@]}"

foreign=SUBMIT
ask check_wrong_inputs "${asks[@]}"
check "without challenge = true it is misconfigured" \
    with -u SCEP_CHALLENGE_FD -- warns 'challenge = true' 4 "${asks[@]}"
check "a challenge password that is not there is misconfigured" \
    warns "can't be read" 4 "${asks[@]}" 3<&-
check "a secret that is not there is misconfigured" \
    ask warns secret 4 step-webhook "$url" an-id elsewhere
check "a server that does not know us is misconfigured" answered 401 "" \
    ask warns 'HTTP 401' 4 "${asks[@]}"
: >asked
check "a server that fails is trouble" answered 503 "" \
    ask warns 'HTTP 503' 3 "${asks[@]}"
check "it is asked once more before" same asked 2 "$(wc -l <asked)"
check "an answer that is none is trouble" answered 200 "<html>" \
    ask warns neither 3 "${asks[@]}"

# What is told: a certificate, or why there is none; without a challenge.
make_simple_ca
openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -days 9 \
    -set_serial 7 -out issued.pem 2>issued.err ||
    bail_out "no certificate: $(cat issued.err)"
printf 'a secret of the webhook' | base64 >secret
exec 3<&-
tell() { # EVENT REASON COMMAND...
	with -u SCEP_CHALLENGE_FD SCEP_OPERATION=NOTIFY "SCEP_EVENT=$1" \
	    "SCEP_REASON=$2" 'SCEP_REQ_SUBJECT=O=Ex\,CN=no,CN=a\, b,CN=c' -- \
	    "${@:3}"
}
day() { # DATES-OPTION
	date -u -d "$(openssl x509 -in issued.pem -noout "$1" | cut -d = -f 2)" +%s
}
answer 200 <<<'{"allow":true}'
input=issued.pem
check "what was issued is told" tell issued "" ends 0 "${asks[@]}"
check "that is signed" is_signed 'a secret of the webhook'
check "it says which webhook it is" \
    grep -q '^X-Smallstep-Webhook-ID: an-id' head
check "it has the certificate" sent .x509Certificate.raw \
    "$(openssl x509 -in issued.pem -outform DER | base64 -w 0)"
check "it has its key" sent .x509Certificate.publicKey "$(openssl x509 \
    -in issued.pem -noout -pubkey | sed '/-----/d' | tr -d '\n')"
check "it has the kind of its key" \
    sent .x509Certificate.publicKeyAlgorithm ECDSA
check "it has when it begins" \
    sent '.x509Certificate.notBefore | fromdate' "$(day -startdate)"
check "it has when it ends" \
    sent '.x509Certificate.notAfter | fromdate' "$(day -enddate)"
check "it has the common name" \
    sent .x509CertificateRequest.subject.commonName 'a, b'
check "it has the transactionID" sent .scepTransactionID hex:c3a9
check "it has no error" sent .scepErrorDescription null
input=/dev/null
check "what was refused is told" \
    tell refused "key-size: too small" ends 0 "${asks[@]}"
check "with the reason" sent .scepErrorDescription "key-size: too small"
check "and no certificate" sent .x509Certificate null
: >asked
check "other events it does not want to know" \
    tell expiring "" ends 6 "${asks[@]}"
check "and asks nobody" same asked 0 "$(wc -l <asked)"
check "without a certificate it is trouble" \
    tell issued "" warns "no certificate" 3 "${asks[@]}"
