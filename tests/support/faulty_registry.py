"""A registry in memory that misbehaves as the name of a repository says: "HOST/m-500-once/box" answers a question for a manifest with 500
once. It knows pulling, pushing, mounting and tokens, keeps what it gets without verifying it, and remembers who sent credentials where.
"""
import hashlib
import http.server
import json
import re
import socket
import struct
import threading
import time
import urllib.parse

PASSWORD = "secret"
JSON = "application/json"


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Registry(http.server.ThreadingHTTPServer):
    """`address`: 127.0.0.1, or localhost: hosts that know nothing of each other."""

    daemon_threads = True

    def __init__(self, other=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.blobs = {}  # (repository, digest) -> bytes
        self.manifests = {}  # (repository, tag or digest) -> (type, bytes)
        self.uploads = {}  # number -> bytearray
        self.counts = {}  # (repository, what) -> how often
        self.authorized = []  # paths that came with an Authorization
        self.other = other  # the port of another one
        self.elsewhere = None  # that one
        self.image = None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass

    def put_image(self, repository, documents, blobs):
        """documents: name -> (type, bytes)"""
        with self.lock:
            for name, document in documents.items():
                self.manifests[repository, name] = document
            for digest, data in blobs.items():
                self.blobs[repository, digest] = data

    def nth(self, repository, what):
        with self.lock:
            self.counts[repository, what] = self.counts.get((repository, what), 0) + 1
            return self.counts[repository, what]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    # What goes out.

    def answer(self, status, body=b"", headers=None, media_type=JSON, length=None):
        head = {"Content-Type": media_type, "Content-Length": str(len(body) if length is None else length), **(headers or {})}
        text = f"HTTP/1.1 {status} X\r\n" + "".join(f"{key}: {value}\r\n" for key, value in head.items() if value is not None) + "\r\n"
        self.wfile.write(text.encode() + (b"" if self.command == "HEAD" else body))

    def error(self, status, code, headers=None):
        self.answer(status, json.dumps({"errors": [{"code": code, "message": code.lower()}]}).encode(), headers)

    def end(self):
        self.close_connection = True

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def part(self, data, count):
        """The head of all, and the first bytes alone."""
        self.answer(200, data[:count], length=len(data), media_type="application/octet-stream")
        self.wfile.flush()

    def drip(self, data):
        self.answer(200, b"", length=len(data) + 1000)
        try:
            for at in range(200):
                self.wfile.write(data[at % len(data):at % len(data) + 1] or b"x")
                self.wfile.flush()
                time.sleep(0.2)
        except OSError:
            pass
        self.end()

    # What comes in.

    def do_GET(self):
        self.handle_request(b"")

    def do_HEAD(self):
        self.handle_request(b"")

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def do_POST(self):
        self.handle_request(self.read_body())

    do_PUT = do_PATCH = do_POST

    def handle_request(self, body):
        path, _, query = self.path.partition("?")
        self.query = urllib.parse.parse_qs(query)
        if self.headers.get("Authorization"):
            with self.server.lock:
                self.server.authorized.append((path, self.headers["Authorization"]))
        if path == "/v2/":
            return self.answer(200, b"{}")
        if path.startswith("/token/"):
            return self.token(path.removeprefix("/token/"))
        if path.startswith("/stray/"):
            return self.stray(path)
        if match := re.fullmatch(r"/v2/(r-api/.+?)/referrers/(.*)", path):
            return self.referrers(*match.groups())
        match = re.fullmatch(r"/v2/(.+?)/(manifests|blobs)/(.*)", path)
        if not match:
            return self.error(404, "NAME_UNKNOWN")
        self.repository, kind, self.name = match.groups()
        self.fault = self.repository.split("/")[0]
        if self.fault.startswith("t-") and not self.is_let_in():
            return None
        if self.name.startswith("uploads/"):
            return self.upload(self.name.removeprefix("uploads/"), body)
        if kind == "manifests" and self.command == "PUT":
            return self.put_manifest(body)
        return self.manifest() if kind == "manifests" else self.blob()

    def once(self, what):
        """True for the first question of this repository."""
        return self.server.nth(self.repository, what) == 1

    # Tokens.

    def is_let_in(self):
        given = self.headers.get("Authorization", "")
        host = self.headers["Host"]
        realms = {"t-realm-file": "file:///etc/passwd", "t-realm-elsewhere": f"http://127.0.0.1:{self.server.other}/token/{self.fault}"}
        realm = realms.get(self.fault, f"http://{host}/token/{self.fault}")
        scope = f"repository:{self.repository}:pull" + (",push" if self.command not in ("GET", "HEAD") else "")
        good = given.startswith("Bearer good")
        if self.fault == "t-expires" and good and self.server.nth(self.repository, given) > 6:
            good = False
        if self.fault == "t-insufficient" and self.command not in ("GET", "HEAD"):
            good = good and "push" in given
        if self.fault == "t-401-loop":
            good = False
        if good:
            return True
        self.error(401, "UNAUTHORIZED", {"WWW-Authenticate": None if self.fault == "t-no-challenge" else
                                         f'Bearer realm="{realm}",service="s",scope="{scope}"'})
        return False

    def token(self, fault):
        self.repository = fault
        scope = " ".join(self.query.get("scope", []))
        token = "good-push" if "push" in scope else "good"
        if fault == "t-500-once" and self.once("token"):
            return self.answer(500)
        if fault == "t-empty":
            return self.answer(200, b'{"token": ""}')
        if fault == "t-html":
            return self.answer(200, b"<html>", media_type="text/html")
        if fault == "t-huge":
            return self.answer(200, b'{"token": "' + b"x" * (2 << 20) + b'"}')
        if fault == "t-control":
            return self.answer(200, b'{"token": "a\\r\\nX-Evil: 1"}')
        if fault == "t-denied":
            return self.error(403, "DENIED")
        if fault == "t-realm-elsewhere":
            token += "-anonymous" if not self.headers.get("Authorization") else ""
        if fault == "t-access-token":
            return self.answer(200, json.dumps({"access_token": token}).encode())
        return self.answer(200, json.dumps({"token": token + str(self.server.nth(fault, "tokens")), "expires_in": 60}).encode())

    # Pulling.

    def stray(self, path):
        """What another host has: of blobs that redirects lead to."""
        digest = path.rsplit("/", 1)[1]
        for (_, known), data in self.server.blobs.items():
            if known == digest:
                return self.answer(200, data)
        for (_, known), (media_type, data) in self.server.manifests.items():
            if known == digest:
                return self.answer(200, data, media_type=media_type)
        return self.answer(404)

    def common_fault(self, data, kind, media_type):
        """Of manifests (m-) and blobs (b-) alike; true if it was answered."""
        name = self.fault[2:] if self.fault.startswith(kind) else ""
        first = bool(name) and self.command == "GET" and self.once(kind + self.name)
        other = f"http://127.0.0.1:{self.server.other}"
        if name in ("500-once", "503-once", "429-once", "408-once") and first:
            self.answer(int(name[:3]), headers={"Retry-After": "1"} if name[:3] in ("429", "503") else {})
        elif name in ("404", "403", "500", "418"):
            self.error(int(name), "BLOB_UNKNOWN")
        elif name == "cut-once" and first:
            self.part(data, len(data) // 2)
            self.end()
        elif name == "cut":
            self.part(data, len(data) // 2)
            self.end()
        elif name == "reset-once" and first:
            self.reset()
        elif name == "close-once" and first:
            self.end()
        elif name == "close":
            self.end()
        elif name == "no-http":
            self.wfile.write(b"hello, I speak something else\r\n\r\n")
            self.end()
        elif name == "stall":
            self.part(data, len(data) // 2)
            time.sleep(40)
            self.end()
        elif name == "accept-and-stall":
            time.sleep(40)
            self.end()
        elif name == "slow-loris":
            self.drip(data)
        elif name == "endless-headers":
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                for number in range(20000):
                    self.wfile.write(b"X-%d: %s\r\n" % (number, b"y" * 200))
            except OSError:
                pass
            self.end()
        elif name == "garbage-chunks":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + data)
            self.end()
        elif name == "endless":
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in range(1000):
                    self.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            except OSError:
                pass
            self.end()
        elif name == "redirect-loop":
            self.answer(307, headers={"Location": self.path})
        elif name == "redirect-nowhere":
            self.answer(307, headers={"Location": "ftp://127.0.0.1/x"})
        elif name == "redirect-elsewhere":
            self.answer(307, headers={"Location": f"{other}/stray/{self.name}"})
        elif name == "redirect-missing":
            self.answer(307, headers={"Location": f"{other}/stray/sha256:none"})
        elif name == "empty":
            self.answer(200, b"", media_type=media_type)
        elif name == "wrong-bytes":
            self.answer(200, bytes(byte ^ 1 for byte in data), media_type=media_type)
        elif name == "longer":
            self.answer(200, data + b"0123456789", media_type=media_type)
        elif name == "shorter":
            self.answer(200, data[:-5], media_type=media_type)
        else:
            return False
        return True

    def manifest(self):
        media_type, data = self.server.manifests.get((self.repository, self.name), (None, None))
        if data is None:
            return self.error(404, "MANIFEST_UNKNOWN")
        if self.common_fault(data, "m-", media_type):
            return None
        headers = {"Docker-Content-Digest": digest_of(data)}
        name = self.fault[2:] if self.fault.startswith("m-") else ""
        if name == "announced-other":
            headers["Docker-Content-Digest"] = digest_of(b"other")
        if name == "huge":
            data = data[:-1] + b" " * (5 << 20) + b"}"
        if name == "not-json":
            data, headers = b"this is no JSON", {}
        if name == "html":
            return self.answer(200, b"<html>log in</html>", media_type="text/html")
        if name == "schema1":
            media_type, data = "application/vnd.docker.distribution.manifest.v1+prettyjws", b'{"schemaVersion":1,"name":"x","tag":"1","fsLayers":[]}'
            headers = {}
        if name == "no-type":
            media_type = None
        if name == "plain-type":
            media_type = "text/plain; charset=utf-8"
        return self.answer(200, data, headers, media_type)

    def referrers(self, repository, subject):
        """A page with one of them, and where the next one is."""
        found = {}
        for (known, _), (media_type, data) in list(self.server.manifests.items()):
            document = json.loads(data)
            if known == repository and document.get("subject", {}).get("digest") == subject:
                found[digest_of(data)] = {"mediaType": media_type, "digest": digest_of(data), "size": len(data), "annotations": document.get("annotations", {}),
                                          "artifactType": document.get("artifactType") or document["config"]["mediaType"]}
        at = int(self.query.get("n", ["0"])[0])
        page = [found[digest] for digest in sorted(found)][at:at + 1]
        link = {"Link": f'<{self.path.split("?")[0]}?n={at + 1}>; rel="next"'} if at + 1 < len(found) else {}
        index = "application/vnd.oci.image.index.v1+json"
        self.answer(200, json.dumps({"schemaVersion": 2, "mediaType": index, "manifests": page}).encode(), link, index)

    def blob(self):
        data = self.server.blobs.get((self.repository, self.name))
        if self.fault == "p-head-lies" and self.command == "HEAD":
            return self.answer(200)
        if self.fault == "p-head-500" and self.command == "HEAD":
            return self.answer(500)
        if data is None:
            return self.error(404, "BLOB_UNKNOWN")
        if self.common_fault(data, "b-", "application/octet-stream"):
            return None
        name = self.fault[2:] if self.fault.startswith("b-") else ""
        ranged = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(ranged[1]) if ranged else 0
        if match := re.fullmatch(r"reset-at-(\d+)", name):
            if not ranged and len(data) > 100 and self.once(self.name):
                self.part(data, len(data) * int(match[1]) // 16)
                time.sleep(0.05)
                return self.reset()
        if name == "no-ranges" and self.once(self.name):
            self.part(data, len(data) // 2)
            return self.end()
        if name == "wrong-range" and len(data) > 100:
            if not ranged:
                self.part(data, len(data) // 2)
                return self.end()
            return self.answer(206, data, {"Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}"})
        if name == "range-unasked":
            return self.answer(206, data, {"Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}"})
        if name == "no-length":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + data)
            return self.end()
        if start and name != "no-ranges":
            return self.answer(206, data[start:], {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"})
        return self.answer(200, data, media_type="application/octet-stream")

    # Pushing.

    def put_manifest(self, body):
        if self.fault in ("p-manifest-500-once", "p-manifest-429-once") and self.once("manifest"):
            return self.answer(int(self.fault[11:14]), headers={"Retry-After": "1"})
        if self.fault == "p-manifest-400":
            return self.error(400, "MANIFEST_INVALID")
        if self.fault == "p-manifest-413":
            return self.answer(413, b"<html>", media_type="text/html")
        # what an account of referrers lists may be gone
        for descriptor in [] if self.name.startswith("sha256-") else self.named_in(json.loads(body)):
            elsewhere = self.server.elsewhere.blobs if self.fault == "p-location-elsewhere" else {}
            if (self.repository, descriptor["digest"]) not in {**self.server.blobs, **self.server.manifests, **elsewhere}:
                return self.error(400, "MANIFEST_BLOB_UNKNOWN")
        document = (self.headers["Content-Type"], body)
        with self.server.lock:
            self.server.manifests[self.repository, self.name] = self.server.manifests[self.repository, digest_of(body)] = document
        told = digest_of(b"other") if self.fault == "p-manifest-other" else digest_of(body)
        subject = json.loads(body).get("subject")
        kept = {"OCI-Subject": subject["digest"]} if subject and self.fault == "r-api" else {}
        return self.answer(200 if self.fault == "p-manifest-200" else 201, headers={"Docker-Content-Digest": told, **kept})

    @staticmethod
    def named_in(document):
        return [*document.get("manifests", []), *document.get("layers", []), *([document["config"]] if "config" in document else [])]

    def upload(self, number, body):
        if self.command == "POST":
            return self.begin_upload()
        bytes_so_far = self.server.uploads.get(number)
        if bytes_so_far is None:
            return self.error(404, "BLOB_UPLOAD_UNKNOWN")
        fault, here = self.fault, {"Location": self.path}
        if self.command == "GET":
            if fault == "p-no-status":
                return self.answer(404)
            return self.answer(204, headers={**here, "Range": f"0-{max(len(bytes_so_far) - 1, 0)}"})
        step = "patch" if self.command == "PATCH" else "put"
        if fault == "p-413" and len(body) > (600 << 10):
            return self.answer(413, b"<html>", media_type="text/html")
        if fault in (f"p-{step}-500-once", f"p-{step}-503-once") and self.once(step):
            return self.answer(int(fault.split("-")[2]))
        if fault in (f"p-{step}-reset-once", "p-no-status") and self.once(step):
            bytes_so_far += body[:len(body) // 2]
            return self.reset()
        if fault == f"p-{step}-reset":
            return self.reset()
        if fault == f"p-{step}-stall":
            time.sleep(40)
            return self.end()
        if fault == f"p-{step}-404-once" and self.once(step):
            return self.error(404, "BLOB_UPLOAD_UNKNOWN")
        if fault == f"p-{step}-416-once" and self.once(step):
            return self.answer(416, headers=here)
        if fault == f"p-{step}-403":
            return self.error(403, "DENIED")
        ranged = re.match(r"(\d+)-", self.headers.get("Content-Range", ""))
        if ranged and int(ranged[1]) != len(bytes_so_far):
            return self.answer(416, headers=here)
        bytes_so_far += body
        if fault == f"p-{step}-arrived-reset-once" and self.once(step):
            return self.reset()
        if step == "patch":
            return self.answer(202, headers={**here, "Range": f"0-{len(bytes_so_far) - 1}"})
        digest = self.query["digest"][0]
        if fault == "p-put-digest-invalid" or digest_of(bytes_so_far) != digest:
            return self.error(400, "DIGEST_INVALID")
        with self.server.lock:
            self.server.blobs[self.repository, digest] = bytes(bytes_so_far)
            del self.server.uploads[number]
        return self.answer(201)

    def begin_upload(self):
        fault = self.fault
        if source := self.query.get("from"):
            data = self.server.blobs.get((source[0], self.query["mount"][0]))
            if fault in ("x-403", "x-404", "x-500-always"):
                return self.answer(int(fault[2:5]))
            if fault == "x-lies":
                return self.answer(201)
            if data is not None and fault != "x-202":
                with self.server.lock:
                    self.server.blobs[self.repository, self.query["mount"][0]] = data
                return self.answer(201)
        if fault in ("p-post-500-once", "p-post-429-once") and self.once("post"):
            return self.answer(int(fault[7:10]), headers={"Retry-After": "1"})
        if fault in ("p-post-404", "p-post-403", "p-post-405"):
            return self.error(int(fault[7:]), "DENIED")
        if fault == "p-no-location":
            return self.answer(202)
        with self.server.lock:
            number = str(len(self.server.counts) * 1000 + len(self.server.uploads) + self.server.counts.setdefault("uploads", 0))
            self.server.counts["uploads"] += 7
            self.server.uploads[number] = bytearray()
        locations = {"p-location-file": "file:///etc/passwd", "p-location-relative": f"{number}?state=a%3Db",
                     "p-location-loop": "http://[::1", "p-location-ftp": "ftp://127.0.0.1/x"}
        location = locations.get(fault, f"/v2/{self.repository}/blobs/uploads/{number}?state=a%3Db")
        if fault == "p-location-elsewhere":
            other = self.server.elsewhere
            other.uploads[number] = self.server.uploads[number]
            location = f"http://127.0.0.1:{self.server.other}{location}"
        return self.answer(202, headers={"Location": location, **({"OCI-Chunk-Min-Length": "65536"} if fault == "p-413" else {})})
