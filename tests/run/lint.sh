# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced by tests/lint/*: they look at all of the tree and report in TAP.
#
#   . "$(dirname "$0")/../run/lint.sh"
#   plan 1
#   verdict "name of the test" COMMAND  # which prints what is wrong

set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
count=0

: "${SOURCE_FOLDERS:=base conf crypto store policy backends scep fcgi tools}"

plan() { # COUNT
	echo "1..$1"
}

# One test: passes where the command prints nothing, and else shows that.
verdict() { # NAME COMMAND...
	count=$((count + 1))
	name=$1
	shift
	findings=$("$@" 2>&1)
	if [ -z "$findings" ]; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		printf '%s\n' "$findings" | sed 's/^/# /'
	fi
}

skip() { # NAME WHY
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# The files of the tree, one a line and relative to its top, that find's
# expression fits; never those of git, of a build or of generated things.
tree() { # EXPRESSION
	find . \( -name .git -o -name autom4te.cache -o -name build-aux \
	    -o -path ./sanitize -o -path ./thread-sanitize -o -path ./fuzz \
	    -o -path ./quickstart \
	    -o -path './scepd-[0-9]*' \
	    -o -type d ! -name . -exec test -e '{}/config.status' ';' \) \
	    -prune -o -type f ! -name '*.log' ! -name '*.trs' \( "$@" \) \
	    -print | sed 's,^\./,,' | sort
}

# The files of C of the product itself, tests apart.
product() {
	# shellcheck disable=SC2086 # a list of folders
	find $SOURCE_FOLDERS -name '*.[ch]' | sort
}

# The rows of a table of tests/lint, comments taken away.
table() { # NAME
	sed 's/#.*//; /^[[:space:]]*$/d' "tests/lint/$1"
}
