"""What goes wrong: at the start, with the token, and in each answer.

Usage and configuration that is plainly wrong is in test_usage.py.
"""

import json
import os
import re
import signal
import stat
import subprocess
import time

import pytest

import access
import tracing
import worlds
from conftest import until
from emulator import content
from worlds import FOLDER, KEY, MIB, NAME, ORG, SECRET, batch, batch_id, dataset, \
    part, scores, world

PART = worlds.path("p")


def refused(runs, platform, code, options={}, env={}, says=(), source=None):
    """A run that must fail with `code` and one line that says each of `says`."""
    one = runs()
    found = one.begin(platform, options, env, source=source, log=False)
    lines = one.stderr().splitlines()
    assert found == code, (found, lines)
    assert not one.mounted() and one.pid is None
    assert len(lines) == 1, lines
    for word in says:
        assert re.search(word, lines[0], re.IGNORECASE), (word, lines[0])
    return lines[0]


# Wrong usage

def test_too_many_words(runs, emulator):
    one = runs()
    done = subprocess.run([one.program, "a", "b", "c"], env=one.environment(emulator(), {}),
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=20)
    assert done.returncode == 2 and done.stderr
    done = subprocess.run([one.program], env=one.environment(None, {}), timeout=20,
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert done.returncode == 2 and done.stderr


# A platform that refuses, or is not there: exit 1, one line

EVERYTHING = [{"match": {"op": op}} for op in ("datasets", "dataset", "batches")]


def test_a_wrong_key(emulator, runs):
    platform = emulator(scores())
    refused(runs, platform, 1, env={"CAIFS_API_KEY": "other",
                                    "CAIFS_ACCESS_TOKEN": platform.mint(),
                                    "CAIFS_CLIENT_SECRET": None},
            says=["403", "403003", "api.key"])


def test_a_wrong_organisation(emulator, runs):
    platform = emulator(scores())
    refused(runs, platform, 1, env={"CAIFS_IMS_ORG": "F" * 24 + "@AdobeOrg"},
            says=["403", "403025"])


@pytest.mark.parametrize("status", [400, 401])
def test_a_wrong_secret(emulator, runs, status):
    platform = emulator(world(switches={"ims_error_status": status}))
    refused(runs, platform, 1, env={"CAIFS_CLIENT_SECRET": "wrong"},
            says=[str(status), "invalid_client", "secret"])
    assert platform.count("token") == 1


def test_a_wrong_sandbox(emulator, runs):
    refused(runs, emulator(), 1, {"sandbox_name": "none"}, says=["403", "sandbox"])


def test_a_platform_that_is_none(emulator, runs):
    platform = emulator(scores())
    platform.rules([{**one, "body": "<html>Welcome</html>", "content_type": "text/html"}
                    for one in EVERYTHING])
    refused(runs, platform, 1)


# Configuration files

FORMS = {
    "ours": {"ims_org": ORG, "api_key": KEY, "client_secret": SECRET},
    "credential": {"client_id": KEY, "client_secrets": [SECRET], "ims_org_id": ORG,
                   "technical_account_id": "0@techacct.adobe.com",
                   "technical_account_email": "0@techacct.adobe.com",
                   "scopes": ["openid", "AdobeID", "read_organizations", "session"]},
    "aepp capitals": {"ORG_ID": ORG, "CLIENT_ID": KEY, "SECRET": SECRET, "SANDBOX-NAME": "prod"},
}
ALONE = {"CAIFS_IMS_ORG": None, "CAIFS_API_KEY": None, "CAIFS_CLIENT_SECRET": None}


def written(path, value, mode=0o600):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize("form", FORMS)
def test_config_files_of_others_work_as_they_are(emulator, mount, tmp_path, form):
    config = written(tmp_path / "c.json", FORMS[form])
    mounted = mount(emulator(scores()), env=ALONE, config=config)
    assert access.run(os.listdir, mounted.path) == [NAME]


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o620, 0o602])
@pytest.mark.parametrize("form", ["ours", "credential"])
def test_a_secret_that_others_can_read_is_refused(emulator, runs, tmp_path, mode, form):
    config = written(tmp_path / "c.json", FORMS[form], mode)
    line = refused(runs, emulator(), 2, {"config": config}, env=ALONE,
                   says=[re.escape(config), "chmod|0?600"])
    assert SECRET not in line


