"""How Dagster and nanolift run dbt: the project, its prepared manifest, asset keys and groups, variables of a run.

Belongs here: everything about calling dbt. Does not: what the models compute (dbt_project/).
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.errors import NanoliftError
from orchestration.fingerprint import fingerprint_of_dbt
from orchestration.settings import Settings

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
PROFILES = ROOT / "dbt_project"
MANIFEST = ROOT / "target" / "manifest.json"
MANIFEST_STAMP = ROOT / "target" / "manifest.fingerprint"
WAREHOUSE_VARIABLE = "NANOLIFT_WAREHOUSE"


def cutoff_of(as_of: date, timezone: str) -> datetime:
    """The end of day `as_of` in `timezone`, as a naive UTC instant: what a run for that date may know."""
    local_midnight = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=ZoneInfo(timezone))
    return local_midnight.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def variables(settings: Settings, as_of: date, landed_root: Path) -> dict[str, Any]:
    """The dbt variables of a run: all that a model may know besides the landed files."""
    return {
        "as_of": as_of.isoformat(),
        "as_of_cutoff": cutoff_of(as_of, settings.brand.timezone).isoformat(sep=" "),
        "landed_root": str(landed_root),
        "brand_timezone": settings.brand.timezone,
        "brand_currency": settings.brand.currency,
        "tier_nano_below": settings.tiers.nano_below,
        "tier_micro_up_to": settings.tiers.micro_up_to,
        "comparison": settings.campaigns.comparison,
        "outcome_days": settings.campaigns.outcome_days,
        "before_days": settings.campaigns.before_days,
        "attribution_days": settings.campaigns.attribution_days,
    }


def build_arguments(dbt_variables: Mapping[str, Any], *, full_refresh: bool) -> list[str]:
    """Arguments of the nightly `dbt build`: unit tests belong to development, not to a production run."""
    arguments = ["build", "--exclude-resource-type", "unit_test", *_vars(dbt_variables)]
    # Not every statement of every node: the file goes with the run's scratch folder.
    arguments += ["--log-level-file", "info"]
    return [*arguments, "--full-refresh"] if full_refresh else arguments


def parse_command(target: Path, *options: str) -> list[str]:
    """`dbt parse`, which writes below `target` and nowhere else: the checkout may belong to another account."""
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "parse", *options]
    command += ["--project-dir", str(ROOT), "--profiles-dir", str(PROFILES)]
    return [*command, "--target-path", str(target), "--log-path", str(target)]


@contextmanager
def parsing_ahead(dbt_variables: Mapping[str, Any], warehouse: Path, target: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Parse the project with a run's variables in a process of its own, while sources are landed.

    dbt parses everything anew when a variable changed, as the date does every night; `dbt build` with the same
    variables and target finds the work done. A parse that fails leaves nothing: the build then says what is wrong.
    """
    process = subprocess.Popen(
        parse_command(target, *_vars(dbt_variables)),
        cwd=ROOT,
        env=os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", WAREHOUSE_VARIABLE: str(warehouse)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _vars(dbt_variables: Mapping[str, Any]) -> list[str]:
    return ["--vars", json.dumps(dict(dbt_variables))]


def prepared_manifest() -> Path:
    """The manifest of the dbt project as it stands, parsed anew only if a file of the project changed.

    One process parses at a time: definitions that parse while a job runs would race with it.

    Raises:
        NanoliftError: dbt could not parse the project; its last lines are in the message.
    """
    MANIFEST.parent.mkdir(exist_ok=True)
    with (MANIFEST.parent / ".manifest.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fingerprint = fingerprint_of_dbt()
        if MANIFEST.exists() and MANIFEST_STAMP.exists() and MANIFEST_STAMP.read_text() == fingerprint:
            return MANIFEST
        logger.info("parsing the dbt project")
        done = subprocess.run(
            parse_command(MANIFEST.parent, "--no-partial-parse"),
            cwd=ROOT,
            env=os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", WAREHOUSE_VARIABLE: ":memory:"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NanoliftError(f"dbt could not parse the project:\n{(done.stdout + done.stderr)[-2000:]}")
        MANIFEST_STAMP.write_text(fingerprint)
    return MANIFEST
