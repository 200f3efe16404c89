"""Telling each cause once, and once that it is over: logs/alerts.json remembers what was told where.

Belongs here: what is news, the memory, the order of sending. Does not: what is a cause (causes.py), how a channel takes
a notice (channels.py).

What is due is written down before it is sent and struck out afterwards, channel by channel: a channel that is down gets
its notices at a later look, one that is up gets none twice. A kill between sending and striking out sends once more,
under the same key.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from orchestration.durable import write_json
from orchestration.errors import NanoliftError
from orchestration.observe.causes import Cause
from orchestration.observe.record import iso
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)

# A notice that no channel took for so long is news no more.
OLDEST = timedelta(days=7)


@dataclass(frozen=True)
class Notice:
    """One message: a cause has come, or is over.

    Attributes:
        at: ISO 8601, UTC.
        due: channels that have not taken it yet.
    """

    event: Literal["opened", "resolved", "test"]
    cause: Cause
    at: str
    due: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for every try to send it, and of no other notice."""
        said = json.dumps([self.event, *asdict(self.cause).values(), self.at])
        return hashlib.sha256(said.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Memory:
    """open: causes that were told of and are not over, by key.  due: notices on their way."""

    open: Mapping[str, Cause] = field(default_factory=dict)
    due: tuple[Notice, ...] = ()


class Channel(Protocol):
    """A way to tell somebody."""

    @property
    def name(self) -> str:
        """What it is called in the memory."""
        ...

    def send(self, notice: Notice, at: datetime) -> None:
        """Send once; raises a NanoliftError where it was not taken."""
        ...


def news(
    memory: Memory, causes: Sequence[Cause], undecided: frozenset[str], channels: Sequence[str], at: str
) -> Memory:
    """What is to be remembered and sent, now that these are the causes.

    Args:
        undecided: kinds of which it cannot be said now whether they are over.
        channels: names of all.
        at: ISO 8601, UTC.
    """
    now = {cause.key: cause for cause in causes}
    came = [
        cause for key, cause in now.items() if key not in memory.open or memory.open[key].instance != cause.instance
    ]
    over = [cause for key, cause in memory.open.items() if key not in now and cause.kind not in undecided]
    gone = {cause.key for cause in over}
    kept = {key: cause for key, cause in memory.open.items() if key not in gone}
    notices = [Notice("resolved", cause, at, tuple(channels)) for cause in over]
    notices += [Notice("opened", cause, at, tuple(channels)) for cause in came]
    return Memory(kept | now, (*memory.due, *notices))


def tell(
    workspace: Workspace,
    causes: Sequence[Cause],
    undecided: frozenset[str],
    channels: Sequence[Channel],
    now: datetime,
) -> tuple[Memory, list[str]]:
    """Send what is news, and what could not be sent before.

    Returns:
        What is remembered now, and a line a channel that did not take a notice.
    """
    with _alone(workspace):
        before = remembered(workspace)
        memory = news(before, causes, undecided, [channel.name for channel in channels], iso(now))
        for notice in memory.due[len(before.due) :]:
            logger.warning("alert %s: %s", notice.event, _words(notice.cause))
        memory = replace(memory, due=tuple(each for each in memory.due if _is_news(each, now) and each.due))
        _remember(workspace, memory)
        failures = []
        for channel in channels:
            for notice in [each for each in memory.due if channel.name in each.due]:
                try:
                    channel.send(notice, now)
                except NanoliftError as error:
                    failures.append(f"{channel.name}: {error}")
                    break  # in order, and a channel that is down is not waited for twice
                memory = replace(memory, due=tuple(_struck(memory.due, notice, channel.name)))
                _remember(workspace, memory)
        for line in failures:
            logger.warning("alerts wait for %s", line)
        return memory, failures


def _struck(due: Sequence[Notice], sent: Notice, channel: str) -> Iterator[Notice]:
    for notice in due:
        left = tuple(name for name in notice.due if notice.key != sent.key or name != channel)
        if left:
            yield replace(notice, due=left)


def _words(cause: Cause) -> str:
    return f"{cause.key}: {cause.summary}"


def _is_news(notice: Notice, now: datetime) -> bool:
    return datetime.fromisoformat(notice.at.removesuffix("Z")) > now - OLDEST


def remembered(workspace: Workspace) -> Memory:
    """What was told; nothing where it was never written or is damaged: better told twice than never."""
    try:
        said: dict[str, Any] = json.loads((workspace.logs / "alerts.json").read_text(encoding="utf-8"))
        due = tuple(
            Notice(**{**each, "cause": Cause(**each["cause"]), "due": tuple(each["due"])}) for each in said["due"]
        )
        return Memory({key: Cause(**each) for key, each in said["open"].items()}, due)
    except FileNotFoundError:
        return Memory()
    except (OSError, ValueError, KeyError, TypeError):
        logger.warning("logs/alerts.json is damaged: what is wrong is told anew")
        return Memory()


def _remember(workspace: Workspace, memory: Memory) -> None:
    content = {
        "open": {key: asdict(cause) for key, cause in memory.open.items()},
        "due": [asdict(notice) for notice in memory.due],
    }
    try:
        write_json(workspace.logs / "alerts.json", content)
    except OSError as error:  # a full disk is what somebody must be told of
        logger.warning("what was told cannot be kept (%s): it will be told again", type(error).__name__)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """One look at a time: a run that ends and a timer's look may meet."""
    with ExitStack() as held:
        try:
            workspace.logs.mkdir(parents=True, exist_ok=True)
            fcntl.flock(held.enter_context((workspace.logs / ".alerts.lock").open("a")), fcntl.LOCK_EX)
        except OSError as error:
            logger.warning("looks are not kept apart (%s): something may be told twice", type(error).__name__)
        yield
