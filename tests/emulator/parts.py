"""Part files and dataSetFile objects: what Data Access lists and serves."""

import os
import re
import zlib

from . import content

PLACE = re.compile(r"\{([nbd])(:[^{}]*)?\}")


def fill(value, counters):
    """Put the repeat counters into the `{n}`, `{b}`, `{d}` of every string."""
    if not counters:
        return value
    if isinstance(value, str):
        if "{" not in value:
            return value
        return PLACE.sub(
            lambda m: format(counters[m[1]], (m[2] or ":")[1:]) if m[1] in counters else m[0],
            value)
    if isinstance(value, dict):
        return {fill(k, counters): fill(v, counters) for k, v in value.items()}
    if isinstance(value, list):
        return [fill(v, counters) for v in value]
    return value


def numbers(spec):
    """The counter of a repeated object: `repeat` of them from `first` on."""
    first = spec.get("first", 0)
    return range(first, first + spec["repeat"])


class Part:
    """One part file. `listed` is the length a listing claims (contract 8.11
    wants one that differs from the real length)."""

    __slots__ = ("path", "length", "listed", "seed", "data", "source")

    def __init__(self, spec, counters, base, index=None):
        if index is not None:
            counters = dict(counters, n=index)
        self.path = fill(spec["path"], counters)
        self.seed = self.data = self.source = None
        if "file" in spec:
            self.source = os.path.join(base, fill(spec["file"], counters))
            self.length = os.stat(self.source).st_size
        elif "text" in spec:
            self.data = fill(spec["text"], counters).encode()
            self.length = len(self.data)
        else:
            seed = spec.get("seed")
            if seed is None:
                seed = zlib.crc32(spec["path"].encode())
            self.seed = content.seed_of(seed, index or 0, counters.get("b", 0),
                                        counters.get("d", 0))
            self.length = spec.get("length", 0)
        self.listed = spec.get("listed_length", self.length)

    def read(self, offset, length):
        length = max(0, min(length, self.length - offset))
        if self.data is not None:
            return self.data[offset:offset + length]
        if self.source is None:
            return content.read(self.seed, offset, length)
        with open(self.source, "rb", buffering=0) as handle:
            return os.pread(handle.fileno(), length, offset)

    @property
    def name(self):
        """The basename: the whole path stands only in the href (contract 4.3)."""
        return self.path.rsplit("/", 1)[-1]

    def content_type(self):
        end = self.path.rsplit(".", 1)[-1]
        return {"parquet": "application/parquet", "csv": "application/csv",
                "json": "application/json", "txt": "text/plain"}.get(
                    end, "application/octet-stream")


def expand(specs, counters, base):
    """Parts in lexical order, which a filename cursor suggests (contract 4.3)."""
    parts = []
    for spec in specs:
        if "repeat" in spec:
            parts.extend(Part(spec, counters, base, n) for n in numbers(spec))
        else:
            parts.append(Part(spec, counters, base))
    parts.sort(key=lambda part: part.path)
    return parts


class File:
    """A dataSetFile: a directory of parts, or of further dataSetFiles."""

    __slots__ = ("id", "spec", "batch", "base", "_parts", "nested", "_index")

    def __init__(self, spec, number, batch, base, parent=None):
        owner = parent or batch.id
        self.id = fill(spec.get("id", f"{owner}-{number}"), batch.counters)
        self.spec = spec
        self.batch = batch
        self.base = base
        self._parts = self._index = None
        self.nested = [File(inner, i + 1, batch, base, self.id)
                       for i, inner in enumerate(spec.get("files", []))]

    @property
    def parts(self):
        if self._parts is None:
            self._parts = expand(self.spec.get("parts", []), self.batch.counters, self.base)
        return self._parts

    def part(self, path):
        if self._index is None:
            self._index = {part.path: part for part in self.parts}
        return self._index.get(path)

    def below(self, folder):
        """The parts under the directory `folder`."""
        start = folder.rstrip("/") + "/"
        return [part for part in self.parts if part.path.startswith(start)]

    def walk(self):
        yield self
        for inner in self.nested:
            yield from inner.walk()

    def entry(self):
        """The object of contract 4.1, without its link; times are strings."""
        created = self.spec.get("created", self.batch.created)
        made = {"dataSetFileId": self.id,
                "dataSetViewId": self.batch.dataset.view,
                "version": "1.0.0",
                "created": str(created),
                "updated": str(self.spec.get("updated", created)),
                # False on good files in every realistic sample (contract 4.1).
                "isValid": False}
        made.update(fill(self.spec.get("fields", {}), self.batch.counters))
        for name in self.spec.get("omit", ()):
            made.pop(name, None)
        return made
