#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# CAs that are directories of `openssl ca`, made by OpenSSL's CA.pl and by
# easy-rsa: devices enrol, and the administrator goes on with the own tools.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 83
need nginx nginx-light
PATH=$PATH:/usr/share/easy-rsa
need easyrsa easy-rsa
need python3 python3
[ "$(id -u)" -ne 0 ] || need setfacl acl
need_pki
begin

# The CAs

# OpenSSL's own configuration, but for a policy that more devices pass: it
# wants the CA's words in the CA's string type, and few devices send that.
openssl_folder=$(openssl version -d | sed 's/.*"\(.*\)"/\1/')
openssl_cnf=$work/openssl.cnf
sed 's/^policy.*policy_match/policy = policy_anything/' \
    "$openssl_folder/openssl.cnf" >"$openssl_cnf"

# As CA.pl has made them since ever; `openssl ca` has signed its own
# certificate, which is the first row.
make_demo_ca() {
	printf '\ny\ny\n' | "$openssl_folder/misc/CA.pl" -newca -extra-req \
	    "-nodes -subj '/C=AU/ST=Some-State/O=Example/CN=Demo'" >demo.log 2>&1
	[ -s demoCA/index.txt ] || bail_out "CA.pl: $(cat demo.log)"
}

export EASYRSA_BATCH=1 EASYRSA_PKI=$work/pki
make_easy_ca() {
	{
		easyrsa init-pki && EASYRSA_REQ_CN="Easy CA" easyrsa build-ca nopass &&
		    easyrsa gen-req ra nopass && easyrsa sign-req server ra
	} >easy.log 2>&1 || bail_out "easyrsa: $(cat easy.log)"
}

# Root's tools write files that are root's.
let_in() { # FOLDER NEWCERTS
	[ "$(id -u)" -ne 0 ] ||
	    { setfacl -m u:nobody:rwX,d:u:nobody:rwX "$1" "$2" &&
	        setfacl -m u:nobody:rw "$1/index.txt"*; } ||
	    bail_out "no ACLs here"
}

make_demo_ca
make_easy_ca
let_in demoCA demoCA/newcerts
let_in pki pki/certs_by_serial
cp demoCA/cacert.pem demo.pem
cp pki/ca.crt easy.pem
for name in one two three four five six; do
	make_key "$name.key"
done

configure "$(socket_setting)" "$(endpoint /scep/demo demo)" \
    "$(endpoint /scep/easy easy 'ra = { certificate = "pki/issued/ra.crt"; key = "pki/private/ra.key"; };')"
sed -i -e "s,backend = .*\"demo.key\";,backend = \"openssl\"; config = \"$openssl_cnf\"; directory = \".\"; crl = { path = \"/scep/demo.crl\"; };," \
    -e "s,backend = .*\"easy.key\";,backend = \"openssl\"; config = \"$source/contrib/easy-rsa.cnf\"; directory = \"pki\"; crl = { path = \"/scep/easy.crl\"; };," \
    scepd.conf

# What OpenSSL refuses would be refused later, so it is at the start.
check "names that are to be unique are refused" refused "$SCEPD" -t -c scepd.conf
check "with one remedy" eval "'$SCEPD' -t -c scepd.conf 2>&1 |
    grep -q 'unique_subject = no.* into .*index.txt.attr'"
check "and another" eval "'$SCEPD' -t -c scepd.conf 2>&1 |
    grep -q 'renew = { revoke = true; }'"
echo 'unique_subject = no' >demoCA/index.txt.attr
if [ "$(id -u)" -eq 0 ]; then
	setfacl -b demoCA/newcerts
	check "rights that are missing are told at the start" eval \
	    "refused '$SCEPD' -t -c scepd.conf &&
	    '$SCEPD' -t -c scepd.conf 2>&1 | grep -q 'setfacl -m u:nobody:rwX'"
	let_in demoCA demoCA/newcerts
else
	skip 1 "for root, whose scepd runs as another user"
fi
check "both directories are taken then" "$SCEPD" -t -c scepd.conf
start_scepd
start_nginx

# Devices and administrators

