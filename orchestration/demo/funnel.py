"""What members of a campaign among people did and got: invited, accepted, sample shipped and delivered.

Belongs here: the funnel's times. Does not: what they publish (posts.py) or buy (tested.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.demo.campaigns import Assignment, Campaign
from orchestration.demo.clock import DAY, waking_hours
from orchestration.demo.effects import PersonEffects
from orchestration.demo.randomness import Bools, Ints, Randomness


@dataclass(frozen=True)
class Activity:
    """Arrays by consumer. invited … delivered: seconds, meaningful where is_invited, or is_active (accepted)."""

    is_invited: Bools
    is_active: Bools
    invited: Ints
    accepted: Ints
    shipped: Ints
    delivered: Ints


def make_activity(
    campaign: Campaign, assigned: Assignment, effects: PersonEffects, count: int, randomness: Randomness
) -> Activity:
    """Every treated member is invited on the first day; who accepts gets a sample within ten days."""
    rng = randomness.part(f"funnel {campaign.id}")
    is_invited = np.zeros(count, bool)
    is_invited[assigned.unit[assigned.is_treated]] = True
    is_active = is_invited & (rng.random(count) < effects.accepts)
    invited = campaign.start + 9 * 3600 + rng.integers(0, 6 * 3600, count)
    accepted = invited + (rng.exponential(0.8, count).clip(0.01, 3.0) * DAY).astype(np.int64)
    shipped = (accepted // DAY + rng.integers(1, 4, count)) * DAY + 15 * 3600
    delivered = (shipped // DAY + rng.integers(1, 4, count)) * DAY + waking_hours(rng, count)
    return Activity(is_invited, is_active, invited, accepted, shipped, delivered)
