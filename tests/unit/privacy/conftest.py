"""The bakery of the landing's tests, for what happens to its loads afterwards."""

from __future__ import annotations

from tests.unit.connectors.conftest import _parse_here, bakery

__all__ = ["_parse_here", "bakery"]
