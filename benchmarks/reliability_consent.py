"""A hundred consents that change between nights: who withdrew is in nothing that leaves, who came back is there again.

A part of benchmarks/reliability.py. On the morning after each night of a market some listed people withdraw, or give
again, by a draw with a seed: their consent to scoring or to contact. First the changes are landed by a night that goes
no further, and a plan and the deliveries are made from the generation of before; then a night publishes. After each
step everything that leaves is read back: exports, report, plan, the folder with exports, the list of people by name.

withdrawn_exported counts people who withdrew and stand in one of these; consent_missing people who gave again and do
not come back into the next export.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_nights import DAY, Warm, await_end, new_workspace, night, start, warm
from benchmarks.reliability_state import files_of

NIGHTS, FLIPS = 5, 20
QUICK_NIGHTS, QUICK_FLIPS = 1, 8
SEED = 20260801
CRM = """
[[sources]]
name = "crm"
kind = "csv"
[[sources.streams]]
stream = "consents"
path = "flips/*.csv"
[sources.streams.columns]
consumer_ref = "card"
purpose = "purpose"
status = "status"
changed_at = { column = "at", zone = "UTC" }

[[delivery]]
name = "share"
kind = "folder"
path = "../share"
formats = ["csv"]
include = ["exports", "report"]

[[delivery]]
name = "calls"
kind = "folder"
path = "../calls"
[delivery.audience]
choose_from = "who_next"
actions = ["fix", "recruit", "sample", "thank"]
purpose = "contact"
identifier = "consumer_ref"
"""


def clock(day: date, hour: int) -> datetime:
    """An instant of the night after a day."""
    return datetime(day.year, day.month, day.day, hour) + timedelta(days=1)


def apart(work: Callable[[], Any]) -> Any:
    """What a child finds: the process that forks nights must start no thread of its own, and Polars starts some."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said: Any = None
        try:
            said = work()
        except BaseException:  # noqa: BLE001 - the parent tells that it failed
            traceback.print_exc()
        finally:
            with os.fdopen(writing, "w", encoding="utf-8") as pipe:
                json.dump(said, pipe)
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        found = json.load(pipe)
    os.waitpid(child, 0)
    if found is None:
        raise RuntimeError("a trial could not read what it is about")
    return found


def references(root: Path) -> dict[str, str]:
    """consumer_key → what the brand calls the person; people who are their own only card."""
    from orchestration.connectors.vault import Vault
    from orchestration.environment import pseudonym_key
    from orchestration.settings import load_settings
    from orchestration.workspace import Workspace

    workspace = Workspace.at(root)
    entries = Vault(workspace.vault, pseudonym_key(load_settings(workspace.configuration))).read("trial", clock(DAY, 0))
    cards = entries.filter(entries.get_column("kind") == "loyalty")
    return dict(cards.select("identity_key", "reference").iter_rows())


