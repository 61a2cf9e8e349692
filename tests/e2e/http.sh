#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What scepd says through nginx where no enrolment is asked for, to the byte.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 23
need nginx nginx-light
begin

make_ca one
make_ca two
make_ra ra two
configure "$(socket_setting)
limits = { max_body = \"64k\"; max_query = \"16k\"; };" \
    "$(endpoint /scep one)" \
    "$(endpoint /scep/ra two "$(ra ra)")" \
    "$(endpoint /scep/strict one 'algorithms = "strict";')"
start_scepd
# Wider than the example's, to get at scepd's own limits.
nginx_site=$work/site.nginx
sed 's/client_max_body_size .*/client_max_body_size 96k;/' \
    "$source/contrib/nginx/scepd.conf" >"$nginx_site"
start_nginx

# The answer's body is a file, octet for octet.
is_body() { # FILE
	cmp "$1" body
}

# A plain HTTP error: one line of text.
is_error() { # STATUS LINE
	answered "$1" text/plain && same body "$2" "$(cat body)"
}

# So many octets that say nothing.
octets() { # COUNT
	head -c "$1" /dev/zero | tr '\0' x
}

words() { # WORD...
	printf '%s\n' "$@" >wanted
}

words AES DES3 POSTPKIOperation Renewal SCEPStandard SHA-1 SHA-256 SHA-384 SHA-512
ask '/scep?operation=GetCACaps'
check "GetCACaps is text/plain with its length" answered 200 text/plain
check "GetCACaps has one word a line, sorted, with LF" is_body wanted
check "an answer must not be stored by caches" \
    same Cache-Control no-store "$(field Cache-Control)"

ask '/scep?operation=GetCACaps&message=anything%20at+all'
check "GetCACaps does not mind a message" is_body wanted
ask '/scep?operation=GetCACaps' --http1.0
check "HTTP/1.0 is answered" is_body wanted
ask '/scep?operation=GetCACaps' --http1.0 -H Host:
check "HTTP/1.0 without Host is answered" is_body wanted
ask '/scep/pkiclient.exe?operation=GetCACaps&message=default'
check "/pkiclient.exe may follow the endpoint's path" is_body wanted

words AES POSTPKIOperation Renewal SCEPStandard SHA-256 SHA-384 SHA-512
ask '/scep/strict?operation=GetCACaps'
check "a strict endpoint offers neither DES3 nor SHA-1" is_body wanted

openssl x509 -in one.pem -outform DER -out one.der
ask '/scep?operation=GetCACert'
check "GetCACert of a lone CA is application/x-x509-ca-cert" \
    answered 200 application/x-x509-ca-cert
check "GetCACert of a lone CA is its certificate in DER" is_body one.der
ask '/scep?operation=GetCACert&message=0'
check "GetCACert does not mind a message" is_body one.der

fingerprints() { # CERTIFICATE...
	for certificate; do
		openssl x509 -in "$certificate" -noout -fingerprint -sha256
	done
}

# The certificates of the degenerate SignedData in the file body, one a file.
unbundle() {
	openssl pkcs7 -inform DER -in body -print_certs |
	    awk '/BEGIN/ { n++ } n { print > "bundled" n ".pem" }'
}

ask '/scep/ra?operation=GetCACert'
check "GetCACert with an RA is application/x-x509-ca-ra-cert" \
    answered 200 application/x-x509-ca-ra-cert
unbundle
check "GetCACert with an RA has the RA and then the CA" same certificates \
    "$(fingerprints ra.pem two.pem)" "$(fingerprints bundled*.pem)"

ask '/elsewhere?operation=GetCACaps'
check "nginx keeps other paths to itself" same status 404 "$(cat status)"
ask '/scepter?operation=GetCACaps'
check "nginx keeps longer words to itself" same status 404 "$(cat status)"
# This one nginx would pass on.
ask '/cgi-bin/pkiclient.exe?operation=GetCACaps'
check "a path of no endpoint is 404" \
    is_error 404 "No SCEP endpoint is configured at this path."
ask '/scep?operation=GetEverything'
check "an unknown operation is 400" \
    is_error 400 "Unknown or missing SCEP operation."
ask '/scep' -X POST -d ''
check "a POST of nothing is 400" \
    is_error 400 "The request carries no SCEP message."
ask '/scep?operation=GetCACaps' -X PUT -d x
check "a PUT is 405" is_error 405 "Use GET or POST."

octets 65537 >large
ask '/scep?operation=PKIOperation' --data-binary @large
check "a body over scepd's limit is 413" \
    is_error 413 "The request is too large."
octets 98305 >large
ask '/scep?operation=PKIOperation' --data-binary @large
check "a body over nginx's limit is 413" same status 413 "$(cat status)"
ask "/scep?operation=PKIOperation&message=$(octets 16384)"
check "a query over scepd's limit is 414" \
    is_error 414 "The query is too long."
ask "/scep?operation=PKIOperation&message=$(octets 65536)"
check "a query over nginx's limit is 414" same status 414 "$(cat status)"
