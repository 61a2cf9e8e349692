#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# CRLs: those that scepd makes of what scepctl has revoked, and those that a
# CA makes by itself, as OpenSSL and curl see them.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 24
need nginx nginx-light
need_pki
begin

make_ca made
make_ca read
make_key one.key
make_key two.key

# The CA `read` keeps its own books.
cat >books.cnf <<-EOF2
	[ ca ]
	default_ca = books
	[ books ]
	database = $work/index.txt
	crlnumber = $work/crlnumber
	certificate = $work/read.pem
	private_key = $work/read.key
	default_md = sha256
	default_crl_days = 7
	crl_extensions = extensions
	[ extensions ]
	authorityKeyIdentifier = keyid
EOF2
echo 1000 >crlnumber
: >index.txt
make_crl() {
	openssl ca -config books.cnf -gencrl -out read.new &&
	    mv read.new read.crl && chmod 644 read.crl
}
make_crl 2>crl.err || bail_out "$(cat crl.err)"

configure "$(socket_setting)" "$(endpoint /scep/made made)" \
    "$(endpoint /scep/read read)"
sed -i -e '/"made.pem"/ s,key = ,crl = { path = "/scep/made.crl"; }; &,' \
    -e '/"read.pem"/ s,key = ,crl = { file = "read.crl"; path = "/scep/read.crl"; }; &,' \
    scepd.conf
start_scepd
start_nginx

enrol() { # NAME CA [OPTION...]
	timeout 60 pki --scep --url "http://127.0.0.1:$port/scep/$2" \
	    --in "$1.key" --dn "O=Example, CN=$1" --cacert-enc "$2.pem" \
	    --cacert-sig "$2.pem" --cacert "$2.pem" --outform pem "${@:3}" \
	    >"$1.new" && mv "$1.new" "$1.pem"
}

serial() { # NAME
	openssl x509 -in "$1.pem" -noout -serial | sed 's/serial=//'
}

# The CRL that is served, in text and verified with the CA's certificate.
fetch() { # CA
	ask "/scep/$1.crl" &&
	    answered 200 application/pkix-crl &&
	    openssl crl -inform DER -in body -CAfile "$1.pem" -noout \
	        -text >"$1.text" 2>"$1.verdict" &&
	    grep -q '^verify OK' "$1.verdict"
}

lists() { # CA SERIAL
	fetch "$1" && grep -q "Serial Number: $2\$" "$1.text"
}

says() { # CA TEXT
	grep -q "$2" "$1.text"
}

number() { # CA
	sed -n '/CRL Number/ { n; s/ *//p }' "$1.text"
}

# Made by scepd

check "a CRL is made at the start" await fetch made
check "caches may keep it for a minute" \
    same Cache-Control max-age=60 "$(field Cache-Control)"
check "with nothing in it" says made "No Revoked Certificates"
check "for a week" same days 7 "$(openssl crl -inform DER -in body -noout \
    -lastupdate -nextupdate | sed 's/.*=//' | date -f - +%s |
    awk 'NR == 1 { a = $1 } END { print ($1 - a) / 86400 }')"
first=$(number made)
check "a device enrols" enrol one made --password "$challenge"
check "its certificate is revoked" "$SCEPCTL" cert revoke "$(serial one)" \
    --reason superseded --state "$work/state/state.db"
check "and soon in the CRL" await lists made "$(serial one)"
check "with the reason" says made Superseded
check "scepctl has the same" eval \
    "\"$SCEPCTL\" crl export --ca made.pem --state state/state.db |
    openssl crl -outform DER | cmp - body"
check "the number is larger" test "$(number made)" -gt "$first"
check "scepctl gets it by SCEP" eval \
    "\"$SCEPCTL\" get crl \"http://127.0.0.1:$port/scep/made\" --ca made.pem |
    openssl crl -outform DER | cmp - body"
check "OpenSSL refuses the certificate by that CRL" eval \
    "openssl crl -inform DER -in body -out made.crl &&
    openssl verify -crl_check -CAfile made.pem -CRLfile made.crl one.pem 2>&1 |
    grep -q 'certificate revoked'"
ask /scep/made.crl --head
check "HEAD tells its size" same Content-Length \
    "$(openssl crl -in made.crl -outform DER | wc -c)" "$(field Content-Length)"
ask /scep/none.crl
check "where there is none there is HTTP 404" answered 404 text/plain

# Made by the CA

check "a CRL of others is served as it is" await fetch read
check "also by SCEP" eval \
    "\"$SCEPCTL\" get crl \"http://127.0.0.1:$port/scep/read\" --ca read.pem |
    cmp - <(openssl crl -in read.crl)"
check "it is theirs" eval "openssl crl -in read.crl -outform DER | cmp - body"
check "a device enrols there" enrol two read --password "$challenge"
echo "R	$(date -u -d +1day +%y%m%d%H%M%SZ)	$(date -u +%y%m%d%H%M%SZ),keyCompromise	$(serial two)	unknown	/CN=two" \
    >index.txt
check "the CA revokes its certificate by its own means" make_crl
check "the new CRL is served" await lists read "$(serial two)"
make_key three.key
check "the certificate renews nothing any more" \
    refused enrol three read --cert two.pem --key two.key
check "the log says renewal-revoked" has_logged reason=renewal-revoked

# Without a keeper

stop "$scepd"
check "scepd -k does what the keeper would" eval \
    "'$SCEPCTL' cert allow $(serial one) --state state/state.db &&
    '$SCEPCTL' cert revoke $(serial one) --reason keyCompromise \
        --state state/state.db && '$SCEPD' -k -c scepd.conf"
check "and the CRL has it" eval \
    "'$SCEPCTL' crl list --ca made.pem --state state/state.db |
    grep -qi '$(serial one).*keyCompromise'"
