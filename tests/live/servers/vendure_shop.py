"""A Vendure shop on loopback with a SQLite file of its own, and its two GraphQL doors.

Belongs here: starting, stopping, asking. Does not: promotions and orders (vendure_orders.py).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.live.servers import node_server

TOKEN = "vendure-auth-token"


@dataclass
class Door:
    """One of the shop's APIs, as one visitor uses it: the token of the first answer is the session."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a query that must succeed: error results of mutations are failures too."""
        with requests.Session() as session:
            session.trust_env = False
            body = {"query": query, "variables": variables}
            answer = session.post(self.url, json=body, headers=self.headers, timeout=60)
        if TOKEN in answer.headers:
            self.headers["Authorization"] = f"Bearer {answer.headers[TOKEN]}"
        said = answer.json()
        assert "errors" not in said, said
        refused = [value for value in said["data"].values() if isinstance(value, dict) and "errorCode" in value]
        assert not refused, refused
        return dict(said["data"])


@dataclass(frozen=True)
class Shop:
    """Where the shop answers, and the superadmin's session and API key."""

    url: str
    admin: Door
    api_key: str

    def visitor(self) -> Door:
        """A new customer's session in the Shop API."""
        return Door(f"{self.url}/shop-api")


def missing() -> str | None:
    """What is not installed, and how it comes; None where all is there."""
    return node_server.missing("vendure")


@contextmanager
def running() -> Iterator[Shop]:
    """A fresh shop with ten products and no order; stopped and removed at the end."""
    port = node_server.free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        node_server.running(
            "vendure", Path(folder) / "shop.log", port, folder, says="ready", VENDURE_DISABLE_TELEMETRY="true"
        ),
    ):
        admin = Door(f"http://127.0.0.1:{port}/admin-api")
        login = 'mutation { login(username: "superadmin", password: "superadmin") { ... on CurrentUser { id } } }'
        admin.ask(login)
        role = admin.ask('query { roles(options: {filter: {code: {eq: "__super_admin_role__"}}}) { items { id } } }')
        made = admin.ask(
            "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey } }",
            input={
                "roleIds": [role["roles"]["items"][0]["id"]],
                "translations": [{"languageCode": "en", "name": "nanolift"}],
            },
        )
        yield Shop(f"http://127.0.0.1:{port}", admin, made["createApiKey"]["apiKey"])
