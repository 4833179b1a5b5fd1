"""Fixtures of the mounted tests: the program, the emulator and mounts of it.

    CAIFS_BINARY=build/asan/caifs python3 -m pytest -q tests/mount

Needs /dev/fuse and the right to mount. What a test touches below a mountpoint
it touches through `access`, never itself.
"""

import base64
import collections
import ctypes
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import credential_leak  # noqa: E402
import access  # noqa: E402
import worlds  # noqa: E402
from emulator import Emulator  # noqa: E402
from emulator.ims import fingerprint  # noqa: E402

ROOT = os.path.dirname(worlds.TESTS)
SUSPECT = re.compile(r"Sanitizer|runtime error|double free|\bassert|Assertion|core dumped"
                     r"|corrupted|stack smashing", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z0-9_.-]{20,}")
END = 5                     # seconds a daemon may take to be gone after unmounting
PR_SET_CHILD_SUBREAPER = 36


def pytest_configure(config):
    # Daemons become children of this process: their exit status can be asked for.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    credential_leak.watch()


@pytest.fixture(autouse=True)
def no_credentials_abroad():
    """No test lets a credential reach the emulator's other host."""
    credential_leak.sent()
    yield
    assert credential_leak.sent() == []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.failed:
        for one in getattr(item, "mounts_made", []):
            report.sections.append((f"log of {one.path}", one.log()[-8000:]))
            report.sections.append((f"stderr of {one.path}", one.stderr()[-4000:]))


@pytest.fixture(scope="session")
def caifs():
    """The program under test."""
    given = os.environ.get("CAIFS_BINARY")
    for place in [given] if given else ["build/dev/caifs", "build/release/caifs"]:
        found = os.path.join(ROOT, place)
        if os.access(found, os.X_OK):
            return os.path.abspath(found)
    if given:
        pytest.fail(f"CAIFS_BINARY is no program: {given}")
    pytest.skip("caifs is not built")


class Standing(Emulator):
    """An emulator that may serve more than one test, as long as none changed more
    of it than rules and switches: to start one costs more than many a test."""

    changed = False

    def change(self, commands):
        for command in commands if isinstance(commands, list) else [commands]:
            self.changed |= bool(set(command) - {"set"})
        return super().change(commands)

    def rules(self, specs):
        self.changed |= any("change" in one for one in specs)
        return super().rules(specs)

    def down(self):
        self.changed = True
        super().down()

    def spent(self):
        """Whether its world is another by now, by a test or by what a program made."""
        return self.changed or self.process is None or self.state()["moved"] > 0

    def identify(self, spec):
        self.org = spec.get("org", worlds.ORG)
        self.key = spec.get("api_key", worlds.KEY)
        self.secret = spec.get("client_secret", "emulator-secret")
        return self


@pytest.fixture(scope="session")
def standing():
    """The emulators that wait for a next test, by their world; the oldest goes."""
    kept = collections.OrderedDict()
    yield kept
    for platform in kept.values():
        platform.stop()


@pytest.fixture
def emulator(standing):
    """Starts emulators of a world (a dict, or the path of a file)."""
    taken = []

    def begin(world=None, **more):
        world = worlds.world() if world is None else world
        key = json.dumps([world, more], sort_keys=True)
        platform = standing.pop(key, None)
        if platform is None:
            platform = Standing(world, **more).start()
        else:
            platform.release()
            platform.reset()
        taken.append((key, platform))
        if isinstance(world, dict):
            return platform.identify(world)
        with open(world, encoding="utf-8") as handle:
            return platform.identify(json.load(handle))
    yield begin
    for key, platform in taken:
        if platform.spent() or key in standing:
            platform.stop()
        else:
            standing[key] = platform
    while len(standing) > 6:
        standing.popitem(last=False)[1].stop()


def is_mounted(path):
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        return any(line.split()[4] == path for line in lines)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as handle:
            return handle.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def until(condition, limit, what="it"):
    """Ask until the answer is true; the answer."""
    end = time.monotonic() + limit
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {limit} s")
        time.sleep(0.01)


