"""Nothing tells its maker of a run: the libraries' own reports are off, whatever starts them.

Belongs here: the switches. Does not: Dagster's (dagster.yaml of each workspace, initialise.py) and those that a call
takes (rest_pages.py for dlt, expectations/engine.py for great_expectations).
"""

from __future__ import annotations

import os

SWITCHES = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DAGSTER_DISABLE_TELEMETRY": "true",
    "GX_ANALYTICS_ENABLED": "false",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}


def switch_off() -> None:
    """Set the switches in this process's environment, which every process that it starts inherits."""
    os.environ.update(SWITCHES)
