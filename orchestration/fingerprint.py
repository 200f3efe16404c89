"""What the warehouse was made by: if any of it changed, the next run builds afresh instead of bringing up to date."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from orchestration.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DBT_FILES = ("dbt_project.yml", "dbt_project/**/*.sql", "dbt_project/**/*.yml", "dbt_project/**/*.csv")
# What decides the content of a landed row or of a signal.
LANDING_FILES = ("orchestration/connectors/**/*.py", "ml/text/**/*")
# What decides what a landed text says, besides the weights of its language.
TEXT_FILES = ("orchestration/connectors/signals*.py", "ml/text/*.py")
CODE_FILES = (*DBT_FILES, *LANDING_FILES, "orchestration/**/*.py", "ml/**/*.py", "expectations/**/*.py")


def _digest(paths: Iterable[Path], extra: str = "") -> str:
    digest = hashlib.sha256(extra.encode())
    for path in sorted(set(paths)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(patterns: Iterable[str]) -> list[Path]:
    return [
        path
        for pattern in patterns
        for path in ROOT.glob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    ]


def fingerprint_of_dbt() -> str:
    """Of the dbt project's own files: a changed one means that the manifest must be parsed anew."""
    return _digest(_files(DBT_FILES))


def warehouse_fingerprint(settings: Settings) -> str:
    """Of everything besides landed rows and as_of that decides the warehouse's content."""
    configuration = settings.model_dump_json(
        include={"brand": {"timezone", "currency"}, "tiers": True, "campaigns": True}
    )
    return _digest(_files((*DBT_FILES, *LANDING_FILES)), configuration)


def text_fingerprint() -> str:
    """Of the code that reads texts: if it changed, every load's texts are read again."""
    return _digest(_files(TEXT_FILES))


def code_fingerprint() -> str:
    """Of all code that makes a generation."""
    return _digest(_files(CODE_FILES))


def lock_fingerprint() -> str:
    """Of the locked versions of all libraries."""
    return _digest([ROOT / "requirements.lock"])