class Mount:
    """One run of the program: its command line, its process, its mountpoint."""

    def __init__(self, program, folder, number, secrets):
        self.program = program
        self.path = tempfile.mkdtemp(prefix="caifs-")
        self.files = {kind: str(folder / f"{kind}-{number}") for kind in ("log", "stderr")}
        self.reports = str(folder / f"sanitizer-{number}")
        self.secrets = secrets      # words that must not be said
        self.platforms = []
        self.pid = self.process = self.status = None

    def environment(self, platform, env):
        made = {name: value for name, value in os.environ.items()
                if not name.startswith("CAIFS_") and not name.lower().endswith("_proxy")}
        made["XDG_CONFIG_HOME"] = "/nonexistent"
        for tool in ("ASAN", "UBSAN", "TSAN", "LSAN"):
            made[tool + "_OPTIONS"] = (f"log_path={self.reports}:"
                                       + made.get(tool + "_OPTIONS", ""))
        if platform is not None:
            self.platforms.append(platform)
            self.secrets.append(platform.secret)
            made.update(CAIFS_ENDPOINT=platform.endpoint, CAIFS_IMS_ENDPOINT=platform.endpoint,
                        CAIFS_IMS_ORG=platform.org, CAIFS_API_KEY=platform.key,
                        CAIFS_CLIENT_SECRET=platform.secret)
        made.update({name: value for name, value in env.items() if value is not None})
        for name in [name for name, value in env.items() if value is None]:
            made.pop(name, None)
        return made

    def command(self, options, source=None, foreground=False, log=True, where=None):
        words = {"log": self.files["log"], "log_level": "debug"} if log else {}
        words.update(options)
        given = [name if value is True else f"{name}={value}"
                 for name, value in words.items() if value not in (None, False)]
        return ([self.program] + (["-f"] if foreground else [])
                + (["-o", ",".join(given)] if given else [])
                + ([source] if source else []) + [where or self.path])

    def begin(self, platform, options, env, foreground=False, limit=20, **more):
        """Run the program. Its exit status; None when it stays in the foreground."""
        with open(self.files["stderr"], "wb") as errors:
            self.process = subprocess.Popen(
                self.command(options, foreground=foreground, **more),
                env=self.environment(platform, env), stdin=subprocess.DEVNULL,
                stdout=errors, stderr=errors)
        if foreground:
            self.pid = self.process.pid
            until(lambda: is_mounted(self.path) or self.process.poll() is not None, limit,
                  "a mount in the foreground")
            return self.process.poll()
        try:
            code = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the program neither mounted nor gave up") from None
        self.pid = self._daemon()
        return code

    def _daemon(self):
        """The process in the background: known by the mountpoint it was given."""
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) != os.getpid() and alive(name):
                try:
                    with open(f"/proc/{name}/cmdline", "rb") as handle:
                        words = handle.read().split(b"\0")
                except OSError:
                    continue
                if words[-2:-1] == [self.path.encode()] and b"caifs" in words[0]:
                    return int(name)
        return None

    def __truediv__(self, name):
        return os.path.join(self.path, name)

    def read_file(self, kind):
        try:
            with open(self.files[kind], encoding="utf-8", errors="replace") as handle:
                return handle.read()
        except OSError:
            return ""

    def log(self):
        return self.read_file("log")

    def stderr(self):
        return self.read_file("stderr")

    def mounted(self):
        return is_mounted(self.path)

    def running(self):
        return self.pid is not None and alive(self.pid)

    def memory(self):
        """The most memory the process held, in bytes; None under a sanitizer."""
        with open(f"/proc/{self.pid}/maps", encoding="utf-8") as handle:
            if "san" in handle.read().replace("/sandbox", ""):
                return None
        with open(f"/proc/{self.pid}/status", encoding="ascii") as handle:
            held = re.search(r"VmHWM:\s+(\d+) kB", handle.read())
        return int(held[1]) * 1024

    def signal(self, number):
        os.kill(self.pid, number)

    def exit_status(self, limit=END):
        """The exit status of the process; negative: the signal that ended it."""
        if self.process is not None and self.pid == self.process.pid:
            return self.process.wait(limit)

        def gone():
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            return pid
        if self.status is None:
            until(gone, limit, "the end of the daemon")
        return self.status

    def unmount(self, *flags):
        """fusermount3's exit status."""
        return subprocess.run(["timeout", "-s", "KILL", "10", "fusermount3", *(flags or ["-u"]),
                               self.path], stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE).returncode

    def end(self):
        """Unmount if the test did not, and look at how it all went."""
        wrong = []
        try:
            if self.mounted() and self.running():
                if self.unmount() != 0:
                    wrong.append("fusermount3 -u failed")
            if self.pid is not None:
                try:
                    code = self.exit_status()
                    if code != 0:
                        wrong.append(f"the daemon's exit status is {code}")
                except (AssertionError, subprocess.TimeoutExpired):
                    wrong.append(f"the daemon did not end within {END} s")
            if self.mounted():
                wrong.append("the mount is not gone")
        finally:
            self._clear()
        return wrong + self.said()

    def _clear(self):
        if self.running():
            os.kill(self.pid, signal.SIGKILL)
        for _ in range(3):
            if self.mounted():
                self.unmount("-u", "-z")
        shutil.rmtree(self.path, ignore_errors=True) if not self.mounted() else None

    def said(self):
        """What the log, stderr and reports should not hold."""
        text = self.log() + self.stderr()
        folder = os.path.dirname(self.reports)
        for name in os.listdir(folder):
            if name.startswith(os.path.basename(self.reports)):
                with open(os.path.join(folder, name), encoding="utf-8",
                          errors="replace") as handle:
                    text += "\nSanitizer report:\n" + handle.read()
        wrong = [line for line in text.splitlines() if SUSPECT.search(line)][:20]
        for secret in filter(None, self.secrets):
            for form in (secret, urllib.parse.quote(secret, safe=""),
                         urllib.parse.quote_plus(secret),
                         base64.b64encode(secret.encode()).decode().rstrip("=")):
                if form in text:
                    wrong.append("a secret is in the log")
        tokens = {one["token"] for platform in self.platforms if platform.process
                  for one in platform.record() if one["token"]}
        for word in set(WORD.findall(text)):
            if fingerprint(word) in tokens or word.startswith("eyJ"):
                wrong.append("an access token is in the log")
        return wrong


@pytest.fixture
def runs(caifs, tmp_path, request):
    """Makes `Mount`s that are not begun; ends all of them after the test."""
    made = request.node.mounts_made = []

    def make():
        one = Mount(caifs, tmp_path, len(made), [])
        made.append(one)
        return one
    yield make
    immortal = access.close_all()
    wrong = [f"process {child.pid} does not die: {child.where()}" for child in immortal]
    for one in made:
        wrong += one.end()
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def mount(runs):
    """Mounts a platform in the background: `mount(platform, ttl=1, only=True)`."""
    def begin(platform, env={}, source=None, **options):
        one = runs()
        code = one.begin(platform, options, env, source=source)
        assert code == 0, f"exit status {code}: {one.stderr()}"
        # Its exit is the sign that all is ready.
        assert one.mounted() and one.pid is not None
        return one
    return begin


@pytest.fixture
def digest():
    return lambda data: hashlib.sha256(data).hexdigest()
