"""How long to wait before a target that did not answer is tried again.

Full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015): uniform between nothing and
min(longest, first x 2^n), so that senders that failed together do not come back together.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0


@dataclass(frozen=True)
class Patience:
    """Time and chance, replaceable: tests neither sleep nor differ from run to run."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: random.Random = field(default_factory=random.Random)

    def waits(self, tries: int, give_up_at: float, asked: float | None = None) -> bool:
        """Wait before try `tries` + 1; False, at once, where it would begin after `give_up_at`.

        Args:
            tries: tries so far, at least 1.
            give_up_at: of `now`'s clock.
            asked: seconds the target asked to be left alone; None: it did not.
        """
        wait = self.random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 16)))
        if asked is not None:
            wait = asked + min(wait, 1.0)
        if self.now() + wait > give_up_at:
            return False
        self.sleep(wait)
        return True
