# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Sourced by tests/e2e/*.sh: they put the programs that were built, behind web
# servers and before clients that others have made, and report in TAP.
#
#     . "$(dirname "$0")/library.sh"
#     plan 2
#     need nginx nginx-light
#     begin
#     ...
#     check "a sentence that is true" COMMAND...
#
# Everything a test makes is in a folder of its own, $work, and everything it
# starts ends with it.  E2E_KEEP=1 keeps the folder for a look.

set -u
export LC_ALL=C.UTF-8
# Where Debian has web servers, which users other than root don't look.
PATH=$PATH:/usr/sbin:/sbin

source=${abs_top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${abs_top_builddir:-$source}
: "${SCEPD:=$build/scepd}" "${SCEPCTL:=$build/scepctl}"
# shellcheck disable=SC2034 # for those that source this
vectors=${TEST_VECTORS:-$source/tests/vectors}

# Reports

planned=0
reported=0

plan() { # COUNT
	planned=$1
}

# The tests need a program that a Debian package has; without it all of them
# are skipped.  Call it between plan and begin.
need() { # PROGRAM PACKAGE
	command -v "$1" >/dev/null || skip_all "needs $1: apt-get install $2"
}

# strongSwan's pki, of a version that knows SCEP.
need_pki() {
	need pki strongswan-pki
	pki --help 2>&1 | grep -q -e --scepca ||
	    skip_all "pki has no --scep: it takes strongSwan 5.9.8 or later"
}

skip_all() { # WHY
	echo "1..0 # SKIP $1"
	exit 0
}

# Ends the script: what has not been reported is missing, and so failed.
bail_out() { # WHY
	echo "Bail out! $*"
	exit 1
}

report() { # RESULT SENTENCE
	reported=$((reported + 1))
	echo "$1 $reported - $2"
}

# One test: true where the command is; otherwise what it says is shown.
check() { # SENTENCE COMMAND...
	local sentence=$1

	shift
	if "$@" >"$work/check.out" 2>&1 && ! has_report "$work/check.out"; then
		report ok "$sentence"
		return 0
	fi
	report "not ok" "$sentence"
	echo "# $*"
	tail -n 40 "$work/check.out" | sed 's/^/#   /'
	show_logs
	return 1
}

# Tests that can't be made here, and why.
skip() { # COUNT WHY
	local i

	for ((i = 0; i < $1; i++)); do
		reported=$((reported + 1))
		echo "ok $reported # SKIP $2"
	done
}

# The newest of what the programs have logged.
show_logs() {
	local log

	for log in "$work"/*.log; do
		[ -s "$log" ] || continue
		echo "# ${log##*/}:"
		tail -n 4 "$log" | cut -c 1-500 | sed 's/^/#   /'
	done
}

# Whether a sanitizer has told of a fault, in builds that have one.  Processes
# in a sandbox can open no file to report to: all of them use standard error.
has_report() { # FILE...
	grep -aqs -e Sanitizer -e 'runtime error:' "$@"
}

