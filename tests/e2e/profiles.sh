#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What certificates are like: profiles that are chosen, subjects that are made,
# names and keys that are refused, and how many there may be; with strongSwan's
# pki and scepctl.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 23
need nginx nginx-light
need_pki
begin

make_ca alone
for name in one two three; do
	make_key "$name.key"
done
openssl genrsa -out small.key 1024 2>/dev/null

# Each is the whole of what the endpoint says of certificates.
# shellcheck disable=SC2016 # the dollar is for scepd
names='profile = { subject = "CN=${san.dns},O=Example"; san = "dns";
    names = ( "CN=*", "O=Example", "dns:*.example.org" ); require = "dns"; };'
kinds='profile = ( { name = "phone"; days = 7; },
    { name = "curve"; days = 9; for = { key = "ec"; }; } );'
configure "$(socket_setting)" "$(endpoint /scep/names alone "$names" \
    'renew = { names = "keep"; };')" \
    "$(endpoint /scep/kinds alone "$kinds")" \
    "$(endpoint /scep/few alone |
        sed 's/enrol = {/enrol = { max_active = 1;/')" \
    "$(endpoint /scep/held alone |
        sed 's/enrol = {/enrol = { max_active = 1; duplicates = "hold";/')"
check "the configuration is taken" "$SCEPD" -t -c scepd.conf
start_scepd
start_nginx
pki --scepca --url "http://127.0.0.1:$port/scep/names" --caout ca.ca \
    --outform pem >/dev/null 2>&1 || bail_out "pki finds no CA"

enrol() { # PATH KEY DN [OPTION...]
	timeout 60 pki --scep --url "http://127.0.0.1:$port$1" --in "$2.key" \
	    --dn "$3" --password "$challenge" --cacert-enc ca.ca \
	    --cacert-sig ca.ca --cacert ca.ca --outform pem --interval 1 \
	    --maxpolltime 1 "${@:4}" >"$2.pem"
}
refused_for() { # REASON PATH KEY DN [OPTION...]
	refused enrol "${@:2}" && has_logged "endpoint=$2" "reason=$1"
}
subject() { # FILE
	openssl x509 -in "$1" -noout -subject -nameopt RFC2253
}
days() { # FILE
	echo $((($(date -d "$(openssl x509 -in "$1" -noout -enddate |
	    sed 's/.*=//')" +%s) - $(date +%s) + 43200) / 86400))
}

check "a device enrols" enrol /scep/names one "C=CH, CN=admin" \
    --san one.example.org
check "its subject is made by the template" same subject \
    "subject=CN=one.example.org,O=Example" "$(subject one.pem)"
check "and the certificate is good" is_enrolled one.pem one.key \
    "CN=one.example.org,O=Example" alone.pem
check "policy test says the same of a request" eval \
    "openssl req -new -key one.key -subj /CN=admin -addext subjectAltName=DNS:one.example.org -out one.csr &&
    '$SCEPCTL' policy test scepd.conf /scep/names one.csr --challenge-file challenge |
    grep -q 'CN=one.example.org'"
check "who has no host name is refused" refused_for subject /scep/names two \
    "CN=two"
check "and who has one of another domain" refused_for san /scep/names two \
    "CN=two" --san two.example.com
check "the log says which" has_logged reason=san two.example.com
check "it renews itself" eval "cp one.pem old.pem; cp one.key old.key;
    make_key one.key; enrol /scep/names one 'CN=whoever' --cert old.pem --key old.key"
check "and keeps its name" same subject "$(subject old.pem)" \
    "$(subject one.pem)"
check "at another endpoint it does not" eval "cp one.pem old.pem; cp one.key old.key;
    make_key one.key; challenge='' refused enrol /scep/kinds one 'CN=one' --cert old.pem --key old.key"
check "the log says why" has_logged endpoint=/scep/kinds renewal-endpoint

check "a device gets the first profile" enrol /scep/kinds two "CN=two"
check "by its days" same days 7 "$(days two.pem)"
check "another the one for its kind of key" timeout 60 "$SCEPCTL" enrol \
    "http://127.0.0.1:$port/scep/kinds" --subject CN=curve \
    --key-type secp256r1 --out curve.pem --challenge-file challenge \
    --ca alone.pem
check "by its days" same days 9 "$(days curve.pem)"
check "a short key is refused" refused_for key-size /scep/kinds small "CN=small"

check "one certificate of a name is issued" enrol /scep/few two "CN=same"
check "and no other" refused_for duplicate /scep/few three "CN=same"
check "but of another name" enrol /scep/few three "CN=other"
serial=$(openssl x509 -in two.pem -noout -serial | sed 's/.*=//')
check "where it is revoked there is room" eval \
    "'$SCEPCTL' cert revoke --config scepd.conf '$serial' --reason superseded &&
    make_key four.key && enrol /scep/few four CN=same"
make_key five.key
check "elsewhere another waits" refused enrol /scep/held five "CN=same"
check "for somebody to look" has_logged endpoint=/scep/held result=pending
