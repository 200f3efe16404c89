"""A service on loopback that fails three times in ten, and whose list moves while it is read.

Belongs here: the rows, what goes wrong with a request, the server. Does not: how a brand would configure it, landing
it, counting what was lost (trial_extract_faults.py).
"""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ROWS_A_PAGE = 10
FAULTS = ("429", "500", "silence", "reset", "cut off", "wrong type")
SILENCE = 0.05


@dataclass
class Shop:
    """The service: its rows by id, and what it does between two requests.

    Attributes:
        order: ids as they are listed, rising; "offset down" lists them falling.
        always: ids that were there all the time.
        ever: ids that were there at some time.
        churn: chance that a row comes or goes after a request.
        churns_left: so many times; the list stands still afterwards.
    """

    kind: str
    random: random.Random
    order: list[int]
    churn: float
    churns_left: int
    dies_after: int | None
    faults: float = 0.3
    always: set[int] = field(default_factory=set)
    ever: set[int] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """From here on it is told which rows were there all the time."""
        self.always, self.ever = set(self.order), self.ever | set(self.order)

    def fault(self) -> str | None:
        """What goes wrong with this request, if anything."""
        with self.lock:
            self.counts["requests"] += 1
            if self.dies_after is not None and self.counts["requests"] > self.dies_after:
                return "500"
            if self.random.random() >= self.faults:
                return None
            fault = self.random.choice(FAULTS)
            self.counts[fault] += 1
            return fault

    def page(self, params: dict[str, str]) -> tuple[dict[str, Any], str | None]:
        """The rows asked for, and where the next page is."""
        with self.lock:
            if self.kind in ("cursor", "next_url", "header_link"):
                after = int(params.get("after", "-1"))
                rows = [one for one in self.order if one > after][:ROWS_A_PAGE]
                following = str(rows[-1]) if len(rows) == ROWS_A_PAGE else None
            else:
                listed = self.order[::-1] if self.kind == "offset down" else self.order
                start = int(params["skip"]) if "skip" in params else (int(params["page"]) - 1) * ROWS_A_PAGE
                rows, following = listed[start : start + ROWS_A_PAGE], None
            self._move()
        return {"items": [{"id": str(one), "at": "2026-01-01T00:00:00Z"} for one in rows]}, following

    def _move(self) -> None:
        if not self.churns_left or self.random.random() >= self.churn:
            return
        self.churns_left -= 1
        self.counts["moves"] += 1
        if self.random.random() < 0.5 and self.order:
            gone = self.order.pop(self.random.randrange(len(self.order)))
            self.always.discard(gone)
        else:
            new = max(self.ever) + 1
            self.order.append(new)
            self.ever.add(new)


@contextmanager
def serving(shop: Shop) -> Iterator[str]:
    """The shop on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            fault = shop.fault()
            if fault == "silence":
                time.sleep(SILENCE * 2)
                self.close_connection = True
            elif fault == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
            elif fault in ("429", "500"):
                self._say(int(fault), {"error": None}, {"Retry-After": "2"} if fault == "429" else {})
            elif fault == "wrong type":
                wrong: list[Any] = [
                    [],
                    "busy",
                    {"items": "none"},
                    {"message": "moved"},
                    {"items": [1]},
                    {"items": [{}]},
                ]
                self._say(200, shop.random.choice(wrong), {})
            else:
                parts = urlsplit(self.path)
                page, following = shop.page(dict(parse_qsl(parts.query)))
                headers = {}
                if following is not None:
                    address = f"http://{self.headers['Host']}{parts.path}?after={following}"
                    page |= {"cursor": following, "next": address}
                    headers = {"Link": f'<{address}>; rel="next"'} if shop.kind == "header_link" else {}
                self._say(200, page, headers, cut=fault == "cut off")

        def _say(self, status: int, document: Any, headers: dict[str, str], cut: bool = False) -> None:
            content = json.dumps(document).encode()
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if cut else content)
            self.close_connection = cut

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that went away in silence is part of the trial."""

        def shutdown_request(self, request: Any) -> None:
            try:
                super().shutdown_request(request)
            except OSError:  # a line that was reset
                return

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
