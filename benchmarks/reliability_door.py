"""Twelve ways into Dagster's UI from another origin, tried at each of its doors; what its own pages must keep.

A part of benchmarks/reliability.py; the probes stand in door_probes.py, each with its variants. Doors: nanolift's guard
on loopback, and Debian's nginx and Caddy with the files of deploy/, each with the guard behind it. A server that is
missing is named, and its door counts as open. Beside it: what Dagster, nginx and Caddy refuse without the guard.

ui_probes_refused_of_12: probes of which every variant was refused at every door, and none left a trace.
ui_allowed_of_N: what the logged-in UI's own page asks and got, over all doors. viewers_refused_of_N: mutations asked of
the read-only doors.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.door_pages import allowed, keeps_out_of_frames, viewers
from benchmarks.door_probes import PROBES
from benchmarks.door_requests import Door, Sent, Trace, ask, fetched, own_query
from benchmarks.door_servers import (
    PUBLIC_NAME,
    VIEWER,
    caddy,
    free_port,
    login_of,
    nginx,
    on_files,
    on_loopback,
    program,
)
from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal, seconds_left

MODULE = "benchmarks.door_definitions"
ASSET = ["marker"]
PROXIES: dict[str, Callable[..., Any]] = {"nginx": nginx, "caddy": caddy}
MARKED = """query Marked($asset: AssetKeyInput!) { assetOrError(assetKey: $asset) {
  ... on Asset { assetMaterializations(limit: 10000) { description } } } }"""


def marked(door: Door, asset: list[str]) -> set[str]:
    """The traces that are there: descriptions of materialisations."""
    found = own_query(door, MARKED, asset={"path": asset})["assetOrError"]
    return {event["description"] for event in found.get("assetMaterializations", ())}


def probed(door: Door, trace: Trace) -> dict[str, list[str]]:
    """By probe: variants that were not refused, or left a trace."""
    before = marked(door, trace.asset)
    let_in: dict[str, list[str]] = {}
    variants = 0
    for probe in PROBES:
        let_in[probe.__name__] = []
        for name, sent in probe(door, trace):
            variants += 1
            answer = ask(door, sent)
            if not answer.refused:
                let_in[probe.__name__].append(f"{name}: {answer.status}")
        left = marked(door, trace.asset) - before
        before |= left
        let_in[probe.__name__] += [f"left a trace: {name}" for name in sorted(left)]
    page = ask(door, Sent("GET", "/", fetched("none", "navigate", "document")))
    if not keeps_out_of_frames(page):
        let_in["framed"].append("the page lets itself be framed")
    return let_in


def kept(door: Door, trace: Trace) -> tuple[int, list[str]]:
    """How many of the page's own requests were answered as they must be, and which were not."""
    wanted = list(allowed(door, trace))
    failed = []
    for name, sent, is_right in wanted:
        answer = ask(door, sent)
        if not is_right(answer):
            failed.append(f"{name}: {answer.status}")
    if f"allowed {door.name}" not in marked(door, trace.asset):
        failed.append("the mutation left no trace")
    return len(wanted), failed


def viewing(door: Door, trace: Trace) -> tuple[int, list[str]]:
    """How many mutations were asked of a viewers' door, and which were not refused."""
    before = marked(door, trace.asset)
    asked = list(viewers(trace))
    through = [name for name, sent in asked if not ask(door, sent).refused]
    left = marked(door, trace.asset) - before
    return len(asked), through + [f"left a trace: {name}" for name in sorted(left)]


