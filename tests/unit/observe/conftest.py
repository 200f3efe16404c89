"""Facts of a workspace that is well, and a mail server on this machine that keeps what it gets."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.observe.facts import Facts, Published
from orchestration.observe.record import GateRecord, RunRecord, SourceRecord
from orchestration.settings import Settings

NOW = datetime(2026, 11, 2, 8)
CONFIGURATION = """
[brand]
name = "Oat"
timezone = "Europe/Paris"
currency = "EUR"
[[sources]]
name = "demo"
kind = "demo"
"""


def run_of(**changed: Any) -> RunRecord:
    """A run of the night before NOW that went well."""
    usual: dict[str, Any] = {
        "run_id": "5f2c",
        "generation": "20261101-20261102T030000",
        "as_of": "2026-11-01",
        "started_at": "2026-11-02T03:00:00Z",
        "ended_at": "2026-11-02T03:10:00Z",
        "process": "1@0",
        "outcome": "succeeded",
        "is_published": True,
        "sources": (SourceRecord("tills", "landed", 120, 3),),
        "gates": (GateRecord("landing", 0, "gate landing passed"),),
    }
    return RunRecord(**{**usual, **changed})


def facts_of(**changed: Any) -> Facts:
    """A workspace that is well at NOW."""
    usual: dict[str, Any] = {
        "now": NOW,
        "brand": "Oat",
        "begun_at": datetime(2026, 1, 1),
        "is_study": False,
        "newest": Published("20261101-20261102T030000", date(2026, 11, 1), datetime(2026, 11, 2, 3, 10)),
        "is_damaged": False,
        "record": run_of(),
        "undelivered": (),
        "drift": (),
        "calibration": (),
        "last_loads": {"tills": datetime(2026, 11, 2, 3)},
        "free_bytes": 5_000_000_000,
        "needed_bytes": 1_000_000_000,
    }
    return Facts(**{**usual, **changed})


def settings_with(**tables: Any) -> Settings:
    """The smallest configuration, with more tables."""
    return Settings.model_validate(
        {
            "brand": {"name": "Oat", "timezone": "Europe/Paris", "currency": "EUR"},
            "sources": [{"name": "demo", "kind": "demo"}],
            **tables,
        }
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace that was configured a moment ago."""
    (tmp_path / "nanolift.toml").write_text(CONFIGURATION)
    return tmp_path


@dataclass
class Mailbox:
    """What a mail server got.  answer: what it says to a message."""

    port: int = 0
    mails: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    answer: str = "250 kept"


Serve = Callable[..., Mailbox]


@pytest.fixture
def serve_mail() -> Iterator[Serve]:
    """(certificate with its key, or None) → a mail server on loopback, which with a certificate offers STARTTLS."""
    servers: list[socketserver.ThreadingTCPServer] = []

    def serve(certificate: Path | None = None) -> Mailbox:
        box = Mailbox()

        class Handler(_Handler):
            mailbox, tls = box, certificate

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return box

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


class _Handler(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as smtplib speaks: EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT, DATA, QUIT."""

    mailbox: Mailbox
    tls: Path | None

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "EHLO":
                offers = ["test", "AUTH PLAIN", *(["STARTTLS"] if self.tls else [])]
                for number, offer in enumerate(offers):
                    self._say(f"250{' ' if number == len(offers) - 1 else '-'}{offer}")
            elif verb == "STARTTLS":
                self._say("220 go on")
                self._encrypt()
            elif verb == "AUTH":
                self.mailbox.logins.append(base64.b64decode(line.split()[2]).decode().replace("\0", " ").strip())
                self._say("235 welcome")
            elif verb == "DATA":
                self._say("354 go on")
                lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
                self.mailbox.mails.append("\n".join(lines))
                self._say(self.mailbox.answer)
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                if verb == "RCPT":
                    self.mailbox.recipients.append(line.split(":", 1)[1].strip("<>"))
                self._say("250 ok")

    def _encrypt(self) -> None:
        assert self.tls is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.tls)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
