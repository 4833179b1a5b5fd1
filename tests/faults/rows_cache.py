"""Conditions of a cache: its disk goes wrong, or the platform is away."""

from row import Condition
from rows_bytes import EIO
from rows_listings import LIST

WHOLE = {"length": 2 * (1 << 20) + 4321, "bound": 3}
BAD = frozenset({"EACCES"})


def disk(name, words, happens, **more):
    return Condition("cache-" + name, words, ("buffered", "direct"), scene="cached", disk=happens, other="cached",
                     **WHOLE, **more)


CACHE = [
    disk("flipped", "a bit is flipped in each page of the cache", "flip"),
    disk("flipped-bytes", "a bit is flipped in each page of a part in the cache", "flip_pages"),
    disk("truncated", "each file of the cache is cut in half", "truncate"),
    disk("foreign", "each file of the cache is replaced", "foreign"),
    disk("vanished", "the cache's directory is removed while mounted", "vanish"),
    disk("full", "the cache's disk is full", "fill", cached=False, says="op=cache errno=ENOSPC"),
    disk("read-only", "the cache's disk is read-only", "read_only", cached=False,
         says="op=cache errno=EROFS"),
    Condition("cache-away", "the platform is away, and the part is in the cache",
              ("direct", "mmap", "readdir"), scene="cached", away=True, other="cached", bound=2),
    Condition("cache-away-uncached", "the platform is away, and the part is not in the cache",
              ("direct", "mmap"), EIO, scene="cached", away=True, cached=False, other="cached", bound=1),
    Condition("cache-offline", "offline, and the part is in the cache",
              ("direct", "mmap", "readdir"), scene="cached", other="cached",
              options={"offline": True}, bound=1, count={"token": (0, 0), "bytes": (0, 0)}),
    Condition("cache-offline-uncached", "offline, and the part is not in the cache",
              ("direct", "mmap"), EIO, scene="cached", cached=False, other="cached", lifted=False,
              options={"offline": True}, bound=1, says="not in the cache"),
    Condition("cache-slow-list", "a list does not come, and there is one in the cache",
              ("readdir", "lookup"), scene="cached", other="cached", bound=2.5,
              rules=({"match": LIST, "stall": "head"},)),
    Condition("cache-refused-list", "403 for a list, and there is one in the cache",
              ("readdir", "lookup"), BAD, scene="cached", other="cached",
              rules=({"match": LIST, "status": 403},)),
]
