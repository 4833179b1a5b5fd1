"""The origin: nginx in front of the emulator, with files of its own in tmpfs.

Everything is below one folder; the system's nginx is not touched.
"""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import face
from emulator import Emulator

HERE = os.path.dirname(os.path.abspath(__file__))
DATASET = f"{0xdada << 80 | 1:024x}"
NAME = "Customer AI Scores - bench"
ORG = "0123456789ABCDEF01234567@AdobeOrg"
KEY = "emulator-key"
SECRET = "emulator-secret"
LARGE, PARTS, MANY = (f"01HM{n:022d}" for n in (1, 2, 3))

# Seconds to the first byte of an answer, and bytes a second of a connection.
NETWORKS = {"local": (0, 0), "cloud": (0.030, 40_000_000)}


def world(files):
    """What the emulator says there is: the parts below `files`."""
    batches = []
    for batch in (LARGE, PARTS, MANY):
        folder = os.path.join(files, batch)
        parts = [{"path": name, "length": os.path.getsize(os.path.join(folder, name)), "seed": 1}
                 for name in sorted(os.listdir(folder))]
        batches.append({"key": batch, "files": [{"parts": parts}]})
    return {"org": ORG, "api_key": KEY, "client_secret": SECRET,
            "datasets": [{"id": DATASET, "name": NAME, "batches": batches}]}


def free_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


class Count:
    """What was asked of the origin between two moments."""

    def __init__(self, lines):
        self.bytes = self.requests = self.others = 0
        for line in lines:
            method, status, sent, target = line.split(" ", 3)
            is_bytes = method == "GET" and status in ("200", "206") and (
                "path=" in target if target.startswith("/data/")
                else not target.startswith("/s3/bench/?") and not target.endswith("/"))
            self.requests += 1
            self.others += not is_bytes
            self.bytes += int(sent)


class Origin:
    def __init__(self, network, folder, files):
        self.network = network
        self.delay, self.rate = NETWORKS[network]
        self.files = files
        self.folder = os.path.join(folder, "origin-" + network)
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = os.path.join(self.folder, "requests.log")

    def start(self):
        os.makedirs(self.folder)
        face.write(self.files, os.path.join(self.folder, "face"))
        os.symlink(self.files, os.path.join(self.folder, "files"))
        self.platform = Emulator(world(self.files)).start()
        conf = os.path.join(self.folder, "nginx.conf")
        with open(os.path.join(HERE, "nginx.conf"), encoding="utf-8") as source:
            text = source.read()
        for word, value in {"work": self.folder, "port": self.port, "delay": self.delay,
                            "rate": self.rate,
                            "platform_port": self.platform.endpoint.rpartition(":")[2]}.items():
            text = text.replace(f"<{word}>", str(value))
        with open(conf, "w", encoding="utf-8") as made:
            made.write(text)
        self.nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", self.folder, "-c", conf],
                                      stdin=subprocess.DEVNULL)
        for _ in range(200):
            try:
                urllib.request.urlopen(self.endpoint + "/ready", timeout=1).close()
                return self
            except urllib.error.URLError:
                time.sleep(0.02)
        self.stop()
        raise RuntimeError("nginx does not start: " + " ".join(self.nginx.args))

    def stop(self):
        self.nginx.send_signal(signal.SIGTERM)
        self.nginx.wait(10)
        self.platform.stop()

    def url(self, batch, part=""):
        """Where a file is by itself, without the platform's API."""
        return f"{self.endpoint}/files/{batch}/{part}"

    def mark(self):
        """Where the log ends, once what was under way is in it."""
        size = -1
        while size != (size := os.path.getsize(self.log)):
            time.sleep(0.05)
        return size

    def since(self, mark):
        self.mark()
        with open(self.log, encoding="utf-8", errors="replace") as lines:
            lines.seek(mark)
            return Count(lines)

    def headers(self):
        """What the platform's API wants to see."""
        return [f"Authorization: Bearer {self.platform.mint()}", f"x-api-key: {KEY}",
                f"x-gw-ims-org-id: {ORG}", "x-sandbox-name: prod"]
