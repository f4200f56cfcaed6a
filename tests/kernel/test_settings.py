"""Settings: what wins over what, what follows from what, and what is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.errors import SetUp
from kernel.settings import Settings


def read(data: Path, **environ: str) -> Settings:
    return Settings.read({"RUSHES_DATA": str(data), **environ})


def test_with_nothing_set_all_lies_in_the_users_data_folder_and_is_offline() -> None:
    settings = Settings.read({})
    assert settings.data.name == "rushes"
    assert settings.data.is_absolute()
    assert settings.database_url == f"sqlite:///{settings.data / 'rushes.sqlite'}"
    assert settings.engine_url == f"sqlite:///{settings.data / 'engine.sqlite'}"
    assert (settings.model, settings.small_model, settings.fallback_model) == ("offline", "offline", None)
    assert (settings.budget_usd, settings.rounds) == (5, 2)


def test_a_postgresql_database_serves_the_engine_too(tmp_path: Path) -> None:
    url = "postgresql://ada:hush@host/rushes"
    settings = read(tmp_path, RUSHES_DATABASE_URL=url)
    assert settings.engine_url == settings.database_url == url
    assert read(tmp_path, RUSHES_DATABASE_URL=url, RUSHES_ENGINE_URL="sqlite:///e").engine_url == "sqlite:///e"


@pytest.mark.parametrize(
    ("environ", "provider"),
    [
        ({"OPENAI_API_KEY": "k"}, "openai"),
        ({"RUSHES_OPENAI_API_KEY": "k"}, "openai"),
        ({"ANTHROPIC_API_KEY": "k"}, "anthropic"),
        ({"ANTHROPIC_API_KEY": "k", "OPENAI_API_KEY": "k"}, "openai"),
        ({"OPENAI_API_KEY": " "}, "offline"),
    ],
)
def test_the_model_follows_from_the_key_that_is_there(tmp_path: Path, environ: dict[str, str], provider: str) -> None:
    settings = read(tmp_path, **environ)
    assert settings.model.partition(":")[0] == settings.small_model.partition(":")[0] == provider


def test_a_named_model_stands_for_the_small_one_too(tmp_path: Path) -> None:
    settings = read(tmp_path, OPENAI_API_KEY="k", RUSHES_MODEL="openai:local")
    assert settings.small_model == "openai:local"
    assert read(tmp_path, RUSHES_MODEL="openai:local", RUSHES_SMALL_MODEL="offline").small_model == "offline"


def test_our_names_win_over_the_usual_ones(tmp_path: Path) -> None:
    settings = read(tmp_path, OPENAI_BASE_URL="https://a", RUSHES_OPENAI_BASE_URL="http://127.0.0.1:1/v1")
    assert settings.openai_base_url == "http://127.0.0.1:1/v1"
    assert read(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT="http://o:4318").otlp_endpoint == "http://o:4318"


def test_the_file_in_the_data_folder_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('budget_usd = 1.5\nrounds = 4\nquiet_hours = "22-07"\n')
    settings = read(tmp_path, RUSHES_ROUNDS="7", RUSHES_LOG_LEVEL="DEBUG")
    assert (settings.budget_usd, settings.rounds, settings.quiet_hours) == (1.5, 7, "22-07")
    assert settings.log_level == "debug"


def test_a_named_file_may_name_the_data_folder(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"data = '{tmp_path / 'elsewhere'}'\n")
    settings = Settings.read({}, file)
    assert settings.data == tmp_path / "elsewhere"
    assert str(settings.data) in settings.database_url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RUSHES_BUDGET_USD", "much"),
        ("RUSHES_BUDGET_USD", "-1"),
        ("RUSHES_BUDGET_USD", "nan"),
        ("RUSHES_ROUNDS", "2.5"),
        ("RUSHES_MODEL", "gpt-5"),
        ("RUSHES_FALLBACK_MODEL", "openai:"),
        ("RUSHES_QUIET_HOURS", "22-25"),
        ("RUSHES_WORKERS", "0"),
        ("RUSHES_LOG_LEVEL", "loud"),
        ("RUSHES_MAX_SOURCE_SECONDS", "inf"),
        ("OPENAI_BASE_URL", "localhost:8080"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_the_variable(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SetUp, match=f"^{name} cannot be used") as caught:
        read(tmp_path, **{name: value})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [("rounds = 'x'", "'rounds' in"), ("colour = 1", "names 'colour', which is no setting"), ("= 3", "cannot be read")],
)
def test_a_wrong_file_is_one_sentence_that_names_it(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SetUp, match=words) as caught:
        read(tmp_path)
    assert str(tmp_path / "settings.toml") in str(caught.value)


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SetUp, match="cannot be read"):
        Settings.read({}, tmp_path / "missing.toml")


def test_secrets_never_print(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        OPENAI_API_KEY="hush-openai",
        ANTHROPIC_API_KEY="hush-anthropic",
        RUSHES_DATABASE_URL="postgresql://ada:hush-db@h/d",
    )
    assert "hush" not in f"{settings!r} {settings}"
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "hush-openai"


def test_every_setting_says_what_it_is_for_or_is_a_key() -> None:
    fields = Settings.model_json_schema()["properties"]
    silent = {name for name, field in fields.items() if not field.get("description")}
    assert fields.keys() == Settings.model_fields.keys()
    assert silent == {"openai_api_key", "anthropic_api_key"}


def test_this_process_is_read_through_the_one_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSHES_DATA", str(tmp_path))
    assert Settings.from_environment().data == tmp_path
