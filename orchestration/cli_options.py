"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

WORKSPACE = click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("workspaces/demo"),
    show_default=True,
    help="Folder of the brand.",
)
