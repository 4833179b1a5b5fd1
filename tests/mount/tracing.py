"""Whether another process of the same user may trace a mount.

Root may trace every process by its capability, so here neither has it.
"""

import os
import re
import subprocess
import sys

from conftest import until

PLAIN = ["setpriv", "--bounding-set=-sys_ptrace"] if os.geteuid() == 0 else ["env"]


def mounted(one, program, platform, folder):
    """Begin a mount (`conftest.Mount`) of a program, without that capability."""
    wrapper = folder / "caifs-plain"
    wrapper.write_text(f"#!/bin/sh\nexec {' '.join(PLAIN)} '{program}' \"$@\"\n")
    wrapper.chmod(0o755)
    one.program = str(wrapper)
    assert one.begin(platform, {}, {}) == 0, one.stderr()
    return one


# The process traced goes on when its tracer ends.
SEIZE = """
import ctypes, errno, os, sys
PTRACE_SEIZE = 0x4206
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
if libc.ptrace(PTRACE_SEIZE, int(sys.argv[1]), None, None) != 0:
    print(errno.errorcode[ctypes.get_errno()])
"""


def _seized(pid):
    """Attach to it, as a debugger does."""
    done = subprocess.run([*PLAIN, sys.executable, "-c", SEIZE, str(pid)], check=True,
                          capture_output=True, text=True)
    assert done.stdout in ("", "EPERM\n"), done.stdout
    return not done.stdout


def may_trace(pid):
    """Ask the kernel; a process that forbids nothing shows that the question is right."""
    with subprocess.Popen([*PLAIN, "sleep", "60"]) as other:
        try:
            until(lambda: _is_begun(other.pid), 10, "a process to compare with")
            assert _seized(other.pid)
        finally:
            other.kill()
    return _seized(pid)


def _is_begun(pid):
    """Whether the program that was asked for runs, not the one before it."""
    with open(f"/proc/{pid}/comm", encoding="ascii") as handle:
        return handle.read() == "sleep\n"


def core_limits(pid):
    """The soft and the hard limit of a core file's size, in bytes."""
    with open(f"/proc/{pid}/limits", encoding="ascii") as handle:
        line, = [line for line in handle if line.startswith("Max core file size")]
    return line.split()[4:6]


def is_for_debugging(program):
    """Whether its build allows tracing: its build folder tells; elsewhere, none does."""
    try:
        with open(os.path.join(os.path.dirname(program), "CMakeCache.txt"),
                  encoding="utf-8") as handle:
            text = handle.read()
    except FileNotFoundError:
        return False
    return bool(re.search(r"^CAIFS_ALLOW_PTRACE:BOOL=ON$|^CAIFS_SANITIZE:STRING=.", text, re.M))
