"""Rows that come from a system batch by batch, without a file in between: read ahead while the last batch is mapped.

Belongs here: what such a stream is, the thread that reads ahead. Does not: asking a system (sql_postgres.py,
sql_alchemy.py), what rows become (landing_file.py).

Measured on 5 M till lines of PostgreSQL: through a file in the private folder and the parser process, landing took
three times as long as the database needed to answer. The parser process guards against foreign bytes; a database's
answer is decoded by its driver before it is ever Arrow.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from orchestration.connectors.sql_control import Control

T = TypeVar("T")


class NotQuickError(Exception):
    """A value that the quick form of a reading cannot carry (NaN, infinity): the next form reads everything again."""


@dataclass(frozen=True)
class RowStream:
    """Rows to land.

    Attributes:
        columns_found: every column the source has, mapped or not.
        readings: each gives all rows as Arrow record batches of the brand's columns, at least one. The first is the
            quickest; where it raises NotQuickError, the next one is read instead, of the same snapshot.
        control: what the source says of the same rows; None: nothing was asked.
    """

    columns_found: tuple[str, ...]
    readings: tuple[Callable[[], Iterator[Any]], ...]
    control: Control | None = None


def read_ahead(items: Iterator[T], depth: int) -> Generator[T, None, None]:
    """The same items, fetched by a thread of their own, at most `depth` of them waiting.

    An error of the source is raised here, after the items before it. Leaving early ends the thread.
    """
    waiting: queue.Queue[tuple[bool, Any]] = queue.Queue(depth)
    left = threading.Event()

    def put(entry: tuple[bool, Any]) -> bool:
        while not left.is_set():
            try:
                waiting.put(entry, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def fetch() -> None:
        try:
            for item in items:
                if not put((True, item)):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again in the reader's thread
            put((False, error))
        else:
            put((False, None))

    thread = threading.Thread(target=fetch, name="read ahead", daemon=True)
    thread.start()
    try:
        while True:
            is_item, item = waiting.get()
            if is_item:
                yield item
            elif item is None:
                return
            else:
                raise item
    finally:
        left.set()
        thread.join()
