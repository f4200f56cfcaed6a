"""Building and joining everything, in one place."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import build
from kernel.durable import DurableEngine
from kernel.errors import NotFound
from kernel.settings import Settings
from kernel.store.records import Turn
from tests.bot.room import Room


def settings(folder: Path, **given: str) -> Settings:
    """Return settings in a folder."""
    return Settings.read({"RUSHES_DATA": str(folder / "data"), **given})


def test_importing_the_bot_does_no_work(root: Path, tmp_path: Path) -> None:
    code = "import bot.__main__, threading, logging; print(threading.active_count(), logging.getLogger().handlers)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={"RUSHES_DATA": str(tmp_path / "data"), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1", "[]"]
    assert not (tmp_path / "data").exists()


def test_without_a_key_the_offline_director_is_the_only_one_there(tmp_path: Path) -> None:
    app = build(settings(tmp_path))
    assert app.services.models.name("large") == "offline"
    with pytest.raises(NotFound, match=r"No provider 'openai' is set up \(there are: offline\)"):
        app.services.models.split("openai:gpt-5")
    app.services.store.close()


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_key_brings_its_provider(tmp_path: Path, provider: str) -> None:
    app = build(settings(tmp_path, **{f"{provider.upper()}_API_KEY": "sk-test-0123456789"}))
    assert app.services.models.name("large").startswith(f"{provider}:")
    assert app.services.models.split(app.services.models.name("small"))[0].name == provider
    app.services.store.close()


def test_the_app_starts_and_stops_and_starts_again(tmp_path: Path) -> None:
    for _ in range(2):
        with build(settings(tmp_path)) as app:
            assert isinstance(app.services.engine, DurableEngine)
            here = app.services.store.conversations.ensure("console", "a terminal")
            app.conversations.receive(Turn(id="t1", conversation=here, text="help"))
            assert app.services.engine.wait("turn-t1", 20).status == "done"


def test_what_is_logged_goes_to_the_store_and_not_to_the_terminal(
    room: Room, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("rushes.test").warning("a quiet word")
    assert "a quiet word" not in "".join(capfd.readouterr())
