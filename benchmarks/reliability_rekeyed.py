"""A workspace whose pseudonym key is changed: landed by canaries, published without the costly steps of a night.

Belongs here: its making, and what is done to it. Does not: what must hold afterwards (reliability_rotation.py).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks import reliability_canaries as canaries
from benchmarks.reliability_nights import DAY, new_workspace
from benchmarks.reliability_renamed import messages

OLD, NEW, THIRD = (f"a key for this trial alone, the {name} of three" for name in ("first", "second", "third"))


def keys(in_use: str | None = OLD, new: str | None = None) -> None:
    """What the environment holds from now on."""
    for name, value in (("NANOLIFT_PSEUDONYM_KEY", in_use), ("NANOLIFT_NEW_PSEUDONYM_KEY", new)):
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def own_workspace(root: Path, more: str = "") -> Path:
    """A workspace of the demo market that lies under a key of its own."""
    new_workspace(root, more=more)
    settings = root / "nanolift.toml"
    lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if not line.startswith("example =")), encoding="utf-8")
    return root


def land(root: Path, night_no: int) -> None:
    """Land the canaries' source under the workspace's key."""
    from orchestration.connectors.landing import land_source
    from orchestration.privacy.workspace_key import adopt_key
    from orchestration.settings import Source, load_settings
    from orchestration.workspace import Workspace

    workspace = Workspace.at(root)
    key = adopt_key(workspace, load_settings(workspace.configuration))
    source = Source.model_validate({"name": canaries.SOURCE, "kind": "jsonl", "streams": canaries.streams()})
    land_source(
        source,
        source.streams,
        workspace,
        key=key.secret,
        loaded_at=datetime(2026, 1, night_no, 3),
        real_data=root,
        brand_timezone="Europe/Paris",
        key_version=key.version,
    )


def deliver_again(folder: Path) -> None:
    """The same rows in files of other bytes: backwards."""
    for file in folder.glob("*.jsonl"):
        file.write_text("".join(reversed(file.read_text(encoding="utf-8").splitlines(keepends=True))), encoding="utf-8")


def publish(root: Path) -> str:
    """A run with the pipeline's own session, manifest and publishing, and joins of what is landed in between."""
    import duckdb
    import polars as pl

    from ml.ambassador.exploration import in_exploration
    from ml.holdout import in_standing_holdout
    from orchestration.assets.publish import manifest_of
    from orchestration.connectors.loads import read_loads
    from orchestration.durable import write_json
    from orchestration.privacy.erase_publish import finish as finish_erasure
    from orchestration.privacy.rotation_publish import finish as finish_rotation
    from orchestration.privacy.workspace_key import check_one_key
    from orchestration.publishing import publish as make_current
    from orchestration.publishing import write_manifest
    from orchestration.session import RunOptions, open_session
    from orchestration.settings import Retention, load_settings
    from orchestration.state import STATE_FILE, adopt_generations
    from orchestration.workspace import Workspace

    workspace = Workspace.at(root)
    options = RunOptions(DAY, from_landing=True)
    with open_session(workspace, load_settings(workspace.configuration), options, datetime(2026, 1, 3)) as session:
        build, loads = session.build, read_loads(workspace.landing)
        check_one_key(loads, session.own_key.version)
        people = resolved(workspace)
        listed = people.select("consumer_key").unique().sort("consumer_key")
        chance = {"seed": session.settings.seed, "share": 0.5, "kept": session.kept_lots}
        listed = listed.with_columns(
            in_standing_holdout(listed["consumer_key"], **chance), in_exploration(listed["consumer_key"], **chance)
        )
        for folder in (build.exports, build.report):
            folder.mkdir()
        with duckdb.connect(str(build.warehouse)) as connection:
            connection.execute("create schema marts; create schema intermediate")
            connection.register("people", people.to_arrow())
            connection.execute("create table intermediate.int_identities_resolved as from people")
            for stream in sorted({load.stream for load in loads}):
                files = [str(load.data) for load in loads if load.stream == stream]
                landed = connection.read_parquet(files, union_by_name=True)
                kept = [each for each in landed.columns if each not in ("load_id", "row_no", "loaded_at")]
                landed.select(*(duckdb.ColumnExpression(each) for each in kept)).create(f"marts.{stream}")
            connection.execute(
                "create table marts.bought_after as select people.consumer_key, count(*) as lines, "
                "count(distinct events.event_id) as events, sum(lines.net_amount_minor) as spent "
                "from marts.pos_lines as lines join people using (identity_key) left join marts.campaign_events as "
                "events on events.referrer_identity_key = people.identity_key group by all"
            )
        for name in ("ambassador_candidates", "uplift_scores"):
            listed.write_parquet(build.exports / f"{name}.parquet")
        listed.write_excel(build.exports / "all_outputs.xlsx")
        with pl.Config(tbl_rows=-1, fmt_str_lengths=99):
            (build.report / "index.html").write_text(f"<pre>{listed}</pre>", encoding="utf-8")
        write_json(build.root / STATE_FILE, session.state_entry())
        write_manifest(build, manifest_of(session))
        make_current(workspace, build, session.run_id, Retention())
        if session.erasure is not None:
            finish_erasure(workspace, session.key, session.erasure)
        if session.rotation is not None:
            finish_rotation(workspace, session.key, session.rotation)
        adopt_generations(workspace)
    return "published"


