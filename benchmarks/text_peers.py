"""Peers of the text benchmark that live in the bench environment: TextBlob (MIT) and AFINN (GPL).

AFINN's licence is not ours: it runs in a process of its own, from an environment of its own (`make bench-env`), and
nothing of the program imports it. VADER (MIT), which the bars are set against, is in the development environment.

As a program, with the bench environment's Python: JSON list of texts on stdin, {peer: scores of -1 to 1} on stdout.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PYTHON = Path(__file__).parent / ".venv" / "bin" / "python"
# AFINN adds up -5 to 5 a word.
_AFINN_SCALE = 5


def scores_of_peers(texts: Sequence[str]) -> dict[str, list[float]]:
    """Polarity of every text by peer, -1 to 1; no peer where the bench environment is not made, which is said."""
    if not PYTHON.exists():
        print("TextBlob and AFINN left out: no benchmarks/.venv, `make bench-env` makes it", file=sys.stderr)
        return {}
    done = subprocess.run(
        [PYTHON, __file__], input=json.dumps(list(texts)), capture_output=True, text=True, check=False
    )
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1:]
        print(f"TextBlob and AFINN left out ({why}): `make bench-env` installs them", file=sys.stderr)
        return {}
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def _main() -> None:
    from afinn import Afinn  # type: ignore[import-not-found]
    from textblob import TextBlob  # type: ignore[import-not-found]

    afinn, texts = Afinn(), json.load(sys.stdin)
    scores = {
        "textblob": [float(TextBlob(text).sentiment.polarity) for text in texts],
        "afinn": [max(-1.0, min(1.0, float(afinn.score(text)) / _AFINN_SCALE)) for text in texts],
    }
    json.dump(scores, sys.stdout)


if __name__ == "__main__":
    _main()
