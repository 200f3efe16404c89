"""One look at a workspace from outside: what is wrong is told, figures are written. After every run, and by a timer.

Belongs here: the order. Does not: any part of it.
"""

from __future__ import annotations

import logging
from datetime import datetime

from orchestration.observe.alerts import Memory, Notice, tell
from orchestration.observe.causes import KINDS, Cause, causes_of, undecided
from orchestration.observe.channels import channels_of
from orchestration.observe.facts import gather
from orchestration.observe.metrics import samples_of, text_of, write_metrics
from orchestration.observe.record import iso
from orchestration.settings import Settings
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)


def look(workspace: Workspace, settings: Settings, now: datetime) -> tuple[Memory, list[str]]:
    """Write the metrics, send what is news; what is open, and a line a channel that did not take a notice.

    Args:
        now: naive UTC instant.

    Raises:
        IntegrityError: a record of the workspace that cannot be read.
    """
    facts = gather(workspace, settings, now)
    causes = causes_of(facts, settings.alerts)
    memory, failures = tell(workspace, causes, undecided(facts), channels_of(settings), now)
    textfile = settings.metrics.textfile
    places = [workspace.logs / "metrics.prom", *([] if textfile is None else [workspace.root / textfile])]
    try:
        write_metrics(places, text_of(list(samples_of(facts, list(memory.open.values()))), facts.brand))
    except OSError as error:
        failures = [*failures, f"metrics: {error.strerror}"]
        logger.warning("the metrics cannot be written (%s)", type(error).__name__)
    return memory, failures


def send_test(settings: Settings, now: datetime) -> dict[str, str]:
    """Send a notice that says it is a test; channel → "sent", or why not."""
    from orchestration.errors import NanoliftError

    said = {}
    notice = Notice("test", Cause(KINDS[0], "", "", "a test of this channel: nothing is wrong"), iso(now))
    for channel in channels_of(settings):
        try:
            channel.send(notice, now)
            said[channel.name] = "sent"
        except NanoliftError as error:
            said[channel.name] = str(error)
    return said
