"""A relay on loopback that fails on command: between a sender and a real server, for trials of what a failure leaves.

Belongs here: the four ways a network treats a connection. Does not: when it does so (the trials).

pass: bytes go both ways. cut: connections are reset, new ones too. stall: nothing goes either way, and nobody is told.
mute: the server gets every byte, and its answers are lost.
"""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

CHUNK = 65_536


class Relay:
    """Relays 127.0.0.1:`port` to another port of this machine, in the present mode."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._mode = "pass"
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._ended = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    def fail(self, mode: str) -> None:
        """From now on treat connections so; `cut` ends those that are open."""
        self._mode = mode
        if mode == "cut":
            self._reset()

    def heal(self) -> None:
        """Let bytes pass again; what a failure held back is lost with its connection."""
        self._reset()
        self._mode = "pass"

    def close(self) -> None:
        """Stop listening, and end every connection."""
        self._ended.set()
        self._listener.close()
        self._reset()

    def _reset(self) -> None:
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    each.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._mode == "cut":
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            with self._lock:
                self._open |= {near, far}
            Thread(target=self._relay, args=(near, far), daemon=True).start()

    def _relay(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, suppress(OSError, ValueError):
            while not self._ended.is_set():
                if self._mode == "stall":
                    self._ended.wait(0.02)
                    if near not in self._open:
                        return
                    continue
                ready, _, _ = select.select([near, far], [], [], 0.05)
                for each in ready:
                    data = each.recv(CHUNK)
                    if not data:
                        return
                    if self._mode == "stall":
                        break  # lost: nobody gets it any more
                    if each is near:
                        far.sendall(data)
                    elif self._mode != "mute":
                        near.sendall(data)
                if near not in self._open:
                    return


@contextmanager
def relay(to: int) -> Iterator[Relay]:
    """A relay to a port, closed at the end."""
    made = Relay(to)
    try:
        yield made
    finally:
        made.close()
