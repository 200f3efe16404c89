"""Errors and small words shared by the connectors.

Belongs here: what several connector modules need and no one of them owns. Does not: reading (readers*.py, parse.py),
mapping (mapping.py), landing (landing.py).
"""

from __future__ import annotations

from orchestration.errors import SourceError

# The row number in canonical and landed frames: 1 is the first record after the header.
ROW_NO = "row_no"
# Names beside a brand's own columns, which may be called anything, row_no included.
FILE_ROW = "__nanolift_row"
FILE_REASON = "__nanolift_reason"


class SourceUnavailableError(SourceError):
    """A source is down: a file is absent, a server does not answer, the parser died.

    An optional source may be down for max_age_days. Wrong data is a plain SourceError and always stops the run.
    """
