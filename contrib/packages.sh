# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Sourced by quickstart.sh and check.sh: installs what is missing, on Debian,
# as root or by sudo.

# What scepd is built from and with.
# shellcheck disable=SC2034 # for those that source this
build_packages=(gcc libc6-dev make autoconf automake pkg-config
	libfcgi-dev libgnutls28-dev nettle-dev libgmp-dev libconfig-dev
	libsqlite3-dev libseccomp-dev libcurl4-gnutls-dev libcmocka-dev)

is_installed() { # PACKAGE
	# Debian has nginx in several flavours, which exclude each other.
	[ "$1" != nginx-light ] || ! [ -x /usr/sbin/nginx ] || return 0
	# And libcurl too: one is as good as another.
	[ "$1" != libcurl4-gnutls-dev ] ||
	    ! pkg-config --exists libcurl 2>/dev/null || return 0
	dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null |
	    grep -qx installed
}

as_root() { # COMMAND...
	if [ "$(id -u)" -eq 0 ]; then
		env DEBIAN_FRONTEND=noninteractive "$@"
	else
		sudo env DEBIAN_FRONTEND=noninteractive "$@"
	fi
}

# Ours are started by ourselves; the web servers that come with the packages
# would only take ports.  Debian asks this file whether a service may start.
policy=/usr/sbin/policy-rc.d
forbid_services() {
	[ ! -e "$policy" ] || return 0
	trap allow_services EXIT
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
	as_root chmod 755 "$policy"
}

allow_services() {
	as_root rm -f "$policy"
	trap - EXIT
}

# Installs those of the packages that are missing; what apt-get has to say
# goes to LOG.  Fails where it can't, with a line about it.
install_packages() { # LOG PACKAGE...
	local log=$1 package missing=()

	shift
	if ! command -v dpkg-query >/dev/null; then
		echo "not Debian; configure will name what is missing"
		return 0
	fi
	for package; do
		is_installed "$package" || missing+=("$package")
	done
	if [ "${#missing[@]}" -eq 0 ]; then
		echo "all there"
		return 0
	fi
	echo "installing ${missing[*]}"
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		echo "to install them takes root, or sudo"
		return 1
	fi
	forbid_services
	as_root apt-get -q update >"$log" 2>&1 &&
	    as_root apt-get -q -y --no-install-recommends install \
	        "${missing[@]}" >>"$log" 2>&1
	set -- $?
	[ -z "$(trap -p EXIT)" ] || allow_services
	return "$1"
}
