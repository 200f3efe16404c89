"""Bringing what is due to every target: one after the other, each with its patience, each attempt recorded.

Belongs here: which target gets which generation when, what is said of it. Does not: how one kind of target takes it
(folder.py, servers.py, postgres.py, webhook.py), who holds the workspace (the caller: a run, or `nanolift deliver`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from orchestration.errors import ConfigurationError, NanoliftError
from orchestration.exports.consents import withdrawn_since
from orchestration.exports.delivery.errors import DeliveryUnavailableError, WithheldError
from orchestration.exports.delivery.package import Package, package_of, packed
from orchestration.exports.delivery.patience import Patience
from orchestration.exports.delivery.record import (
    FAILED,
    WITHHELD,
    Record,
    delivered,
    due,
    failed,
    read_records,
    started,
    write_record,
)
from orchestration.exports.delivery.spec import Delivery
from orchestration.exports.delivery.target import Step, Target
from orchestration.exports.delivery.targets import target_of
from orchestration.generations import Generation, current, generations
from orchestration.settings import Settings
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)


def _no_step(_name: str) -> None:
    """Nothing is done at a step."""


@dataclass(frozen=True)
class Outcome:
    """What became of one generation at one target; error: why it did not arrive, None: it did.

    is_withheld: it may not be brought any more, a later one is current: nothing is to be done.
    """

    target: str
    generation: str
    error: str | None = None
    is_withheld: bool = False

    def __str__(self) -> str:
        if self.is_withheld:
            return f"{self.target}: {self.generation} withheld: {self.error}"
        if self.error is None:
            return f"{self.target}: {self.generation} delivered"
        return f"{self.target}: {self.generation} not delivered: {self.error}"


@dataclass(frozen=True)
class Courier:
    """Delivers a workspace's generations. Whoever calls holds the workspace's lock.

    clock: the instant, naive UTC.
    at_step: called with "<target> <step>" before each step; trials stop there.
    """

    workspace: Workspace
    settings: Settings
    clock: Callable[[], datetime]
    at_step: Step = _no_step
    patience: Patience = field(default_factory=Patience)

    def deliver(self, target: str | None = None, generation: str | None = None) -> list[Outcome]:
        """Bring to every target, or to one, what it is still to get, newest first, or one generation.

        Raises:
            ConfigurationError: no such target or generation.
            IntegrityError: a record or the current generation's manifest that cannot be read.
        """
        specs = self._specs(target)
        found = generations(self.workspace)
        chosen = None if generation is None else [each for each in found if each.name == generation]
        if chosen == []:
            names = ", ".join(each.name for each in found) or "none"
            raise ConfigurationError(f"no generation {generation}; there are {names}")
        outcomes = []
        for spec in specs:
            records = read_records(self.workspace, spec.name)
            missing = due(found, records, current(self.workspace)) if chosen is None else chosen
            for each in missing:
                before = records.get(each.name)
                if before is not None and before.is_settled:
                    continue
                outcome, goes_on = self._deliver_one(spec, each, before)
                outcomes.append(outcome)
                if not goes_on:
                    break
        return outcomes

    def _specs(self, target: str | None) -> Sequence[Delivery]:
        if target is None:
            return self.settings.delivery
        specs = [spec for spec in self.settings.delivery if spec.name == target]
        if not specs:
            names = ", ".join(spec.name for spec in self.settings.delivery) or "none"
            raise ConfigurationError(f"no [[delivery]] is named {target}; there are {names}")
        return specs

    def _deliver_one(self, spec: Delivery, generation: Generation, before: Record | None) -> tuple[Outcome, bool]:
        """The outcome, and whether the target may be asked for more: one that does not answer is left alone."""
        give_up_at = self.patience.now() + spec.retry_seconds
        tries = 0
        while True:
            tries += 1
            try:
                before = self._attempt(spec, generation, before)
            except DeliveryUnavailableError as error:
                before = self._recorded(spec, generation)
                if not self.patience.waits(tries, give_up_at, error.wait_seconds):
                    return Outcome(spec.name, generation.name, f"{error}; tried {tries} times"), False
                logger.info("%s: %s; trying again", spec.name, error)
            except NanoliftError as error:
                is_withheld = isinstance(error, WithheldError) and self._is_past(generation)
                return Outcome(spec.name, generation.name, str(error), is_withheld), True
            else:
                logger.info("delivered %s to %s (%s): %d bytes", generation.name, spec.name, spec.kind, before.bytes)
                return Outcome(spec.name, generation.name), True

    def _attempt(self, spec: Delivery, generation: Generation, before: Record | None) -> Record:
        """One attempt, written down before it begins and when it has ended, also when it failed."""
        try:
            package = self._package(spec, generation)
        except NanoliftError as error:
            nothing = packed(spec, self.settings.brand.name, generation, ())
            begun = started(before, nothing, spec.kind, self.clock())
            is_withheld = isinstance(error, WithheldError) and self._is_past(generation)
            outcome = WITHHELD if is_withheld else FAILED
            write_record(self.workspace, failed(begun, str(error), self.clock(), outcome))
            raise
        record = started(before, package, spec.kind, self.clock())
        write_record(self.workspace, record)
        try:
            arrived = self._target(spec).deliver(package, lambda name: self.at_step(f"{spec.name} {name}"))
        except NanoliftError as error:
            write_record(self.workspace, failed(record, str(error), self.clock()))
            raise
        done = delivered(record, arrived.manifest, arrived.is_latest, self.clock())
        write_record(self.workspace, done)
        self.at_step(f"{spec.name} recorded")
        return done

    def _is_past(self, generation: Generation) -> bool:
        now = current(self.workspace)
        return now is not None and now.name != generation.name

    def _package(self, spec: Delivery, generation: Generation) -> Package:
        if spec.audience is None:
            if count := withdrawn_since(self.workspace, generation, self.clock()):
                raise WithheldError(
                    f"it names {count} people who have withdrawn their consent since, or are known to be minors: "
                    "`nanolift run` publishes a generation without them"
                )
            return package_of(spec, self.settings.brand.name, generation)
        from orchestration.exports.delivery.audience_inputs import audience_package

        return audience_package(spec, self.settings, self.workspace, generation, self.clock())

    def _target(self, spec: Delivery) -> Target:
        arrived = [each for each in read_records(self.workspace, spec.name).values() if each.is_delivered]
        latest = max(arrived, key=lambda each: (each.as_of, each.published_sequence), default=None)
        return target_of(spec, self.workspace, None if latest is None else vars(latest), self.clock)

    def _recorded(self, spec: Delivery, generation: Generation) -> Record | None:
        return read_records(self.workspace, spec.name).get(generation.name)


def told(outcomes: Sequence[Outcome]) -> str:
    """Outcomes for the terminal, a line each."""
    return "\n".join(f"  {outcome}" for outcome in outcomes)


def not_delivered(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those that failed."""
    return [outcome for outcome in outcomes if outcome.error is not None and not outcome.is_withheld]
