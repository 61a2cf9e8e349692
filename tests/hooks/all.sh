#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is true of all hooks.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan 4
begin

all() {
	find "$hooks" -type f ! -name README
}

# set -e and set -u end a shell with a status that means something else.
end_by_themselves() {
	all | xargs grep -nE '^[[:space:]]*set -|exec [0-9]*[<>]|\$\{[A-Z_a-z]+:?\?'
}

undocumented() {
	all | while read -r hook; do
		grep -q "^${hook##*/}\$" "$hooks/README" &&
		    grep -qw "${hook##*/}" "$source/doc/scepd-hooks.7" ||
		    echo "$hook"
	done
}

untested() {
	all | while read -r hook; do
		[ -e "$source/tests/hooks/${hook##*/}.sh" ] || echo "$hook"
	done
}

if command -v shellcheck >/dev/null; then
	all | grep -v '\.py$' | xargs shellcheck >shellcheck.out 2>&1
	check "shellcheck has nothing to say" same findings "" \
	    "$(cat shellcheck.out)"
else
	skip 1 "needs shellcheck: apt-get install shellcheck"
fi
check "none can end by itself" refused end_by_themselves
check "the README and the manual know each" same missing "" "$(undocumented)"
check "each has its test" same missing "" "$(untested)"
