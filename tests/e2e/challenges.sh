#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Challenge passwords of each kind, with strongSwan's pki; and one that many
# devices have, who come at once to several processes.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 24
need nginx nginx-light
need_pki
begin

# An endpoint with these challenges; settings of its section `enrol` follow.
taking() { # PATH CHALLENGES [SETTING...]
	endpoint "$1" alone | sed '/enrol =/,/} ); };$/d; /^\t}$/d'
	echo "enrol = { challenge = ( $2 ); ${*:3} }; }"
}

# As an administrator makes one.
scepctl() { # ARGUMENT...
	"$SCEPCTL" challenge "$1" --config scepd.conf "${@:2}"
}

make_ca alone
make_key device.key
make_key other.key
(umask 077 && openssl rand -hex 32 >derive.key)
hash=$("$SCEPCTL" challenge hash <<<"a secret for all of them")
configure "workers = 4; $(socket_setting)" \
    "$(taking /scep/static "{ type = \"static\"; hash = \"$hash\";
	names = ( \"CN=router *\", \"O=Example\", \"C=CH\" ); }")" \
    "$(taking /scep/derived '{ type = "derived"; keys = ( { id = "1";
	secret = { file = "derive.key"; }; } ); }')" \
    "$(taking /scep/once '{ type = "one-time"; }')" \
    "$(taking /scep/held '{ type = "one-time"; }' 'approval = "manual";')" \
    "$(taking /scep/any "{ type = \"one-time\"; },
	{ type = \"static\"; hash = \"$hash\"; }")"
start_scepd
start_nginx
# The state database is its user's.
mint() { # PATH [OPTION...]
	scepctl new --endpoint "$@"
}

pki --scepca --url "http://127.0.0.1:$port/scep/static" --caout ca.ca \
    --outform pem >/dev/null 2>&1 || bail_out "pki finds no CA"

enrol() { # PATH PASSWORD [KEY [OPTION...]]
	timeout 60 pki --scep --url "http://127.0.0.1:$port$1" \
	    --in "${3-device.key}" --dn "C=CH, O=Example, CN=router 1" \
	    --password "$2" --cacert-enc ca.ca --cacert-sig ca.ca \
	    --cacert ca.ca --outform pem --interval 1 --maxpolltime 1 \
	    "${@:4}" >issued.pem
}
is_router() { # [KEY]
	is_enrolled issued.pem "${1-device.key}" \
	    "CN=router 1,O=Example,C=CH" alone.pem
}
enrolled() { # PATH PASSWORD [KEY [OPTION...]]
	enrol "$@" && is_router "${3-device.key}"
}
refused_for() { # REASON PATH PASSWORD [KEY [OPTION...]]
	local before after

	before=$(logged "endpoint=$2" "reason=$1")
	refused enrol "${@:2}" || return 1
	after=$(logged "endpoint=$2" "reason=$1")
	same lines $((before + 1)) "$after"
}
subject="CN=router 1,O=Example,C=CH"

check "a static password is taken by its hash" \
    enrolled /scep/static "a secret for all of them"
check "the hash is no password" refused_for challenge-wrong /scep/static "$hash" \
    other.key
check "it buys no other name" refused_for challenge-name /scep/static \
    "a secret for all of them" other.key --san router-1.example.org

derived=$(scepctl derive --endpoint /scep/derived --subject "$subject" \
    --san dns:router-1.example.org)
check "a derived password is for all names that it was derived for" \
    refused_for challenge-name /scep/derived "$derived"
check "and gets them" enrolled /scep/derived "$derived" device.key \
    --san router-1.example.org
check "once" refused_for challenge-used /scep/derived "$derived" other.key \
    --san router-1.example.org
old=$(scepctl derive --endpoint /scep/derived --subject "$subject" \
    --expires 2020-01-01)
check "until it has expired" refused_for challenge-expired /scep/derived "$old" \
    other.key

once=$(mint /scep/once --subject 'CN=router ?,O=Example,C=CH')
check "one that was minted gets a certificate" enrolled /scep/once "$once"
check "the log says which one it was" has_logged endpoint=/scep/once \
    result=success "challenge=$(scepctl list --all | awk 'END { print $1 }') "
check "and no other" refused_for challenge-used /scep/once "$once" other.key
again=$(mint /scep/once --subject 'CN=bank*,O=Example,C=CH')
check "it is for its name" refused_for challenge-name /scep/once "$again" \
    other.key
check "and endpoint" refused_for challenge-wrong /scep/held "$again" other.key
number() { # PATTERN
	scepctl list | awk -v pattern="$1" '$0 ~ pattern { print $1 }'
}
check "it is listed" [ -n "$(number CN=bank)" ]
check "it is revoked" scepctl revoke "$(number CN=bank)"
check "and worth nothing then" refused_for challenge-wrong /scep/once "$again" \
    other.key
check "no password is in the log" same lines 0 "$(logged "$once")"
check "nor in the database" refused grep -aq "$once" state/state.db \
    state/state.db-wal

held=$(mint /scep/held)
number=$(number /scep/held)
refused enrol /scep/held "$held" 2>/dev/null
check "what is held has the password" refused_for challenge-used /scep/held \
    "$held" other.key
check "until it is rejected" "$SCEPCTL" pending reject --config scepd.conf \
    --reason "no such router" \
    "$("$SCEPCTL" pending list --config scepd.conf | awk 'NR == 2 { print $1 }')"
refused enrol /scep/held "$held" other.key 2>/dev/null
check "then another can have it" has_logged endpoint=/scep/held result=pending \
    "challenge=$number "

check "one of several kinds is enough" enrolled /scep/any "$(mint /scep/any)"
check "whichever it is" enrolled /scep/any "a secret for all of them" other.key

# Eight devices with one password, as often as that: one of them gets a
# certificate.
for i in 1 2 3 4 5 6 7 8; do
	openssl genrsa -out "crowd-$i.key" 2048 2>/dev/null
done
rush() { # PASSWORD
	local i pids=()

	for i in 1 2 3 4 5 6 7 8; do
		timeout 60 pki --scep --url "http://127.0.0.1:$port/scep/once" \
		    --in "crowd-$i.key" --dn "CN=$1" --password "$1" \
		    --cacert-enc ca.ca --cacert-sig ca.ca --cacert ca.ca \
		    --outform pem >"crowd-$i.pem" 2>/dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
	same successes 1 "$(logged endpoint=/scep/once result=success \
	    "subject=\"CN=$1\"")" &&
	    same refusals 7 "$(logged endpoint=/scep/once \
	    reason=challenge-used "subject=\"CN=$1\"")"
}
rushes() {
	local password

	for password in $(mint /scep/once --count 5); do
		rush "$password" || return 1
	done
}
check "of eight that come at once with one password, one gets a certificate" \
    rushes
check "and all is well with scepd" is_settled "$scepd" true
