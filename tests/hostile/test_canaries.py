"""A hostile file, and a decoder that has been taken over: neither gets out of the box.

The first half plays an ffmpeg that does as an attacker says, with every guard of ours in its arguments left out: only
the box is between it and the machine. Each attack is first seen to succeed without a box, so that a pass means
something. The second half feeds hostile files through the worker's own door, where nothing at all may be reached.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from kernel.errors import BadInput, RushesError, WorkerError
from kernel.worker.box import Bare, Box, Bubblewrap
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.probe import probe
from kernel.worker.render import render
from tests.hostile.traps import Canaries, Ears, ears
from tests.kernel.worker.boxes import EVERY, STRONG, held, script, working
from tests.kernel.worker.scenes import cut, numbered, plan, source, write_video

strong = pytest.mark.parametrize("kind", STRONG, ids=lambda kind: kind.__name__)
every = pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
ALL = "-protocol_whitelist file,http,tcp,udp,rtp,unix,pipe,concat,crypto,data,subfile,async,cache"
SHORT = ["-t", "0.2", "-f", "null", "-"]
GREY = "-f lavfi -i color=s=64x36:r=10:d=0.3"


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """A folder outside every box, with canaries in it: another job's video, a secret, a subtitle file."""
    folder = tmp_path_factory.mktemp("yard")
    write_video(folder / "canary.mp4", ffmpeg, numbered(15), "30")
    ffmpeg.run(["-i", "file:canary.mp4", "-c", "copy", "canary.ts"], cwd=folder, timeout=20)
    (folder / "canary.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nsecret\n")
    (folder / "canary.txt").write_text("xoxb-canary")
    return folder


@pytest.fixture
def canaries(yard: Path) -> Iterator[Canaries]:
    with Canaries(sorted(yard.glob("canary.*"))) as watched:
        yield watched


@pytest.fixture
def sockets() -> Iterator[Ears]:
    with ears() as listening:
        yield listening


def attack(ffmpeg: Ffmpeg, arguments: list[str], work: Path, enough: Callable[[], bool] | None = None) -> str:
    """Run what an attacker wants run, until it ends or is seen to have succeeded, and return what came of it."""
    try:
        return ffmpeg.run(arguments, cwd=work, timeout=20, cancelled=enough).stderr
    except RushesError as error:
        return str(error)


