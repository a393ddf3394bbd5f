#!/usr/bin/python3
"""Runs a program as systemd would by a unit file, where systemd does not run:

    confined.py --unit FILE --state DIRECTORY [--read PATH]… [--strict] -- PROGRAM ARGUMENT…

What the unit file says is read from it each time. A setting that this launcher does not know ends it: a restriction
that is only believed to be there would be worse than none. The program keeps this process's id, and is found by its
descriptor, wherever the unit hides it. With --strict a system call that is refused ends the program (SIGSYS), so that
none goes unnoticed. Exit code 77: this machine does not allow it.
"""
import argparse
import ctypes
import errno
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys

try:
    import seccomp
except ImportError:
    print("skipped: no python3-seccomp here (./dev test installs it)", file=sys.stderr)
    sys.exit(77)

libc = ctypes.CDLL(None, use_errno=True)


class Unknown(Exception):
    """The unit says something that this launcher cannot impose."""


class Lacking(Exception):
    """This machine does not let anybody impose it: all else that goes wrong here is a failure of the test."""


# What the service manager does with the service, or what has no meaning for one program in a test.
NO_RESTRICTION = {
    "Type", "NotifyAccess", "ExecStart", "ExecReload", "TimeoutStartSec", "WatchdogSec", "TimeoutStopSec", "Restart",
    "RestartSec", "RestartPreventExitStatus", "LoadCredential", "User", "Group", "StateDirectory", "StateDirectoryMode",
    "ConfigurationDirectory",
    "RemoveIPC",     # at the end of the service
    "DevicePolicy",  # by control group; PrivateDevices leaves no device to have a policy for
}


def read_service(path):
    """The settings of [Service]; those that may come again, joined; an empty one begins anew."""
    settings, section = {}, ""
    with open(path, encoding="utf-8") as file:
        for line in map(str.strip, file):
            if line.startswith("["):
                section = line
            elif section == "[Service]" and line and line[0] not in "#;":
                name, _, value = line.partition("=")
                settings.setdefault(name, [])
                settings[name] = settings[name] + [value.strip()] if value.strip() else []
    return settings


class Unit:
    def __init__(self, path):
        self.settings = read_service(path)
        self.asked = set(NO_RESTRICTION)

    def words(self, name):
        self.asked.add(name)
        return " ".join(self.settings.get(name, [])).split()

    def one(self, name, known):
        """The value, which must be among `known`; None where the unit does not say it."""
        self.asked.add(name)
        values = self.settings.get(name)
        if values is None:
            return None
        if not values or values[-1] not in known:
            raise Unknown(f"{name}={' '.join(values)}")
        return values[-1]

    def yes(self, name):
        return self.one(name, ("yes", "no")) == "yes"

    def expect_all_asked(self):
        left = set(self.settings) - self.asked
        if left:
            raise Unknown(", ".join(sorted(left)))


# ---------------------------------------------------------------- system calls that Python lacks

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
CLONE_NEWTIME, CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x80, 0x20000, 0x2000000, 0x4000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x8000000, 0x10000000, 0x20000000, 0x40000000
NAMESPACES = (CLONE_NEWTIME, CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID,
              CLONE_NEWNET)
AT_FDCWD, AT_EMPTY_PATH, AT_RECURSIVE = -100, 0x1000, 0x8000
OPEN_TREE_CLONE, MOVE_MOUNT_F_EMPTY_PATH, MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOEXEC = 1, 4, 1, 8
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 1, 24, 38, 47, 4


def must(result, what, or_lacking=()):
    if result < 0:
        number = ctypes.get_errno()
        if number in (errno.ENOSYS, *or_lacking):
            raise Lacking(f"{what}: {os.strerror(number)}")
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(namespace, what):
    # Without privileges, at the limit of user namespaces, or by a kernel that was built without this kind.
    must(libc.unshare(namespace), what, (errno.EPERM, errno.ENOSPC, errno.EINVAL))


def system_call(name, *arguments):
    return libc.syscall(seccomp.resolve_syscall(seccomp.Arch(), name), *arguments)


def mount(source, target, kind, flags, data=""):
    def text(value):
        return value.encode() if value else None
    # Some containers give a mount namespace and let nobody mount in it.
    must(libc.mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(data)), f"mount {target}",
         (errno.EPERM, errno.EACCES))


