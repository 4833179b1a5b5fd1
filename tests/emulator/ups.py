"""The profile service: audiences, segment jobs, export jobs (contract 6)."""

import base64
import binascii
import re
from urllib.parse import quote

from . import evaluations, exports, query
from .gateway import problem, request_id
from .objects import MISSING
from .wire import Answer, Unreadable

BASE = "/data/core/ups"
CODES = {400: "UPAPI-113434-400", 403: "UPAPI-113752-403", 404: "UPAPI-113000-404",
         405: "UPAPI-113000-405", 415: "UPAPI-113000-415", 429: "UPAPI-113000-429",
         500: "UPLIB-101206-500", 503: "UPLIB-101554-503"}
RETRY_AFTER_MS = 500


def fault(status, detail, shape="ups", retry_after_ms=RETRY_AFTER_MS):
    """An error of the service; a 429 has a body of its own (contract 5)."""
    if shape == "empty":
        return Answer(status)
    if status == 429:
        # Numbers are strings here.
        return Answer.json({"message": "Too many requests", "cause": detail,
                            "retryAfterMs": str(retry_after_ms), "statusCode": "429"}, 429)
    if shape == "problem":
        return problem(status, detail)
    code = CODES[status]
    return Answer.json({"requestId": request_id(),
                        "errors": {str(status): [{"code": code, "message": detail}]},
                        "type": f"https://ns.adobe.com/aep/errors/{code}",
                        "title": detail, "status": status}, status)


class Wrong(Exception):
    """A request that is answered with an error: status and text."""


def _number(request, name, default, low, high=None):
    text = request.param(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,18}", text) or not low <= int(text) <= (high or int(text)):
        raise Wrong(400, f"{name} is out of range: {text}")
    return int(text)


def _sorted(records, text):
    """`sort=attribute:desc`: the other way round than Catalog writes it."""
    keys = []
    for one in text.split(","):
        name, _, way = one.partition(":")
        if not name or way not in ("asc", "desc"):
            raise Wrong(400, f"sort is invalid: {one}")
        keys.append((name, way == "desc"))
    return query.arranged(records, keys)


def _at(value, path):
    """The value a dotted path leads to, or MISSING."""
    for name in path.split("."):
        value = value.get(name, MISSING) if isinstance(value, dict) else MISSING
    return value


