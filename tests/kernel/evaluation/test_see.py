"""see: a real render of real speech, measured and scored; then the same one spoilt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kernel.errors import BadInput
from kernel.evaluation import score
from kernel.evaluation.case import Case
from kernel.evaluation.scorecard import Scorecard
from kernel.evaluation.see import see
from kernel.evaluation.text import text
from kernel.worker.analysis.texts import Reader
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.media import Source
from kernel.worker.ops.cut import Cut
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from kernel.worker.transcribe import choose
from tests.gallery.material import SHIPPED, known
from tests.kernel.worker.scenes import plan

USED = {"s1": "speech", "s2": "bunny", "s3": "city"}
"""The sources by their ids here, and their names among the gallery's."""


def _source(id: str) -> Source:
    """Return a source under another id."""
    found = known()[USED[id]]
    words = [word.model_copy(update={"id": f"{id}w{n}"}) for n, word in enumerate(found.words, 1)]
    return found.model_copy(update={"id": id, "words": tuple(words)})


def _edit() -> EditPlan:
    """Return the plan of eight seconds: two sentences, a picture over each, captions."""
    said = {"type": "cut", "source": "s1", "why": "a whole sentence"}
    over = {"type": "cover", "offset": 0.0, "why": "shows it"}
    return plan(
        [_source(id).model_dump(mode="json") for id in USED],
        {**said, "id": "c1", "first_word": "s1w1", "last_word": "s1w12"},
        {**said, "id": "c2", "first_word": "s1w37", "last_word": "s1w48"},
        {**over, "id": "b1", "clip": "c1", "source": "s2", "start": 11.0},
        {**over, "id": "b2", "clip": "c2", "source": "s3", "start": 0.2},
        {"type": "captions", "style": "bold"},
        {"type": "loudness"},
        {"type": "fade", "start": 0.0, "end": 0.4},
        width=1280,
        height=720,
        rate={"num": 24, "den": 1},
        quality="good",
    )


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Case:
    """A render, and all that is known of it."""
    folder = tmp_path_factory.mktemp("made")
    edit, media = _edit(), {id: SHIPPED[name] for id, name in USED.items()}
    render(edit, media, folder / "out.mp4", folder / "cache", ffmpeg)
    return Case(
        video=folder / "out.mp4",
        ffmpeg=ffmpeg,
        work=folder,
        plan=edit,
        brief={"captions": True, "kind": "narration"},
        media=media,
        recogniser=choose(folder),
        reader=Reader(),
    )


def _scored(case: Case) -> Scorecard:
    return score(see(case))


def test_what_the_worker_renders_is_ready_to_deliver(case: Case) -> None:
    card = _scored(case)
    assert card.passed, text(card)
    assert card.total > 0.9
    assert card.profile == "talking head"
    assert [found.name for found in card.scores if not found.applicable] == ["brand"]


def test_the_wrong_plan_is_noticed(case: Case) -> None:
    assert case.plan is not None
    shorter = [
        row.model_copy(update={"last_word": "s1w42"}) if isinstance(row, Cut) and row.id == "c2" else row
        for row in case.plan.operations
    ]
    card = _scored(replace(case, plan=case.plan.model_copy(update={"operations": tuple(shorter)})))
    assert "exact frames" in [gate.name for gate in card.gates if not gate.passed]
    assert card.total == 0.0


def test_a_spoilt_copy_is_told_from_the_render(case: Case, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.mp4"
    dark = "drawbox=t=fill:c=black:enable='between(t,1.2,2.5)'"
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    chain = ["-vf", dark, "-af", "volume=-12dB"]
    case.ffmpeg.run([*opening(case.video), *chain, *codecs, f"file:{spoilt}"], cwd=tmp_path, timeout=60)
    card = _scored(replace(case, video=spoilt))
    scores = {found.name: found for found in card.scores}
    parts = {part.name: part.score for part in scores["watchability"].parts}
    assert parts["loudness"] < 0.8
    assert parts["black"] < 0.8
    assert [at.start for at in scores["watchability"].evidence if at.what == "black"] == [pytest.approx(1.2, abs=0.05)]
    assert scores["punchiness"].passed
    assert scores["retention"].passed


def test_what_cannot_be_decoded_is_refused(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"no video" * 100)
    with pytest.raises(BadInput):
        see(Case(tmp_path / "no.mp4", ffmpeg, tmp_path))
