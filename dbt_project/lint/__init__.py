"""What sqlfluff needs of dbt to render the models in seconds, without dbt and without a database.

Belongs here: `adapter.dispatch`, which is the macro for DuckDB (default__<name>), and `var`, which gives the values of
dbt_project.yml. Does not: anything a run uses.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from jinja2 import pass_context
from jinja2.runtime import Context

_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project.yml"
# The setting under which a model has most SQL, so that all of it is read.
_FULLEST = {"comparison": "all_other_consumers"}
_VALUES: dict[str, Any] = yaml.safe_load(_PROJECT.read_text(encoding="utf-8"))["vars"] | _FULLEST


@pass_context
def _dispatch(context: Context, name: str) -> Callable[..., str]:
    macro: Callable[..., str] = context[f"default__{name}"]
    return macro


def var(name: str) -> Any:
    """A variable of the project; KeyError for one that dbt_project.yml does not declare."""
    return _VALUES[name]


adapter = SimpleNamespace(dispatch=_dispatch)