@pytest.mark.parametrize("text", ["{", "", "[]", '{"a": 1} garbage', '{"ttl": "soon"}',
                                  "\0" * 50, "[" * 5000],
                         ids=range(7))
def test_a_config_file_that_is_none(emulator, runs, tmp_path, text):
    config = written(tmp_path / "c.json", text)
    refused(runs, emulator(), 2, {"config": config}, says=[re.escape(config)])


def test_a_source_names_a_configuration(emulator, mount, runs, tmp_path):
    platform = emulator(scores())
    home = {**ALONE, "XDG_CONFIG_HOME": str(tmp_path)}
    written(tmp_path / "caifs" / "luma.json", FORMS["ours"])
    written(tmp_path / "caifs" / "config.json", {**FORMS["ours"], "dataset": "wrong/"})
    mounted = mount(platform, env=home, source="luma")
    with open("/proc/self/mounts", encoding="utf-8") as handle:
        line, = [one for one in handle if f" {mounted.path} " in one]
    assert line.startswith(f"luma {mounted.path} fuse.caifs ro,nosuid,nodev,noexec,")
    refused(runs, platform, 2, env=home, source="other", says=["other"])
    refused(runs, platform, 2, env=home, source="../caifs/luma")
    written(tmp_path / "caifs" / "config.json", FORMS["ours"])
    assert access.run(os.listdir, mount(platform, env=home, source="caifs").path) == [NAME]
    assert access.run(os.listdir, mount(platform, env=home).path) == [NAME]


# Tokens

def tokenless(**more):
    return {"CAIFS_CLIENT_SECRET": None, **more}


def test_a_ready_made_token(emulator, mount):
    platform = emulator(scores())
    for opaque in (False, True):
        mounted = mount(platform, env=tokenless(CAIFS_ACCESS_TOKEN=platform.mint(opaque=opaque)))
        assert access.run(os.listdir, mounted.path) == [NAME]
    assert platform.count("token") == 0


def test_a_token_file_is_read_again_when_it_changes(emulator, mount, tmp_path):
    platform = emulator(scores(part("p", 100, 3)))
    place = tmp_path / "token"
    mounted = mount(platform, env=tokenless(
        CAIFS_TOKEN_FILE=written(place, platform.mint() + "\n")))
    assert access.run(os.listdir, mounted.path) == [NAME]
    platform.revoke()
    written(tmp_path / "new", platform.mint() + "\n")
    os.rename(tmp_path / "new", place)
    assert access.run(access.read, mounted / PART) == content.read(3, 0, 100)


def test_a_token_command(emulator, mount, tmp_path):
    platform = emulator(scores(part("p", 100, 3)))
    place = written(tmp_path / "token", platform.mint())
    script = written(tmp_path / "give", f"#!/bin/sh\ncat {place}\n", 0o700)
    mounted = mount(platform, env=tokenless(), token_command=script)
    platform.revoke()
    written(tmp_path / "token", platform.mint())
    assert access.run(access.read, mounted / PART) == content.read(3, 0, 100)


@pytest.mark.parametrize("unit", ["s", "ms"])
def test_short_lived_tokens_are_renewed_ahead(emulator, mount, unit):
    many = 25
    platform = emulator(scores({**part("p{n}", 5000, 3), "repeat": many},
                               token_lifetime_s=2, switches={"token_unit": unit}))
    if unit == "ms":
        # Where seconds could be meant too, they are: this long a number cannot.
        platform.tokens(lifetime_s=2000, unit="ms")
    mounted = mount(platform)

    def reading():
        wrong = []
        for n in range(many):
            time.sleep(0.15)
            if access.read(mounted / worlds.path(f"p{n}")) != content.read(3 + n, 0, 5000):
                wrong.append(n)
        return wrong
    assert access.run(reading, limit=60) == []
    assert "401" not in platform.state()["statuses"]
    assert platform.count("token") <= (16 if unit == "s" else 1)


