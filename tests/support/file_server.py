#!/usr/bin/env python3
"""Serves a folder over http or https on the loopback, as ADD meets servers in the wild. Prints its port, logs requests to stderr.

usage: file_server.py [--tls CERT KEY] FOLDER

    /NAME           the file, with ETag and Last-Modified; 304 where the request knows them
    /plain/NAME     the file without either
    /moved/NAME     a redirect to /NAME
    /flaky/NAME     503 twice, then the file
    /cut/NAME       half of it once, then all
    /hang/NAME      nothing, for a minute
    /stall/NAME     half of the file, then nothing for a minute
    /private/NAME   the file for user "me" with the password "it's me"
    /packed/CODING/NAME  the file, packed by gzip, as Content-Encoding CODING, where the request accepts gzip
    /git/NAME       the repository, by git http-backend (smart); as a plain file it is served dumb
"""
import argparse
import base64
import collections
import email.utils
import gzip
import hashlib
import http.server
import os
import pathlib
import ssl
import subprocess
import threading
import time
import urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("--tls", nargs=2)
parser.add_argument("folder")
arguments = parser.parse_args()
folder = pathlib.Path(arguments.folder).resolve()
asked = collections.Counter()
lock = threading.Lock()


class Files(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.do_GET()

    def do_GET(self):
        path = urllib.parse.unquote(self.path.split("?")[0])
        kind, _, name = path[1:].partition("/")
        with lock:
            asked[path] += 1
        if kind == "git":
            self.answer_git()
        elif kind == "moved":
            self.answer(302, b"", {"Location": "/" + name})
        elif kind == "flaky":
            self.answer(503, b"later", {"Retry-After": "0"}) if asked[path] <= 2 else self.answer_file(name)
        elif kind == "cut":
            self.answer_file(name, cut=asked[path] == 1)
        elif kind == "private":
            known = "Basic " + base64.b64encode(b"me:it's me").decode()
            self.answer_file(name) if self.headers.get("Authorization") == known else self.answer(401, b"", {"WWW-Authenticate": "Basic"})
        elif kind == "hang":
            self.log_message("hanging")
            time.sleep(60)
        elif kind == "stall":
            self.answer_file(name, validators=False, cut=True)
            self.wfile.flush()
            self.log_message("hanging")
            time.sleep(60)
        elif kind == "packed":
            self.answer_packed(*name.split("/", 1))
        elif kind == "plain":
            self.answer_file(name, validators=False)
        else:
            self.answer_file(path[1:])

    def answer_file(self, name, validators=True, cut=False):
        file = folder / name
        if not file.is_file():
            self.answer(404, b"nothing here", {})
            return
        data = file.read_bytes()
        headers = {}
        if validators:
            headers = {"ETag": '"%s"' % hashlib.sha256(data).hexdigest()[:16], "Last-Modified": email.utils.formatdate(int(file.stat().st_mtime), usegmt=True)}
            if self.headers.get("If-None-Match") == headers["ETag"]:
                self.answer(304, b"", headers)
                return
        self.answer(200, data, headers, cut)

    def answer_packed(self, coding, name):
        data = (folder / name).read_bytes()
        if self.headers.get("Accept-Encoding") != "gzip":
            self.answer(200, data, {})
        else:
            self.answer(200, data if coding == "gzip-not" else gzip.compress(data), {"Content-Encoding": coding.removesuffix("-not")})

    def answer_git(self):
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        env = {**os.environ, "GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path.removeprefix("/git"), "QUERY_STRING": query,
               "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
               "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "REMOTE_ADDR": "127.0.0.1"}
        out = subprocess.run(["git", "http-backend"], input=body, env=env, stdout=subprocess.PIPE, check=False).stdout
        head, _, content = out.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.answer(int(headers.pop("Status", "200").split()[0]), content, headers)

    def answer(self, status, body, headers, cut=False):
        self.send_response(status)
        for key, value in {**headers, **({} if status == 304 else {"Content-Length": str(len(body))})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
if arguments.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*arguments.tls)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
