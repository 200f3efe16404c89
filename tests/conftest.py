"""What holds for every test: no network beyond this machine, no variable of the developer's own brand.

Belongs here: guards for the whole suite. Does not: fixtures of one kind of test (the conftest.py beside those tests).
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

REPOSITORY = Path(__file__).resolve().parents[1]

# Examples are drawn from the test's own name: the same in every run and on every machine, at whatever speed.
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout."""
    return REPOSITORY


def _is_of_this_machine(family: int, address: Any) -> bool:
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = address[0]
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _no_network_beyond_this_machine() -> Iterator[None]:
    """A test that would reach out fails at once and says where to, instead of hanging or passing by luck."""
    patch = pytest.MonkeyPatch()
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if not _is_of_this_machine(self.family, address):
            raise ConnectionRefusedError(f"a test tried to reach {address!r}: tests stay on this machine")
        connect(self, address)

    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _no_brand_of_the_developers_own() -> Iterator[None]:
    """Secrets and workspaces of the shell that started the tests are not seen by them."""
    patch = pytest.MonkeyPatch()
    for name in [name for name in os.environ if name.startswith("NANOLIFT_") and name != "NANOLIFT_REAL_DATA"]:
        patch.delenv(name)
    yield
    patch.undo()
