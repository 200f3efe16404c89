"""What the terminal says of targets: what each has, what it lacks and why, which secrets are missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.delivering import DeliveryRequest, deliver_missing, describe_targets
from orchestration.doctor import examine
from orchestration.generations import Generation
from orchestration.settings import load_settings
from orchestration.workspace import Workspace

PublishDay = Callable[..., Generation]
CONFIGURATION = """
example = "demo"
[brand]
name = "Oat"
timezone = "Europe/Paris"
currency = "EUR"
[[sources]]
name = "demo"
kind = "demo"
"""
SHARE = '[[delivery]]\nname = "share"\nkind = "folder"\npath = "../out"\nretry_seconds = 0\n'
LATE = '[[delivery]]\nname = "late"\nkind = "folder"\npath = "../late"\nretry_seconds = 0\n'
HOOK = """
[[delivery]]
name = "hook"
kind = "webhook"
webhook = { url = "https://x.example", secret_env = "HOOK_SECRET" }
"""


def configured(workspace: Workspace, *tables: str) -> Path:
    workspace.root.mkdir(exist_ok=True)
    workspace.configuration.write_text(CONFIGURATION + "".join(tables), encoding="utf-8")
    return workspace.root


def test_what_failed_is_told_until_it_arrived(workspace: Workspace, publish_day: PublishDay, tmp_path: Path) -> None:
    root = configured(workspace, SHARE, LATE)
    publish_day("2026-01-01")
    message, all_arrived = deliver_missing(DeliveryRequest(root))
    assert not all_arrived
    assert message.splitlines()[0] == "share: 2026-01-01 delivered"
    assert message.splitlines()[1].startswith("late: 2026-01-01 not delivered: ")
    told = describe_targets(workspace, load_settings(workspace.configuration))
    assert told[0] == "delivery    share (folder, ../out): 1 generations, latest 2026-01-01"
    assert told[2].endswith("late is not there: make the folder, or mount it")
    (tmp_path / "late").mkdir()
    assert deliver_missing(DeliveryRequest(root, target="late")) == ("late: 2026-01-01 delivered", True)
    assert deliver_missing(DeliveryRequest(root))[1]
    assert len(describe_targets(workspace, load_settings(workspace.configuration))) == 2


def test_a_new_target_waits_for_the_current_generation(workspace: Workspace, publish_day: PublishDay) -> None:
    configured(workspace, SHARE)
    publish_day("2026-01-01")
    told = describe_targets(workspace, load_settings(workspace.configuration))
    assert told == [
        "delivery    share (folder, ../out): nothing yet",
        "            2026-01-01 not delivered: not tried yet",
    ]


def test_no_target_is_no_failure(workspace: Workspace, publish_day: PublishDay) -> None:
    root = configured(workspace)
    publish_day("2026-01-01")
    assert deliver_missing(DeliveryRequest(root)) == (
        "No [[delivery]] is configured: docs/delivery.md shows how.",
        True,
    )


def test_the_doctor_names_a_secret_that_is_not_set(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    root = configured(workspace, HOOK)
    report, healthy = examine(root)
    assert not healthy
    assert "HOOK_SECRET" in report
    monkeypatch.setenv("HOOK_SECRET", "hush")
    report, healthy = examine(root)
    assert "HOOK_SECRET" not in report
    assert "hush" not in report