enrol() { # NAME CA DN [OPTION...]
	timeout 60 pki --scep --url "http://127.0.0.1:$port/scep/$2" \
	    --in "$1.key" --dn "$3" --password "$challenge" \
	    --cacert-enc "$2-enc.pem" --cacert-sig "$2-enc.pem" \
	    --cacert "$2.pem" --outform pem "${@:4}" >"$1.new" &&
	    mv "$1.new" "$1.pem"
}
cp demo.pem demo-enc.pem
cp pki/issued/ra.crt easy-enc.pem
dn() { # NAME
	echo "C=AU, ST=Some-State, O=Example, CN=$1"
}

demo() { # OPTION...
	openssl ca -config "$openssl_cnf" "$@"
}

serial() { # NAME
	openssl x509 -in "$1.pem" -noout -serial | sed 's/serial=//'
}

has_row() { # INDEX KIND NAME
	grep -q "^$2	.*	$(serial "$3")	unknown	/" "$1"
}

fetch() { # CA
	ask "/scep/$1.crl" && answered 200 application/pkix-crl &&
	    openssl crl -inform DER -in body -CAfile "$1.pem" -noout \
	        -text >"$1.text" 2>"$1.verdict" &&
	    grep -q '^verify OK' "$1.verdict"
}

lists() { # CA NAME
	fetch "$1" && grep -q "Serial Number: $(serial "$2")\$" "$1.text"
}

# In the text of a CRL, and in the file that its number was taken from.
number() { # CRL
	sed -n '/CRL Number/ { n; s/ *//p }' "$1.text"
}

