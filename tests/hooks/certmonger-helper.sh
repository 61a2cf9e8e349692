#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook that issues with a helper of certmonger: its own CA, and one that
# behaves in every other way.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan $((28 + WRONG_INPUTS))
begin

mkdir made
# Makes a helper that ends so, and writes what it gets.
helper() { # STATUS TEXT
	printf '%b\n' "$2" >text
	cat >helper <<-END
		#!/bin/sh
		env | sort >seen
		echo "\$*" >given
		cat text
		exit $1
	END
	chmod +x helper
}

# Runs a command with a helper that answers so.
answered_so() { # STATUS TEXT COMMAND...
	helper "$1" "$2"
	shift 2
	"$@"
}

told() { # VARIABLE VALUE
	same "$1" "$2" "$(sed -n "s/^$1=//p" seen)"
}

runs=(certmonger-helper made ./helper --option "a b")
take asks
check "one that waits has a cookie" answered_so 1 "ticket 42" \
    says 'ticket 42' 1 "${runs[@]}"
check "its arguments are its own" same arguments "--option a b" "$(cat given)"
check "it is told the operation" told CERTMONGER_OPERATION SUBMIT
check "it is told the subject" told CERTMONGER_REQ_SUBJECT \
    "CN=router,O=Example,ST=Bavaria,C=DE"
check "it is told the host names" told CERTMONGER_REQ_HOSTNAME \
    router.example.org
check "it is told the addresses" told CERTMONGER_REQ_IP_ADDRESS 192.0.2.1
check "it is told the type of key" told CERTMONGER_KEY_TYPE EC
check "it gets the request" told CERTMONGER_CSR \
    "-----BEGIN CERTIFICATE REQUEST-----"
check "what there is not it is not told" refused grep \
    -e CERTMONGER_REQ_EMAIL -e CERTMONGER_CA_COOKIE seen
check "asked again it waits again" \
    with SCEP_OPERATION=POLL SCEP_COOKIE="ticket 42" -- \
    says 'ticket 42' 1 "${runs[@]}"
check "and it is told the cookie" told CERTMONGER_CA_COOKIE "ticket 42"

# Status and text of the helper, then the status that is passed on, what is
# said on standard output or, of trouble, on standard error, and a sentence.
vectors_here=(
	'1|a\nb|4|not one line|a cookie of two lines is misconfigured'
	'5|90\nticket|5|ticket|one that says when has that and a cookie'
	'5|90|5|90|and the cookie may be missing'
	'5|90\na\nb|4|not one line|but two lines of it are misconfigured'
	'2|not today|2|not today|one that refuses says why'
	'3|no route|3|no route|one that can not connect is trouble'
	'4|no URL|4|no URL|one that needs to be set up says what'
	'6|what?|6|what?|one that does not know the operation says so'
	'16||4|SCEP|one that wants to speak SCEP is misconfigured'
	'17||2|failInfo=badRequest|one that wants another key refuses this one'
	'70|oh|3|status 70|one that ends in another way is trouble'
	'0|here you are|3|no certificate|one that issues nothing is trouble'
)
for vector in "${vectors_here[@]}"; do
	IFS='|' read -r status text wanted pattern sentence <<<"$vector"
	case $wanted in
	3 | 4 | 6) how=warns ;;
	*) how=says ;;
	esac
	check "$sentence" answered_so "$status" "$text" \
	    "$how" "$pattern" "$wanted" "${runs[@]}"
done

check "one that is not there is misconfigured" \
    warns 'no helper' 4 certmonger-helper made ./nothing
check "a folder that is not there is misconfigured" \
    warns elsewhere 4 certmonger-helper elsewhere ./helper
helper 0 ""
check_wrong_inputs "${runs[@]}"

submit=/usr/lib/certmonger/local-submit
if [ -x "$submit" ]; then
	mkdir local
	run certmonger-helper made "$submit" -d local
	openssl pkcs12 -in local/creds -passin pass: -nokeys -legacy \
	    -out ca.pem 2>/dev/null || openssl pkcs12 -in local/creds \
	    -passin pass: -nokeys -out ca.pem 2>creds.err
	check "certmonger's own CA issues" issues ca.pem \
	    certmonger-helper made "$submit" -d local
	check "asked again it is the same" issues_again ca.pem \
	    certmonger-helper made "$submit" -d local
	take sscep
	check "another key gets another" issues ca.pem \
	    certmonger-helper made "$submit" -d local
else
	skip 3 "needs $submit: apt-get install certmonger"
fi
