"""The host: takes a request to the service that answers it."""

import gzip
import re
import time
import traceback
from urllib.parse import unquote

from . import effects, ims
from .access import Access
from .catalog import Catalog
from .gateway import Gateway, problem, refusal, request_id
from .panel import Panel
from .record import Record
from .rules import Rules
from .ups import Ups


def wants_gzip(text):
    """Whether an Accept-Encoding names gzip, and not with a weight of nought."""
    return re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", text) is not None


class Host:
    def __init__(self, world, latency_ms=0):
        self.world = world
        self.latency = latency_ms / 1000
        self.endpoint = ""
        self.foreign = None
        self.main = None        # the listener a test may take down
        self.stopping = False
        self.released = 0       # moves on when stalled answers may go on
        self.tokens = ims.Tokens(world)
        self.ims = ims.Ims(world, self.tokens)
        self.gateway = Gateway(world, self.tokens)
        self.catalog = Catalog(world)
        self.access = Access(world)
        self.ups = Ups(world, self.access)
        self.record = Record()
        self.rules = Rules()
        self.panel = Panel(self)

    def stop(self):
        self.stopping = True

    def release(self):
        self.released += 1

    def _place(self, request):
        """The service a path belongs to, and the segments below its base."""
        # Split before decoding: an id may hold an encoded slash. Empty
        # segments go: a trailing slash is in the docs (contract 3.1).
        found = [unquote(one) for one in request.raw_path.split("/") if one]
        if [one.lower() for one in found[:2]] == ["data", "foundation"]:
            if found[2:3] == ["catalog"]:
                return self.catalog, found[3:]
            if found[2:3] == ["export"]:
                return self.access, found[3:]
        if [one.lower() for one in found[:3]] == ["data", "core", "ups"]:
            return self.ups, found[3:]
        return None, found

    def op(self, request):
        if request.path.rstrip("/") in ims.PATHS:
            return "token"
        service, segments = self._place(request)
        return "other" if service is None else service.op(request, segments)

    def answer(self, request, entry, listener):
        """The answer, the rule at work (or None) and the response time limit."""
        limit = self.world.switches["response_limit_s"]
        deadline = time.monotonic() + limit if limit else None
        effect = self.rules.take(request, entry["op"], listener)
        real = answer = None
        if effect is not None:
            entry["rule"] = effect.name
            if effect.on("late"):       # done, but the answer tells another story
                real = self._tried(request, entry, listener)
            answer = effects.instead(effect, request, self)
        if answer is None:
            answer = real or self._tried(request, entry, listener)
        if listener == "main":
            answer.headers.setdefault("X-Request-Id", request_id())
        if effect is not None:
            effects.alter(effect, request, answer, self)
            if effect.on("change"):
                self.world.change(effect.get("change"))
        answer.finish()
        self._compress(request, answer)
        return answer, effect, deadline

    def _tried(self, request, entry, listener):
        """The real answer; what the request has made is noted, whatever comes of it."""
        try:
            answer = self._real(request, entry["op"], listener)
        except Exception:       # a fault of the emulator must not look like a stall
            traceback.print_exc()
            return problem(500, "The emulator failed")
        entry["made"] = answer.made
        return answer

    def _real(self, request, op, listener):
        if op == "token":
            return self.ims.answer(request)
        service, segments = self._place(request)
        if service is None:
            return refusal("404000")
        if listener == "main":
            refused = self.gateway.check(request)
            if refused is not None:
                return refused
            most = self.world.switches["max_in_flight"]
            if most and self.record.in_flight() > most:
                # "Too many simultaneous calls" come as 500 (contract 5).
                return problem(500, "Too many simultaneous calls")
        with self.world.lock:
            self.world.settle()
            answer = service.answer(request, segments)
        return self._acceptable(request, answer)

    def _acceptable(self, request, answer):
        """Nothing shows that Accept is enforced, or that it is not (contract 1.2)."""
        given = request.headers.get("accept")
        if self.world.switches["accept"] == "any" or given is None or answer.status > 299:
            return answer
        kind = "application/json" if answer.listing is not None \
            else answer.headers.get("Content-Type", "")
        wanted = [one.split(";")[0].strip() for one in given.split(",")]
        if {"*/*", kind, kind.split("/")[0] + "/*", "application/octet-stream"} & set(wanted):
            return answer
        return problem(406, f"Not acceptable: {given}")

    def _compress(self, request, answer):
        """JSON may be compressed, but only for who asked (contract 1.2)."""
        who = self.world.switches["gzip"]
        if who == "none" or not wants_gzip(request.headers.get("accept-encoding", "")):
            return
        if not isinstance(answer.body, bytes) or not answer.body:
            return
        if answer.headers.get("Content-Type") != "application/json":
            return
        if "Content-Encoding" in answer.headers:
            return
        if who == "all" or self._place(request)[0] is self.catalog:
            answer.body = gzip.compress(answer.body, 1)
            answer.headers["Content-Encoding"] = "gzip"
