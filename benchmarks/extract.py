"""Connectors: how fast rows come from a system to a committed landing load, and what is lost when a system fails.

Parts (--only): postgres, files, server here; others in modules of their own. A real PostgreSQL is started on loopback.

Run: python -m benchmarks.extract [--quick] [--only PART]
"""

from __future__ import annotations

import sys

from benchmarks.runner import run

if __name__ == "__main__":
    sys.exit(run("extract", __doc__))
