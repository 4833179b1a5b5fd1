"""Catalog's query language: filters, order, paging, projection (contract 3.2)."""

import json
import re

from .objects import MISSING

PLAIN = {"limit", "start", "offset", "orderBy", "sort", "properties", "property",
         "tags", "aggregate"}
TIMES = {"createdAfter": ("created", None, 1), "createdBefore": ("created", None, -1),
         "startAfter": ("availableDates", "startDate", 1),
         "startBefore": ("availableDates", "startDate", -1),
         "endAfter": ("availableDates", "endDate", 1),
         "endBefore": ("availableDates", "endDate", -1)}
EXPRESSION = re.compile(r"(!)?([^!~=<>]+?)(?:(==|!=|<=|>=|<|>|~)(.*))?", re.S)
LIMIT = 100
DEFAULT = 20


class BadQuery(Exception):
    """A query Catalog answers with 400."""


def text_of(value):
    """A member as a query spells it."""
    return value if isinstance(value, str) else json.dumps(value)


def wild(pattern):
    """`*` matches anything, `**` is a literal asterisk."""
    pieces = [".*" if one == "*" else re.escape("*" if one == "**" else one)
              for one in re.findall(r"\*\*|\*|[^*]+", pattern)]
    return re.compile("".join(pieces), re.S)


def equal(name, wanted):
    """A test of one value; only the name knows wildcards."""
    if name == "name" and "*" in wanted:
        match = wild(wanted).fullmatch
        return lambda value: isinstance(value, str) and match(value) is not None
    return lambda value: value is not MISSING and text_of(value) == wanted


def _number(text, what):
    try:
        return int(text)
    except ValueError:
        raise BadQuery(f"{what} must be a number: {text}") from None


def _compare(sign, wanted):
    def test(value):
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            return False
        right = wanted
        if not isinstance(value, str):
            try:
                right = float(wanted) if "." in wanted else int(wanted)
            except ValueError:
                return False
        return {"<": value < right, "<=": value <= right,
                ">": value > right, ">=": value >= right}[sign]
    return test


def expression(text):
    """`property=`: exists, not exists, regular expression, comparison."""
    parsed = EXPRESSION.fullmatch(text)
    if parsed is None:
        raise BadQuery(f"property expression: {text}")
    negated, name, sign, wanted = parsed.groups()
    if sign is None:
        return lambda r: (r.member(name) is MISSING) == bool(negated)
    if negated:
        raise BadQuery(f"property expression: {text}")
    if sign == "~":
        try:
            search = re.compile(wanted).search
        except re.error:
            raise BadQuery(f"regular expression: {wanted}") from None

        def test(value):
            return isinstance(value, str) and search(value) is not None
    elif sign == "==":
        test = equal(name, wanted)
    elif sign == "!=":
        same = equal(name, wanted)

        def test(value):
            return value is not MISSING and not same(value)
    else:
        test = _compare(sign, wanted)
    return lambda r: test(r.member(name))


def simple(name, wanted):
    """`prop=value`, `prop=v1,v2` (any of), `prop=!v1,v2` (none of)."""
    none_of = wanted.startswith("!")
    tests = [equal(name, one) for one in wanted.lstrip("!").split(",")]

    def test(record):
        values = record.values(name)
        return any(check(value) for check in tests for value in values) != none_of
    return test


def tags(text):
    """`ns:value[,ns2:value2]`, all of them, with `*` in a value."""
    wanted = []
    for one in text.split(","):
        space, colon, value = one.partition(":")
        if not colon:
            raise BadQuery(f"tags: {one}")
        wanted.append((space, wild(value).fullmatch))

    def test(record):
        held = record.member("tags")
        if not isinstance(held, dict):
            return False
        for space, match in wanted:
            values = held.get(space, [])
            values = values if isinstance(values, list) else [values]
            if not any(match(text_of(value)) for value in values):
                return False
        return True
    return test


def between(name, wanted):
    """The exclusive bounds `createdAfter`, `createdBefore` and their like."""
    member, inner, sign = TIMES[name]
    bound = _number(wanted, name)

    def test(record):
        value = record.member(member)
        if inner is not None:
            value = value.get(inner) if isinstance(value, dict) else MISSING
        return isinstance(value, (int, float)) and (value - bound) * sign > 0
    return test


def filters(params):
    """The tests a record must pass: different parameters add up."""
    tests = []
    for name, value in params:
        if name == "property":
            tests.append(expression(value))
        elif name == "tags":
            tests.append(tags(value))
        elif name in TIMES:
            tests.append(between(name, value))
        elif name not in PLAIN:
            tests.append(simple(name, value))
    return tests


def order(params):
    """(member, descending) pairs of `orderBy`, or of the older `sort`."""
    given = dict(params)
    text = given.get("orderBy", given.get("sort"))
    keys = []
    for one in (text or "").split(","):
        way, colon, name = one.rpartition(":")
        if colon and way not in ("asc", "desc") or (text and not name):
            raise BadQuery(f"orderBy: {one}")
        if name:
            keys.append((name, way == "desc"))
    return keys


def _rank(value):
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return (2, json.dumps(value))
    return (1, value) if isinstance(value, str) else (0, value)


def arranged(records, keys):
    """Sorted by `keys`; objects without the member come last, either way."""
    for name, down in reversed(keys):
        held, without = [], []
        for record in records:
            value = record.member(name)
            if value is MISSING:
                without.append(record)
            else:
                held.append((_rank(value), record))
        held.sort(key=lambda pair: pair[0], reverse=down)
        records = [record for _, record in held] + without
    return records


def paging(params):
    """Start and limit; anything out of range is a 400 (contract 3.2)."""
    given = dict(params)
    start = _number(given.get("start", given.get("offset", "0")), "start")
    limit = _number(given.get("limit", str(DEFAULT)), "limit")
    most = LIMIT
    if "observableSchema" in given.get("properties", "").split(","):
        most = 20
    if start < 0:
        raise BadQuery(f"start is out of range: {start}")
    if not 1 <= limit <= most:
        raise BadQuery(f"limit must be between 1 and {most}: {limit}")
    return start, limit


def projected(record, params):
    """The members `properties` names; `{}` when the object has none of them."""
    names = dict(params).get("properties")
    if not names:
        return record.value()
    made = {}
    for name in names.split(","):
        value = record.member(name)
        if value is not MISSING:
            made[name] = value
    return made
