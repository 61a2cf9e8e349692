#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# From a clone on a bare Debian 12 to an enrolled device: installs what is
# missing (as root, or by sudo), builds scepd, makes a demo CA, starts scepd
# behind an nginx of its own on loopback, and enrols a device with
# strongSwan's pki.  All it makes is in one folder; it may be run again.

set -u
source=$(cd "$(dirname "$0")/.." && pwd)
self=$0
export LC_ALL=C.UTF-8
PATH=$PATH:/usr/sbin:/sbin

# shellcheck source=contrib/packages.sh
. "$source/contrib/packages.sh"

usage() {
	cat <<-EOF
		usage: quickstart.sh [--keep] [--no-install] [FOLDER]
		       quickstart.sh --stop [FOLDER]

		Builds scepd, starts it with a demo CA, and enrols a device.

		  --keep        leaves scepd and its nginx running at the end
		  --stop        stops those that --keep has left running
		  --no-install  makes do with the packages that are there
		  FOLDER        for all it makes; else ./quickstart of the source
	EOF
}

# What the screen shows: one line a step, and a log only where one failed.

step() { # NAME
	printf '%-10s ' "$1"
}

say() {
	printf '%s\n' "$*"
}

give_up() { # WHY [LOG]
	say "$1"
	if [ -s "${2-}" ]; then
		printf '\nThe end of %s:\n\n' "$2"
		tail -n 20 "$2" | sed 's/^/    /'
	fi
	exit 1
} >&2

# Runs a command whose words matter only if it fails.
quietly() { # LOG COMMAND...
	local log=$1

	shift
	"$@" >"$log" 2>&1 || give_up "failed: $*" "$log"
}

# Runs a command until it is true, for ten seconds at most.
await() { # COMMAND...
	local tries=0

	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || return 1
		sleep 0.1
	done
}

# scepd and nginx are found again by their pids, and by their command lines,
# which name our folder: another process may have got the pid by now.

is_running() { # NAME
	local pid

	pid=$(cat "$folder/run/$1.pid" 2>/dev/null) &&
	    tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" |
	    grep -qF "$folder/"
}

is_stopped() { # NAME
	! is_running "$1"
}

stop() { # NAME
	is_running "$1" || return 0
	kill "$(cat "$folder/run/$1.pid")"
	await is_stopped "$1" || give_up "$1 does not stop"
	rm -f "$folder/run/$1.pid"
}

stop_all() {
	stop nginx
	stop scepd
}

# The steps

build() {
	build=${BUILD:-$folder/build}
	# A folder that was built in can't be built from elsewhere.
	[ ! -e "$source/config.status" ] || build=$source
	mkdir -p "$build"
	[ -x "$source/configure" ] ||
		quietly "$folder/log/autogen" "$source/autogen.sh"
	cd "$build" || give_up "no folder $build"
	[ -e config.status ] ||
		quietly "$folder/log/configure" "$source/configure" -q
	quietly "$folder/log/make" make -s -j"$(nproc)" scepd scepctl
	cd "$folder" || give_up "no folder $folder"
	say "scepd and scepctl, in $build"
}

# As root, scepd runs as these two, which every Debian has; a real server has
# users of its own for it.
user=nobody
key_user=daemon
# The folder of the demo may be one that they can't enter.
state=/var/lib/scepd-quickstart/state.db

make_ca() {
	local users=()

	[ "$(id -u)" -eq 0 ] || state=$folder/run/state.db
	[ "$(id -u)" -ne 0 ] || users=(--user "$user" --key-user "$key_user")
	[ -e ca/scepd.conf ] ||
		quietly log/init "$build/scepctl" init --name "Quickstart CA" \
		    --socket "$folder/run/scepd.sock" --state "$state" \
		    "${users[@]}" ca
	[ "$(id -u)" -ne 0 ] || name_users
	name_state
	say "in $folder/ca"
}

# A CA that was not made as root, or was before there were these settings.
name_users() {
	grep -q '^key_user' ca/scepd.conf ||
		printf '\nuser = "%s";\nkey_user = "%s";\n' "$user" \
		    "$key_user" >>ca/scepd.conf
}

name_state() {
	grep -q '^state' ca/scepd.conf ||
		printf '\nstate = "%s";\n' "$state" >>ca/scepd.conf
}

# Both are started in sessions of their own, so that they stay when asked to.
start_scepd() {
	rm -f run/scepd.sock
	setsid "$build/scepd" -c "$folder/ca/scepd.conf" \
	    >>log/scepd 2>&1 </dev/null &
	echo $! >run/scepd.pid
	await test -S run/scepd.sock || give_up "does not start" log/scepd
	is_running scepd || give_up "does not start" log/scepd
	say "pid $(cat run/scepd.pid), log in $folder/log/scepd"
}

