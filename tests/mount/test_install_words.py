"""The words of the table of options: in the man page, in --help, after Tab."""

import glob
import json
import os
import pty
import re
import select
import shutil
import subprocess
import time

import pytest

from conftest import ROOT

PAGE = os.path.join(ROOT, "man/caifs.1")
COMPLETION = os.path.join(ROOT, "packaging/completion")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as handle:
        return handle.read()


def tables():
    """What the program says of its own options and commands."""
    done = subprocess.run([os.environ["CAIFS_BINARY"], "--dump-options"], check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


TABLES = tables()
OPTIONS = TABLES["options"]
COMMANDS = TABLES["mount"]["subcommands"]
EXPORT = next(one for one in COMMANDS if one["name"] == "export")
NAMES = [one["name"] for one in OPTIONS if not one["secret"]] + TABLES["fuse_options"]


def flags(command):
    """All options of a command and its subcommands, as they are written."""
    return ([one["name"] for one in command["options"]]
            + [name for sub in command["subcommands"] for name in flags(sub)])


def commands():
    return [one["name"] for one in COMMANDS]


def export_words():
    """The words and flags of `caifs export`."""
    return [one["name"].split()[-1] for one in EXPORT["subcommands"]] + [
        name.lstrip("-") for name in flags(EXPORT)]


def test_the_tables_are_told_whole():
    assert "start" in export_words() and "new-dataset" in export_words()
    assert len(OPTIONS) == read("include/caifs/option.h").count("\tOPTION_") - 4 > 20
    assert "warm" in commands() and "allow_root" in TABLES["fuse_options"]
    for row in OPTIONS + [option for one in COMMANDS for option in one["options"]]:
        assert row["help"] and not row["help"].endswith("."), row
    for one in OPTIONS:
        assert one["flag"] == (one["value"] is None), one


@pytest.fixture(scope="module")
def page():
    return subprocess.run(["man", "-E", "UTF-8", "-l", PAGE], check=True, capture_output=True,
                          text=True, env={**os.environ, "MANWIDTH": "200", "MANPAGER": "cat",
                                          "MAN_KEEP_FORMATTING": ""}).stdout


@pytest.fixture(scope="module")
def usage(caifs):
    return subprocess.run([caifs, "--help"], check=True, capture_output=True, text=True).stdout


def words(text):
    text = re.sub(".\b|\x1b\\[[0-9;]*m", "", text)
    return set(re.findall(r"[\w-]+", text))


@pytest.mark.parametrize("where", ["page", "usage"])
def test_every_option_and_variable_is_told(where, request):
    told = words(request.getfixturevalue(where))
    wanted = set(NAMES + commands())
    for one in OPTIONS:
        wanted |= {one["name"], one["environment"]} - {None}
    if where == "page":
        for one in OPTIONS:
            wanted |= set(one["aliases"])
        for source in glob.glob("fs/c*/**/*.c", root_dir=ROOT, recursive=True):
            wanted |= set(re.findall(r'getenv\("(\w+)"\)', read(source)))
    missing = wanted - told
    assert not missing


def test_the_page_tells_what_an_option_is_by_default(page):
    plain = words(page)
    for one in OPTIONS:
        preset = one["preset"]
        # Nothing taken away; and what is asked for is the platform's to say.
        if preset and preset != "0" and one["name"] != "scopes":
            assert words(preset) <= plain, one


def test_no_option_is_told_that_is_not_there():
    told = set()
    for line in re.findall(r"^\.It Cm ([a-z].*)$", read("man/caifs.1"), re.MULTILINE):
        told |= set(re.findall(r"(?:^|Cm )([a-z_]+)(?= Ns =|$)", line))
    known = {one["name"] for one in OPTIONS} | set(TABLES["fuse_options"]) | set(commands())
    assert told and not told - known


@pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc is not installed")
def test_the_page_is_well_formed():
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", PAGE], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", PAGE],
                          capture_output=True, text=True, check=True)
    assert not done.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=commands())
def test_the_words_of_commands_are_told(page, caifs, command):
    usage = subprocess.run([caifs, command["name"], "--help"], check=True, capture_output=True,
                           text=True).stdout
    wanted = {name.lstrip("-") for name in flags(command)}
    wanted |= {sub["name"].split()[-1] for sub in command["subcommands"]}
    assert command["synopsis"].split()[0] in usage
    for text in (page, usage):
        assert not {part for word in wanted for part in word.split("-")} - {
            part for word in words(text) for part in word.split("-")}


# After Tab

