"""cube: a person's own table of colours, read strictly and looked up between its steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.errors import BadInput
from kernel.worker.analysis.inspect import inspect
from kernel.worker.cube import LARGEST, is_cube, load_cube, read_cube
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.logs import Numbers
from kernel.worker.lut import cube, lattice
from kernel.worker.media import Source

TWO = "\n".join("{:g} {:g} {:g}".format(*row) for row in lattice(2).tolist()) + "\n"
"""The colours of the smallest table, which changes nothing."""
PLAIN = f"LUT_3D_SIZE 2\n{TWO}"


@pytest.fixture
def colours() -> Numbers:
    """Some colours, all over the lattice, its corners among them."""
    return np.vstack([np.random.default_rng(7).random((2000, 3)), lattice(2)])


@pytest.mark.parametrize("steps", [2, 5, 33])
def test_a_table_that_changes_nothing_gives_back_every_colour(steps: int, colours: Numbers) -> None:
    found = read_cube(cube(lattice(steps), steps).encode(), "plain.cube")
    assert (found.steps, found.flat) == (steps, False)
    assert np.abs(found.looked_up(colours) - colours).max() < 1e-5


def test_red_changes_quickest(colours: Numbers) -> None:
    swapped = read_cube(cube(lattice(9)[:, ::-1], 9).encode(), "swap.cube")
    assert np.abs(swapped.looked_up(colours) - colours[:, ::-1]).max() < 1e-5


def test_between_the_steps_a_bent_table_is_followed_closely_and_greys_stay_grey(colours: Numbers) -> None:
    def bent(rows: Numbers) -> Numbers:
        return np.asarray(0.1 + 0.8 * rows**1.5 * rows.mean(axis=1, keepdims=True) ** 0.2)

    found = read_cube(cube(bent(lattice(33)), 33).encode(), "bent.cube")
    assert np.abs(found.looked_up(colours) - bent(colours)).max() < 0.01
    greys = np.repeat(np.linspace(0, 1, 101)[:, None], 3, axis=1)
    assert np.ptp(found.looked_up(greys), axis=1).max() < 1e-9


def test_a_curve_for_each_of_red_green_and_blue_is_a_table_too() -> None:
    text = "LUT_1D_SIZE 3\n0 0 1\n0.25 0.5 0.5\n1 1 0\n"
    found = read_cube(text.encode(), "curves.cube")
    assert found.flat
    assert found.looked_up(np.array([[0.25, 0.25, 0.25], [0.75, 1.0, 0.0]])).tolist() == [
        [0.125, 0.25, 0.75],
        [0.625, 1.0, 1.0],
    ]


@pytest.mark.parametrize(
    "said", ["DOMAIN_MIN -1 -1 -1\nDOMAIN_MAX 3 3 3\n", "LUT_3D_INPUT_RANGE -1.0 3.0\n"], ids=["domain", "range"]
)
def test_a_table_is_for_the_colours_that_it_names_and_the_rest_are_held(said: str) -> None:
    found = read_cube(f"LUT_3D_SIZE 2\n{said}{TWO}".encode(), "wide.cube")
    looked = found.looked_up(np.array([[-1.0, 1.0, 3.0], [-9.0, 0.0, 9.0]]))
    assert looked == pytest.approx(np.array([[0, 0.5, 1], [0, 0.25, 1]]))
    assert not found.fits(33)


@pytest.mark.parametrize(
    "text",
    [
        f'# made by hand\n\nDOMAIN_MAX 1 1 1\nTITLE "Teal # and orange"\nDOMAIN_MIN 0 0 0\nLUT_3D_SIZE 2\n\n{TWO}\n\n',
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        f"\ufeffTITLE \u00fcber\n{PLAIN}",
        PLAIN.replace(" ", "\t").replace("LUT_3D_SIZE\t2", "  LUT_3D_SIZE \t 2  "),
        PLAIN.replace("\n1 ", "\n+1.000e0 ").replace("\n0 ", "\n.0 ") + "# the end",
    ],
    ids=["shuffled", "windows", "mac", "marked", "tabs", "numbers"],
)
def test_words_may_come_in_any_order_and_lines_end_in_any_way(text: str) -> None:
    assert read_cube(text.encode(), "a.cube").rows.tolist() == lattice(2).tolist()


BROKEN = {
    "nothing": ("", "it does not say its size"),
    "words": ("hello", "its line 1 is no part of a table"),
    "no size": (TWO, "it does not say its size"),
    "a colour too few": (PLAIN[:-6], "it holds 7 colours, but says that it has 8"),
    "a colour too many": (f"{PLAIN}1 1 1\n", "it holds 9 colours, but says that it has 8"),
    "one step": ("LUT_3D_SIZE 1\n0 0 0\n", "it has 1 steps, and 2 to 65 can be used"),
    "more steps than anybody uses": (PLAIN.replace("SIZE 2", "SIZE 66"), "it has 66 steps"),
    "a size beyond all numbers": (PLAIN.replace("SIZE 2", "SIZE 99999999999"), "line 1 does not say LUT_3D_SIZE"),
    "two tables": (f"LUT_1D_SIZE 2\n{PLAIN}", "it holds two tables"),
    "a size said twice": (f"LUT_3D_SIZE 2\n{PLAIN}", "its line 2 says LUT_3D_SIZE a second time"),
    "two numbers": (PLAIN.replace("1 1 0", "1 1"), "its line 5 is no colour"),
    "four numbers": (PLAIN.replace("1 1 0", "1 1 0 1"), "its line 5 is no colour"),
    "not a number": (PLAIN.replace("1 1 0", "1 1 nan"), "its line 5 is no colour"),
    "infinite": (PLAIN.replace("1 1 0", "1 1 1e999"), "its numbers go up to inf"),
    "decimal commas": (PLAIN.replace("1 1 0", "1,0 1,0 0,0"), "its line 5 is no colour"),
    "numbers of 10 bits": (PLAIN.replace("1", "1023"), "its numbers go up to 1023, where white is 1"),
    "a word after the colours": (f"{PLAIN}TITLE late\n", "its line 10 is no colour"),
    "an unknown word": (f"LUT_IN_VIDEO_RANGE\n{PLAIN}", "its line 1 says LUT_IN_VIDEO_RANGE, which is not known"),
    "a domain turned round": (f"DOMAIN_MIN 1 1 1\nDOMAIN_MAX 0 0 0\n{PLAIN}", "end below where they begin"),
    "a domain of no width": (f"DOMAIN_MAX 1 0 1\n{PLAIN}", "end below where they begin"),
    "a domain far away": (f"DOMAIN_MAX 1e9 1 1\n{PLAIN}", "too far from 0 to 1"),
    "a domain of two numbers": (f"DOMAIN_MAX 1 1\n{PLAIN}", "its line 1 does not say DOMAIN_MAX as it must"),
    "two domains": (f"DOMAIN_MAX 1 1 1\nLUT_3D_INPUT_RANGE 0 1\n{PLAIN}", "it says twice"),
    "an endless line": (f"TITLE {'a' * 300}\n{PLAIN}", "its line 1 is too long"),
    "nothing but ends of lines": (PLAIN + "\n" * 2**20, "it has more lines than a table of 65 steps"),
    "zeros between": (PLAIN.replace("1 1 0", "1 1\0 0"), "it is not plain text"),
    "wide letters": (PLAIN.encode("utf-16").decode("latin-1"), "it is not plain text"),
    "foreign digits": (PLAIN.replace("1 1 0", "\u0661 1 0"), "its line 5 is no colour"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_what_is_wrong_and_what_to_do(name: str) -> None:
    text, words = BROKEN[name]
    held = text.encode("latin-1") if name == "wide letters" else text.encode()
    with pytest.raises(
        BadInput, match=r"^bad\.cube cannot be used: .*\. Export the LUT again as a \.cube file"
    ) as said:
        read_cube(held, "bad.cube")
    assert words in str(said.value)


def test_no_more_of_a_file_is_read_than_a_table_may_have(tmp_path: Path) -> None:
    path = tmp_path / "endless.cube"
    with path.open("wb") as file:
        file.write(b"LUT_3D_SIZE 65\n")
        file.truncate(64 * LARGEST)
    with pytest.raises(BadInput, match="larger than a table of 65 steps"):
        load_cube(path, path.name)


def test_a_table_is_known_by_its_name_or_its_first_words(tmp_path: Path) -> None:
    for name, text, found in (
        ("LOOK.CUBE", "anything", True),
        ("look.txt", f"TITLE x\n{PLAIN}", True),
        ("note.txt", "see LUT_3D_SIZE 2", False),
        ("film.mp4", f"\0\n{PLAIN}", False),
    ):
        (tmp_path / name).write_text(text)
        assert is_cube(tmp_path / name) is found


def test_it_is_a_source_that_is_neither_seen_nor_heard_and_no_ffmpeg_opens_it(tmp_path: Path) -> None:
    path, nothing = tmp_path / "look.cube", Ffmpeg(tmp_path / "no such program", weak=True)
    path.write_text(PLAIN)
    found = inspect(path, "s1", nothing, tmp_path, None)
    source = Source.of("s1", "1" * 64, path.name, found)
    assert (source.kind, source.has_picture, source.has_sound, source.duration) == ("lut", False, False, 0)
    assert (found.probe.has_picture, found.probe.has_sound, found.notes) == (False, False, ())
    path.write_text(PLAIN[:-6])
    with pytest.raises(BadInput, match=r"look\.cube cannot be used"):
        inspect(path, "s1", nothing, tmp_path, None)
