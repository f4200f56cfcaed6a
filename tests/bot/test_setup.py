"""Setting up a machine, and looking after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import setup
from bot.app import VERSION, build, ffmpeg_of, register
from experts.pipelines import PIPELINES
from kernel.errors import SetUp
from kernel.expert import Expert
from kernel.settings import Settings
from kernel.worker.box import Bare, Landlock
from kernel.worker.ffmpeg import Ffmpeg, bundled


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.read({"RUSHES_DATA": str(tmp_path / "data"), "RUSHES_WEAK_BOX": "true"})


def test_set_up_says_what_it_did_and_a_second_time_changes_nothing(settings: Settings) -> None:
    count = 1 + sum(isinstance(step.made_by, Expert) for pipeline in PIPELINES for step in pipeline.steps)
    first, second = setup.set_up(settings), setup.set_up(settings)
    assert f"{count} registered, {count} new or changed" in first
    assert f"{count} registered, 0 new or changed" in second
    assert str(settings.data) in first
    assert "ffmpeg " in first


def test_the_bot_is_registered_with_its_settings(settings: Settings) -> None:
    app = build(settings)
    register(app)
    bot = app.services.store.registry.bot("rushes")
    assert bot is not None
    assert (bot.name, bot.version) == ("rushes", VERSION)
    assert "openai_api_key" in bot.settings_schema["properties"]
    names = {row.name for row in app.services.store.registry.experts()}
    assert {"orchestrator", "edit.log", "edit.plan"} <= names
    assert all(row.prompt_hash and row.prompt_path for row in app.services.store.registry.experts())
    app.services.store.close()


def test_the_doctor_is_well_where_all_is_there(settings: Settings) -> None:
    text, well = setup.doctor(settings)
    assert well, text
    assert "offline director (no model key is set)" in text


def test_the_doctor_names_what_is_missing_and_what_to_do(tmp_path: Path) -> None:
    environ = {"RUSHES_DATA": str(tmp_path / "data"), "RUSHES_FFMPEG": str(tmp_path / "no ffmpeg")}
    text, well = setup.doctor(Settings.read(environ))
    assert not well
    [line] = [line for line in text.splitlines() if line.startswith("  MISSING  ffmpeg ")]
    assert "no ffmpeg" in line


def test_the_doctor_shows_what_holds_ffmpeg(settings: Settings) -> None:
    text, _ = setup.doctor(settings)
    [line] = [line for line in text.splitlines() if line.startswith("  ok       box ")]
    assert str(ffmpeg_of(settings).box) in line


def test_a_weaker_box_is_shown_with_what_it_lacks_and_why_no_stronger_one_is_there() -> None:
    ffmpeg = Ffmpeg(bundled(), box=Landlock())
    ffmpeg.passed = ("bubblewrap: not installed",)
    told = setup.held_by(ffmpeg)
    assert "tier 2 of 3" in told
    assert "apt install bubblewrap" in told
    assert "not taken: bubblewrap: not installed" in told


def test_no_box_is_a_fault_unless_the_operator_allows_it() -> None:
    with pytest.raises(SetUp, match="no footage is opened, unless RUSHES_WEAK_BOX=true"):
        setup.held_by(Ffmpeg(bundled(), box=Bare()))
    assert "tier 3 of 3" in setup.held_by(Ffmpeg(bundled(), box=Bare(), weak=True))


def test_a_key_shows_in_no_report(tmp_path: Path) -> None:
    environ = {"RUSHES_DATA": str(tmp_path / "data"), "OPENAI_API_KEY": "sk-very-secret-key-0123456789"}
    text, _ = setup.doctor(Settings.read(environ))
    assert "openai:" in text
    assert "very-secret" not in text


def test_who_edits_is_said_honestly(settings: Settings) -> None:
    app = build(settings)
    assert setup.who_edits(app) == "No model is set: the offline director edits, by plain rules."
    assert setup.who_edits(app, "openai:gpt-5") == "The editor is openai:gpt-5."
    app.services.store.close()
