#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# scepctl as a client: of scepd through nginx, and of micromdm's server, which
# others have made.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 48
need nginx nginx-light
need scepserver scep
"$SCEPCTL" get caps http://127.0.0.1:1/ 2>&1 | grep -q "without libcurl" &&
    skip_all "this scepctl was built without libcurl"
begin

make_ca alone
make_ca above
make_ra ra above
configure "$(socket_setting)" \
    "$(endpoint /scep/alone alone)" \
    "$(endpoint /scep/ra above "$(ra ra)")" \
    "$(manual_endpoint /scep/manual alone)"
start_scepd
# What no SCEP server does, beside it.
sed "/location ~/i location = /moved { return 301 /scep/alone; }
    /location ~/i location = /large { root $work; }" \
    "$source/contrib/nginx/scepd.conf" >site.template
nginx_site=$work/site.template
truncate -s 5M large
start_nginx
(umask 077 && echo wrong >wrong)

fingerprint() { # NAME
	openssl x509 -in "$1.pem" -noout -fingerprint -sha256 | cut -d = -f 2
}

# A command of scepctl's that asks the server; what it says is in out and err.
client() { # COMMAND PATH [OPTION...]
	local command=$1 path=$2

	shift 2
	# shellcheck disable=SC2086 # "get ca" is two words
	timeout 60 "$SCEPCTL" $command "http://127.0.0.1:$port$path" "$@" \
	    >out 2>err
	local status=$?
	cat out err
	return "$status"
}

enrol() { # NAME PATH [OPTION...]
	client enrol "$2" --subject "CN=$1,O=Example" --out "$1.pem" \
	    --challenge-file challenge "${@:3}"
}

trusting() { # NAME...
	local all

	all=$(for name; do fingerprint "$name"; done | paste -s -d ,)
	echo "--fingerprint=$all"
}

is_of() { # NAME CA [SUBJECT]
	is_enrolled "$1.pem" "$1.key" "${3-CN=$1,O=Example}" "$2.pem"
}

serial() { # NAME
	openssl x509 -in "$1.pem" -noout -serial | cut -d = -f 2
}

# Whether a command ends with this status and these words.
ends() { # STATUS WORDS COMMAND...
	local status

	"${@:3}"
	status=$?
	same status "$1" "$status" && grep -qF -e "$2" out err
}

is_private() { # FILE
	same mode 600 "$(stat -c %a "$1")"
}

# What a server says of itself

check "it shows what the server can" client "get caps" /scep/alone
check "and what it makes of that" \
    grep -qx "scepctl chooses sha-256, aes-128 and post." out
check "it shows the CA with an RA" client "get ca" /scep/ra --out both.pem
check "and writes both" same certificates 2 "$(grep -c BEGIN both.pem)"
check "and their fingerprints" grep -qF "$(fingerprint above)" out

# First enrolment

check "nothing is sent to a CA that nobody vouches for" \
    ends 1 "$(fingerprint alone)" enrol one /scep/alone
check "no key is made then" test ! -e one.key
check "nor is one with another fingerprint trusted" \
    ends 1 "does not vouch" enrol one /scep/alone "$(trusting above)"
check "it enrols with a new RSA key" enrol one /scep/alone "$(trusting alone)" \
    --san dns:one.example.org,ip:192.0.2.1
check "OpenSSL agrees" is_of one alone
check "the key is its owner's alone" is_private one.key
check "nothing is overwritten" ends 1 "exists already" \
    enrol one /scep/alone "$(trusting alone)"
before=$(cat one.pem)
check "the same again is the same certificate" \
    enrol one /scep/alone "$(trusting alone)" --force \
    --san dns:one.example.org,ip:192.0.2.1
check "byte for byte" same certificate "$before" "$(cat one.pem)"
check "an RA that could be any device is not trusted" \
    ends 1 "$(fingerprint ra)" enrol two /scep/ra "$(trusting above)"
check "but it is by its own fingerprint; it enrols with it, by GET" \
    enrol two /scep/ra "$(trusting above ra)" \
    --method get --ca-out chain.pem
check "and writes the CA and the RA" \
    same chain "$(cat both.pem)" "$(cat chain.pem)"
check "OpenSSL agrees" is_of two above
check "it enrols an EC key" enrol three /scep/ra --ca both.pem \
    --key-type secp256r1
