"""Gate landing: what was landed is whole, of the right kind, on time, and like what came before.

Frames come from the selected loads (orchestration/gate_frames/landing.py). A load that fails stays in landing and
stops every run until it is mended at its source, since wrong data blocks.
"""

from __future__ import annotations

from expectations.declare import Column, FrameExpectations, Limit, Suite, always, never_null, unique, within
from expectations.summaries.landing import figures

LOADS = FrameExpectations(
    name="loads",
    label="load",
    columns=(
        Column("load", "text", filled=True),
        Column("rows_read", "number", filled=True),
        Column("rows_unaccounted", "number", filled=True),
        Column("rows_missing_in_file", "number", filled=True),
        Column("quarantine_excess", "number", filled=True),
        Column("conflict_excess", "number", filled=True),
        Column("is_empty_delivery", "number", filled=True),
        Column("control_cells_differing", "number", filled=True),
    ),
    checks=(
        *never_null("load", "rows_unaccounted", "rows_missing_in_file"),
        unique("load"),
        within("rows_read", 0, None),
        always("rows_unaccounted", 0, "rows read are not accepted + quarantined + duplicates + withheld"),
        always("rows_missing_in_file", 0, "data.parquet does not hold the rows that were accepted"),
        always("quarantine_excess", 0, "over 2 % of the load could not be typed: has its format changed?"),
        always("conflict_excess", 0, "over 20 % repeat a key with other values: is the key complete?"),
        always("is_empty_delivery", 0, "the source's latest delivery of this stream is empty, earlier ones were not"),
        always(
            "control_cells_differing", 0, "store-days differ from the source's own totals: see control in _load.json"
        ),
    ),
)

STREAMS = FrameExpectations(
    name="streams",
    label="stream",
    columns=(
        Column("stream", "text", filled=True),
        Column("rows", "number", filled=True),
        Column("is_lacking", "number", filled=True),
        Column("days_stale_excess", "number"),
        Column("missing_days_excess", "number"),
        Column("hole_days_excess", "number"),
        Column("null_keys_count", "number", filled=True),
        Column("absurd_times_excess", "number", filled=True),
        Column("rows_per_day_median", "number"),
    ),
    checks=(
        *never_null("stream", "rows", "is_lacking"),
        unique("stream"),
        within("rows", 0, None),
        always("is_lacking", 0, "a stream that a required source must bring has no rows"),
        always("days_stale_excess", 0, "the latest row is older than the stream's pace or max_age_days allows"),
        always("missing_days_excess", 0, "days without a row in a stream that brings rows every day"),
        always(
            "hole_days_excess",
            0,
            "over 25 days (and max_age_days) without a row in the midst of a source's history: did a file never come?",
        ),
        always("null_keys_count", 0, "rows whose key columns are NULL"),
        always("absurd_times_excess", 0, "more than 0.1 % of rows before 1990 or a year past the run's date"),
    ),
)

COLUMNS = FrameExpectations(
    name="columns",
    label="column",
    columns=(
        Column("column", "text", filled=True),
        Column("filled_share", "number"),
        Column("is_emptied", "number", filled=True),
    ),
    checks=(
        *never_null("column", "is_emptied"),
        unique("column"),
        within("filled_share", 0, 1),
        always("is_emptied", 0, "a column that used to be filled has no value in the new load: was it renamed?"),
    ),
)

# The last seven days against the 28 before them; empty where no till or page has rows in those seven, which
# streams.days_stale_excess judges.
DAYS = FrameExpectations(
    name="days",
    label="day",
    may_be_empty_without=("pos_lines.last_7_days", "product_page_daily.last_7_days"),
    columns=(
        Column("day", "text", filled=True),
        Column("rows", "number", filled=True),
        Column("volume_ratio", "number"),
        Column("unusual_hour_share", "number"),
        Column("amount_ratio", "number"),
        Column("quantity_ratio", "number"),
        Column("foreign_currency_count", "number"),
        Column("is_copy_of_other_day", "number"),
        Column("repeated_share", "number"),
    ),
    checks=(
        *never_null("day", "rows"),
        unique("day"),
        # Days of the Complete Journey stores had .52 to 1.85 x their usual number of lines; a sale may treble a day.
        # 10 x must be seen, and a day cut to a few rows.
        within("volume_ratio", 0.1, 6, "rows against the median of the 28 days before: doubled feed or cut file?"),
        # Share of store lines in hours that hold less than 2 % of the earlier lines. Complete Journey's highest is
        # .19 (Christmas Eve, short hours); five hours off gives .29 to .35 there, and .5 and more where stores close.
        within("unusual_hour_share", 0, 0.25, "store sales at hours when stores are closed: time zone of the source?"),
        # Cents for units are 100 x, grams for kilograms 1,000 x; medians of a day moved by .68 to 1.29 x.
        within("amount_ratio", 0.05, 20, "median amount against the 28 days before: cents for units?"),
        within("quantity_ratio", 0.05, 20, "median quantity against the 28 days before: has the unit changed?"),
        always("foreign_currency_count", 0, "lines in a currency their store never used before"),
        always("is_copy_of_other_day", 0, "the day repeats another day line by line"),
        # Till lines that differ in nothing but their ids, to the second: .0006 of a day in Complete Journey.
        within("repeated_share", 0, 0.5, "most lines of the day came twice under different ids"),
    ),
)

TILLS = FrameExpectations(
    name="tills",
    label="till",
    may_be_empty_without=("pos_lines",),
    columns=(
        Column("till", "text", filled=True),
        Column("lines_count", "number", filled=True),
        Column("median_amount_minor", "number", filled=True),
        Column("median_local_hour", "number"),
        Column("week_hour_shift", "number"),
        Column("week_unusual_hour_share", "number"),
    ),
    checks=(
        *never_null("till", "lines_count", "median_amount_minor"),
        unique("till"),
        # Half of the lines at an amount of 0 or below means returns or missing prices took over.
        within("median_amount_minor", 0.01, None, "the median till line sells for nothing"),
        # Weeks of Complete Journey moved by less than an hour; a zone forgotten moves by three and more.
        within("week_hour_shift", -2.5, 2.5, "hours between the last week's median hour of sale and the weeks before"),
        # As for days; for shops with too few lines a day.
        within("week_unusual_hour_share", 0, 0.25, "store sales at hours when stores are closed: time zone?"),
    ),
)

LANDING = Suite(
    gate="landing",
    frames=(LOADS, STREAMS, COLUMNS, DAYS, TILLS),
    checks_count=44,
    figures=figures,
    limits=(
        # Streams of fewer rows grow five-fold with one campaign.
        Limit("*.rows", 0.5, 5.0, 7, "landing only grows; half gone is a loss, five-fold a feed again", min_past=1000),
        *(
            Limit(f"{stream}.rows_per_day", 0.2, 5.0, 7, "the pace of four weeks; seasons stay within 2 x", min_past=20)
            for stream in ("pos_lines", "product_page_daily", "social_posts", "reviews")
        ),
        Limit("*.filled_share", 0.2, 50.0, 1, "a column lost most of its values", min_past=0.2),
        Limit("tills.*.amount", 0.05, 20.0, 1, "cents for units are 100 x; prices do not move like that"),
        Limit("tills.*.local_hour", -2.5, 2.5, 1, "customers keep their hours, a zone shift does not", difference=True),
    ),
)
