"""The recruitment plan: how near its bound, how fast, and what it truly causes against rankings.

A part of benchmarks/marketing.py. Fixed beforehand, on development seeds 101 to 103:
- plan_vs_bound_400: value over the bound of HiGHS, least over five made cases with follower lists and five without, 400
  candidates and two products each. plan_seconds_400: CPU seconds of the slowest search of them; the bound's own stand
  beside it. plan_seconds_20000: of a whole plan from frames for 20,000 candidates and two products: search, bound,
  prices, rankings.
- plan_value_vs_additive: demo worlds go the pipeline's own way to their score lists (benchmarks/ambassador.py); a
  budget for one in twenty of those who may be contacted, one product, no exploration. True value (plan_truth.py) of the
  plan over that of the list's top under the same budget; mean over the seeds. Printed beside it: other budgets, ranking
  by followers, the ceiling: a plan that knows every true effect and every friendship, and the ranking by true effects
  that knows no friendship: between these two lies all that counting overlap once can be worth in that world.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.ambassador import settings_of
from benchmarks.figures import Figure
from benchmarks.plan_cases import frames_case, search_case
from benchmarks.plan_truth import Truth
from benchmarks.trial_worlds import marts_of
from ml.arrays import FloatArray
from ml.features.build import scoring_frame
from ml.features.training import training_frame
from ml.planning.audience import Audiences
from ml.planning.bound import bound
from ml.planning.coverage import Coverage
from ml.planning.greedy import choose
from ml.planning.options import Limits, Options
from ml.planning.recruitment import Audience, recruitment_plan
from ml.planning.request import PlanRequest, Product
from ml.score import score_ambassadors
from ml.train_ambassador import train_ambassador
from orchestration.connectors.pseudonyms import Pseudonymiser
from orchestration.environment import pseudonym_key
from orchestration.workspace import Workspace

SEEDS = range(1, 6)
QUICK_SIZE = "2000"
SHARE, OTHER_SHARES = 0.05, (0.02, 0.1, 0.2)
COST = 1_000
MARTS = (
    "dim_consumers", "dim_stores", "dim_accounts", "fct_followers", "fct_follower_lists",
)  # fmt: skip


def figures(quick: bool, world: Path | None = None) -> Iterator[Figure]:
    """Bars of the search, then the demo worlds."""
    yield from _search(*((1, 100) if quick else (5, 400)))
    yield from _large(2_000 if quick else 20_000, has_bar=not quick)
    seeds = [1] if quick else list(SEEDS)
    worlds = [_world(world, seed, QUICK_SIZE if quick else "default") for seed in seeds]
    for name in worlds[0]:
        mean = float(np.mean([one[name] for one in worlds]))
        yield Figure(name, mean, 1.3 if name == "plan_value_vs_additive" and not quick else None)
    yield Figure("plan_value_vs_additive_least_seed", min(one["plan_value_vs_additive"] for one in worlds))


def _search(cases: int, candidates: int) -> Iterator[Figure]:
    shares: dict[bool, list[float]] = {True: [], False: []}
    seconds: list[float] = []
    bounds: dict[bool, list[float]] = {True: [], False: []}
    for with_lists in (False, True):
        for seed in range(1, cases + 1):
            options, audiences, limits = search_case(candidates, seed, with_lists=with_lists)
            began = time.process_time()
            coverage = Coverage(options, audiences)
            plan = choose(coverage, limits)
            seconds.append(time.process_time() - began)
            began = time.process_time()
            ceiling = bound(coverage, limits, plan=plan)
            bounds[with_lists].append(time.process_time() - began)
            shares[with_lists].append(coverage.value(plan) / ceiling.value)
    yield Figure("plan_vs_bound_400", min(min(one) for one in shares.values()), 0.99 if candidates == 400 else None)
    yield Figure("plan_vs_bound_400_with_lists", min(shares[True]))
    yield Figure("plan_vs_bound_400_without_lists", min(shares[False]))
    yield Figure("plan_seconds_400", max(seconds), high=0.5)
    yield Figure("plan_bound_seconds_400_with_lists", max(bounds[True]))
    yield Figure("plan_bound_seconds_400_without_lists", max(bounds[False]))


def _large(count: int, *, has_bar: bool) -> Iterator[Figure]:
    people, request, lists, areas = frames_case(count, 1)
    began = time.process_time()
    plan = recruitment_plan(people, request, Audience(lists, areas))
    yield Figure("plan_seconds_20000", time.process_time() - began, high=10.0 if has_bar else None)
    yield Figure("plan_vs_bound_20000", plan.summary["share_of_bound"])


@dataclass(frozen=True)
class _Scored:
    """A demo world's candidates as the pipeline knows them, and its truth."""

    people: pl.DataFrame
    audience: Audience
    truth: Truth


def _world(world: Path | None, seed: int, size: str) -> dict[str, float]:
    scored = _scored(world, seed, size)
    found: dict[str, float] = {}
    for share in (SHARE, *OTHER_SHARES):
        ending = "" if share == SHARE else f"_at_{round(100 * share)}_in_100"
        found |= {f"plan_{name}{ending}": value for name, value in _compared(scored, share).items()}
    print(f"seed {seed}: " + "  ".join(f"{name} {value:.3f}" for name, value in found.items()), flush=True)
    return found