def draw(
    root: Path, names: dict[str, str], states: dict[tuple[str, str], str], flips: int, seed: int
) -> list[tuple[str, str, str]]:
    """(consumer_key, purpose, status): listed people who withdraw, and as far as there are some, who give again."""
    import polars as pl

    chance = random.Random(seed)
    listed = pl.read_parquet(root / "current/exports/ambassador_candidates.parquet")
    called = pl.read_parquet(root / "current/exports/who_next.parquet").get_column("consumer_key").to_list()
    granted = listed.filter(pl.col("consent_contact") == "granted").get_column("consumer_key").to_list()
    # Those on the list that goes out by name come first, as far as they last.
    pool = sorted(granted, key=lambda key: key not in set(called))[: 3 * flips]
    back = sorted(key for key, status in states.items() if status == "withdrawn")
    returning = chance.sample(back, min(len(back), flips // 2))
    free = sorted(key for key in names if key in set(pool) and not any((key, each) in states for each in PURPOSES))
    leaving = [(key, chance.choice(PURPOSES)) for key in chance.sample(free, flips - len(returning))]
    return [(*each, "granted") for each in returning] + [(*each, "withdrawn") for each in leaving]


PURPOSES = ("scoring", "contact")


def write_flips(
    root: Path, drawn: list[tuple[str, str, str]], names: dict[str, str], at: datetime, number: int
) -> None:
    """What the brand's own system says of the morning."""
    with (root / "flips" / f"{number:03d}.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["card", "purpose", "status", "at"])
        rows.writerows([names[key], purpose, status, at.isoformat()] for key, purpose, status in drawn)


def a_product(root: Path) -> str:
    """Any product, to be sent to people."""
    import duckdb

    with duckdb.connect(str(root / "current/warehouse.duckdb"), read_only=True) as connection:
        return str(connection.sql("select min(product_id) from marts.dim_products").fetchall()[0][0])


def land_only(root: Path, day: date, at: datetime, told: Path) -> None:
    """A night that lands and goes no further; then a plan, and every delivery that is due."""
    from orchestration.assets import landing
    from orchestration.delivering import naive_utc
    from orchestration.errors import NanoliftError
    from orchestration.exports.delivery.run import Courier
    from orchestration.lock import workspace_lock
    from orchestration.plan_words import Asked
    from orchestration.recruitment import plan_recruitment
    from orchestration.session import RunOptions, open_session
    from orchestration.settings import load_settings
    from orchestration.workspace import Workspace

    workspace, settings = Workspace.at(root), load_settings(root / "nanolift.toml")
    with open_session(workspace, settings, RunOptions(day), at) as session:
        for source in settings.sources:
            landing._land(source, session)
    try:
        plan = plan_recruitment(Asked(root, "2000", (f"{a_product(root)}=5",)))
    except NanoliftError as error:
        plan = f"none: {error}"
    shutil.rmtree(workspace.deliveries, ignore_errors=True)  # every target is due again
    for name in ("share", "calls"):
        shutil.rmtree(root.parent / name)
        (root.parent / name).mkdir()
    with workspace_lock(workspace, "deliver"):
        outcomes = Courier(workspace, settings, naive_utc).deliver()
    told.write_text(json.dumps({"plan": plan, "delivered": [str(each) for each in outcomes]}))


def leaving(root: Path) -> Iterator[Path]:
    """Every file that leaves, or is there for marketers."""
    for folder in (root / "current/exports", root / "current/report", root / "plans"):
        yield from files_of(folder)
    for name in ("share", "calls"):
        yield from files_of(root.parent / name)


def standing(root: Path) -> dict[Path, str]:
    """What each of these files says, decoded."""
    import polars as pl

    return {
        path: pl.read_parquet(path).write_csv()
        if path.suffix == ".parquet"
        else _workbook(path)
        if path.suffix == ".xlsx"
        else path.read_text(encoding="utf-8", errors="replace")
        for path in leaving(root)
        if path.is_file() and not path.is_symlink()
    }


def _workbook(path: Path) -> str:
    import zipfile

    with zipfile.ZipFile(path) as book:
        return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())


def wrong(root: Path, states: dict[tuple[str, str], str], names: dict[str, str], *, published: bool) -> tuple[int, int]:
    """How many people who withdrew and stand in what they may not be in; and how many gave again and are missing.

    Before the next night has published, only what is made in the meantime counts: the plan and the deliveries.
    """
    files = standing(root)
    found, missing = set(), set()
    made_now = {path for path in files if path.is_relative_to(root / "plans") or not path.is_relative_to(root)}
    lists = {path for path in files if path.is_relative_to(root / "plans")}
    calls = {path for path in files if path.is_relative_to(root.parent / "calls")}
    candidates = files.get((root / "current/exports/ambassador_candidates.csv"), "")
    candidates = candidates or "".join(text for path, text in files.items() if path.name == "ambassador_candidates.csv")
    for (key, purpose), status in states.items():
        may_not = (set(files) if published else made_now) - calls if purpose == "scoring" else lists
        if status == "withdrawn":
            if any(key in files[path] for path in may_not):
                found.add(key)
            if any(names[key] in files[path].splitlines() for path in calls):
                found.add(key)
        elif published and key not in candidates:
            missing.add(key)
    return len(found), len(missing)


def rounds(root: Path, by: Warm, journal: Journal, nights: int, flips: int) -> None:
    """Nights one after the other; begun anew where they were stopped, since each rests on the one before."""
    days = [DAY + timedelta(days=number) for number in range(nights + 1)]
    if not (first := night(by, root, days[0], clock=clock(days[0], 3))).succeeded:
        raise RuntimeError(f"a sound night failed: {first.message}")
    names: dict[str, str] = apart(lambda: references(root))
    states: dict[tuple[str, str], str] = {}
    for number, day in enumerate(days[1:]):
        if seconds_left() <= 0:
            return
        drawn = apart(partial(draw, root, names, states, flips, SEED + number))
        # After the day is over, and before its night begins: the warehouse of that day knows nothing of it.
        write_flips(root, drawn, names, clock(day, 1), number)
        states |= {(key, purpose): status for key, purpose, status in drawn}
        told = root.with_name("told.json")

        def landing_alone(day: date = day, told: Path = told) -> None:
            land_only(root, day, clock(day, 2), told)
            os._exit(0)

        told.unlink(missing_ok=True)
        await_end(root, start(by, root, day, before=landing_alone))
        if not told.exists():
            raise RuntimeError(f"landing alone failed: {root.with_name(f'{root.name}.night.log').read_text()[-2000:]}")
        between, _ = apart(partial(wrong, root, states, names, published=False))
        ended = night(by, root, day, clock=clock(day, 3))
        shutil.rmtree(root / "plans", ignore_errors=True)
        # A night that published nothing has no next export: it counts as failed, and its deliveries as before.
        published = bool(ended.succeeded)
        after, missing = apart(partial(wrong, root, states, names, published=published))
        journal.write(
            f"night {number:02d}",
            flips=len(drawn),
            given_again=sum(status == "granted" for *_, status in drawn),
            withdrawn_exported=between + after,
            consent_missing=missing,
            succeeded=ended.succeeded,
            said=ended.message,
            called=sum(1 for line in _calls(root)),
            **json.loads(told.read_text()),
        )


def _calls(root: Path) -> Iterator[str]:
    for path in files_of(root.parent / "calls"):
        if path.name == "audience.csv":
            yield from path.read_text(encoding="utf-8").splitlines()[1:]


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over all nights that are done."""
    folder = Path(tempfile.mkdtemp(prefix="nanolift-consent-"))
    journal = Journal("consent", folder) if quick else Journal("consent")
    nights, flips = (QUICK_NIGHTS, QUICK_FLIPS) if quick else (NIGHTS, FLIPS)
    names = [f"night {number:02d}" for number in range(nights)]
    try:
        if len(journal.of(names)) < nights and seconds_left() > 0:
            by = warm()
            root = new_workspace(folder / "brand", more=CRM)
            for each in (root / "flips", folder / "share", folder / "calls"):
                each.mkdir()
            (root / "flips" / "none.csv").write_text("card,purpose,status,at\n", encoding="utf-8")
            rounds(root, by, journal, nights, flips)
            by.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    done: list[dict[str, Any]] = journal.of(names)
    yield Figure("consent_flips", float(sum(one["flips"] for one in done)), low=float(nights * flips))
    yield Figure("consent_given_again", float(sum(one["given_again"] for one in done)))
    yield Figure("consent_people_called", float(sum(one["called"] for one in done)))
    yield Figure("consent_nights_failed", float(sum(not one["succeeded"] for one in done)), high=0)
    yield Figure("withdrawn_exported", float(sum(one["withdrawn_exported"] for one in done)), high=0)
    yield Figure("consent_missing", float(sum(one["consent_missing"] for one in done)), high=0)
