#!/usr/bin/env python3
"""A registry for reading, which serves one OCI layout as the repository `box`. It verifies nothing, so a damaged layout is served
as it is; with --token it asks for an anonymous bearer token first; with --together N no packed layer is given away before N were asked for,
and who asked for less waits in vain. Prints its port (on the loopback), logs requests to stderr.

usage: layout_registry.py [--token] [--together N] [--layout DIR] --default DIR
"""
import argparse
import http.server
import json
import pathlib
import re
import threading

parser = argparse.ArgumentParser()
parser.add_argument("--token", action="store_true")
parser.add_argument("--together", type=int, default=1, metavar="N")
parser.add_argument("--layout")
parser.add_argument("--default", required=True)
arguments = parser.parse_args()
layout = pathlib.Path(arguments.layout or arguments.default)
TOKEN = "a-token-for-anybody"
ALONE = 5  # seconds
asked_for_layers = threading.Barrier(arguments.together, timeout=ALONE)


class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/token":
            self.answer(200, json.dumps({"token": TOKEN}).encode(), "application/json")
        elif arguments.token and self.headers.get("Authorization") != "Bearer " + TOKEN:
            host = self.headers["Host"]
            self.answer(401, b'{"errors":[{"code":"UNAUTHORIZED"}]}', "application/json",
                        {"WWW-Authenticate": f'Bearer realm="http://{host}/token",service="{host}",scope="repository:box:pull"'})
        elif path in ("/v2", "/v2/"):
            self.answer(200, b"{}", "application/json")
        elif match := re.fullmatch(r"/v2/box/(manifests|blobs)/(\S+)", path):
            self.answer_content(*match.groups())
        else:
            self.answer(404, b'{"errors":[{"code":"NAME_UNKNOWN"}]}', "application/json")

    def answer_content(self, kind, name):
        if not name.startswith("sha256:"):
            tags = {m["annotations"]["org.opencontainers.image.ref.name"]: m["digest"]
                    for m in json.loads((layout / "index.json").read_text())["manifests"]}
            name = tags.get(name, "sha256:none")
        file = layout / "blobs/sha256" / name.removeprefix("sha256:")
        if not file.is_file():
            self.answer(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}', "application/json")
            return
        data = file.read_bytes()
        if data.startswith(b"\x1f\x8b") and self.command == "GET":
            try:
                asked_for_layers.wait()
            except threading.BrokenBarrierError:
                self.answer(404, b'{"errors":[{"code":"BLOB_UNKNOWN"}]}', "application/json")
                return
        media_type = json.loads(data)["mediaType"] if kind == "manifests" else "application/octet-stream"
        self.answer(200, data, media_type, {"Docker-Content-Digest": name})

    def answer(self, status, body, media_type, headers=None):
        self.send_response(status)
        for key, value in {"Content-Type": media_type, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
print(server.server_port, flush=True)
server.serve_forever()
