#!/usr/bin/python3
"""The unit file is tried on programs (see confined.py):

    test.py refuses UNIT                   what a service must not do is refused, each thing by itself
    test.py stories UNIT E2E TESTS [strictly]
                                           these end-to-end tests, the daemon started as by the unit file

Exit code 77: this machine does not allow it.
"""
import concurrent.futures
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def confined(unit, state, command, strict=False):
    options = ["--strict"] if strict else []
    return subprocess.run([HERE / "confined.py", "--unit", unit, "--state", state, "--read", HERE / "probe.py", *options,
                           "--", *command], capture_output=True, text=True, check=False, timeout=60)


def expect_possible(unit):
    with tempfile.TemporaryDirectory() as state:
        ran = confined(unit, state, ["/bin/true"])
    if ran.returncode != 0:
        print(ran.stdout, ran.stderr)
        sys.exit(ran.returncode)


def refused(unit, name, strict, filtered):
    with tempfile.TemporaryDirectory() as state, tempfile.NamedTemporaryFile(dir="/tmp") as secret:
        ran = confined(unit, state, ["/usr/bin/python3", str(HERE / "probe.py"), name, state, secret.name], strict)
    killed = strict and filtered
    good = ran.returncode == (-signal.SIGSYS if killed else 0)
    if not good:
        print(f"{name}{' (strictly)' if strict else ''}: ended with {ran.returncode}\n{ran.stdout}{ran.stderr}")
    return good


def refuses(unit):
    sys.dont_write_bytecode = True
    import probe  # not before it is known that there is what it needs
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        tried = [threads.submit(refused, unit, name, strict, name in probe.FILTERED)
                 for name in probe.ALL for strict in (False, True)]
    wrong = sum(not each.result() for each in tried)
    print(f"{len(tried)} attempts, {wrong} of them went wrong")
    return wrong


def stories(unit, program, tests, *how):
    # Where PrivateTmp or PrivateDevices lay something else over what others have there.
    place = os.environ.get("TMPDIR", "/tmp")
    place = place if place.startswith(("/tmp", "/dev/shm")) else "/tmp"
    environment = {**os.environ, "COUNTERSIGN_CONFINED_BY": unit, "TMPDIR": place}
    if how == ("strictly",):
        environment["COUNTERSIGN_CONFINED_STRICTLY"] = "1"
    # --no-skip: the test that the daemon is confined runs here alone.
    return subprocess.run([program, "--no-skip", "-tc=confined:*," + tests], env=environment, check=False).returncode


def main():
    what, unit, *rest = sys.argv[1:]
    unit = os.path.abspath(unit)
    expect_possible(unit)
    sys.exit(1 if {"refuses": refuses, "stories": stories}[what](unit, *rest) else 0)


if __name__ == "__main__":
    main()
