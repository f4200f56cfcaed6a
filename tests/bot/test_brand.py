"""`rushes brand`, and how a job carries a kit."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.brand import CARD, carried
from experts.edit.brief import Brief
from kernel.brand import KIT, BrandKit
from kernel.errors import BadInput
from tests.bot.room import WISH, Room
from tests.bot.test_edit import edit
from tests.kernel.evaluation.logos import scenery, write_logo


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of its own, where files may be opened without a box."""
    monkeypatch.setenv("RUSHES_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RUSHES_WEAK_BOX", "true")


def rushes(*arguments: str | Path) -> str:
    """Run the command line and return what it says; an error of ours is raised."""
    done = CliRunner().invoke(cli, ["brand", *map(str, arguments)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_a_kit_is_made_from_options_and_shown(tmp_path: Path) -> None:
    logo = write_logo(tmp_path / "ours.png")
    given = ["--colour", "#0b3d91", "--colour", "accent=#ff6b35", "--logo", str(logo), "--corner", "bottom_left"]
    said = rushes("make", tmp_path / "kit", "--name", "Tall Ships", *given, "--caption-case", "upper", "--size", "0.2")
    assert "Tall Ships" in said
    assert "primary #0b3d91, accent #ff6b35" in said
    assert "ours.png, bottom left, 20% of the short side wide" in said
    assert (tmp_path / "kit" / "ours.png").read_bytes() == logo.read_bytes()
    assert rushes("show", tmp_path / "kit") == said
    card = cv2.imread(str(tmp_path / "kit" / CARD))
    assert card is not None
    assert (card == (53, 107, 255)).all(axis=2).any()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["--colour", "blue"], "this is no colour, write #rrggbb"),
        (["--caption-style", "wild"], "captions.style"),
        (["--size", "7"], "nothing"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, given: list[str], why: str) -> None:
    if why == "nothing":
        given, why = [*given, "--logo", str(write_logo(tmp_path / "l.png"))], "logo.size"
    with pytest.raises(BadInput, match=why):
        rushes("make", tmp_path / "kit", *given)
    assert not (tmp_path / "kit").exists()


def test_a_logo_that_is_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_text("not at all")
    with pytest.raises(BadInput, match=r"The logo logo.png cannot be used"):
        rushes("make", tmp_path / "kit", "--logo", tmp_path / "logo.png")
    assert not (tmp_path / "kit").exists()


def test_colours_are_guessed_from_a_picture(tmp_path: Path) -> None:
    picture = scenery(1)
    picture[:, :480] = (145, 61, 11)
    cv2.imwrite(str(tmp_path / "look.png"), picture)
    said = rushes("make", tmp_path / "kit", "--from", tmp_path / "look.png", "--caption-style", "bold")
    assert "guessed:" in said
    kit = BrandKit.read({k: v for k, v in json.loads((tmp_path / "kit" / KIT).read_text()).items() if k[0] not in "sv"})
    assert kit.colours[0].colour == "#0b3d91"
    assert kit.captions.style == "bold"


def test_a_job_carries_the_kit_and_its_logo(lively: Room, tmp_path: Path) -> None:
    rushes("make", tmp_path / "kit", "--logo", write_logo(tmp_path / "logo.png"), "--colour", "#0b3d91")
    done, _ = edit(lively, brand=tmp_path / "kit")
    kept = lively.store.documents.latest(done.job.id, "brief")
    assert kept is not None
    brief = Brief.read(kept.body)
    assert brief.text == WISH
    assert brief.brand is not None
    assert brief.brand.logo is not None
    own = {asset.hash: asset.role for asset in lively.store.assets.list(done.job.id)}
    assert own[brief.brand.logo.hash] == "logo"


def test_the_same_order_with_another_kit_is_another_job(lively: Room, tmp_path: Path) -> None:
    rushes("make", tmp_path / "kit", "--colour", "#0b3d91")
    plain, _ = edit(lively)
    branded, _ = edit(lively, brand=tmp_path / "kit")
    again, _ = edit(lively, brand=tmp_path / "kit")
    assert plain.job.id != branded.job.id
    assert branded.job.id == again.job.id


def test_a_kit_that_cannot_be_used_begins_no_job(lively: Room, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no brand kit at"):
        edit(lively, brand=tmp_path / "none")
    with pytest.raises(BadInput):
        carried(lively.app, tmp_path / "none")
    assert lively.store.jobs.list() == []
