"""Faults by rule: which requests a rule takes, and how often."""

import random
import re
import threading

from .gateway import MESSAGES
from .ups import CODES

MATCH = {"method", "path", "query", "range_first", "has_range", "op", "listener"}
LIMITS = {"name", "match", "skip", "times", "probability"}
EFFECTS = {
    # Another answer
    "status", "headers", "body", "json", "redirect", "revoke_token", "gateway_error",
    "ups_error", "late",
    # An altered listing
    "page_loop", "page_count", "next_host", "no_next", "drop_entries",
    "duplicate_entries",
    # An altered range or altered bytes
    "shift_range", "shorten_range", "unclamped_range", "ignore_range", "extra_bytes",
    "content_range", "total", "gzip", "etag", "content_type", "corrupt",
    # Delivery
    "delay_ms", "stall", "stall_at", "truncate_at", "reset_at", "drip_bps", "chunked",
    "close",
    # The world moves on after the answer was made
    "change",
}


class Rule:
    def __init__(self, spec):
        unknown = set(spec) - LIMITS - EFFECTS
        unknown |= set(spec.get("match", {})) - MATCH
        if unknown:
            raise ValueError(f"no such rule member: {', '.join(sorted(unknown))}")
        if spec.get("gateway_error", "429050") not in MESSAGES:
            raise ValueError(f"no such gateway error: {spec['gateway_error']}")
        if spec.get("ups_error", 429) not in CODES:
            raise ValueError(f"no such error of the profile service: {spec['ups_error']}")
        self.spec = spec
        self.name = spec.get("name")
        match = spec.get("match", {})
        self.match = match
        self.path = re.compile(match["path"]) if "path" in match else None
        self.query = re.compile(match["query"]) if "query" in match else None
        self.seen = 0       # requests that matched
        self.fired = 0      # requests it was applied to

    def matches(self, request, op, listener):
        match = self.match
        if listener != match.get("listener", "main"):
            return False
        if "method" in match and request.method != match["method"]:
            return False
        if "op" in match and op != match["op"]:
            return False
        if self.path is not None and not self.path.search(request.path):
            return False
        if self.query is not None and not self.query.search(request.raw_query):
            return False
        if "has_range" in match and bool(request.range) != match["has_range"]:
            return False
        return "range_first" not in match or request.first_byte() == match["range_first"]

    def fires(self):
        """Count a match; whether the rule applies to it."""
        self.seen += 1
        if self.seen <= self.spec.get("skip", 0):
            return False
        if "times" in self.spec and self.fired >= self.spec["times"]:
            return False
        if random.random() >= self.spec.get("probability", 1):
            return False
        self.fired += 1
        return True


class Rules:
    def __init__(self):
        self.rules = []
        self.lock = threading.Lock()

    def add(self, specs, replace=False):
        made = [Rule(spec) for spec in (specs if isinstance(specs, list) else [specs])]
        with self.lock:
            self.rules = made if replace else self.rules + made

    def clear(self):
        with self.lock:
            self.rules = []

    def take(self, request, op, listener):
        """The first rule that applies, with the number of its firing, or None."""
        with self.lock:
            for rule in self.rules:
                if rule.matches(request, op, listener) and rule.fires():
                    return Effect(rule, rule.fired)
        return None

    def listed(self):
        with self.lock:
            return [{**rule.spec, "seen": rule.seen, "fired": rule.fired}
                    for rule in self.rules]


class Effect:
    """A rule applied to one request."""

    __slots__ = ("rule", "number", "spec")

    def __init__(self, rule, number):
        self.rule = rule
        self.number = number
        self.spec = rule.spec

    @property
    def name(self):
        return self.rule.name

    def get(self, name, default=None):
        return self.spec.get(name, default)

    def on(self, name):
        """Whether an effect is asked for: present and not false."""
        return name in self.spec and self.spec[name] is not False
