"""A list of people leaves with the consents of the moment it leaves, names nobody twice over, and stays nowhere else.

The brand's files are landed by the real landing, with its vault; the generation's warehouse and list are made by hand.
"""

from __future__ import annotations

import csv
import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import duckdb
import polars as pl
import pytest
from pydantic import SecretStr

from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import read_loads
from orchestration.environment import EXAMPLE_PSEUDONYM_KEY
from orchestration.exports.delivery.record import read_records
from orchestration.exports.delivery.run import Courier, not_delivered
from orchestration.publishing import next_sequence, publish, write_manifest
from orchestration.settings import Retention, Settings
from orchestration.workspace import Build, Workspace
from tests.live.servers.postgres import DATABASE, PASSWORD, USER, programs, running
from tests.live.servers.receiver import receiver

PEOPLE = ("ann", "ben", "cem", "dot", "eve")
START = datetime(2026, 1, 10, 3)
CONSUMERS: dict[str, Any] = {"consumer_ref": "card", "unit_kind": {"constant": "person"}, "is_minor": "minor"}
LINKS: dict[str, Any] = {"consumer_ref": "card", "kind": {"constant": "email"}, "external_ref": "mail"}
CONSENTS: dict[str, Any] = {"consumer_ref": "card", "purpose": "what", "status": "status", "changed_at": "at"}
STREAMS = {"consumers": CONSUMERS, "consumer_links": LINKS, "consents": CONSENTS}


