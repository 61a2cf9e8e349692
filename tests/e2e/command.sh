#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A CA that is asked by a command, and a program that approves (scepd-hooks(7)).

# shellcheck source=tests/e2e/library.sh
. "$(dirname "$0")/library.sh"
plan 29
need nginx nginx-light
need python3 python3
need_pki
begin

make_ca lab
make_ra ra lab
chmod 777 .
for name in one two three four five six seven eight nine ten; do
	make_key "$name.key"
done

# The CA's own way.
mkdir issued && chmod 777 issued
chmod 644 lab.key
cat >profile <<-END
	basicConstraints = CA:FALSE
	extendedKeyUsage = clientAuth
END
cat >issue <<-END
	#!/bin/sh
	# What was issued for this request is issued once.
	cd "$work" || exit 4
	env >"seen.\$SCEP_OPERATION"
	cat >"request.\$SCEP_REQUEST"
	[ ! -e broken ] || { echo "the CA is down" >&2; exit 3; }
	[ ! -e slow ] || while [ -e slow ]; do sleep 0.1; done
	[ ! -e later ] || { echo "cookie-\$SCEP_REQUEST"; exit 1; }
	[ "\$SCEP_REQ_SUBJECT" != CN=evil ] || { echo "not that one"; exit 2; }
	[ -s "issued/\$SCEP_REQUEST" ] ||
	    openssl x509 -req -in "request.\$SCEP_REQUEST" -CA lab.pem -CAkey lab.key \
	        -set_serial "0x\$(openssl rand -hex 8)" -days 20 -extfile profile -out "issued/\$SCEP_REQUEST" 2>error ||
	    { cat error >&2; exit 3; }
	[ ! -e other ] || exec cat ra.pem
	cat "issued/\$SCEP_REQUEST"
END
cat >approve <<-END
	#!/bin/sh
	cd "$work" || exit 4
	cat <&"\$SCEP_CHALLENGE_FD" >challenge.seen
	case \$SCEP_REQ_DNS in
	*.example.org) exit 0 ;;
	"") echo "no host name"; exit 2 ;;
	esac
	: >"asked.\$SCEP_REQUEST"
	[ -e "say.\$SCEP_REQUEST" ] || exit 1
END
chmod +x issue approve

command_ca() { # [SETTING...]
	sed -i "s,backend = .*\"lab.key\";,backend = \"command\"; command = ( \"$work/$1\" ); certificate = \"lab.pem\"; deadline = \"1m\";," scepd.conf
}
configure "$(socket_setting)" "$(endpoint /scep lab "$(ra ra)" 'answer_within = "10s";')" \
    "$(endpoint /scep/lines lab "$(ra ra)" 'answer_within = "10s";')" \
    "$(endpoint /scep/held lab "$(ra ra)")"
sed -i "/path = .\/scep\/lines/,/path = .\/scep\/held/s,enrol = {,enrol = { approval = \"hook\"; hook = { command = ( \"$source/contrib/hooks/coprocess.py\"\, \"$work/devices\" ); mode = \"coprocess\"; };," scepd.conf
sed -i "/path = .\/scep\/held/,\$s,enrol = {,enrol = { approval = \"hook\"; hook = { command = ( \"$work/approve\" ); challenge = true; };," scepd.conf
cp scepd.conf file.conf
says() { # TEXT
	refused "$SCEPD" -t -c scepd.conf && "$SCEPD" -t -c scepd.conf 2>&1 |
	    grep -q -e "$1"
}
command_ca none
check "a command that is not there is refused" says "none can't be run"
cp file.conf scepd.conf
command_ca issue
sed 's/ra = { cert.*//' scepd.conf >no-ra.conf
check "such a CA needs an RA" eval \
    "'$SCEPD' -t -c no-ra.conf 2>&1 | grep -q 'set ra'"
check "with one it is taken" "$SCEPD" -t -c scepd.conf
start_scepd
start_nginx

enrol() { # NAME PATH [OPTION...]
	timeout 100 pki --scep --url "http://127.0.0.1:$port/$2" \
	    --in "$1.key" --dn "CN=$1" --password "$challenge" \
	    --cacert-enc ra.pem --cacert-sig ra.pem --cacert lab.pem \
	    --outform pem "${@:3}" >"$1.new" && mv "$1.new" "$1.pem"
}

# A new keeper asks again at once about what was put off for a minute.
new_keeper() {
	kill -KILL "$(process keeper)"
}

check "a device enrols" enrol one scep --san one.example.org
check "its certificate is the CA's" openssl verify -CAfile lab.pem one.pem
check "the command was told what it is about" eval \
    "grep -qx SCEP_REQ_SUBJECT=CN=one seen.SUBMIT &&
    grep -qx SCEP_REQ_DNS=one.example.org seen.SUBMIT &&
    grep -qx SCEP_KEY_TYPE=rsa:2048 seen.SUBMIT &&
    grep -qx SCEP_ENDPOINT=/scep seen.SUBMIT"
check "and nothing else" same "variables" "" "$(cut -d = -f 1 seen.SUBMIT |
    grep -v -e '^SCEP_' -e '^PATH$' -e '^LC_ALL$' -e '^PWD$' -e '^OLDPWD$')"
check "and the request in PEM" eval \
    "openssl req -in request.1 -noout -subject | grep -q one"
check "the password is in no variable" eval "! grep -q '$challenge' seen.SUBMIT"
make_key evil.key
check "what it refuses is refused" refused enrol evil scep
check "and its reason is in the log" has_logged request-rejected "not that one"
: >broken
(await has_logged "the CA is down"; rm broken; new_keeper) &
check "while it is in trouble a device waits" \
    enrol two scep --interval 5 --maxpolltime 120
check "it had to poll" has_logged CN=two result=pending
: >later
(await has_logged CN=three result=pending; rm later; new_keeper) &
check "what is pending is asked for again" \
    enrol three scep --interval 5 --maxpolltime 120
check "by the cookie" grep -qx SCEP_COOKIE=cookie-4 seen.POLL
: >slow
(await has_logged CN=four result=pending; rm slow) &
check "a slow command does not keep a device from its answer" \
    enrol four scep --interval 3 --maxpolltime 120
check "and its certificate is kept for it" has_logged CN=four result=pending
: >slow
(await test -e request.6; new_keeper; rm slow) &
check "a keeper that is killed loses nothing" \
    enrol five scep --interval 5 --maxpolltime 200
check "and nothing is issued twice" same "certificates" 1 \
    "$(openssl x509 -in issued/6 -noout -serial | wc -l)"
: >other
(await has_logged "it is for another key"; rm other; new_keeper) &
check "another's certificate is given to nobody" \
    enrol six scep --interval 5 --maxpolltime 120
check "others are answered meanwhile" eval \
    "ask '/scep?operation=GetCACaps' && answered 200 text/plain"

check "a program approves" enrol seven scep/held --san seven.example.org
check "it gets the password by a descriptor" cmp challenge.seen challenge
check "and it refuses" refused enrol eight scep/held
check "with its reason in the log" has_logged request-rejected "no host name"
(await eval "ls asked.*"; n=$(ls asked.*); touch "say.${n#asked.}"; new_keeper) &
check "it may take its time" \
    enrol eight scep/held --san elsewhere.example.com --interval 5 --maxpolltime 120

printf '%s\n' CN=nine CN=ten >devices
coprocess() {
	pgrep -P "$(process keeper)" -f coprocess.py
}
check "a program that runs on approves" enrol nine scep/lines
kill -KILL "$(coprocess)"
check "when it has died another does" enrol ten scep/lines
check "and the log says so" has_logged coprocess.py "signal 9"
