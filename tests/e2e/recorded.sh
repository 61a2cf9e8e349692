#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Enrolments that real clients once sent to another server, sent to scepd
# through nginx, in every way in which clients write them into HTTP, and the
# other operations that some of them know; its answers are opened with OpenSSL
# and the keys of those clients.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 67
need nginx nginx-light
begin

make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
make_recorded_ca apple "$vectors/apple-2016/ca.pem" \
    "$vectors/apple-2016/ca.key"

# That of all the recordings.
challenge=secret
configure "$(socket_setting)" \
    "$(endpoint /scep lab 'algorithms = ( "default", "des" );')" \
    "$(endpoint /scep/default lab)" \
    "$(endpoint /scep/apple apple 'keys = { rsa_min = 1024; };')" \
    "$(endpoint /scep/renewal lab 'renew = { grace = "10y"; };')" \
    "$(manual_endpoint /scep/manual lab)"
# The second one's CA has CRLs.
sed -i '/"\/scep\/default"/,/ca = {/ s,ca = {,& crl = { path = "/scep/lab.crl"; };,' \
    scepd.conf
start_scepd
start_nginx

# Opens the CertRep in the file body: its signature by the CA, then what is
# in it with the client's key; the certificate is then in issued.pem.
# Single DES is in OpenSSL's legacy provider.
open_reply() { # CLIENT
	rm -f issued.pem
	openssl cms -verify -inform DER -in body -CAfile lab.pem \
	    -out envelope.der &&
	    openssl cms -decrypt -provider default -provider legacy \
	    -inform DER -in envelope.der \
	    -inkey "$vectors/$1/client.key" -out degenerate.der &&
	    openssl pkcs7 -inform DER -in degenerate.der -print_certs |
	    openssl x509 -out issued.pem
}

# Whether the answer is the certificate that the recorded client asked for.
is_success() { # CLIENT
	is_cert_rep 0 && open_reply "$1" &&
	    is_enrolled issued.pem "$vectors/$1/client.key" "$(subject "$1")" \
	        lab.pem
}

# Whether the answer is a CRL: this one, and nothing else (E8).
is_crl() { # FILE
	is_cert_rep 0 &&
	    openssl cms -verify -inform DER -in body -CAfile lab.pem \
	        -out envelope.der &&
	    openssl cms -decrypt -inform DER -in envelope.der \
	        -inkey "$vectors/sscep-ops/client.key" -out degenerate.der &&
	    openssl pkcs7 -inform DER -in degenerate.der -print_certs |
	    sed '/^$/d' >inside.pem &&
	    openssl crl -in inside.pem -outform DER | cmp - "$1" &&
	    same certificates 0 "$(grep -c CERTIFICATE inside.pem)"
}

subject() { # CLIENT
	openssl req -inform DER -in "$vectors/$1/csr.der" -noout -subject \
	    -nameopt RFC2253 | sed 's/^subject=//'
}

# The cipher of an EnvelopedData.
cipher() { # FILE
	openssl cms -cmsout -print -noout -inform DER -in "$1" |
	    sed -n '/contentEncryptionAlgorithm/,/parameter/s/.*algorithm: \([^ ]*\).*/\1/p'
}

# Whether an attribute of the answer is that of the recorded request.
is_echoed() { # CLIENT NUMBER-IN-REQUEST NUMBER
	local sent

	sent=$(attribute "$2" "$vectors/$1/message.der")
	[ -n "$sent" ] && same attribute "$sent" "$(attribute "$3")"
}

# Whether the answer is a FAILURE of this failInfo, and signed.
is_failure() { # FAIL-INFO
	is_cert_rep 2 && same failInfo "$1" "$(attribute 4)"
}

# Posts one of the messages that a client has recorded.
replay() { # TARGET CLIENT MESSAGE
	ask "$1?operation=PKIOperation" \
	    --data-binary "@$vectors/$2/$3.der"
}

post() { # TARGET CLIENT [OPTION...]
	ask "$1" --data-binary "@$vectors/$2/message.der" "${@:3}"
}

# The message in base64, by GET, after a change by sed's script.
get() { # TARGET CLIENT SED-SCRIPT [OPTION...]
	ask "$1?operation=PKIOperation&message=$(
		openssl base64 -A -in "$vectors/$2/message.der" | sed "$3"
	)" "${@:4}"
}

for client in certmonger micromdm micromdm-head sscep strongswan \
    strongswan-aes strongswan-pss; do
	post "/scep?operation=PKIOperation" "$client"
	check "the enrolment of $client succeeds by POST" is_success "$client"
	get /scep "$client" 's/+/%2B/g; s,/,%2F,g; s/=/%3D/g'
	check "the enrolment of $client succeeds by GET" is_success "$client"
done

get /scep sscep ''
check "GET: + / and = may stand as they are" is_success sscep
get /scep sscep 's/.\{64\}/&%0A/g; s/+/%2B/g; s/$/%0A/'
check "GET: line breaks may be in it as %0A" is_success sscep
get /scep sscep 's/.\{64\}/&%0d%0a/g; s/+/%2b/g; s/=/%3d/g'
check "GET: line breaks may be in it as %0d%0a" is_success sscep
get /scep sscep 'y,+/,-_,'
check "GET: base64url will do" is_success sscep
get /scep sscep 's/=//g'
check "GET: the padding may be missing" is_success sscep
get /scep sscep '' --http1.0 -H Host:
check "GET: by HTTP/1.0 without Host" is_success sscep
get /scep/pkiclient.exe sscep ''
check "GET: /pkiclient.exe may follow the path" is_success sscep

