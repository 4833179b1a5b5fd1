"""What is installed, and the package: `cmake --install`, `cpack`, the units.

Looks at a build with the preset `release`, which must be there and new enough.
"""

import glob
import json
import os
import re
import shutil
import stat
import subprocess

import pytest

import tracing
import worlds
from conftest import ROOT

RELEASE = os.path.join(ROOT, "build/release")
EXPOSURE = 3.7      # docs/systemd.md says what it is made of
NAMESPACE = re.compile(      # would hide the mount from everybody else
    r"^(Private(?!Network|Users|IPC)\w+|Protect(System|Home|Kernel\w+|ControlGroups|Proc)|ProcSubset"
    r"|Read(Only|Write)Paths|InaccessiblePaths|(No)?ExecPaths|TemporaryFileSystem|Bind\w+"
    r"|Root(Directory|Image)|MountFlags|DynamicUser|(State|Cache|Logs|Runtime)Directory)=", re.M)


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False,
                          stdin=subprocess.DEVNULL, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def needs(*programs):
    missing = [name for name in programs if not shutil.which(name)]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {missing}")


@pytest.fixture(scope="module")
def release():
    if not os.path.exists(os.path.join(RELEASE, "caifs")):
        pytest.skip("there is no release build")
    return RELEASE


@pytest.fixture(scope="module")
def installed(release, tmp_path_factory):
    """The folder of a prefix that all of it was installed to."""
    prefix = tmp_path_factory.mktemp("prefix") / "usr"
    run("cmake", "--install", release, "--prefix", str(prefix))
    return str(prefix)


