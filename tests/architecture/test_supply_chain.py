"""What is installed is what was locked, and nothing of it runs unasked; the bill of materials tells the whole lock."""

from __future__ import annotations

import importlib.util
import json
import re
import site
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

REPOSITORY = Path(__file__).resolve().parents[2]
LOCK = REPOSITORY / "requirements.lock"
# Ours, and not those that packages bring along.
NPM_LOCKS = sorted(
    path for path in (REPOSITORY / "tests" / "live").glob("**/package-lock.json") if "node_modules" not in path.parts
)
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+) \\$", re.MULTILINE)
# Lines of a .pth file that begin with `import` run in every start of Python, before anything of ours. These do, each
# with its reason; what they say is held to the letter, so that a new version of them is looked at again.
RUN_AT_START = {
    "distutils-precedence.pth": (
        "setuptools puts its copy of distutils before Python's",
        "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; "
        "enabled and __import__('_distutils_hack').add_shim();",
    ),
    "coloredlogs.pth": (
        "coloredlogs, of Dagster: colours where COLOREDLOGS_AUTO_INSTALL is set, which nanolift never does",
        'import os; exec(\'try: __import__("coloredlogs").auto_install() if '
        'os.environ.get("COLOREDLOGS_AUTO_INSTALL") else None\\nexcept ImportError: pass\')',
    ),
}
OWN = re.compile(r"__editable__\.nanolift-[\d.]+\.pth")
OWN_LINE = re.compile(r"import (__editable___nanolift_\w+_finder); \1\.install\(\)|/.*")


def startup_files(folder: Path) -> list[str]:
    """What runs at every start of Python from a folder of packages and is not expected to."""
    unexpected = [
        name for name in ("sitecustomize", "usercustomize") for path in folder.glob(f"{name}*") if path.exists()
    ]
    for path in sorted(folder.glob("*.pth")):
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        if OWN.fullmatch(path.name):
            unexpected += [] if len(lines) == 1 and OWN_LINE.fullmatch(lines[0]) else [path.name]
        elif lines != [RUN_AT_START.get(path.name, ("", ""))[1]]:
            unexpected.append(path.name)
    return unexpected


def test_no_installed_package_runs_at_the_start_of_python_but_those_with_a_reason() -> None:
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()}
    assert [name for folder in sorted(folders) for name in startup_files(Path(folder))] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("helpful.pth", "import os; os.system('true')\n"),
        ("paths.pth", "/somewhere/else\n"),
        ("coloredlogs.pth", RUN_AT_START["coloredlogs.pth"][1] + "\nimport more\n"),
        ("__editable__.nanolift-0.1.0.pth", "import other; other.install()\n"),
        ("sitecustomize.py", ""),
    ],
)
def test_a_file_that_runs_at_the_start_of_python_is_seen(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert startup_files(tmp_path) == [name.removesuffix(".py")]


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda path: path.parent.name)
def test_an_npm_lock_hashes_every_package_and_names_no_address(lock: Path) -> None:
    packages: dict[str, dict[str, Any]] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    assert len(packages) > 1
    weak = [name for name, package in packages.items() if name and "sha512-" not in package.get("integrity", "")]
    assert weak == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The bill of materials, by the command of `make sbom`."""
    made = tmp_path_factory.mktemp("sbom") / "bill.json"
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    recipe = re.search(r"\$\(BIN\)/cyclonedx-py (requirements .*) -o \$\(SBOM\)", makefile)
    assert recipe is not None, "make sbom calls cyclonedx-py"
    program = Path(sys.executable).with_name("cyclonedx-py")
    subprocess.run([program, *recipe[1].split(), "-o", made], cwd=REPOSITORY, check=True, capture_output=True)
    return made.read_text(encoding="utf-8")


def test_the_bill_of_materials_is_valid_cyclonedx(bill: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    assert json.loads(bill)["metadata"]["component"]["name"] == "nanolift"


def test_the_bill_of_materials_names_every_locked_package_with_its_hashes(bill: str) -> None:
    text = LOCK.read_text(encoding="utf-8")
    components = json.loads(bill)["components"]
    assert {(part["name"].lower(), part["version"]) for part in components} == {
        (pin[1], pin[2]) for pin in PIN.finditer(text)
    }
    hashes = {
        entry["content"] for part in components for refer in part["externalReferences"] for entry in refer["hashes"]
    }
    assert hashes == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", text))


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """The program of `make audit`."""
    spec = importlib.util.spec_from_file_location("audit", REPOSITORY / ".ci" / "audit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_audit_that_skipped_packages_does_not_count_as_one(audit: ModuleType) -> None:
    clean = {"name": "click", "version": "8.5.1", "vulns": []}
    hole = {"name": "jinja2", "version": "2.4.1", "vulns": [{"id": "CVE-2014-1402", "fix_versions": ["2.7.2"]}]}
    skipped = {"name": "polars", "skip_reason": "Dependency not found on PyPI and could not be audited"}
    assert audit.verdict("a.lock", [clean])[0] == audit.AUDITED
    assert audit.verdict("a.lock", [clean, skipped])[0] == audit.NOT_AUDITED
    assert audit.verdict("a.lock", [])[0] == audit.NOT_AUDITED
    assert audit.verdict("a.lock", None)[0] == audit.NOT_AUDITED
    status, lines = audit.verdict("a.lock", [clean, skipped, hole])
    assert status == audit.HOLES
    assert lines[0] == "a.lock: jinja2 2.4.1: CVE-2014-1402, mended in 2.7.2"
    assert lines[-1] == "a.lock: 2 of 3 packages audited, 1 known holes"


def test_a_service_that_does_not_know_what_is_known_is_not_believed(audit: ModuleType) -> None:
    skipped = {"name": "jinja2", "skip_reason": "not found"}
    assert not audit.knows_holes([skipped])
    assert not audit.knows_holes([{"name": "jinja2", "version": "2.4.1", "vulns": []}])
    assert not audit.knows_holes(None)
    assert audit.knows_holes([{"name": "jinja2", "version": "2.4.1", "vulns": [{"id": "CVE-2014-1402"}]}])


def test_newer_versions_are_proposed_for_every_lock() -> None:
    wanted = json.loads((REPOSITORY / ".github" / "renovate.json").read_text(encoding="utf-8"))
    patterns = [text.strip("/") for kind in ("pip-compile", "npm") for text in wanted[kind]["managerFilePatterns"]]
    locks = ["requirements.lock", "benchmarks/peers.lock"]
    locks += [path.with_name("package.json").relative_to(REPOSITORY).as_posix() for path in NPM_LOCKS]
    assert [lock for lock in locks if not any(re.search(pattern, lock) for pattern in patterns)] == []
