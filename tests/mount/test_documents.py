"""The documents say what is there: links and anchors, every metric and key of a mount,
every command and option, and messages as the program prints them."""

import json
import os
import re
import subprocess

import pytest

import access
import worlds
from conftest import ROOT, until
from worlds import MIB, part, scores

SKIPPED = {"build", "node_modules", "venv", ".git", ".pytest_cache"}


def documents():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [one for one in folders if one not in SKIPPED]
        for name in names:
            if name.endswith(".md"):
                yield os.path.relpath(os.path.join(folder, name), ROOT)


DOCUMENTS = sorted(documents())


def read(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as handle:
        return handle.read()


def without_code(text):
    text = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def tables(text):
    """The rows of each table, by the cells of its head; a cell is without its backticks."""
    head, found = None, []
    for line in text.splitlines() + [""]:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if not line.startswith("|"):
            head = None
        elif head is None:
            head = cells
            found.append((head, []))
        elif not set("".join(cells)) <= set("-: "):
            found[-1][1].append(cells)
    return found


def rows(page, *names):
    """The rows of all tables of a page whose head begins with these names."""
    return [row for head, found in tables(read(page)) if head[:len(names)] == list(names)
            for row in found]


# Links

def anchors(page):
    """As GitHub makes them of headings."""
    made = set()
    for title in re.findall(r"^#+ +(.*)$", re.sub(r"^ *```.*?^ *```", "", read(page),
                                                  flags=re.MULTILINE | re.DOTALL), re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
        number, base = 1, name
        while name in made:
            name, number = f"{base}-{number}", number + 1
        made.add(name)
    return made


def links(page):
    found = re.findall(r"\]\(([^)\s]+)\)", without_code(read(page)))
    return [one for one in found if not re.match(r"[a-z]+:", one)]


@pytest.mark.parametrize("page", DOCUMENTS)
def test_a_link_leads_somewhere(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        assert os.path.exists(os.path.join(ROOT, target)), f"{page}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{page}: {link}"


@pytest.mark.parametrize("page", DOCUMENTS)
def test_a_document_that_is_named_is_there(page):
    if page == "docs/platform.md":
        return      # it names pages of the vendor's
    for name in re.findall(r"`((?:docs/)?[a-z][\w-]*\.md)`", read(page)):
        places = [os.path.join(os.path.dirname(page), name), name, f"docs/{name}"]
        assert any(os.path.exists(os.path.join(ROOT, one)) for one in places), name


@pytest.mark.parametrize("page", DOCUMENTS)
def test_a_file_that_is_named_is_there(page):
    named = re.findall(r"`((?:fs|include|tests|scripts|packaging|bench|man)/[\w./@-]+)(?=[`:, ])",
                       read(page))
    for name in named:
        stands_for_many = re.search("NAME|MODULE", name)
        assert stands_for_many or os.path.exists(os.path.join(ROOT, name)), name


# What a mount says

@pytest.fixture(scope="module")
def printed():
    """Filled by the first test that mounts: what `.caifs` holds, of a mount with a cache."""
    return {}


@pytest.fixture
def told(emulator, mount, tmp_path, printed):
    if not printed:
        mounted = mount(emulator(scores(part("p", MIB, 1))), cache_dir=str(tmp_path / "cache"))
        access.run(access.read, mounted / worlds.path("p"))

        def status():
            return json.loads(access.run(access.read, mounted / ".caifs/status.json", 0, MIB))
        until(lambda: "held_bytes" in status()["cache"], 10, "the size of the cache")
        printed["status"] = status()
        printed["metrics"] = access.run(access.read, mounted / ".caifs/metrics", 0, MIB).decode()
    return printed


def plain(cell):
    return cell.strip("`")


def test_metrics_are_documented_as_they_are_printed(told):
    real = dict(re.findall(r"^# TYPE (\S+) (\S+)$", told["metrics"], re.MULTILINE))
    assert len(real) > 40
    assert {plain(row[0]): row[2] for row in rows("docs/metrics.md", "metric")} == real


def test_keys_of_the_status_are_documented_as_they_are_printed(told):
    real = {f"{group}.{name}" for group, members in told["status"].items() for name in members}
    told = [plain(row[1]) for row in rows("docs/metrics.md", "metric")]
    told += [plain(row[0]) for row in rows("docs/metrics.md", "key")]
    assert len(told) == len(set(told)) and set(told) == real


def test_metric_key_and_unit_agree():
    for metric, key, kind, unit, meaning, stability in rows("docs/metrics.md", "metric"):
        name = "caifs_" + plain(key).replace(".", "_")
        if kind == "counter" and not name.endswith("_total"):
            name += "_total"
        assert plain(metric) == name
        for word in ("seconds", "bytes", "pages", "blocks"):
            assert (f"_{word}" in name) == unit.startswith(word), metric
        assert meaning and stability in ("stable", "internal")


# What commands there are

@pytest.fixture(scope="module")
def help_of(caifs):
    """What `caifs WORD... --help` prints."""
    def ask(*words):
        return subprocess.run([caifs, *words, "--help"], check=True, capture_output=True,
                              text=True, timeout=20).stdout
    return ask


def sections(page):
    """The text below each heading "## `caifs NAME`", by NAME."""
    parts = re.split(r"^## `caifs (\w+)`$", read(page), flags=re.MULTILINE)
    return dict(zip(parts[1::2], (text.split("\n## ")[0] for text in parts[2::2])))


COMMANDS = sections("docs/commands.md")
LONG_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
EVERYWHERE = {"--help", "--version"}


def test_every_command_is_documented(help_of):
    listed = help_of().partition("\nCommands ")[2].partition("\n\n")[0]
    real = set(re.findall(r"^  (\w+) ", listed, re.MULTILINE))
    assert {"doctor", "export", "status", "warm", "wait"} <= real
    assert set(COMMANDS) == real | {"MOUNTPOINT"}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_all_that_a_reader_needs(name):
    text = COMMANDS[name]
    assert "**Exit status**" in text
    assert "```text\ncaifs " in text, "how it is called"
    assert re.search(r"^\$ caifs ", text, re.MULTILINE), "an example"
    assert "--json" not in text or "**`--json`**" in text, "what its JSON is"


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "MOUNTPOINT"])
def test_the_options_of_a_command_are_documented(help_of, name):
    real = set(LONG_OPTION.findall(help_of(name))) - EVERYWHERE
    told = set(LONG_OPTION.findall(COMMANDS[name])) - EVERYWHERE
    assert real and told == real
    for option in real:
        assert f"`{option}" in COMMANDS[name], option


def test_the_words_of_export_are_documented(help_of):
    real = set(re.findall(r"^caifs export ([a-z]+)\b", help_of("export"), re.MULTILINE))
    (_, found), *_ = tables(COMMANDS["export"])
    assert len(real) == 5 and {plain(row[0]).split()[0] for row in found} == real


def test_the_options_of_a_mount_are_documented():
    """With their defaults, as the table of options in the source has them."""
    from test_install_words import NAMES, OPTIONS
    found = rows("docs/commands.md", "option", "default")
    told = {}
    for names, preset, *_ in found:
        for name in re.findall(r"`([a-z_]+)[=`]", names):
            told[name] = preset
    assert set(told) == set(NAMES) | {one["name"] for one in OPTIONS if one["secret"]}
    for one in OPTIONS:
        if one["preset"] and one["name"] not in ("scopes", "log_level"):
            assert told[one["name"]] == f"`{one['preset']}`", one
    variables = {word for row in found for word in re.findall(r"`(CAIFS_\w+)`", row[3])}
    assert variables == {one["environment"] for one in OPTIONS} - {None}
    keys = {word for row in found for word in re.findall(r"`([\w-]+)`", row[4])}
    assert keys == {word for one in OPTIONS for word in one["aliases"]}


# What it prints with --json

def members(name):
    """The members that a command's section names, by what they are of, if it says."""
    of, found = "", {}
    for head, told in tables(COMMANDS[name]):
        if "member" in head:
            for row in told:
                of = row[0] if head[0] == "of" and row[0] else of
                found.setdefault(of, set()).update(re.findall(r"`(\w+)`", row[head.index("member")]))
    return found


@pytest.fixture
def ask(caifs, emulator, tmp_path):
    """What a command prints, of the samples' platform."""
    platform = emulator(os.path.join(worlds.SAMPLES, "world.json"))
    made = dict(os.environ, XDG_CONFIG_HOME=str(tmp_path), CAIFS_ENDPOINT=platform.endpoint,
                CAIFS_IMS_ENDPOINT=platform.endpoint, CAIFS_IMS_ORG=platform.org,
                CAIFS_API_KEY=platform.key, CAIFS_CLIENT_SECRET=platform.secret)

    def run(*words):
        done = subprocess.run([caifs, *words], env=made, capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    run.platform = platform
    return run


def test_the_json_of_doctor_is_documented(ask):
    steps = ask("doctor", "--json")
    assert {"": {name for step in steps for name in step}} == members("doctor")
    (names,) = [row[2] for row in rows("docs/commands.md", "member") if row[0] == "`step`"]
    assert re.findall(r"`([a-z.]+)`", names) == [step["step"] for step in steps]


def test_the_json_of_export_is_documented(ask):
    audiences = ask("export", "audiences", "--json")
    new = ["export", "start", "--json", "--audience", audiences[0]["audience"], "--new-dataset"]
    job, waited = ask(*new, "one"), ask(*new, "two", "--wait")
    assert members("export") == {"an audience": set(audiences[0]), "a job": set(job),
                                 "with `--wait`": set(waited) - set(job)}
    assert set(ask("export", "list", "--json")[0]) == set(job)


def test_the_json_of_warm_and_wait_is_documented(ask, mount, tmp_path):
    mounted = mount(ask.platform, cache_dir=str(tmp_path / "cache"))
    dataset = mounted / "659b5e28b92a6eecbfbe7245"
    warmed = ask("warm", "--json", f"{dataset}/latest")
    assert {"": set(warmed)} == members("warm")
    found = ask("wait", "--json", "--since", "0", dataset)
    assert {"": set(found)} == members("wait")


# What it prints

CONVERSION = re.compile(r"%[-+ #0-9.*]*(?:hh|h|ll|l|z|j|t)?[a-zA-Z]")
LITERAL = re.compile(r'(?:"(?:[^"\\\n]|\\.)*"\s*(?:PRI\w+\s*)?)+')


def source():
    for folder, _, names in os.walk(os.path.join(ROOT, "fs")):
        for name in sorted(names):
            if name.endswith(".c"):
                yield read(os.path.join(folder, name))


def texts(code):
    """The string literals in C, each joined and cut at its conversions."""
    for found in LITERAL.finditer(code):
        parts = re.findall(r'"((?:[^"\\\n]|\\.)*)"|(PRI\w+)', found[0])
        joined = "".join("d" if macro else text for text, macro in parts)
        joined = joined.replace('\\"', '"').replace("\\n", " ")
        yield [piece.replace("%%", "%") for piece in CONVERSION.split(joined) if piece]


PIECES = [piece for code in source() for text in texts(code) for piece in text]
PIECES += [os.strerror(number) for number in range(1, 134)]


def is_printed(words):
    """Whether that stands in the source, as one text or as several, one after the other."""
    words = words.strip(" :")
    if any(words in piece for piece in PIECES):
        return True
    return any(is_printed(words[:at]) and is_printed(words[at:])
               for mark in (": ", "? ") for at in [words.find(mark) + len(mark)]
               if len(mark) <= at < len(words))


def messages():
    for head, found in tables(read("docs/troubleshooting.md")):
        if head[0] in ("message", "line", "what to do, as the message says it"):
            for row in found:
                yield from re.findall(r"`([^`]+)`", row[0].replace("\\|", "|"))
        elif head[0] == "what you see":
            for row in found:
                yield from [one for one in re.findall(r"`([^`]+)`", row[0]) if len(one) > 20]


@pytest.mark.parametrize("message", messages())
def test_a_message_is_one_of_the_program_s(message):
    for fragment in message.split("…"):
        assert is_printed(fragment), fragment


def test_there_are_messages():
    assert len(list(messages())) > 100
    assert not is_printed("a message that nobody prints")


def printed_errors():
    """What is printed to people as an error: the pieces of each format."""
    for code in source():
        for call in re.finditer(r'\b(?:print_error\(|wrong\(s, )[^;"]*(?=")', code):
            yield next(texts(code[call.end():]), [])


def test_every_message_is_documented():
    told = " ".join(messages())
    missing = [text for text in printed_errors()
               if any(re.search(r"[a-z]{3}", piece) and piece.strip(" ':,\"") not in told
                      for piece in text)]
    assert len(list(printed_errors())) > 50
    assert not missing


def is_todays(title, name, told):
    """A name in docs/upgrading.md, by the title of its column."""
    if title.startswith("key"):
        group, _, member = name.partition(".")
        return member in told["status"].get(group, {})
    if title.startswith("member"):
        return name in PIECES
    if name.startswith("caifs_"):
        return f"# TYPE {name} " in told["metrics"]
    return any(f" {name}=" in piece for piece in PIECES)


def test_names_that_were_changed_are_today_s(told):
    found = [(title, plain(cell)) for head, rows in tables(read("docs/upgrading.md"))
             for row in rows for title, cell in zip(head, row)]
    assert len(found) > 20
    for title, name in found:
        if "now" in title:
            assert is_todays(title, name, told), name
        elif name != "kept":    # still the name of an operation, in the log
            assert not is_todays(title, name, told), name


# The README

def test_every_document_is_in_the_map():
    _, listed = read("README.md").split("\n## All documents\n")
    linked = set(re.findall(r"\]\(([^)\s]+\.md)\)", listed))
    assert {page for page in DOCUMENTS if page.startswith("docs/")} <= linked


def test_the_two_commands_are_on_the_first_screen():
    first = read("README.md").splitlines()[:40]
    for word in ("./scripts/demo", "./scripts/test", "pd.read_parquet", "**Status:**"):
        assert any(word in line for line in first), word
