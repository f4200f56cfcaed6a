"""The brand kit, and how it is read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from kernel.brand import KIT, BrandKit, read_kit, write_kit
from kernel.errors import BadInput
from kernel.worker.ffmpeg import Ffmpeg, bundled


@pytest.fixture(scope="module")
def ffmpeg() -> Ffmpeg:
    """The ffmpeg that comes along."""
    return Ffmpeg(bundled(), weak=True)


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The folder of a sound kit."""
    cv2.imwrite(str(tmp_path / "logo.png"), np.full((60, 120, 3), 200, np.uint8))
    write_kit(BrandKit.read(BrandKit.EXAMPLE), tmp_path)
    return tmp_path


def spoilt(folder: Path, **change: object) -> Path:
    """Change fields of a kit's file."""
    body = json.loads((folder / KIT).read_text()) | change
    (folder / KIT).write_text(json.dumps(body))
    return folder


def said(folder: Path, ffmpeg: Ffmpeg) -> str:
    """Return the sentence that a kit is refused with."""
    with pytest.raises(BadInput) as refused:
        read_kit(folder, ffmpeg, folder)
    return str(refused.value)


def test_a_kit_is_read_as_it_was_written_with_the_hash_of_its_logo(kit: Path, ffmpeg: Ffmpeg) -> None:
    found = read_kit(kit, ffmpeg, kit)
    assert found.kit.logo is not None
    assert found.kit.logo.hash == hashlib.sha256((kit / "logo.png").read_bytes()).hexdigest()
    plain = BrandKit.read(BrandKit.EXAMPLE)
    assert found.kit.model_copy(update={"logo": plain.logo}) == plain
    assert read_kit(kit / KIT, ffmpeg, kit) == found


def test_a_kit_by_hand_needs_little(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    (tmp_path / KIT).write_text('{"name": "Plain", "colours": [{"colour": "#112233"}]}')
    found = read_kit(tmp_path, ffmpeg, tmp_path)
    assert found.logo is None
    assert found.kit.colour("primary") == "#112233"
    assert found.kit.colour("accent") is None


def test_the_palette_holds_each_colour_once_and_those_of_the_captions() -> None:
    assert BrandKit.read(BrandKit.EXAMPLE).palette == ("#0b3d91", "#ff6b35", "#10141f", "#ffffff")
    alone = BrandKit.read({"name": "x", "captions": {"highlight": "#FFD400"}})
    assert alone.palette == ("#ffd400",)


def test_it_tells_what_it_asks_for_in_plain_lines() -> None:
    lines = BrandKit.read(BrandKit.EXAMPLE).lines()
    assert lines[0] == "Tall Ships"
    assert "captions: style bold, case upper, colour #ffffff, highlight #ff6b35" in lines
    assert "logo: logo.png, top right, 16% of the short side wide, 25% of its own size kept free round it" in lines
    assert BrandKit.read({"name": "x", "no_marks": True}).lines() == ("x", "logo: none, nor any watermark")


def test_a_colour_that_is_none_is_named(kit: Path, ffmpeg: Ffmpeg) -> None:
    text = said(spoilt(kit, colours=[{"colour": "orange"}]), ffmpeg)
    assert "colours.0.colour: this is no colour, write #rrggbb" in text


def test_a_field_that_is_unknown_is_named(kit: Path, ffmpeg: Ffmpeg) -> None:
    assert "slogan" in said(spoilt(kit, slogan="Sail on"), ffmpeg)


def test_a_logo_that_is_no_image_is_refused(kit: Path, ffmpeg: Ffmpeg) -> None:
    (kit / "logo.png").write_text("This is no picture at all.")
    text = said(kit, ffmpeg)
    assert text.startswith("The logo logo.png cannot be used: it ")
    assert text.endswith(". Give a PNG, best with a transparent ground.")


def test_a_logo_that_is_cut_short_is_refused(kit: Path, ffmpeg: Ffmpeg) -> None:
    whole = (kit / "logo.png").read_bytes()
    (kit / "logo.png").write_bytes(whole[:40])
    assert "Give a PNG" in said(kit, ffmpeg)


def test_a_film_is_no_logo(kit: Path, ffmpeg: Ffmpeg, footage: Path) -> None:
    (kit / "logo.mpg").write_bytes((footage / "broll_city_mpeg2.mpg").read_bytes())
    assert "it is no still picture (video)" in said(spoilt(kit, logo={"file": "logo.mpg"}), ffmpeg)


def test_a_logo_that_is_missing_is_refused(kit: Path, ffmpeg: Ffmpeg) -> None:
    (kit / "logo.png").unlink()
    assert said(kit, ffmpeg).startswith("There is no logo at ")


@pytest.mark.parametrize("name", ["../logo.png", "/etc/passwd", "a/logo.png"])
def test_a_logo_elsewhere_is_refused(kit: Path, ffmpeg: Ffmpeg, name: str) -> None:
    assert "must lie beside the kit" in said(spoilt(kit, logo={"file": name}), ffmpeg)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is not JSON"),
        ("[]", "its schema is not BrandKit"),
        ('{"schema": "EditPlan"}', "its schema is not BrandKit"),
        ("{}", "name: Field required"),
        ('{"name": "x", "version": 99}', "update it"),
        ("\udcff", "it is not JSON"),
    ],
)
def test_a_file_that_is_no_kit_is_refused(tmp_path: Path, ffmpeg: Ffmpeg, text: str, why: str) -> None:
    (tmp_path / KIT).write_bytes(text.encode(errors="surrogateescape"))
    assert why in said(tmp_path, ffmpeg)


def test_a_kit_that_is_not_there_says_how_to_make_one(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    assert said(tmp_path / "none", ffmpeg).endswith("make one with `rushes brand make`.")


def test_a_file_of_megabytes_is_not_read(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    (tmp_path / KIT).write_bytes(b" " * (2 << 20))
    assert "more than a megabyte" in said(tmp_path, ffmpeg)
