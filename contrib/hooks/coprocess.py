#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A hook of scepd(8) that runs on, to be filled in: see scepd-hooks(7).

    enrol = { approval = "hook"; hook = { mode = "coprocess";
        command = ( "/usr/local/share/scepd/hooks/coprocess.py",
            "/etc/scepd/devices" ); }; };

As it is, it allows the devices whose names are lines of that file, such as
CN=router-17,O=Example, and has others wait.  Each request is decided on in a
thread, so one that takes long delays no other.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

THREADS = 4  # as at_once in scepd.conf
DONE, PENDING, REFUSED, TROUBLE, MISCONFIGURED, WAIT, UNKNOWN = range(7)

output = threading.Lock()


def authorize(request):
    """Decides; what it returns are members of the answer."""
    if not request["subject"]:
        return {"status": REFUSED, "reason": "it has no name"}
    with open(sys.argv[1], encoding="utf-8") as devices:
        if request["subject"] in devices.read().splitlines():
            return {"status": DONE}
    return {"status": WAIT, "wait": 60, "cookie": "not listed"}


OPERATIONS = {"AUTHORIZE": authorize}


def unknown(_request):
    """Others may come."""
    return {"status": UNKNOWN}


def decide(request):
    """Whatever goes wrong is trouble of ours, never the device's."""
    try:
        return OPERATIONS.get(request["operation"], unknown)(request)
    except Exception as trouble:  # pylint: disable=broad-except
        return {"status": TROUBLE, "reason": f"{type(trouble).__name__}: {trouble}"}


def answer(request):
    """Writes one line, at once."""
    line = json.dumps({"id": request["id"], **decide(request)})
    with output:
        print(line, flush=True)


def main():
    """Until scepd ends."""
    if len(sys.argv) != 2:
        sys.exit("coprocess.py: name the file of devices")
    with ThreadPoolExecutor(THREADS) as threads:
        for line in sys.stdin:
            threads.submit(answer, json.loads(line))


if __name__ == "__main__":
    main()