def change_mounts(path, add=0, take=0):
    attributes = (ctypes.c_uint64 * 4)(add, take, 0, 0)
    must(system_call("mount_setattr", AT_FDCWD, path.encode(), AT_RECURSIVE, attributes,
                     ctypes.c_size_t(ctypes.sizeof(attributes))), f"mount_setattr {path}")


def keep(path):
    """What is at this path now, to be put back there when something else has been laid over it."""
    return must(system_call("open_tree", AT_FDCWD, path.encode(), OPEN_TREE_CLONE | AT_RECURSIVE | os.O_CLOEXEC),
                f"open_tree {path}")


def put_back(kept, path):
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        if stat.S_ISDIR(os.stat(kept).st_mode):
            os.mkdir(path)
        else:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    must(system_call("move_mount", kept, b"", AT_FDCWD, path.encode(), MOVE_MOUNT_F_EMPTY_PATH), f"move_mount {path}")
    os.close(kept)


# ---------------------------------------------------------------- what the program sees

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def hide(*paths):
    for path in paths:
        if os.path.isdir(path) and not os.path.islink(path):
            mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=000,size=4k")


def change_view(unit, state, reads):
    unshare(CLONE_NEWNS, "a mount namespace")  # PrivateMounts, and what each of the others needs
    unit.yes("PrivateMounts")
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    kept = [(keep(path), path) for path in (state, *reads)]
    devices = [(keep(f"/dev/{name}"), f"/dev/{name}") for name in DEVICES if os.path.exists(f"/dev/{name}")]

    if unit.one("ProtectSystem", ("strict",)):
        change_mounts("/", add=MOUNT_ATTR_RDONLY)
    if unit.yes("PrivateTmp"):
        for path in ("/tmp", "/var/tmp"):
            mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")
    if unit.yes("PrivateDevices"):
        mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=4m")
        for device, path in devices:
            put_back(device, path)
        os.mkdir("/dev/shm")
        mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")
    if unit.one("ProtectHome", ("yes",)):
        hide("/home", "/root", "/run/user")
    if unit.yes("ProtectKernelModules"):
        hide("/usr/lib/modules")
    # /proc/sys and /sys are read-only already, with everything else.
    unit.yes("ProtectKernelTunables")
    unit.yes("ProtectControlGroups")
    proc = [f"hidepid={unit.one('ProtectProc', ('invisible',))}"] if "ProtectProc" in unit.settings else []
    proc += [f"subset={unit.one('ProcSubset', ('pid',))}"] if "ProcSubset" in unit.settings else []
    if proc:
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, ",".join(proc))

    for tree, path in kept:
        put_back(tree, path)
    for path in reads:
        change_mounts(path, add=MOUNT_ATTR_RDONLY)
    for path in unit.words("NoExecPaths"):
        change_mounts(path, add=MOUNT_ATTR_NOEXEC)
    for path in unit.words("ExecPaths"):
        path = os.path.realpath(path.removeprefix("-"))
        if os.path.exists(path):
            put_back(keep(path), path)
            change_mounts(path, take=MOUNT_ATTR_NOEXEC)


def change_system(unit):
    if unit.yes("PrivateIPC"):
        unshare(CLONE_NEWIPC, "an IPC namespace")
    if unit.yes("ProtectHostname"):
        unshare(CLONE_NEWUTS, "a UTS namespace")
    if unit.one("KeyringMode", ("private",)):
        must(system_call("keyctl", 1, None), "a session keyring")  # KEYCTL_JOIN_SESSION_KEYRING
    os.umask(int(unit.one("UMask", ("0077",)) or "0022", 8))


def bytes_of(text):
    return int(text[:-1]) << {"K": 10, "M": 20, "G": 30}[text[-1]] if text[-1] in "KMG" else int(text)


def limit(unit):
    for name in [each for each in unit.settings if each.startswith("Limit")]:
        value = bytes_of(unit.words(name)[0])
        resource.setrlimit(getattr(resource, f"RLIMIT_{name[5:]}"), (value, value))
    # Without a control group: the nearest thing that one process has, and a stricter one.
    for name, kind in (("MemoryMax", resource.RLIMIT_DATA), ("TasksMax", resource.RLIMIT_NPROC)):
        for word in unit.words(name):
            resource.setrlimit(kind, (bytes_of(word), bytes_of(word)))


