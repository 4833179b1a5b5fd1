"""The record of requests seen, and counts of what is under way."""

import collections
import threading
import time

from .gateway import CREDENTIALS
from .ims import fingerprint

SETTLE = 0.02
BODY = 65_536       # of a body
KEPT = 200_000      # a soak test must not fill the memory


class Record:
    def __init__(self):
        self.lock = threading.Lock()
        self.born = time.monotonic()
        self.entries = collections.deque(maxlen=KEPT)
        self.number = 0
        self.connections = self.connected = 0
        self.flying = {}            # op -> requests under way
        self.peaks = {}             # op -> most of them at once; "all" for all
        self._reset()

    def _reset(self):
        self.entries.clear()
        self.counts = collections.Counter()
        self.statuses = collections.Counter()
        self.sent = collections.Counter()
        self.peaks = dict(self.flying)
        self.peaks["all"] = sum(self.flying.values())

    def clear(self):
        with self.lock:
            self._reset()

    def begin(self, request, op, listener):
        """Note a request at its arrival; what becomes of it is filled in later."""
        given = request.headers.get("authorization", "")
        token = given.partition(" ")[2].strip() or given
        entry = {"n": 0, "t_ms": round((time.monotonic() - self.born) * 1000, 3),
                 "method": request.method, "path": request.path,
                 "query": request.raw_query, "range": request.range, "status": None,
                 "accept": request.headers.get("accept"),
                 "accept_encoding": request.headers.get("accept-encoding"),
                 "bytes": 0, "op": op, "token": fingerprint(token) if token else None,
                 "listener": listener,
                 "credential_headers": [n for n in CREDENTIALS if n in request.headers],
                 "rule": None, "done": False, "made": None}
        if request.method in ("POST", "PUT", "PATCH") and op != "token":
            # What was asked for; never a token's form, which holds the secret.
            entry["body"] = request.body[:BODY].decode("utf-8", "replace")
        if listener == "foreign":
            # All of them: nothing secret may have crossed over under any name.
            entry["headers"] = dict(request.headers)
        with self.lock:
            self.number += 1
            entry["n"] = self.number
            self.entries.append(entry)
            self.counts[op] += 1
            self.flying[op] = self.flying.get(op, 0) + 1
            self.peaks[op] = max(self.peaks.get(op, 0), self.flying[op])
            self.peaks["all"] = max(self.peaks["all"], sum(self.flying.values()))
        return entry

    def end(self, entry):
        with self.lock:
            entry["done"] = True
            self.flying[entry["op"]] -= 1
            self.statuses[str(entry["status"])] += 1
            self.sent[entry["op"]] += entry["bytes"]

    def in_flight(self):
        with self.lock:
            return sum(self.flying.values())

    def connection(self, change):
        with self.lock:
            self.connections += change
            self.connected += max(change, 0)

    def settle(self):
        """Give requests whose last byte is on its way the time to be noted."""
        end = time.monotonic() + SETTLE
        while self.in_flight() and time.monotonic() < end:
            time.sleep(0.001)

    def listed(self):
        with self.lock:
            return [dict(one) for one in self.entries]

    def state(self):
        with self.lock:
            return {"counts": dict(self.counts), "statuses": dict(self.statuses),
                    "bytes": dict(self.sent), "connections": self.connections,
                    "connected": self.connected,
                    "in_flight": sum(self.flying.values()),
                    "peak_in_flight": self.peaks["all"],
                    "peaks": {op: n for op, n in self.peaks.items() if op != "all"}}
