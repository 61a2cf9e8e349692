#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# contrib/quickstart.sh does what it says, also when it is run again, with
# what has been built here and the packages that are there.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 10
need nginx nginx-light
need_pki
need make make
begin

quickstart() { # OPTION...
	(MAKEFLAGS='' BUILD=$build "$source/contrib/quickstart.sh" "$@" \
	    "$work/quick" >quickstart.out 2>&1)
	set -- $?
	cat quickstart.out
	return "$1"
}

clean_up() {
	local status=$?

	quickstart --stop >/dev/null
	(exit "$status")
	end
}
trap clean_up EXIT

is_device() {
	is_enrolled quick/device/device.pem quick/device/device.key \
	    "CN=device 1,O=Quickstart" quick/ca/ca.pem
}

# How many run with a file of that folder on their command line; grep's own
# does not name it.
running() {
	echo "$work/quick/" >pattern
	grep -l -a -F -f pattern /proc/[0-9]*/cmdline 2>/dev/null | wc -l
}

serial() {
	openssl x509 -in quick/device/device.pem -noout -serial
}

check "it enrols a device" quickstart --no-install
check "OpenSSL agrees" is_device
check "it shows the certificate" grep 'Subject: .*CN = device 1' \
    quickstart.out
check "it has stopped what it started" same processes 0 "$(running)"
ca=$(cat quick/ca/ca.pem)
serial=$(serial)

check "it enrols another when it is run again" quickstart --no-install --keep
check "OpenSSL agrees" is_device
check "by the same CA" same "the CA" "$ca" "$(cat quick/ca/ca.pem)"
check "which is another certificate" refused test "$serial" = "$(serial)"
port=$(sed -n 's,^nginx .*:\([0-9]*\)/scep$,\1,p' quickstart.out)
ask '/scep?operation=GetCACaps'
check "--keep leaves scepd and nginx running" answered 200 text/plain
quickstart --stop >/dev/null
check "--stop ends them" same processes 0 "$(running)"
