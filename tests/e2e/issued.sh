#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A program that is to know of certificates before their devices, one that
# decides about renewals, and profiles that it chooses (scepd-hooks(7)).

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 23
need nginx nginx-light
need_pki
begin

make_ca lab
make_ra ra lab
chmod 777 .
for name in one two three four five; do
	make_key "$name.key"
done

cat >know <<-END
	#!/bin/sh
	cd "$work" || exit 4
	[ \$SCEP_OPERATION = ISSUED ] || exit 6
	[ -e "knows.\$SCEP_REQUEST" ] && exit 0
	[ ! -e slow ] || while [ -e slow ]; do sleep 0.1; done
	case \$SCEP_REQ_SUBJECT in
	CN=one | CN=one,*) ;;
	CN=evil) echo "not in the inventory"; exit 2 ;;
	*) [ -e inventory ] || { echo "no inventory" >&2; exit 3; } ;;
	esac
	cat >"inventory.\$SCEP_SERIAL"
	env | grep ^SCEP_ >"told.\$SCEP_REQUEST"
END
cat >renew <<-END
	#!/bin/sh
	cd "$work" || exit 4
	[ \$SCEP_OPERATION = AUTHORIZE ] || exit 6
	cat >"renewal.\$SCEP_RENEWS_SERIAL"
	[ ! -e retired ] || { echo failInfo=badTime; echo "it is retired"; exit 2; }
	echo profile=short
END
chmod 700 know
chmod 755 renew

profiles='profile = ( { name = "long"; days = 20; }, { name = "short"; days = 7; } );'
issued="issued = { command = ( \"$work/know\" ); tries = 2; };"
renew="renew = { approval = \"hook\"; same_key = true; hook = { command = ( \"$work/renew\" ); }; };"
configure "$(socket_setting)" \
    "$(endpoint /scep lab "$(ra ra)" 'answer_within = "10s";' "$issued" "$renew" "$profiles")" \
    "$(endpoint /scep/once lab "$(ra ra)" "${issued/tries = 2/tries = 1}")"
if [ "$(id -u)" -eq 0 ]; then
	check "a program that the keeper may not run is told" eval \
	    "refused '$SCEPD' -t -c scepd.conf &&
	    '$SCEPD' -t -c scepd.conf 2>&1 | grep -q \"know: the user nobody can't run it\""
else
	skip 1 "needs root"
fi
chmod 755 know
check "the configuration is taken" "$SCEPD" -t -c scepd.conf
start_scepd
start_nginx

path=/scep
enrol() { # NAME [OPTION...]
	timeout 100 pki --scep --url "http://127.0.0.1:$port$path" \
	    --in "$1.key" --dn "CN=${1%.*}" \
	    --cacert-enc ra.pem --cacert-sig ra.pem --cacert lab.pem \
	    --outform pem "${@:2}" >"$1.new" && mv "$1.new" "$1.pem"
}
first() { # NAME [OPTION...]
	enrol "$1" --password "$challenge" "${@:2}"
}
serial() { # FILE
	openssl x509 -in "$1" -noout -serial | sed 's/.*=//' | tr A-F a-f
}
# From now on.
days() { # FILE
	echo $((($(date -d "$(openssl x509 -in "$1" -noout -enddate |
	    sed 's/.*=//')" +%s) - $(date +%s) + 43200) / 86400))
}
new_keeper() {
	kill -KILL "$(process keeper)"
}

check "a device enrols" first one
check "its certificate was known first" cmp \
    <(openssl x509 -in one.pem) <(openssl x509 -in "inventory.$(serial one.pem)")
check "and what there is to say of it" eval \
    "grep -qx SCEP_REQ_SUBJECT=CN=one told.1 && grep -qx SCEP_PROFILE=long told.1 &&
    grep -qx SCEP_RENEWS_SERIAL= told.1"
check "it is by the first profile" same days 20 "$(days one.pem)"

(await has_logged "no inventory"; : >inventory; new_keeper) &
check "while nobody takes notice a device waits" \
    first two --interval 3 --maxpolltime 100
check "it had to poll" has_logged CN=two result=pending
check "and was issued one certificate" same certificates 1 \
    "$("$SCEPCTL" cert list --config scepd.conf --subject CN=two | grep -c CN=two)"

: >slow
(await has_logged CN=three result=pending; new_keeper; rm slow) &
check "a keeper that is killed loses nothing" \
    first three --interval 3 --maxpolltime 100
check "and no certificate is made twice" same certificates 1 \
    "$("$SCEPCTL" cert list --config scepd.conf --subject CN=three | grep -c CN=three)"

rm inventory
(await eval "'$SCEPCTL' pending list --config scepd.conf | grep -q withheld"
"$SCEPCTL" pending list --config scepd.conf >listed
"$SCEPCTL" pending approve --config scepd.conf "$(awk '/withheld/ { print $1 }' listed)" >approved) &
check "an operator may let a device have it" \
    first four --interval 3 --maxpolltime 100
check "who is told what came of that" grep -q "gets the certificate" approved

make_key evil.key
check "what is objected to is refused" refused first evil
check "with the reason in the log" has_logged request-rejected "not in the inventory"
check "and its certificate is revoked" eval \
    "'$SCEPCTL' cert list --config scepd.conf --revoked | grep -q CN=evil"

path=/scep/once
check "who waits in vain is told so" refused first five --interval 3 --maxpolltime 100
check "in the log" has_logged /know "has not taken notice"
path=/scep
check "as its certificate is revoked" eval \
    "'$SCEPCTL' cert list --config scepd.conf --revoked | grep -q CN=five"

old=$(serial one.pem)
cp one.pem old.pem
check "a renewal is decided by its program" enrol one --cert old.pem --key one.key
check "which was told what it renews, and chose the profile" eval \
    "openssl x509 -in 'renewal.$old' -noout 2>/dev/null && [ $(days one.pem) -eq 7 ]"
make_key one.again.key
: >retired
check "and may refuse" refused enrol one.again --cert one.pem --key one.key
check "with the reason in the log" has_logged request-rejected "it is retired"
