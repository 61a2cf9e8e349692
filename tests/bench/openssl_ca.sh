#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a certificate costs at the directory of an OpenSSL CA, as its index
# fills: scepd behind nginx beside `openssl ca` and, where there is one,
# micromdm's scepserver, which keeps such an index too (tests/bench/README).
#
#     openssl_ca.sh [ROWS]...
#
# ROWS are numbers of rows, 0, 10000, 100000 and 1000000 where none is given;
# others are compared with the first.  ROUNDS in the environment is how often
# each has its turn, SCEPSERVER the program of micromdm's.

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/../e2e/library.sh"
plan 0
need nginx nginx-light
[ "$(id -u)" -ne 0 ] || need setfacl acl
begin > >(grep -v -x 1..0)

rounds=${ROUNDS:-10}
sizes=("$@")
[ $# -gt 0 ] || sizes=(0 10000 100000 1000000)
scepserver=$(command -v "${SCEPSERVER:-scepserver}")
contenders=(scepd "openssl ca")
[ -z "$scepserver" ] || contenders+=(scepserver)

# How many certificates are one turn.
declare -A turn=([scepd]=50 ["openssl ca"]=3 [scepserver]=3)

# What server_bench sends.
challenge=secret
make_recorded_ca lab "$vectors/ca/ca.pem" "$vectors/ca/ca.key.pem"

# Of the length of real ones.
rows() { # COUNT
	awk -v count="$1" 'BEGIN {
		for (i = 0; i < count; i++)
			printf "V\t271121000000Z\t\t40%030X\tunknown\t" \
			    "/C=DE/O=Example/OU=Devices/CN=device-%07d.example.org\n",
			    i, i
	}'
}

# The contenders, each with a folder NAME/ROWS and its CA there

make_directory() { # FOLDER ROWS
	mkdir -p "$1/ca/newcerts"
	cp lab.pem lab.key "$1"
	rows "$2" >"$1/ca/index.txt"
	echo 'unique_subject = no' >"$1/ca/index.txt.attr"
	echo 1000 >"$1/ca/serial"
	cat >"$1/openssl.cnf" <<-EOF
		[ ca ]
		default_ca = lab
		[ lab ]
		database = ca/index.txt
		new_certs_dir = ca/newcerts
		certificate = lab.pem
		private_key = lab.key
		serial = ca/serial
		default_days = 20
		default_md = sha256
		policy = anything
		x509_extensions = device
		[ anything ]
		commonName = supplied
		[ device ]
		basicConstraints = CA:FALSE
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
	EOF
}

write_scepd_conf() { # FOLDER PATH
	local work=$work/$1 # for the socket

	(
		cd "$work" || exit
		configure "$(socket_setting)" "$(endpoint "$2" lab)"
		sed -i 's,backend = .*"lab.key";,backend = "openssl"; config = "openssl.cnf"; directory = ".";,' \
		    scepd.conf
	)
}

# A scepd of its own for each, so that whatever depends on the rows is there.
start_scepd_at() { # ROWS
	local folder=scepd/$1

	make_directory "$folder" "$1"
	[ "$(id -u)" -ne 0 ] ||
	    { setfacl -m u:nobody:rwX,d:u:nobody:rwX "$folder/ca"{,/newcerts} &&
	        setfacl -m u:nobody:rw "$folder"/ca/index.txt*; } ||
	    bail_out "no ACLs here"
	write_scepd_conf "$folder" "/scep/$1"
	start "scepd.$1.log" "$SCEPD" -c "$work/$folder/scepd.conf"
	await is_settled "$started" is_listening "$work/$folder/scepd.sock"
	is_gone "$started" || return 0
	show_logs
	bail_out "scepd does not start"
}

# The example of contrib/nginx, which has each scepd at a path of its own.
start_web() {
	nginx_site=$work/example.conf
	sed -e 's,location ~ .* {,location ~ ^/scep/([0-9]+)$ {,' \
	    -e "s,/run/scepd/scepd.sock,$work/scepd/\$1/scepd.sock," \
	    "$source/contrib/nginx/scepd.conf" >"$nginx_site"
	start_nginx
}

make_request() {
	make_key device.key
	openssl req -new -key device.key -subj /CN=device -out device.csr
}

declare -A depot_port

has_caps() { # PORT
	curl -fsS "http://127.0.0.1:$1/scep?operation=GetCACaps"
}

