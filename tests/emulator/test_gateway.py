"""Contract sections 1 and 2: the gateway's refusals, and IMS."""

import base64
import gzip
import json
import time
from urllib.parse import urlencode

import pytest

from .probe import ORG, Probe

WORLD = {"datasets": [{"id": "a" * 24, "name": "One"}]}
SCOPES = "openid,AdobeID,read_organizations,additional_info.projectedProductContext,session"
GRANT = {"grant_type": "client_credentials", "client_id": "emulator-key",
         "client_secret": "emulator-secret", "scope": SCOPES}


def ask_token(probe, form, path="/ims/token/v3", query=""):
    return probe.ask("POST", path + query, urlencode(form), without=probe.credentials,
                     Content_Type="application/x-www-form-urlencoded")


def payload(token):
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


# The gateway

@pytest.mark.parametrize("missing, status, body", [
    ("Authorization", 403, {"error_code": "403010", "message": "Oauth token is missing."}),
    ("x-gw-ims-org-id", 400, {"error_code": "400003", "message": "Missing header"}),
    ("x-api-key", 403, {"error_code": "403000", "message": "Api Key is required"}),
    ("x-sandbox-name", 400, {"error_code": "400003", "message": "Missing header"})])
@pytest.mark.parametrize("target", ["/data/foundation/catalog/dataSets",
                                    "/data/foundation/export/files/x"])
def test_a_missing_header(probe, target, missing, status, body):
    answer = probe.ask("GET", target, without=[missing])
    assert (answer.status, answer.json()) == (status, body)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("headers, status, code", [
    ({"Authorization": "Bearer nonsense"}, 401, "401013"),
    ({"Authorization": "Basic eDp5"}, 401, "401013"),
    ({"x-api-key": "another"}, 403, "403003"),
    ({"x-gw-ims-org-id": "not an org"}, 403, "403027"),
    ({"x-gw-ims-org-id": "F" * 24 + "@AdobeOrg"}, 403, "403025")])
def test_a_wrong_header(probe, headers, status, code):
    answer = probe.catalog("dataSets", **headers)
    assert (answer.status, answer.json()["error_code"]) == (status, code)


def test_a_wrong_sandbox(probe):
    answer = probe.catalog("dataSets", **{"x-sandbox-name": "other"})
    assert (answer.status, answer.json()["title"]) == (403, "ForbiddenError")


@pytest.mark.parametrize("shape, status, member", [
    ("gateway", 403, "error_code"), ("404", 404, "title"), ("400", 400, "title")])
def test_an_unknown_sandbox_has_no_documented_answer(platform, probe, shape, status, member):
    platform.switch(sandbox_error=shape)
    answer = probe.catalog("dataSets", **{"x-sandbox-name": "other"})
    assert answer.status == status and member in answer.json()
    assert probe.catalog("dataSets").status == 200


def test_accept_may_be_enforced(platform, probe):
    for given, free, enforced in (("*/*", 200, 200), ("application/json", 200, 200),
                                  ("text/html, application/*;q=0.5", 200, 200),
                                  ("text/html", 200, 406)):
        platform.switch(accept="any")
        assert probe.catalog("dataSets", Accept=given).status == free
        platform.switch(accept="enforced")
        assert probe.catalog("dataSets", Accept=given).status == enforced
    assert probe.catalog("dataSets").status == 200


def test_the_order_of_the_checks(probe):
    codes = []
    without = list(probe.credentials)
    while without:
        codes.append(probe.ask("GET", "/data/foundation/catalog/dataSets",
                               without=without).json()["error_code"])
        without.remove({"403010": "Authorization", "403000": "x-api-key",
                        "400003": "x-gw-ims-org-id" if "x-gw-ims-org-id" in without
                        else "x-sandbox-name"}[codes[-1]])
    assert codes == ["403010", "400003", "403000", "400003"]


def test_the_sandbox_may_be_optional(platform, probe):
    platform.switch(sandbox_required=False)
    assert probe.ask("GET", "/data/foundation/catalog/dataSets",
                     without=["x-sandbox-name"]).status == 200


def test_only_who_asks_gets_gzip(platform, probe):
    plain = probe.catalog("dataSets")
    assert "Content-Encoding" not in plain.headers
    small = probe.catalog("dataSets", Accept_Encoding="gzip")
    assert small.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(small.body)) == plain.json()
    assert "Content-Encoding" not in probe.catalog("dataSets",
                                                   Accept_Encoding="gzip;q=0, br").headers
    platform.switch(gzip="none")
    assert "Content-Encoding" not in probe.catalog("dataSets", Accept_Encoding="gzip").headers


def test_too_many_at_once_is_a_500(platform, probe):
    platform.switch(max_in_flight=1)
    platform.rules([{"match": {"query": "limit=7"}, "stall": "head", "times": 1}])
    held = probe.raw("/data/foundation/catalog/dataSets?limit=7")
    while platform.state()["in_flight"] == 0:
        time.sleep(0.01)
    assert probe.catalog("dataSets").status == 500
    held.close()
    while platform.state()["in_flight"]:
        time.sleep(0.01)
    assert probe.catalog("dataSets").status == 200


