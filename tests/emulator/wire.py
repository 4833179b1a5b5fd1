"""Requests as read from a socket and answers before they are sent."""

import json
import re
from urllib.parse import unquote, unquote_plus

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 64 * 1024 * 1024
REASONS = {200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content",
           301: "Moved Permanently", 302: "Found",
           303: "See Other", 304: "Not Modified", 307: "Temporary Redirect",
           308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
           403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           406: "Not Acceptable",
           408: "Request Timeout", 412: "Precondition Failed",
           415: "Unsupported Media Type", 416: "Range Not Satisfiable", 429: "Too Many Requests",
           500: "Internal Server Error", 502: "Bad Gateway",
           503: "Service Unavailable", 504: "Gateway Timeout"}


class BadRequest(Exception):
    """The bytes read are no HTTP request."""


class Unreadable(Exception):
    """A body that is no JSON: the status and the text of the answer."""


class Request:
    __slots__ = ("method", "target", "raw_path", "path", "raw_query", "params",
                 "headers", "body", "keep_alive", "range")

    def __init__(self, method, target, version, headers):
        self.method = method
        self.target = target
        raw_path, _, self.raw_query = target.partition("?")
        if raw_path.startswith(("http://", "https://")):
            raw_path = "/" + raw_path.split("/", 3)[-1]
        self.raw_path = raw_path
        self.path = unquote(raw_path)
        self.params = split_params(self.raw_query)
        self.headers = headers
        self.body = b""
        connection = headers.get("connection", "").lower()
        self.keep_alive = connection != "close" and version == "HTTP/1.1"
        self.range = headers.get("range")

    def param(self, *names):
        """The first value of the first of `names` that is there, or None."""
        for name in names:
            for key, value in self.params:
                if key == name:
                    return value
        return None

    def json(self, labelled=True):
        """The body as JSON; `labelled` when its Content-Type has to say that it is."""
        kind = self.headers.get("content-type", "").split(";")[0].strip().lower()
        if labelled and kind != "application/json":
            raise Unreadable(415, "Content-Type must be application/json")
        try:
            return json.loads(self.body)
        except ValueError:
            raise Unreadable(400, "The body is not JSON") from None

    def first_byte(self):
        """Where the asked range starts, or None."""
        found = re.match(r"bytes=(\d+)-", self.range or "")
        return int(found[1]) if found else None


def split_params(query):
    """Name and value pairs; a stray `&` is in Adobe's own samples (contract 3.2).

    A bare `+` is a blank, as in every form decoder: who means a plus sign
    sends %2B (contract 1.3).
    """
    pairs = []
    for piece in query.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            pairs.append((unquote_plus(name), unquote_plus(value)))
    return pairs


class Reader:
    """Takes requests off one connection; keeps what was read too much."""

    def __init__(self, sock):
        self.sock = sock
        self.rest = b""

    def request(self):
        """The next request, or None when the peer has closed."""
        head = self._head()
        if head is None:
            return None
        lines = head.decode("latin-1").split("\r\n")
        try:
            method, target, version = lines[0].split(" ")
        except ValueError:
            raise BadRequest("request line") from None
        headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or name != name.strip():
                raise BadRequest("header line")
            headers[name.lower()] = value.strip()
        request = Request(method, target, version, headers)
        if "transfer-encoding" in headers:
            raise BadRequest("chunked requests are not read")
        length = int(headers.get("content-length") or 0)
        if not 0 <= length <= BODY_LIMIT:
            raise BadRequest("length")
        if length:
            if headers.get("expect", "").lower() == "100-continue":
                self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.body = self._body(length)
        return request

    def _head(self):
        while True:
            # Blank lines before a request line are allowed (RFC 9112 2.2).
            self.rest = self.rest.lstrip(b"\r\n")
            end = self.rest.find(b"\r\n\r\n")
            if end >= 0:
                head, self.rest = self.rest[:end], self.rest[end + 4:]
                return head
            if len(self.rest) > HEAD_LIMIT:
                raise BadRequest("head too long")
            more = self.sock.recv(65536)
            if not more:
                return None
            self.rest += more

    def _body(self, length):
        pieces = [self.rest[:length]]
        missing = length - len(pieces[0])
        self.rest = self.rest[length:]
        while missing > 0:
            more = self.sock.recv(min(missing, 1 << 20))
            if not more:
                raise BadRequest("body cut short")
            pieces.append(more)
            missing -= len(more)
        return b"".join(pieces)


class Window:
    """A body that is `length` bytes of a part from `first` on."""

    __slots__ = ("part", "first", "length")

    def __init__(self, part, first, length):
        self.part = part
        self.first = first
        self.length = length

    def read(self, offset, length):
        return self.part.read(self.first + offset, min(length, self.length - offset))


class Answer:
    """Status, headers and a body: bytes or a Window."""

    __slots__ = ("status", "headers", "body", "op", "listing", "sized", "made")

    def __init__(self, status, body=b"", content_type=None, headers=None):
        self.status = status
        self.headers = dict(headers or {})
        if content_type:
            self.headers["Content-Type"] = content_type
        self.body = body
        self.listing = None     # the JSON value before it was written out
        self.sized = None       # a Content-Length that is not the body's (HEAD)
        self.made = None        # the id of what the request has made

    @classmethod
    def json(cls, value, status=200, headers=None):
        made = cls(status, headers=headers, content_type="application/json")
        made.listing = value
        return made

    def of(self, name):
        """The answer to the making of `name`."""
        self.made = name
        return self

    def finish(self):
        """Write the JSON value out, once everything that alters it has run."""
        if self.listing is not None:
            self.body = json.dumps(self.listing, separators=(",", ":"),
                                   ensure_ascii=False).encode("utf-8", "surrogatepass")
            self.listing = None
        return self

    def body_length(self):
        return len(self.body) if isinstance(self.body, bytes) else self.body.length

    def bytes(self):
        if isinstance(self.body, bytes):
            return self.body
        return self.body.read(0, self.body.length)