def test_a_401_in_the_middle_is_mended_once(emulator, mount):
    size = 4 * MIB
    platform = emulator(scores(part("p", size, 3)))
    mounted = mount(platform)
    platform.rules([{"match": {"op": "bytes"}, "times": 1, "revoke_token": True}])
    assert access.run(access.read, mounted / PART) == content.read(3, 0, size)
    assert platform.count("token") == 2


def test_many_401_at_once_ask_for_one_token(emulator, mount):
    many = 32
    platform = emulator(scores({**part("p{n}", 50_000, 3), "repeat": many}))
    mounted = mount(platform)
    access.run(access.listing, mounted / FOLDER)
    platform.rules([{"match": {"op": "token"}, "delay_ms": 200}])
    platform.revoke()
    platform.clear()
    readers = [access.start(access.read, mounted / worlds.path(f"p{n}")) for n in range(many)]
    for n, reader in enumerate(readers):
        assert reader.hear() == content.read(3 + n, 0, 50_000)
    assert platform.count("token") == 1


def test_401_for_ever_is_an_errno_and_no_storm(emulator, mount):
    platform = emulator(scores(part("p", 1000, 3)))
    mounted = mount(platform, timeout=3)
    access.run(access.listing, mounted / FOLDER)
    platform.rules([{"match": {"op": "bytes"}, "gateway_error": "401013"}])
    platform.clear()
    for _ in range(5):
        assert access.errno_of(access.read, mounted / PART) in ("EACCES", "EIO")
    assert platform.count("token") <= 2
    assert platform.count("bytes") <= 12


def test_the_secret_service_down_for_a_while(emulator, mount):
    platform = emulator(scores(part("p", 1000, 3)))
    mounted = mount(platform)
    access.run(access.listing, mounted / FOLDER)
    platform.rules([{"match": {"op": "token"}, "times": 2, "status": 503}])
    platform.revoke()
    assert access.run(access.read, mounted / PART) == content.read(3, 0, 1000)


# Faults that pass

PASSING = {
    "500": {"status": 500}, "502": {"status": 502, "body": "<html>"}, "503": {"status": 503},
    "504": {"status": 504}, "429": {"gateway_error": "429050", "times": 1},
    "429 without a time": {"status": 429}, "429 with a date": {
        "status": 429, "headers": {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}},
    "429 with a wrong time": {"status": 429, "headers": {"Retry-After": "-5"}},
    "403 that is transient": {"gateway_error": "503020"},
    "reset": {"reset_at": 0}, "reset once": {"reset_at": 0, "times": 1},
}
INSIDE = {
    "reset in the body": {"reset_at": 700}, "cut in the body": {"truncate_at": 700},
}
# Each needs up to three attempts, in any of its listings or ranges.
OPS = ("batches", "batch_files", "file_list", "bytes")


@pytest.mark.parametrize("fault", [*PASSING, *INSIDE])
def test_a_fault_that_passes_is_not_seen(emulator, mount, fault):
    platform = emulator(scores(part("p", 100_000, 3)))
    mounted = mount(platform)
    spec = PASSING.get(fault) or INSIDE[fault]
    platform.rules([{"times": 2, **spec, "match": {"op": op}}
                    for op in (("bytes",) if fault in INSIDE else OPS)])
    assert access.run(access.listing, mounted / NAME) == [batch_id(1)]
    assert access.run(access.read, mounted / PART) == content.read(3, 0, 100_000)
    assert all(rule["fired"] for rule in platform.rule_counters())


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept(emulator, mount, status):
    platform = emulator(scores(part("p", 1000, 3)))
    mounted = mount(platform)
    access.run(access.listing, mounted / FOLDER)
    platform.rules([{"match": {"op": "bytes"}, "times": 1, "status": status,
                     "headers": {"Retry-After": "2"}}])
    platform.clear()
    assert access.run(access.read, mounted / PART) == content.read(3, 0, 1000)
    first, second = platform.record("bytes")
    assert second["t_ms"] - first["t_ms"] >= 1990


