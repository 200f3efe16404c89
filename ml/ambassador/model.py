"""A fitted ambassador model: purchases through others and own ones, put together in money.

Expected value = (tracked purchases × caused per tracked × what such a purchase pays + own extra purchases) × value of
a purchase of the campaign's products. Does not belong here: fitting any part (evidence.py, own.py, capture.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import lightgbm as lgb
import numpy as np

from ml.ambassador.capture import Capture
from ml.ambassador.evidence import FittedEvidence
from ml.ambassador.hurdle import FittedHurdle
from ml.ambassador.own import FittedOwn
from ml.ambassador.ranges import TenthErrors, half_range
from ml.ambassador.tweedie import FittedTweedie
from ml.arrays import FloatArray
from ml.errors import ModelFileError

# Own purchases that contact puts off can take away this much of what comes through others, never more.
LARGEST_LOSS = 0.95


class Others(Protocol):
    """A model of tracked purchases through others."""

    @property
    def kind(self) -> str:
        """ "evidence", "hurdle" or "tweedie"."""

    def predict(self, X: FloatArray) -> FloatArray:
        """(n,) expected purchases, > 0."""

    def score(self, X: FloatArray) -> FloatArray:
        """(n,) what `contributions` add up to."""

    def contributions(self, X: FloatArray) -> FloatArray:
        """(n, p + 1) what each feature adds; the last column is the average."""


@dataclass(frozen=True)
class FittedAmbassador:
    """All parts.

    Attributes:
        others: tracked purchases through others.
        own: extra own purchases.
        capture: from tracked to caused.
        purchase_value_minor: of a campaign whose products were never sold.
        beside: the challenger's boosters, which a folder holds where the model has none of its own.
        tenths: how well the others were predicted; None: a model of before there were ranges.
    """

    others: Others
    own: FittedOwn
    capture: Capture
    purchase_value_minor: float
    beside: Mapping[str, lgb.Booster] = field(default_factory=dict)
    tenths: TenthErrors | None = None

    def through_others(self, X: FloatArray) -> FloatArray:
        """(n,) caused purchases through others, at the usual price."""
        return self.others.predict(X) * self.capture.caused_per_tracked * self.capture.value_share

    def own_purchases(self, X: FloatArray) -> FloatArray:
        """(n,) extra own purchases, bounded so that the whole stays above 0."""
        return np.maximum(self.own.predict(X), -LARGEST_LOSS * self.through_others(X))

    def values_minor(self, X: FloatArray, purchase_value: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(n,) expected value in minor units, and the part of it that comes through others.

        Args:
            purchase_value: (n,) minor units of a purchase of the campaign's products; NaN: unknown.
        """
        value, others = self._value(purchase_value), self.through_others(X)
        return (others + self.own_purchases(X)) * value, others * value

    def half_range_minor(self, X: FloatArray, purchase_value: FloatArray) -> FloatArray:
        """(n,) half the 90 % range of the average value of people scored alike, in minor units; NaN: not known."""
        if self.tenths is None:
            return np.full(X.shape[0], np.nan)
        tracked, others = self.others.predict(X), self.through_others(X)
        errors = others * self.tenths.of(tracked), tracked * self.capture.value_share * self.capture.error
        return half_range(*errors, self.own.error(X)) * self._value(purchase_value)

    def score(self, X: FloatArray) -> FloatArray:
        """(n,) what `contributions` add up to: the others' own scale, and the log of what own purchases add."""
        return self.others.score(X) + self._own_part(X)

    def contributions(self, X: FloatArray) -> FloatArray:
        """(n, p + 2) of each feature, of own purchases, and the average."""
        parts = self.others.contributions(X)
        return np.column_stack([parts[:, :-1], self._own_part(X), parts[:, -1]])

    @property
    def boosters(self) -> Mapping[str, lgb.Booster]:
        """By role, for the registry: at least one."""
        own = {} if self.own.booster is None else {"own": self.own.booster}
        return own | dict(getattr(self.others, "boosters", {})) or self.beside

    def constants(self) -> dict[str, Any]:
        """All that is not in a booster, for the card."""
        if isinstance(self.others, FittedEvidence):
            others = self.others.as_dict()
        elif isinstance(self.others, FittedHurdle | FittedTweedie):
            others = {"scale": self.others.scale}
        else:
            raise ModelFileError(f"no card can hold a model of kind {self.others.kind}")
        return {
            "others": {"kind": self.others.kind} | others,
            "own": self.own.as_dict(),
            "capture": self.capture.as_dict(),
            "purchase_value_minor": self.purchase_value_minor,
            "tenths": None if self.tenths is None else self.tenths.as_dict(),
        }

    def _value(self, purchase_value: FloatArray) -> FloatArray:
        return np.where(np.isfinite(purchase_value), purchase_value, self.purchase_value_minor)

    def _own_part(self, X: FloatArray) -> FloatArray:
        return np.asarray(np.log1p(self.own_purchases(X) / self.through_others(X)), dtype=np.float64)


def ambassador_from_parts(boosters: Mapping[str, lgb.Booster], constants: Mapping[str, Any]) -> FittedAmbassador:
    """The model of a checked folder.

    Raises:
        ModelFileError: of a kind this version does not know.
    """
    if "others" not in constants:
        raise ModelFileError("the ambassador model is of an earlier version: train again")
    own = dict(constants["others"])
    kind = own.pop("kind")
    others: Others
    if kind == FittedEvidence.kind:
        others = FittedEvidence.from_dict(own)
    elif kind == FittedHurdle.kind:
        others = FittedHurdle({role: boosters[role] for role in ("any", "amount")}, own["scale"])
    elif kind == FittedTweedie.kind:
        others = FittedTweedie({"all": boosters["all"]}, own["scale"])
    else:
        raise ModelFileError(f"this version knows no ambassador model of kind {kind}: train again")
    return FittedAmbassador(
        others,
        FittedOwn.from_dict(boosters.get("own"), constants["own"]),
        Capture.from_dict(constants["capture"]),
        constants["purchase_value_minor"],
        tenths=TenthErrors.from_dict(constants["tenths"]) if constants.get("tenths") else None,
    )
