"""Watches what every emulator's other host was sent: never a credential.

A test may make the emulator forget what it has seen, so it is looked at before.
"""

from emulator import Emulator

LIVE = []
FOUND = []
WORDS = ("bearer", "eyj", "client_secret")


def credentials(platform):
    """What of the platform's secrets the other host was told."""
    found = []
    for one in platform.record():
        if one["listener"] != "foreign":
            continue
        said = repr([one["headers"], one["path"], one["query"]])
        secret = getattr(platform, "secret", None)
        if one["credential_headers"] or one["op"] == "token" \
                or any(word in said.lower() for word in WORDS) or secret and secret in said:
            found.append(f"{one['method']} {one['path']} with {one['credential_headers']}")
    return found


def look(platform):
    if platform.process is not None and platform.foreign:
        FOUND.extend(credentials(platform))


def watch():
    """From now on every emulator is looked at before it forgets."""
    start, clear, stop = Emulator.start, Emulator.clear, Emulator.stop

    def started(self):
        LIVE.append(self)
        return start(self)

    def cleared(self):
        look(self)
        clear(self)

    def stopped(self):
        if self in LIVE:
            LIVE.remove(self)
            look(self)
        return stop(self)
    Emulator.start, Emulator.clear, Emulator.stop = started, cleared, stopped


def sent():
    """All that was found since the last time it was asked for."""
    for platform in LIVE:
        look(platform)
    found = sorted(set(FOUND))
    FOUND.clear()
    return found