def test_the_network_goes_and_comes_back(emulator, mount):
    platform = emulator(scores(part("p", 1000, 3), part("q", 1000, 4)), foreign=True)
    mounted = mount(platform, timeout=2)
    assert access.run(access.read, mounted / PART) == content.read(3, 0, 1000)
    platform.down()
    assert access.errno_of(access.read, mounted / worlds.path("q")) in ("EIO", "ETIMEDOUT")
    # What is here stays here.
    assert access.run(access.read, mounted / PART, 0, 1000, "direct") == content.read(3, 0, 1000)
    assert len(access.run(os.listdir, mounted / FOLDER)) == 2
    platform.up()
    until(lambda: access.outcome(access.read, mounted / worlds.path("q")) ==
          ("value", content.read(4, 0, 1000)), 8, "the network's return")


# Faults that stay: right bytes or an errno, never anything else

SIZE = 300_000
RIGHT = {       # lies that change no byte: these must be read
    "chunked": {"chunked": True}, "close": {"close": True}, "type": {"content_type": "x/y"},
    "end beyond the total": {"unclamped_range": True}, "one etag": {"etag": '"x"'},
    "no length": {"chunked": True, "headers": {"Content-Length": None}},
}
WRONG = {       # lies that give or may give other bytes
    "cut": {"truncate_at": 30_000}, "reset": {"reset_at": 30_000}, "reset at once": {"reset_at": 0},
    "empty": {"truncate_at": 0},
    "shorter": {"shorten_range": 100}, "shorter by one": {"shorten_range": 1},
    "shifted": {"shift_range": 1}, "shifted back": {"shift_range": -1},
    "shifted by a page": {"shift_range": 4096},
    "longer": {"extra_bytes": 10}, "200 to a range": {"ignore_range": True},
    "gzip": {"gzip": True}, "wrong total": {"total": SIZE + 1}, "less total": {"total": SIZE - 1},
    "no total": {"total": "*"}, "no range": {"content_range": None},
    "nonsense range": {"content_range": "bytes x-y/z"},
    "huge range": {"content_range": "bytes 0-99999999999999999999/99999999999999999999"},
    "other unit": {"content_range": f"items 0-{SIZE - 1}/{SIZE}"},
    "multipart": {"content_range": None, "content_type": "multipart/byteranges; boundary=x"},
    "etag flip": {"etag": "flip"}, "html": {"body": "<html>", "content_type": "text/html"},
    "json": {"json": {"data": []}}, "206 of nothing": {"status": 206, "body": ""},
    "204": {"status": 204}, "404": {"status": 404}, "410": {"status": 410},
    "416": {"status": 416}, "412": {"status": 412}, "403": {"gateway_error": "403025"},
    "500": {"status": 500}, "503": {"status": 503}, "429": {"gateway_error": "429050"},
    "retry in a year": {"status": 503, "headers": {"Retry-After": "31536000"}},
    "304": {"status": 304}, "100000 headers": {"headers": {f"X-{n}": "y" * 90
                                                            for n in range(4000)}},
}
PLACES = {"whole": (0, SIZE), "start": (0, 4096), "middle": (131_072, 8192),
          "end": (SIZE - 50, 50)}
HOWS = ("buffered", "direct", "mmap")
READS = [("whole", "buffered"), ("whole", "direct"), ("whole", "mmap"), ("start", "mmap"),
         ("middle", "direct"), ("middle", "buffered"), ("end", "buffered"), ("end", "direct")]


