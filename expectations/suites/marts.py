"""Gate marts: keys hold, parts make the total, nothing was dropped on the way from landing, words are known ones.

Belongs here: what DuckDB counted of large marts (orchestration/gate_frames/marts.py): keys, identities and filled
shares; the limits against earlier generations. Does not: small tables, looked at row by row (marts_tables.py).
"""

from __future__ import annotations

from expectations.declare import Check, Column, FrameExpectations, Limit, Suite, always, never_null, unique, within
from expectations.suites.marts_tables import TABLES
from expectations.summaries.marts import figures


def _counted(name: str, label: str, lacking: str, figures: tuple[str, ...], *checks: Check) -> FrameExpectations:
    """What DuckDB counted: `label` names each row, is_counted is 0 where what it needs was not there (`lacking`)."""
    return FrameExpectations(
        name=name,
        label=label,
        columns=(
            Column(label, "text", filled=True),
            Column("is_counted", "number", filled=True),
            *(Column(figure, "number") for figure in figures),
        ),
        checks=(*never_null(label), unique(label), always("is_counted", 1, lacking), *checks),
    )


KEYS = _counted(
    "keys",
    "mart",
    "the mart, or a column of its key, is missing or renamed",
    ("rows", "duplicate_keys_count", "null_keys_count"),
    always("duplicate_keys_count", 0, "rows that share their key: the mart's grain is broken"),
    always("null_keys_count", 0, "rows without a key"),
)

RULES = _counted(
    "rules",
    "rule",
    "a table or column that the rule needs is missing or renamed",
    ("difference",),
    always("difference", 0, "parts and total differ, or rows are where none may be"),
)

REFERENCES = _counted(
    "references",
    "reference",
    "a table or column of the reference is missing or renamed",
    ("known_share",),
    # 17 of 68,509 products (.3 % of lines) lack their row in Complete Journey; a list of products that was cut, or ids
    # written another way, lose far more than a fifth.
    within("known_share", 0.8, 1, "rows whose product or store has no row of its own: cut or other list?"),
)

FILLS = _counted(
    "fills",
    "column",
    "the mart or the column is missing or renamed",
    ("filled_share",),
    within("filled_share", 0, 1),
)

READINGS = _counted(
    "readings",
    "reading",
    "a table or column that the reading needs is missing or renamed",
    ("share",),
    within("share", 0, 1),
)

ARMS_REACHED = FrameExpectations(
    name="arms_reached",
    label="campaign",
    may_be_empty_without=("exposures",),
    columns=(Column("campaign", "text", filled=True), Column("treated_share", "number")),
    checks=(
        *never_null("campaign"),
        unique("campaign"),
        # A sample may go astray to a control, so not 1; arms that were swapped give 0.
        within(
            "treated_share", 0.5, 1, "most of those who got the product are not in the treatment arm: arms swapped?"
        ),
    ),
)

MARTS = Suite(
    gate="marts",
    frames=(
        KEYS,
        RULES,
        REFERENCES,
        FILLS,
        ARMS_REACHED,
        *TABLES,
        READINGS,
    ),
    checks_count=86,
    figures=figures,
    limits=(
        Limit(
            "*.rows",
            0.5,
            5.0,
            7,
            "marts grow with landing; half gone is a join that drops rows, five-fold one that repeats them",
            min_past=1000,
        ),
        Limit("*.filled_share", 0.2, 50.0, 1, "a column lost most of its values", min_past=0.2),
        # A new source in another language moves them by points; a broken reader, model or column moves nearly all.
        Limit("reading.*.share", -0.35, 0.35, 3, "texts are not suddenly read another way", difference=True),
        # Snapshots come every few weeks, so shares move by points; followers in another unit move nearly everybody.
        Limit("tier.*.share", -0.15, 0.15, 1, "people do not change tier by the dozen", difference=True),
    ),
)