class Brand:
    """A workspace whose people are landed, and which has published a list of them, best first in PEOPLE's order."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.at(root)
        self.at = START
        root.mkdir()
        (root / "consumers").mkdir()
        for stream in ("consents", "consumer_links"):
            (root / stream).mkdir()

    def settings(self, *deliveries: dict[str, Any]) -> Settings:
        streams = [{"stream": name, "path": f"{name}/*.csv", "columns": columns} for name, columns in STREAMS.items()]
        return Settings.model_validate(
            {
                "brand": {"name": "Oat", "timezone": "UTC", "currency": "EUR"},
                "sources": [{"name": "crm", "kind": "csv", "streams": streams}],
                "delivery": list(deliveries),
                "example": "demo",
            }
        )

    def land(self, stream: str, name: str, heading: str, rows: list[str]) -> None:
        (self.workspace.root / stream / name).write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
        source = self.settings().sources[0]
        self.at += timedelta(hours=1)
        land_source(
            source,
            tuple(each for each in source.streams if each.stream == stream),
            self.workspace,
            key=SecretStr(EXAMPLE_PSEUDONYM_KEY),
            loaded_at=self.at,
            real_data=self.workspace.root,
            brand_timezone="UTC",
        )

    def keys(self) -> dict[str, str]:
        """card → identity key, in the order of the first file."""
        load = read_loads(self.workspace.landing, stream="consumers")[0]
        return dict(zip(PEOPLE, pl.read_parquet(load.data).sort("row_no")["identity_key"], strict=True))

    def publish(self) -> str:
        keys = self.keys()
        links = pl.read_parquet(read_loads(self.workspace.landing, stream="consumer_links")[0].data)
        resolved = pl.concat(
            [
                pl.DataFrame({"identity_key": list(keys.values()), "consumer_key": list(keys.values())}),
                links.select(identity_key="external_identity_key", consumer_key="identity_key"),
            ]
        )
        build = Build(self.workspace.builds / "g1" / "generation")
        build.exports.mkdir(parents=True)
        scores = pl.DataFrame(
            {
                "consumer_key": list(keys.values()),
                "rank": range(1, len(keys) + 1),
                "standing_holdout": [False] * len(keys),
            }
        )
        scores.write_parquet(build.exports / "ambassador_scores.parquet")
        scores.drop("rank").write_parquet(build.exports / "ambassador_candidates.parquet")
        actions = pl.Series("action", ["recruit", "thank", "recruit", "recruit", "recruit"])
        who_next = scores.select("consumer_key", place=pl.col("rank").reverse()).with_columns(actions)
        who_next.write_parquet(build.exports / "who_next.parquet")
        with duckdb.connect(str(build.warehouse)) as connection:
            connection.register("resolved", resolved.to_arrow())
            connection.execute("create schema intermediate")
            connection.execute("create schema marts")
            connection.execute("create table intermediate.int_identities_resolved as from resolved")
            connection.execute("create table marts.dim_consumers (consumer_key varchar, is_minor boolean)")
        sequence = next_sequence(self.workspace)
        write_manifest(build, {"as_of": "2026-01-10", "published_sequence": sequence, "parent": None, "loads": []})
        publish(self.workspace, build, "g1", Retention())
        return "g1"

    def deliver(self, *deliveries: dict[str, Any]) -> dict[str, int]:
        """Deliver to the only target; the counts on record."""
        courier = Courier(self.workspace, self.settings(*deliveries), lambda: self.at + timedelta(minutes=1))
        assert not_delivered(courier.deliver()) == []
        people = read_records(self.workspace, deliveries[0]["name"])["g1"].people
        assert people is not None
        return people


@pytest.fixture
def brand(tmp_path: Path) -> Brand:
    brand = Brand(tmp_path / "brand")
    (tmp_path / "out").mkdir()
    brand.land(
        "consumers", "1.csv", "card,minor", [f"card-{name},{'true' if name == 'dot' else ''}" for name in PEOPLE]
    )
    brand.land("consumer_links", "1.csv", "card,mail", [f"card-{name},{name.title()}@Oat.example" for name in PEOPLE])
    granted = [f"card-{name},contact,granted,2026-01-01T00:00:00Z" for name in PEOPLE if name != "eve"]
    brand.land("consents", "1.csv", "card,what,status,at", granted)
    brand.publish()
    return brand


def table(identifier: str, **more: Any) -> dict[str, Any]:
    audience = {"choose_from": "ambassador_scores", "purpose": "contact", "identifier": identifier}
    return {"name": "crm", "kind": "folder", "path": "../out", "retry_seconds": 0, "audience": audience} | more


def read_list(tmp_path: Path) -> list[str]:
    rows = list(csv.reader((tmp_path / "out/generations/g1/audience/audience.csv").read_text().splitlines()))
    assert all(len(row) == 1 for row in rows)
    return [value for (value,) in rows]


def test_who_withdrew_since_the_run_is_not_on_the_list_and_the_opening_is_logged(
    brand: Brand, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    brand.land("consents", "2.csv", "card,what,status,at", ["card-ben,contact,withdrawn,2026-01-10T08:00:00Z"])
    openings = len((brand.workspace.root / "vault.log").read_text().splitlines())
    with caplog.at_level(logging.DEBUG):
        counts = brand.deliver(table("consumer_ref"))
    assert read_list(tmp_path) == ["consumer_ref", "card-ann", "card-cem"]
    assert counts == {
        **{"considered": 5, "known minor": 1, "never granted contact": 1, "withdrew contact": 1},
        "delivered": 2,
    }
    opened = [json.loads(line) for line in (brand.workspace.root / "vault.log").read_text().splitlines()][openings:]
    assert [each["purpose"] for each in opened] == ["delivery of g1 to crm: contact"]
    told = caplog.text + "".join(path.read_text() for path in brand.workspace.deliveries.rglob("*.json"))
    assert "card-" not in told
    assert "@" not in told
    assert "withdrew contact" in told
    files = [path for path in brand.workspace.root.rglob("*") if path.is_file()]
    naming = {path.parent for path in files if b"card-ann" in path.read_bytes()}
    assert naming == {brand.workspace.root / stream for stream in STREAMS}, "only the brand's own files name people"
    arrived = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert not any(key.encode() in arrived for key in brand.keys().values()), "names and pseudonyms went out together"
    assert ((tmp_path / "out/generations/g1/audience/audience.csv").stat().st_mode & 0o077) == 0


def test_a_list_for_a_platform_holds_hashes_only(brand: Brand, tmp_path: Path) -> None:
    brand.deliver(table("email_sha256"))
    hashes = sorted(hashlib.sha256(f"{name}@oat.example".encode()).hexdigest() for name in ("ann", "ben", "cem"))
    assert read_list(tmp_path) == ["email_sha256", *hashes]


def test_the_people_to_recruit_next_go_out_in_the_order_of_the_front_file(brand: Brand, tmp_path: Path) -> None:
    asked = table("consumer_ref")
    asked["audience"] = asked["audience"] | {"choose_from": "who_next", "actions": ["recruit"]}
    assert brand.deliver(asked)["considered"] == 4
    assert read_list(tmp_path) == ["consumer_ref", "card-cem", "card-ann"]


def test_another_purpose_than_the_one_granted_gives_nobody_and_opens_no_vault(brand: Brand, tmp_path: Path) -> None:
    openings = (brand.workspace.root / "vault.log").read_text()
    asked = table("consumer_ref")
    asked["audience"] = asked["audience"] | {"purpose": "ugc_reuse"}
    assert brand.deliver(asked) == {"considered": 5, "known minor": 1, "never granted ugc_reuse": 4, "delivered": 0}
    assert read_list(tmp_path) == ["consumer_ref"]
    assert (brand.workspace.root / "vault.log").read_text() == openings


def test_who_is_told_to_be_a_minor_since_the_run_is_not_on_the_list(brand: Brand, tmp_path: Path) -> None:
    brand.land("consumers", "2.csv", "card,minor", ["card-ann,true"])
    assert brand.deliver(table("consumer_ref"))["known minor"] == 2
    assert read_list(tmp_path) == ["consumer_ref", "card-ben", "card-cem"]


def test_a_list_that_arrived_before_a_kill_is_recorded_as_it_arrived(brand: Brand, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(name: str) -> None:
        if name == "crm delivered":
            raise StoppedError

    settings = brand.settings(table("consumer_ref"))
    with pytest.raises(StoppedError):
        Courier(brand.workspace, settings, lambda: brand.at + timedelta(minutes=1), at_step=stop).deliver()
    brand.land("consents", "2.csv", "card,what,status,at", ["card-ben,contact,withdrawn,2026-01-10T08:00:00Z"])
    assert brand.deliver(table("consumer_ref"))["delivered"] == 3, "what was sent stands on record, not what would be"
    assert read_list(tmp_path) == ["consumer_ref", "card-ann", "card-ben", "card-cem"]


@pytest.fixture(scope="module")
def database() -> Iterator[Any]:
    if programs() is None:
        pytest.skip("initdb is not there: install Debian's package postgresql")
    with running() as server:
        yield server


def test_a_database_and_a_service_get_the_same_list(
    brand: Brand, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THERE_PASSWORD", PASSWORD)
    monkeypatch.setenv("THERE_SECRET", "hush")
    url = f"postgresql://127.0.0.1:{database.port}/{DATABASE}"
    sql = {"url": url, "user": USER, "password_env": "THERE_PASSWORD", "sslmode": "disable"}
    plain = {"name": "base", "kind": "postgres", "sql": sql, "audience": table("consumer_ref")["audience"]}
    brand.deliver(plain)
    with postgres.connect(database.admin) as connection, connection.cursor() as cursor:
        cursor.execute("select * from nanolift.audience order by 1")
        assert cursor.fetchall() == [("card-ann",), ("card-ben",), ("card-cem",)]
    brand.at = datetime.now(UTC).replace(tzinfo=None)  # a receiver asks its own clock
    with receiver("hush") as service:
        hook = {"url": f"http://127.0.0.1:{service.port}/", "secret_env": "THERE_SECRET"}
        brand.deliver(
            {"name": "hook", "kind": "webhook", "webhook": hook, "audience": table("consumer_ref")["audience"]}
        )
    said = service.kept["hook/g1"]
    assert said["audience"] == {"audience/audience.csv": '"consumer_ref"\n"card-ann"\n"card-ben"\n"card-cem"\n'}
