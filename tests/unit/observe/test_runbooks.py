"""Every alert has a runbook, every message links it, and following it ends the alert.

gate_failed and source_stale are followed in tests/integration, where gates really fail and sources are really landed.
"""

from __future__ import annotations

import json
import os
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from orchestration import doctor
from orchestration.cli import cli
from orchestration.environment import PSEUDONYM_KEY_VARIABLE
from orchestration.errors import ConfigurationError
from orchestration.generations import Generation
from orchestration.nightly import RunRequest, run_nightly
from orchestration.observe.alerts import Notice
from orchestration.observe.causes import KINDS, Cause
from orchestration.observe.channels import as_mail, message
from orchestration.observe.record import write_record
from orchestration.observe.spec import Email
from orchestration.publishing import next_sequence, publish, write_manifest
from orchestration.settings import Retention
from orchestration.workspace import Build, Workspace
from tests.runbooks import PARTS, commands, followed, section
from tests.unit.observe.conftest import CONFIGURATION, run_of

OWN_KEY = "a-key-for-this-test-only-0123456789"


def nanolift(*words: str, place: Path) -> Result:
    return CliRunner().invoke(cli, [*words, "--workspace", str(place)])


def told(place: Path) -> str:
    """What the last look said in the log."""
    lines = [json.loads(line) for line in (place / "logs" / "nanolift.jsonl").read_text().splitlines()]
    return "\n".join(line.get("message", "") for line in lines)


def publish_day(place: Path, as_of: str, name: str | None = None, drift: pl.DataFrame | None = None) -> Generation:
    workspace = Workspace.at(place)
    run_id = name or as_of
    build = Build(workspace.builds / run_id)
    build.exports.mkdir(parents=True)
    for name in ("data_dictionary", "moments"):
        (build.exports / f"{name}.csv").write_text("column")
    if drift is not None:
        (build.root / "measurement").mkdir()
        drift.write_parquet(build.root / "measurement" / "drift.parquet")
    content = {
        "as_of": as_of,
        "published_sequence": next_sequence(workspace),
        "parent": None,
        "loads": [],
        "mode": "reconstruct",
        "gates": [],
        "stale_since": {},
    }
    write_manifest(build, content)
    publish(workspace, build, run_id, Retention())
    return Generation(workspace.generations / run_id)


def record_of_now(place: Path, **changed: Any) -> None:
    write_record(Workspace.at(place), run_of(**changed))


@pytest.mark.parametrize("kind", KINDS)
def test_every_alert_has_a_runbook_with_all_its_parts(kind: str) -> None:
    text = section(kind)
    assert [part for part in PARTS if f"**{part}**" not in text] == []
    assert commands(kind), "nothing to look at"


@pytest.mark.parametrize("kind", KINDS)
def test_every_message_links_its_runbook(kind: str) -> None:
    notice = Notice("opened", Cause(kind, "x", "y", "z"), "2026-11-02T08:00:00Z")
    email = Email(host="localhost", sender="a@b.example", to=("c@d.example",))
    link = f"docs/operations.md#{kind}"
    assert message(notice, "Oat", "docs/operations.md")["runbook"] == link
    assert link in as_mail(notice, email, "Oat", "docs/operations.md").get_content()


def test_no_publish_is_over_with_the_next_generation(place: Path) -> None:
    old = publish_day(place, "2026-11-01")
    long_ago = time.time() - 27 * 3600
    os.utime(Build(old.path).manifest, (long_ago, long_ago))
    assert nanolift("alert", place=place).output.startswith("no_publish: nothing was published for 27 hours")
    status, doctor = followed("no_publish", place)
    assert (status.exit_code, "nothing was published for 27 hours" in status.output) == (1, True)
    assert PSEUDONYM_KEY_VARIABLE in doctor.output
    publish_day(place, "2026-11-02")
    assert nanolift("alert", place=place).output == "Nothing is wrong.\n"
    assert nanolift("status", place=place).exit_code == 0
    assert "alert resolved: no_publish" in told(place)


def test_a_run_without_its_key_is_told_and_over_with_the_next_good_run(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PSEUDONYM_KEY_VARIABLE, raising=False)
    with pytest.raises(ConfigurationError, match=PSEUDONYM_KEY_VARIABLE):
        run_nightly(RunRequest(place, as_of=date(2026, 11, 1)))
    assert "alert opened: run_failed: the run for 2026-11-01 published nothing: ConfigurationError" in told(place)
    status, doctor, verify = followed("run_failed", place)
    assert (status.exit_code, doctor.exit_code, PSEUDONYM_KEY_VARIABLE in doctor.output) == (1, 1, True)
    assert "nothing yet" in str(verify.exception)
    monkeypatch.setenv(PSEUDONYM_KEY_VARIABLE, OWN_KEY)
    assert nanolift("doctor", place=place).exit_code == 0
    publish_day(place, "2026-11-01")
    record_of_now(place)
    assert nanolift("alert", place=place).output == "Nothing is wrong.\n"
    assert "alert resolved: run_failed" in told(place)


