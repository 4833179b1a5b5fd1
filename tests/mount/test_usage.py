"""The command line, the configuration, and what a refusal looks like."""

import json
import os
import signal
import subprocess

import pytest

import access
import worlds
from conftest import until
from worlds import part, scores

SIZE = 300000


@pytest.fixture
def platform(emulator):
    return emulator(scores(part("p", SIZE, 1)))


@pytest.fixture
def refused(runs):
    """A run that must not mount: its exit status and its one line on stderr."""
    def begin(platform, env={}, where=None, source=None, **options):
        one = runs()
        code = one.begin(platform, options, env, where=where, source=source)
        assert not one.mounted()
        lines = one.stderr().splitlines()
        assert len(lines) == 1 and lines[0].startswith("caifs: "), lines
        return code, lines[0]
    return begin


def says(found, code, *words):
    assert found[0] == code, found
    for word in words:
        assert word in found[1], found


@pytest.fixture
def config(tmp_path):
    def write(content, mode=0o600, name="config.json"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        path.chmod(mode)
        return str(path)
    return write


NO_CREDENTIALS = {name: None for name in
                  ("CAIFS_IMS_ORG", "CAIFS_API_KEY", "CAIFS_CLIENT_SECRET")}


# Wrong usage: 2

@pytest.mark.parametrize("name, word", [
    ("CAIFS_IMS_ORG", "ims_org"), ("CAIFS_API_KEY", "api_key"),
    ("CAIFS_CLIENT_SECRET", "CAIFS_CLIENT_SECRET")])
def test_a_missing_credential_is_named(refused, platform, name, word):
    says(refused(platform, {name: None}), 2, word)


def test_an_unknown_option_is_named(refused, platform):
    says(refused(platform, no_such_option="1"), 2, "no_such_option", "--help")


@pytest.mark.parametrize("name", ["client_secret", "access_token"])
def test_secrets_are_not_for_the_command_line(refused, platform, name):
    says(refused(platform, **{name: "hunter2hunter2"}), 2, name, "600")


@pytest.mark.parametrize("name, value", [
    ("memory", "1K"), ("memory", "many"), ("memory", "5X"), ("connections", "0"),
    ("connections", "33"), ("timeout", "0"), ("timeout", "-1"), ("ttl", "1.5"),
    ("umask", "9"), ("uid", "root"), ("log_level", "loud"), ("endpoint", "ftp://x"),
    ("endpoint", "http://example.com"), ("endpoint", "http://127.0.0.1.example.com"),
    ("endpoint", "https://user@example.com"), ("endpoint", "https://example.com/?a=b"),
    ("only", True), ("show_latest", "yes"), ("ttl", True)])
def test_a_wrong_value_is_named(refused, platform, name, value):
    says(refused(platform, **{name: value}), 2, name)


def test_a_mountpoint_that_is_not_there(refused, platform, tmp_path):
    says(refused(platform, where=str(tmp_path / "none")), 2, "No such file")


def test_a_mountpoint_that_is_not_empty(refused, platform, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    says(refused(platform, where=str(tmp_path / "full")), 2, "not empty", "nonempty")


def test_nonempty_mounts_over_it(mount, platform):
    mounted = mount(platform, nonempty=True)
    assert access.run(access.listing, mounted.path) == [worlds.NAME]


# Configuration files

def test_a_secret_that_others_can_read_is_refused(refused, platform, config):
    path = config({"client_secret": platform.secret}, 0o640)
    says(refused(platform, {"CAIFS_CLIENT_SECRET": None}, config=path), 2, "chmod 600", path)


def test_a_file_without_a_secret_may_be_read_by_all(mount, platform, config):
    mount(platform, {"CAIFS_IMS_ORG": None}, config=config({"ims_org": platform.org}, 0o644))


def test_a_token_file_that_others_can_read_is_refused(refused, platform, config):
    path = config(platform.mint(600), 0o644, "token")
    says(refused(platform, {"CAIFS_CLIENT_SECRET": None}, token_file=path), 2, "chmod 600")


@pytest.mark.parametrize("content", ["", "{", "[]", "3", "\"x\""])
def test_a_file_that_is_no_json_object(refused, platform, config, content):
    says(refused(platform, config=config(content)), 2, "JSON")


def forms(org, key, secret):
    return {
        "caifs": {"ims_org": org, "api_key": key, "client_secret": secret},
        "aepp": {"org_id": org, "client_id": key, "secret": secret, "sandbox-name": "prod",
                 "environment": "prod", "scopes": "openid, AdobeID, read_organizations, "
                 "additional_info.projectedProductContext, session"},
        "upper case": {"IMS_ORG": org, "API_KEY": key, "CLIENT_SECRET": secret,
                       "SANDBOX_NAME": "prod"},
        "aio": {"ims": {"contexts": {"aep": {
            "client_id": key, "client_secrets": [secret], "ims_org_id": org,
            "technical_account_id": "x@techacct.adobe.com",
            "scopes": ["openid", "AdobeID", "session"]}}}},
        "console": {"project": {"id": "1", "name": "p", "org": {
            "id": "1", "name": "o", "ims_org_id": org}, "workspace": {"details": {"credentials": [
                {"id": "2", "name": "c", "integration_type": "oauth_server_to_server",
                 "oauth_server_to_server": {"client_id": key, "client_secrets": [secret],
                                            "scopes": ["openid", "session"]}}]}}}},
    }


@pytest.mark.parametrize("form", forms("", "", ""))
def test_files_of_other_tools_work_as_they_are(mount, platform, config, form):
    content = forms(platform.org, platform.key, platform.secret)[form]
    mounted = mount(platform, NO_CREDENTIALS, config=config(content))
    assert access.run(access.listing, mounted.path) == [worlds.NAME]


def test_a_source_is_a_named_configuration(mount, platform, tmp_path):
    (tmp_path / "caifs").mkdir()
    path = tmp_path / "caifs" / "luma.json"
    path.write_text(json.dumps(forms(platform.org, platform.key, platform.secret)["caifs"]))
    path.chmod(0o600)
    mounted = mount(platform, {**NO_CREDENTIALS, "XDG_CONFIG_HOME": str(tmp_path)}, source="luma")
    with open("/proc/mounts", encoding="utf-8") as handle:
        row = next(row.split() for row in handle if mounted.path in row)
    assert row[0] == "luma" and row[2] == "fuse.caifs"
    assert {"ro", "nosuid", "nodev", "noexec"} <= set(row[3].split(","))


def test_a_named_configuration_that_is_not_there(refused, platform):
    says(refused(platform, source="nobody"), 2, "nobody", "/etc/caifs/nobody.json")


def test_options_before_environment_before_file(mount, platform, config):
    wrong = config({"ims_org": "wrong", "api_key": "wrong", "sandbox_name": "wrong"})
    mount(platform, {"CAIFS_SANDBOX_NAME": "also-wrong"}, config=wrong, sandbox_name="prod")


def test_what_fstab_says_beside_is_ignored(mount, platform):
    mounted = mount(platform, rw=True, dev=True, suid=True, _netdev=True, nofail=True,
                    noauto=True, **{"x-systemd.automount": True})
    with pytest.raises(OSError):
        access.run(open, mounted / "x", "w")


# Refusals and failures: 1

@pytest.mark.parametrize("code, hint", [
    ("403003", "check api_key"), ("403010", "set a token"), ("403027", "check ims_org"),
    ("403025", "not entitled"), ("400003", "set ims_org")])
def test_a_refusal_has_the_status_the_code_and_the_hint(refused, platform, code, hint):
    platform.rules([{"match": {"op": "datasets"}, "gateway_error": code}])
    says(refused(platform), 1, code[:3], code, hint)


def test_a_wrong_secret(refused, platform):
    says(refused(platform, {"CAIFS_CLIENT_SECRET": "not-the-secret"}), 1, "invalid_client",
         "check api_key and client_secret")


def test_nobody_there(refused, platform):
    says(refused(platform, {"CAIFS_ENDPOINT": "http://127.0.0.1:9"}, timeout=3), 1, "refused",
         "127.0.0.1:9")


def test_a_platform_that_says_nothing(refused, platform):
    platform.rules([{"match": {"op": "datasets"}, "stall": "head"}])
    says(refused(platform, timeout=3), 1, "timeout")


# Life

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_foreground_ends_cleanly(runs, platform, number):
    one = runs()
    assert one.begin(platform, {}, {}, foreground=True) is None
    assert access.run(access.read, one / worlds.path("p")) == platform.content(1, 0, SIZE)
    one.signal(number)
    assert one.exit_status(3) == 0 and not one.mounted()


def test_the_log_level_moves_on_and_the_token_file_is_read_again(mount, platform, config):
    path = config(platform.mint(600), 0o600, "token")
    mounted = mount(platform, {"CAIFS_CLIENT_SECRET": None}, token_file=path, log_level="info")
    mounted.signal(signal.SIGUSR1)
    mounted.signal(signal.SIGHUP)
    from conftest import until
    until(lambda: "log level is now debug" in mounted.log(), 5, "the log level")
    until(lambda: "SIGHUP" in mounted.log(), 5, "SIGHUP")
    assert access.run(access.read, mounted / worlds.path("p")) == platform.content(1, 0, SIZE)
    assert mounted.running()


def test_an_open_descriptor_of_dev_fuse_is_a_mountpoint(caifs, platform, tmp_path):
    """For sandboxes: another process has mounted it already."""
    folder = tmp_path / "mnt"
    folder.mkdir()
    script = (
        "import os, subprocess, sys, ctypes\n"
        "fd = os.open('/dev/fuse', os.O_RDWR); os.set_inheritable(fd, True)\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "data = f'fd={fd},rootmode=40000,user_id=0,group_id=0,default_permissions'.encode()\n"
        "assert libc.mount(b'caifs', sys.argv[2].encode(), b'fuse.caifs', 7, data) == 0\n"
        "sys.exit(subprocess.run([sys.argv[1], f'/dev/fd/{fd}'], pass_fds=[fd]).returncode)\n")
    env = dict(os.environ, XDG_CONFIG_HOME="/nonexistent", CAIFS_ENDPOINT=platform.endpoint,
               CAIFS_IMS_ENDPOINT=platform.endpoint, CAIFS_IMS_ORG=platform.org,
               CAIFS_API_KEY=platform.key, CAIFS_CLIENT_SECRET=platform.secret)
    done = subprocess.run(["/usr/bin/python3", "-c", script, caifs, str(folder)], env=env,
                          capture_output=True, text=True, timeout=30)
    try:
        assert done.returncode == 0, done.stderr
        assert access.run(access.listing, str(folder)) == [worlds.NAME]
    finally:
        subprocess.run(["umount", str(folder)], timeout=10, check=False)


@pytest.mark.parametrize("flag", ["--help", "-h", "--version", "-V"])
def test_help_and_version(caifs, flag):
    done = subprocess.run([caifs, flag], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0 and not done.stderr
    assert "caifs" in done.stdout


COMMANDS = ["doctor", "status", "warm", "wait", "export", "export audiences", "export start",
            "export status", "export list", "export cancel"]


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(caifs, command, flag):
    done = subprocess.run([caifs, *command.split(), flag], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0 and not done.stderr
    assert done.stdout.startswith(f"usage: caifs {command} ") and "Exit: 0 " in done.stdout
    assert "--json" in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 80


@pytest.mark.parametrize("words, meant", [
    (["docter"], "doctor"), (["staus"], "status"), (["wram", "x/y"], "warm"), (["wiat", "x"], "wait"),
    (["exprot", "list"], "export"), (["status", "--jsno"], "--json"), (["warm", "--colums=a", "x"],
     "--columns"), (["wait", "--sinse", "0", "x"], "--since"), (["export", "strat"], "start"),
    (["export", "start", "--audiance", "x"], "--audience"), (["doctor", "--jsn"], "--json"),
    (["-o", "memroy=9M", "x"], "memory"), (["-o", "alow_other", "x"], "allow_other"),
    (["-o", "auto_umount", "x"], "auto_unmount"), (["--hepl"], "--help")])
def test_a_misspelt_word_is_told_the_nearest(caifs, tmp_path, words, meant):
    done = subprocess.run([caifs, *words], capture_output=True, text=True, timeout=10, cwd=tmp_path,
                          env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert f"(did you mean '{meant}'?)" in done.stderr.replace("'caifs ", "'"), done.stderr


@pytest.mark.parametrize("word", ["ls", "umount", "scroes", "help"])
def test_a_bare_word_that_is_no_directory_is_no_mountpoint(caifs, tmp_path, word):
    done = subprocess.run([caifs, word], capture_output=True, text=True, timeout=10, cwd=tmp_path,
                          env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    assert done.returncode == 2 and "neither a command nor a directory" in done.stderr
    assert not os.path.exists(tmp_path / word)


def test_a_directory_and_a_source_are_not_taken_for_misspelt(caifs, tmp_path):
    """They are read, and what then lacks is the credential."""
    (tmp_path / "warn").mkdir()
    (tmp_path / ".config/caifs").mkdir(parents=True)
    (tmp_path / ".config/caifs/docter.json").write_text("{}")
    for words in (["warn"], ["docter", str(tmp_path / "warn")]):
        done = subprocess.run([caifs, *words], capture_output=True, text=True, timeout=10,
                              cwd=tmp_path, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
        assert done.returncode == 2 and "ims_org is not set" in done.stderr, done.stderr


def test_no_secret_is_seen_in_the_process(mount, platform):
    mounted = mount(platform)
    for name in ("cmdline", "environ"):
        with open(f"/proc/{mounted.pid}/{name}", "rb") as handle:
            assert platform.secret.encode() not in handle.read()


# Going to the background

def test_until_it_is_mounted_it_is_who_called(runs, platform):
    """autofs knows by the process group who makes a mount, and keeps all others
    waiting for it: systemd's automount would wait for itself."""
    one = runs()
    platform.rules([{"match": {"op": "datasets"}, "stall": "head"}])
    process = subprocess.Popen(one.command({}), env=one.environment(platform, {}),
                               stdin=subprocess.DEVNULL, start_new_session=True)
    until(lambda: platform.count("datasets"), 20, "the question for the root")
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as handle:
        (child,) = map(int, handle.read().split())
    assert os.getpgid(child) == process.pid
    platform.release()
    assert process.wait(20) == 0 and one.mounted()
    one.pid = child
    # And after that no Ctrl-C at its terminal concerns it.
    assert os.getsid(child) == child
