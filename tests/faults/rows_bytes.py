"""Conditions of byte requests: of the part `p` only, so that others stay well."""

import worlds
from row import TIMEOUT, Condition

P = {"op": "bytes", "query": r"path=p(&|$)"}
ALL = ("buffered", "direct", "mmap")
TWO = ("buffered", "direct")
SOME = ("direct", "mmap")
EIO = frozenset({"EIO"})
ENDED = frozenset({"ETIMEDOUT"})
STALE = frozenset({"ESTALE"})
DENIED = frozenset({"EACCES"})
EITHER = frozenset({"right", "EIO"})        # resumed for as long as there is progress
HTML = "<html><body>Bad Gateway</body></html>"
MIB = 1 << 20
LENGTH = 2 * MIB + 4321                     # of p: scene.usual()


def rule(**effects):
    return ({"match": P, **effects},)


def once(first=0, **effects):
    """For the range that is waited for, not for one asked for ahead."""
    return ({"match": {**P, "range_first": first}, "times": 1, **effects},)


def html(status):
    return {"status": status, "body": HTML, "content_type": "text/html"}


def json_answer(status, code, **more):
    return {"status": status, "body": {"error_code": code, "message": "No"}, **more}


CONNECTION = [
    Condition("reset-head-once", "reset before the head, once", ALL, rules=once(reset_at=0)),
    Condition("reset-head-always", "reset before the head, always", SOME, EIO,
              rules=rule(reset_at=0)),
    Condition("reset-mid-once", "reset after 10 000 bytes of the body, once", ALL,
              rules=once(reset_at=10000)),
    Condition("reset-mid-always", "reset after 10 000 bytes of each body", ("buffered",), EITHER,
              rules=rule(reset_at=10000)),
    Condition("reset-mid-first-byte", "reset after each single byte", ("direct",),
              EITHER | ENDED, rules=rule(reset_at=1)),
    Condition("truncated-once", "body cut (FIN) after 10 000 bytes, once", ALL,
              rules=once(truncate_at=10000)),
    Condition("truncated-always", "each body cut after 10 000 bytes", ("direct",), EITHER,
              rules=rule(truncate_at=10000)),
    Condition("truncated-nothing", "each body cut before its first byte", ("buffered",), EIO,
              rules=rule(truncate_at=0)),
    Condition("stall-head-once", "silence before the head, once", ("buffered",), bound=TIMEOUT,
              rules=once(stall="head")),
    Condition("stall-mid-once", "silence after 10 000 bytes, once", SOME, bound=TIMEOUT,
              rules=once(stall_at=10000)),
    Condition("stall-head-always", "silence before the head, always", SOME, ENDED,
              rules=rule(stall="head")),
    Condition("stall-mid-always", "silence after 10 bytes, always", ("buffered",), ENDED,
              rules=rule(stall_at=10)),
    Condition("drip", "32 bytes a second", TWO, ENDED, rules=rule(drip_bps=32)),
    Condition("slow-head", "each head takes a second and a half", ("direct",),
              rules=rule(delay_ms=1500), options={"timeout": 6}, bound=6),
    Condition("chunked", "chunked, without a length", ("buffered",), rules=rule(chunked=True)),
    Condition("closes", "the connection is closed after each answer", ("buffered",),
              rules=rule(close=True), at=0, length=LENGTH),
    Condition("down", "refused connections, then none refused", TWO, EIO, other="cached",
              scene="down", recovery=6),
]