check "OpenSSL agrees" is_of three above
check "an EC key without a challenge is no use" \
    ends 2 "give one" client enrol /scep/alone --subject CN=no --out no.pem \
    --key-type secp384r1 "$(trusting alone)"
check "a wrong challenge is refused, in the server's words" \
    ends 1 "The challenge password was not accepted." \
    client enrol /scep/alone --subject CN=no --out no.pem --key two.key \
    --challenge-file wrong --trust-on-first-use
check "the log says challenge-wrong" has_logged reason=challenge-wrong
check "JSON is printed for scripts" enrol four /scep/alone --json \
    --trust-on-first-use --digest sha-512 --cipher aes-256
check "with the certificate's number" \
    grep -qi "\"serial\": \"0*$(serial four | sed 's/^0*//')\"" out

# Requests that are held

check "one that is held ends with status 3" \
    ends 3 "held" enrol held /scep/manual "$(trusting alone)" --max-time 0s
enrol held /scep/manual "$(trusting alone)" --interval 1s >held.out 2>&1 &
waiting=$!
check "the same command goes on with it, and polls" \
    await has_logged messageType=20 result=pending
check "there is one request" same requests 1 \
    "$("$SCEPCTL" pending list --state state/state.db | grep -c CN=held)"
number=$("$SCEPCTL" pending list --state state/state.db |
    awk '/CN=held/ { print $1 }')
check "it is approved" \
    "$SCEPCTL" pending approve "$number" --state "$work/state/state.db"
wait "$waiting"
check "then the client gets its certificate" test $? = 0
check "OpenSSL agrees" is_of held alone

# Renewal

check "it renews with a new key, and needs no fingerprint" \
    client enrol /scep/alone --renew one.pem --key one.key --out next.pem
check "OpenSSL agrees" is_of next alone CN=one,O=Example
check "the log says that it was a renewal" \
    has_logged messageType=17 result=success
check "with the same names" same san \
    "$(openssl x509 -in one.pem -noout -ext subjectAltName)" \
    "$(openssl x509 -in next.pem -noout -ext subjectAltName)"
check "the same key again is refused here" ends 1 "A renewal needs a new key" \
    client enrol /scep/alone --renew next.pem --key next.key --new-key same \
    --out again.pem

# Queries

check "it gets its own certificate" client "get cert" \
    "/scep/alone" "$(serial one)" --cert one.pem --key one.key \
    "$(trusting alone)"
check "which is that one" same certificate "$before" "$(cat out)"
check "others do not get it" ends 1 badCertId client "get cert" \
    "/scep/alone" "$(serial one)" "$(trusting alone)"

# What is no SCEP server

check "a redirect is shown and not followed" \
    ends 1 "HTTP status 301" client "get ca" /moved
check "more than any answer has is not read" \
    ends 1 "the answer has over" client "get ca" /large

# A server that others have made: micromdm's answers by single DES, always.

start_scepserver() {
	scepserver ca -init -depot depot -organization Elsewhere >ca.out 2>&1 ||
	    bail_out "scepserver makes no CA: $(cat ca.out)"
	start_web_server scepserver.log : run_scepserver
	cp depot/ca.pem elsewhere.pem
}

run_scepserver() {
	exec scepserver -depot depot -port "$port" -challenge "$challenge" \
	    -allowrenew 0
}
start_scepserver
check "it shows what micromdm's server can" client "get caps" /scep
check "it enrols there" enrol five /scep "$(trusting elsewhere)" --cipher des
check "OpenSSL agrees" same "the subject" "CN=five,O=Example" \
    "$(openssl x509 -in five.pem -noout -subject -nameopt RFC2253 |
        sed 's/subject=//')"
check "it is of that CA" openssl verify -CAfile elsewhere.pem five.pem
check "DES takes an option" ends 1 "--cipher des takes it" \
    enrol six /scep "$(trusting elsewhere)"
check "a wrong challenge is refused there too" ends 1 "the server refuses" \
    client enrol /scep --subject CN=no --out no.pem --key two.key \
    --challenge-file wrong "$(trusting elsewhere)"
check "it renews there" client enrol /scep --renew five.pem --key five.key \
    --out renewed.pem --cipher des --challenge-file challenge