@contextmanager
def application(folder: Path) -> Iterator[Any]:
    """Dagster's real web application over one asset, with all rights: only the doors keep anybody out."""
    from dagster import DagsterInstance
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import ModuleTarget
    from dagster_webserver.app import create_app_from_workspace_process_context

    (folder / "home").mkdir()
    (folder / "home" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    target = ModuleTarget(MODULE, None, str(Path(__file__).resolve().parents[1]), None)
    with (
        DagsterInstance.from_config(str(folder / "home")) as instance,
        WorkspaceProcessContext(instance, target, code_server_log_level="ERROR") as context,
    ):
        yield create_app_from_workspace_process_context(context)


def _at(name: str, app: Any, folder: Path, stack: ExitStack, *, guarded: bool) -> tuple[Door, Door | None]:
    """The engineers' door of a kind, and the viewers' one."""
    from orchestration.web.door import Door as Guarded
    from orchestration.web.guard import Place

    port = free_port()
    if name == "dagster":
        return stack.enter_context(on_loopback("dagster", app, port)), None
    if name == "guard":
        other = free_port()
        viewers_app = Guarded(app, Place.loopback(other), read_only=True)
        return (
            stack.enter_context(on_loopback("guard", Guarded(app, Place.loopback(port)), port)),
            stack.enter_context(on_loopback("guard, viewers", viewers_app, other)),
        )
    place = Place.public(f"https://{PUBLIC_NAME}:{port}")
    apps = {"engineers": app, "viewers": app}
    if guarded:
        apps = {"engineers": Guarded(app, place), "viewers": Guarded(app, place, read_only=True)}
    where = folder / (name if guarded else f"{name}-alone")
    where.mkdir()
    files = stack.enter_context(on_files(where, apps))
    door = stack.enter_context(PROXIES[name](where / "proxy", files["engineers"], files["viewers"], port))
    return door, replace(door, login=login_of(VIEWER)) if guarded else None


def _trial(name: str, app: Any, folder: Path) -> dict[str, Any]:
    kind, _, alone = name.partition(" ")
    with ExitStack() as stack:
        door, viewers_door = _at(kind, app, folder, stack, guarded=not alone)
        trace = Trace(ASSET)
        wanted, failed = kept(door, trace)
        result: dict[str, Any] = {"let_in": probed(door, trace), "wanted": wanted, "failed": failed}
        if viewers_door is not None:
            result["viewers"], result["viewers_let_in"] = viewing(viewers_door, trace)
        return result


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the doors that are there."""
    folder = Path(tempfile.mkdtemp(prefix="nanolift-door-"))
    journal = Journal("door", folder) if quick else Journal("door")
    missing = [] if quick else [name for name in PROXIES if program(name) is None]
    doors = ["guard"] if quick else ["guard", *PROXIES]
    trials = [name for name in doors if name not in missing]
    trials += ["dagster alone", *(f"{name} alone" for name in trials if name in PROXIES)]
    try:
        if any(True for _ in journal.due(trials)):
            with application(folder) as app:
                for name in journal.due(trials):
                    if seconds_left() > 0:
                        journal.write(name, **_trial(name, app, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    done = {each["trial"]: each for each in journal.of(trials)}
    for name in missing:
        print(f"missing: Debian's package {name} (as root: apt-get install {name}); its door counts as open")
    for name, each in done.items():
        for probe, variants in each["let_in"].items() if name != "dagster alone" else ():
            print(*(f"{name}: {probe}: {variant}" for variant in variants), sep="\n", end="\n" if variants else "")
        print(*(f"{name}: {text}\n" for text in [*each["failed"], *each.get("viewers_let_in", ())]), sep="", end="")
    whole = [done.get(name) for name in doors]
    names = [probe.__name__ for probe in PROBES]
    refused = [name for name in names if all(each is not None and not each["let_in"][name] for each in whole)]
    yield Figure("ui_probes_refused_of_12", float(len(refused)), low=12)
    wanted = sum(each["wanted"] for each in done.values() if "viewers" in each)
    failed = sum(len(each["failed"]) for each in done.values() if "viewers" in each)
    yield Figure(f"ui_allowed_of_{wanted}", float(wanted - failed), low=max(wanted, 1))
    asked = sum(each.get("viewers", 0) for each in done.values())
    through = sum(len(each.get("viewers_let_in", ())) for each in done.values())
    yield Figure(f"viewers_refused_of_{asked}", float(asked - through), low=max(asked, 1))
    yield Figure(f"ui_doors_tried_of_{len(doors)}", float(sum(each is not None for each in whole)), low=len(doors))
    for name in trials:
        if name.endswith("alone") and name in done:
            held = sum(not variants for variants in done[name]["let_in"].values())
            yield Figure(f"ui_probes_refused_by_{name.replace(' ', '_')}_of_12", float(held))
