"""Does any text break the reading? 10,000 mutated strings through landing and the whole pass.

Mutations: null bytes, text that runs right to left, marks heaped on a letter, emoji, characters nobody sees, unclosed
signs, repeated words, lines of a megabyte, half characters, broken encodings. Each text is read, clustered with the
others, and landed from a JSON Lines file whose bytes are as broken as the text.

Run: python -m benchmarks.trial_hostile_texts [--texts 10000] [--seed 1]
Ends with 1 when a text was lost, a signal is out of its range, or anything raised.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import Figure, write
from ml.text.signals import near_duplicates, read_texts, texts_frame
from ml.text.weights import load
from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import read_loads
from orchestration.connectors.near_duplicates import cluster_texts
from orchestration.connectors.signals import ensure_signals
from orchestration.settings import Source
from orchestration.workspace import Workspace

SAID = (
    "I absolutely love this jacket, thank you so much",
    "waited two hours on hold, worst service ever, call (415) 555-2671 or a@b.de",
    "das Paket kam zwei Tage später als versprochen",
    "#ad gifted by the brand https://x.example/p?user=1 @me",
    "how do I open this?",
)
PIECES = (
    "\x00", "\x00" * 50, "\u202e", "\u2066\u2069", "\u200b", "\ufeff", "\u0301" * 200, "😀", "👩‍👩‍👧",
    "🏳️‍🌈" * 40, "\ud800", "\udfff", "ｗｉｄｅ", "ß", "İ", "ا" * 30, "漢字" * 20, "\n", "\r\n", "\t", "'", '"',
    "\\", "@", "#", "((((", "[[[", "0" * 40, "1(" * 100, "http://", "https://?", "a." * 60, ":" * 40, "%s%n",
    "{{7*7}}", "<script>", "'; drop table", "\u2028", "\u0085", "love " * 40, "!" * 200, "?" * 200, "NaN", "null",
    "-0", "=1+1",
)  # fmt: skip
FIRST_NIGHT = datetime(2026, 1, 2)
RESULTS = Path(__file__).parent / "results" / "trial_hostile_texts.json"


def hostile(texts: int, seed: int, longest: int = 1_000_000) -> list[str | bytes | None]:
    """Mutated strings; one in 1,000 is as long as `longest`, one in 200 is raw bytes of no encoding."""
    random = np.random.default_rng(seed)
    out: list[str | bytes | None] = []
    for number in range(texts):
        pieces = list(random.choice(np.array([*PIECES, *SAID], dtype=object), size=int(random.integers(1, 9))))
        text = "".join(pieces)
        if number % 1000 == 7:
            text = (text * (longest // max(len(text), 1) + 1))[:longest]
        elif number % 7 == 3:
            at = int(random.integers(0, len(text) + 1))
            text = text[:at] + str(random.choice(SAID)) + text[at:][::-1]
        if number % 200 == 11:
            out.append(random.bytes(int(random.integers(0, 400))))
        else:
            out.append(None if number % 500 == 13 else text)
    return out


def wrong_signals(read: pl.DataFrame) -> int:
    """Rows whose signals cannot be: a probability outside 0 to 1, no kind, sentiment without a language's model."""
    names = ["sentiment_negative", "sentiment_neutral", "sentiment_positive"]
    outside = pl.any_horizontal((pl.col(name) < 0) | (pl.col(name) > 1) | pl.col(name).is_nan() for name in names)
    unread = pl.col("sentiment_negative").is_not_null() & (pl.col("language") != "en")
    return read.filter(outside.fill_null(False) | pl.col("ugc_kind").is_null() | unread.fill_null(False)).height


def landed_rows(texts: list[str | bytes | None], folder: Path) -> tuple[int, int]:
    """Rows read from a file of these texts, and rows that have signals or lie in quarantine."""
    workspace = Workspace.at(folder)
    (folder / "in").mkdir()
    with (folder / "in" / "posts.jsonl").open("wb") as file:
        for number, text in enumerate(texts):
            said = text.decode("latin-1") if isinstance(text, bytes) else text
            line = json.dumps({"id": str(number), "text": said, "at": "2026-01-01T00:00:00Z"}).encode()
            if isinstance(text, bytes):  # raw bytes inside the text: the line is no UTF-8
                line = line.replace(b'"text": "', b'"text": "' + text.replace(b"\n", b" ").replace(b'"', b"'")[:50])
            file.write(line + b"\n")
    columns = {
        "platform": {"constant": "x"},
        "post_id": "id",
        "account_id": "id",
        "text": "text",
        "incentive": {"constant": "none"},
        "published_at": "at",
    }
    source = Source.model_validate(
        {
            "name": "hostile",
            "kind": "jsonl",
            "streams": [{"stream": "social_posts", "path": "in/*.jsonl", "columns": columns}],
        }
    )
    (result,) = land_source(
        source,
        source.streams,
        workspace,
        key=SecretStr("a-key-for-trials-only-0123456789abcdef"),
        loaded_at=FIRST_NIGHT,
        real_data=folder,
        brand_timezone="UTC",
    )
    loads = read_loads(workspace.landing)
    signals = ensure_signals(loads, {"en": load("en")})
    cluster_texts(loads, FIRST_NIGHT)
    return result.rows_read, signals + result.rows_quarantined + result.rows_duplicate


def main() -> int:
    """Read, cluster, land; 1 when anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    texts = hostile(chosen.texts, chosen.seed)
    start = time.perf_counter()
    read = read_texts(texts_frame(texts))
    clustered = near_duplicates(read)
    with tempfile.TemporaryDirectory() as folder:
        given, kept = landed_rows(texts, Path(folder))
    figures = [
        Figure("hostile_texts_lost", float(len(texts) - read.height + len(texts) - clustered.height), high=0),
        Figure("hostile_texts_with_wrong_signals", float(wrong_signals(read)), high=0),
        Figure("hostile_rows_lost_on_landing", float(abs(given - kept)), high=0),
        Figure("hostile_rows_landed", float(given), low=len(texts)),
        Figure("hostile_seconds", time.perf_counter() - start),
    ]
    for figure in figures:
        print(figure.line())
    write(figures, RESULTS)
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
