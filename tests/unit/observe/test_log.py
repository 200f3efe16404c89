"""What a line of the log says, what it never says, and when files are rotated."""

from __future__ import annotations

import json
import logging
import logging.config
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.errors import SourceError
from orchestration.observe.log import logging_to, rotate, told
from orchestration.progress import announce
from orchestration.unquoted import StepError
from orchestration.workspace import Workspace

RUN = {"run_id": "5f2c", "generation": "20261101-20261102T030000", "as_of": "2026-11-01"}


def lines(workspace: Workspace) -> list[dict[str, Any]]:
    return [json.loads(line) for line in workspace.log.read_text(encoding="utf-8").splitlines()]


def test_every_line_names_run_generation_step_source_and_level(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path)
    with logging_to(workspace, RUN), announce("land tills", source="tills") as step:
        logging.getLogger("orchestration.connectors.landing").warning("%d rows are gone", 3)
        step.rows = 7
    began, said, ended = lines(workspace)
    assert all({name: line[name] for name in RUN} == RUN for line in (began, said, ended))
    assert {line["step"] for line in (began, said, ended)} == {"land tills"}
    assert {line["source"] for line in (began, said, ended)} == {"tills"}
    assert (said["level"], said["message"]) == ("warning", "3 rows are gone")
    assert [line["event"] for line in (began, said, ended)] == ["step began", "message", "step ended"]
    assert (ended["outcome"], ended["rows"]) == ("ok", 7)


def test_what_comes_after_a_step_belongs_to_none_and_a_step_that_fails_is_told_as_failed(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path)
    with logging_to(workspace, RUN) as log:
        with pytest.raises(StepError, match="ValueError"), announce("signals"):
            raise ValueError("x")
        logging.getLogger("ml.text").info("done")
    assert [(each.step, each.outcome) for each in log.ended] == [("signals", "failed")]
    assert lines(workspace)[-1]["step"] is None


def test_an_error_of_another_library_is_told_by_its_class_since_it_may_quote_rows(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path)
    with logging_to(workspace, RUN):
        try:
            pl.DataFrame({"age": ["Jane Doe"]}).cast(pl.Int64)
        except pl.exceptions.PolarsError as error:
            logging.getLogger("orchestration.x").exception("it failed")
            ours = SourceError(f"tills.csv: stream pos_lines: {error}")
            ours.__cause__ = error
    text = workspace.log.read_text(encoding="utf-8")
    assert "Jane" not in text
    assert '"error": "InvalidOperationError"' in text
    assert told(ours) == "SourceError: tills.csv: stream pos_lines: InvalidOperationError"


def test_a_secret_that_stands_in_a_text_is_blanked(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path)
    with logging_to(workspace, RUN, ['pass"word-1']):
        logging.getLogger("orchestration.x").warning('no entry with pass"word-1 here')
    assert "word-1" not in workspace.log.read_text()
    assert lines(workspace)[0]["message"] == "no entry with [secret] here"


def test_other_peoples_loggers_are_not_listened_to_and_ours_are_as_before(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path)
    with logging_to(workspace, RUN):
        logging.getLogger("urllib3").error("https://token@host")
    assert workspace.log.read_text() == ""
    assert logging.getLogger("orchestration").level == logging.NOTSET
    assert logging.getLogger("orchestration").handlers == []


def test_a_large_file_moves_on_and_the_oldest_goes(tmp_path: Path) -> None:
    log = tmp_path / "nanolift.jsonl"
    for number in range(5):
        log.write_text(f"{number}" * 10)
        rotate(log, largest=10, kept=3)
        assert not log.exists()
    log.write_text("small")
    rotate(log, largest=10, kept=3)
    assert {path.name: path.read_text()[0] for path in tmp_path.iterdir()} == {
        "nanolift.jsonl": "s",
        "nanolift.jsonl.1": "4",
        "nanolift.jsonl.2": "3",
    }


def test_a_library_that_switched_our_loggers_off_does_not_silence_the_log(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path)
    logger = logging.getLogger("orchestration.observe.watching")
    logging.config.dictConfig({"version": 1})
    assert logger.disabled
    with logging_to(workspace, RUN):
        logger.warning("heard")
    assert lines(workspace)[0]["message"] == "heard"


def test_a_full_disk_ends_no_step_and_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = Workspace.at(tmp_path)
    workspace.logs.mkdir()
    workspace.log.symlink_to("/dev/full")
    with logging_to(workspace, RUN) as log:
        for name in ("signals", "features"):
            with announce(name):
                pass
    assert [(each.step, each.outcome) for each in log.ended] == [("signals", "ok"), ("features", "ok")]
    assert capsys.readouterr().err == "nanolift: the log cannot be written: No space left on device\n"
