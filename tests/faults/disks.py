"""A cache's directory, and what may happen to it."""

import glob
import os
import shutil
import subprocess

import pytest

PAGE = 4096


class Disk:
    """A directory for a cache; a filesystem of its own where the fault needs one."""

    def __init__(self, folder, own):
        self.path = str(folder / "cache")
        self.own = own
        os.mkdir(self.path, 0o700)
        if own and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=700", "none",
                                   self.path]).returncode:
            pytest.skip("no right to mount a tmpfs")

    def close(self):
        if self.own:
            subprocess.run(["umount", "-l", self.path], check=True)

    def files(self):
        found = glob.glob(f"{self.path}/??/*.part")
        assert found, "nothing was cached"
        return found

    # Before it is mounted again

    def flip(self):
        """A bit of each page, of what is cached and of what is known of it."""
        for name in self.files():
            with open(name, "r+b") as handle:
                for at in range(0, os.path.getsize(name), PAGE):
                    handle.seek(at + 77)
                    byte = handle.read(1)
                    handle.seek(at + 77)
                    handle.write(bytes([byte[0] ^ 4]) if byte else b"")

    def flip_pages(self):
        """A bit of each page that is cached, not of what is known of it."""
        for name in self.files():
            size = os.path.getsize(name)
            with open(name, "r+b") as handle:
                for at in range(size - size % PAGE, size // 50, -PAGE):
                    handle.seek(at)
                    byte = handle.read(1)
                    handle.seek(at)
                    handle.write(bytes([byte[0] ^ 128]) if byte else b"")

    def truncate(self):
        for name in self.files():
            os.truncate(name, os.path.getsize(name) // 2)

    def foreign(self):
        for name in self.files():
            with open(name, "wb") as handle:
                handle.write(b"somebody's notes\n" * 5000)

    def read_only(self):
        subprocess.run(["mount", "-o", "remount,ro", self.path], check=True)

    # While it is mounted

    def vanish(self):
        shutil.rmtree(self.path)

    def fill(self):
        handle = os.open(f"{self.path}/ballast", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            while True:
                os.write(handle, bytes(PAGE))
        except OSError:
            os.close(handle)


DAMAGE = ("flip", "flip_pages", "truncate", "foreign")
BEFORE = DAMAGE + ("read_only",)
OWN = ("fill", "read_only")
