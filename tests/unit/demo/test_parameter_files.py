"""Parameter files: shipped ones are right, others overlay the default, mistakes are told by field."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.demo.parameter_files import SHIPPED, load_parameters
from orchestration.errors import ConfigurationError


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_parameter_file_is_a_world(file: Path) -> None:
    assert load_parameters(file).people.consumers > 0


def test_the_tiny_world_has_at_most_500_people() -> None:
    assert load_parameters(size="tiny").people.consumers <= 500


def test_the_default_world_has_about_20_000_people_over_18_months() -> None:
    parameters = load_parameters()
    assert parameters.people.consumers == 20_000
    assert parameters.time.reference_day + 1 == 547  # 2024-01-01 to 2025-06-30, both included: 366 + 181


def test_another_size_keeps_the_volume_of_a_store() -> None:
    assert load_parameters(size=40_000).places.stores == 120
    assert load_parameters(size=500).places.stores == 8


def test_a_seed_given_wins_over_the_files() -> None:
    assert load_parameters(seed=7).seed == 7


def test_without_effect_every_effect_on_anything_is_zero() -> None:
    effects = load_parameters(SHIPPED / "no_effect.toml").effects
    causes = ("first_purchase", "friends", "audience", "store_lift", "store_lift_spread", "nano_area", "macro_area")
    others = ("synergy", "synergy_order", "burst_views", "reviews_at_50", "review_step_at_50", "trust", "posts")
    assert [getattr(effects, name) for name in (*causes, *others)] == [0.0] * 14
    assert effects.base_purchase > 0


def test_a_file_overlays_only_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "world.toml").write_text("[effects]\nsynergy = -0.2\n")
    parameters = load_parameters(tmp_path / "world.toml")
    assert parameters.effects.synergy == -0.2
    assert parameters.effects.store_lift == load_parameters().effects.store_lift


def test_a_size_given_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "world.toml").write_text("[people]\nconsumers = 9000\n")
    assert load_parameters(tmp_path / "world.toml", size="tiny").people.consumers == 400


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[effects]\nfirst_purchase = 3.0\n", r"effects\.first_purchase"),
        ("[effects]\nmagic = 1.0\n", r"effects\.magic"),
        ("[campaigns.c07_sun_care]\nstarts_before = 9999\n", "c07_sun_care starts on day"),
        ('[time]\nbrand_zone = "Asia/Tokyo"\n', "must begin with the brand.s zone"),
        ("[effects\n", "not readable TOML"),
    ],
)
def test_a_mistake_is_told_with_its_field(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "world.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=told):
        load_parameters(tmp_path / "world.toml")


def test_an_absent_file_is_told_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no_effect"):
        load_parameters(tmp_path / "nowhere.toml")
