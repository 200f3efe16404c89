"""From parameter files to a world's parameters: the shipped default, overlaid by a file, a size and a seed.

Belongs here: reading, overlaying, errors with their field. Does not: the parameters' types (world_parameters.py).
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from orchestration.demo.world_parameters import WorldParameters
from orchestration.errors import ConfigurationError

SHIPPED = Path(__file__).resolve().parent / "parameters"


def _overlay(base: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _overlay(merged[key], value) if both else value
    return merged


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"the demo world's parameter file {path} does not exist; the shipped ones are "
            f"{sorted(file.stem for file in SHIPPED.glob('*.toml'))} in {SHIPPED}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not readable TOML: {error}") from error


def _sized(table: dict[str, Any], consumers: int) -> dict[str, Any]:
    """Another number of people at the same volume a store."""
    stores = max(8, round(table["places"]["stores"] * consumers / table["people"]["consumers"]))
    return _overlay(table, {"people": {"consumers": consumers}, "places": {"stores": stores}})


def load_parameters(
    path: Path | None = None, size: Literal["tiny", "default"] | int | None = None, seed: int | None = None
) -> WorldParameters:
    """The shipped default, overlaid by the file given, then by the size, then by the seed.

    Args:
        path: a file with what differs from default.toml (a whole world is fine too).
        size: "tiny", "default", or a number of consumers; None: as the file says.
        seed: None: as the file says.

    Raises:
        ConfigurationError: no such file, no TOML, or a value that is not right, with its field.
    """
    table = _read(SHIPPED / "default.toml")
    if path is not None:
        table = _overlay(table, _read(path))
    if size == "tiny":
        table = _overlay(table, _read(SHIPPED / "tiny.toml"))
    elif isinstance(size, int):
        table = _sized(table, size)
    if seed is not None:
        table = {**table, "seed": seed}
    try:
        return WorldParameters.model_validate(table)
    except ValidationError as error:
        lines = [f"  {'.'.join(str(part) for part in found['loc'])}: {found['msg']}" for found in error.errors()]
        raise ConfigurationError(f"{path or SHIPPED} is no right demo world:\n" + "\n".join(lines)) from None


def canonical_text(parameters: WorldParameters) -> str:
    """One text for one world: the base of its fingerprint."""
    return json.dumps(parameters.model_dump(mode="json"), sort_keys=True)
