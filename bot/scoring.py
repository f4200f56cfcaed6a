"""`rushes score`: a video scored from the shell: as text, as a picture, and as a page with the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import App
from bot.brand import opened
from bot.look import plan_of, source_path
from experts.edit.reading import read_brief
from kernel.brand import Kit
from kernel.errors import BadInput, NotFound
from kernel.evaluation import score
from kernel.evaluation.card import card
from kernel.evaluation.case import Case
from kernel.evaluation.page import page
from kernel.evaluation.see import see
from kernel.evaluation.text import text
from kernel.studio import Studio, hash_of
from kernel.worker.analysis.inspect import inspect
from kernel.worker.analysis.kept import Kept
from kernel.worker.media import Inspection
from kernel.worker.plan import EditPlan
from kernel.worker.probe import probe


@dataclass(frozen=True)
class Question:
    """What is to be scored, and against what."""

    video: Path
    plan: Path | None = None
    kit: Path | None = None
    """The brand kit's folder or file."""
    brief: str = ""
    """What was asked for, in words."""
    given: Sequence[str] = ()
    """Where sources of the plan lie: s1=PATH."""
    out: Path | None = None
    """The folder that the picture and the page come into; the video's own where there is none."""


def score_file(app: App, asked: Question) -> str:
    """Score a file; return its scorecard as text, and where the picture and the page lie.

    Raises:
        BadInput: it is no video that can be read, or the plan, the kit or the folder cannot be used.
    """
    studio = app.services.studio
    video = asked.video.resolve()
    out = (asked.out or video.parent).resolve()
    _require_folder(out)
    plan = plan_of(asked.plan) if asked.plan else None
    kit = opened(asked.kit, studio.ffmpeg) if asked.kit else None
    media, missing = _media(app, plan, asked.given)
    with TemporaryDirectory(dir=_scratch(studio)) as work:
        probe(video, studio.ffmpeg, Path(work))
        case = _case(asked, video, studio, Path(work), plan, kit, media)
        seen = see(case)
        found = score(seen)
        names = [out / f"{video.stem}-scorecard{suffix}" for suffix in (".png", ".html")]
        card(found, names[0])
        page(found, seen, video, names[1], studio.ffmpeg, Path(work))
    return "\n".join([text(found), *missing, f"The picture: {names[0]}", f"The evidence: {names[1]}"])


def _require_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out):
            pass
    except OSError as error:
        why = error.strerror or "it cannot be used"
        raise BadInput(f"Nothing can be written into {out} ({why}): name another folder with --out.") from error


def _scratch(studio: Studio) -> Path:
    folder = studio.data / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _media(app: App, plan: EditPlan | None, given: Sequence[str]) -> tuple[dict[str, Path], list[str]]:
    """Return the plan's sources that are at hand, and a sentence for each that is not: without it less is compared."""
    at = {id: Path(path) for id, _, path in (pair.partition("=") for pair in given)}
    found, missing = {}, []
    for source in plan.sources if plan else ():
        try:
            found[source.id] = source_path(app, source.id, source.hash, source.name, at)
        except NotFound as error:
            missing.append(f"Less could be compared: {error}")
    return found, missing


def _case(
    asked: Question,
    video: Path,
    studio: Studio,
    work: Path,
    plan: EditPlan | None,
    kit: Kit | None,
    media: Mapping[str, Path],
) -> Case:
    return Case(
        video=video,
        ffmpeg=studio.ffmpeg,
        work=work,
        plan=plan,
        brief=read_brief(asked.brief).body() if asked.brief else None,
        sources=dict(_inspected(media, studio, work)),
        media=media,
        brand=kit.kit if kit else None,
        mark=kit.logo if kit else None,
        recogniser=studio.recogniser,
        reader=studio.reader,
        kept=Kept.of(studio.cache, hash_of(video)),
    )


def _inspected(media: Mapping[str, Path], studio: Studio, work: Path) -> Iterator[tuple[str, Inspection]]:
    """Yield what each source has of its own: one that a job met before is not decoded again."""
    for id, path in media.items():
        kept = Kept.of(studio.cache, hash_of(path))
        yield id, inspect(path, id, studio.ffmpeg, work, studio.recogniser, kept=kept)
