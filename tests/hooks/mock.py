# SPDX-License-Identifier: LGPL-2.1-or-later
"""An HTTP server on loopback that answers each POST with what the files status
and answer of a folder have, and keeps what it was asked: each path in the file
asked, one a line, and of the last request the headers in head and the body in
body.  Its port is in the file port.

    python3 mock.py FOLDER
"""

import http.server
import os
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        write("head", str(self.headers).encode())
        write("body", body)
        with open("asked", "a") as file:
            file.write(self.path + "\n")
        with open("status") as file:
            self.send_response(int(file.read()))
        with open("answer", "rb") as file:
            answer = file.read()
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def write(name, content):
    """Makes a file, which is whole once it is there."""
    with open(name + ".new", "wb") as file:
        file.write(content)
    os.rename(name + ".new", name)


os.chdir(sys.argv[1])
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
write("port", str(server.server_port).encode())
server.serve_forever()