def _compared(scored: _Scored, share: float) -> dict[str, float]:
    """Ratios of true values under one budget."""
    people, truth = scored.people, scored.truth
    places = max(round(share * people.height), 1)
    request = PlanRequest(people["as_of"][0], places * COST, (Product("sample", COST),), exploration_share=0.0)
    plan = recruitment_plan(people, request, scored.audience).rows["consumer_key"].to_list()
    by_score = _top(people, "expected_value_minor", places)
    value = truth.value(plan)
    return {
        "value_vs_additive": value / truth.value(by_score),
        "value_vs_additive_every_contact_counted": truth.value(plan, counted_once=False)
        / truth.value(by_score, counted_once=False),
        "value_vs_followers": value / truth.value(_top(people, "followers_count", places)),
        "ceiling_vs_additive": truth.value(_best_knowing_all(people, truth, places)) / truth.value(by_score),
        "true_ranking_vs_additive": truth.value(_top_of_truth(people, truth, places)) / truth.value(by_score),
        "share_lost_to_overlap_by_additive": 1 - truth.value(by_score) / truth.value(by_score, counted_once=False),
    }


def _top(people: pl.DataFrame, by: str, places: int) -> list[str]:
    ranked = people.sort(pl.col(by).fill_null(-1), "consumer_key", descending=[True, False])
    return ranked["consumer_key"].head(places).to_list()


def _top_of_truth(people: pl.DataFrame, truth: Truth, places: int) -> list[str]:
    """The ranking of somebody who knows all effects and no friendship."""
    effects = (truth.own + truth.through_friends + truth.through_strangers)[
        truth.positions(people["consumer_key"].to_list())
    ]
    return _top(people.with_columns(true_effect=pl.Series(effects)), "true_effect", places)


def _best_knowing_all(people: pl.DataFrame, truth: Truth, places: int) -> list[str]:
    """The plan of somebody who knows all effects and friendships: nobody can do much better."""
    chosen = truth.positions(people["consumer_key"].to_list())
    lists = truth.friends[chosen]
    through_friends: FloatArray = np.where(np.diff(lists.indptr) > 0, truth.through_friends[chosen], 0.0)
    count, everybody = len(chosen), truth.friends.shape[0]
    options = Options(
        np.arange(count),
        np.full(count, float(COST)),
        (truth.own + truth.through_strangers)[chosen],
        through_friends,
        np.maximum(truth.degree[chosen], 1.0),
        np.zeros(count, np.int64),
        np.arange(count),
    )
    audiences = Audiences(
        np.array([float(everybody)]),
        list_start=lists.indptr.astype(np.int64),
        list_people=lists.indices.astype(np.int64),
        people_pool=np.zeros(everybody, np.int64),
    )
    plan = choose(Coverage(options, audiences), Limits.budget_only(options.cost, float(places * COST)))
    return [people["consumer_key"][option] for option in plan]


def _scored(world: Path | None, seed: int, size: str) -> _Scored:
    folder = Path(tempfile.mkdtemp(prefix="nanolift-plan-"))
    try:
        settings, workspace = settings_of(world, seed, size, folder), Workspace.at(folder)
        marts = marts_of(settings, workspace, also=MARTS)
        brand = settings.brand
        assert brand.as_of is not None, "the example fixes its day"
        frame = training_frame(marts, brand.timezone, brand.currency)
        started = marts["dim_campaigns"].filter(pl.col("starts_on") <= brand.as_of).sort("starts_on", "campaign_id")
        campaign = str(started["campaign_id"][-1])
        today = scoring_frame(
            marts, brand.as_of, brand.timezone, brand.currency, campaign_id=campaign, basis=settings.scoring_basis
        )
        trained = train_ambassador(frame, seed=settings.seed, as_of=brand.as_of, today=today)
        scores = score_ambassadors(trained.model, trained.card, today, model_id="benchmark")
        frames = {path.stem: pl.read_parquet(path) for path in workspace.demo_truth.glob("*.parquet")}
        names = Pseudonymiser(pseudonym_key(settings))
        keys = {ref: names.identity_key(f"loyalty|{ref}") for ref in frames["consumer_traits"]["consumer_ref"]}
        home = dict(marts["dim_consumers"].select("consumer_key", "home_area_id").iter_rows())
        truth = Truth.of(frames, keys, {ref: home.get(key) for ref, key in keys.items()}, campaign)
        people = (
            scores.join(marts["dim_consumers"], on="consumer_key")
            .filter(pl.col("consumer_key").is_in(sorted(truth.number)), pl.col("consent_contact") == "granted")
            .select(
                *("consumer_key", "consent_contact", "tier", "followers_count"),
                *("expected_value_minor", "expected_through_others_minor"),
                area_id="home_area_id",
                as_of=pl.lit(brand.as_of),
                standing_holdout=pl.lit(False),
                last_invited_on=pl.lit(None, dtype=pl.Date),
                had_product_ids=pl.lit([], dtype=pl.List(pl.String)),
                low_factor=pl.lit(None, dtype=pl.Float64),
                high_factor=pl.lit(None, dtype=pl.Float64),
            )
        )
        return _Scored(people, _audience(marts), truth)
    finally:
        shutil.rmtree(folder)


def _audience(marts: dict[str, pl.DataFrame]) -> Audience:
    """As orchestration/plan_inputs.py reads it of a published generation."""
    complete = (
        marts["fct_follower_lists"]
        .filter(pl.col("is_complete").fill_null(True))
        .join(marts["dim_accounts"].select("account_key", "consumer_key"), on="account_key")
        .sort("consumer_key", "listed_count", "account_key", descending=[False, True, False])
        .unique("consumer_key", keep="first", maintain_order=True)
    )
    lists = marts["fct_followers"].join(complete.select("account_key", "consumer_key"), on="account_key")
    areas = marts["dim_stores"].drop_nulls(["area_id", "area_population"])
    inhabitants = areas.group_by("area_id").agg(pl.col("area_population").max()).iter_rows()
    return Audience(lists.select("consumer_key", "follower_key"), {area: float(people) for area, people in inhabitants})
