#!/usr/bin/env python3
"""Fails on any include that climbs a wall (docs/architecture.md, "Rooms")."""
import pathlib
import re
import sys

# For each room, longest name first: the rooms it may include besides itself.
MAY = {
    "config/base": [],
    "config": ["config/base"],
    "storage": ["config", "config/base"],
    "handlers/review": ["storage", "config", "config/base"],
    "handlers/views": ["handlers/review", "storage", "config", "config/base"],
    "handlers": ["handlers/views", "handlers/review", "storage", "config", "config/base"],
    "bot/net": ["config", "config/base"],
    "bot/slack": ["bot/net", "storage", "config", "config/base"],
    "bot/tracker": ["bot/net", "storage", "config", "config/base"],
    "bot": ["bot/net", "bot/slack", "bot/tracker", "bot/commands", "handlers", "handlers/views", "handlers/review",
            "storage", "config", "config/base"],
}
MAY["bot/commands"] = MAY["bot"] + ["bot"]
# Third-party headers by room prefix: who may see them.
ONLY = {
    r"<boost/asio": ("bot/", "tests/"),
    r"<boost/beast": ("bot/net/", "tests/fakes/", "tests/bench/"),
    r"<SQLiteCpp|<sqlite3": ("storage/", "tests/"),
    r"<toml\+\+": ("config/", "tests/"),
    r"<CLI/": ("bot/",),
    r"<yaml-cpp": ("bot/tracker/",),
    r"<(thread|fstream|mutex|future)>": ("bot/", "tests/", "storage/", "config/"),
}


def room_of(path: str) -> str:
    return max((r for r in MAY if path.startswith(r + "/")), key=len, default="")


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    bad, read = [], 0
    for top in ("config", "storage", "handlers", "bot", "tests"):
        for file in sorted((root / top).rglob("*.[ch]pp")):
            name = file.relative_to(root).as_posix()
            room = room_of(name)
            read += 1
            for number, line in enumerate(file.read_text().splitlines(), 1):
                if re.match(r'\s*TEST_CASE\w*\("[^"]*;', line):
                    bad.append(f"{name}:{number}: ctest cuts a test's name at ';' and then runs nothing")
                found = re.match(r'\s*#include (["<][^">]+[">])', line)
                if not found:
                    continue
                target = found.group(1)
                for pattern, allowed in ONLY.items():
                    if re.match(pattern, target) and not name.startswith(allowed):
                        bad.append(f"{name}:{number}: {target} is not for this room")
                if target.startswith('"') and room:
                    other = room_of(target.strip('"'))
                    if not other or (other != room and other not in MAY[room]):
                        bad.append(f"{name}:{number}: {target} climbs from {room}")
                if target == "<nlohmann/json.hpp>" and name.endswith(".hpp") and room:
                    bad.append(f"{name}:{number}: json.hpp in a header; use json_fwd.hpp")
    if read < 20:
        bad.append(f"only {read} files read: wrong folder?")
    print("\n".join(bad) or f"{read} files respect the walls")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
