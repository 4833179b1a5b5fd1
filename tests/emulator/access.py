"""Data Access: file lists, part lists and bytes (contract 4)."""

import base64
import binascii
import bisect
import email.utils
import hashlib
from urllib.parse import quote

from . import parts as parts_of
from . import ranges
from .gateway import problem
from .objects import MISSING
from .wire import Answer, Window

BASE = "/data/foundation/export/"
LIMIT = 100


class BadPage(Exception):
    """A start or limit Data Access answers with 400."""


class Access:
    def __init__(self, world):
        self.world = world

    def op(self, request, segments):
        kind = segments[0].lower() if segments else ""
        if kind == "batches" and segments[2:] == ["files"]:
            return "batch_files"
        if kind == "files" and len(segments) == 2:
            if request.param("path") is None:
                return "file_list"
            return "head" if request.method == "HEAD" else "bytes"
        return "other"

    def answer(self, request, segments):
        if request.method not in ("GET", "HEAD"):
            return problem(405, "Only reading is played here")
        kind = segments[0].lower() if segments else ""
        try:
            if kind == "files" and len(segments) == 2:
                return self._file(request, segments[1])
            if kind == "batches" and len(segments) == 3:
                if segments[2] == "files":
                    return self._batch_files(request, segments[1])
                if segments[2] in ("failed", "meta"):
                    return self._diagnostics(request, segments[1], segments[2])
            if kind == "datasets" and segments[2:] == ["preview"]:
                return self._preview(segments[1])
        except BadPage as bad:
            return self._error(400, str(bad))
        return self._error(404, "No such resource")

    def _error(self, status, detail):
        """Data Access documents no error bodies: the shape is a switch (contract 4.8)."""
        shape = self.world.switches["access_errors"]
        if shape == "empty":
            return Answer(status)
        if shape == "text":
            return Answer(status, detail.encode(), "text/plain")
        if shape == "gateway":
            return Answer.json({"error_code": f"{status}000", "message": detail}, status)
        return problem(status, detail)

    # Links

    def href(self, path, query=""):
        switches = self.world.switches
        if switches["href_form"] == "path":
            return f"{path}{'?' + query if query else ''}"
        return (f"{switches['href_scheme']}://{switches['href_host']}"
                f"{switches['href_port']}{path}{'?' + query if query else ''}")

    def _quoted(self, value):
        """Adobe sends `path=` both encoded and raw (contract 1.3)."""
        raw = self.world.switches["href_path"] == "raw"
        return quote(value, safe="/=+:@,;!$'()*" if raw else "")

    # Pages

    def _limit(self, request):
        page = self.world.page()
        try:
            limit = int(request.param("limit") or page)
        except ValueError:
            raise BadPage("limit must be a number") from None
        if not 1 <= limit <= LIMIT:
            raise BadPage(f"limit must be between 1 and {LIMIT}")
        return min(limit, page)

    def _page(self, path, query, entries, total, limit, following):
        """The frame of contract 4.1: links only when there is more than a page."""
        count = self.world.switches["page_count"]
        count = {"page": len(entries), "total": total}.get(count, count)
        claimed = self.world.switches["page_limit"]
        made = {"data": entries,
                "_page": {"limit": limit if claimed == "used" else claimed, "count": count}}
        more = total > len(entries)
        if more:
            made["_links"] = {}
            if following is not None:
                made["_links"]["next"] = {"href": self.href(
                    path, f"{query}start={quote(following, safe='')}&limit={limit}")}
            made["_links"]["page"] = {
                "href": self.href(path, f"{query}start={{start}}&limit={{limit}}"),
                "templated": True}
        return Answer.json(made)

    # Batches

    def _batch_files(self, request, name):
        limit = self._limit(request)
        try:
            start = int(request.param("start") or 0)     # a number here (contract 4.1)
        except ValueError:
            raise BadPage("start must be a number") from None
        if start < 0:
            raise BadPage("start is out of range")
        batch = self.world.batch_for_export(name)
        verdict, files = None, []
        if batch is None:
            verdict = self.world.switches["unknown_batch"]
        elif not self.world.served(batch):
            verdict = self.world.switches["unserved"]
        else:
            files = batch.files
        if verdict == "404":
            return self._error(404, f"Batch {name} was not found")
        if verdict == "403":
            return self._error(403, f"Batch {name} is not accessible")
        page = [self._file_entry(file) for file in files[start:start + limit]]
        following = str(start + limit) if start + limit < len(files) else None
        return self._page(request.raw_path, "", page, len(files), limit, following)

    def _file_entry(self, file):
        made = file.entry()
        made["_links"] = {"self": {"href": self.href(
            f"{BASE}files/{quote(file.id, safe='')}")}}
        return made

    # Directories

    def _file(self, request, name):
        file = self.world.files.get(name)
        if file is None or not self.world.served(file.batch):
            return self._error(404, f"File {name} was not found")
        path = request.param("path")
        where = f"{BASE}files/{quote(name, safe='')}"
        if path is not None:
            part = file.part(path)
            if part is not None:
                return self._bytes(request, file, part)
            below = file.below(path) if path else []
            if not below:
                return self._error(404, f"No file {path} in {name}")
            return self._listing(request, where, below, path.rstrip("/") + "/", None)
        if request.method == "HEAD":
            return self._error(400, "path is required")
        return self._listing(request, where, file.parts, "", file)

    def _listing(self, request, where, found, folder, file, deep=None):
        """Parts and nested files, in shape A, B or C (contract 4.3)."""
        if deep is None:
            deep = self.world.switches["nested"] == "dirs"
        shape = self.world.switches["shape"]
        if file is not None:
            shape = file.spec.get("shape", shape)
        entries, seen = [], set()
        for part in found:
            rest = part.path[len(folder):]
            if deep and "/" in rest:
                name = rest.split("/", 1)[0]
                if name not in seen:
                    seen.add(name)
                    entries.append((folder + name, name, 0))
            else:
                entries.append((part.path, part.name, part.listed))
        keys = [entry[0] for entry in entries]
        nested = file.nested if file is not None else []
        if shape == "C":
            return Answer.json([self._part_entry(where, *e, numeric=True) for e in entries]
                               + [self._file_entry(inner) for inner in nested])
        limit = self._limit(request)
        start = self._position(request.param("start"), keys, nested)
        numeric = self.world.switches["numeric_length"]
        page = [self._part_entry(where, *e, numeric=numeric)
                for e in entries[start:start + limit]]
        if len(page) < limit:
            skip = max(0, start - len(entries))
            page += [self._file_entry(one) for one in nested[skip:skip + limit - len(page)]]
        total = len(entries) + len(nested)
        following = None
        if start + limit < total:
            names = keys + [one.id for one in nested]
            following = self._cursor(names[start + limit])
        query = f"path={self._quoted(folder.rstrip('/'))}&" if folder else ""
        return self._page(where, query, page, total, limit, following)

    def _cursor(self, name):
        if self.world.switches["cursor"] == "opaque":
            return base64.urlsafe_b64encode(name.encode()).decode()
        return name

    def _position(self, start, keys, nested):
        """Where a page starts. The cursor is the name of its first entry; a
        number is no position here but just a name that nothing bears."""
        if not start:
            return 0
        if self.world.switches["cursor"] == "opaque":
            try:
                start = base64.urlsafe_b64decode(start.encode()).decode()
            except (binascii.Error, UnicodeDecodeError):
                raise BadPage("start is no cursor") from None
        for index, inner in enumerate(nested):
            if inner.id == start:
                return len(keys) + index
        return bisect.bisect_left(keys, start)

    def _part_entry(self, where, path, name, length, numeric):
        return {"name": name, "length": length if numeric else str(length),
                "_links": {"self": {"href": self.href(where, "path=" + self._quoted(path))}}}

    # Bytes

    def _bytes(self, request, file, part):
        switches = self.world.switches
        headers = {"Content-Type": part.content_type()}
        if switches["accept_ranges"]:
            headers["Accept-Ranges"] = "bytes"
        tag = None
        if switches["etag"]:
            mark = hashlib.sha256(f"{file.id}/{part.path}/{part.length}".encode())
            tag = f'"{mark.hexdigest()[:16]}"'
            headers["ETag"] = "W/" + tag if switches["etag"] == "weak" else tag
        if switches["last_modified"]:
            headers["Last-Modified"] = email.utils.formatdate(
                file.batch.created / 1000, usegmt=True)
        if request.method == "HEAD":
            answer = Answer(200, headers=headers)
            answer.sized = part.length
            return answer
        wanted = request.headers.get("if-match")
        if tag and wanted not in (None, "*", tag):
            return Answer(412)
        asked = ranges.IGNORED
        if request.range and switches["ranges"]:
            if request.headers.get("if-range") in (None, tag):
                asked = ranges.parse(request.range, part.length)
        if asked == ranges.UNSATISFIABLE:
            if switches["past_end"] == "empty":
                headers["Content-Range"] = (
                    f"{request.range.replace('=', ' ', 1)}/{part.length}")
                return Answer(206, headers=headers)
            return Answer(416, headers={"Content-Range": f"bytes */{part.length}"})
        if asked == ranges.IGNORED:
            return Answer(200, Window(part, 0, part.length), headers=headers)
        first, last = asked
        if switches["range_at_most"]:
            last = min(last, first + switches["range_at_most"] - 1)
        end = min(last, part.length - 1)
        shown = end if switches["clamp_range"] else last
        headers["Content-Range"] = f"bytes {first}-{shown}/{part.length}"
        return Answer(206, Window(part, first, end - first + 1), headers=headers)

    # Diagnostics and preview

    def _diagnostics(self, request, name, kind):
        """`/failed` and `/meta`: the same listing, always with directories (contract 4.6)."""
        batch = self.world.batch_for_export(name) or self.world.batches.get(name)
        specs = None if batch is None else batch.spec.get(kind)
        if batch is not None and specs is None and kind == "failed":
            if batch.member("status") in ("failed", "failure"):
                specs = [{"path": "_SUCCESS", "length": 0},
                         {"path": "part-00000-failed.json", "text": '{"row":1}\n'}]
        if specs is None:
            return self._error(404, f"Batch {name} has no {kind} files")
        found = parts_of.expand(specs, batch.counters, self.world.base)
        where = f"{BASE}batches/{quote(name, safe='')}/{kind}"
        path = request.param("path")
        if not path:
            return self._listing(request, where, found, "", None, deep=True)
        for part in found:
            if part.path == path:
                file = batch.files[0] if batch.files else parts_of.File({}, 1, batch,
                                                                        self.world.base)
                return self._bytes(request, file, part)
        folder = path.rstrip("/") + "/"
        below = [part for part in found if part.path.startswith(folder)]
        if not below:
            return self._error(404, f"No file {path}")
        return self._listing(request, where, below, folder, None, deep=True)

    def _preview(self, name):
        dataset = self.world.datasets.get(name)
        if dataset is None:
            return self._error(404, f"Dataset {name} was not found")
        rows = dataset.spec.get("preview", MISSING)
        if rows is MISSING:
            rows = [{"row": n, "value": n * n} for n in range(100)]
        return Answer.json({"data": rows[:100]})
