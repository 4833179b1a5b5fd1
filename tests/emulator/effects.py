"""What a rule does to an answer before it is sent."""

import gzip
import json
import re

from .gateway import refusal
from .ups import BASE, fault
from .wire import Answer, Window

GZIP_LIMIT = 256 * 1024 * 1024


def instead(effect, request, host):
    """The answer a rule gives in place of the real one, or None."""
    if effect.on("revoke_token"):
        host.tokens.revoke(request.headers.get("authorization", "").partition(" ")[2].strip())
        return refusal("401013")
    if effect.on("gateway_error"):
        return refusal(effect.get("gateway_error"))
    if effect.on("ups_error"):
        return fault(effect.get("ups_error"), effect.get("body", "The rule says so"),
                     host.world.switches["ups_errors"])
    if effect.on("redirect"):
        target = effect.get("redirect")
        for name, value in (("{foreign}", host.foreign or ""), ("{endpoint}", host.endpoint),
                            ("{path}", request.raw_path), ("{query}", request.raw_query)):
            target = target.replace(name, value)
        return Answer(effect.get("status", 307), headers={"Location": target})
    if effect.on("json"):
        text = effect.get("json")
        text = text if isinstance(text, str) else json.dumps(text)
        return Answer(effect.get("status", 200), text.encode("utf-8", "surrogatepass"),
                      "application/json")
    if effect.on("status") or effect.on("body"):
        body = effect.get("body", "")
        kind = None
        if not isinstance(body, str):
            body, kind = json.dumps(body), "application/json"
        return Answer(effect.get("status", 200), body.encode("utf-8", "surrogatepass"), kind)
    return None


def _jobs(effect, request, page):
    """The same lies about the lists of the profile service (contract 6)."""
    link = page["link"]
    if effect.on("page_loop"):
        link["next"] = request.target.removeprefix(BASE)
    if effect.on("no_next"):
        link.pop("next", None)
    if effect.on("next_host") and link.get("next"):
        other = effect.get("next_host")
        link["next"] = ("" if "//" in other else "https://") + other + BASE + link["next"]
    held = page.get("records", page.get("segments"))
    if effect.on("drop_entries"):
        del held[-int(effect.get("drop_entries")):]
    if effect.on("duplicate_entries"):
        held += held[:int(effect.get("duplicate_entries"))]


def _listing(effect, request, answer, host):
    """Lies about pages: of Data Access's listings, of audiences and export jobs."""
    page = answer.listing
    if isinstance(page, dict) and isinstance(page.get("link"), dict):
        _jobs(effect, request, page)
    if not isinstance(page, dict) or not isinstance(page.get("data"), list):
        return
    links = page.setdefault("_links", {})
    if effect.on("page_loop"):
        links["next"] = {"href": host.access.href(request.target)}
    if effect.on("no_next"):
        links.pop("next", None)
    if effect.on("next_host") and "next" in links:
        other = effect.get("next_host")
        scheme = "" if "//" in other else "https://"
        links["next"] = {"href": re.sub(r"^[a-z]+://[^/]*", lambda _: scheme + other,
                                        links["next"]["href"])}
    if not links:
        del page["_links"]
    if effect.on("page_count"):
        page["_page"]["count"] = effect.get("page_count")
    if effect.on("drop_entries"):
        del page["data"][-int(effect.get("drop_entries")):]
    if effect.on("duplicate_entries"):
        page["data"] += page["data"][:int(effect.get("duplicate_entries"))]


def _range(effect, request, answer):
    """Lies about the range: the body, its Content-Range, or both."""
    window = answer.body
    if answer.sized is not None and effect.on("total"):
        answer.sized = effect.get("total")
    if not isinstance(window, Window):
        return
    total = window.part.length
    if effect.on("ignore_range") and answer.status == 206:
        answer.status = 200
        window = Window(window.part, 0, total)
    first, length = window.first, window.length
    if effect.on("shift_range"):
        first = max(0, min(first + effect.get("shift_range"), total - 1))
        length = min(length, total - first)
    if effect.on("shorten_range"):
        length = max(1, length - effect.get("shorten_range"))
    answer.body = Window(window.part, first, length)
    if answer.status != 206:
        answer.headers.pop("Content-Range", None)
        return
    end = first + length - 1
    if effect.on("unclamped_range"):
        # The end asked for, beyond the total; 4096 more when it was not beyond.
        asked = re.match(r"bytes=\d+-(\d+)", request.range or "")
        beyond = int(asked[1]) if asked else 0
        if end == total - 1:
            end = beyond if beyond >= total else end + 4096
    kept = answer.headers.get("Content-Range")
    if kept is not None:
        shown = effect.get("total", total)
        if {"shift_range", "shorten_range", "unclamped_range", "total"} & set(effect.spec):
            answer.headers["Content-Range"] = f"bytes {first}-{end}/{shown}"


def _bytes(effect, answer):
    """Alterations of the body itself; it is read whole for them."""
    if effect.on("extra_bytes"):
        more = effect.get("extra_bytes")
        window = answer.body
        if isinstance(window, Window):
            after = Window(window.part, window.first + window.length, more)
            tail = after.read(0, more)
            answer.body = answer.bytes() + tail + b"\xee" * (more - len(tail))
        else:
            answer.body += b"\xee" * more
    if effect.on("corrupt"):
        body = bytearray(answer.bytes())
        at = effect.get("corrupt")
        # True: a byte of every page; a number: the byte at that place.
        for place in (range(0, len(body), 4096) if at is True else [at]):
            if place < len(body):
                body[place] ^= 0xFF
        answer.body = bytes(body)
    if effect.on("gzip") and answer.body_length() <= GZIP_LIMIT:
        answer.body = gzip.compress(answer.bytes(), 1)
        answer.headers["Content-Encoding"] = "gzip"


def alter(effect, request, answer, host):
    """Apply a rule to an answer, its own one included."""
    _listing(effect, request, answer, host)
    _range(effect, request, answer)
    answer.finish()
    if request.method != "HEAD":
        _bytes(effect, answer)
    if effect.on("etag"):
        tag = effect.get("etag")
        answer.headers["ETag"] = f'"flip-{effect.number}"' if tag == "flip" else tag
    if "content_range" in effect.spec:
        answer.headers["Content-Range"] = effect.get("content_range")
    if effect.on("content_type"):
        answer.headers["Content-Type"] = effect.get("content_type")
    for name, value in effect.get("headers", {}).items():
        for held in [h for h in answer.headers if h.lower() == name.lower()]:
            del answer.headers[held]
        answer.headers[name] = value
    # A header that is null is left out.
    answer.headers = {n: v for n, v in answer.headers.items() if v is not None}
    return answer
