"""Who may import whom, and what a package may not do at all: the rules of the tree, held without exceptions."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("orchestration", "ml", "expectations")
MODULES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
# Programs of the bench environment stand apart: benchmarks/peers.in names what they import.
DEVELOPMENT = sorted(
    path
    for top in ("tests", "benchmarks")
    for path in (REPOSITORY / top).rglob("*.py")
    if not {"node_modules", "peers", ".venv"} & set(path.parts) and path.name != "text_peers.py"
)
# Makes the weights that are shipped: takes its lexicon from a package that no installation needs.
MAINTAINERS_MODULE = "ml/text/train.py"
# Pure by rule: what they give depends on their arguments alone.
PURE = ("ml", "expectations", "orchestration/exports", "orchestration/demo", "orchestration/connectors/streams")
CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "dt.datetime.now"}
GLOBAL_RANDOMNESS = {"np.random.seed", "np.random.rand", "np.random.randn", "np.random.choice", "random.seed"}
# Lines of functions in a module past which it has more than one idea in it; tables of declarations do not count.
MOST_LOGIC = 250
# Lines of a function, its docstring left out, that still fit on a screen.
LONGEST_FUNCTION = 80


def _name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]


@cache
def _declared(*, with_development: bool) -> frozenset[str]:
    """Distributions that pyproject.toml asks for by name."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"] + (project["optional-dependencies"]["dev"] if with_development else [])
    return frozenset(_normal(re.split(r"[\[<>=!~; ]", each)[0]) for each in asked)


@cache
def _bringing() -> dict[str, frozenset[str]]:
    """Top-level module → distributions that bring it."""
    return {name: frozenset(map(_normal, brought)) for name, brought in packages_distributions().items()}


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _libraries(path: Path) -> set[str]:
    """Top-level modules of others that a module imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    ours = {*PACKAGES, "benchmarks", "tests"}
    return {top for name in names if (top := name.partition(".")[0]) not in ours | sys.stdlib_module_names}


@pytest.mark.parametrize("path", [*MODULES, *DEVELOPMENT], ids=_name)
def test_what_is_imported_is_declared_and_not_only_brought_along_by_another(path: Path) -> None:
    declared = _declared(with_development=path not in MODULES or _name(path) == MAINTAINERS_MODULE)
    undeclared = {name for name in _libraries(path) if not declared & _bringing().get(name, frozenset())}
    assert not undeclared, f"{_name(path)}: name {sorted(undeclared)} in pyproject.toml"


def test_every_import_contract_of_pyproject_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True) == 0


def _functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _length(function: ast.FunctionDef) -> int:
    """Lines of a function from `def` to its end, its docstring left out."""
    docstring = ast.get_docstring(function, clean=False) or ""
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return (function.end_lineno or first) - first + 1 - (len(docstring.splitlines()) if docstring else 0)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_opens_with_its_charter_and_stays_readable(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstring = ast.get_docstring(tree) or ""
    assert len(docstring.split()) >= 4, f"{_name(path)} does not say what belongs in it"
    functions = _functions(tree)
    too_long = {function.name: _length(function) for function in functions if _length(function) > LONGEST_FUNCTION}
    assert not too_long, f"{_name(path)}: functions that do not fit on a screen: {too_long}"
    logic = sum(_length(function) for function in functions)
    assert logic <= MOST_LOGIC, f"{_name(path)} has {logic} lines of functions: find the second idea in it"


def test_one_module_reads_the_environment() -> None:
    """Others may hand the whole environment to a child process, and read no variable of it."""
    readers = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            subscript = isinstance(node, ast.Subscript) and _dotted(node.value) == "os.environ"
            if subscript and isinstance(node.ctx, ast.Load):
                readers.add(_name(path))
        if any(_dotted(call.func) in ("os.environ.get", "os.getenv") for call in _calls(path)):
            readers.add(_name(path))
    assert readers <= {"orchestration/environment.py"}


@pytest.mark.parametrize("part", PURE)
def test_a_pure_part_asks_no_clock_and_no_global_randomness(part: str) -> None:
    found = {
        (_name(path), _dotted(call.func))
        for path in (REPOSITORY / part).rglob("*.py")
        for call in _calls(path)
        if _dotted(call.func) in CLOCK_CALLS | GLOBAL_RANDOMNESS
    }
    assert not found


def test_nothing_is_pickled() -> None:
    picklers = {"pickle", "joblib", "cloudpickle", "dill", "shelve"}
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {(_name(path), name) for name in names if name.split(".")[0] in picklers}
    assert not found