# ---------------------------------------------------------------- who the program is


def enter_user_namespace(ids):
    """Only root and the service's own user have a name in it; the map must be written from outside."""
    outside, ready = os.getpid(), os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(ready[1])
        os.read(ready[0], 1)
        for kind, number in zip(("uid", "gid"), ids):
            with open(f"/proc/{outside}/{kind}_map", "w", encoding="ascii") as file:
                file.write(f"0 0 1\n{number} {number} 1\n")
        os._exit(0)
    os.close(ready[0])
    unshare(CLONE_NEWUSER, "a user namespace")
    os.write(ready[1], b"!")
    os.close(ready[1])
    if os.waitpid(helper, 0)[1] != 0:
        raise Lacking("the map of a user namespace cannot be written")


def become(unit, ids):
    if unit.yes("PrivateUsers"):
        enter_user_namespace(ids)
    for name in ("CapabilityBoundingSet", "AmbientCapabilities"):
        if unit.words(name) or name not in unit.settings:
            raise Unknown(f"{name}: anything but none")
    with open("/proc/self/status", encoding="ascii") as file:
        bounding = int(next(line for line in file if line.startswith("CapBnd:")).split()[1], 16)
    for capability in range(bounding.bit_length()):
        must(libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "capabilities")
    must(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient capabilities")
    os.setgroups([])
    os.setresgid(ids[1], ids[1], ids[1])
    os.setresuid(ids[0], ids[0], ids[0])
    # A new user id takes this off, and a test that dies must not leave a daemon behind.
    must(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "PDEATHSIG")
    if unit.yes("NoNewPrivileges"):
        must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


# ---------------------------------------------------------------- what the program may ask the kernel for


def calls_of(sets):
    """The names in systemd's sets of system calls, as the systemd that is installed has them."""
    if shutil.which("systemd-analyze") is None:
        raise Lacking("no systemd-analyze (./dev test installs it)")
    told = subprocess.run(["systemd-analyze", "syscall-filter", *sets], check=True, capture_output=True, text=True)
    names = {line.strip() for line in told.stdout.splitlines() if line.startswith(" ") and "#" not in line}
    groups = {name for name in names if name.startswith("@")}
    return (names - groups) | (calls_of(sorted(groups)) if groups else set())


def expand(words):
    sets = [word for word in words if word.startswith("@")]
    return (calls_of(sets) if sets else set()) | {word for word in words if not word.startswith("@")}


def here(names):
    """Without those that this architecture or library does not have."""
    return sorted(name for name in names if seccomp.resolve_syscall(seccomp.Arch(), name) >= 0)


def bits(position, mask):
    return seccomp.Arg(position, seccomp.MASKED_EQ, mask, mask)


class Filters:
    """A filter for each setting, as systemd has them: the strictest answer counts."""

    def __init__(self, strict):
        self.strict = strict
        self.filters = []

    def answer(self, number):
        return seccomp.KILL_PROCESS if self.strict else seccomp.ERRNO(number)

    def deny(self, rules, number=errno.EPERM):
        """Rules: (answer or None, name, conditions…)."""
        new = seccomp.SyscallFilter(seccomp.ALLOW)
        for answer, name, *conditions in rules:
            if here([name]):
                new.add_rule(answer or self.answer(number), name, *conditions)
        self.filters.append(new)

    def deny_calls(self, names):
        self.deny([(None, name) for name in names])

    def allow_only(self, names, number):
        new = seccomp.SyscallFilter(self.answer(number))
        for name in here(names):
            new.add_rule(seccomp.ALLOW, name)
        self.filters.append(new)

    def load(self):
        for each in self.filters:
            each.load()


def filters_of(unit, strict):
    filters = Filters(strict)
    gone = seccomp.ERRNO(errno.ENOSYS)  # what cannot be looked into; whoever calls it falls back
    if unit.yes("PrivateDevices"):
        filters.deny_calls(calls_of(["@raw-io"]))
    if unit.yes("ProtectClock"):
        filters.deny_calls(calls_of(["@clock"]))
    if unit.yes("ProtectKernelModules"):
        filters.deny_calls(calls_of(["@module"]))
    if unit.yes("ProtectKernelLogs"):
        filters.deny_calls(["syslog"])
    if unit.yes("ProtectHostname"):
        filters.deny_calls(["sethostname", "setdomainname"])
    if unit.yes("RestrictNamespaces"):
        filters.deny([(gone, "clone3"), (None, "setns", seccomp.Arg(1, seccomp.EQ, 0))] +
                     [(None, name, bits(at, flag)) for flag in NAMESPACES
                      for name, at in (("unshare", 0), ("clone", 0), ("setns", 1))])
    if unit.yes("RestrictRealtime"):
        filters.deny([(None, "sched_setscheduler", seccomp.Arg(1, seccomp.EQ, policy)) for policy in (1, 2, 4, 6)] +
                     [(None, "sched_setscheduler", seccomp.Arg(1, seccomp.GT, 6))])
    if unit.yes("RestrictSUIDSGID"):
        filters.deny([(gone, "openat2")] +
                     [(None, name, bits(at, bit)) for bit in (stat.S_ISUID, stat.S_ISGID)
                      for name, at in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("mkdir", 1), ("mkdirat", 2),
                                       ("mknod", 1), ("mknodat", 2), ("creat", 1))] +
                     [(None, name, bits(at, os.O_CREAT), bits(at + 1, bit)) for bit in (stat.S_ISUID, stat.S_ISGID)
                      for name, at in (("open", 1), ("openat", 2))])
    if unit.yes("LockPersonality"):
        filters.deny([(None, "personality", seccomp.Arg(0, seccomp.NE, 0))])
    if unit.yes("MemoryDenyWriteExecute"):
        write, execute = 2, 4
        filters.deny([(None, "mmap", bits(2, write | execute)), (None, "mprotect", bits(2, execute)),
                      (None, "pkey_mprotect", bits(2, execute)), (None, "shmat", bits(2, 0o100000))])
    families = unit.words("RestrictAddressFamilies")
    if families:
        import socket
        allowed = {getattr(socket, name) for name in families}
        # The C library asks the kernel for its own addresses while it looks up a name, and does without an answer.
        asked = {socket.AF_NETLINK: seccomp.ERRNO(errno.EAFNOSUPPORT)}
        filters.deny([(asked.get(family), "socket", seccomp.Arg(0, seccomp.EQ, family))
                      for family in range(64) if family not in allowed] +
                     [(None, "socket", seccomp.Arg(0, seccomp.GE, 64))], errno.EAFNOSUPPORT)
    unit.one("SystemCallArchitectures", ("native",))  # libseccomp's own rule: another one is killed
    lines = unit.settings.get("SystemCallFilter", [])
    number = getattr(errno, unit.one("SystemCallErrorNumber", errno.errorcode.values()) or "EPERM")
    unit.asked.add("SystemCallFilter")
    if lines and not lines[0].startswith("~"):
        names = expand(["@default"])
        for line in lines:
            if line.startswith("~"):
                names -= expand(line[1:].split())
            else:
                names |= expand(line.split())
        filters.allow_only(names, number)  # the last: it refuses the loading of more
    elif lines:
        raise Unknown("SystemCallFilter: a list of what is refused")
    return filters


