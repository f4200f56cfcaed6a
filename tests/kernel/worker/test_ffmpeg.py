"""The door to ffmpeg: what it opens, how it ends, what it leaves behind."""

from __future__ import annotations

import ast
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

import kernel.worker
from kernel.errors import Cancelled, SetUp, TimedOut, WorkerError
from kernel.worker.box import SYSTEM, Bare, Bubblewrap
from kernel.worker.ffmpeg import Ffmpeg, Run, bundled, choose, opening, opening_ours
from tests.kernel.worker.scenes import numbered, write_video

ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-f", "null", "-"]
SECOND = ["-f", "lavfi", "-i", "testsrc2=s=64x36:r=10:d=1"]


@pytest.fixture(scope="module")
def clip(footage: Path, ffmpeg: Ffmpeg) -> Path:
    return write_video(footage / "door.mp4", ffmpeg, numbered(30), "30")


def test_the_bundled_program_says_its_version(ffmpeg: Ffmpeg) -> None:
    assert bundled().is_file()
    assert ffmpeg.version[0].isalnum()


def test_a_run_tells_its_command_its_time_and_its_progress(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    heard: list[float] = []
    run = ffmpeg.run([*SECOND, "o.mp4"], cwd=tmp_path, timeout=30, on_progress=heard.append)
    assert (tmp_path / "o.mp4").is_file()
    assert run.status == 0
    assert run.command[-1] == "o.mp4"
    assert run.seconds > 0
    assert run.cpu_seconds > 0
    assert heard[-1] == pytest.approx(1.0, abs=0.2)


def test_a_failed_run_keeps_command_and_words_and_is_logged_too(tmp_path: Path) -> None:
    logged: list[Run] = []
    with pytest.raises(WorkerError, match="status") as caught:
        Ffmpeg(bundled(), logged.append).run(["-i", "file:none.mp4"], cwd=tmp_path, timeout=30)
    assert "file:none.mp4" in caught.value.command
    assert "No such file" in caught.value.stderr
    assert [run.status != 0 for run in logged] == [True]


def test_a_run_over_its_wall_clock_is_killed_within_a_second(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(TimedOut, match=r"0\.3 seconds"):
        ffmpeg.run(ENDLESS, cwd=tmp_path, timeout=0.3)
    assert time.monotonic() - begun < 1.3


def test_a_wish_to_stop_kills_the_run_and_its_process_is_gone(tmp_path: Path) -> None:
    logged: list[Run] = []
    told: list[float] = []
    with pytest.raises(Cancelled):
        Ffmpeg(bundled(), logged.append).run(
            ENDLESS, cwd=tmp_path, timeout=60, on_progress=told.append, cancelled=lambda: bool(told)
        )
    assert logged[0].status == -9


def test_leaving_a_stream_early_ends_the_run(tmp_path: Path) -> None:
    logged: list[Run] = []
    arguments = ["-f", "lavfi", "-i", "testsrc2=s=64x36", "-f", "rawvideo", "pipe:1"]
    blocks = Ffmpeg(bundled(), logged.append).stream(arguments, cwd=tmp_path, timeout=60, size=3456)
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    assert logged[0].status == -9


def test_a_stream_comes_in_blocks_and_lines_come_as_lines(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    raw = [*SECOND, "-pix_fmt", "gray", "-f", "rawvideo", "pipe:1"]
    assert [len(b) for b in ffmpeg.stream(raw, cwd=tmp_path, timeout=30, size=2304 * 4)] == [9216, 9216, 4608]
    told: list[Run] = []
    lines = list(ffmpeg.lines([*SECOND, "-f", "framecrc", "pipe:1"], cwd=tmp_path, timeout=30, told=told.append))
    assert sum(line.startswith("0,") for line in lines) == 10
    assert told[0].status == 0


def test_read_refuses_more_than_its_limit(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    raw = [*SECOND, "-pix_fmt", "gray", "-f", "rawvideo", "pipe:1"]
    assert len(ffmpeg.read(raw, cwd=tmp_path, timeout=30, limit=23040)) == 23040
    with pytest.raises(WorkerError, match="more than the 100 bytes"):
        ffmpeg.read(raw, cwd=tmp_path, timeout=30, limit=100)


def test_only_the_end_of_what_it_says_is_kept(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    run = ffmpeg.run([*SECOND, "-vf", "showinfo", "-f", "null", "-"], cwd=tmp_path, timeout=30, level="info", kept=500)
    assert len(run.stderr.encode()) <= 500


def test_a_program_that_cannot_start_is_a_matter_of_set_up(tmp_path: Path) -> None:
    (tmp_path / "no").write_text("")
    with pytest.raises(SetUp, match="could not be started"):
        Ffmpeg(tmp_path / "no", box=Bare(system="/nowhere")).run([], cwd=tmp_path, timeout=5)
    with pytest.raises(SetUp, match="set the path of a working ffmpeg"):
        _ = Ffmpeg(tmp_path / "no").box


def test_presence_is_no_proof_the_first_box_in_which_it_starts_is_taken(tmp_path: Path) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho bwrap: No permissions to create a new namespace >&2\nexit 1\n")
    fake.chmod(0o755)
    boxes = (Bubblewrap(system=f"{tmp_path}:{SYSTEM}"), Bare())
    assert not boxes[0].missing()
    taken, passed = choose(bundled(), boxes)
    assert taken is boxes[1]
    assert passed == ("bubblewrap: bwrap: No permissions to create a new namespace",)


def test_without_a_box_no_footage_is_opened_unless_the_operator_allows_it(clip: Path) -> None:
    ask = [*opening(clip), "-t", "0.1", "-f", "null", "-"]
    held = Ffmpeg(bundled(), box=Bare())
    with pytest.raises(SetUp, match=r"install bubblewrap .* RUSHES_WEAK_BOX"):
        held.run(ask, timeout=20)
    assert held.run([*SECOND, "-f", "null", "-"], timeout=20).status == 0
    assert Ffmpeg(bundled(), box=Bare(), weak=True).run(ask, timeout=20).status == 0


def test_a_copy_that_tells_more_keeps_the_box_and_the_leave(tmp_path: Path) -> None:
    box, heard = Bare(), list[Run]()
    copied = Ffmpeg(bundled(), heard.append, box=box, weak=True).telling(heard.append)
    assert copied.box is box
    assert copied.weak
    copied.run([*SECOND, "o.mp4"], cwd=tmp_path, timeout=20)
    assert len(heard) == 2


def test_a_place_that_cannot_be_written_is_said(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(SetUp, match="cannot be written"):
        ffmpeg.run([*SECOND, f"file:{tmp_path}/none/o.mp4"], timeout=20)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("playlist.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\ndoor.mp4\n#EXT-X-ENDLIST\n"),
        ("list.mp4", "ffconcat version 1.0\nfile door.mp4\n"),
        ("art.nfo", "hello " * 400),
    ],
)
def test_what_points_elsewhere_or_is_no_media_is_not_opened(
    clip: Path, ffmpeg: Ffmpeg, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / "door.mp4").write_bytes(clip.read_bytes())
    (tmp_path / name).write_text(text)
    assert not opens(ffmpeg, opening(tmp_path / name), tmp_path)


@pytest.mark.parametrize("name", ["-dash.mp4", "a:b.mp4", "concat:x.mp4", "it's 100%.mp4", "http:x.mp4", "ünï.mp4"])
def test_a_file_is_opened_by_its_name_whatever_it_is_called(
    clip: Path, ffmpeg: Ffmpeg, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(clip.read_bytes())
    assert opens(ffmpeg, opening(tmp_path / name), tmp_path)


def test_a_picture_of_too_many_pixels_is_not_decoded(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    for side, opened in ((b"\x88\x13", True), (b"\x40\x1f", False)):
        colours = b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
        picture = b"GIF89a" + side * 2 + colours + b",\0\0\0\0" + side * 2 + b"\0\x02\x02D\x01\0;"
        (tmp_path / "a.gif").write_bytes(picture)
        assert opens(ffmpeg, opening(tmp_path / "a.gif"), tmp_path) == opened


def test_what_comes_from_outside_is_opened_as_a_file_of_media_only() -> None:
    allowed = dict(pairwise(opening(Path("/a.mp4"))))
    assert allowed["-protocol_whitelist"] == "file"
    assert not {"hls", "concat", "dash", "lavfi", "tty", "sdp", "rtsp", "imf"} & set(
        allowed["-format_whitelist"].split(",")
    )


def test_our_own_list_is_opened_by_its_own_door(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "one.mp4").write_bytes(clip.read_bytes())
    (tmp_path / "ours.txt").write_text("ffconcat version 1.0\nfile one.mp4\nfile one.mp4\n")
    assert opens(ffmpeg, opening_ours(tmp_path / "ours.txt", "concat"), tmp_path)


def test_ffmpeg_python_builds_graphs_and_starts_nothing() -> None:
    users = 0
    for path in sorted(Path(kernel.worker.__path__[0]).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not [
            n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and (n.module or "").startswith("ffmpeg")
        ]
        if "ffmpeg" in imported:
            users += 1
            used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not used & {"run", "run_async", "view", "probe", "Popen"}, path
    assert users


def opens(ffmpeg: Ffmpeg, opened: Sequence[str], work: Path) -> bool:
    try:
        ffmpeg.run([*opened, "-f", "null", "-"], cwd=work, timeout=20)
    except WorkerError:
        return False
    return True
