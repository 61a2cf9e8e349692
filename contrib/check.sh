#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# From a clone on a bare Debian 12 to tested programs: installs what is
# missing (as root, or by sudo), builds in a folder of its own, runs
# "make check" and "make check-system", and ends with one line,
#     N passed, N failed, N skipped
# It fails unless all could be built and nothing failed.  BUILD=FOLDER builds
# elsewhere than in ./build.

set -u
source=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$source/build}
# A folder that was built in can't be built from elsewhere.
[ ! -e "$source/config.status" ] || build=$source
export LC_ALL=C.UTF-8

# shellcheck source=contrib/packages.sh
. "$source/contrib/packages.sh"
# The web servers and SCEP clients that the system tests put it through, and
# what else tests look with.
test_packages=(clang-format nginx-light lighttpd spawn-fcgi scep certmonger
	strongswan-pki libstrongswan-extra-plugins
	libstrongswan-standard-plugins openssl easy-rsa gnutls-bin
	golang-cfssl acl curl jq dbus systemd python3 shellcheck)

step() {
	printf '\n== %s\n' "$*"
}

# Ends the script with the last line that it promises.
finish() { # PASSED FAILED SKIPPED
	printf '\n%d passed, %d failed, %d skipped\n' "$@"
	[ "$2" -eq 0 ]
	exit
}

give_up() {
	printf 'check.sh: %s\n' "$*"
	finish 0 1 0
}

# Counts of one result in the reports of all tests.
count() { # RESULT...
	local pattern
	pattern=$(IFS='|'; echo "$*")
	find . -name '*.trs' -exec cat {} + |
	    grep -cE "^:test-result: ($pattern)"
}

mkdir -p "$build" || give_up "can't make $build"
cd "$build" || give_up "can't enter $build"

step "packages"
install_packages apt.log "${build_packages[@]}" "${test_packages[@]}" || {
	tail -n 20 apt.log
	give_up "packages are missing"
}

step "configure"
"$source/autogen.sh" >autogen.log 2>&1 || {
	tail -n 30 autogen.log
	give_up "autogen.sh failed"
}
"$source/configure" -q --enable-werror >configure.log 2>&1 || {
	tail -n 30 configure.log
	give_up "configure failed"
}

step "build"
make -s -j"$(nproc)" || give_up "make failed"

find . -name '*.trs' -delete
step "make check"
make -s -j"$(nproc)" check
checked=$?
step "make check-system"
make -s check-system
checked_system=$?

passed=$(count PASS XFAIL)
failed=$(count FAIL XPASS ERROR)
skipped=$(count SKIP)
# Something that broke before it could report is a failure as well.
if [ "$failed" -eq 0 ] && [ "$checked$checked_system" != 00 ]; then
	failed=1
fi
if [ "$failed" -gt 0 ]; then
	step "what failed"
	find . -name '*.trs' -exec grep -HE \
	    '^:test-result: (FAIL|XPASS|ERROR)' {} + |
	    sed 's,^\./,,; s,\.trs::test-result: ,.log: ,'
fi
finish "$passed" "$failed" "$skipped"
