"""caifs doctor: at the first thing that is wrong, what it is and the hint."""

import base64
import http.server
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import threading

import pytest

import worlds

STEPS = ["fuse", "fuse.conf", "configuration", "token", "datasets", "clock", "batch", "parts",
         "range"]


@pytest.fixture
def doctor(caifs):
    """Runs it: the exit status, what each step said, by step, and stderr."""
    def run(platform, *arguments, **changes):
        done = run_plainly(caifs, platform, "--json", *arguments, **changes)
        steps = json.loads(done.stdout) if done.stdout else []
        return done.returncode, {step["step"]: step for step in steps}, done.stderr
    return run


def environment(platform, **changes):
    made = dict(os.environ, XDG_CONFIG_HOME="/nonexistent", CAIFS_ENDPOINT=platform.endpoint,
                CAIFS_IMS_ENDPOINT=platform.endpoint, CAIFS_IMS_ORG=platform.org,
                CAIFS_API_KEY=platform.key, CAIFS_CLIENT_SECRET=platform.secret)
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}


def run_plainly(caifs, platform, *arguments, **changes):
    return subprocess.run([caifs, "doctor", *arguments], env=environment(platform, **changes),
                          capture_output=True, text=True, timeout=60)


def fails_at(found, step, *words):
    code, steps, _ = found
    assert code == 1
    assert list(steps) == STEPS[:STEPS.index(step) + 1]
    assert [name for name, row in steps.items() if not row["ok"]] == [step]
    for word in words:
        assert word in steps[step]["detail"], steps[step]


@pytest.fixture
def platform(emulator):
    return emulator(os.path.join(worlds.SAMPLES, "world.json"))


def test_all_is_well(doctor, platform):
    code, steps, errors = doctor(platform)
    assert code == 0 and not errors
    assert list(steps) == STEPS and all(row["ok"] for row in steps.values())


def test_for_people_it_is_a_line_a_step(caifs, platform):
    done = run_plainly(caifs, platform)
    assert done.returncode == 0
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["ok", step] for step in STEPS]


# The mounts of tests that run beside these, which would not end while they are here too.
ALONE = ("awk '$3 == \"fuse.caifs\" {print $2}' /proc/self/mounts |"
         " xargs -r -n 1 umount -l && ")


def test_no_fuse(caifs, platform):
    """Where /dev/fuse is missing, as in a container without it."""
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c",
         ALONE + "mount -t tmpfs -o mode=755 none /dev && exec \"$1\" doctor", "sh", caifs],
        env=environment(platform), capture_output=True, text=True, timeout=60, cwd="/")
    assert done.returncode == 1
    assert "FAIL" in done.stdout and "/dev/fuse" in done.stdout and "modprobe" in done.stdout


def test_fuse_conf(caifs, platform, tmp_path):
    """A user whose machine does not let users say allow_other; root need not ask."""
    if os.geteuid() != 0:
        pytest.skip("becomes another user, which only root can")
    conf = tmp_path / "fuse.conf"
    conf.write_text("# user_allow_other\n")
    with tempfile.TemporaryDirectory(prefix="caifs-") as folder:
        os.chmod(folder, 0o755)
        shutil.copy(caifs, folder)
        shutil.copy(conf, folder)
        command = ["unshare", "--mount", "sh", "-c",
                   ALONE + "mount -t tmpfs -o mode=755 none /dev && mknod -m 666 /dev/fuse c 10 229 && "
                   "mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/urandom c 1 9 && "
                   "exec setpriv --reuid 65534 --regid 65534 --clear-groups "
                   "\"$1\" doctor -o allow_other", "sh", os.path.join(folder, "caifs")]
        done = subprocess.run(
            command, env=environment(platform, CAIFS_FUSE_CONF=os.path.join(folder, "fuse.conf")),
            capture_output=True, text=True, timeout=60, cwd="/")
    assert done.returncode == 1, done.stderr
    assert "FAIL  fuse.conf" in done.stdout and "user_allow_other" in done.stdout


def test_names_that_do_not_resolve(doctor, platform):
    fails_at(doctor(platform, "-o", "timeout=6", CAIFS_ENDPOINT="https://nowhere.invalid"),
             "datasets", "dns", "check the endpoint")


@pytest.fixture
def stranger(tmp_path):
    """An https server whose certificate no trusted authority has signed."""
    files = [str(tmp_path / name) for name in ("key", "certificate")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",
                    "/CN=localhost", "-days", "1", "-keyout", files[0], "-out", files[1]],
                   check=True, capture_output=True, timeout=60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1], files[0])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_certificate_nobody_vouches_for(doctor, platform, stranger):
    """The token is there by then, and is not given to it."""
    fails_at(doctor(platform, "-o", "timeout=6", CAIFS_ENDPOINT=stranger),
             "datasets", "tls", "certificate")


def test_the_clock(doctor, platform):
    platform.rules([{"match": {"op": "datasets"},
                     "headers": {"Date": "Fri, 02 Jan 2026 03:04:05 GMT"}}])
    fails_at(doctor(platform), "clock", "minutes fast", "timedatectl")


def test_a_wrong_secret(doctor, platform):
    fails_at(doctor(platform, CAIFS_CLIENT_SECRET="not-the-secret"),
             "token", "invalid_client", "check api_key and client_secret")


@pytest.mark.parametrize("code, hint", [
    ("403011", "scopes"), ("403025", "not entitled"), ("403027", "check ims_org"),
    ("403003", "check api_key"), ("400003", "ims_org"), ("401013", "get a new one")])
def test_what_the_gateway_refuses(doctor, platform, code, hint):
    platform.rules([{"match": {"op": "datasets"}, "gateway_error": code}])
    fails_at(doctor(platform), "datasets", code, hint)


def test_a_wrong_organisation(doctor, platform):
    fails_at(doctor(platform, CAIFS_IMS_ORG="FEDCBA9876543210FEDCBA98@AdobeOrg"), "datasets", "403")


def test_no_permission_in_the_sandbox(doctor, platform):
    fails_at(doctor(platform, CAIFS_SANDBOX_NAME="other"), "datasets", "403", "administrator")


def test_an_expired_token(doctor, platform):
    """Its payload tells, though the platform still takes it."""
    payload = base64.urlsafe_b64encode(json.dumps(
        {"created_at": "1000000000000", "expires_in": "86400000"}).encode()).decode().rstrip("=")
    fails_at(doctor(platform, CAIFS_CLIENT_SECRET=None, CAIFS_ACCESS_TOKEN=f"h.{payload}.s"),
             "token", "has ended", "get a new one")


def test_no_score_dataset(doctor, emulator):
    platform = emulator(worlds.world(worlds.dataset(1, name="Web events")))
    fails_at(doctor(platform), "datasets", "Customer AI Scores", "dataset=ID")


def test_no_batch_yet(doctor, emulator):
    platform = emulator(worlds.world(worlds.dataset(1)))
    fails_at(doctor(platform), "batch", "no finished batch")


def test_no_ranges(doctor, platform):
    platform.rules([{"match": {"op": "bytes"}, "ignore_range": True}])
    fails_at(doctor(platform), "range", "does not support ranges")


def test_a_missing_credential_is_wrong_usage(doctor, platform):
    code, steps, errors = doctor(platform, CAIFS_API_KEY=None)
    assert code == 2 and not steps
    assert errors.count("\n") == 1 and "api_key" in errors
