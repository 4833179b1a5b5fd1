"""IMS: tokens asked for, minted, revoked and checked (contract 2)."""

import base64
import hashlib
import json
import secrets
import threading
import time

from .wire import Answer, split_params

PATHS = ("/ims/token/v2", "/ims/token/v3")


def _part(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def fingerprint(token):
    """A short name for a token that does not give it away."""
    return hashlib.sha256(token.encode()).hexdigest()[:8]


class Tokens:
    """The tokens that are accepted, each with its end."""

    def __init__(self, world):
        self.world = world
        self.ends = {}
        self.revoked = {}       # token -> when
        self.lock = threading.Lock()

    def mint(self, lifetime_s=None, claimed_s=None, opaque=False, scope=None):
        """A fresh token; `claimed_s` is what its payload says, if not the truth."""
        if lifetime_s is None:
            lifetime_s = self.world.switches["token_lifetime_s"]
        now = time.time()
        if opaque:
            token = secrets.token_urlsafe(48)
        else:
            claimed = lifetime_s if claimed_s is None else claimed_s
            # Both times are strings and milliseconds (contract 2.3).
            payload = {"id": f"{int(now * 1000)}_{secrets.token_hex(16)}_ue1",
                       "type": "access_token", "client_id": self.world.api_key,
                       "user_id": self.world.user, "as": "ims-na1",
                       "expires_in": str(int(claimed * 1000)),
                       "created_at": str(int(now * 1000)),
                       "scope": scope or ",".join(self.world.scopes)}
            token = ".".join((_part({"alg": "RS256", "x5u": "ims_na1-key-at-1.cer"}),
                              _part(payload), _part(secrets.token_bytes(128))))
        with self.lock:
            clock = time.monotonic()
            for old in [one for one, end in self.ends.items() if end <= clock]:
                self.ends.pop(old)
                self.revoked.pop(old, None)
            self.ends[token] = clock + lifetime_s
        return token

    def valid(self, token):
        with self.lock:
            now = time.monotonic()
            end = self.ends.get(token)
            if end is None or now >= end:
                return False
            gone = self.revoked.get(token)
            lag = self.world.switches["revocation_lag_s"]
            return gone is None or now - gone < lag

    def revoke(self, token):
        with self.lock:
            now = time.monotonic()
            for one in list(self.ends) if token == "all" else [token]:
                self.revoked.setdefault(one, now)


class Ims:
    """The token endpoint for OAuth Server-to-Server, v2 and v3 alike."""

    def __init__(self, world, tokens):
        self.world = world
        self.tokens = tokens

    def answer(self, request):
        if request.path.rstrip("/")[-2:] not in self.world.switches["ims_versions"]:
            return self._error("not_found", "no such resource", 404)
        if request.method != "POST":
            return self._error("invalid_request", "method not allowed", 405)
        given = dict(request.params)    # some clients put all in the query
        if request.body:
            kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
            if kind != "application/x-www-form-urlencoded":
                return self._error("invalid_request", "unsupported content type")
            given.update(split_params(request.body.decode("utf-8", "replace")))
        if given.get("grant_type") != "client_credentials":
            return self._error("unsupported_grant_type", "unsupported grant_type")
        if given.get("client_id") != self.world.api_key:
            return self._error("invalid_client", "invalid client_id parameter")
        if given.get("client_secret") != self.world.client_secret:
            return self._error("invalid_client", "invalid client_secret parameter")
        # Comma-separated (contract 2.1): `a b` and `a, b` are one unknown scope.
        scope = given.get("scope", "")
        if not scope or any(one not in self.world.scopes for one in scope.split(",")):
            return self._error("invalid_scope", "the scope is not bound to this client")
        token = self.tokens.mint(scope=scope)
        seconds = self.world.switches["token_lifetime_s"]
        unit = 1000 if self.world.switches["token_unit"] == "ms" else 1
        return Answer.json({"access_token": token, "token_type": "bearer",
                            "expires_in": int(seconds * unit)},
                           headers={"Cache-Control": "no-store"})

    def _error(self, code, text, status=None):
        return Answer.json({"error": code, "error_description": text},
                           status or self.world.switches["ims_error_status"])