@pytest.fixture(scope="module")
def package(release, tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    run("cpack", "-G", "DEB", "-B", str(folder), cwd=release)
    [made] = glob.glob(f"{folder}/*.deb")
    return made


def test_the_program_is_hardened(release):
    assert "FAIL" not in run(os.path.join(ROOT, "scripts/hardening"),
                             os.path.join(release, "caifs"))


def test_a_mount_leaves_no_core_and_cannot_be_traced(release, emulator, runs, tmp_path):
    mounted = tracing.mounted(runs(), os.path.join(release, "caifs"), emulator(worlds.scores()),
                              tmp_path)
    assert not tracing.may_trace(mounted.pid)
    assert tracing.core_limits(mounted.pid) == ["0", "0"]


FILES = ["bin/caifs", "sbin/mount.caifs", "sbin/mount.fuse.caifs", "share/man/man1/caifs.1.gz",
         "share/man/man8/mount.caifs.8.gz", "share/bash-completion/completions/caifs",
         "share/zsh/vendor-completions/_caifs", "share/fish/vendor_completions.d/caifs.fish",
         "lib/systemd/system/caifs@.service", "lib/systemd/user/caifs@.service",
         "lib/sysusers.d/caifs.conf", "share/doc/caifs/examples/config.json",
         "share/doc/caifs/examples/fstab", "share/doc/caifs/README.md", "share/doc/caifs/copyright"]


def test_everything_is_installed(installed):
    assert [name for name in FILES if not os.path.exists(os.path.join(installed, name))] == []
    assert "caifs" in run(os.path.join(installed, "sbin/mount.caifs"), "--version")
    with open(f"{installed}/lib/systemd/system/caifs@.service", encoding="utf-8") as unit:
        assert f"ExecStart={installed}/bin/caifs -f" in unit.read()


def test_version_names_the_libraries(installed):
    said = run(f"{installed}/bin/caifs", "--version")
    for name in ("caifs", "libfuse", "libcurl", "cJSON"):
        assert re.search(rf"^{name} \d", said, re.MULTILINE)


def test_the_changelog_has_this_version(installed):
    [version] = re.findall(r"^caifs (\S+)$", run(f"{installed}/bin/caifs", "--version"), re.M)
    with open(f"{installed}/share/doc/caifs/CHANGELOG.md", encoding="utf-8") as handle:
        sections = re.findall(r"^## (\S+)(?: - \d{4}-\d\d-\d\d)?$", handle.read(), re.M)
    assert sections[:2] == ["Unreleased", version]


def test_nothing_is_set_user_id(installed):
    for folder, _, names in os.walk(installed):
        for name in names:
            mode = os.lstat(os.path.join(folder, name)).st_mode
            assert not mode & (stat.S_ISUID | stat.S_ISGID)
            assert stat.S_ISLNK(mode) or not mode & (stat.S_IWGRP | stat.S_IWOTH)


def test_the_package_has_the_same_and_says_what_it_needs(installed, package):
    listed = run("dpkg-deb", "--contents", package)
    assert [name for name in FILES if f"./usr/{name}" not in listed] == []
    assert not re.search(r"^-..s|^-.....s", listed, re.MULTILINE)
    needed = run("dpkg-deb", "--field", package, "Depends")
    for name in ("fuse3", "libfuse3-", "libcurl4", "libcjson1", "libxxhash0", "libc6"):
        assert name in needed
    folder = os.path.dirname(package)
    run("dpkg-deb", "--extract", package, f"{folder}/root")
    with open(f"{folder}/root/usr/lib/systemd/system/caifs@.service", encoding="utf-8") as unit:
        assert "ExecStart=/usr/bin/caifs -f" in unit.read()
    assert "FAIL" not in run(os.path.join(ROOT, "scripts/hardening"), f"{folder}/root/usr/bin/caifs")


@needs("lintian")
def test_lintian_has_nothing_to_say(package):
    assert run("lintian", "--allow-root", "--fail-on", "error,warning", package) == ""


# Units

@needs("systemd-analyze")
@pytest.mark.parametrize("unit, more", [
    ("lib/systemd/system/caifs@.service", []), ("lib/systemd/user/caifs@.service", ["--user"])])
def test_units_are_well_formed(installed, tmp_path, unit, more):
    shutil.copy(os.path.join(installed, unit), tmp_path / "caifs@luma.service")
    env = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(["systemd-analyze", *more, "--man=no", "verify",
                           str(tmp_path / "caifs@luma.service")],
                          env=env, capture_output=True, text=True, timeout=60, check=False)
    ours = [line for line in done.stderr.splitlines() if "caifs" in line]
    assert ours == [] and done.returncode == 0, done.stderr


@needs("systemd-analyze")
def test_example_units_are_well_formed(installed, tmp_path):
    names = ["mnt-scores.mount", "mnt-scores.automount"]
    for name in names:
        shutil.copy(f"{installed}/share/doc/caifs/examples/{name}", tmp_path)
    done = subprocess.run(["systemd-analyze", "--man=no", "verify",
                           *[str(tmp_path / name) for name in names]],
                          capture_output=True, text=True, timeout=60, check=False)
    assert [line for line in done.stderr.splitlines() if "scores" in line] == []


@needs("systemd-analyze")
def test_the_service_is_not_much_exposed(installed):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={int(EXPOSURE * 10)}",
         "--no-pager", f"{installed}/lib/systemd/system/caifs@.service"],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


@pytest.mark.parametrize("kind", ["system", "user"])
def test_no_unit_hides_its_mount(installed, kind):
    with open(f"{installed}/lib/systemd/{kind}/caifs@.service", encoding="utf-8") as unit:
        text = unit.read()
    assert not NAMESPACE.search(text)
    if kind == "user":      # either implies that fusermount3 may not mount
        assert not re.search(r"^(NoNewPrivileges|SystemCall\w+|Restrict\w+)=", text, re.MULTILINE)


@needs("systemd-sysusers")
def test_the_user_of_the_service_is_made(installed, tmp_path):
    (tmp_path / "etc").mkdir()
    run("systemd-sysusers", f"--root={tmp_path}", f"{installed}/lib/sysusers.d/caifs.conf")
    assert re.search("^caifs:", (tmp_path / "etc/passwd").read_text(), re.MULTILINE)


def test_the_example_configuration_is_one(installed):
    with open(f"{installed}/share/doc/caifs/examples/config.json", encoding="utf-8") as example:
        assert {"ims_org", "client_id", "client_secret"} <= set(json.load(example))