def test_a_killed_run_is_told_by_the_timers_look(place: Path) -> None:
    publish_day(place, "2026-11-01")
    record_of_now(place, outcome="under way", ended_at=None, process="999999999@1")
    assert "was killed" in nanolift("alert", place=place).output
    assert followed("run_failed", place)[0].exit_code == 1


def test_no_room_is_told_before_a_run_needs_it_and_over_with_enough(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_day(place, "2026-11-01")
    monkeypatch.setenv(PSEUDONYM_KEY_VARIABLE, OWN_KEY)
    with monkeypatch.context() as scarce:
        scarce.setattr(doctor, "SMALLEST_ROOM_BYTES", 10**18)
        assert nanolift("alert", place=place).output.startswith("no_room: ")
        examined, status = followed("no_room", place)
        assert (examined.exit_code, status.exit_code) == (1, 1)
        assert "too little" in examined.output and "none will begin" in status.output
        with pytest.raises(ConfigurationError, match="GB free and a run may need"):
            run_nightly(RunRequest(place, as_of=date(2026, 11, 1)))
    assert nanolift("doctor", place=place).exit_code == 0
    record_of_now(place)
    assert nanolift("alert", place=place).output == "Nothing is wrong.\n"
    assert "alert resolved: no_room" in told(place)


def test_drift_is_over_when_a_newer_model_is_in_use(place: Path) -> None:
    rows = {"model": ["ambassador"], "subject": ["people"], "name": ["followers"], "psi": [0.4]}
    publish_day(place, "2026-11-01", drift=pl.DataFrame(rows | {"model_as_of": [date(2026, 5, 1)]}))
    assert "drift ambassador people: 1 of 1 features of ambassador moved" in nanolift("alert", place=place).output
    assert followed("drift", place)[0].exit_code == 0
    publish_day(place, "2026-11-02", drift=pl.DataFrame(rows | {"psi": [0.05], "model_as_of": [date(2026, 11, 1)]}))
    assert nanolift("alert", place=place).output == "Nothing is wrong.\n"
    assert "alert resolved: drift ambassador people" in told(place)


def test_a_delivery_that_failed_is_over_when_deliver_brought_it(place: Path) -> None:
    with (place / "nanolift.toml").open("a") as file:
        file.write(
            '[[delivery]]\nname = "share"\nkind = "folder"\npath = "share"\nformats = ["csv"]\nretry_seconds = 0\n'
        )
    publish_day(place, "2026-11-01")
    assert nanolift("deliver", place=place).exit_code == 1
    assert "delivery_failed share: 2026-11-01 did not arrive at share" in nanolift("alert", place=place).output
    assert "not delivered" in followed("delivery_failed", place)[0].output
    (place / "share").mkdir()
    assert nanolift("deliver", place=place).exit_code == 0
    assert nanolift("alert", place=place).output == "Nothing is wrong.\n"
    assert "alert resolved: delivery_failed share" in told(place)


def test_status_for_machines_says_the_same_as_for_people(place: Path) -> None:
    publish_day(place, "2026-11-01")
    record_of_now(place, outcome="failed", is_published=False, errors=("warehouse failed: IntegrityError: x",))
    result = nanolift("status", "--json", place=place)
    said = json.loads(result.output)
    assert (result.exit_code, said["is_well"]) == (1, False)
    assert said["published"]["generation"] == "2026-11-01"
    assert said["last_run"]["outcome"] == "failed"
    assert [each["runbook"] for each in said["alerts"]] == ["#run_failed"]
    assert said["problems"][0] in nanolift("status", place=place).output


def test_the_limit_of_hours_is_the_configurations(place: Path) -> None:
    old = publish_day(place, "2026-11-01")
    hours = time.time() - 3 * 3600
    os.utime(Build(old.path).manifest, (hours, hours))
    assert nanolift("status", place=place).exit_code == 0
    (place / "nanolift.toml").write_text(CONFIGURATION + "[alerts]\nno_publish_hours = 2\n")
    assert nanolift("status", place=place).exit_code == 1
