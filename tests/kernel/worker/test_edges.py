"""Where words are cut: in true pauses with air on either side, else at the quietest point; never inside a word."""

from __future__ import annotations

import pytest

from kernel.worker.edges import find_edges
from kernel.worker.envelope import Envelope
from kernel.worker.media import Word
from tests.kernel.worker.test_envelope import bursts


def word(number: int, start: float, end: float) -> Word:
    return Word(id=f"s1w{number}", text="x", start=start, end=end, probability=1, cut_in=start, cut_out=end)


def cuts(spoken: list[tuple[float, float]], heard: list[tuple[float, float]], noise: float = 0.0005) -> list[Word]:
    envelope = Envelope(bursts(6, spoken, noise))
    return list(find_edges([word(n, a, b) for n, (a, b) in enumerate(heard)], envelope))


@pytest.mark.parametrize("late", [-0.3, -0.1, 0.0, 0.1, 0.3])
def test_a_pause_gives_air_to_both_words_however_late_they_were_heard(late: float) -> None:
    first, second = cuts([(1, 2), (3, 4)], [(1 + late, 2 + late), (3 + late, 4 + late)])
    assert 0.06 <= 1 - first.cut_in <= 0.12
    assert 0.1 <= first.cut_out - 2 <= 0.2
    assert 0.06 <= 3 - second.cut_in <= 0.12
    assert 0.1 <= second.cut_out - 4 <= 0.2


def test_in_a_short_pause_no_neighbour_is_heard() -> None:
    first, second = cuts([(1, 2), (2.1, 3)], [(1, 2.05), (2.05, 3)])
    assert 2.0 <= first.cut_out <= 2.1
    assert 2.0 <= second.cut_in <= 2.1


def test_words_that_run_together_share_the_quietest_point() -> None:
    first, second = cuts([(1, 2), (2.03, 3)], [(1, 2.1), (2.1, 3)])
    assert first.cut_out == second.cut_in
    assert first.cut_out == pytest.approx(2.015, abs=0.02)


def test_a_closed_consonant_within_a_word_is_no_pause() -> None:
    first, second = cuts([(1, 1.5), (1.6, 2), (2.4, 3)], [(1, 2.1), (2.35, 3)])
    assert first.cut_out > 2.0
    assert second.cut_in > 2.0


def test_a_breath_between_two_words_goes_to_neither() -> None:
    first, second = cuts([(1, 2), (2.5, 2.7), (3.2, 4)], [(1, 2), (3.2, 4)])
    assert 2.0 <= first.cut_out <= 2.2
    assert 3.0 <= second.cut_in <= 3.2


def test_speech_from_the_first_to_the_last_sample_is_kept_whole() -> None:
    (only,) = cuts([(0, 6)], [(0.1, 5.9)])
    assert (only.cut_in, only.cut_out) == (0.0, 6.0)


def test_over_steady_music_a_word_ends_near_where_it_was_heard() -> None:
    first, second = cuts([(0, 6)], [(1, 1.5), (4, 4.5)])
    assert 1.3 <= first.cut_out <= 1.9
    assert 3.6 <= second.cut_in <= 4.2
    assert second.cut_out <= 4.9


def test_cuts_never_run_backwards_and_stay_inside_the_source() -> None:
    found = cuts([(1, 2), (3, 4)], [(1, 1), (1, 1), (1.9, 1.9), (3.5, 3.4), (7, 9)])
    assert all(0 <= one.cut_in <= one.cut_out <= 6 for one in found)


def test_no_words_have_no_edges() -> None:
    assert find_edges([], Envelope(bursts(1, [], 0.001))) == ()
