"""Conditions of listings: of batch 1's parts, or of the lists above it."""

import json

import worlds
from row import RIGHT, TIMEOUT, Condition
from rows_bytes import DENIED, EIO, ENDED, html
from scene import LENGTH, NAMES, SMALL, usual
from worlds import NAME, dataset, part, world

ONE = worlds.batch_id(1)
LIST = {"op": "file_list", "path": ONE}
FILES = {"op": "batch_files", "path": ONE}
BATCHES = {"op": "batches", "query": "dataSet(=|%3D)" + worlds.dataset_id(1)}
ALL = ("readdir", "lookup", "open")
TWO = ("readdir", "lookup")
SOME = ("readdir", "open")
FEW = ("readdir",)
GONE = frozenset({"ENOENT"})


def rule(match=None, **effects):
    return ({"match": match or LIST, **effects},)


def once(match=None, **effects):
    return rule(match, times=1, **effects)


def entry(name="p", length=str(LENGTH), path=None):
    href = f"https://platform.adobe.io:443/data/foundation/export/files/{ONE}-1?path={path or name}"
    made = {"name": name, "length": length, "_links": {"self": {"href": href}}}
    if length is None:
        del made["length"]
    return made


def listing(*entries, **more):
    return {"data": list(entries), "_page": {"limit": 100, "count": len(entries)}, **more}


GOOD = json.dumps(listing(entry()))


def beside(text):
    """p and q are right, and between them stands one whose length is `text`."""
    bad = json.dumps(entry("bad", "LENGTH")).replace('"LENGTH"', text)
    return (f'{{"data":[{json.dumps(entry())},{bad},'
            f'{json.dumps(entry("q", str(SMALL)))}],"_page":{{"limit":100,"count":3}}}}')


def next_link(place):
    return {"_links": {"next": {"href": place}}}


def pages(**more):
    """The usual world with pages of two."""
    return usual(page_size=2, **more)


def hop(target, match=None):
    return rule(match, redirect=target, status=307)


BROKEN = [
    ("truncated-json", "JSON cut off", {"json": GOOD[:-20]}),
    ("trailing-garbage", "JSON with something after it", {"json": GOOD + "x"}),
    ("two-members", "JSON with two members of one name", {"json": '{"data":[],' + GOOD[1:]}),
    ("two-values", "two JSON values", {"json": GOOD + GOOD}),
    ("nine-mib", "a body of 9 MiB", {"json": GOOD[:-1] + ',"x":"' + "x" * (9 << 20) + '"}'}),
    ("depth-40", "JSON 40 deep", {"json": GOOD[:-1] + ',"x":' + "[" * 40 + "]" * 40 + "}"}),
    ("values-300000", "JSON of 300 000 values",
     {"json": GOOD[:-1] + ',"x":[' + "1," * 299_999 + "1]}"}),
    ("entries-10001", "10 001 entries in one answer",
     {"json": json.dumps(listing(*({"name": f"e{n}", "length": "5"} for n in range(10_001))))}),
    ("html", "HTML with 200", html(200)),
    ("empty-body", "200 and nothing", {"status": 200, "body": ""}),
    ("not-a-list", "JSON of another kind", {"json": '"data"'}),
    ("page-loop", "a next page that is the same page", {"page_loop": True}),
    ("empty-with-next", "an empty page with a next one",
     {"json": json.dumps(listing(**next_link(f"https://platform.adobe.io/data/foundation/export"
                                             f"/files/{ONE}-1?start=z")))}),
]

# A body of this size takes its time to be made and sent.
SLOW = {"options": {"timeout": 3 * TIMEOUT}, "bound": 3 * TIMEOUT + 1}
MANY = world(dataset(1, {"key": "01HM{n:022d}", "repeat": 150, "first": 1,
                         "files": [{"parts": [part("p", LENGTH, 1)]}]}),
             dataset(2, {"key": "02HM{n:022d}", "repeat": 1, "first": 2,
                         "files": [{"parts": [part("r", SMALL, 3)]}]}, name=NAME + " other"))
ALL_MANY = tuple(worlds.batch_id(n) for n in range(1, 151))
LAST = (f"{worlds.batch_id(150)}/p", 1, LENGTH)
EARLIER = {"add_batch": {"dataset": worlds.dataset_id(1), "batch": {
    "key": worlds.batch_id(900), "created": 1_550_791_400_000,
    "files": [{"parts": [part("p", 5)]}]}}}


def ways_of(n, name):
    """Each broken listing by one way or two; all of them by all."""
    return TWO if name in ("entries-10001", "page-loop") else (FEW, ("open",), TWO)[n % 3]


