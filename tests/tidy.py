#!/usr/bin/env python3
"""clang-tidy over sources: tests/tidy.py ROOT FILE…

Most of its time goes into the libraries' headers, so files of one target are read together, eight in one translation
unit. A unit that is not clean is split until the finding stands alone: names that only collide in company do not count.
"""
import concurrent.futures
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TOGETHER = 8
root = pathlib.Path(sys.argv[1]).resolve()
sources = {str(root / name) for name in sys.argv[2:]}


def flags(entry):
    return entry["command"].split(" -o ")[0]


def tidy(unit):
    """What clang-tidy says of these entries of the compilation database."""
    with tempfile.TemporaryDirectory() as folder:
        source = unit[0]["file"]
        if len(unit) > 1:
            source = os.path.join(folder, "unit.cpp")
            pathlib.Path(source).write_text("".join(f'#include "{entry["file"]}"\n' for entry in unit))
        command = {"directory": unit[0]["directory"], "file": source, "command": f"{flags(unit[0])} -c {source}"}
        pathlib.Path(folder, "compile_commands.json").write_text(json.dumps([command]))
        return subprocess.run(
            ["clang-tidy-19", "-p", folder, f"--config-file={root}/.clang-tidy", "--quiet",
             "--checks=-bugprone-suspicious-include", source],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def main():
    database = json.loads((root / "build/tidy/compile_commands.json").read_text())
    known = {entry["file"]: entry for entry in database if entry["file"] in sources}
    entries = sorted(known.values(), key=lambda entry: (flags(entry), entry["file"]))
    todo = []
    for _, target in itertools.groupby(entries, flags):
        target = list(target)
        todo += [target[at:at + TOGETHER] for at in range(0, len(target), TOGETHER)]
    found = False
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        while todo:
            results = list(zip(todo, pool.map(tidy, todo)))
            todo = []
            for unit, result in results:
                if result.returncode == 0:
                    continue
                if len(unit) == 1:
                    found = True
                    print(result.stdout, flush=True)
                else:
                    half = len(unit) // 2
                    todo += [unit[:half], unit[half:]]
    return 1 if found else 0


sys.exit(main())
