"""The words of the table of options: in the man page, in --help, after Tab."""

import glob
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


def table():
    """The rows of option.c: name, variable, aliases, whether it is a flag."""
    text = read("fs/config/option.c")
    rows = re.findall(r"\[OPTION_\w+\] = \{(.*?)\},?\n(?=\s*\[OPTION|\};)", text, re.DOTALL)
    for row in rows:
        def one(field, row=row):
            found = re.search(rf'\.{field} = "([^"]*)"', row)
            return found[1] if found else None
        aliases = re.search(r"\.aliases = \{(.*?)\}", row, re.DOTALL)
        yield {"name": one("name"), "environment": one("environment"),
               "aliases": re.findall(r'"([^"]*)"', aliases[1]) if aliases else [],
               "flag": ".flag = true" in row, "secret": ".secret = true" in row,
               "preset": one("preset")}


def fuse_words():
    """The ones that libfuse and the kernel take."""
    text = read("fs/config/option.c").partition("bool option_is_for_fuse")[2]
    return re.findall(r'"([a-z_]+)"', text)


OPTIONS = list(table())
NAMES = [one["name"] for one in OPTIONS if not one["secret"]] + fuse_words()


def commands():
    return re.findall(r'^\t\{"(\w+)", \.run', read("fs/cli/main.c"), re.MULTILINE)


def export_words():
    """The words and flags of `caifs export`."""
    text = read("fs/cli/export/export_words.c")
    return (re.findall(r'\{"([a-z]+)",\s+EXPORT_', text)
            + re.findall(r'\{"--([a-z-]+)",\s+(?:true|false)', text))


def test_the_table_was_found():
    assert "start" in export_words() and "new-dataset" in export_words()
    assert len(OPTIONS) == read("include/caifs/option.h").count("\tOPTION_") - 1 > 20
    assert commands() and "allow_root" in fuse_words()


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
    known = {one["name"] for one in OPTIONS} | set(fuse_words()) | set(commands())
    assert told and not told - known


@pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc is not installed")
def test_the_page_is_well_formed():
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", PAGE], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", PAGE],
                          capture_output=True, text=True, check=True)
    assert not done.stderr


def test_the_words_of_export_are_told(page, caifs):
    usage = subprocess.run([caifs, "export", "--help"], check=True, capture_output=True,
                           text=True).stdout
    wanted = {word.split("-")[-1] for word in export_words()}
    for text in (page, usage):
        assert not wanted - {part for word in words(text) for part in word.split("-")}


# After Tab

@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_option_is_completed(shell):
    told = words(read("packaging/completion", f"caifs.{shell}"))
    assert not set(NAMES + commands()) - told
    assert not set(export_words()) - {word.lstrip("-") for word in told}


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
    ("caifs do", "caifs doctor"), ("caifs stat", "caifs status"), ("caifs wai", "caifs wait"), ("caifs lu", "caifs luma"), ("caifs sco", "caifs scores/"),
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
