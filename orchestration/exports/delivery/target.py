"""What every kind of target is: something that takes a package once, and says what it holds.

Belongs here: the form of a target and of its steps. Does not: any one kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from orchestration.exports.delivery.package import Package

# Called with the name of each step right before it is taken: for the log, and for trials that stop there.
Step = Callable[[str], None]


@dataclass(frozen=True)
class Arrived:
    """What the target holds now. manifest: its delivery.json; is_latest: its latest points to this generation."""

    manifest: Mapping[str, Any]
    is_latest: bool


class Target(Protocol):
    """A place that generations go to. Delivering twice is the same as once, wherever the first time had stopped."""

    def deliver(self, package: Package, step: Step) -> Arrived:
        """Bring a package there, then move `latest` if it is the latest.

        Raises:
            DeliveryUnavailableError: not now.
            DeliveryError: not at all.
        """
        ...
