"""A plain HTTP reader for the emulator's own tests."""

import http.client
import json
import socket
from urllib.parse import quote, urlsplit

CATALOG = "/data/foundation/catalog"
EXPORT = "/data/foundation/export"
UPS = "/data/core/ups"
ORG = "0123456789ABCDEF01234567@AdobeOrg"


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)


class Probe:
    def __init__(self, platform, token=None, endpoint=None):
        self.endpoint = endpoint or platform.endpoint
        self.credentials = {"Authorization": "Bearer " + (token or platform.mint()),
                            "x-api-key": "emulator-key", "x-gw-ims-org-id": ORG,
                            "x-sandbox-name": "prod"}

    def ask(self, method, target, body=None, without=(), **headers):
        """One request on a connection of its own; `_` in a header name is `-`."""
        link = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=10)
        sent = {k: v for k, v in self.credentials.items() if k not in without}
        sent.update({k.replace("_", "-"): v for k, v in headers.items()})
        try:
            link.request(method, target, body, sent)
            answer = link.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            link.close()

    def get(self, target, **headers):
        return self.ask("GET", target, **headers)

    def catalog(self, target, **headers):
        return self.get(f"{CATALOG}/{target}", **headers)

    def ids(self, target):
        """The ids a Catalog list answers with, in order."""
        return list(self.catalog(target).json())

    def export(self, target, **headers):
        return self.get(f"{EXPORT}/{target}", **headers)

    def ups(self, target, **headers):
        return self.get(f"{UPS}/{target}", **headers)

    def post(self, target, value, **headers):
        """A JSON body; text is sent as it is."""
        body = value if isinstance(value, str) else json.dumps(value)
        return self.ask("POST", target, body, **{"Content_Type": "application/json", **headers})

    def follow(self, href, **headers):
        """Path and query of an href, asked of the emulator (contract 1.3)."""
        return self.get(urlsplit(href)._replace(scheme="", netloc="").geturl(), **headers)

    def bytes(self, file, path, first, last, **headers):
        return self.export(f"files/{file}?path={quote(path, safe='')}",
                           Range=f"bytes={first}-{last}", **headers)

    def raw(self, target, **headers):
        """A socket on which the request has been sent, for what is no HTTP."""
        place = urlsplit(self.endpoint)
        sock = socket.create_connection((place.hostname, place.port), timeout=10)
        sent = {"Host": place.netloc, **self.credentials, **headers}
        lines = [f"GET {target} HTTP/1.1"] + [f"{k}: {v}" for k, v in sent.items()]
        sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return sock
