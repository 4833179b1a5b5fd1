"""What docs/errors.md promises is played, and what is sent to another host would be seen."""

import os
import urllib.error
import urllib.request

import credential_leak
import mounting
from emulator import Emulator
from matrix import ROWS

# By the first words of a row of the fault tables: the conditions that show it.
SHOWN = {
    "name does not resolve, connection refused": "unresolved down",
    "connection or answer takes too long": "connecting stall-head-always drip",
    "certificate wrong": "untrusted token-untrusted",
    "reset, body cut short": "reset-mid-once reset-head-always truncated-once",
    "206 shorter than asked": "shorter",
    "206 whose `Content-Range` ends": "unclamped unclamped-switch",
    "206 of another offset": "shifted shifted-once no-content-range",
    "206 that gives another": "wrong-total listed-longer listed-shorter",
    "more bytes than announced": "extra",
    "200 to a range: the range begins": "whole-at-0",
    "200 to a range otherwise": "whole-elsewhere html-200 json-200",
    "encoded although not asked for": "gzip",
    "another `ETag`": "etag-flip",
    "401": "401-once 401-always list-401-once",
    "token service: 4xx": "token-live-invalid token-invalid-client",
    "token service: 5xx": "token-live-500-always token-live-reset-always token-old-serves",
    "403": "403003 403027 403-html list-403",
    "403 with code 503020": "503020-once 503020-always",
    "404 for a listing": "list-404 files-404",
    "404 or 416 for bytes": "404 416",
    "429, and 400": "429-after 429-always 400-429050 429-far",
    "500, 502": "500-once 500-always 408-once 502-html-once 503-html-always",
    "redirect of bytes": "redirect-307",
    "any other redirect": "redirect-private redirect-twice list-redirect",
    "listing: not JSON": "list-truncated-json list-two-members list-nine-mib list-depth-40",
    "listing: over 10,000": "list-entries-10001",
    "listing: a page link": "list-page-loop list-empty-with-next",
    "listing: rows vanished": "shift-remove shift-always",
    "listing: an entry without": "list-no-length list-bad-length-negative",
    "a list that cannot be refreshed": "refresh-500 refresh-stall",
    "a list that cannot be had": "list-500-always list-stall-always",
    "the caller is dying": "killed",
    "a signal": "signal",
    "an `mmap`": "500-always stall-head-always",
    "any attempt to write": "write",
    "a cache's files": "cache-flipped cache-flipped-bytes cache-truncated cache-foreign",
    "a cache's disk": "cache-full cache-read-only cache-vanished",
    "the platform is away, or `offline`: what a cache has": "cache-away cache-offline",
    "the platform is away, or `offline`: what it has not":
        "cache-away-uncached cache-offline-uncached",
    "a list does not come": "cache-slow-list",
    "401, 403 or 404 for a list": "cache-refused-list",
}
# No misbehaviour of the platform's, or too large for a row: tests/unit has them.
ELSEWHERE = ("listing: over 1,000,000", "memory of blocks", "memory of the machine")


def promised():
    """The first cells of the tables of what a program sees. The exports' is shown by
    tests/mount/test_export.py."""
    with open(os.path.join(mounting.ROOT, "docs", "errors.md"), encoding="utf-8") as text:
        tables = text.read().split("\n| condition | the program sees |")[1:]
    return [line.split("|")[1].strip() for table in tables
            for line in table.split("\n\n", 1)[0].splitlines()[2:]]


def test_each_promise_is_played_through_two_ways_in():
    ways = {}
    for row in ROWS:
        ways.setdefault(row.condition.id, set()).add(row.way)
    promises = promised()
    assert len(promises) > 40
    for promise in promises:
        if promise.startswith(ELSEWHERE):
            continue
        # The longest that fits: one row may begin as another does.
        fits = [one for one in SHOWN if promise.startswith(one)]
        assert fits, f"not played: {promise}"
        shown = SHOWN[max(fits, key=len)].split()
        assert set(shown) <= set(ways), promise
        assert len(set().union(*(ways[one] for one in shown))) >= 2, promise
    for one in SHOWN:
        assert any(promise.startswith(one) for promise in promised()), f"no promise: {one}"


def test_there_are_enough_rows():
    assert len(ROWS) >= 60


def test_a_credential_sent_abroad_is_seen():
    with Emulator({}, foreign=True) as platform:
        platform.secret = "a-secret"
        for path, headers in (("/x", {}), ("/x", {"Authorization": "Bearer word"}),
                              ("/x", {"x-api-key": "emulator-key"}),
                              ("/x", {"X-Other": "a-secret"}), ("/x?client_secret=1", {})):
            request = urllib.request.Request(platform.foreign + path, headers=headers)
            try:
                urllib.request.urlopen(request, timeout=10).close()
            except urllib.error.HTTPError:
                pass
            platform.clear()
            assert bool(credential_leak.sent()) == (headers != {} or "?" in path), (path, headers)
