"""40 defects against the gates that must stop them, and 60 clean days that no gate may stop.

A part of benchmarks/reliability.py; reliability_defects.py lists the defects and their gates. Two nights of a market
are run; at each gate of the second one, the gate also looks at copies of the run with one defect each. History is what
the first night published, as if eight nights had. Deliveries with a fault are landed and checked on the day after the
first night. Clean days are whole nights, one after the other, with the history they leave.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import reliability_defects as defects
from benchmarks.figures import Figure
from benchmarks.reliability_journal import RESULTS, Journal, seconds_left
from benchmarks.reliability_nights import DAY, NEXT_DAY, Warm, await_end, copied, new_workspace, night, start, warm

# Enough people for models to be trained, which the scores gate looks at.
SIZE = "1500"
NIGHTS_OF_HISTORY = 8
CLEAN_DAYS, FIRST_CLEAN_DAY = 60, date(2025, 6, 16)


class Variants:
    """Gates looked at once more, on copies of a run with one defect each."""

    def __init__(self, folder: Path, told: Path) -> None:
        self.folder, self.told = folder, told

    def tell(self, name: str, gate: str, failed: bool, said: str) -> None:
        with self.told.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"defect": name, "gate": gate, "stopped": failed, "said": said[:300]}) + "\n")

    def copy(self, session: Any) -> Any:
        """A copy of a run that may be spoilt; its history is of eight nights."""
        from orchestration.workspace import Build

        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(session.build.root, self.folder)
        made = replace(session, build=Build(self.folder), tables=dict(session.tables), gates=[])
        past = session.past_figures

        def eight(gate: str) -> dict[str, list[float]]:
            return {name: values[-1:] * NIGHTS_OF_HISTORY for name, values in past(gate).items()}

        made.past_figures = eight
        return made

    def look(
        self, name: str, gate: str, check: Callable[[Any], Any], session: Any, spoil: Callable[[Any], None]
    ) -> None:
        """One defect at one gate."""
        spoilt = self.copy(session)
        try:
            spoil(spoilt)
        except Exception as error:  # noqa: BLE001 - a defect that cannot be made is told, not counted as stopped
            return self.tell(name, gate, False, f"could not be made: {type(error).__name__}: {error}")
        try:
            result = check(spoilt)
            self.tell(name, gate, not result.passed, result.one_line())
        except Exception as error:  # noqa: BLE001 - an error in a gate stops the run too
            self.tell(name, gate, True, f"{type(error).__name__}: {error}")

    def at(self, gate: str, check: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The gate of the night itself, followed by its defects."""

        def both(session: Any) -> Any:
            result = check(session)
            self.look(f"nothing ({gate})", gate, check, session, lambda spoilt: None)
            if gate == "marts":
                for name, statement in defects.MARTS.items():
                    self.look(
                        name, gate, check, session, lambda spoilt, statement=statement: _execute(spoilt, statement)
                    )
                self.look(defects.DROPPED_RULE, gate, _with_dropped_rule(check), session, lambda spoilt: None)
            for name, change in defects.CHANGES.items():
                if change.gate == gate:
                    self.look(name, gate, check, session, change.apply)
            return result

        return both

    def install(self) -> None:
        """Put the defects behind every gate, before the definitions are made."""
        from orchestration.assets import exports, features, scores, warehouse

        for gate, module in (("marts", warehouse), ("features", features), ("scores", scores)):
            module.check = self.at(gate, module.check)  # type: ignore[attr-defined]
        exports.check_exports = self.at("exports", exports.check_exports)  # type: ignore[assignment]


def _execute(session: Any, statement: str) -> None:
    import duckdb

    with duckdb.connect(str(session.build.warehouse)) as connection:
        connection.execute(statement)


