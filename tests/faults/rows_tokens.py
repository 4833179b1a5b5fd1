"""Conditions of the token service, at the mount and while mounted."""

from row import TIMEOUT, Condition
from rows_bytes import DENIED, EIO, HTML, html

TOKEN = {"op": "token"}
MOUNT = ("mount",)
REFUSED = frozenset({"exit 1"})
WAYS = ("direct", "readdir")
INVALID = {"status": 400, "body": {"error": "invalid_client", "error_description": "No"}}


def rule(match=TOKEN, **effects):
    return ({"match": match, **effects},)


def once(**effects):
    return rule(times=1, **effects)


def at_mount(name, words, expect=None, **more):
    more.setdefault("bound", TIMEOUT + 2)
    wanted = {} if expect is None else {"expect": expect}
    return Condition("token-" + name, words + ", at the mount", MOUNT, scene="mount",
                     other=None, lifted=False, **wanted, **more)


TOKENS = [
    at_mount("down", "the token service refuses connections", REFUSED,
             env={"CAIFS_IMS_ENDPOINT": "http://127.0.0.1:9"}),
    at_mount("500-once", "500 of the token service, once", rules=once(status=500),
             count={"token": (2, 2)}),
    at_mount("500-always", "500 of the token service, always", REFUSED, rules=rule(status=500)),
    at_mount("429-once", "429 of the token service, once", rules=once(status=429),
             count={"token": (2, 2)}),
    at_mount("invalid-client", "invalid_client", REFUSED, rules=rule(**INVALID),
             says="invalid_client"),
    at_mount("garbage", "HTML instead of a token", REFUSED, rules=rule(**html(200))),
    at_mount("nothing", "an answer without a token", REFUSED, rules=rule(json="{}")),
    at_mount("blank", "a token with a line break in it", REFUSED,
             rules=rule(json='{"access_token":"a\\nX-Evil: 1","expires_in":86399}')),
    at_mount("redirect", "the token service redirects to another host: not followed", REFUSED,
             rules=rule(redirect="{foreign}{path}", status=307)),
    at_mount("stall", "the token service says nothing", REFUSED, rules=rule(stall="head"),
             bound=2 * TIMEOUT + 1),
    at_mount("wrong-secret", "a wrong client secret", REFUSED,
             env={"CAIFS_CLIENT_SECRET": "not-the-one-of-the-platform"}),
    at_mount("root-500", "500 for the list of datasets, once",
             rules=({"match": {"op": "datasets"}, "times": 1, "status": 500},)),
    at_mount("root-html", "HTML for the list of datasets", REFUSED,
             rules=({"match": {"op": "datasets"}, **html(200)},)),
    at_mount("root-403", "403 for the list of datasets", REFUSED,
             rules=({"match": {"op": "datasets"}, "gateway_error": "403027"},)),
    at_mount("root-redirect", "the list of datasets redirects to another host", REFUSED,
             rules=({"match": {"op": "datasets"}, "redirect": "{foreign}{path}?{query}"},)),
] + [
    Condition("token-live-" + name, words + ", while mounted", WAYS, expect, rules=rules,
              other="cached", scene="renewal", recovery=recovery, lifted=lifted)
    for name, words, expect, rules, recovery, lifted in (
        ("500-once", "500 of the token service, once", frozenset({"right"}),
         once(status=500), 8, True),
        ("500-always", "500 of the token service, always", EIO, rule(status=500), 8, True),
        ("reset-always", "the token service resets", EIO, rule(reset_at=0), 8, True),
        ("html", "HTML instead of a token", EIO, rule(status=200, body=HTML), 8, True),
        ("invalid", "invalid_client", DENIED, rule(**INVALID), 8, False),
    )
] + [
    Condition("token-old-serves", "the token service is down, the old token lives",
              ("direct", "readdir"), rules=rule(status=500), scene="expiry", lifted=False),
]
