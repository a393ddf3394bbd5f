#!/usr/bin/env bash
# The service file is valid and stays as hardened as it was: systemd's own judgement, where systemd is installed.
set -eu
root=$(realpath "$1")
command -v systemd-analyze >/dev/null || { echo "no systemd-analyze here: skipped"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The program need not be installed for the file to be right.
sed 's|^ExecStart=countersign |ExecStart=/bin/true |' "$root/systemd/countersign.service" >"$work/countersign.service"
grep -q '^ExecStart=/bin/true run ' "$work/countersign.service" || { echo "ExecStart is not as expected"; exit 1; }

found=$(systemd-analyze verify --man=no "$work/countersign.service" 2>&1 | grep countersign || true)
[ -z "$found" ] || { echo "$found"; exit 1; }
systemd-analyze security --offline=yes --threshold=12 "$work/countersign.service" | tail -1

if command -v systemd-sysusers >/dev/null; then
  systemd-sysusers --dry-run "$root/systemd/countersign.sysusers"
fi
if command -v systemd-tmpfiles >/dev/null; then
  # Users that do not exist yet are not a fault of the file; anything else is.
  bad=$(systemd-tmpfiles --create --root="$work" "$root/systemd/countersign.tmpfiles" 2>&1 | grep -v "resolve user\|resolve group\|Unknown user\|Unknown group" || true)
  [ -z "$bad" ] || { echo "$bad"; exit 1; }
fi
