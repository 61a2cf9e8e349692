#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook that mails somebody, and waits for scepctl.

# shellcheck source=tests/hooks/library.sh
. "$(dirname "$0")/library.sh"
plan $((13 + WRONG_INPUTS))
begin

shim sendmail <<-'END'
	#!/bin/sh
	[ ! -e broken ] || { echo "the queue is full" >&2; exit 75; }
	echo "$*" >arguments
	cat >mail
	echo once >>mails
END

has() { # LINE
	grep -qxF -e "$1" mail || {
		cat mail
		return 1
	}
}

take asks
variables+=(SCEP_OPERATION=AUTHORIZE "$shims"
	SCEP_REQ_DNS=$'a.example\nb.example')
check "a request has to wait" says 'mailed to pki@example.org' 1 \
    approve-mail pki@example.org
check "the mail is for whom it should be" has "To: pki@example.org"
check "it says how to look" has "  scepctl pending show 18"
check "it says how to decide" has "  scepctl pending approve 18"
check "it says who asks" \
    has "  Subject      CN=router,O=Example,ST=Bavaria,C=DE"
check "it says all the names" has "  Host names   a.example b.example"
check "nothing of the device's gets into sendmail's arguments" \
    same arguments "-i -t" "$(cat arguments)"
check "asked again it still has to wait" \
    with SCEP_COOKIE='mailed to pki@example.org' -- \
    says 'mailed to pki@example.org' 1 approve-mail pki@example.org
check "and no mail is sent" same mails once "$(cat mails)"

check_wrong_inputs approve-mail pki@example.org
check "no address is misconfigured" ends 4 approve-mail
check "two addresses are misconfigured" \
    warns 'no address' 4 approve-mail "pki@example.org, all@example.org"
touch broken
check "a mail that can't be sent is trouble" \
    warns 'the queue is full' 3 approve-mail pki@example.org
shim sendmail <<<''
rm bin/sendmail
for program in cat grep paste; do
	ln -s "$(command -v "$program")" bin
done
check "without sendmail it is misconfigured" with PATH="$work/bin" -- \
    warns 'no sendmail' 4 /bin/sh "$hooks/approve-mail" pki@example.org
