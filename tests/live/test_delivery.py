"""Every target ends with exactly one complete copy of each generation, however a delivery was ended.

The trial: at every step of a delivery its process is killed, its server refuses, falls silent, or takes everything
while its answers are lost; and it is killed at instants drawn at random. Each time a new generation is published and
the delivery is run once more, undisturbed.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import pytest

from orchestration.durable import sha256_of
from orchestration.exports.delivery.record import read_records
from orchestration.exports.delivery.run import Courier, Outcome, not_delivered
from orchestration.generations import Generation, generations
from orchestration.publishing import next_sequence, publish, write_manifest
from orchestration.sealed import sealed
from orchestration.settings import Retention, load_settings
from orchestration.workspace import Build, Workspace
from tests.live.delivery_places import (
    PATIENT,
    ROWS,
    SECONDS,
    FolderPlace,
    PostgresPlace,
    S3Place,
    SftpPlace,
    WebhookPlace,
)
from tests.live.servers.courier import killed_after, killed_at_step, now, seconds_of_a_delivery
from tests.live.servers.files import S3Server, SshServer
from tests.live.servers.postgres import PASSWORD, Postgres, programs, running
from tests.live.servers.proxy import relay
from tests.live.servers.receiver import receiver

KEEP_ALL = Retention(generations_days=10_000)
RANDOM_KILLS = 8
SECRET = "hush-hush"


def rows_of(number: int) -> pl.DataFrame:
    """A table with every type that exports have, and with empty cells."""
    at = pl.int_range(ROWS, eager=True) + number * ROWS
    return pl.DataFrame({"person": at}).select(
        person=pl.format("k1_{}", "person"),
        followers_count=pl.when(pl.col("person") % 7 != 0).then("person"),
        share=(pl.col("person") * 7919 % 1000) / 1000,
        is_exploration=pl.col("person") % 2 == 0,
        last_ugc_on=pl.date(2026, 1, 1) + pl.duration(days=pl.col("person") % 300),
    )


class Brand:
    """A workspace that delivers to one place."""

    def __init__(self, root: Path, place: Any) -> None:
        self.workspace, self.place = Workspace.at(root), place
        root.mkdir()
        table = {**place.table(), "timeout_seconds": PATIENT, "retry_seconds": 0}
        self.workspace.configuration.write_text(
            "delivery = [" + _toml(table) + ']\n[brand]\nname = "Oat"\ntimezone = "Europe/Paris"\ncurrency = "EUR"\n'
            '[[sources]]\nname = "demo"\nkind = "demo"\n',
            encoding="utf-8",
        )
        self.days = 0
        self.newest = ""

    def publish(self, day: int | None = None) -> Generation:
        """A new generation of the next day, or of a given one; one of its files is large enough to be cut."""
        self.days += 1
        number = self.days if day is None else day
        as_of = f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}"
        name = f"{as_of.replace('-', '')}-run{self.days:03d}"
        build = Build(self.workspace.builds / name / "generation")
        build.exports.mkdir(parents=True)
        (build.exports / "moments.csv").write_text(name, encoding="utf-8")
        rows_of(self.days).write_parquet(build.exports / "reach.parquet")
        rows_of(-self.days).write_parquet(build.exports / "moments.parquet")
        (build.exports / "data_dictionary.csv").write_text("column\n", encoding="utf-8")
        sequence = next_sequence(self.workspace)
        write_manifest(build, {"as_of": as_of, "published_sequence": sequence, "parent": None, "loads": []})
        if publish(self.workspace, build, name, KEEP_ALL):
            self.newest = name
        return Generation(self.workspace.generations / name)

    def deliver(self, at_step: Any = lambda name: None, seconds: float = PATIENT) -> list[Outcome]:
        settings = load_settings(self.workspace.configuration)
        hasty = tuple(each.model_copy(update={"timeout_seconds": seconds}) for each in settings.delivery)
        settings = settings.model_copy(update={"delivery": hasty})
        return Courier(self.workspace, settings, now, at_step=at_step).deliver()

    def holds_each_generation_once(self) -> None:
        """What the place holds is what was published, whole, and its latest is the newest."""
        seen = self.place.seen()
        assert seen.generations == {
            each.name: {name: said["sha256"] for name, said in each.manifest["files"].items() if self.place.wants(name)}
            for each in generations(self.workspace)
        }
        assert seen.latest == self.newest
        assert seen.leftovers == ()
        records = read_records(self.workspace, "there")
        assert {name for name, record in records.items() if record.is_delivered} == set(seen.generations)

    def steps(self) -> list[str]:
        """The steps of an undisturbed delivery."""
        names: list[str] = []
        self.publish()
        assert not_delivered(self.deliver(names.append)) == []
        self.holds_each_generation_once()
        return names


def _toml(table: dict[str, Any]) -> str:
    said = {name: _toml(value) if isinstance(value, dict) else json.dumps(value) for name, value in table.items()}
    return "{" + ", ".join(f"{name} = {value}" for name, value in said.items()) + "}"


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    if programs() is None:
        pytest.skip("initdb is not there: install Debian's package postgresql")
    with running() as server:
        yield server


@pytest.fixture(params=["folder", "sftp", "s3", "postgres", "webhook"])
def brand(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Brand]:
    monkeypatch.setenv("THERE_KEY", "writer")
    monkeypatch.setenv("THERE_SECRET", SECRET)
    monkeypatch.setenv("THERE_PASSWORD", PASSWORD)
    if request.param == "folder":
        yield Brand(tmp_path / "brand", FolderPlace(tmp_path / "out"))
    elif request.param == "sftp":
        ssh: SshServer = request.getfixturevalue("ssh")
        with relay(urlsplit(ssh.url).port or 0) as between:
            yield Brand(tmp_path / "brand", SftpPlace(ssh, between, tmp_path / tmp_path.name))
    elif request.param == "postgres":
        database: Postgres = request.getfixturevalue("database")
        with relay(database.port) as between:
            yield Brand(tmp_path / "brand", PostgresPlace(database, between, tmp_path.name.lower()))
    elif request.param == "webhook":
        with receiver(SECRET) as service, relay(service.port) as between:
            yield Brand(tmp_path / "brand", WebhookPlace(service, between))
    else:
        s3: S3Server = request.getfixturevalue("s3")
        with relay(urlsplit(s3.endpoint).port or 0) as between:
            yield Brand(tmp_path / "brand", S3Place(s3, between, tmp_path.name))


def test_a_kill_at_any_step_leaves_one_complete_copy_after_the_next_run(brand: Brand) -> None:
    steps = brand.steps()
    for number in range(len(steps)):
        brand.publish()
        assert killed_at_step(brand.workspace.root, number), f"was not killed before {steps[number]}"
        assert not_delivered(brand.deliver()) == []
        brand.holds_each_generation_once()


def test_a_kill_at_any_instant_leaves_one_complete_copy_after_the_next_run(brand: Brand) -> None:
    brand.steps()
    brand.publish()
    usual = seconds_of_a_delivery(brand.workspace.root)  # milliseconds into a folder, tenths of a second over a network
    chance = random.Random(7)
    killed = 0
    for _ in range(RANDOM_KILLS):
        brand.publish()
        killed += killed_after(brand.workspace.root, chance.uniform(0, usual))
        assert not_delivered(brand.deliver()) == []
        brand.holds_each_generation_once()
    assert killed, "no child was still running when it was to be killed"


def test_refusal_silence_and_lost_answers_at_any_step_leave_one_complete_copy_after_the_next_run(brand: Brand) -> None:
    steps = brand.steps()
    for fault in brand.place.faults:
        failed = 0
        for number in range(len(steps)):
            brand.publish()
            left = iter(range(number + 1))
            at = lambda _name, left=left: next(left, None) == number and brand.place.fail(fault)  # noqa: B023, E731
            outcomes = brand.deliver(at, SECONDS)
            failed += len(not_delivered(outcomes))
            brand.place.heal()
            assert not_delivered(brand.deliver()) == [], f"after {fault} before {steps[number]}"
            brand.holds_each_generation_once()
        assert failed >= len(steps) - 2, f"{fault} failed only {failed} of {len(steps)} deliveries: it is no failure"


def test_a_backfill_arrives_and_latest_stays(brand: Brand) -> None:
    for _ in range(3):
        brand.publish()
    brand.deliver()
    brand.publish(day=1)
    brand.deliver()
    seen = brand.place.seen()
    assert len(seen.generations) == 2
    assert seen.latest == brand.newest
    assert "hush" not in "".join(path.read_text() for path in brand.workspace.deliveries.rglob("*.json"))
    assert SECRET in os.environ.values()


@pytest.mark.parametrize("brand", ["postgres"], indirect=True)
def test_a_database_shows_the_latest_rows_as_they_were_published(brand: Brand) -> None:
    place: PostgresPlace = brand.place
    brand.publish()
    newest = brand.publish()
    brand.deliver()
    assert place.rows("reach").equals(pl.read_parquet(newest.path / "exports/reach.parquet").sort("person"))
    wider = brand.publish()
    rows = pl.read_parquet(wider.path / "exports/reach.parquet").with_columns(note=pl.lit("new"))
    rows.write_parquet(wider.path / "exports/reach.parquet")
    manifest = dict(wider.manifest)
    said = {"sha256": sha256_of(wider.path / "exports/reach.parquet")}
    manifest["files"]["exports/reach.parquet"] |= said
    (wider.path / "manifest.json").write_text(json.dumps(sealed(manifest)))
    assert not_delivered(brand.deliver()) == []
    assert place.rows("reach").equals(rows.sort("person")), "a new column is there, at the end"
    assert place.rows(f"reach_v1 where nanolift_generation = '{newest.name}'")["note"].null_count() == ROWS


@pytest.mark.parametrize("brand", ["webhook"], indirect=True)
def test_a_receiver_that_knows_another_secret_is_not_asked_again(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    place: WebhookPlace = brand.place
    brand.publish()
    monkeypatch.setenv("THERE_SECRET", "another")
    outcome = brand.deliver()[0]
    assert outcome.error == f"http://127.0.0.1:{place.relay.port}/nanolift refuses with 401"
    monkeypatch.setenv("THERE_SECRET", SECRET)
    place.server.status = 302
    assert "follow no redirect" in str(brand.deliver()[0])
    place.server.status = None
    assert not_delivered(brand.deliver()) == []
    assert list(place.server.seen.values()) == [1]


@pytest.mark.parametrize("brand", ["sftp"], indirect=True)
def test_a_stranger_in_the_servers_place_gets_nothing(brand: Brand) -> None:
    place: SftpPlace = brand.place
    brand.publish()
    host, kind, _ = place.known_hosts.read_text(encoding="utf-8").split()
    other = place.server.key.with_name("client.pub").read_text(encoding="utf-8").split()[1]
    place.known_hosts.write_text(f"{host} {kind} {other}\n", encoding="utf-8")
    assert "cannot be entered" in str(brand.deliver()[0])
    assert list(place.folder.iterdir()) == []
