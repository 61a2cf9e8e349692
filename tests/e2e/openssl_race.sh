#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Devices enrol at the directory of an OpenSSL CA over 16 connections, while
# its administrator issues, revokes and makes CRLs there without asking anybody, and
# any process of scepd is killed now and then: no row and no revocation is
# lost, and none is there twice.  OPENSSL_CROWDS says how often.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 9
need nginx nginx-light
[ "$(id -u)" -ne 0 ] || need setfacl acl
begin

crowds=${OPENSSL_CROWDS:-2}
count=150

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
mkdir ca ca/newcerts
: >ca/index.txt
echo 'unique_subject = no' >ca/index.txt.attr
echo 1000 >ca/serial
echo 1000 >ca/crlnumber
[ "$(id -u)" -ne 0 ] ||
    { setfacl -m u:nobody:rwX,d:u:nobody:rwX ca ca/newcerts &&
        setfacl -m u:nobody:rw ca/index.txt*; } || bail_out "no ACLs here"
cat >openssl.cnf <<-EOF
	[ ca ]
	default_ca = lab
	[ lab ]
	database = ca/index.txt
	new_certs_dir = ca/newcerts
	certificate = lab.pem
	private_key = lab.key
	serial = ca/serial
	crlnumber = ca/crlnumber
	default_days = 20
	default_crl_days = 7
	default_md = sha256
	policy = anything
	x509_extensions = device
	[ anything ]
	organizationName = optional
	commonName = optional
	[ device ]
	basicConstraints = CA:FALSE
	subjectKeyIdentifier = hash
	authorityKeyIdentifier = keyid
EOF
configure "$(socket_setting) workers = 2; threads = 4;" "$(endpoint /scep lab)"
sed -i 's,backend = .*"lab.key";,backend = "openssl"; config = "openssl.cnf"; directory = "."; crl = { path = "/scep/lab.crl"; };,' \
    scepd.conf
start_scepd
start_nginx

ca() { # OPTION...
	openssl ca -config openssl.cnf "$@"
}

# Somebody else's certificate, issued and revoked by hand.
make_key hand.key
openssl req -new -key hand.key -subj /CN=hand -out hand.csr
administer() {
	local serial

	ca -batch -notext -in hand.csr -out hand.pem >>admin.log 2>&1 || return
	serial=$(openssl x509 -in hand.pem -noout -serial)
	ca -revoke hand.pem -crl_reason superseded >>admin.log 2>&1 &&
	    echo "${serial#serial=}" >>revoked
	ca -gencrl -out ca/crl.pem >>admin.log 2>&1
}

kill_one() {
	local left

	mapfile -t left < <(children "$scepd")
	[ "${#left[@]}" -eq 0 ] ||
	    kill -KILL "${left[RANDOM % ${#left[@]}]}" 2>/dev/null
	is_gone "$scepd" || return 0
	forget "$scepd"
	start_scepd
}

failed=
kills=0
: >revoked
for ((crowd = 1; crowd <= crowds; crowd++)); do
	"$build/tests/e2e/crowd" "$port" "$crowd" "$count" \
	    >"answers.$crowd" 2>>crowd.log &
	enrolling=$!
	pids+=("$enrolling")
	turn=0
	while ! is_gone "$enrolling"; do
		administer || failed="$failed by-hand"
		turn=$((turn + 1))
		# Whoever is killed again and again is started ever later.
		if [ $((turn % 3)) -eq 0 ] && [ "$kills" -lt $((crowd * 6)) ]; then
			kill_one
			kills=$((kills + 1))
		fi
	done
	forget "$enrolling"
	wait "$enrolling" || failed="$failed $crowd"
done
echo "# $((crowds * count)) enrolments, $(wc -l <revoked) revocations," \
    "$kills kills, $(logged 'is put back') rows put back"

check "every device is answered, by one certificate" \
    same "what failed" "" "$failed"
check "the administrator has revoked some" test -s revoked

cut -d ' ' -f 2 answers.* | tr '[:lower:]' '[:upper:]' | sort >given
rows() { # [KIND]
	awk -F '\t' -v kind="$1" 'kind == "" || $1 == kind { print $4 }' \
	    ca/index.txt | sort
}
has_all() {
	[ -z "$(rows '' | comm -13 - given)" ]
}
check "each has a row in the index" await has_all
check "and none has two" same "serial numbers twice" "" "$(rows '' | uniq -d)"
check "each is in newcerts" eval \
    "while read -r serial; do [ -s ca/newcerts/\$serial.pem ] || exit; done <given"
check "what was revoked is" same "revoked and not" "" \
    "$(sort revoked | comm -23 - <(rows R))"
check "openssl ca takes the index" ca -updatedb
check "openssl ca -gencrl has all of them" eval \
    "ca -gencrl | openssl crl -noout -text | grep -c 'Serial Number' |
    grep -qx \"\$(rows R | wc -l)\""

lists_all() {
	ask /scep/lab.crl && answered 200 application/pkix-crl &&
	    openssl crl -inform DER -in body -noout -text |
	        sed -n 's/ *Serial Number: //p' | sort | cmp - <(rows R)
}
check "and so has the CRL of scepd" await lists_all