# Its key has to be encrypted.  Where somebody has the port it ends.
start_scepserver_at() { # ROWS
	local folder=scepserver/$1 tries

	mkdir -p "$folder"
	cp lab.pem "$folder/ca.pem"
	openssl rsa -in lab.key -traditional -aes128 -passout pass:lab \
	    -out "$folder/ca.key" 2>/dev/null
	rows "$1" >"$folder/index.txt"
	echo 1000 >"$folder/serial"
	for ((tries = 0; tries < 5; tries++)); do
		depot_port[$1]=$((20000 + RANDOM % 10000))
		start scepserver.log "$scepserver" -depot "$work/$folder" \
		    -port "${depot_port[$1]}" -challenge "$challenge" -capass lab
		await is_settled "$started" has_caps "${depot_port[$1]}"
		is_gone "$started" || return 0
		forget "$started"
	done
	show_logs
	bail_out "scepserver does not start"
}

# One turn of each: milliseconds for a certificate, of so many

devices=0
ask_server() { # PORT PATH COUNT
	devices=$((devices + 1))
	TEST_VECTORS=$vectors "$build/tests/bench/server_bench" "$1" "$2" \
	    "device-$devices" "$3"
}

run_scepd() { # ROWS COUNT
	ask_server "$port" "/scep/$1" "$2"
}

run_scepserver() { # ROWS COUNT
	ask_server "${depot_port[$1]}" /scep "$2"
}

run_openssl() { # ROWS COUNT
	local start=${EPOCHREALTIME/./} i

	cd "$work/openssl/$1" || return
	for ((i = 0; i < $2; i++)); do
		rm -f issued.pem
		openssl ca -batch -notext -config openssl.cnf \
		    -in "$work/device.csr" -out issued.pem 2>error
		[ -s issued.pem ] || { cat error && return 1; } >&2
	done
	echo $((${EPOCHREALTIME/./} - start)) "$2" |
	    awk '{ printf "%.3f\n", $1 / 1000 / $2 }'
	cd "$work" || return
}

# Whoever is the first to ask is asked for more; that is not measured.
declare -A best
take_turn() { # CONTENDER ROWS COUNT
	local run="run_${1%% *}" took

	"$run" "$2" "$3" >took || { show_logs; bail_out "$1 fails, $2 rows"; }
	took=$(cat took)
	[ "$3" -gt 1 ] || return 0
	best[$1 $2]=$(echo "$took" "${best[$1 $2]-$took}" |
	    awk '{ print $1 < $2 ? $1 : $2 }')
}

# In the other direction each time, as what else the machine does may strike
# whoever comes after.
run_round() { # ROUND
	local i rows contender

	for ((i = 0; i < ${#sizes[@]}; i++)); do
		rows=${sizes[$1 % 2 ? ${#sizes[@]} - 1 - i : i]}
		for contender in "${contenders[@]}"; do
			take_turn "$contender" "$rows" "${turn[$contender]}"
		done
	done
}

ratio() { # CONTENDER ROWS
	echo "${best[$1 $2]}" "${best[$1 ${sizes[0]}]}" |
	    awk '{ printf "%.2f", $1 / $2 }'
}

print_figures() {
	local rows contender

	printf '%-24s' rows
	printf '%12s' "${sizes[@]}"
	for contender in "${contenders[@]}"; do
		printf '\n%-24s' "$contender, ms"
		for rows in "${sizes[@]}"; do
			printf '%12.2f' "${best[$contender $rows]}"
		done
		printf '\n%-24s' "    ... to ${sizes[0]} rows"
		for rows in "${sizes[@]}"; do
			printf '%12s' "$(ratio "$contender" "$rows")"
		done
	done
	echo
}

print_verdict() {
	local most

	most=$(ratio scepd "${sizes[-1]}")
	echo "$most" "${sizes[-1]}" "${sizes[0]}" | awk '{
		printf "scepd with %d rows takes %s of the time with %d; " \
		    "wanted is 1.10 at most: %s\n",
		    $2, $1, $3, $1 <= 1.10 ? "so it is" : "it is NOT"
	}'
}

make_request
for size in "${sizes[@]}"; do
	start_scepd_at "$size"
	make_directory "openssl/$size" "$size"
	[ -z "$scepserver" ] || start_scepserver_at "$size"
done
start_web
[ -n "$scepserver" ] ||
    echo "no scepserver here, which is left out (SCEPSERVER=PROGRAM)"
for contender in "${contenders[@]}"; do
	for size in "${sizes[@]}"; do
		take_turn "$contender" "$size" 1
	done
done
for ((round = 0; round < rounds; round++)); do
	run_round "$round"
done
echo "Milliseconds for a certificate, RSA-2048, one after the other; the best" \
    "of $rounds turns"
print_figures
[ ${#sizes[@]} -eq 1 ] || print_verdict
