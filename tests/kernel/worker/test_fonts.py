"""Fonts: what they hold, how wide they are, which of the machine's stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.worker.fonts import FOLDER, NoFont, black, font, heavy, package, region_of, stand_in, text


def test_fonts_know_their_characters() -> None:
    assert heavy().missing("Grüße, Łódź – “naïve” €5 Привет Γειά Xin chào Ễ") == ""
    assert text().missing("a東b京a東") == "東京"
    assert text().ass_size(100) > 100


def test_what_has_no_shape_is_missed_by_no_font() -> None:
    assert text().covers("a\N{ZERO WIDTH JOINER}b\N{VARIATION SELECTOR-16}")


def test_every_font_has_a_name_of_its_own_for_its_file() -> None:
    names = {one().filename for one in (text, heavy, black)}
    assert len(names) == 3
    assert all(name.endswith(".otf") for name in names)


@pytest.mark.parametrize(
    ("said", "region"),
    [("東京へ行く", "JP"), ("안녕", "KR"), ("我们说话", "SC"), ("我們說話", "TC"), ("hello", "SC"), ("中", "SC")],
)
def test_chinese_characters_take_the_shapes_of_their_region(said: str, region: str) -> None:
    assert region_of(said) == region


@pytest.mark.parametrize(
    ("characters", "named"),
    [("東", "fonts-noto-cjk"), ("안", "fonts-noto-cjk"), ("ع", "fonts-noto-core"), ("ก", "fonts-noto-core")],
)
def test_each_script_has_a_package_to_install(characters: str, named: str) -> None:
    assert package(characters) == named


def test_emoji_have_a_package_of_shapes() -> None:
    assert package("👍") == "fonts-symbola"


def test_without_a_font_there_is_none_and_a_new_one_is_found_at_once(tmp_path: Path) -> None:
    with pytest.raises(NoFont):
        stand_in("Ж", "SC", (tmp_path,))
    (tmp_path / "new.otf").write_bytes((FOLDER / "Inter-Bold.otf").read_bytes())
    assert stand_in("Ж", "SC", (tmp_path,)).path == tmp_path / "new.otf"


def test_a_broken_font_of_the_machine_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "NotoSans-Bold.ttf").write_bytes(b"not a font")
    (tmp_path / "torn.otf").write_bytes((FOLDER / "Inter-Bold.otf").read_bytes()[:5000])
    (tmp_path / "whole.otf").write_bytes((FOLDER / "Inter-Bold.otf").read_bytes())
    assert stand_in("Я", "SC", (tmp_path,)).path == tmp_path / "whole.otf"


def test_the_bundled_fonts_are_those_that_styles_ask_for() -> None:
    assert [one().weight for one in (text, heavy, black)] == [600, 700, 900]
    assert font(FOLDER / "Inter-Bold.otf") is heavy()
