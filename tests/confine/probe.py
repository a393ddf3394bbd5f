"""Tries what a service of countersign.service must not be able to do: one thing by its name, from inside.

Exit code 0: refused as expected; 1: it was allowed, or refused otherwise. `FILTERED` are refused by the filter of system
calls, `HIDDEN` by what the service sees and who it is.
"""
import ctypes
import errno
import mmap
import os
import resource
import socket
import sys

import seccomp

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    function = getattr(libc, name)
    if function(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)


def system_call(name, *arguments):
    if libc.syscall(seccomp.resolve_syscall(seccomp.Arch(), name), *arguments) == -1:
        raise OSError(ctypes.get_errno(), name)


def state():
    return sys.argv[2]


def suid():
    path = os.path.join(state(), "probe")
    with open(path, "w", encoding="ascii"):
        pass
    os.chmod(path, 0o4755)


FILTERED = {
    "mount": (lambda: call("mount", b"tmpfs", state().encode(), b"tmpfs", 0, None), errno.EPERM),
    "umount": (lambda: call("umount2", b"/", 2), errno.EPERM),
    "pivot_root": (lambda: system_call("pivot_root", b"/", b"/"), errno.EPERM),
    "chroot": (lambda: system_call("chroot", b"/"), errno.EPERM),
    "unshare": (lambda: call("unshare", 0x10000000), errno.EPERM),
    "ptrace": (lambda: call("ptrace", 0, 0, 0, 0), errno.EPERM),
    "bpf": (lambda: system_call("bpf", 0, 0, 0), errno.EPERM),
    "kexec_load": (lambda: system_call("kexec_load", 0, 0, 0, 0), errno.EPERM),
    "io_uring": (lambda: system_call("io_uring_setup", 1, ctypes.create_string_buffer(120)), errno.EPERM),
    "userfaultfd": (lambda: system_call("userfaultfd", 1), errno.EPERM),
    "keyring": (lambda: system_call("keyctl", 0, -3, 0), errno.EPERM),
    "reboot": (lambda: call("reboot", 0), errno.EPERM),
    "set the clock": (lambda: call("clock_settime", 0, ctypes.create_string_buffer(16)), errno.EPERM),
    "hostname": (lambda: call("sethostname", b"x", 1), errno.EPERM),
    "kernel log": (lambda: call("klogctl", 3, None, 0), errno.EPERM),
    "setuid": (lambda: os.setuid(0), errno.EPERM),
    "chown": (lambda: os.chown(state(), 0, 0), errno.EPERM),
    "set user id bit": (suid, errno.EPERM),
    "priority": (lambda: os.setpriority(os.PRIO_PROCESS, 0, -5), errno.EPERM),
    "real time": (lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)), errno.EPERM),
    "personality": (lambda: call("personality", 8), errno.EPERM),
    "memory to write and execute": (lambda: mmap.mmap(-1, 4096, prot=7), errno.EPERM),
    "packet socket": (lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW), errno.EAFNOSUPPORT),
    "bluetooth socket": (lambda: socket.socket(31, socket.SOCK_RAW), errno.EAFNOSUPPORT),
    "virtual machine socket": (lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM), errno.EAFNOSUPPORT),
}


def write(path):
    with open(path, "w", encoding="ascii") as file:
        file.write("x")


def others():
    """Processes of others, by any number that exists out there."""
    os.stat("/proc/1")


def capabilities():
    with open("/proc/self/status", encoding="ascii") as file:
        lines = [line.split() for line in file if line.startswith("Cap")]
    if all(int(number, 16) == 0 for _, number in lines):
        raise PermissionError(errno.EPERM, "none")


def more_memory():
    bytearray(300 << 20)


def many_threads():
    import threading
    done = threading.Event()
    try:
        for _ in range(40):
            threading.Thread(target=done.wait, daemon=True).start()
    except RuntimeError:
        raise BlockingIOError(errno.EAGAIN, "threads") from None
    finally:
        done.set()


def own_program():
    path = os.path.join(state(), "program")
    with open("/usr/bin/false", "rb") as source, open(path, "wb") as copy:
        copy.write(source.read())
    os.chmod(path, 0o700)
    os.execv(path, [path])


HIDDEN = {
    "a shell": (lambda: os.execv("/bin/sh", ["sh", "-c", "exit 1"]), errno.EACCES),
    "a program that it brought along": (own_program, errno.EACCES),
    "write to /etc": (lambda: write("/etc/countersign-probe"), errno.EROFS),
    "write to /usr": (lambda: write("/usr/bin/countersign-probe"), errno.EROFS),
    "write to /var/lib": (lambda: write("/var/lib/countersign-probe"), errno.EROFS),
    "write to /sys": (lambda: write("/sys/kernel/uevent_helper"), (errno.EROFS, errno.EACCES, errno.ENOENT)),
    "settings of the kernel": (lambda: os.stat("/proc/sys/kernel"), errno.ENOENT),
    "other processes": (others, errno.ENOENT),
    "root's files": (lambda: os.listdir("/root"), errno.EACCES),
    "homes": (lambda: os.listdir("/home"), errno.EACCES),
    "disks": (lambda: os.stat("/dev/vda"), errno.ENOENT),
    "tunnels": (lambda: os.stat("/dev/net/tun"), errno.ENOENT),
    "a device of its own": (lambda: os.mknod(os.path.join(state(), "null"), 0o20666, os.makedev(1, 3)), errno.EPERM),
    "somebody else's files in /tmp": (lambda: os.stat(sys.argv[3]), errno.ENOENT),
    "raise a limit": (lambda: call("setrlimit", resource.RLIMIT_CORE, (ctypes.c_uint64 * 2)(1, 1)), errno.EPERM),
    "capabilities": (capabilities, errno.EPERM),
    "more than 256 MiB": (more_memory, errno.ENOMEM),
    "more than 32 threads": (many_threads, errno.EAGAIN),
}


def allowed():
    """What it must be able to do."""
    write(os.path.join(state(), "probe"))
    write("/tmp/probe")
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        socket.socket(family, socket.SOCK_STREAM).close()
    raise OSError(0, "all of it")


ALL = {**FILTERED, **HIDDEN, "its own work": (allowed, 0)}


def main():
    attempt, expected = ALL[sys.argv[1]]
    try:
        attempt()
    except MemoryError:
        found = errno.ENOMEM
    except OSError as error:
        found = error.errno
    else:
        print(f"{sys.argv[1]}: ALLOWED")
        sys.exit(1)
    if found != expected and not (isinstance(expected, tuple) and found in expected):
        print(f"{sys.argv[1]}: refused otherwise: {errno.errorcode.get(found, found)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