def _with_dropped_rule(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same gate after somebody took a check out of its suite."""
    from orchestration.assets import warehouse

    whole = warehouse.suite

    def lacking(gate: str) -> Any:
        suite = whole(gate)
        first = suite.frames[0]
        return replace(suite, frames=(replace(first, checks=first.checks[:-1]), *suite.frames[1:]))

    def look(session: Any) -> Any:
        warehouse.suite = lacking
        try:
            return check(session)
        finally:
            warehouse.suite = whole

    return look


def faults(root: Path, told: Path) -> None:
    """Deliveries with a fault, each landed on a copy of the workspace and looked at by the landing gate."""
    from orchestration.assets import landing
    from orchestration.connectors.selection import lay_out, select_loads
    from orchestration.demo import faults as known
    from orchestration.errors import NanoliftError
    from orchestration.session import RunOptions, open_session
    from orchestration.settings import load_settings
    from orchestration.workspace import Workspace

    known.FAULTS["one_row"] = replace(known.FAULTS["empty"], name="one_row", change=defects.one_row)
    variants = Variants(root.with_name("unused"), told)
    for name, gate in {"": "landing", **defects.LANDING}.items():
        place = copied(root, root.with_name("faulty"))
        text = (place / "nanolift.toml").read_text(encoding="utf-8")
        text = text.replace("[[sources]]", f'[[sources]]\nfaults = ["{name}"]') if name else text
        (place / "nanolift.toml").write_text(text, encoding="utf-8")
        settings = load_settings(place / "nanolift.toml")
        try:
            with open_session(Workspace.at(place), settings, RunOptions(NEXT_DAY), datetime(2026, 1, 3)) as session:
                for source in settings.sources:
                    landing._land(source, session)
                session.selected = select_loads(session.workspace.landing)
                lay_out(session.selected, session.landed_root)
                result = landing.check(session)
            variants.tell(name or "nothing (landing)", "landing", not result.passed, result.one_line())
        except NanoliftError as error:
            variants.tell(name, "refused" if gate == "refused" else type(error).__name__, True, str(error))


def stopped(folder: Path, by: Warm) -> dict[str, dict[str, Any]]:
    """What became of each defect."""
    root, told = new_workspace(folder / "market", SIZE), folder / "told.jsonl"
    if not (first := night(by, root, DAY)).succeeded:
        raise RuntimeError(f"a sound night failed: {first.message}")

    def landing_faults() -> None:
        faults(root, told)
        os._exit(0)

    await_end(root, start(by, root, DAY, before=landing_faults))
    await_end(root, start(by, root, NEXT_DAY, before=Variants(folder / "spoilt", told).install))
    return {said["defect"]: said for said in map(json.loads, told.read_text(encoding="utf-8").splitlines())}


def clean(journal: Journal, by: Warm, root: Path) -> None:
    """Nights of clean days, from the first that is not done; all anew where their workspace is gone."""
    done = journal.done if (root / "current").exists() else {}
    if not done:
        new_workspace(root)
    for number in range(CLEAN_DAYS):
        name = f"clean {number:02d}"
        if name not in done and seconds_left() > 0:
            day = FIRST_CLEAN_DAY + timedelta(days=number)
            ended = night(by, root, day)
            journal.write(name, day=day.isoformat(), stopped=not ended.succeeded, said=ended.message)


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the defects, and over the clean days that are done."""
    folder = Path(tempfile.mkdtemp(prefix="nanolift-gates-"))
    journal = Journal("gates", folder) if quick else Journal("gates")
    try:
        by = warm()
        if "defects" not in journal.done and seconds_left() > 0:
            journal.write("defects", found=stopped(folder, by))
        if not quick:
            clean(journal, by, RESULTS / "reliability_gates_market")
        by.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = journal.done.get("defects", {}).get("found", {})
    wanted = defects.LANDING | dict.fromkeys(defects.MARTS, "marts") | {defects.DROPPED_RULE: "marts"}
    wanted |= {name: change.gate for name, change in defects.CHANGES.items()}
    right = [
        name for name, gate in wanted.items() if (said := found.get(name)) and said["stopped"] and said["gate"] == gate
    ]
    falsely = [name for name, said in found.items() if name.startswith("nothing") and said["stopped"]]
    nights = journal.of(f"clean {number:02d}" for number in range(CLEAN_DAYS))
    yield Figure(f"gates_stopped_of_{len(wanted)}", float(len(right)), low=defects.LEAST_STOPPED)
    yield Figure("gates_always_missed", float(len(set(defects.ALWAYS) - set(right))), high=0)
    yield Figure(f"gates_false_of_{CLEAN_DAYS}", float(len(falsely) + sum(one["stopped"] for one in nights)), high=0)
    yield Figure("gates_clean_days_done", float(len(nights)))
    for name in sorted(set(wanted) - set(right)):
        print(f"  not stopped by {wanted[name]}: {name}: {found.get(name, {}).get('said', 'not looked at')}")