def reading_each(mounted):
    return {(place, how): access.start(access.read, mounted / worlds.path(f"{place}-{how}"),
                                       *PLACES[place], how) for place, how in READS}


def lying(emulator, mount, lie, **options):
    """A mount whose parts are all listed and all lied about; and what reads found."""
    platform = emulator(scores(part("after", SIZE, 3), *(
        part(f"{place}-{how}", SIZE, 3) for place, how in READS)))
    mounted = mount(platform, **options)
    access.run(access.listing, mounted / FOLDER)
    platform.rules([{"match": {"op": "bytes"}, **lie}])
    found = {key: access.settled(child, 20)
             for key, child in reading_each(mounted).items()}
    return platform, mounted, found


def true(place):
    return content.read(3, *PLACES[place])


@pytest.mark.parametrize("lie", RIGHT)
def test_an_odd_answer_is_read(emulator, mount, lie):
    _, _, found = lying(emulator, mount, RIGHT[lie])
    for (place, how), answer in found.items():
        assert answer == ("value", true(place)), (place, how, answer[0])


@pytest.mark.parametrize("lie", WRONG)
def test_a_lie_never_gives_wrong_or_fewer_bytes(emulator, mount, lie):
    platform, mounted, found = lying(emulator, mount, WRONG[lie], timeout=3)
    wrong = []
    for (place, how), (kind, value) in found.items():
        if kind == "errno":
            ok = value in ("EIO", "ESTALE", "EACCES", "ETIMEDOUT", "ENOENT")
        elif kind == "signal":
            ok = how == "mmap" and value == "SIGBUS"
        else:
            ok = value == true(place)
        if not ok:
            wrong.append((place, how, kind, value if kind != "value" else len(value)))
    assert not wrong
    print({kind if kind == "value" else value for kind, value in found.values()})
    # Whatever it was, the mount lives, and with the truth come the bytes.
    assert mounted.running()
    platform.clear_rules()
    assert len(access.run(access.listing, mounted / FOLDER)) == len(READS) + 1
    if lie == "retry in a year":
        return      # it is taken for a minute, and that is too long for a test
    until(lambda: access.outcome(access.read, mounted / worlds.path("after")) ==
          ("value", content.read(3, 0, SIZE)), 10, "the truth")


@pytest.mark.parametrize("by", [-100_000, -1, 1, 100_000])
@pytest.mark.parametrize("how", HOWS)
def test_a_length_that_is_not_the_listed_one(emulator, mount, by, how):
    mounted = mount(emulator(scores(part("p", SIZE + by, 3, listed_length=SIZE))))
    kind, value = access.outcome(access.read, mounted / PART, 0, SIZE, how)
    if kind == "value":
        # A longer one may be served as it was listed; nothing is ever filled in.
        assert by > 0 and value == content.read(3, 0, SIZE)
    else:
        assert (kind, value) in (("errno", "ESTALE"), ("errno", "EIO"), ("signal", "SIGBUS"))


