"""What is said of a wrong nanolift.toml repeats no secret that somebody wrote into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.environment import secret
from orchestration.errors import ConfigurationError
from orchestration.settings import load_settings

BRAND = 'brand = {name = "b", timezone = "UTC", currency = "EUR"}\n'
SQL = '[[sources]]\nname = "s"\nkind = "sql"\n[sources.sql]\n'
SECRET = "hunter2-correct-horse"


@pytest.mark.parametrize(
    "text",
    [
        f'holdout = {{password = "{SECRET}"}}\n{SQL}',
        f'{SQL}url = "postgresql://me:{SECRET}@h/d"\n',
        f'{SQL}url = "postgresql://h/d"\npassword_env = "{SECRET}"\n',
        f'{SQL}url = "postgresql://h/d?password={SECRET}"\n',
    ],
)
def test_a_value_that_may_be_a_secret_is_not_repeated(tmp_path: Path, text: str) -> None:
    (tmp_path / "nanolift.toml").write_text(BRAND + text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as told:
        load_settings(tmp_path / "nanolift.toml")
    assert SECRET not in str(told.value)


def test_any_other_wrong_value_is_shown(tmp_path: Path) -> None:
    (tmp_path / "nanolift.toml").write_text(BRAND + '[[sources]]\nname = "Shop"\nkind = "csv"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"sources.0.name: .*found 'Shop'"):
        load_settings(tmp_path / "nanolift.toml")


def test_a_secret_in_place_of_a_variables_name_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="that begins with hu…"):
        secret("hunter2_correct_horse")
    with pytest.raises(ConfigurationError, match="the environment variable DB_PASSWORD_OF_NOBODY must hold"):
        secret("DB_PASSWORD_OF_NOBODY")
