#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A CA whose certificates `openssl ca` itself makes (method = "openssl"): for
# a key and an extension that only OpenSSL understands.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 30
need nginx nginx-light
[ "$(id -u)" -ne 0 ] || need setfacl acl
need_pki
begin

make_ca lab
make_ra ra lab
mkdir ca ca/newcerts
: >ca/index.txt
echo 'unique_subject = no' >ca/index.txt.attr
openssl rsa -aes256 -passout "pass:a long phrase" -in lab.key \
    -out ca/ca.key 2>rsa.err || bail_out "no key: $(cat rsa.err)"
rm lab.key
(umask 077 && echo 'a long phrase' >phrase)
cp lab.pem ca/ca.pem
cat >openssl.cnf <<-END
	oid_section = names
	[ names ]
	siteRole = 1.3.6.1.4.1.32473.1
	[ ca ]
	default_ca = lab
	[ lab ]
	database = ca/index.txt
	new_certs_dir = ca/newcerts
	certificate = ca/ca.pem
	private_key = \$ENV::LAB_KEY
	rand_serial = yes
	default_days = 20
	default_crl_days = 7
	default_md = sha384
	policy = lab_policy
	x509_extensions = device
	copy_extensions = copy
	[ lab_policy ]
	organizationName = optional
	commonName = supplied
	[ device ]
	basicConstraints = CA:FALSE
	subjectKeyIdentifier = hash
	authorityKeyIdentifier = keyid
	siteRole = ASN1:SEQUENCE:role
	[ role ]
	level = INTEGER:3
END
export LAB_KEY=ca/ca.key
[ "$(id -u)" -ne 0 ] ||
    { setfacl -m u:nobody:rwX,d:u:nobody:rwX ca ca/newcerts &&
        setfacl -m u:nobody:rw ca/index.txt* &&
        setfacl -m u:nobody:r ca/ca.key phrase; } || bail_out "no ACLs here"
ca() { # OPTION...
	openssl ca -config openssl.cnf -passin file:phrase "$@"
}
ca -gencrl -out lab.crl 2>crl.err || bail_out "no CRL: $(cat crl.err)"

# What openssl does, with a place where it is looked at or stopped.
cat >program <<-'END'
	#!/bin/sh
	env | sort >>seen
	echo "$@" >>seen
	[ ! -e broken ] || { echo 'the token is not there' >&2; exit 1; }
	openssl "$@"
	status=$?
	[ ! -e stop ] || { : >stopped; sleep 10; }
	exit "$status"
END
chmod +x program
: >seen
chmod 666 seen
chmod 777 .

set_ca() { # SETTINGS
	configure "$(socket_setting)" "$(endpoint /scep lab "$(ra ra)")"
	sed -i "s,backend = .*\"lab.key\";,backend = \"openssl\"; config = \"openssl.cnf\"; directory = \".\"; $1," scepd.conf
}
says() { # TEXT
	refused "$SCEPD" -t -c scepd.conf && "$SCEPD" -t -c scepd.conf 2>&1 |
	    grep -q -e "$1"
}
crl='crl = { path = "/scep/lab.crl"; file = "lab.crl"; };'
method='method = "openssl"; passphrase = { file = "phrase"; }; program = "program";'

set_ca 'passphrase = { file = "phrase"; };'
check "what scepd does not know itself is refused" says 'method = "openssl"'
set_ca "$method crl = { path = \"/scep/lab.crl\"; };"
check "CRLs of a key that only openssl has are not made" \
    says 'openssl ca -gencrl'
sed -i 's/^rand_serial.*/serial = serial/' openssl.cnf
set_ca "$method $crl"
check "serial numbers that are counted are refused" says 'rand_serial = yes'
sed -i 's/^serial.*/rand_serial = yes/' openssl.cnf
sed -i 's/ra = { cert.*//' scepd.conf
check "it needs an RA" says 'set ra'
set_ca "$method $crl"
if [ "$(id -u)" -eq 0 ]; then
	setfacl -x u:nobody ca/ca.key
	check "a key that openssl could not read is told at the start" \
	    says 'setfacl -m u:nobody:r .*ca.key'
	setfacl -m u:nobody:r ca/ca.key
else
	skip 1 "for root, whose scepd runs as another user"