RANGES = [
    Condition("whole-at-0", "200 and the whole file for a range at 0", SOME,
              rules=rule(ignore_range=True)),
    Condition("whole-elsewhere", "200 and the whole file for a range elsewhere", SOME, EIO,
              rules=rule(ignore_range=True), at=MIB),
    Condition("shifted-once", "206 of a range 4096 later, once", ("buffered",),
              rules=once(first=MIB, shift_range=4096), at=MIB),
    Condition("shifted", "206 of a range 4096 later", SOME, EIO, rules=rule(shift_range=4096),
              at=MIB),
    Condition("shorter", "206 shorter than asked for, and honest", SOME,
              rules=rule(shorten_range=9999, times=3), at=MIB),
    Condition("unclamped", "Content-Range ends beyond the file", SOME,
              rules=rule(unclamped_range=True), at=LENGTH - 5000),
    Condition("unclamped-switch", "Content-Range keeps the end asked for", ("direct",),
              switches={"clamp_range": False}, at=LENGTH - 5000),
    Condition("extra", "100 bytes more than Content-Range says", TWO, EITHER,
              rules=rule(extra_bytes=100)),
    Condition("no-content-range", "206 without Content-Range", SOME, EIO,
              rules=rule(content_range=None)),
    Condition("bad-content-range", "206 with a Content-Range of nonsense", ("direct",), EIO,
              rules=rule(content_range="bytes 0-/*")),
    Condition("unknown-total", "206 with a total of *", ("direct",), EITHER,
              rules=rule(content_range="bytes 0-65535/*")),
    Condition("wrong-total", "a total that is not the listed length", SOME, STALE,
              rules=rule(total=LENGTH + 10)),
    Condition("416", "416 for a range inside the file", SOME, STALE, rules=rule(status=416)),
    Condition("gzip", "gzip that was not asked for", SOME, EIO, rules=rule(gzip=True)),
    Condition("html-200", "HTML with 200", SOME, EIO, rules=rule(**html(200))),
    Condition("json-200", "a JSON listing with 200", ("buffered",), EIO,
              rules=rule(json='{"data":[]}')),
    Condition("html-200-same-length", "HTML with 200, as long as the file", ("direct",), EIO,
              rules=rule(status=200, body="<html>" + "x" * (LENGTH - 6),
                         content_type="text/html")),
    Condition("json-200-same-length", "JSON with 200, as long as the file", ("buffered",), EIO,
              rules=rule(status=200, body='"' + "x" * (LENGTH - 2) + '"',
                         content_type="application/json")),
    Condition("204", "204 and nothing", ("direct",), EIO, rules=rule(status=204)),
    Condition("multipart", "206 of multipart/byteranges", ("direct",), EIO,
              rules=rule(content_type="multipart/byteranges; boundary=x", content_range=None)),
    Condition("etag-flip", "the ETag and the bytes change while the file is open", TWO, STALE,
              scene="flip", world=worlds.world(
                  worlds.dataset(1, worlds.batch(1, worlds.part("p", 32 * MIB, 1))),
                  worlds.dataset(2, worlds.batch(2, worlds.part("r", 100000, 3)),
                                 name=worlds.NAME + " other")),
              part=("p", 1, 32 * MIB), lifted=False),
    Condition("listed-longer", "the listed length is longer than the file", SOME, STALE,
              part=("long", 4, 105000), at=90000, lifted=False),
    Condition("listed-shorter", "the listed length is shorter than the file", SOME,
              STALE, part=("short", 5, 95000), at=80000, lifted=False),
]

