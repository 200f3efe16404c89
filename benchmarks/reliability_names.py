# ruff: noqa: S608 - what is built here is what the trial is about
"""Payloads as names: of columns, tables, files, folders, sources, and as values of dbt's variables.

Belongs here: one function a place, each saying what came alive there: a payload is refused with an error of nanolift's
own or carried literally. Does not: the payloads (reliability_payloads.py), names that
become paths (reliability_paths.py), whole nights (reliability_injection.py).
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
from pydantic import SecretStr

from benchmarks.reliability_paths import paths

NOW = datetime(2026, 1, 2, 3, 4, 5)
KEY = SecretStr("a key of these trials alone, long enough")
_EVERYWHERE = """
brand = {name = "b", timezone = PAYLOAD, currency = PAYLOAD, as_of = PAYLOAD}
campaigns = {comparison = PAYLOAD, outcome_days = PAYLOAD}
tiers.nano_below = PAYLOAD
report.languages = [PAYLOAD]
models.never_use = [PAYLOAD]
sources = [{name = PAYLOAD, kind = PAYLOAD, basis = PAYLOAD}]
[[delivery]]
name = PAYLOAD
kind = "postgres"
sql.url = "postgresql://h/d"
sql_schema = PAYLOAD
outputs = [PAYLOAD]
"""
_BRAND = '[brand]\nname = "b"\ntimezone = "UTC"\ncurrency = "EUR"\n'


def quoted(text: str) -> str:
    """A text as a basic string of TOML."""
    return '"' + "".join(f"\\U{ord(each):08x}" if not each.isalnum() else each for each in text) + '"'


def settings(payloads: Sequence[str], folder: Path) -> Iterator[str]:
    """In every field that is a name or reaches dbt: each must be refused, by its own place."""
    from orchestration.errors import ConfigurationError
    from orchestration.settings import load_settings

    path = folder / "nanolift.toml"
    for payload in payloads:
        said = quoted(payload)
        path.write_text(_EVERYWHERE.replace("PAYLOAD", said), encoding="utf-8")
        try:
            load_settings(path)
            yield f"settings accept {payload!r}"
        except ConfigurationError as error:
            told = str(error)
        for field in (
            *("brand.timezone", "brand.currency", "brand.as_of", "campaigns.comparison", "campaigns.outcome_days"),
            *("tiers.nano_below", "report.languages.0", "models.never_use.0", "sources.0.name", "sources.0.kind"),
            *("sources.0.basis", "delivery.0.name", "delivery.0.sql_schema", "delivery.0.outputs.0"),
        ):
            if f"  {field}: " not in told:
                yield f"{field} = {payload!r} is not refused"
        for table in (f"preset = {said}\n", f'kind = "csv"\n[[sources.streams]]\nstream = {said}\npath = "x"\n'):
            path.write_text(f'{_BRAND}[[sources]]\nname = "s"\n{table}', encoding="utf-8")
            try:
                load_settings(path)
                yield f"{table.splitlines()[-2:]} is accepted"
            except ConfigurationError:
                pass


def _landed(folder: Path, stream: str, columns: str, kind: str, path: str) -> pl.DataFrame:
    """What a source of one stream lands."""
    from orchestration.connectors.landing import land_source
    from orchestration.settings import load_settings
    from orchestration.workspace import Workspace

    file = folder / "nanolift.toml"
    file.write_text(
        f'{_BRAND}[[sources]]\nname = "s"\nkind = "{kind}"\n[[sources.streams]]\nstream = "{stream}"\n'
        f"path = {path}\n[sources.streams.columns]\n{columns}",
        encoding="utf-8",
    )
    source = load_settings(file).sources[0]
    land_source(
        *(source, source.streams, Workspace.at(folder)), key=KEY, loaded_at=NOW, real_data=folder, brand_timezone="UTC"
    )
    found = sorted((folder / "landing" / "s" / stream).rglob("data.parquet"))
    return pl.concat([pl.read_parquet(each) for each in found])


def columns(payloads: Sequence[str], folder: Path) -> Iterator[str]:
    """As headings of a CSV and of a Parquet file, all of them read by one mapping."""
    names = list(dict.fromkeys(payloads))
    rows = pl.DataFrame({"id": ["p1"]} | {name: [f"v{number}"] for number, name in enumerate(names)})
    wanted = "/".join(f"v{number}" for number in range(len(names)))
    listed = f'product_id = "id"\nname = {{columns = [{", ".join(map(quoted, names))}]}}\n'
    for kind in ("csv", "parquet"):
        place = folder / kind
        place.mkdir()
        getattr(rows, f"write_{kind}")(place / f"x.{kind}")
        found = _landed(place, "products", listed, kind, f'"x.{kind}"')
        if found["name"].to_list() != [wanted]:
            yield f"columns of a {kind} file are read as others: {found['name'].to_list()[0][:80]}"


def files(payloads: Sequence[str], folder: Path) -> Iterator[str]:
    """As names of files in a folder that a pattern names; what a name may not hold is left out of it."""
    (folder / "in").mkdir()
    names = {re.sub(r"[/\x00]", "_", payload)[:120] + f"{number}.csv" for number, payload in enumerate(payloads)}
    for number, name in enumerate(sorted(names)):
        (folder / "in" / name).write_text(f"id,name\np{number},n\n", encoding="utf-8")
    found = _landed(folder, "products", 'product_id = "id"\nname = "name"\n', "csv", '"in/*.csv"')
    if found.height != len(names):
        yield f"of {len(names)} files {found.height} were landed"


def tables(payloads: Sequence[str], folder: Path) -> Iterator[str]:
    """As tables, columns and cursors of a database, whose tables must be the same afterwards."""
    from orchestration.connectors.sql_alchemy import AlchemySession
    from orchestration.connectors.sql_spec import SqlConnection, SqlStream
    from orchestration.errors import SourceError

    file = folder / "shop.db"
    database = sqlite3.connect(file)
    database.execute("create table stores (i int)")
    for number, payload in enumerate(payloads):
        called = payload.replace('"', '""').replace("\x00", "")
        database.execute(f'create table "{called}{number}" ("{called}" text)')
        database.execute(f'insert into "{called}{number}" values (?)', (f"2020 {number}",))
    database.commit()
    database.close()
    before = file.read_bytes()
    for number, payload in enumerate(payloads):
        plain = payload.replace("\x00", "")
        session = AlchemySession.opened(SqlConnection(url=f"sqlite:///{file}"), None)
        try:
            stream = SqlStream(table=f"{plain}{number}", cursor=plain)
            if session.columns(stream) != [plain] or session.highest(stream, NOW) != f"2020 {number}":
                yield f"table or column {payload!r} is read as another"
            batches = [batch.to_pydict() for batch in session.batches(stream, [plain], f"2020 {number}")]
            if batches[0] != {plain: [f"2020 {number}"]}:
                yield f"rows of table {payload!r} are read as others"
        except SourceError:
            pass  # a name with a point is one of a schema, which SQLite does not have
        finally:
            session.close()
    if file.read_bytes() != before:
        yield "a database's tables changed while they were read"


def folders(payloads: Sequence[str], folder: Path) -> Iterator[str]:
    """As folders of a workspace: refused, or what dbt and the gates read there are its own files and no others."""
    from jinja2 import Environment

    from orchestration.dbt import ROOT, variables
    from orchestration.errors import ConfigurationError
    from orchestration.gate_frames.landing import LandedRun
    from orchestration.workspace import Workspace

    text = (ROOT / "dbt_project" / "models" / "staging" / "_sources.yml").read_text(encoding="utf-8")
    template = (
        next(line for line in text.splitlines() if "external_location" in line).split('"', 1)[1].rsplit('"', 1)[0]
    )
    beside = folder / "other brand"
    _table(beside, "another brand's")
    for number, payload in enumerate(payloads):
        try:
            root = Workspace.at(folder / f"{number}{payload.strip('/')}").root
            if not root.is_relative_to(folder):
                continue  # its owner named another folder
            _table(root, "own")
        except (ConfigurationError, OSError):
            continue
        known = {"var": lambda name, root=root: {"landed_root": str(root)}[name]}
        said = Environment().from_string(template.replace("\\", "")).render(known)
        for relation in (
            said.format_map({"name": "stores"}),
            LandedRun(root, (), (), date(2026, 1, 1), NOW, "UTC").files("stores"),
        ):
            with duckdb.connect() as connection:
                try:
                    found = connection.execute(f"select * from {relation}")
                    if [each[0] for each in found.description] != ["x"] or found.fetchall() != [("own",)]:
                        yield f"a workspace in {payload!r} reads what is not its own"
                except duckdb.Error as error:
                    yield f"a workspace in {payload!r} cannot be read: {str(error)[:80]}"
    assert variables  # the one who hands landed_root to dbt


def _table(root: Path, value: str) -> None:
    (root / "stores").mkdir(parents=True)
    pl.DataFrame({"x": [value]}).write_parquet(root / "stores" / "a.parquet")
    duckdb.connect(str(root / "w.duckdb")).close()


PLACES = {
    "settings": settings,
    "columns": columns,
    "files": files,
    "tables": tables,
    "folders": folders,
    "paths": paths,
}


def tried(place: str, payloads: Sequence[str]) -> list[str]:
    """What came alive in one place, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="nanolift-names-") as name:
        folder = Path(name).resolve() / "deep" / "enough"
        folder.mkdir(parents=True)
        found = list(PLACES[place](payloads, folder))
        found += [f"outside: {path}" for path in Path(name).rglob("outside*") if folder not in path.parents]
    return found
