"""The command `nanolift plan`: options only, quick to start."""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.cli_options import WORKSPACE


@click.command()
@WORKSPACE
@click.option("--budget", required=True, help="All invitations together cost at most this, in main units: 2500.")
@click.option("--products", required=True, multiple=True, help="ID[=COST[:STOCK]], comma between: p1=4.50:300,p2=3.")
@click.option("--areas", multiple=True, help="Only people who live there: a01,a02.")
@click.option(
    "--stock", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="CSV product_id,area_id,stock."
)
@click.option("--keep", multiple=True, help="Share of the budget kept for a group: area:a01=0.1 or tier:nano=0.5.")
@click.option("--exploration", type=click.FloatRange(0, 0.5), default=0.05, show_default=True, help="Share by lot.")
@click.option("--rest-days", type=click.IntRange(min=0), default=30, show_default=True, help="Between two invitations.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the lot: the same seed draws the same.")
@click.option("--name", default="next", show_default=True, help="Folder below plans/ of the workspace.")
def plan(
    workspace: Path,
    budget: str,
    products: tuple[str, ...],
    areas: tuple[str, ...],
    stock: Path | None,
    keep: tuple[str, ...],
    exploration: float,
    rest_days: int,
    seed: int,
    name: str,
) -> None:
    """Say whom to invite next, and for what, to cause most with a budget."""
    from orchestration.plan_words import Asked
    from orchestration.recruitment import plan_recruitment

    asked = Asked(workspace, budget, products, areas, stock, keep, exploration, rest_days, seed, name)
    click.echo(plan_recruitment(asked))