class Ups:
    # (resource, method, has an id) -> (op, what answers it)
    CALLS = {
        ("segment/definitions", "GET", False): ("audiences", "_audiences"),
        ("segment/definitions", "GET", True): ("audience", "_audience"),
        ("segment/jobs", "GET", False): ("segment_jobs", "_evaluations"),
        ("segment/jobs", "GET", True): ("segment_job", "_evaluation"),
        ("segment/jobs", "POST", False): ("create_segment_job", "_evaluate"),
        ("segment/jobs", "DELETE", True): ("cancel_segment_job", "_cancel_evaluation"),
        ("export/jobs", "GET", False): ("export_jobs", "_exports"),
        ("export/jobs", "GET", True): ("export_job", "_export"),
        ("export/jobs", "POST", False): ("create_export_job", "_start"),
        ("export/jobs", "DELETE", True): ("cancel_export_job", "_cancel_export"),
    }

    def __init__(self, world, access):
        self.world = world
        self.access = access        # it knows how the host is named in links
        self.held = world.segmentation

    def _call(self, request, segments):
        return self.CALLS.get(("/".join(segments[:2]), request.method, len(segments) == 3))

    def op(self, request, segments):
        found = self._call(request, segments) if len(segments) in (2, 3) else None
        return found[0] if found else "other"

    def answer(self, request, segments):
        try:
            found = self._call(request, segments) if len(segments) in (2, 3) else None
            if found is None:
                known = any("/".join(segments[:2]) == call[0] for call in self.CALLS)
                raise Wrong(405 if known else 404, "No such resource")
            return getattr(self, found[1])(request, *segments[2:])
        except (Wrong, Unreadable) as wrong:
            return fault(*wrong.args, shape=self.world.switches["ups_errors"])
        except query.BadQuery as bad:
            return fault(400, str(bad), self.world.switches["ups_errors"])

    def _link(self, path):
        if self.world.switches["ups_link"] == "absolute":
            return self.access.href(BASE + path)
        return path

    def _find(self, table, name):
        found = {str(key): one for key, one in table.items()}.get(name)
        if found is None:
            raise Wrong(404, f"The entity {name} is not found.")
        return found

    def _limit(self, request):
        most = self.world.switches["ups_page"]
        return _number(request, "limit", most, 1, most)

    # Audiences

    def _audiences(self, request):
        """Offset or page; that both are heard, and how pages count, is not documented."""
        limit = self._limit(request)
        first = self.world.switches["first_page"]
        page = _number(request, "page", first, first)
        start = _number(request, "start", (page - first) * limit, 0)
        found = _sorted(list(self.held.audiences.values()),
                        request.param("sort") or "creationTime:desc")
        for name, value in request.params:
            if name.startswith("evaluationInfo."):
                found = [one for one in found
                         if query.text_of(_at(one.value(), name)) == value]
        shown = found[start:start + limit]
        following = start + limit < len(found)
        link = {"next": self._link(f"/segment/definitions?start={start + limit}&limit={limit}")}
        return Answer.json({
            "segments": [one.value() for one in shown],
            "page": {"totalCount": len(found), "totalPages": -(-len(found) // limit),
                     "sortField": "creationTime", "sort": "desc",
                     "pageSize": len(shown), "limit": limit},
            "link": link if following else {}})

    def _audience(self, _, name):
        return Answer.json(self._find(self.held.audiences, name).value())

    # Segment jobs

    def _filtered(self, found, text):
        """`property=segments~segmentId==ID`, or `path==value`."""
        path, sign, wanted = text.partition("==")
        if not sign:
            raise Wrong(400, f"property is invalid: {text}")
        array, tilde, inner = path.partition("~")
        if not tilde:
            return [one for one in found if query.text_of(_at(one.value(), path)) == wanted]
        return [one for one in found
                if any(_at(entry, inner) == wanted for entry in one.value().get(array, []))]

    def _evaluations(self, request):
        limit = self._limit(request)
        start = _number(request, "start", 0, 0)
        found = _sorted(list(self.held.evaluations.values()),
                        request.param("sort") or "creationTime:desc")
        status = request.param("status")
        if status is not None:
            found = [one for one in found if one.member("status") == status]
        for name, value in request.params:
            if name == "property":
                found = self._filtered(found, value)
        shown = found[start:start + limit]
        following = {}
        if start + limit < len(found):
            following["href"] = self._link(f"/segment/jobs?start={start + limit}&limit={limit}")
        return Answer.json({"_page": {"totalCount": len(found), "pageSize": len(shown)},
                            "children": [one.value() for one in shown],
                            "_links": {"next": following}})

    def _evaluation(self, _, name):
        job = self._find(self.held.evaluations, name)
        self.held.look_at(job)
        return Answer.json(job.value())

    def _evaluate(self, request):
        body = request.json(self.world.switches["content_type"] == "enforced")
        most = self.world.switches["segment_jobs_at_most"]
        if most and self.held.running() >= most:
            raise Wrong(429, "There are too many segmentation jobs in processing at the moment")
        refused = evaluations.refusal(body, self.world)
        if refused:
            raise Wrong(400, refused)
        job = self.held.evaluate(body)
        return Answer.json(job.value()).of(job.id)

    def _cancel_evaluation(self, _, name):
        self.held.cancel_evaluation(self._find(self.held.evaluations, name))
        return Answer(204)

    # Export jobs

    def _offset(self, job):
        """Where a page goes on: after this job."""
        text = f"{job.created}_{job.id}"
        if self.world.switches["export_offset"] == "opaque":
            text = base64.b64encode(b"\xff\xfe" + text.encode()).decode()
        return text

    def _after(self, text):
        if self.world.switches["export_offset"] == "opaque":
            try:
                text = base64.b64decode(text, validate=True)[2:].decode()
            except (binascii.Error, ValueError):
                text = ""
        found = re.fullmatch(r"(\d{1,18})_(\d{1,18})", text)
        if found is None:
            raise Wrong(400, "offset is invalid")
        return int(found[1]), int(found[2])

    def _exports(self, request):
        limit = self._limit(request)
        found = sorted(self.held.exports.values(), key=lambda one: one.cursor, reverse=True)
        status = request.param("status")
        if status is not None:
            if status not in self.world.switches["export_status_filter"]:
                raise Wrong(400, f"status is invalid: {status}")
            found = [one for one in found if one.member("status") == status]
        offset = request.param("offset")
        if offset is not None:
            place = self._after(offset)
            found = [one for one in found if one.cursor < place]
        shown = found[:limit]
        more = len(found) > limit or (self.world.switches["full_page_next"]
                                      and len(found) == limit)
        page = {"sortField": "createdTime", "sort": "desc", "pageSize": len(shown)}
        link = {} if self.world.switches["export_next_end"] == "absent" else {"next": ""}
        if shown:
            page["pageOffset"] = self._offset(shown[-1])
        if more:
            kept = f"&status={status}" if status is not None else ""
            link["next"] = self._link(f"/export/jobs/?limit={limit}"
                                      f"&offset={quote(page['pageOffset'], safe='')}{kept}")
        return Answer.json({"records": [one.value() for one in shown],
                            "page": page, "link": link})

    def _export(self, _, name):
        job = self._find(self.held.exports, name)
        self.held.look_at(job)
        return Answer.json(job.value())

    def _start(self, request):
        body = request.json(self.world.switches["content_type"] == "enforced")
        try:
            exports.check(body, self.world)
        except ValueError as wrong:
            raise Wrong(400, str(wrong)) from None
        job = self.held.export(body)
        made = Answer.json(job.value(), headers={
            "X-Location": self._link(f"/export/jobs/{job.id}")})
        return made.of(job.id)

    def _cancel_export(self, _, name):
        self.held.cancel_export(self._find(self.held.exports, name))
        return Answer.json({"status": True,
                            "message": "Export job has been marked for cancelling"})