LISTINGS = [
    Condition("list-" + name, words, ways_of(n, name), EIO, rules=rule(**effect),
              **SLOW if name == "nine-mib" else {})
    for n, (name, words, effect) in enumerate(BROKEN)
] + [
    Condition("list-" + name + "-batches", words + ", of batches", FEW, EIO,
              rules=rule(BATCHES, **effect), folder=NAME, names=(ONE,))
    for name, words, effect in BROKEN[:4:3]
] + [
    Condition("list-bad-length-" + name, f"a length of {text}: that part is left out", FEW,
              rules=rule(json=beside(text)), names=("p", "q"), optional=NAMES, lifted=False)
    for name, text in (("negative", '"-1"'), ("exponent", '"1e3"'),
                       ("huge", '"9223372036854775808"'), ("null", "null"))
] + [
    Condition("list-no-length", "no length: that part is left out", TWO, names=("p", "q"),
              rules=rule(json=json.dumps(listing(entry(), entry("bad", None),
                                                 entry("q", str(SMALL))))), lifted=False),
    Condition("list-reset-once", "a listing's connection reset, once", SOME,
              rules=once(reset_at=0)),
    Condition("list-reset-mid-once", "a listing's body reset, once", ("lookup",),
              rules=once(reset_at=100)),
    Condition("list-reset-always", "a listing's connection reset, always", SOME, EIO,
              rules=rule(reset_at=0)),
    Condition("list-cut-once", "a listing's body cut, once", ("open",), rules=once(truncate_at=100)),
    Condition("list-stall-once", "a listing that does not come, once", TWO,
              rules=once(stall="head"), bound=TIMEOUT),
    Condition("list-stall-always", "a listing that never comes", SOME, ENDED,
              rules=rule(stall="head")),
    Condition("list-stall-batches", "a list of batches that never comes", FEW, ENDED,
              rules=rule(BATCHES, stall="head"), folder=NAME, names=(ONE,)),
    Condition("list-drip", "a listing of 32 bytes a second", FEW, ENDED | EIO,
              rules=rule(drip_bps=32)),
    Condition("list-401-once", "401 for a listing, once", ("readdir",), rules=once(revoke_token=True)),
    Condition("list-403", "403 for a listing", SOME, DENIED,
              rules=rule(gateway_error="403025")),
    Condition("list-429-once", "429 for a listing, once", ("open",),
              rules=once(gateway_error="429050")),
    Condition("list-500-once", "500 for a listing, once", SOME, rules=once(status=500)),
    Condition("list-500-always", "500 for a listing, always", TWO, EIO,
              rules=rule(status=500)),
    Condition("list-redirect", "a listing redirected to another host: not followed", SOME, EIO,
              rules=hop("{foreign}{path}?{query}")),
    Condition("list-redirect-batches", "a list of batches redirected: not followed", FEW, EIO,
              rules=hop("{foreign}{path}?{query}", BATCHES), folder=NAME, names=(ONE,)),
    Condition("list-next-host", "the next page at another host: its path is used", ("readdir",),
              world=pages(), rules=({"match": LIST, "next_host": "127.0.0.1:1"},), scene="next_host"),
    Condition("list-next-userinfo", "the next page at a host after a user", ("lookup",), world=pages(),
              rules=({"match": LIST, "next_host": "platform.adobe.io:443@10.0.0.1"},),
              expect=RIGHT | EIO),
    Condition("list-href-host", "links of another host: their path is used", ("open",),
              switches={"href_host": "elsewhere.example", "href_port": ""}),
    Condition("list-pages", "pages of two", ("lookup",), world=pages()),
    Condition("list-page-2-500", "500 for the second page, once", ("readdir",), world=pages(),
              rules=({"match": LIST, "skip": 1, "times": 1, "status": 500},)),
    Condition("list-page-2-broken", "the second page is HTML: nothing is shown of the first",
              SOME, EIO, world=pages(), rules=({"match": LIST, "skip": 1, **html(200)},)),
    Condition("list-count-low", "_page.count of 1", ("lookup",), world=pages(),
              rules=rule(page_count=1)),
    Condition("list-duplicates", "entries twice in a page", ("readdir",),
              rules=rule(duplicate_entries=2)),
    Condition("list-404", "404 for the parts", SOME, GONE, rules=rule(status=404)),
    Condition("files-404", "404 for the batch's files", SOME, GONE | RIGHT,
              rules=rule(FILES, status=404), names=(), optional=NAMES),
    Condition("shift-add", "a batch comes in front between two pages", TWO, world=MANY,
              folder=NAME, names=ALL_MANY, part=LAST, optional=(worlds.batch_id(900),), other=None,
              rules=once(BATCHES, change=EARLIER)),
    Condition("shift-remove", "a batch goes from the front between two pages", TWO, world=MANY,
              folder=NAME, names=ALL_MANY[1:], part=LAST, optional=ALL_MANY[:1], other=None,
              rules=once(BATCHES, change={"remove_batch": worlds.batch_id(1)})),
    Condition("shift-always", "batches go from the front between all pages", FEW,
              RIGHT | EIO, world=MANY, folder=NAME, names=ALL_MANY[6:], optional=ALL_MANY[:6],
              other=None, rules=tuple(
                  {"match": BATCHES, "times": 1, "skip": n,
                   "change": {"remove_batch": worlds.batch_id(n + 1)}} for n in range(6)),
              lifted=False),
    Condition("refresh-500", "a list grown old cannot be had again: the old one serves", TWO,
              rules=rule(BATCHES, status=500), folder=NAME, names=(ONE,), scene="refresh",
              part=(f"{ONE}/p", 1, LENGTH), options={"ttl": 1}),
    Condition("refresh-html", "a list grown old comes as HTML: the old one serves", ("readdir",),
              rules=rule(BATCHES, **html(200)), folder=NAME, names=(ONE,), scene="refresh",
              part=(f"{ONE}/p", 1, LENGTH), options={"ttl": 1}),
    Condition("refresh-stall", "a list grown old never comes: the old one serves", TWO,
              rules=rule(BATCHES, stall="head"), folder=NAME, names=(ONE,), scene="refresh",
              part=(f"{ONE}/p", 1, LENGTH), options={"ttl": 1}),
    Condition("refresh-dropped", "a list grown old comes empty: it is empty", FEW,
              rules=rule(BATCHES, json="{}"), folder=NAME, names=(), scene="refresh",
              options={"ttl": 1}, lifted=False),
]
