"""A service on loopback that tests script answer by answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as the service saw it."""

    method: str
    target: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: Any
    form: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What the service answers: `body` is JSON, or bytes as they are; `length` may lie about them.

    pieces: instead of the body, chunks of a chunked answer, each after so many seconds.
    """

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    hang_up: bool = False
    pieces: tuple[tuple[float, bytes], ...] = ()


Answering = Callable[[Asked], Any]


@dataclass
class Service:
    """Where it listens, and what it was asked so far."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serving(answering: Answering) -> Iterator[Service]:
    """A service that answers as the function says: a Reply, or a document."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            is_form = "urlencoded" in self.headers.get("Content-Type", "")
            asked = Asked(
                method=self.command,
                target=self.path,
                path=parts.path,
                params=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=None if is_form or not raw else json.loads(raw),
                form=dict(parse_qsl(raw.decode())) if is_form else {},
            )
            service.asked.append(asked)
            said = answering(asked)
            reply = said if isinstance(said, Reply) else Reply(said)
            if reply.hang_up:
                self.close_connection = True
                return
            if reply.pieces:
                self._send_pieces(reply)
                return
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response_only(reply.status)
            for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) if reply.length is None else reply.length))
            self.end_headers()
            self.wfile.write(content)
            if reply.length is not None:
                self.close_connection = True

        def _send_pieces(self, reply: Reply) -> None:
            self.send_response_only(reply.status)
            for name, value in ({"Transfer-Encoding": "chunked"} | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            for seconds, piece in (*reply.pieces, (0.0, b"")):
                time.sleep(seconds)
                try:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                except OSError:  # the client has gone, as it should
                    self.close_connection = True
                    return

        do_GET = do_POST = _answer

        def log_message(self, *_: Any) -> None:
            """Nothing: tests read `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = Service(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
