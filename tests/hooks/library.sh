# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Sourced by tests/hooks/*.sh: they run what is in contrib/hooks as scepd does,
# with recorded requests, and report in TAP.  See tests/e2e/library.sh; what is
# here comes on top:
#
#     plan $((4 + WRONG_INPUTS))
#     begin
#     take sscep
#     check "it is refused" ends 2 approve-csv list.csv
#     check "so is this" with SCEP_REQUEST=2 -- ends 2 approve-csv list.csv
#     check_wrong_inputs approve-csv list.csv

# shellcheck source=tests/e2e/library.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/library.sh"

hooks=$source/contrib/hooks
variables=()
changes=()

# Takes a recorded request: its environment, and request.pem.
take() { # NAME
	local file

	case $1 in
	sscep) file=sscep/csr.der ;;
	asks) file=openssl-ca/asks.csr ;;
	esac
	mapfile -t variables <"$vectors/hooks/$1.env"
	openssl req -inform DER -in "$vectors/$file" -out request.pem ||
	    bail_out "can't read $file"
	input=request.pem
}

# Runs a command with other variables: NAME=VALUE, or "-u NAME" for none.
with() { # CHANGE... -- COMMAND...
	local changes=()

	while [ "$1" != -- ]; do
		changes+=("$1")
		shift
	done
	shift
	"$@"
}

# Runs a hook: $status, and what it writes in the files out and err.
run() { # HOOK ARGUMENT...
	local program=$1

	shift
	case $program in
	*/*) ;;
	*) program=$hooks/$program ;;
	esac
	env -i "${variables[@]}" env "${changes[@]}" "$program" "$@" \
	    <"$input" >out 2>err
	status=$?
}

# Whether a hook ends with this status, and says why where it has to.
ends() { # STATUS HOOK ARGUMENT...
	local wanted=$1

	shift
	run "$@"
	same "the status" "$wanted" "$status" || {
		cat out err
		return 1
	}
	case $wanted in
	3 | 4) [ -s err ] && [ ! -s out ] ;;
	esac
}

# The same, and its standard output has such a line.
says() { # PATTERN STATUS HOOK ARGUMENT...
	local pattern=$1

	shift
	ends "$@" || return
	grep -qxe "$pattern" out || {
		cat out
		return 1
	}
}

# The same of its standard error.
warns() { # PATTERN STATUS HOOK ARGUMENT...
	local pattern=$1

	shift
	ends "$@" || return
	grep -qe "$pattern" err || {
		cat err
		return 1
	}
}

# Whether a hook issues a certificate of that CA for the request's key, which
# is no CA's.
issues() { # CA HOOK ARGUMENT...
	local ca=$1

	shift
	ends 0 "$@" || return
	openssl verify -CAfile "$ca" out &&
	    same "the key" "$(openssl req -in request.pem -noout -pubkey)" \
	        "$(openssl x509 -in out -noout -pubkey)" &&
	    refused grep -q CA:TRUE <(openssl x509 -in out -noout -text)
}

# The same, and the certificate is that of before.
issues_again() { # CA HOOK ARGUMENT...
	mv out before
	issues "$@" && cmp before out
}

# Starts a hook in a group of its own, ends it once the file "started" is
# there, as its deadline would, and waits for it.
interrupt() { # HOOK ARGUMENT...
	local hook=$1 group

	shift
	rm -f started
	env -i "${variables[@]}" env "${changes[@]}" setsid "$hooks/$hook" "$@" \
	    <"$input" >out 2>err &
	group=$!
	await test -e started || return
	kill -- -"$group"
	wait "$group"
	same "the status" 3 "$?" && [ ! -s out ]
}

# What OpenSSL says about the certificate that has come out.
shows() { # PATTERN OPTION...
	local pattern=$1

	shift
	openssl x509 -in out -noout "$@" | grep -qe "$pattern"
}

# What is wrong for every hook; its arguments are right, and it has no such
# operation.
foreign=NOTIFY
# shellcheck disable=SC2034 # for those that source this
WRONG_INPUTS=4
check_wrong_inputs() { # HOOK ARGUMENT...
	check "without an operation it is misconfigured" \
	    with -u SCEP_OPERATION -- warns SCEP_OPERATION 4 "$@"
	check "an operation that is not its own it does not know" \
	    with "SCEP_OPERATION=$foreign" -- warns "this only" 6 "$@"
	check "without its variables it is misconfigured" \
	    with -u SCEP_REQUEST -u SCEP_REQ_SUBJECT \
	    -u SCEP_TRANSACTION_ID -- warns 'SCEP_.* is missing' 4 "$@"
	input=/dev/null
	check "a request that is empty is trouble" \
	    with SCEP_REQUEST=404 -- ends 3 "$@"
	input=request.pem
}

# Programs of our own that a hook finds first.
shim() { # NAME; the program is on standard input
	mkdir -p bin
	cat >"bin/$1"
	chmod +x "bin/$1"
}
# shellcheck disable=SC2034 # for those that source this
shims=PATH=bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Starts the server of mock.py; what it answers is in the file answer.
start_mock() {
	start mock.log python3 "$source/tests/hooks/mock.py" .
	await test -s port || bail_out "no mock server: $(cat mock.log)"
	port=$(cat port)
	: >asked
}

answer() { # STATUS; the body is on standard input
	echo "$1" >status
	cat >answer
}

# Runs a command after the server was told that answer.
answered() { # STATUS BODY COMMAND...
	answer "$1" <<<"$2"
	shift 2
	"$@"
}

# A CA by OpenSSL for the folders of hooks, in ca.pem and ca.key.
make_simple_ca() {
	make_ca ca "$signing"
}
