"""Parts: one at a time writes one, and a file stands in its place whole or not at all."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from kernel.errors import BadInput, Cancelled, Unreachable
from kernel.fetch import part as parts
from kernel.fetch.part import Answer, Errand, Pace, Part, forget, sweep


def test_two_who_fetch_the_same_file_bring_it_once(tmp_path: Path) -> None:
    errand = Errand("a.mp4", tmp_path / "a.mp4", 100)
    waits, found = threading.Event(), list[bool]()

    def check() -> None:
        waits.set()

    def second() -> None:
        with Part(Errand("a.mp4", errand.path, 100, check=check)) as part:
            found.append(part.done)

    with Part(errand) as part:
        other = threading.Thread(target=second)
        other.start()
        assert waits.wait(5)
        part.begin(Answer(0, 4))
        part.write(b"film")
        part.end()
    other.join(5)
    assert found == [True]
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def old(folder: Path, name: str) -> Errand:
    """Return a file of which half came long ago."""
    errand = Errand(name, folder / name / name, 100)
    errand.path.parent.mkdir()
    for path in (errand.part, errand.path, errand.part.with_name(f"{errand.part.name}-of")):
        path.write_bytes(b"half")
        os.utime(path, (1, 1))
    return errand


def test_what_came_long_ago_of_files_that_nobody_waits_for_is_swept(tmp_path: Path) -> None:
    left, wanted, held, fresh = (old(tmp_path, name) for name in ("left.mp4", "wanted.mp4", "held.mp4", "fresh.mp4"))
    os.utime(fresh.part)
    with Part(held):
        os.utime(held.part, (1, 1))
        assert sweep(tmp_path, 60, {wanted.path}) == 1
    assert [path.name for path in left.path.parent.iterdir()] == ["left.mp4"]
    assert all(len([*kept.path.parent.iterdir()]) == 3 for kept in (wanted, fresh))
    assert sweep(tmp_path / "nothing", 60) == 0


def test_what_somebody_else_fetches_is_not_thrown_away(tmp_path: Path) -> None:
    errand = Errand("a.mp4", tmp_path / "a.mp4", 100)
    with Part(errand) as part:
        part.begin(Answer(0, 4))
        part.write(b"film")
        forget(errand)
        part.end()
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_who_waits_for_another_can_be_stopped(tmp_path: Path) -> None:
    def check() -> None:
        raise Cancelled("stop")

    with (
        Part(Errand("a.mp4", tmp_path / "a.mp4", 100)),
        pytest.raises(Cancelled),
        Part(Errand("a.mp4", tmp_path / "a.mp4", 100, check=check)),
    ):
        raise AssertionError


def test_a_file_that_sends_more_than_it_said_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="announced"):
        _take(Errand("a.mp4", tmp_path / "a.mp4", 100), 4, b"films")
    assert list(tmp_path.iterdir()) == []


def test_a_file_whose_length_nobody_said_is_refused_once_it_is_too_big(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="at most"):
        _take(Errand("a.mp4", tmp_path / "a.mp4", 8), None, b"films", b"films")
    assert list(tmp_path.iterdir()) == []


def _take(errand: Errand, size: int | None, *pieces: bytes) -> None:
    with Part(errand) as part:
        part.begin(Answer(0, size))
        for piece in pieces:
            part.write(piece)


def test_bytes_from_another_place_are_not_put_behind(tmp_path: Path) -> None:
    (tmp_path / "a.mp4.part").write_bytes(b"fi")
    with pytest.raises(Unreachable), Part(Errand("a.mp4", tmp_path / "a.mp4", 100)) as part:
        part.begin(Answer(3, 4))


def test_a_full_disk_is_said_before_anything_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SPARE", 2**62)
    with pytest.raises(BadInput, match="no room left on my disk"), Part(Errand("a.mp4", tmp_path / "a", 100)) as part:
        part.begin(Answer(0, 4))


def test_a_disk_that_fills_up_meanwhile_is_said_too(tmp_path: Path) -> None:
    class Full:
        def write(self, _: bytes) -> int:
            raise OSError(errno.ENOSPC, "no space")

        def close(self) -> None: ...

    part = Part(Errand("a.mp4", tmp_path / "a", 100))
    part._file = Full()  # type: ignore[assignment]
    with pytest.raises(BadInput, match="no room left on my disk"):
        part.write(b"film")


def test_hardly_any_bytes_are_none() -> None:
    now = [0.0]
    pace = Pace(Errand("a.mp4", Path("a"), 100, window=8), clock=lambda: now[0])
    for _ in range(40):
        now[0] += 1
        pace.tell(2000)
    pace.tell(1)
    now[0] += 9
    with pytest.raises(Unreachable, match="stopped coming"):
        pace.tell(1)
