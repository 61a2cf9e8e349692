#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# One CA takes another's place while scepd runs: what devices are told, by
# curl and OpenSSL, and what they get, by strongSwan's pki.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 20
need nginx nginx-light
need_pki
begin

# Both have the same name, as CAs that follow each other often have.
make_ca present
sed s/present/next/ present.cnf >next.cnf
openssl req -x509 -config present.cnf -newkey rsa:2048 -nodes -days 60 \
    -keyout next.key -out next.pem 2>next.err || bail_out "$(cat next.err)"
make_ca other
make_ra ra other
make_ca after
cat other.pem ra.pem >both.pem
for name in one two three four; do
	make_key "$name.key"
done

# An endpoint whose CA changes at a time that the test sets, and one with an RA
# whose CA will change long after.
write_conf() { # FROM
	configure "$(socket_setting)" \
	    "$(endpoint /scep present "next = { from = \"$1\";
	    ca = { backend = \"file\"; certificate = \"next.pem\";
	    key = \"next.key\"; }; };")" \
	    "$(endpoint /scep/ra other "$(ra ra)" "next = {
	    from = \"$(date -u -d +10days +%F)\";
	    ca = { backend = \"file\"; certificate = \"after.pem\";
	    key = \"after.key\"; }; };")"
}
write_conf "$(date -u -d +1day +%FT%TZ)"
start_scepd
start_nginx

# Sealed for one CA, answered and issued by one.
enrol() { # NAME FOR BY [OPTION...]
	timeout 60 pki --scep --url "http://127.0.0.1:$port/scep" \
	    --in "$1.key" --dn "O=Example, CN=$1" --cacert-enc "$2.pem" \
	    --cacert-sig "$3.pem" --cacert "$3.pem" --outform pem "${@:4}" \
	    >"$1.new" && mv "$1.new" "$1.pem"
}

is_of() { # NAME CA
	is_enrolled "$1.pem" "$1.key" "CN=$1,O=Example" "$2.pem"
}

advertises_next() { # PATH
	ask "$1?operation=GetCACaps" && grep -qx GetNextCACert body
}

# Whether the next CA's certificate comes signed by who answers at present.
announces() { # PATH SIGNER CA NEXT
	ask "$1?operation=GetNextCACert" &&
	    answered 200 application/x-x509-next-ca-cert &&
	    openssl cms -verify -inform DER -in body -CAfile "$3.pem" \
	        -purpose any -signer signer.pem -out inner.der &&
	    cmp "$2.pem" <(openssl x509 -in signer.pem) &&
	    openssl pkcs7 -inform DER -in inner.der -print_certs |
	    openssl x509 | cmp - "$4.pem"
}

serves() { # CA
	ask "/scep?operation=GetCACert" &&
	    openssl x509 -in "$1.pem" -outform DER | cmp - body
}

check "the next CA is advertised" advertises_next /scep
check "its certificate comes signed by the present one" \
    announces /scep present present next
check "scepctl gets it, and trusts it for that" eval \
    "\"$SCEPCTL\" get next-ca \"http://127.0.0.1:$port/scep\" --ca present.pem \
        --out told.pem && openssl x509 -in told.pem | cmp - next.pem"
check "also from an RA" eval \
    "\"$SCEPCTL\" get next-ca \"http://127.0.0.1:$port/scep/ra\" \
        --ca both.pem --out told2.pem &&
    openssl x509 -in told2.pem | cmp - after.pem"
check "and by the RA, where there is one" announces /scep/ra ra other after
check "the present CA is the one that devices are given" serves present
check "a device enrols" enrol one present present --password "$challenge"
check "its certificate is of the present CA" is_of one present
check "a device that asks the next CA gets its certificate" \
    enrol two next next --password "$challenge"
check "which is of the next CA" is_of two next

# It is time: HUP tells the date, and then the clock alone does it.
write_conf "$(date -u -d +3seconds +%FT%TZ)"
kill -HUP "$scepd"
check "the next CA takes the place at its time" await serves next
check "and is advertised no more" refused advertises_next /scep
ask "/scep?operation=GetNextCACert"
check "nor given as the next one" answered 404 text/plain
check "a device that seals for the old CA enrols" \
    enrol three present next --password "$challenge"
check "its certificate is of the new CA" is_of three next
cp one.key old.key && cp one.pem old.pem && make_key one.key
check "one that has a certificate of the old CA renews it" \
    enrol one next next --cert old.pem --key old.key --cacert present.pem
check "for one of the new CA" is_of one next

# The configuration is put in order: the new CA is the CA.
configure "$(socket_setting)" \
    "$(endpoint /scep next 'former = ( { certificate = "present.pem"; } );')"
kill -HUP "$scepd"
check "requests that are sealed for a former CA are not opened any more" \
    await refused enrol four present next --password "$challenge"
make_key one.key
check "but its certificates are still renewed" \
    enrol one next next --cert old.pem --key old.key --cacert present.pem
check "for those of the new CA" is_of one next
