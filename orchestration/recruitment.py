"""`nanolift plan`: whom to invite next, written into plans/<name>/ of the workspace.

Belongs here: files and what is told. Does not: the request's words (plan_words.py), reading the generation
(plan_inputs.py), the plan (ml/planning), the columns (exports/contract_plan.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from ml.errors import MLError
from ml.planning.recruitment import recruitment_plan
from ml.planning.request import PlanRequest
from ml.planning.told import Plan
from orchestration.delivering import naive_utc
from orchestration.durable import sha256_of, sync_tree, write_json
from orchestration.errors import ConfigurationError, SourceError
from orchestration.exports.context import ExportContext
from orchestration.exports.contract_plan import PLAN_LIMITS, PLAN_OUTPUTS, RECRUITMENT_PLAN
from orchestration.exports.formatting import currency_decimals
from orchestration.exports.writers import write_dictionary, write_output
from orchestration.plan_inputs import Published
from orchestration.plan_words import Asked, request_of
from orchestration.privacy.pending import refuse_while_pending
from orchestration.settings import Settings, load_settings
from orchestration.workspace import Workspace


def plan_recruitment(asked: Asked) -> str:
    """Make the plan and write its files.

    Returns:
        What was planned, for the terminal.

    Raises:
        ConfigurationError: nothing is published, or something asked for does not exist.
        SourceError: the file of stock is not right, or no plan can be made.
    """
    workspace = Workspace.at(asked.workspace)
    settings = load_settings(workspace.configuration)
    refuse_while_pending(workspace, "the plan")
    published = Published.of(workspace, settings, naive_utc())
    if not asked.name or Path(asked.name).name != asked.name or asked.name.startswith("."):
        raise ConfigurationError(
            f"--name {asked.name!r}: a plan's name is that of a folder, without / or a leading dot"
        )
    people = published.people()
    try:
        request = request_of(asked, published)
        audience, notes = published.audience()
        plan = recruitment_plan(people, request, audience)
    except MLError as error:
        raise SourceError(f"no plan: {error}") from error
    target = workspace.plans / asked.name
    _write(target, plan, people, request, published, notes)
    return told(plan, target, settings.brand.currency)


def told(plan: Plan, target: Path, currency: str) -> str:
    """The plan in a few lines."""
    figures, scale = plan.summary, 10 ** currency_decimals(currency)

    def money(value: float | None) -> str:
        return "not known" if value is None else f"{value / scale:,.0f} {currency}"

    by_ranking, budget = figures["by_ranking_minor"], plan.limits.filter(limit="budget").row(0, named=True)
    ends = "" if figures["value_low_minor"] is None else (
        f" ({money(figures['value_low_minor'])} to {money(figures['value_high_minor'])})"
    )  # fmt: skip
    left_out = ", ".join(f"{count:,} {reason}" for reason, count in plan.left_out.items() if count)
    return "\n".join(
        [
            f"{target}: {figures['people']:,} people, {figures['people_by_lot']:,} of them by lot, "
            f"for {money(figures['cost_minor'])}",
            f"expected extra sales {money(figures['value_minor'])}{ends}, people reached by several counted once; "
            f"no plan is worth more than {money(figures['bound_minor'])}",
            f"the same budget by score {money(by_ranking['score'])}, by followers {money(by_ranking['followers'])}",
            f"one more {currency} of budget is worth {budget['price']:.2f} {currency}",
            *([f"not planned: {left_out}"] if left_out else []),
            *(f"note: {note}" for note in plan.notes),
        ]
    )


def _write(
    target: Path, plan: Plan, people: pl.DataFrame, request: PlanRequest, published: Published, notes: Sequence[str]
) -> None:
    """All files beside the target, then in its place: nobody reads half a plan."""
    context = _context(published.settings, published, [*plan.notes, *notes])
    fresh = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    write_output(RECRUITMENT_PLAN, plan_rows(plan, people, context), context, fresh)
    write_output(PLAN_LIMITS, limit_rows(plan, context), context, fresh)
    write_dictionary(PLAN_OUTPUTS, fresh)
    write_json(
        fresh / "plan.json",
        {
            "generation": published.generation.name,
            "as_of": request.as_of.isoformat(),
            "currency": context.currency,
            "request": _plain(asdict(request)),
            "result": plan.summary,
            "limits": plan.limits.to_dicts(),
            "left_out": plan.left_out,
            "notes": [*plan.notes, *notes],
            "files": {path.name: sha256_of(path) for path in sorted(fresh.iterdir())},
        },
    )
    sync_tree(fresh)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def plan_rows(plan: Plan, people: pl.DataFrame, context: ExportContext) -> pl.DataFrame:
    """The invitations as the contract describes them."""
    facts = people.select(
        "consumer_key", "tier_preset", "consent_contact", "basis", "model_id", "model_as_of",
        *(f"reason_{number}" for number in (1, 2, 3)),
    )  # fmt: skip
    money = {"alone": "alone_minor", "adds": "adds_minor", "shared": "shared_minor"}
    money |= {f"adds_{end}": f"adds_{end}_minor" for end in ("low", "high")}
    return RECRUITMENT_PLAN.conform(
        plan.rows.join(facts, on="consumer_key", how="left").with_columns(
            *(pl.col(name).round().cast(pl.Int64).alias(column) for name, column in money.items()),
            currency=pl.lit(context.currency),
            as_of=pl.lit(context.as_of),
        )
    )


def limit_rows(plan: Plan, context: ExportContext) -> pl.DataFrame:
    """The limits as the contract describes them."""
    is_stock = pl.col("limit").str.starts_with("stock of")
    return PLAN_LIMITS.conform(
        plan.limits.with_columns(
            unit=pl.when(is_stock).then(pl.lit("samples")).otherwise(pl.lit("money, minor units")),
            price_minor=pl.col("price"),
            currency=pl.lit(context.currency),
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
    )


def _context(settings: Settings, published: Published, notes: Sequence[str]) -> ExportContext:
    return ExportContext(
        brand_name=settings.brand.name,
        as_of=published.generation.as_of,
        timezone=settings.brand.timezone,
        currency=settings.brand.currency,
        tier_preset=settings.tiers.preset,
        nano_below=settings.tiers.nano_below,
        micro_up_to=settings.tiers.micro_up_to,
        source_basis={source.name: source.basis for source in settings.sources},
        simulated_sources=frozenset(source.name for source in settings.sources if source.kind == "demo"),
        holdout_share=settings.holdout.share,
        holdout_seed=settings.seed,
        design_notes=tuple(notes),
    )


def _plain(value: Any) -> Any:
    """For JSON: dates as text, sets in order."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
