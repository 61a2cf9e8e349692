#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What "scepctl init" makes is what scepd, nginx, strongSwan and OpenSSL take:
# an RSA CA, an EC CA with its RA, and an RA for a CA that was there before.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 30
need nginx nginx-light
need_pki
begin
[ -x "$SCEPCTL" ] || bail_out "no $SCEPCTL"
make_key device.key

init() { # FOLDER [OPTION...]
	local as_root=()

	[ "$(id -u)" -ne 0 ] ||
		as_root=(--group www-data --user nobody --key-user daemon)
	"$SCEPCTL" init --socket "$work/scepd.sock" --state \
	    "$work/$1.db/state.db" "${as_root[@]}" "${@:2}" "$1" >"$1.txt" ||
		return
	# As root, scepd makes it.
	[ "$(id -u)" -eq 0 ] || mkdir -p "$work/$1.db"
}

# The users that were asked for are set; else the usual ones are a comment.
has_users() { # FOLDER
	local mark='# ' user=scepd key_user=scepd-key

	if [ "$(id -u)" -eq 0 ]; then
		mark='' user=nobody key_user=daemon
	fi
	grep -x "${mark}user = \"$user\";" "$1/scepd.conf" &&
	    grep -x "${mark}key_user = \"$key_user\";" "$1/scepd.conf"
}

is_valid_conf() { # FOLDER
	"$SCEPD" -t -c "$1/scepd.conf"
}

# The fingerprints that were printed are the certificate's.
has_fingerprint() { # FOLDER DIGEST OPTION
	local line

	line=$(openssl x509 -in "$1/ca.pem" -noout -fingerprint "$3")
	grep "^ *$2 *${line#*=}\( \|\$\)" "$1.txt"
}

is_secret() { # FILE
	same mode 600 "$(stat -c %a "$1")"
}

enrol() { # FOLDER CHALLENGE-FILE
	local path=${3-/scep}

	rm -f "$1".ca "$1".ra
	pki --scepca --url "http://127.0.0.1:$port$path" --force \
	    --caout "$1.ca" --raout "$1.ra" --outform pem || return
	[ -e "$1.ra" ] || cp "$1.ca" "$1.ra"
	pki --scep --url "http://127.0.0.1:$port$path" --in device.key \
	    --dn "CN=router 1" --password "$(cat "$2")" \
	    --cacert-enc "$1.ra" --cacert-sig "$1.ra" --cacert "$1.ca" \
	    --outform pem >issued.pem
}

serve() { # FOLDER
	start scepd.log "$SCEPD" -c "$work/$1/scepd.conf"
	scepd=$started
	await is_settled "$scepd" is_listening "$work/scepd.sock"
}

is_router() { # CA
	is_enrolled issued.pem device.key "CN=router 1" "$1"
}

has_crl() { # FOLDER
	ask /scep/ca.crl &&
	    openssl crl -inform DER -in body -CAfile "$1/ca.pem" -noout 2>&1 |
	    grep -x "verify OK"
}

# A CA from nothing

start_nginx
try() { # SENTENCE FOLDER [OPTION...]
	check "$1: it is made" init "$2" --url "http://127.0.0.1:$port/scep" \
	    "${@:3}"
	check "$1: scepd -t accepts it" is_valid_conf "$2"
	serve "$2"
	check "$1: strongSwan enrols" enrol "$2" "$2/challenge.txt"
	check "$1: OpenSSL agrees" is_router "$2/ca.pem"
	check "$1: it has a CRL" await has_crl "$2"
	stop "$scepd"
}

try "an RSA CA" plain
for file in ca.key challenge.txt; do
	check "$file is nobody else's to read" is_secret "plain/$file"
done
check "scepd's users are in the configuration" has_users plain
check "the SHA-256 fingerprint is right" \
    has_fingerprint plain SHA-256 -sha256
check "the SHA-1 fingerprint is right" has_fingerprint plain SHA-1 -sha1
check "the MD5 fingerprint is right" has_fingerprint plain MD5 -md5
check "the URL is told" grep -q "http://127.0.0.1:$port/scep" plain.txt
check "the challenge is not told" \
    refused grep -q -F "$(cat plain/challenge.txt)" plain.txt

sum() { # FOLDER
	(cd "$1" && sha256sum ./*)
}
before=$(sum plain)
check "a second time it refuses" refused init plain
check "and has changed nothing" same files "$before" "$(sum plain)"

try "an RSA CA with an RA" ra --ra --organisation Example --country CH
# strongSwan reads EC certificates by its plugin for OpenSSL.
if pki --gen --type ecdsa --size 384 >/dev/null 2>&1; then
	try "an EC CA" ec --key secp384r1
else
	skip 5 "needs strongSwan's openssl plugin: \
apt-get install libstrongswan-standard-plugins"
fi

# An RA for a CA that may sign certificates and nothing else

make_ca old "$signing"
configure "$(socket_setting)" "$(endpoint /scep/old old)"
refuses_ca() {
	"$SCEPD" -t -c scepd.conf >told 2>&1
	test $? != 0 && grep -q -e 'scepctl init --ra-for' told
}
check "scepd -t says that such a CA needs an RA, and how to make one" \
    refuses_ca
check "scepctl makes one" "$SCEPCTL" init --ra-for old.pem \
    --ca-key old.key for-old
configure "$(socket_setting)" "$(endpoint /scep/old old \
    'ra = { certificate = "for-old/ra.pem"; key = "for-old/ra.key"; };')"
check "scepd -t accepts it" "$SCEPD" -t -c scepd.conf
start_scepd
check "strongSwan enrols with it" enrol old challenge /scep/old
check "OpenSSL agrees" is_router old.pem
