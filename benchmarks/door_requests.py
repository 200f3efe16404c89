"""What a browser or an attacker's page sends to the UI's door, byte by byte, and what came back.

Belongs here: a door as it is reached, a request without any library's good manners (headers twice, another Host, bent
paths), the answer. Does not: which requests (door_probes.py), servers (door_servers.py).
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

PATIENCE_SECONDS = 30
# Dagster's way to say that an asset was made by another system: done at once, and seen afterwards.
MUTATION = """mutation { reportRunlessAssetEvents(eventParams:
  {eventType: ASSET_MATERIALIZATION, assetKey: {path: %s}, description: %s}) { __typename } }"""
JSON = ("Content-Type", "application/json")
# A name and a request.
Variants = Iterator[tuple[str, "Sent"]]
SOCKET_KEY = b64encode(b"door to the UI..").decode()


@dataclass(frozen=True)
class Door:
    """Where the UI is reached: the port on loopback, the Host people type, TLS, what their browser sends as a login."""

    name: str
    port: int
    host: str
    tls: bool = False
    login: tuple[tuple[str, str], ...] = ()

    @property
    def origin(self) -> str:
        """Of its own pages."""
        return f"{'https' if self.tls else 'http'}://{self.host}"


@dataclass(frozen=True)
class Sent:
    """A request; `headers` follow the Host (None: the door's own) and the login, which a browser adds by itself."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    hosts: tuple[str, ...] | None = None
    login: bool = True


@dataclass(frozen=True)
class Answer:
    """What came back; status 0: the connection was closed without a word."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def every(self, name: str) -> str:
        """All values of a header, one after the other."""
        return ", ".join(value for known, value in self.headers if known.lower() == name)

    @property
    def refused(self) -> bool:
        """Neither done nor shown, and no foreign page is allowed to read why."""
        return (self.status == 0 or 400 <= self.status < 500) and not self.every("access-control-allow-origin")


def ask(door: Door, sent: Sent) -> Answer:
    """Send a request over a connection of its own."""
    if door.tls:
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            "127.0.0.1", door.port, timeout=PATIENCE_SECONDS, context=_any_certificate(door)
        )
    else:
        connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=PATIENCE_SECONDS)
    try:
        connection.putrequest(sent.method, sent.target, skip_host=True, skip_accept_encoding=True)
        for host in (door.host,) if sent.hosts is None else sent.hosts:
            connection.putheader("Host", host)
        for name, value in (*(door.login if sent.login else ()), *sent.headers):
            connection.putheader(name, value)
        if sent.body is not None:
            connection.putheader("Content-Length", str(len(sent.body)))
        connection.endheaders(sent.body)
        answer = connection.getresponse()
        # What was switched to another protocol has no end.
        body = b"" if answer.status == 101 else answer.read()
        return Answer(answer.status, tuple(answer.getheaders()), body)
    except (http.client.HTTPException, ConnectionError):
        return Answer(0)
    finally:
        connection.close()


def _any_certificate(door: Door) -> ssl.SSLContext:
    """The doors of a trial sign for themselves; the name a browser would give is given."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    named = context.wrap_socket

    def wrap(connection: socket.socket, **options: Any) -> ssl.SSLSocket:
        return named(connection, **options | {"server_hostname": door.host.split(":")[0]})

    context.wrap_socket = wrap  # type: ignore[method-assign,assignment]
    return context


def upgrade(*headers: tuple[str, str], target: str = "/graphql", hosts: tuple[str, ...] | None = None) -> Sent:
    """The handshake of a websocket as Dagster's UI opens one."""
    own = (
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", SOCKET_KEY),
        ("Sec-WebSocket-Protocol", "graphql-ws"),
    )
    return Sent("GET", target, (*own, *headers), hosts=hosts)


def fetched(site: str, mode: str, destination: str) -> tuple[tuple[str, str], ...]:
    """What a browser of today says of a request besides its origin."""
    return ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination)


def graphql(query: str, **variables: Any) -> bytes:
    """A GraphQL body."""
    return json.dumps({"query": query, "variables": variables}).encode()


def own_query(door: Door, query: str, **variables: Any) -> Any:
    """Ask as the UI's own page does; the data."""
    headers = (("Content-Type", "application/json"), ("Origin", door.origin), *fetched("same-origin", "cors", "empty"))
    answer = ask(door, Sent("POST", "/graphql", headers, graphql(query, **variables)))
    if answer.status != 200:
        raise RuntimeError(f"{door.name} answered {answer.status} to its own page: {answer.body[:300]!r}")
    return json.loads(answer.body)["data"]


class Trace:
    """A mutation that can be seen afterwards, for a given asset."""

    def __init__(self, asset: list[str]) -> None:
        self.asset = asset

    def mutation(self, name: str) -> str:
        """Record that `asset` was made, described by `name`."""
        return MUTATION % (json.dumps(self.asset), json.dumps(name))

    def body(self, name: str) -> bytes:
        """The mutation as a GraphQL body."""
        return graphql(self.mutation(name))

    def target(self, name: str, path: str = "/graphql") -> str:
        """The mutation in the query of an address."""
        return f"{path}?query={quote(self.mutation(name))}"

    def event(self, name: str) -> str:
        """Dagster's endpoint for events of other systems, which takes a POST without any body."""
        return f"/report_asset_materialization/{'/'.join(self.asset)}?description={quote(name)}"
