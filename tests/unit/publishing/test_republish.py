"""After an erasure or a rotation: what counts as published anew, and which runs may not take its place."""

from __future__ import annotations

from datetime import date

import pytest

from orchestration.errors import ConfigurationError
from orchestration.privacy.republish import check_replaces, is_published
from orchestration.publishing import publish, write_manifest
from orchestration.settings import Retention
from orchestration.workspace import Build, Workspace


def publish_marked(workspace: Workspace, **marks: str) -> None:
    build = Build(workspace.builds / "marked" / "generation")
    build.exports.mkdir(parents=True)
    write_manifest(build, {"as_of": "2026-01-02", "published_sequence": 9, "parent": None, "loads": [], **marks})
    publish(workspace, build, "marked", Retention())


def test_where_nothing_was_published_nothing_has_to_be_published_anew(workspace: Workspace) -> None:
    assert is_published(workspace, "erasure", "first")


def test_only_a_generation_that_bears_the_mark_of_the_change_counts(workspace: Workspace) -> None:
    publish_marked(workspace, erasure="first")
    assert is_published(workspace, "erasure", "first")
    assert not is_published(workspace, "erasure", "second")
    assert not is_published(workspace, "rotation", "first")


@pytest.mark.parametrize(("as_of", "is_replay"), [(date(2026, 1, 1), False), (date(2026, 1, 2), True)])
def test_a_run_that_readers_would_not_see_is_refused(workspace: Workspace, as_of: date, is_replay: bool) -> None:
    publish_marked(workspace)
    with pytest.raises(ConfigurationError, match=r"an erasure is not finished.*`nanolift erase --resume` first"):
        check_replaces(workspace, as_of, is_replay, "an erasure", "`nanolift erase --resume`")


def test_a_run_of_the_same_day_or_a_later_one_may_finish_the_change(workspace: Workspace) -> None:
    publish_marked(workspace)
    for day in (2, 3):
        check_replaces(workspace, date(2026, 1, day), False, "an erasure", "`nanolift erase --resume`")