ANSWERS = [
    Condition("401-once", "401 for one request: the token is renewed", SOME,
              rules=once(revoke_token=True), count={"token": (1, 1)}),
    Condition("401-always", "401, always", TWO, DENIED, rules=rule(gateway_error="401013"),
              other="cached", lifted=False),
    Condition("404", "404 after the listing", SOME, frozenset({"ESTALE"}),
              rules=rule(status=404)),
    Condition("429-after", "429 with Retry-After, once", SOME,
              rules=once(gateway_error="429050"), count={"p": (2, 2)}),
    Condition("429-bare", "429 without Retry-After, once", ("direct",),
              rules=once(gateway_error="429001"), count={"p": (2, 2)}),
    Condition("429-always", "429 without Retry-After, always", TWO, EIO,
              rules=rule(gateway_error="429002"), other="cached"),
    Condition("429-far", "429 with Retry-After beyond the deadline", TWO, EIO,
              rules=rule(status=429, headers={"Retry-After": "5"}), other="cached",
              bound=TIMEOUT + 1),
    Condition("429-negative", "429 with Retry-After: -7, once", ("direct",),
              rules=once(status=429, headers={"Retry-After": "-7"})),
    Condition("400-429050", "400 that carries 429050, once", TWO,
              rules=once(**json_answer(400, "429050"))),
    Condition("400", "400", ("direct",), EIO, rules=rule(**json_answer(400, "400001")),
              count={"p": (1, 1)}),
    Condition("503020-once", "403 that carries 503020, once", SOME,
              rules=once(gateway_error="503020"), count={"p": (2, 2)}),
    Condition("503020-always", "403 that carries 503020, always", ("direct",), EIO,
              rules=rule(gateway_error="503020"), count={"p": (2, 20)}),
    Condition("408-once", "408, once", TWO, rules=once(status=408)),
    Condition("500-once", "500, once", SOME, rules=once(status=500), count={"p": (2, 2)}),
    Condition("500-always", "500, always", SOME, EIO, rules=rule(status=500),
              count={"p": (2, 20)}),
    Condition("503-far", "503 with Retry-After beyond the deadline", TWO, EIO,
              rules=rule(status=503, headers={"Retry-After": "5"}), other="cached"),
] + [
    Condition(f"{status}-html-once", f"{status} in HTML, once", TWO, rules=once(**html(status)))
    for status in (502, 504)
] + [
    Condition(f"{status}-html-always", f"{status} in HTML, always", ("direct",), EIO,
              rules=rule(**html(status)), other="cached" if status == 503 else "fresh")
    for status in (503,)
] + [
    Condition(code, f"403 that carries {code}: not asked again",
              TWO, DENIED, rules=rule(gateway_error=code), count={"p": (1, 1)})
    for code in ("403003", "403027")
] + [
    Condition("403-html", "403 in HTML: not asked again", ("buffered",), DENIED, rules=rule(**html(403)),
              count={"p": (1, 1)}),
]

HERE = "{path}?{query}"


def hop(target, status=307, **more):
    return rule(redirect=target, status=status, **more)


TO_ANOTHER_HOST = {"foreign": (1, 99)}
REDIRECTS = [
    Condition(f"redirect-{status}", f"{status} to another host: followed, without credentials",
              ALL if status == 307 else ("direct",), rules=hop("{foreign}" + HERE, status),
              **TO_ANOTHER_HOST)
    for status in (302, 307)
] + [
    Condition("redirect-twice", "a redirect to another host that redirects again", ("direct",), EIO,
              rules=hop("{foreign}" + HERE) + ({"match": {"op": "bytes", "listener": "foreign"},
                                                "redirect": "{foreign}" + HERE},), **TO_ANOTHER_HOST),
    Condition("redirect-loop", "a redirect to itself", ("buffered",), EIO | DENIED,
              rules=hop("{endpoint}" + HERE)),
    Condition("redirect-private", "a redirect to http://10.0.0.1/", SOME, EIO, bound=1.5,
              rules=hop("http://10.0.0.1/x")),
    Condition("redirect-metadata", "a redirect to http://169.254.169.254/", ("direct",), EIO,
              bound=1.5, rules=hop("http://169.254.169.254/latest/meta-data")),
    Condition("redirect-file", "a redirect to file:///etc/passwd", ("direct",), EIO,
              bound=1.5, rules=hop("file:///etc/passwd")),
    Condition("redirect-user", "a redirect with a user before the host", ("direct",), EIO,
              bound=1.5, rules=hop("http://127.0.0.1:80@10.0.0.1/x")),
    Condition("redirect-relative", "a relative redirect", ("buffered",), EITHER, rules=hop("/elsewhere")),
    Condition("redirect-nowhere", "307 without Location", ("direct",), EIO,
              rules=rule(status=307)),
    Condition("redirect-403", "another host, followed, that answers 403: the link ran out",
              ("direct",), EIO | DENIED,
              rules=hop("{foreign}" + HERE) + ({"match": {"op": "bytes", "listener": "foreign"},
                                                **html(403)},), **TO_ANOTHER_HOST),
]

BYTES = CONNECTION + RANGES + ANSWERS + REDIRECTS