fi
check "with one it is taken" "$SCEPD" -t -c scepd.conf
start_scepd
start_nginx

for name in one two three four five six; do
	make_key "$name.key"
done
enrol() { # NAME DN [OPTION...]
	timeout 120 pki --scep --url "http://127.0.0.1:$port/scep" \
	    --in "$1.key" --dn "$2" --password "$challenge" \
	    --cacert-enc ra.pem --cacert-sig ra.pem --cacert lab.pem \
	    --outform pem "${@:3}" >"$1.new" && mv "$1.new" "$1.pem"
}
dn() { # NAME
	echo "O=scepd tests, CN=$1"
}
serial() { # NAME
	openssl x509 -in "$1.pem" -noout -serial | sed 's/serial=//'
}
rows() { # KIND NAME
	grep -c "^$1	.*	/O=scepd tests/CN=$2\$" ca/index.txt
}
is_sound() {
	[ -z "$(cut -f 4 ca/index.txt | sort | uniq -d)" ] && ca -updatedb
}

check "a device enrols" enrol one "$(dn one)"
check "its certificate is the CA's" openssl verify -CAfile lab.pem one.pem
check "and has what only openssl writes" eval \
    "openssl x509 -in one.pem -noout -text | grep -q 1.3.6.1.4.1.32473.1"
check "it is in the index" same "rows" 1 "$(rows V one)"
check "and in newcerts" cmp <(openssl x509 -in one.pem) \
    "ca/newcerts/$(serial one).pem"
check "openssl was told no more than it asks for" same "environment" \
    "LAB_KEY LC_ALL PATH PWD" "$(sed -n 's/^\([A-Z_]*\)=.*/\1/p' seen |
        sort -u | tr '\n' ' ' | sed 's/ $//')"
check "and the passphrase neither by arguments nor by environment" eval \
    "! grep -q 'a long phrase' seen"
check "a name that the profile does not give is refused" \
    refused enrol two "$(dn two)" --san 10.0.0.1
check "with its reason in the log" has_logged reason=san
check "as are those that the CA's policy does not want" \
    refused enrol two "O=others"
check "and the log says why" has_logged request-rejected \
    "lacks an attribute that the CA"
check "a name that it gives is in the certificate" eval \
    "enrol three '$(dn three)' --san three.example.org &&
    openssl x509 -in three.pem -noout -ext subjectAltName |
    grep -q three.example.org"
check "the administrator revokes one" "$source/contrib/scepd-ca" ca \
    -config openssl.cnf -passin file:phrase \
    -revoke "ca/newcerts/$(serial one).pem"
ca -gencrl -out lab.new 2>/dev/null && mv lab.new lab.crl
lists() { # NAME
	ask /scep/lab.crl && answered 200 application/pkix-crl &&
	    openssl crl -inform DER -in body -noout -text |
	        grep -q "Serial Number: $(serial "$1")\$"
}
check "and devices see it in the CRL" await lists one

# Trouble of the CA's own: the device waits, and gets its certificate.
: >broken
(await has_logged "the token is not there"; rm broken
    kill -KILL "$(process keeper)") &
check "while openssl has no key a device waits" \
    enrol four "$(dn four)" --interval 3 --maxpolltime 120
check "it had to poll" has_logged CN=four result=pending
check "it is entered once" same "rows" 1 "$(rows V four)"

# The keeper is killed when openssl has made the certificate, and nobody has
# heard of it.
: >stop
(await test -e stopped; rm stop; kill -KILL "$(process keeper)") &
check "a device whose keeper is killed gets its certificate" \
    enrol five "$(dn five)" --interval 3 --maxpolltime 120
check "it is made once" same "rows" 1 "$(rows V five)"

mkfifo prompt
flock ca/.scepd.lock cat prompt >/dev/null &
(exec 7>prompt; await has_logged result=pending 'CN=six') &
check "while somebody has the lock a device waits" \
    enrol six "$(dn six)" --interval 2 --maxpolltime 60
check "it is entered" same "rows" 1 "$(rows V six)"
check "the index is sound" is_sound
check "scepctl knows the certificates" eval \
    "'$SCEPCTL' cert list --config scepd.conf | grep -q 'CN=six'"
check "and nothing waits" eval \
    "[ \"\$('$SCEPCTL' pending list --config scepd.conf | wc -l)\" -eq 1 ]"
