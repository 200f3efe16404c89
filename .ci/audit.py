"""Are there published holes in what the locks name? `make audit`: pip-audit, and a check that it had anything to go by.

pip-audit says "No known vulnerabilities found" also when an index answered nothing at all, so it is first asked about a
version whose holes are known: whoever does not know these does not know others.

Exit status: 0 audited, nothing known; 1 something is known; 3 not audited, for want of advisories. With --where-it-can
the last one is told and ends with 0: for machines that reach no advisories, as CI's own.

Belongs here: asking and telling. Does not: the locks' own form (tests/architecture).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements.bootstrap.lock", "benchmarks/peers.lock")
# CVE-2014-1402 and others; a package that nanolift uses, in a version that it does not.
KNOWN_TO_HAVE_HOLES = "jinja2==2.4.1"
SERVICES = ("pypi", "osv")
AUDITED, HOLES, NOT_AUDITED = 0, 1, 3


def ask(service: str, requirements: Path, *options: str) -> list[dict[str, Any]] | None:
    """What pip-audit says of every package of a file; None: it could not ask at all."""
    command = [str(Path(sys.executable).with_name("pip-audit")), "--requirement", str(requirements), "--disable-pip"]
    command += ["--vulnerability-service", service, "--format", "json", "--progress-spinner", "off", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        said: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return None
    return said


def knows_holes(said: Iterable[dict[str, Any]] | None) -> bool:
    """Whether an answer about KNOWN_TO_HAVE_HOLES names any."""
    return any(package.get("vulns") for package in said or ())


def verdict(lock: str, said: Iterable[dict[str, Any]] | None) -> tuple[int, list[str]]:
    """The status of one lock and what to tell: every hole, and every package that nobody could say anything of."""
    if said is None:
        return NOT_AUDITED, [f"{lock}: NOT audited: pip-audit could not ask"]
    packages = list(said)
    holes = [
        f"{lock}: {package['name']} {package['version']}: {hole['id']}, "
        f"mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for package in packages
        for hole in package.get("vulns", ())
    ]
    skipped = [
        f"{lock}: {package['name']}: NOT audited: {package['skip_reason']}"
        for package in packages
        if "skip_reason" in package
    ]
    audited = f"{lock}: {len(packages) - len(skipped)} of {len(packages)} packages audited, {len(holes)} known holes"
    status = HOLES if holes else NOT_AUDITED if skipped or not packages else AUDITED
    return status, [*holes, *skipped, audited]


def main() -> int:
    """Ask the first service that knows what is known."""
    where_it_can = "--where-it-can" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder) / "known.txt"
        known.write_text(KNOWN_TO_HAVE_HOLES + "\n", encoding="utf-8")
        service = next((name for name in SERVICES if knows_holes(ask(name, known, "--no-deps"))), None)
    if service is None:
        print(
            f"NOT audited: neither the package index nor OSV told of the known holes of {KNOWN_TO_HAVE_HOLES} "
            "from here. Run make audit where their advisories can be had."
        )
        return 0 if where_it_can else NOT_AUDITED
    statuses = set()
    for lock in LOCKS:
        status, lines = verdict(lock, ask(service, ROOT / lock, "--require-hashes"))
        statuses.add(status)
        print(*lines, sep="\n")
    if HOLES in statuses:
        return HOLES
    return NOT_AUDITED if NOT_AUDITED in statuses and not where_it_can else AUDITED


if __name__ == "__main__":
    sys.exit(main())