show_reports() {
	grep -ahs -A 40 -e Sanitizer -e 'runtime error:' "$work"/*.log |
	    head -n 200 | cut -c 1-500 | sed 's/^/#   /'
}

# Beginning and end

work=
pids=()

begin() {
	need curl curl
	need openssl openssl
	[ -x "$SCEPD" ] || bail_out "no $SCEPD"
	echo "1..$planned"
	# Short, as the path of a socket has to be; and one that the web
	# server's user can enter.
	work=$(mktemp -d /tmp/scepd-e2e.XXXXXX) || bail_out "no folder"
	chmod 711 "$work"
	trap end EXIT
	trap 'exit 1' HUP INT TERM
	cd "$work" || bail_out "no folder"
}

end() {
	local status=$? pid

	trap - EXIT
	trap '' HUP INT TERM
	for pid in "${pids[@]}"; do
		stop "$pid"
	done
	if has_report "$work"/*.log; then
		show_reports
		echo "Bail out! a sanitizer has told of a fault"
		status=1
	fi
	if [ -n "${E2E_KEEP-}" ]; then
		echo "# kept: $work"
	else
		cd / && rm -rf "$work"
	fi
	exit "$status"
}

# Runs a command until it is true, for half a minute at most.
await() { # COMMAND...
	local deadline=$((SECONDS + 30))

	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

is_gone() { # PID
	! kill -0 "$1" 2>/dev/null
}

children() { # PID
	grep -l "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status 2>/dev/null |
	    cut -d / -f 3
}

# For await: whether a command is true, or the process will never make it so.
is_settled() { # PID COMMAND...
	is_gone "$1" || "${@:2}"
}

# Starts a program that stays in the foreground; its pid is $started.
start() { # LOG COMMAND...
	local log=$1

	shift
	"$@" >>"$work/$log" 2>&1 </dev/null &
	started=$!
	pids+=("$started")
}

# Stops what `start` has started; its exit status.
stop() { # PID
	local pid=$1

	kill "$pid" 2>/dev/null
	await is_gone "$pid" || kill -KILL "$pid" 2>/dev/null
	forget "$pid"
	wait "$pid" 2>/dev/null
}

# Kills what `start` has started, without bash telling of it.
crash() { # PID
	{
		kill -KILL "$1"
		wait "$1"
		forget "$1"
	} 2>/dev/null
}

forget() { # PID
	local pid left=()

	for pid in "${pids[@]}"; do
		[ "$pid" = "$1" ] || left+=("$pid")
	done
	pids=("${left[@]}")
}

# Certificates

serving="digitalSignature, keyEncipherment"
signing="keyCertSign, cRLSign"

# A CA by OpenSSL, in NAME.pem and NAME.key; one that can serve SCEP itself
# unless told otherwise.
make_ca() { # NAME [KEY-USAGE]
	cat >"$1.cnf" <<-EOF
		[ req ]
		distinguished_name = name
		x509_extensions = ca
		prompt = no
		[ name ]
		O = scepd tests
		CN = CA $1
		[ ca ]
		basicConstraints = critical, CA:TRUE
		keyUsage = critical, ${2-$serving, $signing}
		subjectKeyIdentifier = hash
		[ ra ]
		basicConstraints = critical, CA:FALSE
		keyUsage = critical, $serving
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
	EOF
	openssl req -x509 -config "$1.cnf" -newkey rsa:2048 -nodes \
	    -days 30 -keyout "$1.key" -out "$1.pem" 2>"$1.err" ||
		bail_out "can't make a CA: $(cat "$1.err")"
}

# An RA of that CA, in NAME.pem and NAME.key.
make_ra() { # NAME CA
	openssl req -config "$2.cnf" -newkey rsa:2048 -nodes \
	    -subj "/O=scepd tests/CN=RA $1" \
	    -keyout "$1.key" -out "$1.csr" 2>"$1.err" ||
		bail_out "can't make an RA: $(cat "$1.err")"
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" \
	    -CAcreateserial -extfile "$2.cnf" -extensions ra -days 30 \
	    -out "$1.pem" 2>"$1.err" ||
		bail_out "can't make an RA: $(cat "$1.err")"
}

# The CA of recorded messages as of today, in NAME.pem and NAME.key: clients
# address it by its name and serial number, and those stay.
make_recorded_ca() { # NAME CERTIFICATE KEY
	local serial

	serial=$(openssl x509 -in "$2" -noout -serial)
	(umask 077 && openssl rsa -in "$3" -passin pass: -out "$1.key") \
	    2>"$1.err" || bail_out "can't read $3: $(cat "$1.err")"
	cat >"$1.cnf" <<-EOF
		basicConstraints = critical, CA:TRUE
		keyUsage = critical, $serving, $signing
		subjectKeyIdentifier = hash
	EOF
	openssl x509 -in "$2" -signkey "$1.key" -clrext -extfile "$1.cnf" \
	    -days 30 -set_serial "0x${serial#serial=}" -out "$1.pem" \
	    2>"$1.err" || bail_out "can't renew $2: $(cat "$1.err")"
}

make_key() { # FILE
	openssl genrsa -out "$1" 2048 2>/dev/null || bail_out "no key"
}

# Whether a certificate is what a device asked for: from the CA, for TLS
# clients, of the device's key and of its subject (as RFC 2253 writes it).
is_enrolled() { # CERTIFICATE KEY SUBJECT CA
	openssl verify -x509_strict -purpose sslclient -CAfile "$4" "$1" &&
	    same "the key" "$(openssl pkey -in "$2" -pubout)" \
	        "$(openssl x509 -in "$1" -noout -pubkey)" &&
	    same "the subject" "subject=$3" \
	        "$(openssl x509 -in "$1" -noout -subject -nameopt RFC2253)"
}

# Whether two values are the same; says so where they aren't.
same() { # WHAT WANTED GOT
	[ "$2" = "$3" ] && return
	printf '%s: wanted\n%s\ngot\n%s\n' "$1" "$2" "$3"
	return 1
}

# Whether a command fails, in words of its own rather than by a signal.
refused() { # COMMAND...
	local status

	"$@"
	status=$?
	[ "$status" -gt 0 ] && [ "$status" -lt 124 ]
}

# scepd

challenge="a challenge of many words"

# One endpoint of a configuration; settings of its own may follow.
endpoint() { # PATH CA [SETTING...]
	printf '\t{ path = "%s";\n' "$1"
	printf '\t  ca = { backend = "file"; certificate = "%s.pem"; ' "$2"
	printf 'key = "%s.key"; };\n' "$2"
	printf '\t  enrol = { challenge = ( { type = "static";\n'
	printf '\t      secret = { file = "challenge"; }; } ); };\n'
	shift 2
	[ $# -eq 0 ] || printf '\t  %s\n' "$@"
	printf '\t}'
}

# One where somebody has to approve what is asked for.
manual_endpoint() { # PATH CA [SETTING...]
	endpoint "$@" | sed 's/enrol = {/enrol = { approval = "manual";/'
}

ra() { # NAME
	echo "ra = { certificate = \"$1.pem\"; key = \"$1.key\"; };"
}

# Whom the processes of a scepd that is started as root run as, in the tests:
# two users that every Debian has.
users_setting() {
	[ "$(id -u)" -ne 0 ] || echo 'user = "nobody"; key_user = "daemon";'
}

# Writes scepd.conf: its general settings, then its endpoints.
configure() { # SETTINGS ENDPOINT...
	local separator=

	(umask 077 && printf %s "$challenge" >challenge)
	mkdir -p state
	[ "$(id -u)" -ne 0 ] || chown -R nobody state
	{
		printf '%s\nstate = "state/state.db";\n%s\nendpoints = (\n' \
		    "$(users_setting)" "$1"
		shift
		for endpoint; do
			printf '%s%s' "$separator" "$endpoint"
			separator=$',\n'
		done
		printf '\n);\n'
	} >scepd.conf
}

# The setting `socket`, for the web server that we start: as root it runs as
# www-data, else as we do.
socket_setting() {
	local group=

	[ "$(id -u)" -ne 0 ] || group=" group = \"www-data\";"
	echo "socket = { path = \"$work/scepd.sock\"; mode = \"0660\";$group };"
}

# Whether somebody listens on a socket: the kernel's flag for that.
is_listening() { # SOCKET
	awk -v path="$1" '$8 == path && $4 == "00010000" { found = 1 }
	    END { exit !found }' /proc/net/unix
}

# Starts scepd with scepd.conf; the pid of its supervisor is $scepd.
start_scepd() {
	start scepd.log "$SCEPD" -c "$work/scepd.conf"
	scepd=$started
	await is_settled "$scepd" is_listening "$work/scepd.sock"
	is_gone "$scepd" || return 0
	show_logs
	bail_out "scepd does not start"
}

# The pid of scepd's process of that name, as ps shows it.
process() { # NAME
	local pid

	for pid in $(children "$scepd"); do
		[ "$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline")" = \
		    "scepd: $1" ] && echo "$pid"
	done
}

# Kills scepd's supervisor, and waits until those that it has left are gone.
crash_scepd() {
	local left pid

	left=$(children "$scepd")
	crash "$scepd"
	for pid in $left; do
		await is_gone "$pid"
	done
}

# How many lines of scepd's log have all of these.
logged() { # STRING...
	local lines string

	lines=$(cat "$work/scepd.log")
	for string; do
		lines=$(grep -F -e "$string" <<<"$lines")
	done
	grep -c . <<<"$lines"
}

# Whether a line of scepd's log has all of these.
has_logged() { # STRING...
	[ "$(logged "$@")" -gt 0 ] && return
	echo "no line of scepd's log has all of: $*"
	return 1
}

# Web servers

# Whether a process listens on a port of 127.0.0.1: its socket is the one
# that the kernel's table has there, in state 0A.
has_port() { # PID PORT
	local inode

	inode=$(awk -v address="$(printf '0100007F:%04X' "$2")" \
	    '$2 == address && $4 == "0A" { print $10 }' /proc/net/tcp)
	[ -n "$inode" ] &&
	    find "/proc/$1/fd" -lname "socket:\[$inode\]" | grep -q .
}

# Starts a web server on a port of 127.0.0.1, $port, with the configuration
# that WRITER writes; its pid is $web.  Where somebody has the port the web
# server ends, and another is tried.
start_web_server() { # LOG WRITER COMMAND...
	local log=$1 writer=$2 tries=0

	shift 2
	while [ "$tries" -lt 5 ]; do
		tries=$((tries + 1))
		port=$((20000 + RANDOM % 10000))
		"$writer"
		start "$log" "$@"
		web=$started
		await is_settled "$web" has_port "$web" "$port"
		is_gone "$web" || return 0
		forget "$web"
	done
	show_logs
	bail_out "$1 does not start, on $tries ports"
}

# The example of contrib/nginx, with the port and the socket of the test.
write_nginx_conf() {
	local user=

	[ "$(id -u)" -ne 0 ] || user="user www-data;"
	sed -e "s,listen 80;,listen 127.0.0.1:$port;," \
	    -e "s,/run/scepd/scepd.sock,$work/scepd.sock," \
	    "${nginx_site:-$source/contrib/nginx/scepd.conf}" >site.conf
	mkdir -p nginx
	cat >nginx.conf <<-EOF
		$user
		daemon off;
		worker_processes 1;
		pid $work/nginx/pid;
		error_log $work/nginx.log warn;
		events {}
		http {
			access_log $work/nginx/access.log;
			client_body_temp_path $work/nginx/body;
			fastcgi_temp_path $work/nginx/fastcgi;
			proxy_temp_path $work/nginx/proxy;
			scgi_temp_path $work/nginx/scgi;
			uwsgi_temp_path $work/nginx/uwsgi;
			include $work/site.conf;
		}
	EOF
}

start_nginx() {
	start_web_server nginx.log write_nginx_conf \
	    nginx -e "$work/nginx.log" -p "$work" -c "$work/nginx.conf"
}

# An example of contrib/lighttpd, changed by sed's script.
write_lighttpd_conf() {
	sed "$lighttpd_changes" "$source/contrib/lighttpd/$lighttpd_example" \
	    >site.conf
	mkdir -p lighttpd
	{
		echo "server.document-root = \"$work/lighttpd\""
		echo "server.upload-dirs = ( \"$work/lighttpd\" )"
		echo "server.bind = \"127.0.0.1\""
		echo "server.port = $port"
		[ "$(id -u)" -ne 0 ] || {
			echo 'server.username = "www-data"'
			echo 'server.groupname = "www-data"'
			chown www-data lighttpd
		}
		echo "include \"$work/site.conf\""
	} >lighttpd.conf
}

start_lighttpd() { # EXAMPLE [SED-SCRIPT]
	lighttpd_example=$1
	lighttpd_changes="s,/run/scepd/scepd.sock,$work/scepd.sock,; ${2-}"
	start_web_server lighttpd.log write_lighttpd_conf \
	    lighttpd -D -f "$work/lighttpd.conf"
}

# Requests

# Asks for a path, with curl's further options.  What comes is in the files
# status, headers (without CRs) and body.
ask() { # PATH-AND-QUERY [OPTION...]
	local target=$1

	shift
	rm -f body headers status
	curl -sS --max-time 60 -o body -D headers.raw -w '%{http_code}' "$@" \
	    "http://127.0.0.1:$port$target" >status &&
	    tr -d '\r' <headers.raw >headers
}

# The value of a header field of the answer, or nothing.
field() { # NAME
	sed -n "s/^$1: //Ip" headers
}

# Whether the answer has this status and type, and a length that is right.
answered() { # STATUS TYPE
	same status "$1" "$(cat status)" &&
	    same Content-Type "$2" "$(field Content-Type)" &&
	    same Content-Length "$(wc -c <body)" "$(field Content-Length)" &&
	    same Transfer-Encoding "" "$(field Transfer-Encoding)"
}

# The value of a signed attribute of a message, by default the file body's,
# named by the last number of its OID (RFC 8894 section 3.2).
attribute() { # NUMBER [FILE]
	openssl asn1parse -inform DER -in "${2-body}" | awk -v number="$1" '
		/OBJECT *:2\.16\.840\.1\.113733\.1\.9\./ {
			sub(/.*\.113733\.1\.9\./, "")
			wanted = $0 == number
		}
		/PRINTABLESTRING|OCTET STRING/ && wanted {
			sub(/.*(PRINTABLESTRING *:|HEX DUMP\]:)/, "")
			print
			exit
		}'
}

# Whether the answer is a CertRep of this pkiStatus.
is_cert_rep() { # STATUS
	answered 200 application/x-pki-message &&
	    same messageType 3 "$(attribute 2)" &&
	    same pkiStatus "$1" "$(attribute 3)"
}

# How many files of the folder `bodies` are CertReps whose pkiStatus is "0"
# (RFC 8894 section 3.2.1.3).
successes() {
	LC_ALL=C grep -laP \
	    '\x60\x86\x48\x01\x86\xf8\x45\x01\x09\x03\x31\x03\x13\x010' \
	    bodies/* | wc -l
}
