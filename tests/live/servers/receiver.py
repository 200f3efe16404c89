"""A web service that takes nanolift's messages as docs/delivery.md tells receivers to, on loopback.

Belongs here: checking the signature, keeping a message once, refusing on command. Does not: what must hold (trials).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from orchestration.exports.delivery.signature import IDEMPOTENCY, SIGNATURE, TIMESTAMP, is_genuine


class Receiver:
    """What a receiver keeps. kept: Idempotency-Key → message; seen: how often each key came; status: its answer."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.kept: dict[str, dict[str, Any]] = {}
        self.seen: dict[str, int] = {}
        self.latest: str | None = None
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.lock = Lock()
        self.port = 0

    def take(self, headers: Any, body: bytes) -> int:
        """The status of the answer."""
        if not is_genuine(self.secret, headers[TIMESTAMP] or "", headers[SIGNATURE] or "", body, time.time()):
            return 401
        if self.status is not None:
            return self.status
        with self.lock:
            key = headers[IDEMPOTENCY]
            self.seen[key] = self.seen.get(key, 0) + 1
            if key not in self.kept:
                said = json.loads(body)
                self.kept[key] = said
                if said["is_latest"]:
                    self.latest = said["generation"]
        return 200


@contextmanager
def receiver(secret: str) -> Iterator[Receiver]:
    """A running one, ended at the end."""
    made = Receiver(secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(made.take(self.headers, body))
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_port
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
