"""Other formats: what a text asks for, a plan fitted to each, files beside the video, and what is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experts.edit.brief import Brief
from experts.edit.delivery import Delivery, make, summary
from experts.edit.formats import asked, fitted, without
from experts.edit.master import Master
from experts.edit.preview import make_video
from kernel.document import Document
from kernel.errors import Cancelled
from kernel.store import Store
from kernel.store.records import Asset, Job
from kernel.studio import Studio, hash_of
from kernel.tasks import Work
from kernel.worker.compile import check
from kernel.worker.ffmpeg import Ffmpeg, bundled
from kernel.worker.plan import EditPlan
from tests.databases import ready
from tests.kernel.worker.scenes import cut, numbered, plan, source, tone, write_video


def test_of_a_text_only_what_it_says_of_formats_is_taken_away() -> None:
    assert without("30 seconds, vertical, also as gif") == "30 seconds, vertical"
    assert without("captions bigger and also send me a webm") == "captions bigger"
    assert without("use song.mp3 as music") == "use song.mp3 as music"


def test_in_words_on_delivery_alone_a_file_is_none_that_was_sent() -> None:
    assert asked("render a GIF from the cut") == ()
    assert asked("render a GIF from the cut", sure=True) == ("gif",)
    assert asked("no gif", sure=True) == ()


def big(**output: Any) -> EditPlan:
    return EditPlan.read(EditPlan.EXAMPLE).model_copy(
        update={"output": EditPlan.read(EditPlan.EXAMPLE).output.model_copy(update=output)}
    )


@pytest.mark.parametrize(
    ("size", "seconds", "expected"),
    [
        ((1920, 1080), 4.0, (480, 270, "20/1")),
        ((1080, 1920), 4.0, (270, 480, "20/1")),
        ((1080, 1080), 30.0, (480, 480, "25/2")),
        ((320, 240), 4.0, (320, 240, "20/1")),
    ],
)
def test_a_gif_is_small_and_slow_enough_to_be_sent(
    size: tuple[int, int], seconds: float, expected: tuple[int, int, str]
) -> None:
    output = fitted(big(width=size[0], height=size[1]), "gif", seconds).plan.output
    assert (output.width, output.height, str(output.rate)) == expected
    assert check(fitted(big(), "gif", 4.0).plan) == []


def test_another_format_keeps_size_and_rate_and_says_nothing() -> None:
    before = big(smart_render=True)
    found = fitted(before, "webm", 4.0)
    assert (found.said, found.plan.output.smart_render) == ("", False)
    assert found.plan.output.model_copy(update={"format": "mp4", "smart_render": True}) == before.output


class Bench:
    """A job whose video is finished."""

    def __init__(self, folder: Path) -> None:
        self.ffmpeg = Ffmpeg(bundled(), weak=True)
        self.store = Store.open(ready(f"sqlite:///{folder / 'rushes.sqlite'}"))
        self.studio = Studio(folder, self.store, self.ffmpeg, lambda: None, 2)
        self.job = Job(pipeline="edit", title="A talk", settings={"out": str(folder / "cut.mp4")})
        self.store.jobs.create(self.job)
        clip = write_video(folder / "clip.mp4", self.ffmpeg, numbered(50), "25", tone(2))
        asset = Asset(job=self.job.id, hash=hash_of(clip), role="raw_footage", name="clip", url=str(clip), size=0)
        self.store.assets.keep(asset.model_copy(update={"size": clip.stat().st_size}))
        rate = {"num": 25, "den": 1}
        self.plan = plan([source("s1", clip, 2, rate=rate)], cut("c1", "s1", 0.4, 1.4), {"type": "loudness"}, rate=rate)
        self.shares: list[float] = []
        self.stopped = False

    def work(self, *formats: str, notes: tuple[str, ...] = (), plan: EditPlan | None = None) -> Work:
        """Return what delivery works from."""
        brief = Brief.read({"text": "a second", "formats": list(formats)})
        documents: dict[str, Document] = {"brief": brief, "plan": plan or self.plan}
        bare = self._work(documents, notes)
        made = make_video(bare, self.plan, "final", "master")
        facts = {"video": made.hash, "size": made.size, "frames": made.frames, "length": made.duration}
        return self._work({**documents, "master": Master.read({**Master.EXAMPLE, **facts})}, notes)

    def _work(self, documents: dict[str, Document], notes: tuple[str, ...]) -> Work:
        return Work(
            job=self.job,
            run="r",
            documents=documents,
            instructions=notes,
            studio=self.studio,
            progress=lambda share, doing, left=None: self.shares.append(share),
            cancelled=lambda: self.stopped,
            span=lambda name: None,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.store.close()


def test_what_the_brief_and_later_notes_ask_for_lies_beside_the_video(bench: Bench) -> None:
    work = bench.work("gif", notes=("and the audio as mp3", "thumbnails and h265 too"))
    bench.shares.clear()
    found = make(work)
    places = {other.format: Path(other.place) for other in found.others}
    assert {name: path.name for name, path in places.items()} == {
        "gif": "cut.gif",
        "mp3": "cut.mp3",
        "stills": "cut.zip",
        "hevc": "cut-hevc.mp4",
    }
    assert {hash_of(places[other.format]) for other in found.others} == {other.hash for other in found.others}
    assert found.left == ()
    assert bench.shares == sorted(bench.shares)
    told = summary(found).splitlines()
    assert told[0].startswith(f"gif: {places['gif']} (1.00 s, 20 frames, ")
    assert "LUFS" in told[1] or "LUFS" in told[2]
    assert "0x0" not in summary(found)


def test_without_a_wish_only_the_video_is_delivered(bench: Bench) -> None:
    found = make(bench.work())
    assert (found.others, found.left, summary(found)) == ((), (), "")
    assert Path(found.place).is_file()


def test_what_a_format_cannot_hold_is_a_sentence_and_the_rest_is_delivered(bench: Bench) -> None:
    long = bench.plan.model_copy(
        update={
            "operations": tuple(
                op.model_copy(update={"id": f"c{n}"}) if op.type == "cut" else op
                for n in range(1, 70)
                for op in bench.plan.operations[:1]
            )
        }
    )
    found = make(bench.work("gif", "mp3", plan=long))
    assert [other.format for other in found.others] == ["mp3"]
    [left] = found.left
    assert left.startswith("No gif: A GIF of 66 s would be too large to open")


def test_a_stop_while_formats_are_made_ends_the_delivery(bench: Bench) -> None:
    work = bench.work("webm")
    bench.stopped = True
    with pytest.raises(Cancelled):
        make(work)


def test_an_older_delivery_still_opens() -> None:
    assert Delivery.open({"destination": "folder", "place": "a.mp4", "video": "0" * 64}, 1).others == ()
