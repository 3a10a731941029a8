"""Walls of a child process: resource limits, no new privileges, no network, only the named folders (Linux).

Each wall is put up when the kernel permits it; on a kernel that lacks one, the others stand alone.
"""

import ctypes
import os
import resource
import signal
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_READ = (1 << 2) | (1 << 3)  # read file, read directory
_LANDLOCK_ALL = (1 << 13) - 1  # every right of ABI 1
_libc = ctypes.CDLL(None, use_errno=True)


def drop_network() -> bool:
    """An own, empty network namespace; True when the kernel gave one."""
    if os.geteuid() == 0:
        return int(_libc.unshare(_CLONE_NEWNET)) == 0
    return int(_libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)) == 0


def no_new_privileges() -> None:
    """Neither this process nor its children can gain rights by executing a file."""
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """SIGKILL when the parent ends; also when it already has."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(70)


def limit_resources(limits: Mapping[str, float]) -> None:
    """RLIMITs of the call; address space is what is mapped now plus `memory_mb`."""
    mapped = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    memory = mapped + int(limits["memory_mb"]) * 1024 * 1024
    cpu = int(limits["cpu_seconds"])
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_FSIZE, int(limits["file_mb"]) * 1024 * 1024, int(limits["file_mb"]) * 1024 * 1024),
        (resource.RLIMIT_NOFILE, int(limits["open_files"]), int(limits["open_files"])),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        ceiling = resource.getrlimit(kind)[1]
        top = hard if ceiling == resource.RLIM_INFINITY else min(hard, ceiling)
        resource.setrlimit(kind, (min(soft, top), top))


def landlock(readable: Sequence[str], writable: Sequence[str]) -> bool:
    """From here on only these files and folders can be opened; False where the kernel has no Landlock."""
    rights = ctypes.c_uint64(_LANDLOCK_ALL)
    ruleset = _libc.syscall(_LANDLOCK_CREATE, ctypes.byref(rights), ctypes.c_size_t(8), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    try:
        for paths, granted in ((readable, _LANDLOCK_READ), (writable, _LANDLOCK_ALL)):
            for path in paths:
                _landlock_add(ruleset, path, granted)
        return int(_libc.syscall(_LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0))) == 0
    finally:
        os.close(ruleset)


def _landlock_add(ruleset: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no right
    try:
        if not os.path.isdir(path):
            rights &= ~(0x1FF8)  # directory rights do not fit a file
        rule = ctypes.create_string_buffer(struct.pack("<Qi", rights, opened))
        _libc.syscall(_LANDLOCK_ADD, ruleset, ctypes.c_int(1), rule, ctypes.c_uint32(0))
    finally:
        os.close(opened)
