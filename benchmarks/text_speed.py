"""How fast and how large the whole pass is: one core in CPU seconds, and a million texts on two cores by the clock."""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from ml.text.signals import CHUNK_TEXTS, near_duplicates, read_texts

_SEED = 5


def corpus(data: Path, rows: int, seed: int = _SEED) -> pl.DataFrame:
    """Posts of about 100 characters: airline posts, beyond their number with words exchanged between them.

    Every text past the real ones is made of two halves of real posts, so the vocabulary stays real and no text repeats.
    """
    real = pl.read_csv(data / "social" / "airline_tweets.csv.gz")["text"].unique(maintain_order=True)
    random = np.random.default_rng(seed)
    one, other = (pl.Series(random.integers(0, len(real), rows)) for _ in range(2))
    left = real.gather(one).str.split(" ").list.head(9).list.join(" ")
    right = real.gather(other).str.split(" ").list.slice(9).list.join(" ")
    mixed = pl.select(pl.concat_str([left, right], separator=" ")).to_series()
    texts = pl.concat([real, mixed]).head(rows) if rows > len(real) else real.head(rows)
    return pl.DataFrame({"text": texts, "stream": ["social_posts"] * len(texts)})


def one_core(texts: pl.DataFrame) -> float:
    """Texts a CPU second, models loaded."""
    read_texts(texts.head(100))
    start = time.process_time()
    near_duplicates(read_texts(texts))
    return texts.height / (time.process_time() - start)


def _part(arguments: tuple[str, str, int, int]) -> int:
    """Read texts chunk by chunk and write their signals as they come, as a load's would be."""
    data, out, seed, rows = arguments
    for done in range(0, rows, CHUNK_TEXTS):
        texts = corpus(Path(data), min(CHUNK_TEXTS, rows - done), seed=seed * 1000 + done // CHUNK_TEXTS)
        read_texts(texts).write_parquet(Path(out) / f"{seed}_{done:08d}.parquet", compression="lz4")
    return rows


def _warm(_: int) -> int:
    return read_texts(pl.DataFrame({"text": ["warm up the models"]})).height


def _run(folder: str, out: str, rows: int) -> dict[str, float]:
    """Two processes read half each and write signals, then one clusters all; the peak sums the processes' peaks."""
    began = time.perf_counter()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_warm, range(4)))
        start = time.perf_counter()
        list(pool.map(_part, [(folder, out, seed, rows // 2) for seed in (1, 2)]))
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    near_duplicates(pl.read_parquet(f"{out}/*.parquet", columns=["text_hash", "signature", "words_count"]))
    alone = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak = max(own + 2 * children, alone) / 1024**2
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "start_seconds": start - began,
        "work_seconds": time.perf_counter() - start,
        "cpu_seconds": sum(one.ru_utime + one.ru_stime for one in used),
        "peak_gb": peak,
    }


@dataclass(frozen=True)
class Run:
    """Seconds by the clock with start-up, CPU seconds of all processes, peak memory in GB."""

    seconds: float
    cpu_seconds: float
    peak_gb: float


def two_cores(data: Path, rows: int, scale: float = 1.0) -> Run:
    """The pass over `rows` texts in a process of its own; its work, not its start-up, counts `scale` times."""
    command = [sys.executable, "-m", "benchmarks.text_speed", str(data), str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    result = json.loads(done.stdout.strip().splitlines()[-1])
    return Run(
        seconds=float(result["start_seconds"]) + float(result["work_seconds"]) * scale,
        cpu_seconds=float(result["cpu_seconds"]) * scale,
        peak_gb=float(result["peak_gb"]),
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(_run(sys.argv[1], scratch, int(sys.argv[2]))))
