"""As much of two cloud stores as storage_client.c uses, in memory: S3 under /, Azure's blobs under /devstoreaccount1/.

A body that is not whole, or not framed as its headers say, is refused: nothing is read here that a real store would not read.
A store can also be unreliable.
"""
import base64
import email.utils
import hashlib
import http.server
import os
import re
import socket
import struct
import threading
import urllib.parse
from xml.sax.saxutils import escape

ACCOUNT = "devstoreaccount1"
# What signs requests to it; nobody looks at the signatures.
KEY = base64.b64encode(b"key").decode()

# The connection ends before the answer, after it as announced, or is reset in the midst of it.
FAULTS = ("silence", "last", "half")
# Microsoft's SDK takes an access violation, with Wine's own WinHTTP too, when it tries again what a reset has cut off.
BETWEEN_BODIES = ("silence", "last")
EACH = 19


class Bad(Exception):
    pass


class Store(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, terms=None, faults=()):
        """`terms` is an SSLContext, for TLS. Of EACH requests one has a fault, which are taken in turn."""
        super().__init__(("127.0.0.1", 0), Handler)
        if terms:
            self.socket = terms.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.lock = threading.Lock()
        self.faults, self.requests = faults, 0
        self.buckets = {}  # name: {key: bytes}
        self.parts = {}  # (bucket, key, upload or None): {number or identity: bytes}
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_):
        pass

    def chunked(self):
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            if self.rfile.readline() != b"\r\n":
                raise Bad("a chunk without an end")
        while self.rfile.readline().strip():
            pass
        return bytes(body)

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            if "Content-Length" in self.headers:
                raise Bad("two lengths")
            body = self.chunked()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            body = self.plain(body)
        return body

    def plain(self, coded):
        """Without the chunks that the SDK makes itself, which are in the body."""
        body, trailer = bytearray(), self.headers["x-amz-trailer"].encode()
        while True:
            line, _, coded = coded.partition(b"\r\n")
            size = int(line.split(b";")[0], 16)
            if not size:
                break
            if coded[size:size + 2] != b"\r\n":
                raise Bad("a chunk of the SDK's own without an end")
            body += coded[:size]
            coded = coded[size + 2:]
        if not coded.startswith(trailer + b":") or len(body) != int(self.headers["x-amz-decoded-content-length"]):
            raise Bad("not the length or the trailer that was announced")
        return bytes(body)

    def fault(self):
        """The fault of this request, or None."""
        with self.server.lock:
            self.server.requests += 1
            nth, rest = divmod(self.server.requests, EACH)
        return self.server.faults[nth % len(self.server.faults)] if self.server.faults and not rest else None

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        if self.trouble == "last":
            self.close_connection = True
            self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET" and self.trouble == "half":
            self.wfile.write(body[:len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
        elif self.command != "HEAD":
            self.wfile.write(body)

    def answer(self):
        self.trouble = self.fault()
        if self.trouble == "silence":
            self.close_connection = True
            return
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        path = urllib.parse.unquote(url.path[1:])
        azure = path.split("/")[0] == ACCOUNT
        name, _, key = (path[len(ACCOUNT) + 1:] if azure else path).partition("/")
        try:
            body = self.body()
            with self.server.lock:
                (self.azure if azure else self.s3)(name, key, body)
        except (Bad, ValueError, KeyError) as e:
            self.close_connection = True
            self.reply(400, f"<Error><Code>{type(e).__name__}</Code><Message>{escape(str(e))}</Message></Error>".encode())

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer

    def content(self, bytes_, **headers):
        """An object, or a range of it."""
        headers.update(ETag=tag(bytes_), Last_Modified=email.utils.formatdate(usegmt=True), Accept_Ranges="bytes")
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("x-ms-range") or self.headers.get("Range") or "")
        if not wanted:
            return self.reply(200, bytes_, Content_Length=len(bytes_), **headers)
        first, last = int(wanted[1]), min(int(wanted[2] or len(bytes_)), len(bytes_) - 1)
        if first > last:
            return self.reply(416)
        self.reply(206, bytes_[first:last + 1], Content_Range=f"bytes {first}-{last}/{len(bytes_)}", **headers)

    def listed(self, bucket):
        """The keys and the folders that were asked for."""
        prefix, delimiter = self.query.get("prefix", ""), self.query.get("delimiter", "")
        keys, folders = [], set()
        for key in sorted(bucket):
            if key.startswith(prefix):
                rest = key[len(prefix):]
                if delimiter and delimiter in rest:
                    folders.add(prefix + rest.split(delimiter)[0] + delimiter)
                else:
                    keys.append(key)
        return keys, sorted(folders)

    def s3(self, name, key, body):
        bucket = self.server.buckets.get(name)
        if self.command == "PUT" and not key:
            self.server.buckets[name] = {}
            return self.reply(200, Location="/" + name)
        if bucket is None:
            return self.reply(404, b"<Error><Code>NoSuchBucket</Code></Error>", Content_Type="application/xml")
        if not key:
            return self.s3_bucket(name, bucket)
        parts = self.server.parts
        upload = (name, key, self.query.get("uploadId"))
        if self.command == "POST" and "uploads" in self.query:
            parts[name, key, "1"] = {}
            return self.xml("InitiateMultipartUploadResult", {"Bucket": name, "Key": key, "UploadId": "1"})
        if self.command == "POST":
            numbers = [int(n) for n in re.findall(r"<PartNumber>(\d+)</PartNumber>", body.decode())]
            bucket[key] = b"".join(parts[upload][n] for n in numbers)
            del parts[upload]
            return self.xml("CompleteMultipartUploadResult", {"Bucket": name, "Key": key, "ETag": tag(bucket[key])})
        if self.command == "PUT" and "partNumber" in self.query:
            parts[upload][int(self.query["partNumber"])] = body
            return self.reply(200, ETag=tag(body))
        if self.command == "PUT" and "x-amz-copy-source" in self.headers:
            source = urllib.parse.unquote(self.headers["x-amz-copy-source"]).lstrip("/").split("/", 1)
            bucket[key] = self.server.buckets[source[0]][source[1]]
            return self.xml("CopyObjectResult", {"ETag": tag(bucket[key])})
        if self.command == "PUT":
            bucket[key] = body
            return self.reply(200, ETag=tag(body))
        if key not in bucket:
            return self.reply(404, b"<Error><Code>NoSuchKey</Code></Error>", Content_Type="application/xml")
        if self.command == "DELETE":
            del bucket[key]
            return self.reply(204)
        self.content(bucket[key], Content_Type="binary/octet-stream")

    def s3_bucket(self, name, bucket):
        if self.command == "GET":
            keys, folders = self.listed(bucket)
            self.xml("ListBucketResult", {"Name": name, "KeyCount": len(keys) + len(folders), "IsTruncated": "false"},
                     "".join(f"<Contents><Key>{escape(k)}</Key><Size>{len(bucket[k])}</Size></Contents>" for k in keys)
                     + "".join(f"<CommonPrefixes><Prefix>{escape(f)}</Prefix></CommonPrefixes>" for f in folders))
        elif self.command == "DELETE" and bucket:
            self.reply(409, b"<Error><Code>BucketNotEmpty</Code></Error>", Content_Type="application/xml")
        elif self.command == "DELETE":
            del self.server.buckets[name]
            self.reply(204)
        else:
            self.reply(200)

    def xml(self, root, texts, more=""):
        inner = "".join(f"<{name}>{escape(str(text))}</{name}>" for name, text in texts.items())
        body = f'<?xml version="1.0" encoding="UTF-8"?><{root}>{inner}{more}</{root}>'
        self.reply(200, body.encode(), Content_Type="application/xml")

    def azure(self, name, key, body):
        bucket = self.server.buckets.get(name)
        now = email.utils.formatdate(usegmt=True)
        fresh = {"ETag": '"0x1"', "Last_Modified": now, "x_ms_request_server_encrypted": "true"}
        if not name:
            return self.reply(200, x_ms_sku_name="Standard_LRS", x_ms_account_kind="StorageV2", x_ms_is_hns_enabled="false")
        if self.command == "PUT" and not key:
            self.server.buckets[name] = {}
            return self.reply(201, **fresh)
        if bucket is None:
            return self.reply(404, x_ms_error_code="ContainerNotFound")
        if not key:
            return self.azure_container(name, bucket)
        if self.command == "PUT" and self.query.get("comp") == "block":
            self.server.parts.setdefault((name, key, None), {})[self.query["blockid"]] = body
            return self.reply(201, **fresh)
        if self.command == "PUT" and self.query.get("comp") == "blocklist":
            blocks = self.server.parts.pop((name, key, None), {})
            bucket[key] = b"".join(blocks[i] for i in re.findall(r"<\w+>([\w+/=]+)</\w+>", body.decode()))
            return self.reply(201, **fresh)
        if self.command == "PUT" and "x-ms-copy-source" in self.headers:
            source = urllib.parse.unquote(urllib.parse.urlsplit(self.headers["x-ms-copy-source"]).path).split("/", 3)
            bucket[key] = self.server.buckets[source[2]][source[3]]
            return self.reply(202, x_ms_copy_id="1", x_ms_copy_status="success", **fresh)
        if self.command == "PUT":
            bucket[key] = body
            return self.reply(201, **fresh)
        if key not in bucket:
            return self.reply(404, x_ms_error_code="BlobNotFound")
        if self.command == "DELETE":
            del bucket[key]
            return self.reply(202)
        self.content(bucket[key], Content_Type="application/octet-stream", x_ms_blob_type="BlockBlob", x_ms_creation_time=now,
                     x_ms_lease_state="available", x_ms_lease_status="unlocked", x_ms_server_encrypted="true",
                     x_ms_copy_id="1", x_ms_copy_status="success", x_ms_copy_source="http://localhost/", x_ms_copy_progress="1/1")

    def azure_container(self, name, bucket):
        now = email.utils.formatdate(usegmt=True)
        if self.command == "DELETE":
            del self.server.buckets[name]
            return self.reply(202)
        if self.query.get("comp") != "list":
            return self.reply(200, ETag='"0x1"', Last_Modified=now, x_ms_lease_state="available", x_ms_lease_status="unlocked",
                              x_ms_has_immutability_policy="false", x_ms_has_legal_hold="false")
        keys, folders = self.listed(bucket)
        blobs = "".join(
            f"<Blob><Name>{escape(k)}</Name><Properties><Creation-Time>{now}</Creation-Time><Last-Modified>{now}</Last-Modified>"
            f"<Etag>0x1</Etag><Content-Length>{len(bucket[k])}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>"
            for k in keys) + "".join(f"<BlobPrefix><Name>{escape(f)}</Name></BlobPrefix>" for f in folders)
        body = (f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://localhost/" ContainerName="{name}">'
                f"<Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>")
        self.reply(200, body.encode(), Content_Type="application/xml")


def tag(bytes_):
    return '"' + hashlib.md5(bytes_, usedforsecurity=False).hexdigest() + '"'