def test_only_reading(probe):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert probe.ask(method, "/data/foundation/catalog/batches", b"{}").status == 405
        assert probe.ask(method, "/data/foundation/export/files/x", b"{}").status == 405


# IMS

def test_either_token_path_may_be_gone(platform, probe):
    for there, gone in (("v2", "v3"), ("v3", "v2")):
        platform.switch(ims_versions=[there])
        assert ask_token(probe, GRANT, "/ims/token/" + there).status == 200
        assert ask_token(probe, GRANT, "/ims/token/" + gone).status == 404


@pytest.mark.parametrize("path", ["/ims/token/v2", "/ims/token/v3"])
def test_a_token_from_the_body(platform, probe, path):
    answer = ask_token(probe, GRANT, path)
    assert answer.status == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 86399)
    assert Probe(platform, answer.json()["access_token"]).catalog("dataSets").status == 200
    assert platform.count("token") == 1


@pytest.mark.parametrize("path", ["/ims/token/v2", "/ims/token/v3"])
def test_a_token_from_the_query(probe, path):
    assert ask_token(probe, {}, path, "?" + urlencode(GRANT)).status == 200
    rest = {k: v for k, v in GRANT.items() if k != "client_id"}
    assert ask_token(probe, rest, path, "?client_id=emulator-key").status == 200


def test_the_token_tells_its_end(probe):
    token = ask_token(probe, GRANT).json()["access_token"]
    assert token.count(".") == 2 and "=" not in token
    said = payload(token)
    assert said["type"] == "access_token"
    assert said["expires_in"] == "86399000"
    assert isinstance(said["created_at"], str)
    assert abs(int(said["created_at"]) / 1000 - time.time()) < 60


@pytest.mark.parametrize("change, code", [
    ({"client_id": "another"}, "invalid_client"),
    ({"client_secret": "another"}, "invalid_client"),
    ({"scope": "openid AdobeID"}, "invalid_scope"),
    ({"scope": "openid, AdobeID"}, "invalid_scope"),
    ({"scope": ""}, "invalid_scope"),
    ({"grant_type": "password"}, "unsupported_grant_type")])
def test_ims_errors(platform, probe, change, code):
    answer = ask_token(probe, {**GRANT, **change})
    assert (answer.status, answer.json()["error"]) == (400, code)
    assert answer.json()["error_description"]
    platform.switch(ims_error_status=401)
    assert ask_token(probe, {**GRANT, **change}).status == 401


def test_ims_reads_forms_only(probe):
    answer = probe.ask("POST", "/ims/token/v3", json.dumps(GRANT),
                       Content_Type="application/json")
    assert answer.status == 400
    assert probe.ask("GET", "/ims/token/v3?" + urlencode(GRANT)).status == 405


def test_milliseconds(platform, probe):
    platform.tokens(unit="ms", lifetime_s=100)
    assert ask_token(probe, GRANT).json()["expires_in"] == 100_000
    platform.tokens(unit="s")
    assert ask_token(probe, GRANT).json()["expires_in"] == 100


def test_a_short_lived_token(platform):
    probe = Probe(platform, platform.mint(0.3))
    assert probe.catalog("dataSets").status == 200
    time.sleep(0.35)
    assert probe.catalog("dataSets").json()["error_code"] == "401013"


def test_ims_hands_out_short_lived_tokens(platform, probe):
    platform.tokens(lifetime_s=0.3)
    short = Probe(platform, ask_token(probe, GRANT).json()["access_token"])
    assert short.catalog("dataSets").status == 200
    time.sleep(0.35)
    assert short.catalog("dataSets").status == 401


def test_an_opaque_token_and_a_false_claim(platform):
    opaque = platform.mint(60, opaque=True)
    assert "." not in opaque
    assert Probe(platform, opaque).catalog("dataSets").status == 200
    assert payload(platform.mint(60, claimed_s=5))["expires_in"] == "5000"


def test_revocation(platform):
    first, second = Probe(platform), Probe(platform)
    platform.revoke(first.credentials["Authorization"].split()[1])
    assert first.catalog("dataSets").status == 401
    assert second.catalog("dataSets").status == 200
    platform.revoke()
    assert second.catalog("dataSets").status == 401
    assert Probe(platform).catalog("dataSets").status == 200


def test_a_revoked_token_works_a_little_longer(platform, probe):
    platform.switch(revocation_lag_s=0.3)
    platform.revoke()
    assert probe.catalog("dataSets").status == 200
    time.sleep(0.35)
    assert probe.catalog("dataSets").status == 401


def test_the_record_names_tokens_without_giving_them_away(platform, probe):
    probe.catalog("dataSets")
    Probe(platform).catalog("dataSets")
    probe.ask("GET", "/data/foundation/catalog/dataSets", without=["Authorization"])
    one, two, three = platform.record()
    assert one["token"] != two["token"] and three["token"] is None
    assert one["token"] not in probe.credentials["Authorization"]
    assert one["credential_headers"] == ["authorization", "x-api-key", "x-gw-ims-org-id",
                                         "x-sandbox-name"]
    assert "authorization" not in three["credential_headers"]
    assert ORG not in str(one)
