"""The gateway before every service: header checks and error bodies (contract 1.4)."""

import re
import uuid

from .wire import Answer

MESSAGES = {
    "400003": "Missing header",
    "401013": "Oauth token is not valid",
    "401014": "Token not allowed in the current context",
    "401015": "Scope mismatch",
    "403000": "Api Key is required",
    "403003": "Api Key is invalid",
    "403010": "Oauth token is missing.",
    "403011": "Scope mismatch",
    "403020": "Oauth token missing or invalid",
    "403023": "Profile is not valid",
    "403024": "Not allowed to read the profile",
    "403025": "Profile is not valid",
    "403027": "User region is missing",
    "404000": "Resource not found",
    "429001": "Service usage limit reached",
    "429002": "Developer key usage limit reached",
    "429050": "Too many requests",
    "503000": "Could not validate Api Key",
    "503010": "Could not validate oauth token",
    "503020": "Could not read the profile",
}
# The one code whose HTTP status is not its first three digits (contract 1.4).
STATUS = {"503020": 403}
CREDENTIALS = ("authorization", "x-api-key", "x-gw-ims-org-id", "x-sandbox-name")


def refusal(code, headers=None):
    status = STATUS.get(code, int(code[:3]))
    if code == "429050" and headers is None:
        headers = {"Retry-After": "1"}      # the one code that sets it
    return Answer.json({"error_code": code, "message": MESSAGES[code]}, status, headers)


def request_id():
    return uuid.uuid4().hex


def problem(status, detail):
    """The services' own errors (contract 3.8); `status` is a number."""
    title = {400: "BadRequestError", 403: "ForbiddenError", 404: "NotFoundError",
             405: "MethodNotAllowedError", 406: "NotAcceptableError",
             415: "UnsupportedMediaTypeError", 500: "InternalServerError",
             503: "ServiceUnavailableError"}[status]
    return Answer.json({"type": "/placeholder/type/uri", "status": status,
                        "title": title, "detail": detail}, status)


class Gateway:
    def __init__(self, world, tokens):
        self.world = world
        self.tokens = tokens

    def check(self, request):
        """The refusal of a request, or None when it may pass."""
        for name in self.world.switches["gateway_order"]:
            refused = getattr(self, "_" + name)(request.headers)
            if refused is not None:
                return refused
        return None

    def _token(self, headers):
        given = headers.get("authorization", "")
        if not given:
            return refusal("403010")     # absent is 403, not 401
        scheme, _, token = given.partition(" ")
        if scheme.lower() != "bearer" or not self.tokens.valid(token.strip()):
            return refusal("401013")
        return None

    def _org(self, headers):
        given = headers.get("x-gw-ims-org-id")
        if not given:
            return refusal("400003")
        if not re.fullmatch(r"[0-9A-Fa-f]{24}@AdobeOrg", given):
            return refusal("403027")
        if given != self.world.org:
            return refusal("403025")
        return None

    def _key(self, headers):
        given = headers.get("x-api-key")
        if not given:
            return refusal("403000")
        if given != self.world.api_key:
            return refusal("403003")
        return None

    def _sandbox(self, headers):
        given = headers.get("x-sandbox-name")
        if not given:
            return refusal("400003") if self.world.switches["sandbox_required"] else None
        if given != self.world.sandbox:
            return self._no_sandbox(given)
        return None

    def _no_sandbox(self, name):
        """What an unknown sandbox is answered with is not documented (contract 9)."""
        shape = self.world.switches["sandbox_error"]
        if shape == "gateway":
            return refusal("403024")
        if shape == "problem":
            return problem(403, f"Sandbox {name} is not accessible")
        return problem(int(shape), f"Sandbox {name} was not found")