def test_versions_are_never_mixed(emulator, mount):
    size = 48 * MIB
    platform = emulator(scores(part("p", size, 3), switches={"etag": True}))
    mounted = mount(platform, memory="8M", ttl=1)

    def two_halves():
        handle = os.open(mounted / PART, os.O_RDONLY)
        yield access.pread(handle, 0, 1000)
        return access.pread(handle, size // 2, size // 2)
    reader = access.start(two_halves)
    assert reader.hear() == content.read(3, 0, 1000)
    platform.change({"set_batch": {"key": batch_id(1), "files": [
        {"parts": [part("p", size + 1, 4)]}]}})
    reader.go()
    kind, value = access.settled(reader)
    assert (kind, value) in (("errno", "ESTALE"), ("errno", "EIO"))


LISTINGS = {
    "html": {"body": "<html>", "content_type": "text/html"}, "text": {"json": "{"},
    "array": {"json": "[]"}, "null": {"json": "null"}, "number": {"json": "5"},
    "deep": {"json": "[" * 5000}, "trailing": {"json": '{"data":[]} x'},
    "nul": {"json": '{"data":[{"name":"a\\u0000b","length":"1"}]}'},
    "huge": {"json": '{"data":[' + "1," * 300_000 + "1]}"},
    "string": {"json": '{"data":"x"}'}, "wrong members": {"json": '{"data":[1,null,"x",[],{}]}'},
    "loop": {"page_loop": True}, "403": {"gateway_error": "403025"}, "404": {"status": 404},
    "500": {"status": 500}, "204": {"status": 204}, "cut": {"truncate_at": 20},
    "redirect": {"redirect": "/elsewhere", "status": 302},
}


REFUSED = ("EIO", "ENOENT", "EACCES", "ESTALE", "ETIMEDOUT")
CANNOT_BE = ("html", "text", "null", "number", "deep", "trailing", "huge", "string", "500",
             "cut", "403", "loop", "redirect")


def test_a_listing_that_lies_is_refused_or_right_and_passes(emulator, mount):
    """Both listings of a batch; none may give names that are not there, or hang."""
    cases = [(lie, op) for lie in LISTINGS for op in ("batch_files", "file_list")]
    platform = emulator(world(dataset(1, *(
        batch(n, {**part("p{n}", 10), "repeat": 3}) for n in range(len(cases) + 1)))))
    mounted = mount(platform, timeout=3)
    access.run(access.listing, mounted / NAME)
    platform.rules([{"match": {"op": op, "path": batch_id(n)}, **LISTINGS[lie]}
                    for n, (lie, op) in enumerate(cases)])
    children = [access.start(access.listing, mounted / f"{NAME}/{batch_id(n)}")
                for n in range(len(cases) + 1)]
    # The one of them whose listing was right.
    assert sorted(access.settled(children.pop(), 10)[1]) == ["p0", "p1", "p2"]
    found, wrong = {}, []
    for case, child in zip(cases, children):
        found[case] = kind, value = access.settled(child, 10)
        if kind == "errno":
            right = value in REFUSED
        else:
            right = (kind == "value" and case[0] not in CANNOT_BE
                     and set(value) <= {"p0", "p1", "p2", "a%00b", "a\ufffdb"})
        if not right:
            wrong.append((case, kind, value))
    assert not wrong
    platform.clear_rules()
    for n, case in enumerate(cases):
        if found[case][0] == "errno":
            until(lambda: access.outcome(access.listing, mounted / f"{NAME}/{batch_id(n)}")
                  == ("value", ["p0", "p1", "p2"]), 12, f"the truth after {case}")


@pytest.mark.parametrize("lie", [{"no_next": True}, {"drop_entries": 1},
                                 {"duplicate_entries": 3}, {"page_count": 0}], ids=str)
def test_a_page_that_is_not_quite_right(emulator, mount, lie):
    """Duplicates are one; counts are ignored; what was not told cannot be known."""
    platform = emulator(scores({**part("p{n:03d}", 10), "repeat": 250}))
    mounted = mount(platform)
    platform.rules([{"match": {"op": "file_list"}, **lie}])
    kind, value = access.outcome(access.listing, mounted / FOLDER)
    if "duplicate_entries" in lie or "page_count" in lie:
        assert (kind, sorted(value)) == ("value", [f"p{n:03d}" for n in range(250)])
    else:
        assert kind in ("value", "errno")


# Other hosts

CREDENTIALS = {"authorization", "x-api-key", "x-gw-ims-org-id", "x-sandbox-name", "cookie",
               "proxy-authorization"}


def never_told(platform):
    """The other host got no credential, under whatever name."""
    for one in platform.record():
        if one["listener"] == "foreign":
            assert not CREDENTIALS & set(one["headers"]), one
            text = json.dumps(one)
            for secret in (SECRET, KEY, ORG, "Bearer", "eyJ"):
                assert secret not in text


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("op", ["batches", "batch_files", "file_list", "bytes"])
def test_no_redirect_takes_a_credential_along(emulator, mount, op, status):
    platform = emulator(scores(part("p", 1000, 3)), foreign=True)
    mounted = mount(platform, timeout=3)
    platform.rules([{"match": {"op": op}, "status": status,
                     "redirect": "{foreign}{path}?{query}"}])
    access.outcome(access.listing, mounted / NAME)
    kind, value = access.outcome(access.read, mounted / PART)
    assert (kind, value) == ("errno", "EIO") or value == content.read(3, 0, 1000)
    never_told(platform)
    assert [rule["fired"] for rule in platform.rule_counters()] != [0]


def test_no_redirect_of_the_token_service_is_followed(emulator, runs):
    platform = emulator(scores(), foreign=True)
    platform.rules([{"match": {"op": "token"}, "redirect": "{foreign}{path}"}])
    refused(runs, platform, 1, {"timeout": 3})
    assert not [one for one in platform.record() if one["listener"] == "foreign"]


@pytest.mark.parametrize("host", ["foreign", "user", "backslash"])
def test_links_to_other_hosts_are_taken_home(emulator, mount, host):
    platform = emulator(scores({**part("p{n:03d}", 100, 3), "repeat": 250}), foreign=True)
    place = platform.foreign.partition("//")[2]
    given = {"foreign": place, "user": f"platform.adobe.io@{place}",
             "backslash": f"platform.adobe.io\\@{place}"}[host]
    platform.switch(href_host=given, href_port="", href_scheme="http")
    mounted = mount(platform)
    platform.rules([{"match": {"op": "file_list"}, "next_host": "http://" + given}])
    kind, value = access.outcome(access.read, mounted / worlds.path("p249"))
    if host == "foreign":
        assert (kind, value) == ("value", content.read(3 + 249, 0, 100))
    else:
        assert kind == "errno" or value == content.read(3 + 249, 0, 100)
    assert not [one for one in platform.record() if one["listener"] == "foreign"]


# The end

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["int", "term"])
def test_the_background_ends_cleanly(emulator, mount, number):
    mounted = mount(emulator(scores()))
    mounted.signal(number)
    assert mounted.exit_status(3) == 0
    assert not mounted.mounted()


