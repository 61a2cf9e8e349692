#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Devices get certificates by contrib/hooks, of CAs that others have made.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 12
need nginx nginx-light
PATH=$PATH:/usr/share/easy-rsa
need certtool gnutls-bin
need easyrsa easy-rsa
need cfssl golang-cfssl
need jq jq
need_pki
begin

# All that hooks read and write is theirs who runs them.
hand_over() { # FILE...
	[ "$(id -u)" -ne 0 ] || chown -R nobody "$@"
}

cp -r "$source/contrib/hooks" hooks
cat >hooks/told <<-END
	#!/bin/sh
	env | cut -d = -f 1 | sort >$work/told/\$SCEP_OPERATION
	exec "\$@"
END
chmod -R a+rX hooks
chmod a+x hooks/told
mkdir told certtool certtool/issued cfssl

make_ca lab
make_ra ra lab
cp lab.pem certtool/ca.pem
cp lab.key certtool/ca.key
cat >certtool/template <<-END
	expiration_days = 20
	signing_key
	encryption_key
	tls_www_client
	honor_crq_ext = 2.5.29.17
END

for command in init-pki "build-ca nopass"; do
	# shellcheck disable=SC2086 # it may have an argument
	easyrsa --batch --pki-dir="$work/pki" $command >easyrsa.out 2>&1 ||
	    bail_out "easyrsa: $(cat easyrsa.out)"
done
cp pki/ca.crt easy.pem
cp pki/private/ca.key easy.key
cp lab.cnf easy.cnf
make_ra easy-ra easy
chmod 644 lab.pem easy.pem ra.pem easy-ra.pem

cat >cfssl.json <<-END
	{ "signing": { "default": {
	    "expiry": "480h", "usages": [ "client auth" ] } } }
END
start cfssl.log cfssl serve -address 127.0.0.1 -port 0 -ca lab.pem \
    -ca-key lab.key -config cfssl.json
cfssl=$started
# The port that it listens at.
cfssl_port() {
	local link

	for link in /proc/"$cfssl"/fd/*; do
		link=$(readlink "$link")
		[ "${link%%:*}" = socket ] || continue
		link=${link#socket:[}
		awk -v inode="${link%]}" '$10 == inode && $4 == "0A" {
			sub(/.*:/, "", $2)
			print $2
		}' /proc/net/tcp
	done
}
is_there() {
	[ -n "$(cfssl_port)" ]
}
await is_there || bail_out "no cfssl: $(cat cfssl.log)"
cfssl_port=$((0x$(cfssl_port)))

cat >devices.csv <<-END
	by-certtool,127.0.0.0/8
	by-easy-rsa,127.0.0.1
	by-cfssl,*
	elsewhere,192.0.2.0/24
END
hand_over told certtool cfssl pki devices.csv

# One endpoint whose CA a hook asks, and whose requests one approves.
asked() { # PATH CA RA ARGUMENT...
	local path=$1 ca=$2 ra=$3 arguments

	shift 3
	arguments=$(printf ', "%s"' "$work/hooks/told" "$@")
	cat <<-END
		{ path = "$path";
		  ca = { backend = "command"; certificate = "$ca.pem";
		      command = ( ${arguments#, } ); };
		  ra = { certificate = "$ra.pem"; key = "$ra.key"; };
		  enrol = {
		    challenge = ( { type = "static";
		        secret = { file = "challenge"; }; } );
		    approval = "hook";
		    hook = { command = ( "$work/hooks/told",
		        "$work/hooks/approve-csv", "$work/devices.csv" ); };
		  }; }
	END
}

configure "$(socket_setting)" \
    "$(asked /scep/certtool lab ra "$work/hooks/certtool" "$work/certtool")" \
    "$(asked /scep/easy-rsa easy easy-ra "$work/hooks/easy-rsa" "$work/pki")" \
    "$(asked /scep/cfssl lab ra "$work/hooks/cfssl" \
        "http://127.0.0.1:$cfssl_port" "$work/cfssl")"
check "the configuration is taken" "$SCEPD" -t -c scepd.conf
start_scepd
start_nginx

enrol() { # NAME PATH CA RA [OPTION...]
	[ -e "$1.key" ] || make_key "$1.key"
	timeout 60 pki --scep --url "http://127.0.0.1:$port/scep/$2" \
	    --in "$1.key" --dn "CN=$1" --password "$challenge" \
	    "${@:5}" --cacert-enc "$4.pem" --cacert-sig "$4.pem" \
	    --cacert "$3.pem" --outform pem --interval 2 --maxpolltime 50 \
	    >"$1.new" && mv "$1.new" "$1.pem"
}

has_name() { # NAME
	openssl x509 -in "$1.pem" -noout -ext subjectAltName |
	    grep -q "DNS:$1.example.org"
}

# GnuTLS finds the signature wrong of a request of pki's with both a password
# and a name, as its attributes are not in DER's order.
check "a device enrols by certtool" enrol by-certtool certtool lab ra
check "its certificate is what it should be" \
    is_enrolled by-certtool.pem by-certtool.key CN=by-certtool lab.pem
check "a device enrols by easy-rsa" enrol by-easy-rsa easy-rsa easy easy-ra \
    --san by-easy-rsa.example.org
check "its certificate is easy-rsa's" openssl verify -CAfile easy.pem \
    by-easy-rsa.pem
check "and has its name" has_name by-easy-rsa
check "a device enrols by cfssl" enrol by-cfssl cfssl lab ra \
    --san by-cfssl.example.org
check "its certificate is what it should be" \
    is_enrolled by-cfssl.pem by-cfssl.key CN=by-cfssl lab.pem
check "and has its name" has_name by-cfssl
check "who asks from elsewhere is refused" \
    refused enrol elsewhere certtool lab ra
check "and the log says why" has_logged request-rejected \
    "elsewhere is not listed for 127.0.0.1"

# What tests/hooks counts on.
check "hooks are told what the recorded requests say" same variables \
    "$(cut -d = -f 1 "$vectors/hooks/asks.env" | sort)" \
    "$(grep -vx -e PWD -e OLDPWD -e SHLVL -e _ told/SUBMIT)"
