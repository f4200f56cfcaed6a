"""fidelity: a render beside its own plan; then spoilt copies of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from kernel.evaluation.base import Seen
from kernel.evaluation.case import Case
from kernel.evaluation.clarity import measure as clarity
from kernel.evaluation.measures import fidelity
from kernel.evaluation.measures.fidelity import Fidelity, has_vmaf, measure, stretches
from kernel.evaluation.scorecard import Score
from kernel.worker.analysis.measure import Measured
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan, source

FOOTAGE = Path(__file__).parents[3] / "footage" / "shots_trailer_bbb_32s.mp4"
SIZE = {"width": 640, "height": 360}
RATE = {"num": 24, "den": 1}


class Made(NamedTuple):
    video: Path
    plan: EditPlan
    ffmpeg: Ffmpeg
    measured: Measured
    """What a faultless render of the plan measures."""

    def beside(self, video: Path, work: Path, *, media: Path = FOOTAGE) -> tuple[Fidelity, Score]:
        """Return how near a file is to the plan, and its score."""
        case = Case(video, self.ffmpeg, work, self.plan, media={"s1": media})
        found = measure(case, self.measured)
        assert found is not None
        brief = {"text": "360p is enough"}
        seen = Seen(measured=self.measured, plan=self.plan, timeline=case.timeline, brief=brief, fidelity=found)
        return found, clarity(seen)

    def spoilt(self, name: str, picture: str, *codec: str) -> Path:
        """Return a copy that went through a filter, encoded well unless it is said otherwise."""
        out = self.video.with_name(f"{name}.mp4")
        encoded = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", *(codec or ("-crf", "10"))]
        arguments = [*opening(self.video), "-vf", picture, *encoded, "-an", f"file:{out}"]
        self.ffmpeg.run(arguments, cwd=out.parent, timeout=60)
        return out


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Made:
    """A render of three shots of real footage, in the usual quality."""
    folder = tmp_path_factory.mktemp("made")
    film = source("s1", FOOTAGE, 32.0, width=1280, height=720, rate=RATE, container="mov,mp4", has_sound=False)
    cuts = [cut("c1", "s1", 5.0, 6.0), cut("c2", "s1", 14.5, 15.5), cut("c3", "s1", 20.0, 21.0)]
    edit = plan([film], *cuts, quality="good", rate=RATE, **SIZE)
    render(edit, {"s1": FOOTAGE}, folder / "out.mp4", folder / "cache", ffmpeg)
    timeline = compile(edit)
    facts = {"duration": timeline.duration, "frames": timeline.frames, "rate": RATE, **SIZE}
    sound = {"sound_duration": timeline.duration, "video_codec": "h264", "audio_codec": "aac", "size": 1_000_000}
    level = {"loudness": -14.0, "loudness_range": 6.0, "true_peak": -1.2, "variable_rate": False}
    spans: dict[str, list[object]] = {"black": [], "frozen": [], "silent": [], "faults": []}
    measured = Measured.model_validate({**facts, **sound, **level, **spans})
    return Made(folder / "out.mp4", edit, ffmpeg, measured)


def test_a_good_render_looks_like_its_source(made: Made, tmp_path: Path) -> None:
    found, score = made.beside(made.video, tmp_path)
    assert (found.vmaf or 0.0) >= 93
    assert (found.low or 0.0) >= 87
    assert {stretch.clip for stretch in found.stretches} == {"c1", "c2", "c3"}
    assert found.pixels == "yuv420p"
    assert score.passed, score.why


def test_blurred_copies_fall_the_more_they_are_blurred(made: Made, tmp_path: Path) -> None:
    copies = [made.video, *(made.spoilt(f"blur{by}", f"gblur=sigma={by}") for by in (0.6, 1.2, 2.5))]
    falling(made, copies, tmp_path)


def test_copies_with_fewer_bits_fall_the_fewer_they_have(made: Made, tmp_path: Path) -> None:
    copies = [made.video, *(made.spoilt(f"crf{rate}", "null", "-crf", str(rate)) for rate in (28, 36, 45))]
    falling(made, copies, tmp_path)


def test_copies_that_were_blown_up_fall_the_further_they_were(made: Made, tmp_path: Path) -> None:
    shrunk = [f"scale={round(640 / k / 2) * 2}:-2:flags=area,scale=640:360:flags=bicubic" for k in (1.5, 2.25, 4)]
    falling(made, [made.video, *(made.spoilt(f"up{n}", way) for n, way in enumerate(shrunk))], tmp_path)


def falling(made: Made, copies: list[Path], work: Path) -> None:
    """Hold copies, the best first, to falling VMAF and falling scores, the first passing and the last at the bottom."""
    seen = [made.beside(copy, work) for copy in copies]
    vmaf = [found.vmaf or 0.0 for found, _ in seen]
    scores = [score.score for _, score in seen]
    assert vmaf == sorted(vmaf, reverse=True)
    assert scores == sorted(scores, reverse=True)
    assert seen[0][1].passed
    assert not seen[1][1].passed
    assert scores[-1] == 0.0


def test_a_black_hole_is_another_picture_and_not_a_worse_one(made: Made, tmp_path: Path) -> None:
    hole = made.spoilt("hole", "drawbox=t=fill:c=black:enable='between(t,1,2)'")
    found, score = made.beside(hole, tmp_path)
    assert {stretch.clip for stretch in found.stretches} == {"c1", "c3"}
    assert score.passed, score.why


def test_a_file_of_another_picture_is_not_compared(made: Made, tmp_path: Path) -> None:
    found, _ = made.beside(made.spoilt("dark", "drawbox=t=fill:c=black"), tmp_path)
    assert found.vmaf is None
    assert found.why == fidelity.OTHER_PICTURE


def test_sources_that_are_gone_are_said_to_be(made: Made, tmp_path: Path) -> None:
    found, score = made.beside(made.video, tmp_path, media=tmp_path / "gone.mp4")
    assert (found.vmaf, found.why) == (None, fidelity.NO_MEDIA)
    assert score.passed
    assert score.measured["not compared"] == fidelity.NO_MEDIA


def test_a_file_of_another_length_is_not_compared(made: Made, tmp_path: Path) -> None:
    other = made.measured.model_copy(update={"frames": 71})
    found = measure(Case(made.video, made.ffmpeg, tmp_path, made.plan, media={"s1": FOOTAGE}), other)
    assert found is not None
    assert found.why == fidelity.OTHER_LENGTH


def test_a_file_without_a_plan_is_told_only_how_it_is_encoded(made: Made, tmp_path: Path) -> None:
    found = measure(Case(made.video, made.ffmpeg, tmp_path), made.measured)
    assert found is not None
    assert (found.pixels, found.vmaf, found.why) == ("yuv420p", None, "")
    assert 50_000 < found.bitrate < 5_000_000


def test_sound_alone_is_not_looked_at(made: Made, tmp_path: Path) -> None:
    sound = made.measured.model_copy(update={"video_codec": ""})
    assert measure(Case(made.video, made.ffmpeg, tmp_path), sound) is None


def test_the_bundled_ffmpeg_tells_vmaf(ffmpeg: Ffmpeg) -> None:
    assert has_vmaf(ffmpeg)


def test_stretches_are_few_and_spread_and_keep_clear_of_fades_and_passages(look: Look) -> None:
    cuts = [cut(f"c{n}", "s1", n, n + 10) for n in range(1, 7)]
    dissolve = {"type": "transition", "after": "c3", "kind": "dissolve", "length": 1.0}
    edit = plan([named("s1")], *cuts, dissolve, {"type": "fade", "start": 1.0, "end": 1.0})
    chosen = stretches(edit, compile(edit))
    assert len(chosen) == 5
    assert all(place.into is None and not place.veils and place.frames == 15 for place in chosen)
    assert len({place.shot.of for place in chosen}) >= 4
    assert chosen == stretches(edit, compile(edit))


def test_steadied_and_very_short_shots_are_passed_over() -> None:
    cuts = [cut("c1", "s1", 1, 3), cut("c2", "s1", 5, 5.1)]
    edit = plan([named("s1")], *cuts, {"type": "stabilise", "of": "c1"})
    assert stretches(edit, compile(edit)) == []


def test_fewer_stretches_of_large_footage_are_looked_at() -> None:
    counted = []
    for width, height in ((1920, 1080), (3840, 2160), (7680, 4320)):
        edit = plan([named("s1", width=width, height=height)], cut("c1", "s1", 0, 20), width=1280, height=720)
        counted.append(len(stretches(edit, compile(edit))))
    assert counted == [5, 3, 2]