def test_nothing_secret_is_shown_by_the_process(emulator, mount, tmp_path):
    config = written(tmp_path / "c.json", FORMS["ours"])
    mounted = mount(emulator(scores()), env=ALONE, config=config)
    with open(f"/proc/{mounted.pid}/cmdline", "rb") as handle:
        assert SECRET.encode() not in handle.read()
    assert stat.S_IMODE(os.stat(mounted.files["log"]).st_mode) & 0o022 == 0


def test_a_build_for_debugging_and_no_other_can_be_traced(emulator, runs, caifs, tmp_path):
    """The release build is looked at in test_install_package.py."""
    mounted = tracing.mounted(runs(), caifs, emulator(scores()), tmp_path)
    assert tracing.may_trace(mounted.pid) == tracing.is_for_debugging(caifs)


def test_a_dead_mountpoint_can_be_mounted_again(emulator, runs):
    """After a crash the place is ENOTCONN: one more mount repairs it."""
    platform = emulator(scores())
    first, second = runs(), runs()
    assert first.begin(platform, {}, {}) == 0
    first.signal(signal.SIGKILL)
    assert first.exit_status() == -signal.SIGKILL
    first.pid = None
    assert access.errno_of(os.listdir, first.path) == "ENOTCONN"
    os.rmdir(second.path)
    second.path = first.path
    try:
        assert second.begin(platform, {}, {}) == 0, second.stderr()
        assert access.run(os.listdir, second.path) == [NAME]
    finally:
        second.end()
        second.pid = None