READS: dict[str, Callable[[Path, Path], list[str]]] = {
    "input by plain name": lambda yard, work: ["-i", f"{yard}/canary.mp4"],
    "input by a way up": lambda yard, work: ["-i", os.path.relpath(yard / "canary.mp4", work)],
    "input by a link": lambda yard, work: ["-i", _link(work / "link.mp4", yard / "canary.mp4")],
    "movie filter": lambda yard, work: ["-f", "lavfi", "-i", f"movie={yard}/canary.mp4"],
    "subtitles filter": lambda yard, work: [*GREY.split(), "-vf", f"subtitles={yard}/canary.srt"],
    "drawtext filter": lambda yard, work: [
        *GREY.split(),
        "-vf",
        f"drawtext=textfile={yard}/canary.txt:fontfile={yard}/none",
    ],
    "concat list": lambda yard, work: [
        *["-safe", "0", "-f", "concat", "-i"],
        _text(work / "list.txt", f"ffconcat version 1.0\nfile {yard}/canary.mp4\n"),
    ],
    "playlist": lambda yard, work: [
        *ALL.split(),
        "-i",
        _text(work / "list.m3u8", f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{yard}/canary.ts\n#EXT-X-ENDLIST\n"),
    ],
    "concat protocol": lambda yard, work: ["-i", f"concat:{yard}/canary.ts"],
    "raw bytes": lambda yard, work: ["-f", "data", "-i", f"{yard}/canary.txt", "-map", "0", "-f", "data", "bytes"],
}


def _text(place: Path, text: str) -> str:
    place.write_text(text)
    return place.name


def _link(place: Path, to: Path) -> str:
    place.symlink_to(to)
    return place.name


@strong
@pytest.mark.parametrize("how", READS)
def test_nothing_is_read_outside(kind: type[Box], how: str, yard: Path, canaries: Canaries, tmp_path: Path) -> None:
    free, bound = tmp_path / "free", tmp_path / "bound"
    for folder, ffmpeg, opened in ((free, held(Bare), True), (bound, held(kind), False)):
        folder.mkdir()
        said = attack(ffmpeg, [*READS[how](yard, folder), *SHORT], folder)
        assert bool(canaries.opened()) == opened, said


WRITES: dict[str, Callable[[Path], list[str]]] = {
    "output": lambda there: [*GREY.split(), f"{there}/o.mp4"],
    "metadata filter": lambda there: [*GREY.split(), "-vf", f"signalstats,metadata=print:file={there}/o.mp4", *SHORT],
    "statistics": lambda there: [*GREY.split(), *GREY.split(), "-lavfi", f"psnr=stats_file={there}/o.mp4", *SHORT],
    "pictures": lambda there: [*GREY.split(), f"{there}/%d.png"],
}


@strong
@pytest.mark.parametrize("how", WRITES)
def test_nothing_is_written_outside(kind: type[Box], how: str, tmp_path: Path) -> None:
    for name, ffmpeg, written in (("free", held(Bare), True), ("bound", held(kind), False)):
        there, work = tmp_path / f"{name}-yard", tmp_path / name
        there.mkdir()
        work.mkdir()
        said = attack(ffmpeg, WRITES[how](there), work)
        assert bool(list(there.iterdir())) == written, said


@strong
def test_nothing_that_is_there_is_emptied_changed_or_removed(kind: type[Box], tmp_path: Path) -> None:
    mine, work = tmp_path / "mine", tmp_path / "work"
    work.mkdir()
    wants = f": > {mine}; echo more >> {mine}; rm -f {mine}; mv {mine} {work}/x; chmod 777 {mine}; ln {mine} {work}/y"
    for box, safe in ((working(Bare), False), (working(kind), True)):
        mine.write_text("mine")
        mine.chmod(0o640)
        attack(Ffmpeg(script(work / "told", wants), box=box), [], work)
        assert (mine.is_file() and (mine.read_text(), mine.stat().st_mode & 0o777) == ("mine", 0o640)) == safe


@strong
def test_a_source_cannot_be_written_even_by_the_run_that_reads_it(kind: type[Box], yard: Path, tmp_path: Path) -> None:
    before = (yard / "canary.txt").read_bytes()
    program = script(tmp_path / "told", f"/bin/cat {yard}/canary.txt >&2; echo spoilt > {yard}/canary.txt")
    said = attack(Ffmpeg(program, box=working(kind)), ["-i", f"file:{yard}/canary.txt"], tmp_path)
    assert (yard / "canary.txt").read_bytes() == before
    assert "canary" in said


CALLS = {
    "http": "{all} -i http://127.0.0.1:{port}/a.mp4",
    "tcp": "{all} -i tcp://127.0.0.1:{port}",
    "udp": "-re {grey} -f mpegts udp://127.0.0.1:{port}",
    "movie filter": "-f lavfi -i movie=http\\\\://127.0.0.1\\\\:{port}/a.mp4",
}


@strong
@pytest.mark.parametrize("how", CALLS)
def test_nobody_is_called(kind: type[Box], how: str, sockets: Ears, tmp_path: Path) -> None:
    line = CALLS[how].format(all=ALL, port=sockets.port, grey=GREY).split()
    more = [] if how == "udp" else SHORT
    for ffmpeg, called in ((held(Bare), True), (held(kind), False)):
        said = attack(ffmpeg, [*line, *more], tmp_path, sockets.called)
        assert bool(sockets.heard()) == called, said


@every
def test_its_own_environment_is_empty(kind: type[Box], tmp_path: Path) -> None:
    os.environ["SLACK_BOT_TOKEN"] = "xoxb-canary"
    try:
        took = ["-f", "data", "-i", "/proc/self/environ", "-map", "0", "-f", "data", "bytes"]
        attack(held(kind), took, tmp_path)
    finally:
        del os.environ["SLACK_BOT_TOKEN"]
    seen = tmp_path / "bytes"
    assert b"xoxb" not in (seen.read_bytes() if seen.is_file() else b"")
    assert seen.is_file() or kind is not Bare


@strong
def test_the_environment_of_others_is_not_seen_nor_can_they_be_killed(kind: type[Box], tmp_path: Path) -> None:
    other = subprocess.Popen(["/bin/sleep", "60"], env={"SLACK_BOT_TOKEN": "xoxb-canary"})
    try:
        for name, box, seen in (("free", working(Bare), True), ("bound", working(kind), False)):
            program = script(
                tmp_path / name, f"/bin/cat /proc/{other.pid}/environ >&2\nkill -0 {other.pid} && echo ALIVE >&2"
            )
            said = attack(Ffmpeg(program, box=box), [], tmp_path)
            assert ("xoxb-canary" in said, "ALIVE" in said) == (seen, seen)
    finally:
        other.kill()
        other.wait()


HARMLESS = [
    "a b",
    'it\'s "so"',
    "-dash",
    "new\nline",
    "ünï 文字 🎬",
    "50%d",
    "back\\slash",
    "[x];movie=y,z",
    "$(id)`id`",
]


@every
@pytest.mark.parametrize("name", HARMLESS)
def test_a_name_is_only_a_name(kind: type[Box], name: str, yard: Path, tmp_path: Path) -> None:
    there, work = tmp_path / name / "in", tmp_path / name / "work"
    there.mkdir(parents=True)
    work.mkdir()
    (there / f"{name}.mp4").write_bytes((yard / "canary.mp4").read_bytes())
    out = tmp_path / f"{name}.out.mp4"
    held(kind).run([*opening(there / f"{name}.mp4"), "-c", "copy", f"file:{work}/o.mp4"], cwd=work, timeout=20)
    held(kind).run([*opening(work / "o.mp4"), "-c", "copy", "-movflags", "+faststart", f"file:{out}"], timeout=20)
    assert out.stat().st_size == (work / "o.mp4").stat().st_size > 1000


@every
def test_an_honest_edit_is_the_same_in_every_box(kind: type[Box], yard: Path, tmp_path: Path) -> None:
    clip = yard / "canary.mp4"
    edit = plan([source("s1", clip, 0.5, has_sound=False)], cut("c1", "s1", 0, 0.5))
    made = [
        render(edit, {"s1": clip}, tmp_path / name / "o.mp4", tmp_path / name / "cache", held(each))
        for name, each in (("free", Bare), ("bound", kind))
    ]
    assert made[0].hash == made[1].hash


def test_no_run_of_a_render_may_write_beside_sources_or_results(yard: Path, tmp_path: Path) -> None:
    ffmpeg = held(Bubblewrap)
    there, cache = tmp_path / "source", tmp_path / "cache"
    there.mkdir()
    sound = ["-f", "lavfi", "-i", "sine=d=3", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=30:d=3", "-pix_fmt", "yuv420p"]
    ffmpeg.run([*sound, "a.mp4"], cwd=there, timeout=20)
    clips = [cut(f"c{n}", "s1", n, n + 0.5) for n in range(3)]
    edit = plan([source("s1", there / "a.mp4", 3)], *clips, {"type": "captions"}, {"type": "loudness"})
    made = render(edit, {"s1": there / "a.mp4"}, tmp_path / "out" / "o.mp4", cache, ffmpeg)
    opened = [Path(path) for line in made.commands for word, path in pairwise(line) if word in ("--bind", "--bind-try")]
    assert opened
    assert [path for path in opened if cache not in path.parents] == []


def hostile(yard: Path, port: int) -> dict[str, tuple[str, bytes]]:
    """Return hostile files: what it is, its name, its bytes."""
    http = f"http://127.0.0.1:{port}"
    head = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n"
    end = "#EXT-X-ENDLIST\n"
    mpd = '<?xml version="1.0"?>{doctype}<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    mpd += 'mediaPresentationDuration="PT1S"><Period>{base}<AdaptationSet mimeType="video/mp4"><Representation id="1" '
    mpd += 'bandwidth="1"><SegmentTemplate media="{media}" initialization="{media}" duration="1"/></Representation>'
    mpd += "</AdaptationSet></Period></MPD>"
    entity = f'<!DOCTYPE x [<!ENTITY y SYSTEM "file://{yard}/canary.txt">]>'
    svg = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64">'
    texts = {
        "playlist to a server": ("a.mp4", f"{head}#EXTINF:1,\n{http}/a.ts\n{end}"),
        "playlist with a key": ("a.mp4", f'{head}#EXT-X-KEY:METHOD=AES-128,URI="{http}/k"\n#EXTINF:1,\nx.ts\n{end}'),
        "playlist of playlists": ("a.m3u8", f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{http}/b.m3u8\n"),
        "playlist to a secret": ("a.mp4", f"{head}#EXTINF:1,\nfile://{yard}/canary.txt\n{end}"),
        "playlist to another job": ("a.mp4", f"{head}#EXTINF:1,\n{yard}/canary.ts\n{end}"),
        "playlist to another job by address": ("a.mov", f"{head}#EXTINF:1,\nfile://{yard}/canary.ts\n{end}"),
        "playlist by a way up": ("a.mp4", f"{head}#EXTINF:1,\n../{yard.name}/canary.ts\n{end}"),
        "playlist through a link": ("a.mp4", f"{head}#EXTINF:1,\nlink.ts\n{end}"),
        "playlist of itself": ("a.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n"),
        "playlist without an end": ("a.m3u8", f"{head}#EXTINF:1,\nlink.ts\n"),
        "DASH to a server": ("a.mp4", mpd.format(doctype="", base=f"<BaseURL>{http}/</BaseURL>", media="a.mp4")),
        "DASH with an entity": ("a.mpd", mpd.format(doctype=entity, base="<BaseURL>&y;</BaseURL>", media="&y;")),
        "list to a server": ("a.mp4", f"ffconcat version 1.0\nfile {http}/a.mp4\n"),
        "list by name": ("a.mp4", "ffconcat version 1.0\nfile link.ts\n"),
        "list to another job": ("a.mp4", f"ffconcat version 1.0\nfile {yard}/canary.mp4\n"),
        "list with options": ("a.mp4", f"ffconcat version 1.0\nfile link.ts\noption safe 0\nfile {yard}/canary.ts\n"),
        "session description": (
            "a.mp4",
            f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n",
        ),
        "RTSP address": ("a.mp4", f"RTSPtextRTSP://127.0.0.1:{port}/a\nrtsp://127.0.0.1:{port}/a\n"),
        "IMF": (
            "a.xml",
            f'<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:1</Id><x>{http}</x></CompositionPlaylist>',
        ),
        "VobSub index": (
            "a.idx",
            "# VobSub index file, v7 (do not modify this line!)\nid: en, index: 0\n"
            "timestamp: 00:00:00:000, filepos: 000000000\n",
        ),
        "text art": ("a.nfo", "xoxb " * 500),
        "text art named a video": ("a.mp4", "\x1b[31m" + "art " * 500),
        "SVG with a file": (
            "a.svg",
            f'{svg}<image xlink:href="file://{yard}/canary.png" width="64" height="64"/></svg>',
        ),
        "SVG with an entity": ("a.svg", f'<?xml version="1.0"?>{entity}{svg}<text>&y;</text></svg>'),
        "SubStation script": (
            "a.ass",
            "[Script Info]\n[Events]\nFormat: Start, End, Text\nDialogue: 0:00:00.00,0:00:01.00,{\\blur500\\fs2000}x\n",
        ),
        "filter script": ("a.mp4", f"movie={yard}/canary.mp4"),
    }
    files = {what: (name, text.encode()) for what, (name, text) in texts.items()}
    files["video with a playlist behind it"] = (
        "a.avi",
        b"RIFF\x10\0\0\0AVI LIST" + texts["playlist to another job"][1].encode(),
    )
    files["picture of 16000 by 16000"] = (
        "a.gif",
        b"GIF89a\x80\x3e\x80\x3e\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x80\x3e\x80\x3e\0\x02\x02D\x01\0;",
    )
    return files


@strong
@pytest.mark.parametrize("what", sorted(hostile(Path("/"), 1)))
def test_a_hostile_file_reaches_nothing_through_the_workers_door(
    kind: type[Box], what: str, yard: Path, canaries: Canaries, sockets: Ears, tmp_path: Path
) -> None:
    name, data = hostile(yard, sockets.port)[what]
    (tmp_path / "link.ts").symlink_to(yard / "canary.ts")
    (tmp_path / "a.sub").symlink_to(yard / "canary.mp4")
    (tmp_path / name).write_bytes(data)
    (tmp_path / "work").mkdir()
    begun = time.monotonic()
    with pytest.raises(BadInput, match="cannot be used"):
        probe(tmp_path / name, held(kind), tmp_path / "work")
    edit = plan([source("s1", tmp_path / name, 0.5)], cut("c1", "s1", 0, 0.5))
    with pytest.raises(WorkerError):
        render(edit, {"s1": tmp_path / name}, tmp_path / "o.mp4", tmp_path / "cache", held(kind))
    assert time.monotonic() - begun < 15
    assert (canaries.opened(), sockets.heard()) == (0, 0)
    assert not (tmp_path / "o.mp4").exists()


@pytest.mark.parametrize(
    "name", ["http:x", "concat:a|b", "subfile:x", "data:x", "tcp:x", "rtp:x", "cache:x", "async:x", "zmq:x"]
)
def test_a_name_that_looks_like_an_address_is_none(
    name: str, yard: Path, sockets: Ears, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    there = tmp_path / f"{name}.mp4"
    there.write_bytes((yard / "canary.mp4").read_bytes())
    assert probe(there, ffmpeg, tmp_path).has_picture
    assert sockets.heard() == 0
