"""An end to waiting for a library that has none: libpq waits for an answer as long as its connection stands.

Belongs here: leaving a silent piece of work. Does not: trying it again (run.py).
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

from orchestration.exports.delivery.errors import DeliveryUnavailableError
from orchestration.exports.delivery.target import Arrived, Step


class _LeftAloneError(Exception):
    """Ends work that nobody waits for any more, at its next step."""


def watched(work: Callable[[Step], Arrived], step: Step, seconds: float, shown: str) -> Arrived:
    """Do the work in a thread of its own, and leave it when no step began for `seconds`.

    Work that was left and gets its answer after all stops at its next step: at most what it was waiting for happens
    still, so `work` must be such that this does no harm.

    Raises:
        DeliveryUnavailableError: it was left.
    """
    told: Queue[tuple[str, Any]] = Queue()
    left = Event()

    def noted(name: str) -> None:
        if left.is_set():
            raise _LeftAloneError
        told.put(("step", name))
        step(name)

    def run() -> None:
        try:
            told.put(("arrived", work(noted)))
        except _LeftAloneError:
            pass
        except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
            told.put(("error", error))

    Thread(target=run, name=f"deliver to {shown}", daemon=True).start()
    while True:
        try:
            what, said = told.get(timeout=seconds)
        except Empty:
            left.set()
            raise DeliveryUnavailableError(f"{shown} did not answer for {seconds:g} s") from None
        if what == "error":
            raise said
        if what == "arrived":
            assert isinstance(said, Arrived)
            return said
