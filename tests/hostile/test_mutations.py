"""Damaged files get a render or one clear sentence; the long form is `python -m tests.hostile mutations`."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.worker.ffmpeg import Ffmpeg
from tests.hostile.mutations import MUTATORS, mutant, seeds, tried

SEED = 2026
COUNT = 60


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> list[Path]:
    return seeds(tmp_path_factory.mktemp("seeds"), ffmpeg)


@pytest.mark.timeout(300)
def test_damaged_files_get_a_render_or_one_clear_sentence_in_time(honest: list[Path], ffmpeg: Ffmpeg) -> None:
    answers = {number: tried(mutant(honest, SEED, number), ffmpeg) for number in range(COUNT)}
    assert {number: found.said for number, found in answers.items() if found.kind == "fault"} == {}
    assert max(found.seconds for found in answers.values()) < 15
    assert {found.kind for found in answers.values()} == {"render", "sound", "refusal"}


def test_a_mutant_is_made_again_from_its_seed_and_number(honest: list[Path]) -> None:
    assert [mutant(honest, 5, n) for n in range(30)] == [mutant(honest, 5, n) for n in range(30)]
    assert mutant(honest, 5, 3).data != mutant(honest, 6, 3).data


def test_every_way_of_damage_is_used_and_damages(honest: list[Path]) -> None:
    made = [mutant(honest, SEED, number) for number in range(400)]
    used = {how for one in made for how in one.how.split("+")}
    assert used == {mutate.__name__.strip("_") for mutate in MUTATORS} | {"splice"}
    spared = [one for one in made if one.data == honest[one.number % len(honest)].read_bytes()]
    assert len(spared) < 20
