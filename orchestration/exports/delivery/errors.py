"""What can go wrong on the way to a target."""

from __future__ import annotations

from orchestration.errors import NanoliftError


class DeliveryError(NanoliftError):
    """A target refuses a generation, or holds something else in its place: trying again changes nothing."""


class WithheldError(DeliveryError):
    """A generation names people who may not be named any more: it is not brought to anybody."""


class DeliveryUnavailableError(DeliveryError):
    """A target does not answer, or says "not now": trying again later may do."""

    def __init__(self, message: str, wait_seconds: float | None = None) -> None:
        """wait_seconds: how long the target asked to be left alone; None: it did not say."""
        super().__init__(message)
        self.wait_seconds = wait_seconds
