"""The system calls that a notebook may make, as a filter for ``bwrap --seccomp``, written by libseccomp.

It is a list of what is allowed. What is not on it does not exist there (ENOSYS), so that a library that has another way takes it.
Not on it is what makes memory that belongs to no process (System V and POSIX queues, semaphores and segments, memory files,
watches, timers, keys, locks on parts of a file, what waits in a socket that nobody has open), what makes namespaces, what
looks into another process, and what moves a process to another processor.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import mmap
import socket
import tempfile
from functools import cache

ALLOWED = """
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 sendfile copy_file_range
open openat openat2 creat close close_range lseek truncate ftruncate fallocate fsync fdatasync fadvise64 flock
stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink readlinkat getdents getdents64
mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
chmod fchmod fchmodat fchmodat2 utime utimes utimensat futimesat umask getcwd chdir fchdir
dup dup2 dup3 pipe pipe2 ioctl select pselect6 poll ppoll
epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2
munmap mprotect mremap brk msync mincore madvise
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack restart_syscall
kill tkill tgkill pause alarm setitimer getitimer nanosleep clock_nanosleep
clock_gettime clock_getres gettimeofday time times getrusage sysinfo uname getcpu sched_yield sched_getaffinity
sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min getpriority setpriority
getrlimit setrlimit prlimit64 getrandom membarrier rseq futex set_tid_address set_robust_list get_robust_list
arch_prctl prctl fork vfork execve execveat exit exit_group wait4 waitid
getpid getppid gettid getuid geteuid getgid getegid getgroups getresuid getresgid getpgid getpgrp setpgid getsid setsid
getsockname getpeername getsockopt shutdown sendto recvfrom
""".split()
NAMESPACES = 0x7E020080
"""The flags of ``clone`` that make namespaces."""
ON_DESCRIPTORS = (0, 1, 2, 3, 4, 1030, 1032)
"""What ``fcntl`` may do: copy a descriptor, ask and set its flags, ask for the size of a pipe."""
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_BAD_ARCHITECTURE = 2
_EQUAL, _MASKED = 4, 7


class NoFilter(RuntimeError):
    """There is no libseccomp on this machine, or it cannot make the filter."""


class _Compare(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


@cache
def allowed() -> bytes:
    """The filter, as the kernel reads it.

    Raises
    ------
    NoFilter : it cannot be made here.
    """
    library = _library()
    context = library.seccomp_init(_ERRNO | errno.ENOSYS)
    try:
        library.seccomp_attr_set(context, _BAD_ARCHITECTURE, _ERRNO | errno.ENOSYS)
        for name in ALLOWED:
            _add(library, context, _ALLOW, name)
        shared = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
        for flags in (0, mmap.MAP_SHARED, mmap.MAP_ANONYMOUS):  # memory of nobody: shared, and without a file
            _add(library, context, _ALLOW, "mmap", _Compare(3, _MASKED, shared, flags))
        _add(library, context, _ALLOW, "clone", _Compare(0, _MASKED, NAMESPACES, 0))
        for command in ON_DESCRIPTORS:
            _add(library, context, _ALLOW, "fcntl", _Compare(1, _EQUAL, command))
        _add(
            library, context, _ALLOW, "socketpair", _Compare(0, _EQUAL, socket.AF_UNIX)
        )  # asyncio wakes itself through one
        with tempfile.TemporaryFile() as file:
            if library.seccomp_export_bpf(context, file.fileno()):
                raise NoFilter("libseccomp cannot write the filter of system calls")
            file.seek(0)
            return file.read()
    finally:
        library.seccomp_release(context)


def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(ctypes.util.find_library("seccomp") or "libseccomp.so.2")
    except OSError:
        raise NoFilter(
            "There is no libseccomp here, which makes the filter of system calls: apt install libseccomp2"
        ) from None
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_attr_set.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32]
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.seccomp_rule_add_array.argtypes = [
        *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(_Compare))
    ]
    return library


def _add(library: ctypes.CDLL, context: int, action: int, name: str, *compares: _Compare) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number == -1:  # a call that this libseccomp does not know, and so does not let by
        return
    wanted = (_Compare * len(compares))(*compares)
    if library.seccomp_rule_add_array(context, action, number, len(compares), wanted):
        raise NoFilter(f"libseccomp has no rule for {name}")
