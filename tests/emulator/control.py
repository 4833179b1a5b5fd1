"""A client for tests: starts an emulator, changes it, asks what it saw."""

import http.client
import json
import os
import select
import subprocess
import sys
import tempfile
from urllib.parse import urlsplit

from . import content as bytes_of

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 10


class Emulator:
    """`with Emulator(world) as platform:`; `world` is a dict or a path."""

    def __init__(self, world=None, latency_ms=0, foreign=False, port=0):
        self.source = world if world is not None else {}
        self.latency_ms = latency_ms
        self.with_foreign = foreign
        self.port = port
        self.process = self.folder = None
        self.endpoint = self.foreign = self.pid = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        if isinstance(self.source, dict):
            self.folder = tempfile.TemporaryDirectory(prefix="emulator-")
            self.world = os.path.join(self.folder.name, "world.json")
            with open(self.world, "w", encoding="utf-8") as handle:
                json.dump(self.source, handle)
        else:
            self.world = os.fspath(self.source)
        command = [sys.executable, HERE, "--world", self.world, "--port", str(self.port),
                   "--latency-ms", str(self.latency_ms), "--until-eof"]
        if self.with_foreign:
            command.append("--foreign")
        # Its standard input is a pipe of ours: it ends with this process, however.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            self.stop()
            raise RuntimeError("the emulator did not start")
        said = json.loads(line)
        self.endpoint, self.foreign, self.pid = said["endpoint"], said["foreign"], said["pid"]
        return self

    def stop(self):
        """End the process; returns its exit status."""
        if self.process is None:
            return None
        self.process.stdin.close()
        try:
            status = self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        self.process = None
        if self.folder is not None:
            self.folder.cleanup()
        return status

    def _call(self, method, name, value=None):
        # The second listener serves the control path too, and never goes down.
        place = urlsplit(self.foreign or self.endpoint).netloc
        link = http.client.HTTPConnection(place, timeout=TIMEOUT)
        try:
            body = None if value is None else json.dumps(value)
            link.request(method, "/_control/" + name, body)
            answer = link.getresponse()
            made = json.loads(answer.read())
        finally:
            link.close()
        if answer.status != 200:
            raise ValueError(made.get("error", made))
        return made

    def record(self, op=None):
        """The requests seen, in order of arrival."""
        return [one for one in self._call("GET", "record") if op in (None, one["op"])]

    def count(self, op=None):
        counts = self.state()["counts"]
        return sum(counts.values()) if op is None else counts.get(op, 0)

    def made(self, op):
        """The ids of what the requests of an op have made, whatever they were answered."""
        return [one["made"] for one in self.record(op) if one["made"] is not None]

    def jobs(self, kind="export_jobs"):
        """The jobs (or `segment_jobs`) as they stand, without a look-up being counted."""
        return self._call("GET", "jobs")[kind]

    def clear(self):
        self._call("DELETE", "record")

    def state(self):
        return self._call("GET", "state")

    def bytes_sent(self, op="bytes"):
        return sum(one["bytes"] for one in self.record(op))

    def rules(self, rules):
        """Replace the rules; returns them with their counters."""
        return self._call("PUT", "rules", rules)

    def add_rules(self, rules):
        return self._call("POST", "rules", rules)

    def rule_counters(self):
        return self._call("GET", "rules")

    def clear_rules(self):
        self._call("DELETE", "rules")

    def change(self, commands):
        return self._call("POST", "world", commands)

    def switch(self, **switches):
        return self.change({"set": switches})

    def reset(self):
        """Rules, record and switches as they were at the start; the world stays."""
        self.clear_rules()
        self._call("DELETE", "switches")
        self.clear()

    def mint(self, lifetime_s=86399, **more):
        return self._call("POST", "tokens", {"mint": {"lifetime_s": lifetime_s, **more}})["token"]

    def revoke(self, token="all"):
        self._call("POST", "tokens", {"revoke": token})

    def tokens(self, **settings):
        """`lifetime_s` and `unit` of the tokens IMS hands out from now on."""
        self._call("POST", "tokens", settings)

    def release(self):
        self._call("POST", "release")

    def down(self):
        """Refuse every connection to the endpoint until `up` (needs foreign=True)."""
        self._call("POST", "down")

    def up(self):
        self._call("POST", "up")

    @staticmethod
    def content(seed, offset, length):
        return bytes_of.read(seed, offset, length)