# The example for real servers, on a port of loopback.  Whoever runs this is
# whom scepd's socket belongs to; so nginx has to be the same.
write_nginx_conf() { # PORT
	sed -e "s,listen 80;,listen 127.0.0.1:$1;," \
	    -e "s,/run/scepd/scepd.sock,$folder/run/scepd.sock," \
	    "$source/contrib/nginx/scepd.conf" >run/site.conf
	cat >run/nginx.conf <<-EOF
		$([ "$(id -u)" -ne 0 ] || echo "user root;")
		worker_processes 1;
		pid $folder/run/nginx.pid;
		error_log $folder/log/nginx;
		events {}
		http {
			access_log off;
			client_body_temp_path $folder/run/body;
			fastcgi_temp_path $folder/run/fastcgi;
			proxy_temp_path $folder/run/proxy;
			scgi_temp_path $folder/run/scgi;
			uwsgi_temp_path $folder/run/uwsgi;
			include $folder/run/site.conf;
		}
	EOF
}

start_nginx() {
	local port

	for port in 8180 8181 8182 8183 8184 8185 8186 8187 8188 8189; do
		write_nginx_conf "$port"
		nginx -e stderr -p "$folder" -c "$folder/run/nginx.conf" \
		    >>log/nginx 2>&1 || continue
		await is_running nginx || continue
		url=http://127.0.0.1:$port/scep
		say "$url"
		return
	done
	give_up "does not start on any port from 8180 to 8189" log/nginx
}

# As a device would: the CA's certificate, a key, and a request to enrol.
enrol() {
	mkdir -p device
	quietly log/device pki --scepca --url "$url" --force \
	    --caout device/ca.pem --outform pem
	(umask 077 && pki --gen --type rsa --size 2048 --outform pem \
	    >device/device.key 2>log/device) ||
		give_up "pki makes no key" log/device
	pki --scep --url "$url" --in device/device.key \
	    --dn "O=Quickstart, CN=device 1" --san device-1.example.org \
	    --password "$(cat ca/challenge.txt)" \
	    --cacert-enc device/ca.pem --cacert-sig device/ca.pem \
	    --cacert device/ca.pem --outform pem \
	    >device/device.pem 2>log/device ||
		give_up "is refused" log/device
	quietly log/device openssl verify -CAfile ca/ca.pem device/device.pem
	say "enrolled, in $folder/device"
}

show_certificate() {
	echo
	openssl x509 -in device/device.pem -noout -text -certopt \
	    no_header,no_version,no_pubkey,no_sigdump,no_signame,no_aux |
	    sed 's/^    //'
}

show_next() {
	cat <<-EOF

		Next:
		  $source/contrib/check.sh
		      runs all the tests
		  $source/README
		      puts scepd before a CA of your own, behind your web server
	EOF
}

show_kept() {
	cat <<-EOF

		scepd and nginx go on running.  Another device enrols by
		  pki --scep --url $url \\
		      --in KEY.pem --dn "CN=NAME" \\
		      --password "\$(cat $folder/ca/challenge.txt)" \\
		      --cacert-enc $folder/device/ca.pem \\
		      --cacert-sig $folder/device/ca.pem \\
		      --cacert $folder/device/ca.pem --outform pem >NAME.pem
		and this stops them:
		  $self --stop$([ "$folder" = "$source/quickstart" ] ||
		      echo " $folder")
	EOF
}

show_stopped() {
	cat <<-EOF

		scepd and nginx were stopped; this does it again and leaves them running:
		  $self --keep$([ "$folder" = "$source/quickstart" ] ||
		      echo " $folder")
	EOF
}

keep=
stop=
install=yes
while [ $# -gt 0 ]; do
	case $1 in
	--keep) keep=yes ;;
	--stop) stop=yes ;;
	--no-install) install= ;;
	-h | --help) usage; exit 0 ;;
	-*) usage >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
[ $# -le 1 ] || { usage >&2; exit 2; }
folder=${1:-$source/quickstart}
mkdir -p "$folder/run" "$folder/log" || exit 1
folder=$(cd "$folder" && pwd)
cd "$folder" || exit 1
[ "${#folder}" -le 90 ] ||
	give_up "$folder is too long a name for a socket's folder; name another"

if [ -n "$stop" ]; then
	stop_all
	say "stopped"
	exit 0
fi

if [ -n "$install" ]; then
	step packages
	install_packages log/apt "${build_packages[@]}" nginx-light \
	    strongswan-pki libstrongswan-extra-plugins openssl ||
		give_up "not installed" log/apt
fi
step build
build
stop_all
trap stop_all EXIT
step "demo CA"
make_ca
step scepd
start_scepd
step nginx
start_nginx
step device
enrol
show_certificate
if [ -n "$keep" ]; then
	trap - EXIT
	show_kept
else
	stop_all
	show_stopped
fi
show_next
