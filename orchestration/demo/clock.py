"""Time in the demo world: seconds since its first local midnight, and how they become UTC instants.

Belongs here: days, opening hours, zones. Does not: what happens at those times.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from orchestration.demo.randomness import Floats, Instants, Ints
from orchestration.demo.world_parameters import Time

DAY = 86_400


class Clock:
    """Turns local seconds into instants.

    The offset of a zone is read at noon of each day: shops are shut in the hour the clocks change, and online an
    hour's error twice a year in a simulated instant changes nothing.
    """

    def __init__(self, time: Time, zones: tuple[str, ...]) -> None:
        self.time = time
        self.zones = zones
        self.start = np.datetime64(time.starts_on.isoformat(), "us")

    @cached_property
    def offsets(self) -> Ints:
        """Zone × day: seconds ahead of UTC; a few days of margin at the end."""
        noon = [
            datetime(self.time.starts_on.year, self.time.starts_on.month, self.time.starts_on.day, 12)
            + timedelta(days=day)
            for day in range(self.time.days + 400)
        ]
        return np.array(
            [
                [
                    int((moment.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds())
                    for moment in noon
                ]
                for zone in self.zones
            ],
            dtype=np.int64,
        )

    def instants(self, seconds: npt.NDArray[np.int64] | Floats, zone: Ints | int = 0) -> Instants:
        """UTC instants (datetime64[us], whole seconds) of local seconds in zones[zone]; zone 0 is the brand's."""
        whole = np.floor(seconds).astype(np.int64)
        day = np.clip(whole // DAY, 0, self.offsets.shape[1] - 1)
        found: Instants = self.start + (whole - self.offsets[zone, day]).astype("timedelta64[s]")
        return found

    def dates(self, days: Ints) -> Instants:
        """Dates of day numbers."""
        found: Instants = self.start.astype("datetime64[D]") + days.astype("timedelta64[D]")
        return found


def shop_hours(rng: np.random.Generator, count: int) -> Ints:
    """Seconds after midnight between 9:00 and 20:00, most in the late afternoon."""
    return (9 * 3600 + 11 * 3600 * rng.beta(2.2, 1.8, count)).astype(np.int64)


def waking_hours(rng: np.random.Generator, count: int) -> Ints:
    """Seconds after midnight, most in the evening, none between 3:00 and 6:00."""
    return (6 * 3600 + 17.9 * 3600 * rng.beta(2.0, 1.2, count)).astype(np.int64)
