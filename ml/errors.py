"""The errors of ml: what is wrong with data or model files, where, and what to do next.

A small family of its own, because ml may not import orchestration; the assets turn them into a run's refusal.
"""

from __future__ import annotations


class MLError(Exception):
    """Base of every error ml raises on purpose."""


class InputError(MLError):
    """Arrays or frames that do not fit together: lengths, types, values outside their range."""


class NothingToLearnError(MLError):
    """The data cannot teach this model: a run goes on, publishes facts and passes the message on as the reason."""


class OutcomeError(NothingToLearnError):
    """An outcome that nothing can be learned from: nobody, or nearly everybody, shows it."""


class TooFewRowsError(NothingToLearnError):
    """Too few people, arms or outcomes to learn or judge anything; says what is missing."""


class ModelFileError(MLError):
    """A model folder that is missing a file or whose bytes are not what their hash says."""