@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_option_is_completed(shell):
    told = words(read("packaging/completion", f"caifs.{shell}"))
    assert not set(NAMES + commands()) - told
    wanted = {name.lstrip("-") for one in COMMANDS for name in flags(one)} | set(export_words())
    assert not wanted - {word.lstrip("-") for word in told}


SETUP = {
    "bash": ["bash --norc --noprofile -i", "bind 'set bell-style none'",
             f". {COMPLETION}/caifs.bash"],
    "zsh": ["zsh -f -i", "autoload -U compinit", "compinit -D -u",
            f"autoload -U +X {COMPLETION}/caifs.zsh; _caifs() {{ . {COMPLETION}/caifs.zsh; }};"
            " compdef _caifs caifs"],
}


class Terminal:
    """A shell at a terminal."""

    def __init__(self, shell, folder):
        program, *lines = SETUP[shell]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            env = {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "dumb", "PS1": "$ "}
            os.execvpe(program.split()[0], program.split(), env)
        for line in [*lines, "echo ready"]:
            os.write(self.fd, line.encode() + b"\n")
        self.until("\nready")

    def until(self, wanted, limit=10):
        text, end = "", time.monotonic() + limit
        while wanted not in text and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.1)[0]:
                text += os.read(self.fd, 65536).decode(errors="replace").replace("\r", "")
        assert wanted in text, text
        return text

    def tab(self, line, wanted):
        """Tab, and the rest of the line: what it becomes is echoed."""
        os.write(self.fd, b"\x15: " + b"x" * 3 + b"\n")
        os.write(self.fd, line.encode() + b"\t")
        time.sleep(0.2)
        os.write(self.fd, b"\x01echo \"<\x05>\"\n")
        return self.until(wanted)

    def close(self):
        os.write(self.fd, b"\x15exit\n")
        os.close(self.fd)
        os.waitpid(self.pid, 0)


@pytest.fixture
def terminal(tmp_path):
    opened = []

    def begin(shell):
        if not shutil.which(shell):
            pytest.skip(f"{shell} is not installed")
        (tmp_path / ".config/caifs").mkdir(parents=True)
        (tmp_path / ".config/caifs/luma.json").touch()
        (tmp_path / "scores").mkdir()
        (tmp_path / "tokenfile").touch()
        opened.append(Terminal(shell, str(tmp_path)))
        return opened[-1]
    yield begin
    for one in opened:
        one.close()


CASES = [
    ("caifs do", "caifs doctor"), ("caifs stat", "caifs status"), ("caifs wai", "caifs wait"),
    ("caifs lu", "caifs luma"), ("caifs sco", "caifs scores/"),
    ("caifs --ver", "caifs --version"), ("caifs -o memo", "caifs -o memory="),
    ("caifs -o show", "caifs -o show_latest"), ("caifs -o only,tt", "caifs -o only,ttl="),
    ("caifs -o log_level=de", "caifs -o log_level=debug"),
    ("caifs -o only,log_level=de", "caifs -o only,log_level=debug"),
    ("caifs -o token_file=tok", "caifs -o token_file=tokenfile"),
    ("caifs -o only,token_file=tok", "caifs -o only,token_file=tokenfile"),
    ("caifs expo", "caifs export"), ("caifs export aud", "caifs export audiences"),
    ("caifs export start --aud", "caifs export start --audience"),
    ("caifs export start --audience a --new", "caifs export start --audience a --new-dataset"),
    ("caifs export status 1 --wa", "caifs export status 1 --wait"),
    ("caifs export list -o memo", "caifs export list -o memory="),
    ("caifs war", "caifs warm"), ("caifs warm tokenf", "caifs warm tokenfile"),
    ("caifs warm sco", "caifs warm scores/"), ("caifs warm --col", "caifs warm --columns"),
    ("caifs -oshow", "caifs -oshow_latest"), ("caifs -o only luma sco", "caifs -o only luma scores/"),
]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_tab_completes(terminal, shell):
    at = terminal(shell)
    for line, wanted in CASES:
        at.tab(line, "<" + wanted.rstrip("/"))      # which zsh takes away again


@pytest.mark.parametrize("line, wanted", CASES)
def test_fish_completes(tmp_path, line, wanted):
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    (tmp_path / "caifs").mkdir()
    (tmp_path / "caifs/luma.json").touch()
    (tmp_path / "scores").mkdir()
    (tmp_path / "tokenfile").touch()
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"source {COMPLETION}/caifs.fish; complete -C '{line}'"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path),
             "XDG_CONFIG_HOME": str(tmp_path)}).stdout
    assert wanted.split()[-1] in [row.split("\t")[0] for row in done.splitlines()]
