"""A file that another process is still writing, read to its end.

Belongs here: waiting for what is not there yet. Does not: what is in the file (landing_frames.py), judging how the
other process ended (parse_run.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

POLL_SECONDS = 0.005


class Growing:
    """The part of a binary file object that Arrow reads a stream with."""

    def __init__(self, path: Path, is_over: Callable[[], bool]) -> None:
        """Wait for the file.

        Args:
            is_over: whether nothing more will be written.

        Raises:
            FileNotFoundError: it was never written.
        """
        while not path.exists() and not is_over():
            time.sleep(POLL_SECONDS)
        self._file = path.open("rb", buffering=0)
        self._is_over = is_over

    @property
    def closed(self) -> bool:
        return self._file.closed

    def close(self) -> None:
        self._file.close()

    def readable(self) -> bool:
        return True

    def read(self, size: int) -> bytes:
        """So many bytes; fewer only at the end."""
        content = bytearray()
        while len(content) < size:
            is_last = self._is_over()  # before reading: what was written until then is read
            part = self._file.read(size - len(content))
            if not part:
                if is_last:
                    break
                time.sleep(POLL_SECONDS)
            elif len(part) == size:
                return part
            content += part
        return bytes(content)
