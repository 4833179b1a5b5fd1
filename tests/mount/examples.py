"""The examples in what people read: blocks of README, of the pages named in PAGES, and of
the man page.

A block is run, or says why it is not, in a comment before it that a reader does
not see: `<!-- not run here: why -->`, or `<!-- run by PATH -->` where something
else runs it; `<!-- file: PATH -->` makes it a file instead. In the man page
these comments begin with `.\\"`.

Of a block `sh` all is run, and of a block `python` by `python3`; of a `console` what
stands after `$ ` or `# `, with the line after one that ends in a backslash, and the
rest is what it answers. A block `text` is what the block before it answers. `...` in an
answer stands for anything: a line of its own for any lines, in a line for any words;
`/home/me` is the home of the one who tries it.
"""

import dataclasses
import fnmatch
import os
import re

import worlds

ROOT = os.path.dirname(worlds.TESTS)
PAGES = ("README.md", "docs/cache.md", "docs/commands.md", "docs/cookbook.md",
         "docs/first-mount.md", "docs/metrics.md", "docs/systemd.md", "docs/troubleshooting.md")
COMMANDS = ("sh", "console", "python")
OTHERS = ("text", "json", "yaml", "crontab", "fstab", "ini")


@dataclasses.dataclass
class Block:
    page: str
    section: str
    line: int
    kind: str
    text: str
    mark: str           # what the comment says, or ""
    answer: str = None  # None: any

    def __str__(self):
        return f"{self.page}:{self.line}"

    def is_run(self):
        return self.kind in COMMANDS and not self.mark

    def script(self):
        if self.kind == "sh":
            return self.text
        if self.kind == "python":
            return f"python3 - <<'END_OF_BLOCK'\n{self.text}END_OF_BLOCK\n"
        return "".join(re.sub(r"^[$#] ", "", line) + "\n" for line in _commands(self.text))

    def file(self):
        found = re.fullmatch(r"file: (\S+)", self.mark)
        return found and found[1]

    def answered(self, said):
        """Whether that is what the page says."""
        if self.answer is None:
            return True
        wanted = "".join("*" if line == "...\n" else
                         re.sub(r"([][?*])", r"[\1]", line).replace("...", "*")
                         for line in self.answer.splitlines(keepends=True))
        wanted = wanted.replace("/home/me/", "*/")
        return fnmatch.fnmatchcase(said, wanted)


def _commands(text):
    """The lines of a console that are typed."""
    typed, before = [], ""
    for line in text.splitlines():
        if re.match(r"[$#] ", line) or (before.endswith("\\") and before in typed):
            typed.append(line)
        before = line
    return typed


def _answer_of_console(text):
    """What its commands say, one after the other."""
    typed = _commands(text)
    lines = [line for line in text.splitlines() if line not in typed]
    return "".join(line + "\n" for line in lines) if lines else None


def _settle(blocks):
    """Give each block the answer that follows it."""
    for block, after in zip(blocks, blocks[1:] + [None]):
        if block.kind == "console":
            block.answer = _answer_of_console(block.text)
        elif block.kind in ("sh", "python") and after and after.kind == "text" and not after.mark:
            block.answer = after.text
    return blocks


FENCE = re.compile(r"( *)```(.*)")


def markdown(page):
    """A block in a list is indented, as its fence is."""
    blocks, section, mark, block, indent = [], "", "", None, ""
    with open(os.path.join(ROOT, page), encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            fence = FENCE.match(line)
            if block is not None:
                if fence:
                    blocks.append(block)
                    block, mark = None, ""
                else:
                    block.text += line.removeprefix(indent)
            elif fence:
                indent = fence[1]
                block = Block(page, section, number, fence[2].strip(), "", mark)
            elif line.startswith("## "):
                section = line[3:].strip()
            elif line.strip():
                found = re.fullmatch(r"<!-- (.*) -->", line.strip())
                mark = found[1] if found else ""
    return _settle(blocks)


def _plain(line):
    """A line of mdoc as it is read: for what stands in its examples."""
    return line.replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")


def man(page):
    """Its displays: commands where there is a prompt, else files."""
    blocks, section, mark, block = [], "", "", None
    with open(os.path.join(ROOT, page), encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith(".Sh "):
                section = line[4:].strip().capitalize()
            elif line.startswith(".Bd "):
                block = Block(page, section, number, "text", "", mark)
            elif line.startswith(".Ed"):
                if re.search(r"^[$#] ", block.text, re.MULTILINE):
                    block.kind, block.answer = "console", _answer_of_console(block.text)
                blocks.append(block)
                block, mark = None, ""
            elif block is not None:
                block.text += _plain(line)
            else:
                mark = line[4:].strip() if line.startswith('.\\" ') else ""
    return blocks


def indented(page):
    """Commands in blocks that have no fence, where a reader of documents would not find them."""
    with open(os.path.join(ROOT, page), encoding="utf-8") as handle:
        text = re.sub(r"^ *```.*?^ *```", "", handle.read(), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^(?:    |\t)(\S.*)$", text, re.MULTILINE)


def pages():
    return {**{page: markdown(page) for page in PAGES}, "man/caifs.1": man("man/caifs.1")}


def sections(blocks):
    """Blocks that are one after the other, and share a home."""
    made = {}
    for block in blocks:
        made.setdefault((block.page, block.section), []).append(block)
    return made
