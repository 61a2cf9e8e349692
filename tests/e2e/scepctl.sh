#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# scepctl on the state database beside a running scepd: certificates that are
# handed out, those that were issued elsewhere, and backups.  What it does about
# requests is in transactions.sh.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 31
need nginx nginx-light
begin

challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
make_ca other
message=$vectors/certmonger/message.der
configure "$(socket_setting) workers = 2;" "$(endpoint /scep lab)"
start_scepd
start_nginx

# All with the configuration, which names the state database and the CA.
scepctl() {
	"$SCEPCTL" "$@" --config "$work/scepd.conf"
}

enrol() {
	ask '/scep?operation=PKIOperation' --data-binary "@$message" &&
	    is_cert_rep 0
}

# Whether scepctl ends like this, and says that.
ends() { # STATUS WORDS COMMAND...
	local status

	"${@:3}" >said 2>&1
	status=$?
	cat said
	same "exit status" "$1" "$status" && grep -q -e "$2" said
}

# Certificates that the CA has issued without scepd: NAME.pem and NAME.der.
issue() { # CA NAME SERIAL
	openssl x509 -req -in device.csr -CA "$1.pem" -CAkey "$1.key" \
	    -set_serial "0x$3" -days 20 -out "$2.pem" 2>openssl.err ||
		bail_out "no certificate: $(cat openssl.err)"
	openssl x509 -in "$2.pem" -outform DER -out "$2.der"
}
openssl req -newkey rsa:2048 -nodes -keyout device.key -out device.csr \
    -subj "/CN=device" 2>/dev/null || bail_out "no request"

# Export

check "a device enrols" enrol
serial=$(scepctl cert list | awk 'NR == 2 { print $1 }')
check "state show counts it" \
    ends 0 "^certificates:  *1$" scepctl state show
check "and names the CA" ends 0 "$(openssl x509 -in lab.pem -noout -subject \
    -nameopt RFC2253 | sed 's/subject=//')" scepctl state show
is_exported() { # OPTION...
	scepctl cert export "$@" >device.pem &&
	    openssl verify -CAfile lab.pem device.pem
}
check "its certificate is exported" is_exported "$serial"
check "also by the number of its request" is_exported --request 1
# How many certificates a file has, of which the first is the device's.
holds() { # COUNT OPENSSL-COMMAND...
	"${@:2}" -print_certs -out certs.pem &&
	    same certificates "$1" "$(grep -c BEGIN certs.pem)"
}
exports_p7b() {
	scepctl cert export "$serial" --chain --form p7b >chain.p7b &&
	    holds 2 openssl pkcs7 -inform DER -in chain.p7b &&
	    openssl verify -CAfile lab.pem certs.pem
}
check "with its chain as a PKCS#7 that OpenSSL reads" exports_p7b
exports_chain() {
	scepctl cert chain >chain.pem && cmp chain.pem lab.pem &&
	    scepctl cert chain --form p7b --out ca.p7b &&
	    holds 1 openssl pkcs7 -inform DER -in ca.p7b
}
check "and the chain alone" exports_chain
check "no file is overwritten" \
    ends 1 "exists already" scepctl cert chain --out ca.p7b
exports_der() {
	scepctl cert export "$serial" --form der --out device.der &&
	    openssl x509 -inform DER -in device.der -noout
}
check "DER goes into a file" exports_der
if command -v script >/dev/null; then
	on_terminal() {
		script -qec "$SCEPCTL cert chain --form p7b --ca lab.pem" \
		    /dev/null </dev/null
	}
	check "and not to a terminal" ends 2 "nothing for a terminal" on_terminal
else
	skip 1 "needs script"
fi

# Import

issue lab one 0a01
issue lab two 0a02
issue lab three 0a03
issue other four 0a04
cat one.pem two.pem >several.pem
check "certificates that were issued elsewhere are imported" \
    ends 0 "^added  *several.pem  *0a02  *CN=device$" \
    scepctl cert import several.pem
check "each once" ends 0 "^known .*0a01" scepctl cert import one.der
check "those of another CA are refused" \
    ends 1 "four.pem: .* 0a04: none of the CAs has issued it" \
    scepctl cert import four.pem three.der
check "and the others are there all the same" \
    ends 0 "^state:  *valid$" scepctl cert show 0a03
check "revoked ones come with their time" \
    ends 0 "^revoked .*0a03" scepctl cert import three.pem \
    --revoked superseded --revoked-at 2026-01-02
check "which is what is shown" \
    ends 0 "^revoked:  *2026-01-02T00:00:00Z$" scepctl cert show 0a03

# Revoking what is not known

issue lab five 0a05
check "an unknown number is not revoked by itself" \
    ends 3 "no certificate 0a06; .* --ca FILE" scepctl cert revoke 0a06
check "with its CA it is" ends 0 "nothing but its serial number is known" \
    scepctl cert revoke 0a06 --ca lab.pem --reason keyCompromise
check "and so is an unknown certificate by its file" \
    ends 0 "five.der is revoked" scepctl cert revoke --file five.der
check "both are listed" same revoked "0a03 0a05 0a06" \
    "$(scepctl cert list --revoked | awk 'NR > 1 { print $1 }' | sort |
	tr '\n' ' ' | sed 's/ $//')"
check "the device is answered as before" enrol

# Backups, while others write

write() {
	local i

	for ((i = 0; i < 60; i++)); do
		issue lab more "$(printf '0b%02x' "$i")"
		scepctl cert import more.der >/dev/null || return
		enrol >/dev/null || return
	done
}
write &
writing=$!
backs_up() {
	local i

	mkdir copies
	for ((i = 0; i < 10; i++)); do
		scepctl state backup "copies/$i" || return
		# It is read through.
		"$SCEPCTL" state restore "copies/$i" --state "copies/$i.db" ||
			return
	done
}
check "backups are made while others write, and are whole" backs_up
wait "$writing"
check "who go on" test $? = 0

# Restore

enrolled=$(openssl dgst -sha256 device.der)
scepctl state backup backup.db >/dev/null
issue lab late 0c01
scepctl cert import late.pem >/dev/null
check "nothing is restored beside a running scepd" \
    ends 1 "somebody has it open; stop scepd first" \
    scepctl state restore backup.db
check "which goes on" enrol
stop "$scepd"
check "a backup is restored when scepd has ended" \
    ends 0 "RESTORING in" scepctl state restore backup.db
check "what came after it is not known any more" \
    ends 3 "no certificate 0c01" scepctl cert show 0c01
check "but to the database that was kept" ends 0 "^state:  *valid$" \
    "$SCEPCTL" cert show 0c01 --state "$(echo "$work"/state/state.db.2*Z)"
is_owners() {
	same owner "$(stat -c '%U 600' state)" \
	    "$(stat -c '%U %a' state/state.db)"
}
check "it belongs to the user of the workers alone" is_owners
start_scepd
again() {
	enrol && scepctl cert export --request 1 --form der >again.der &&
	    same certificate "${enrolled#*= }" \
	        "$(openssl dgst -sha256 again.der | sed 's/.*= //')"
}
check "scepd serves it, and the device gets its certificate again" again
check "backups of something else are refused" \
    ends 1 "is no database" scepctl state restore several.pem