def resolved(workspace: Any) -> Any:
    """identity_key, consumer_key of everybody who is landed, by stated links."""
    import polars as pl

    from orchestration.privacy.erase_people import landed_links, linked
    from orchestration.privacy.workspace_key import workspace_key
    from orchestration.settings import load_settings

    key = workspace_key(workspace, load_settings(workspace.configuration)).secret.get_secret_value()
    links = landed_links(workspace)
    known = messages(workspace.root, key)
    rows = [(each, min(other for other in linked(each, links)[0] if other in known)) for each in known]
    return pl.DataFrame(rows, schema=["identity_key", "consumer_key"], orient="row").sort("identity_key")


def rotate(root: Path, publishing: Callable[[Path], str] | None = None) -> dict[str, Any]:
    """`nanolift rotate-key`."""
    from orchestration.privacy import rotation as command

    if publishing is not None:
        command.republished = lambda *_: publishing(root)
    message, done = command.rotate(command.RotateRequest(root))
    return {"succeeded": done, "message": message}


def erase(root: Path, people: Iterable[int]) -> None:
    """`nanolift erase` of some canaries, published as above."""
    from orchestration.privacy import erase as command

    command.republished = lambda *_: publish(root)
    message, done = command.erase(command.EraseRequest(root, tuple(canaries.request(number) for number in people)))
    if not done:
        raise RuntimeError(message)


def refused(work: Callable[[], Any], reason: str) -> bool:
    """Whether work ends with an error that says so."""
    from orchestration.errors import NanoliftError

    try:
        work()
    except NanoliftError as error:
        return reason in str(error)
    return False


def counts(root: Path) -> list[Any]:
    """What every load of the source says of its rows."""
    from orchestration.connectors.loads import read_loads, verify_load

    said = []
    for load in read_loads(root / "landing"):
        verify_load(load)
        parts = (load.rows_accepted, load.rows_quarantined, load.rows_duplicate, load.rows_suppressed)
        said.append([load.stream, load.sequence, load.rows_read, *parts])
    return said


def sound_receipts(root: Path) -> int:
    """How many receipts are signed under the new key."""
    from pydantic import SecretStr

    from orchestration.privacy.receipt import read_receipt

    return len([read_receipt(path, SecretStr(NEW)) for path in (root / "receipts").glob("*.json")])


def import_all() -> None:
    """What every child needs, without starting a thread: its import costs more than most of what they do."""
    import duckdb  # noqa: F401
    import polars  # noqa: F401
    import xlsxwriter  # noqa: F401

    import orchestration.assets.publish
    import orchestration.connectors.landing
    import orchestration.privacy.rotation  # noqa: F401
