"""Nobody outside is spoken to, and no switch of the Makefile is needed for that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.reliability_network import outside, why_not
from orchestration.telemetry import SWITCHES, switch_off
from tests.reliability.test_trials_in_small import quick


def test_a_command_without_a_route_speaks_to_nobody(tmp_path: Path) -> None:
    lacking = why_not()
    if lacking is not None and lacking.startswith("missing") and os.environ.get("CI") == "true":
        pytest.fail(f"CI must run it: {lacking}")
    if lacking is not None:
        pytest.skip(lacking)
    table = quick("network", tmp_path)
    assert "outside_connections " in table
    assert "outside_attempts_unseen " in table
    assert "FALLS SHORT" not in table
    assert "outside_commands_done_of_5                               2" in table


def test_the_watcher_tells_loopback_from_others_and_counts_every_question_to_a_name_server() -> None:
    trace = """
11 connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0
11 connect(3, {sa_family=AF_INET, sin_port=htons(5432), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
11 connect(3, {sa_family=AF_INET6, sin6_port=htons(5432), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0
11 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.11")}, 16) = 0
12 sendto(4, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("192.0.2.1")}, 16) = -1 ENETUNREACH
12 connect(3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = -1
"""  # noqa: E501 - as strace writes it
    assert outside(trace) == [
        ("connect", "127.0.0.11", 53),
        ("sendto", "192.0.2.1", 9),
        ("connect", "2001:db8::1", 443),
    ]


def test_the_switches_hold_whatever_the_environment_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SWITCHES:
        monkeypatch.setenv(name, "yes, please")
    switch_off()
    assert {name: os.environ[name] for name in SWITCHES} == SWITCHES


def test_dbts_version_is_told_without_starting_dbt(tmp_path: Path) -> None:
    from orchestration.dbt import PROFILES, ROOT
    from orchestration.dbt_command import InstalledDbt

    never = tmp_path / "dbt"
    never.write_text("#!/bin/sh\nexit 1\n")
    never.chmod(0o755)
    dbt = InstalledDbt(project_dir=str(ROOT), profiles_dir=str(PROFILES), dbt_executable=str(never))
    assert dbt._cli_version.major == 1
