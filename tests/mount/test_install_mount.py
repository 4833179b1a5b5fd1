"""As mount(8) and a service manager run the program."""

import json
import os
import shutil
import socket
import subprocess

import pytest

import access
import worlds
from conftest import ROOT
from worlds import part, scores

SIZE = 300000
FSTAB = "rw,nosuid,nodev,noexec,relatime,user,_netdev,nofail,x-systemd.automount,X-mount.mkdir"


@pytest.fixture
def platform(emulator):
    return emulator(scores(part("p", SIZE, 1)))


@pytest.fixture
def configuration(platform, tmp_path):
    """Writes a named configuration below XDG_CONFIG_HOME; the environment for it."""
    def write(name, mode=0o600, **more):
        (tmp_path / "caifs").mkdir(exist_ok=True)
        path = tmp_path / "caifs" / f"{name}.json"
        path.write_text(json.dumps({
            "endpoint": platform.endpoint, "ims_endpoint": platform.endpoint,
            "ims_org": platform.org, "client_id": platform.key,
            "client_secret": platform.secret, **more}))
        path.chmod(mode)
        return {"XDG_CONFIG_HOME": str(tmp_path)}
    return write


@pytest.fixture
def helper(runs, caifs, tmp_path):
    """Runs the program by the name of a mount helper: a mount, and its status."""
    def begin(env, source, *arguments, name="mount.caifs"):
        program = tmp_path / name
        if not program.exists():
            program.symlink_to(caifs)
        one = runs()
        done = subprocess.run(
            [program, source, one.path, *arguments], env=one.environment(None, env),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
        one.pid = daemon(one.path)
        return one, done
    return begin


def daemon(path):
    """The process in the background that was told to mount there."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as handle:
                words = handle.read().split(b"\0")
        except OSError:
            continue
        if path.encode() in words and b"mount." in words[0]:
            return int(name)
    return None


@pytest.mark.parametrize("name, more", [
    ("mount.caifs", []), ("mount.fuse.caifs", []), ("mount.fuse", ["-t", "fuse.caifs"]),
    ("mount.caifs", ["-sv", "-n"])])
def test_a_mount_helper_mounts(helper, configuration, platform, name, more):
    one, done = helper(configuration("luma"), "luma", *more, "-o", FSTAB, name=name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert access.run(access.read, one / worlds.path("p")) == platform.content(1, 0, SIZE)


def test_a_source_of_a_commands_name_is_a_named_configuration(helper, configuration):
    one, done = helper(configuration("doctor"), "doctor", "-o", "rw")
    assert done.returncode == 0 and one.mounted(), done.stderr


def test_a_fake_mount_does_all_but_mount(helper, configuration):
    one, done = helper(configuration("luma"), "luma", "-f", "-o", "rw")
    assert done.returncode == 0 and not one.mounted()
    one, done = helper(configuration("luma"), "nobody", "-f", "-o", "rw")
    assert done.returncode == 2 and "nobody" in done.stderr


def test_a_failure_is_one_line_for_the_boot_log(helper, configuration):
    one, done = helper(configuration("luma", ims_org="wrong@AdobeOrg"), "luma", "-o", FSTAB)
    assert done.returncode == 1 and not one.mounted()
    assert len(done.stderr.splitlines()) == 1, done.stderr


# In namespaces of its own: the helpers lie over /usr/sbin, and what is mounted
# and runs is gone with the shell.
BY_MOUNT = """
set -e
mount -t overlay overlay -o lowerdir="$1":/usr/sbin /usr/sbin 2>/dev/null || exit 77
shift
eval "$1"
"""


@pytest.fixture
def by_mount(caifs, configuration, tmp_path):
    def run(script, **more):
        helpers = tmp_path / "sbin"
        helpers.mkdir()
        # Nothing of the folder that the program is in is needed.
        shutil.copy(caifs, helpers / "caifs")
        for name in ("mount.caifs", "mount.fuse.caifs"):
            (helpers / name).symlink_to("caifs")
        (tmp_path / "mnt").mkdir()
        env = {**os.environ, **configuration("luma"), "MNT": str(tmp_path / "mnt"),
               "TMP": str(tmp_path), **more}
        done = subprocess.run(
            ["timeout", "-s", "KILL", "40", "unshare", "--mount", "--propagation", "private",
             "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", BY_MOUNT, "sh", str(helpers), script],
            env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode == 77:
            pytest.skip("nothing can be mounted over /usr/sbin here")
        return done
    return run


@pytest.mark.parametrize("kind", ["caifs", "fuse.caifs"])
def test_mount_mounts_by_type(by_mount, kind):
    done = by_mount(f'mount -t {kind} luma "$MNT" -o allow_other,_netdev,nofail,x-a.b=c,dev,suid'
                    '; grep "$MNT" /proc/mounts; ls "$MNT"; umount "$MNT"; ls -A "$MNT"')
    assert done.returncode == 0, done.stderr
    row, *names = done.stdout.splitlines()
    assert row.startswith("luma ") and " fuse.caifs ro," in row
    assert names == [worlds.NAME]


def test_mount_mounts_by_fstab(by_mount, tmp_path):
    with open(os.path.join(ROOT, "packaging/examples/fstab"), encoding="utf-8") as example:
        text = example.read().replace("/mnt/scores", f"{tmp_path}/mnt")
    (tmp_path / "fstab").write_text(text)
    done = by_mount('mount -T "$TMP/fstab" "$MNT"; ls "$MNT"; umount "$MNT"')
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [worlds.NAME]


def test_mount_fuse_mounts_without_privileges(by_mount, caifs):
    if not shutil.which("mount.fuse3"):
        pytest.skip("mount.fuse3 is not installed")
    done = by_mount('mount -t fuse caifs#luma "$MNT" -o drop_privileges; ls "$MNT";'
                    'grep CapEff /proc/$(pidof caifs)/status; umount "$MNT"')
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [*worlds.NAME.split(), "CapEff:", "0000000000000000"]


AS_A_SERVICE = """
mknod -m 666 "$TMP/fuse" c 10 229 && mount --bind "$TMP/fuse" /dev/fuse || exit 77
mount -t tmpfs -o mode=755 tmpfs /mnt
run() { setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all,+sys_admin \
    --ambient-caps=-all,+sys_admin --bounding-set=-all,+sys_admin --no-new-privs "$@"; }
mkdir /mnt/scores
run /usr/sbin/caifs -o allow_other /mnt/scores
"""


def test_a_capability_to_mount_is_given_up(by_mount, platform):
    """As caifs@.service runs it: a user with one capability, which then has none."""
    done = by_mount(
        AS_A_SERVICE +
        'grep /mnt/scores /proc/mounts; ls /mnt/scores;'
        'cat /proc/$(pidof caifs)/task/*/status | grep -E "^Cap(Prm|Eff|Inh|Amb)" | cut -f 2 |'
        'sort -u; grep ^Uid /proc/$(pidof caifs)/status; umount /mnt/scores',
        XDG_CONFIG_HOME="/nonexistent", CAIFS_ENDPOINT=platform.endpoint,
        CAIFS_IMS_ENDPOINT=platform.endpoint, CAIFS_IMS_ORG=platform.org,
        CAIFS_API_KEY=platform.key, CAIFS_CLIENT_SECRET=platform.secret)
    assert done.returncode == 0, done.stderr
    row, name, capabilities, uid = done.stdout.splitlines()
    assert " fuse.caifs ro,nosuid,nodev,noexec," in row and ",allow_other," in row
    assert name == worlds.NAME
    assert int(capabilities, 16) == 0 and uid.split()[1] == "65534"


def test_mount_says_what_is_wrong(by_mount):
    done = by_mount('mount -t caifs nobody "$MNT"')
    assert done.returncode != 0 and "no configuration 'nobody'" in done.stderr


# A service manager

@pytest.mark.parametrize("abstract", [False, True])
def test_readiness_is_told_when_the_mount_stands(runs, platform, tmp_path, abstract):
    where = f"\0caifs-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(where)
        manager.settimeout(10)
        one = runs()
        assert one.begin(platform, {}, {"NOTIFY_SOCKET": where.replace("\0", "@")},
                         foreground=True) is None
        assert b"READY=1" in manager.recv(4096).split(b"\n")
        assert one.mounted()
        assert one.unmount() == 0 and one.exit_status() == 0
        assert b"STOPPING=1" in manager.recv(4096).split(b"\n")


def test_a_failure_is_never_ready(runs, platform, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        one = runs()
        code = one.begin(platform, {}, {"NOTIFY_SOCKET": str(tmp_path / "notify"),
                                        "CAIFS_CLIENT_SECRET": "not-the-secret"}, foreground=True)
        assert code == 1
        one.pid = None      # it is gone, and was asked for its status
        with pytest.raises(BlockingIOError):
            manager.recv(4096)


@pytest.fixture
def credentials(tmp_path):
    folder = tmp_path / "credentials"
    folder.mkdir()

    def write(**secrets):
        for name, value in secrets.items():
            path = folder / name.replace("__", ".")
            path.write_text(value)
            path.chmod(0o440)       # what an access list for one user looks like
        return {"CREDENTIALS_DIRECTORY": str(folder)}
    return write


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_secret_is_a_credential(mount, platform, credentials, end):
    env = credentials(client_secret=platform.secret + end)
    mounted = mount(platform, {"CAIFS_CLIENT_SECRET": None, **env})
    assert access.run(access.listing, mounted.path) == [worlds.NAME]


def test_the_environment_comes_before_a_credential(mount, platform, credentials):
    mount(platform, credentials(client_secret="not-the-secret"))


def test_a_credential_comes_before_the_file(mount, platform, configuration, credentials):
    env = {**configuration("luma", client_secret="not-the-secret"),
           **credentials(client_secret=platform.secret)}
    mount(platform, {"CAIFS_CLIENT_SECRET": None, **env}, source="luma")


def test_a_whole_configuration_is_a_credential(mount, platform, credentials):
    env = credentials(config__json=json.dumps({"client_secret": platform.secret}))
    mount(platform, {"CAIFS_CLIENT_SECRET": None, **env},
          config=env["CREDENTIALS_DIRECTORY"] + "/config.json")


def test_a_credential_that_cannot_be_read_is_named(runs, platform, tmp_path):
    (tmp_path / "client_secret").mkdir()
    one = runs()
    code = one.begin(platform, {}, {"CAIFS_CLIENT_SECRET": None,
                                    "CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert code == 2 and "client_secret" in one.stderr()