post /scep sscep -H Content-Type:
check "POST: neither an operation nor a Content-Type is needed" \
    is_success sscep
post '/scep/pkiclient.exe?operation=PKIOperation&message=' sscep
check "POST: /pkiclient.exe and an empty message are no harm" is_success sscep
post '/scep?operation=PKIOperation' sscep -H 'Transfer-Encoding: chunked'
check "POST: the body may come in chunks" is_success sscep
post '/scep?operation=PKIOperation' sscep -H 'Expect: 100-continue'
check "POST: Expect: 100-continue is obeyed" is_success sscep
post '/scep?operation=PKIOperation' sscep --http1.0
check "POST: by HTTP/1.0" is_success sscep

while read -r client cipher; do
	post '/scep?operation=PKIOperation' "$client"
	open_reply "$client" >/dev/null 2>&1
	check "the answer to $client has its transactionID" \
	    is_echoed "$client" 7 7
	check "the answer to $client has its nonce" is_echoed "$client" 5 6
	check "the answer to $client is in $cipher, as its request was" \
	    same cipher "$cipher" "$(cipher envelope.der)"
done <<-EOF
	micromdm des-cbc
	strongswan des-ede3-cbc
	strongswan-aes aes-128-cbc
	certmonger aes-256-cbc
EOF

check "the enrolment is in the log with its serial number" \
    has_logged endpoint=/scep messageType=19 result=success \
    "transactionID=$(attribute 7)" \
    "serial=$(openssl x509 -in issued.pem -noout -serial |
        sed 's/serial=//; y/ABCDEF/abcdef/')"

post '/scep/default?operation=PKIOperation' micromdm
check "single DES is badAlg where it is not listed" is_failure 0
check "and the log says why" \
    has_logged endpoint=/scep/default result=failure reason=cipher

ask '/scep/apple?operation=PKIOperation' \
    --data-binary "@$vectors/apple-2016/message.der"
check "macOS without a challenge password is badRequest" is_failure 2
check "macOS's message was opened nevertheless" has_logged \
    endpoint=/scep/apple result=failure reason=challenge-missing

head -c 1000 "$vectors/sscep/message.der" >cut.der
ask '/scep?operation=PKIOperation' --data-binary @cut.der
check "a message that was cut short is 400" answered 400 text/plain

# Conversations: what waits, and is polled for

scepctl() {
	"$SCEPCTL" "$@" --state "$work/state/state.db"
}

# The number of the request that waits.
waiting() {
	scepctl pending list | awk '$3 == "held" { print $1 }'
}

# Whether the answer, for the old key, is a certificate of the new one.
is_renewed() { # CLIENT
	is_cert_rep 0 && open_reply "$1" &&
	    same "the key" \
	        "$(openssl pkey -in "$vectors/$1/new.key" -pubout)" \
	        "$(openssl x509 -in issued.pem -noout -pubkey)"
}

for client in sscep-pending strongswan-pending; do
	replay /scep/manual "$client" poll
	check "$client: a poll for nothing is badCertId" is_failure 4
	replay /scep/manual "$client" message
	check "$client: a request that wants approval is pending" is_cert_rep 3
	check "$client: no cache may keep that" \
	    same Cache-Control no-store "$(field Cache-Control)"
	replay /scep/manual "$client" poll
	check "$client: so is a poll for it" is_cert_rep 3
	scepctl pending approve "$(waiting)" >/dev/null
	replay /scep/manual "$client" poll-again
	check "$client: once it is approved a poll gets the certificate" \
	    is_success "$client"
done

replay /scep/manual certmonger-pending message
check "certmonger-pending: a request that wants approval is pending" \
    is_cert_rep 3
scepctl pending approve "$(waiting)" >/dev/null
replay /scep/manual certmonger-pending message
check "certmonger-pending: once it is approved the same gets the certificate" \
    is_success certmonger-pending

# Renewals, by certificates that another server has issued for the same CA

for client in sscep-ops strongswan-renew; do
	replay /scep/renewal "$client" message
	check "$client: the enrolment succeeds" is_success "$client"
	replay /scep/renewal "$client" renewal
	check "$client: the renewal succeeds" is_renewed "$client"
	check "$client: no cache may keep that" \
	    same Cache-Control no-store "$(field Cache-Control)"
done

# Questions for what was issued

replay /scep sscep-ops get-cert
check "GetCert: a certificate that is not known is badCertId" is_failure 4
check "and the log says why" has_logged endpoint=/scep messageType=21 \
    result=failure reason=certificate-unknown

replay /scep sscep-ops get-crl
check "GetCRL: where no CRL is made it is badCertId" is_failure 4
check "GetCRL: else the CRL is made soon" await ask /scep/lab.crl --fail
cp body lab.crl
replay /scep/default sscep-ops get-crl
check "and the answer has it" is_crl lab.crl
