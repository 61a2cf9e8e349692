#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Enrolments through lighttpd, by each example of contrib/lighttpd: before a
# scepd that runs on its own, starting scepd itself, and running it by CGI.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 28
need lighttpd lighttpd
need_pki
begin

challenge=secret
make_ca ca
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"
make_key device.key

configure_with() { # SETTINGS
	configure "$1" "$(endpoint /scep ca)" "$(endpoint /scep/lab lab)"
}

enrol() { # CHALLENGE
	pki --scep --url "http://127.0.0.1:$port/scep" --in device.key \
	    --dn "CN=router 1" --password "$1" --cacert-enc ca.pem \
	    --cacert-sig ca.pem --cacert ca.pem --outform pem >issued.pem
}

is_router() {
	is_enrolled issued.pem device.key "CN=router 1" ca.pem
}

# A message in the URL, in ways that lighttpd would refuse, or write in
# another way, if it were not told.
get_recorded() { # SED-SCRIPT
	ask "/scep/lab/pkiclient.exe?operation=PKIOperation&message=$(
		openssl base64 -A -in "$vectors/certmonger/message.der" |
		    sed "$1"
	)"
	is_cert_rep 0
}

post_recorded() { # OPTION...
	ask '/scep/lab?operation=PKIOperation' \
	    --data-binary "@$vectors/certmonger/message.der" "$@"
	is_cert_rep 0
}

try() { # HOW
	ask '/scep?operation=GetCACaps'
	check "$1: GetCACaps has its type and length" answered 200 text/plain
	check "$1: strongSwan enrols" enrol "$challenge"
	check "$1: OpenSSL agrees" is_router
	check "$1: a wrong challenge is refused" refused enrol wrong
	check "$1: a GET may have %0A in it" \
	    get_recorded 's/.\{64\}/&%0A/g; s/+/%2B/g; s/$/%0A/'
	check "$1: a GET may have %2f and %3d in it" \
	    get_recorded 's/+/%2b/g; s,/,%2f,g; s/=/%3d/g'
	check "$1: a GET may have + / and = in it" get_recorded ''
	check "$1: a POST may come in chunks" \
	    post_recorded -H 'Transfer-Encoding: chunked'
}

# What lighttpd starts runs as www-data where that is root's lighttpd.
give_to_lighttpd() {
	mkdir -p program
	install -m 755 "$SCEPD" program/scepd
	[ "$(id -u)" -ne 0 ] || chown -R www-data ca.key lab.key challenge \
	    state
}

configure_with "$(socket_setting)"
start_scepd
start_lighttpd scepd.conf
try "a scepd on its own"
stop "$web"
stop "$scepd"

configure_with ""
give_to_lighttpd
start_lighttpd scepd-spawn.conf "
    s,/usr/sbin/scepd ,$work/program/scepd ,
    s,/etc/scepd/,$work/,
    s,/run/lighttpd/,$work/lighttpd/,"
try "lighttpd starts scepd"
scepd=$(children "$web")
check "there is one scepd, which lighttpd has started" \
    test "$(wc -w <<<"$scepd")" = 1
serves_again() {
	[ "$(children "$web")" != "$scepd" ] &&
	    ask '/scep?operation=GetCACaps' && answered 200 text/plain
}
# Not by SIGKILL: lighttpd starts none where it still gets a connection, and
# the workers of a supervisor that is killed are there for a moment longer.
kill "$scepd"
check "lighttpd starts another one when it is gone" await serves_again
scepd=$(children "$web")
stop "$web"
check "it ends with lighttpd" await is_gone "$scepd"

mkdir -p cgi
cat >cgi/scepd <<-EOF
	#!/bin/sh
	SCEPD_CONFIG=$work/scepd.conf exec $work/program/scepd
EOF
chmod 755 cgi/scepd
start_lighttpd scepd-cgi.conf "s,/usr/sbin/scepd,$work/cgi/scepd,"
try "CGI"
has_no_children() {
	[ -z "$(children "$web")" ]
}
check "CGI: no scepd stays" await has_no_children
