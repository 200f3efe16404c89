"""The catalogue of texts, kept: `make catalogue` reads every message out of the code into locale/*.pot and *.po.

Belongs here: where messages stand, what is wrong with a translation. Does not: looking texts up at run time
(language.py), recognising notes (retelling.py).

Messages are: what `say`, `say_many`, `say_in` and `mark` name, texts of templates, the words of the contract (titles,
purposes and closed sets of values), and the notes that ml/ writes beside a figure. ml/ knows no catalogue: its
f-strings are read as messages of the context `note`, each expression a placeholder.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from ml.features.dictionary import BY_NAME
from ml.measurement.review_effect.references import references
from orchestration.exports import quality, words
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.contract_quality import FIGURE_WORDS, ORDER_WORDS
from orchestration.exports.contract_reach import RATES
from orchestration.exports.language import LOCALE, translation
from orchestration.exports.retelling import NOTE

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = LOCALE / "nanolift.pot"
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "say": None,
    "say_many": (1, 2),
    "say_in": ((1, "c"), 2),
    "mark": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "_": None,
}
# Where ml/ says in words why a figure is missing or what to know beside it.
NOTES = (
    "measurement", "monitoring/realised.py", "ambassador/judge.py", "ambassador/evidence_learner.py", "promotion.py",
)  # fmt: skip
NO_NOTES = ("peers.py", "candidates.py")
FEWEST_WORDS = 3
# Outputs whose headings the report prints (report/tables.py).
_TABLES = ("campaign_results", "campaign_pacing")
Entry = tuple[str | None, str | tuple[str, str], str]


def messages() -> Catalog:
    """Every message of the code with the files it stands in."""
    found = Catalog(project="nanolift", charset="utf-8", fuzzy=False)
    for context, text, place in sorted(_entries(), key=lambda entry: (entry[0] or "", str(entry[1]), entry[2])):
        found.add(text, locations=[(place, 0)], context=context)
    return found


def _entries() -> Iterator[Entry]:
    here = Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        yield from _marked("python", path)
    for path in sorted(here.rglob("*.html")):
        yield from _marked("jinja2.ext:babel_extract", path)
    for text in _contract_words():
        yield None, text.replace("%", "%%"), "orchestration/exports/contract.py"
    for name in NOTES:
        for path in sorted([ROOT / "ml" / name] if name.endswith(".py") else (ROOT / "ml" / name).rglob("*.py")):
            if path.name not in NO_NOTES and path.exists():
                place = path.relative_to(ROOT).as_posix()
                yield from ((NOTE, text, place) for text in notes_of(path.read_text(encoding="utf-8")))


def _marked(method: str, path: Path) -> Iterator[Entry]:
    with path.open("rb") as file:
        options = {"trimmed": "true", "silent": "false"}
        for _line, text, _comments, context in extract(method, file, KEYWORDS, (), options):  # type: ignore[arg-type]
            yield context, text, path.relative_to(ROOT).as_posix()  # type: ignore[misc]
    if method == "python":
        with path.open("rb") as file:
            for _line, text, _comments, _context in extract(method, file, {"as_note": None}, (), {}):
                yield NOTE, text, path.relative_to(ROOT).as_posix()  # type: ignore[misc]


def _contract_words() -> Iterator[str]:
    """Titles, purposes and values of closed sets; what outputs need; outcomes, units, designs, metrics, features."""
    for output in OUTPUTS.values():
        yield from (output.title, output.purpose)
        for column in output.columns:
            yield from column.allowed
    shown = (column.title for name in _TABLES for column in OUTPUTS[name].columns if column.title)
    yield from shown
    yield from quality.NEEDS.values()
    yield from (name for name, _ in quality.COVERAGE.values())
    yield from (*FIGURE_WORDS.values(), *ORDER_WORDS.values(), *RATES.values())
    for place in (*references()["source"], *references()["claim"]):
        yield str(place)
    for outcome in words.OUTCOMES.values():
        yield from (outcome.title, outcome.noun)
    for pair in words.UNIT_WORDS.values():
        yield from pair
    yield from (*words.DESIGN_WORDS.values(), *words.METRIC_WORDS.values())
    yield from (feature.meaning for feature in BY_NAME.values())


def notes_of(source: str) -> Iterator[str]:
    """The sentences a module of ml/ may write beside a figure, placeholders for what it fills in."""
    tree = ast.parse(source)
    apart: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # docstrings
            apart.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            apart.update(part for part in ast.walk(node) if part is not node)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("ValueError", "TypeError", "IndexError"):
            apart.update(ast.walk(node))  # for programmers, never shown
    for node in ast.walk(tree):
        if node in apart:
            continue
        if isinstance(node, ast.JoinedStr):
            text = _with_placeholders(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = _numbered(node.value.replace("%", "%%"))
        else:
            continue
        if len(re.sub(r"%\(\w+\)s", "", text).split()) >= FEWEST_WORDS:
            yield text


def _with_placeholders(node: ast.JoinedStr) -> str:
    parts, taken = [], dict[str, int]()
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value).replace("%", "%%"))
            continue
        assert isinstance(value, ast.FormattedValue)
        names = re.findall(r"[A-Za-z]\w+", ast.unparse(value.value)) or ["value"]
        name = names[-1].lower()
        taken[name] = taken.get(name, 0) + 1
        parts.append(f"%({name if taken[name] == 1 else f'{name}_{taken[name]}'})s")
    return "".join(parts)


def _numbered(text: str) -> str:
    """The `{}` of str.format as placeholders."""
    count = iter(range(1, 100))
    return re.sub(r"\{\}", lambda _: f"%(n{next(count)})s", text)


def problems(catalogue: Catalog, wanted: Catalog) -> list[str]:
    """What keeps a translation from being whole: a message that is missing, empty, fuzzy, or fills in other values."""
    found = []
    for message in wanted:
        if not message.id:
            continue
        own = catalogue.get(message.id, message.context)
        label = f"{message.id if isinstance(message.id, str) else message.id[0]!r}"
        if own is None:
            found.append(f"not in the catalogue: {label}")
        elif not all(own.string if isinstance(own.string, tuple) else (own.string,)):
            found.append(f"not translated: {label}")
        elif own.fuzzy:
            found.append(f"fuzzy: {label}")
        elif wrong := _other_values(own):
            found.append(f"{wrong}: {label}")
    return found


def _other_values(message: Message) -> str:
    """How the translation differs from its message in placeholders or mark-up; "" where it does not."""
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    names = {name for text in ids for name in re.findall(r"%\((\w+)\)s", text)}
    tags = sorted(re.findall(r"</?\w+>", ids[0]))
    for text in strings:
        rest = re.sub(r"%\(\w+\)s|%%", "", text)
        if "%" in rest:
            return "a percent sign that stands alone"
        if set(re.findall(r"%\((\w+)\)s", text)) != names and len(ids) == 1:
            return "other placeholders"
        if not set(re.findall(r"%\((\w+)\)s", text)) <= names:
            return "unknown placeholders"
        if sorted(re.findall(r"</?\w+>", text)) != tags:
            return "other mark-up"
    return ""


def update() -> dict[str, list[str]]:
    """Write the template and bring every translation up to it; new messages come in untranslated.

    Returns:
        Language → what is still to do.
    """
    wanted = messages()
    left = {}
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/nanolift.po")):
        tag = path.parent.parent.name
        catalogue = translation(tag)
        wanted.creation_date = catalogue.creation_date  # the same messages give the same bytes
        catalogue.update(wanted, no_fuzzy_matching=True, keep_user_comments=True)
        catalogue.obsolete.clear()
        catalogue.project, catalogue.version = "nanolift", "1"
        catalogue.last_translator, catalogue.language_team, catalogue.msgid_bugs_address = "", "", ""
        _write(path, catalogue)
        left[tag] = problems(catalogue, wanted)
    _write(TEMPLATE, wanted, omit_header=True)
    return left


def _write(path: Path, catalogue: Catalog, omit_header: bool = False) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, include_lineno=False, sort_output=True, omit_header=omit_header)


if __name__ == "__main__":
    for language, todo in update().items():
        print(f"{language}: {len(todo)} to do", *todo, sep="\n  ")  # noqa: T201