# ----------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unit", required=True)
    parser.add_argument("--state", required=True, help="the StateDirectory: all that may be written")
    parser.add_argument("--read", action="append", default=[], help="seen in spite of PrivateTmp and the like")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("program", nargs="+")
    given = parser.parse_args()
    unit = Unit(given.unit)
    if os.geteuid() != 0:
        raise Lacking("only root can take everything from a program")
    state = os.path.realpath(given.state)
    # Somebody who is nobody else, as long as this state lives.
    owner = os.stat(state).st_uid or 61184 + os.getpid() % 4000
    for folder, _, files in os.walk(state):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            os.chown(path, owner, owner, follow_symlinks=False)
    program = os.open(given.program[0], os.O_RDONLY)

    filters = filters_of(unit, given.strict)
    change_view(unit, state, given.read)
    change_system(unit)
    become(unit, (owner, owner))
    limit(unit)
    unit.expect_all_asked()
    os.chdir("/")
    os.set_inheritable(program, False)
    filters.load()
    os.execve(program, given.program, os.environ)


if __name__ == "__main__":
    try:
        main()
    except Unknown as error:
        sys.exit(f"confined.py does not know how to impose {error}")
    except Lacking as error:
        print(f"skipped: no confinement here: {error}", file=sys.stderr)
        sys.exit(77)
