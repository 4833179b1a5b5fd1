"""Conditions of hosts, of who reads, and of the n-th request of all."""

from row import RIGHT, TIMEOUT, Condition
from rows_bytes import EIO, ENDED, P, hop
from rows_listings import LIST
from rows_tokens import REFUSED, at_mount

READS = ("buffered", "direct", "mmap")
STALLED = ({"match": P, "stall": "head"}, {"match": LIST, "stall": "head"})
# The token, the datasets, the batches, the batch's files, its parts, the bytes.
REQUESTS = 6
SCENARIO = ("mount, readdir, read",)

HOSTS = [
    Condition("unresolved", "a host's name does not resolve", READS, EIO,
              rules=hop("{unresolved}/x")),
    Condition("untrusted", "a host's certificate is wrong", READS, EIO,
              rules=hop("{untrusted}/x")),
    Condition("connecting", "a host takes no connection", ("direct", "mmap"), ENDED,
              rules=hop("{full}/x")),
    at_mount("unresolved", "the token service's name does not resolve", REFUSED,
             env={"CAIFS_IMS_ENDPOINT": "{unresolved}"}),
    at_mount("untrusted", "the token service's certificate is wrong", REFUSED,
             env={"CAIFS_IMS_ENDPOINT": "{untrusted}"}),
    Condition("killed", "nothing comes, and the reader is killed",
              READS + ("readdir", "lookup", "open"), frozenset({"killed"}), bound=1,
              rules=STALLED, scene="killed"),
    Condition("signal", "nothing comes for a while, and the reader handles a signal",
              ("direct", "lookup"), rules=STALLED, scene="signalled"),
    Condition("write", "an attempt to write", ("open to write", "truncate", "unlink", "mkdir"),
              frozenset({"EROFS"}), lifted=False),
]


def nth(n, words, expect=RIGHT, **effects):
    name = "-".join(str(value) for value in effects.values())
    return Condition(f"request-{n}-{name}", f"request {n} {words}", SCENARIO, expect,
                     bound=2 * TIMEOUT + 2, scene="scenario",
                     rules=({"match": {"listener": "main"}, "skip": n - 1, **effects},))


NTH = [made for n in range(1, REQUESTS + 1) for made in (
    nth(n, "is answered with 500, once", status=500, times=1),
    nth(n, "is reset, once", reset_at=0, times=1),
    nth(n, "and all after it are answered with 500", EIO | REFUSED, status=500),
    nth(n, "and all after it are reset", EIO | REFUSED, reset_at=0))]
