"""The clock of a file: rates, and whether they vary."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kernel.worker.clock import Track, rate_of, read_tracks

LINES = """#software: Lavf
#tb 0: 1/30000
#media_type 0: video
#tb 1: 1/44100
#tb 2: 1/1000
0,          0,       2002,     1001,    36692, 0x79e6ca35
0,       1001,          0,     1001,     5312, 0x47a8658c, F=0x0
1,       1940,       1940,     1024,       23, 0x4c0e0566
0,       2002,       1001,     1001,      599, 0xb8662ce5, F=0x0
"""


def track(times: list[int], base: Fraction = Fraction(1, 90000), last: int = 0) -> Track:
    return Track(base=base, times=times, last=last)


def test_tracks_are_read_in_any_order_and_empty_ones_left_out() -> None:
    tracks = read_tracks(LINES.splitlines())
    assert sorted(tracks) == [0, 1]
    assert tracks[0].end == pytest.approx(3003 / 30000)
    assert tracks[1].start == pytest.approx(1940 / 44100)
    assert tracks[0].gap == pytest.approx(1001 / 30000)


def test_the_end_without_a_length_is_guessed_by_the_steps() -> None:
    assert track([0, 3000, 6000]).end == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("times", "base", "rate"),
    [
        ([n * 1001 for n in range(50)], Fraction(1, 30000), "30000/1001"),
        ([round(n * 1000 / 60) for n in range(50)], Fraction(1, 1000), "60/1"),
        ([round(n * 1001 / 30) for n in range(500)], Fraction(1, 1000), "30000/1001"),
        ([n * 1000 for n in range(50)], Fraction(1, 29970), "2997/100"),
        ([n * 7200 for n in range(50)], Fraction(1, 90000), "25/2"),
        (list(range(50)), Fraction(1, 1000), "120/1"),
    ],
)
def test_a_steady_rate_is_named_exactly(times: list[int], base: Fraction, rate: str) -> None:
    found, variable = rate_of(track(times, base))
    assert (str(found), variable) == (rate, False)


def test_a_dropped_frame_is_no_variable_rate_but_many_are() -> None:
    steady = [n * 3000 for n in range(200) if n != 50]
    assert rate_of(track(steady))[1] is False
    found, variable = rate_of(track([n * 3000 for n in range(200) if n % 5]))
    assert (str(found), variable) == ("30/1", True)


def test_one_frame_has_the_rate_of_its_length_or_none() -> None:
    assert str(rate_of(track([0], last=3600))[0]) == "25/1"
    assert rate_of(track([0])) == (None, False)


def test_packets_without_a_time_of_their_own_count_from_when_they_are_decoded() -> None:
    rows = [(-3000, 0), (0, 9000), (3000, None), (6000, None), (9000, 12000)]
    said = [f"0, {coded}, {-(2**63) if shown is None else shown}, 3000, 10, 0x0" for coded, shown in rows]
    track = read_tracks(["#tb 0: 1/90000", *said])[0]
    assert sorted(track.times) == [0, 3000, 6000, 9000, 12000]
    assert track.gap == pytest.approx(1 / 30)


def test_times_count_from_where_the_file_begins() -> None:
    track = read_tracks(["#tb 0: 1/10", "0, 100, 100, 1, 10, 0x0", "0, 101, 101, 1, 10, 0x0"], 10.0)[0]
    assert [track.start, track.end] == pytest.approx([0, 0.2])


def test_a_rate_is_found_of_two_steps_that_have_nothing_in_common() -> None:
    assert rate_of(Track(Fraction(1, 1000), times=[0, 10, 1000]))[0] is not None


def test_a_stream_without_ticks_is_read() -> None:
    assert read_tracks(["#tb 0: 0/0", "0, 1, 1, 1, 10, 0x0"])[0].times == [1]
