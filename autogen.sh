#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes ./configure in a checkout; released tarballs have it already.
set -eu
cd "$(dirname "$0")"

missing=
need() { # PROGRAM PACKAGE
	command -v "$1" >/dev/null 2>&1 && return
	echo "autogen.sh: $1 not found: apt-get install $2" >&2
	missing=yes
}
need autoreconf autoconf
need automake automake
need pkg-config pkg-config
[ -z "$missing" ] || exit 1

autoreconf --install --force
echo "Now run ./configure (or, from a folder of its own, ../configure)."
