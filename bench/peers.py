"""Other filesystems of Debian's, at their defaults and as fast as they could be made.

They know nothing of the platform: rclone and httpdirfs read the origin's lists
of links, s3fs an S3 face of the same files (face.py).
"""

import os
import shutil
import subprocess

from mounts import Mount


class Peer(Mount):
    program = ""
    flags = ()

    def __init__(self, place, at):
        super().__init__(place, at)
        self.cache = os.path.join(at, "cache")

    def __enter__(self):
        os.makedirs(self.cache)
        return super().__enter__()

    def words(self):
        return [word.replace("<cache>", self.cache) for word in self.flags]

    def environment(self):
        # Nothing of the user's own configuration or cache.
        return {**os.environ, "HOME": self.folder, "XDG_CACHE_HOME": self.cache,
                "XDG_CONFIG_HOME": self.folder}


class Rclone(Peer):
    program = "rclone"

    def command(self):
        return ["rclone", "mount", ":http:", self.path, "--http-url",
                f"{self.place.endpoint}/files/", "--config", "/dev/null", "--read-only",
                "--cache-dir", self.cache, *self.words()]


class Httpdirfs(Peer):
    program = "httpdirfs"

    def command(self):
        # A 206 without Accept-Ranges, as nginx sends it, is no ranges to its check.
        return ["httpdirfs", "-f", "--no-range-check", *self.words(),
                f"{self.place.endpoint}/files/", self.path]


class S3fs(Peer):
    program = "s3fs"

    def command(self):
        options = ["url=" + self.place.endpoint + "/s3", "use_path_request_style",
                   "public_bucket=1", "ro", "umask=0022", *self.words()]
        return ["s3fs", "bench", self.path, "-f", "-o", ",".join(options)]


def knows(program, flag):
    """Whether this version has an option."""
    said = subprocess.run([program, "mount", "--help"], capture_output=True, text=True)
    return flag in said.stdout + said.stderr


def tuned():
    """(class, label, flags), in pairs of the default and what went faster."""
    yield Rclone, "rclone", ()
    chunks = ("--vfs-read-chunk-size", "4M")
    if knows("rclone", "--vfs-read-chunk-streams"):
        chunks += ("--vfs-read-chunk-streams", "16")
        yield Rclone, "rclone-streams", chunks
    yield Rclone, "rclone-cache", (*chunks, "--vfs-cache-mode", "full", "--buffer-size", "64M",
                                   "--vfs-read-ahead", "64M")
    yield Httpdirfs, "httpdirfs", ()
    yield Httpdirfs, "httpdirfs-cache", ("--cache", "--cache-location", "<cache>",
                                         "--max-conns", "32")
    yield S3fs, "s3fs", ()
    yield S3fs, "s3fs-cache", ("parallel_count=16", "multipart_size=10", "use_cache=<cache>",
                               "kernel_cache", "max_stat_cache_size=10000")


def all_of_them():
    return [type(kind.__name__, (kind,), {"label": label, "flags": flags})
            for kind, label, flags in tuned() if shutil.which(kind.program)]