next_number() {
	echo $((16#$(cat demoCA/crlnumber)))
}

# Of each serial number one row, and nothing that OpenSSL can't read.
is_sound() { # INDEX
	[ -z "$(cut -f 4 "$1" | sort | uniq -d)" ] && demo -updatedb
}

check "a device enrols" enrol one demo "$(dn one)"
check "its certificate is the CA's" openssl verify -CAfile demo.pem one.pem
check "and the device's" same subject \
    "subject=CN=one,O=Example,ST=Some-State,C=AU" "$(openssl x509 \
        -in one.pem -noout -subject -nameopt RFC2253)"
check "for as long as openssl.cnf says" eval \
    "openssl x509 -in one.pem -checkend \$((364 * 86400)) &&
    ! openssl x509 -in one.pem -checkend \$((366 * 86400))"
check "with the extensions that it says" eval \
    "openssl x509 -in one.pem -noout -ext basicConstraints | grep -q CA:FALSE"
check "it is in the index" has_row demoCA/index.txt V one
check "and in newcerts" cmp <(openssl x509 -in one.pem) \
    "demoCA/newcerts/$(serial one).pem"
check "openssl ca -status knows it" eval \
    "demo -status $(serial one) 2>&1 | grep -q Valid"
check "a subject that the CA's policy refuses gets nothing" \
    refused enrol two demo "C=AU, O=Example"
check "and the log says why" has_logged reason=ca-policy

check "the administrator revokes it" "$source/contrib/scepd-ca" demoCA \
    -config "$openssl_cnf" -revoke "demoCA/newcerts/$(serial one).pem" \
    -crl_reason keyCompromise
check "and it is soon in the CRL that devices get" await lists demo one
check "with the reason" grep -q "Key Compromise" demo.text
check "its number was that of crlnumber, which has gone on by one" \
    same number "$(number demo)" "$(($(next_number) - 1))"
check "it lasts as long as openssl.cnf says" same days 30 \
    "$(openssl crl -inform DER -in body -noout -lastupdate -nextupdate |
        sed 's/.*=//' | date -f - +%s |
        awk 'NR == 1 { a = $1 } END { print ($1 - a) / 86400 }')"
check "by SCEP as well" eval \
    "\"$SCEPCTL\" get crl \"http://127.0.0.1:$port/scep/demo\" --ca demo.pem |
    openssl crl -noout -text | grep -q '$(serial one)'"
check "another device enrols" enrol two demo "$(dn two)"
check "and is entered" has_row demoCA/index.txt V two
check "the row of the revoked one is as it was" has_row demoCA/index.txt R one
next=$(next_number)
check "openssl ca -gencrl lists it too" eval \
    "demo -gencrl | openssl crl -noout -text >own.text &&
    grep -q '$(serial one)' own.text"
check "by the number after scepd's" same number "$next" "$(number own)"
check "openssl ca issues beside us" eval \
    "openssl req -new -key three.key -subj \
        '/C=AU/ST=Some-State/O=Example/CN=three' -out three.csr &&
    demo -batch -in three.csr -out three.pem"
check "with a number of its own" has_row demoCA/index.txt V three
check "and revokes that" "$source/contrib/scepd-ca" demoCA \
    -config "$openssl_cnf" -revoke three.pem
check "which devices learn" await lists demo three
check "by a CRL of the number after that of openssl ca" \
    same number "$((next + 1))" "$(number demo)"

# A rewrite of the index from before an enrolment: openssl ca reads the whole
# index, and writes it when it is done.
cp demoCA/index.txt index.before
check "a device enrols while openssl ca is at work" enrol four demo "$(dn four)"
cp index.before demoCA/index.new && mv demoCA/index.new demoCA/index.txt
[ "$(id -u)" -ne 0 ] || setfacl -m u:nobody:rw demoCA/index.txt
check "its row is put back where that has lost it" await \
    has_row demoCA/index.txt V four
check "the log says so" has_logged "is put back"

# Somebody at a prompt, who has taken the lock
mkfifo prompt
flock demoCA/.scepd.lock cat prompt >/dev/null &
(exec 7>prompt; await has_logged result=pending) &
check "the administrator has the lock" await refused flock -n \
    demoCA/.scepd.lock true
check "a device that comes then waits, and gets its certificate" \
    enrol five demo "$(dn five)" --interval 2 --maxpolltime 60
check "it had to poll" has_logged result=pending
check "it is entered, once" has_row demoCA/index.txt V five
check "the index is sound" is_sound demoCA/index.txt
openssl ocsp -issuer demo.pem -cert one.pem -reqout one.req 2>/dev/null
check "openssl ocsp answers from it" eval \
    "openssl ocsp -index demoCA/index.txt -rsigner demo.pem \
        -rkey demoCA/private/cakey.pem -CA demo.pem -reqin one.req -text |
    grep -q 'Cert Status: revoked'"

# Alarms

alarms() { # OPTION...
	"$SCEPCTL" alarm list --state state/state.db "$@"
}

has_alarm() { # KIND [DETAIL]
	alarms | grep "^20[^ ]*  $1 .*/demoCA/index.txt: ${2-}"
}

# What the keeper does, at once: after a look that failed it waits a minute.  An
# index is known by its path, which begins with that of the configuration.
look() {
	"$SCEPD" -k -c "$work/scepd.conf" >look.out 2>&1
}

check "when all was looked at" look
check "nothing is wrong" alarms
check "scepctl revokes what is valid in the index" "$SCEPCTL" cert revoke \
    "$(serial two)" --state state/state.db --reason keyCompromise
check "and soon it is revoked there" await has_row demoCA/index.txt R two
check "with the reason, for openssl ca too" eval \
    "demo -gencrl | openssl crl -noout -text >all.text &&
    grep -A 4 'Serial Number: $(serial two)' all.text |
    grep -q 'Key Compromise'"
check "openssl ca takes the index that scepd has written" is_sound demoCA/index.txt
check "and nothing is wrong then" eval "look && alarms"
mv demoCA/index.txt demoCA/index.lost
check "an index that is gone is an alarm" await has_alarm index-missing
check "which a script sees" eval \
    "alarms --json >alarms.json; [ \$? -eq 1 ] &&
    grep -q '\"kind\": \"index-missing\"' alarms.json"
mv demoCA/index.lost demoCA/index.txt
check "which is over when it is back" eval "look && alarms"
check "the log says so" grep -q '"alarm is over: .*the index is gone' look.out
check "an alarm of a CA that nobody looks at" python3 -c 'import sqlite3
state = sqlite3.connect("state/state.db")
state.execute("INSERT INTO alarms (subject, kind, detail, text, since, seen) "
    "VALUES (\"elsewhere\", \"index-missing\", \"\", \"gone\", 1, 1)")
state.commit()'
check "is forgotten" eval "refused alarms && look && alarms"

# easy-rsa

check "a device enrols at the CA of easy-rsa" enrol six easy "CN=six"
check "as one of its clients" eval \
    "openssl x509 -in six.pem -noout -ext extendedKeyUsage |
    grep -q 'TLS Web Client'"
check "easy-rsa revokes it by its name" eval \
    "cp six.pem pki/issued/six.crt && easyrsa revoke six"
check "and it is soon in the CRL there" await lists easy six
check "which says whose it is as crl_extensions has it" \
    grep -q "DirName:/CN=Easy CA" easy.text
check "easy-rsa makes a CRL with it" eval \
    "easyrsa gen-crl && openssl crl -in pki/crl.pem -noout -text |
    grep -q '$(serial six)'"

# Serial numbers that are counted

sed -i "s,directory = \"pki\";,& serial = \"sequential\";," scepd.conf
echo 7000 >pki/serial
[ "$(id -u)" -ne 0 ] || setfacl -m u:nobody:rw pki/serial
stop "$scepd"
start_scepd
for name in seven eight nine; do
	make_key "$name.key"
done
check "a device enrols where serial numbers are counted" enrol seven easy "CN=seven"
check "by the file of openssl" same "serial number" 7000 "$(serial seven)"
check "another gets the next" enrol eight easy "CN=eight"
check "and the file has the one after it" same "next" \
    "7001, next 7002" "$(serial eight), next $(cat pki/serial)"

# Names that are to be unique, which is what OpenSSL takes where nothing is
# said: a renewal takes the place of the old certificate.

rm demoCA/index.txt.attr
sed -i "s,path = \"/scep/demo\";,& renew = { revoke = true; };," scepd.conf
check "such a CA is taken where renewals revoke" "$SCEPD" -t -c scepd.conf
stop "$scepd"
start_scepd

renew() { # NEW OLD
	make_key "$1.key"
	timeout 60 pki --scep --url "http://127.0.0.1:$port/scep/demo" \
	    --in "$1.key" --dn "$(dn "$2")" --cert "$2.pem" --key "$2.key" \
	    --cacert-enc demo-enc.pem --cacert-sig demo-enc.pem \
	    --cacert demo.pem --outform pem >"$1.new" && mv "$1.new" "$1.pem"
}

check "a device enrols where names are unique" enrol nine demo "$(dn nine)"
check "it is in the index as valid" has_row demoCA/index.txt V nine
check "it renews its certificate" renew ten nine
check "for its name" same subject \
    "$(openssl x509 -in nine.pem -noout -subject)" \
    "$(openssl x509 -in ten.pem -noout -subject)"
check "the new one is in the index as valid" has_row demoCA/index.txt V ten
check "the old one as revoked" has_row demoCA/index.txt R nine
check "because it is superseded" eval \
    "grep 'Z,superseded	$(serial nine)	' demoCA/index.txt"
check "openssl takes the index" is_sound demoCA/index.txt
check "openssl ca -gencrl lists the old one" eval \
    "demo -gencrl | openssl crl -noout -text | grep -q '$(serial nine)'"
check "and soon ours does" await lists demo nine
check "which renews nothing any more" refused renew eleven nine
check "the log says renewal-revoked" has_logged reason=renewal-revoked
check "nothing is wrong now" eval "look && alarms"
check "another device does not get the name" refused enrol eleven demo "$(dn nine)"
check "the log says index-subject" has_logged reason=index-subject
check "the administrator revokes it" "$source/contrib/scepd-ca" demoCA \
    -config "$openssl_cnf" -revoke "demoCA/newcerts/$(serial ten).pem"
check "and then the other device gets it" enrol eleven demo "$(dn nine)"
check "in a row of its own" has_row demoCA/index.txt V eleven
check "the index is sound still" is_sound demoCA/index.txt
