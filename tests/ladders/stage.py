"""The good renders that the ladders start from, made of the footage that comes along: a narration and a montage."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from kernel.brand import BrandKit
from kernel.studio import hash_of
from kernel.worker.analysis.inspect import inspect
from kernel.worker.analysis.kept import Kept
from kernel.worker.analysis.texts import Reader
from kernel.worker.ffmpeg import Ffmpeg, opening, opening_ours
from kernel.worker.fonts import heavy
from kernel.worker.media import Inspection, Source
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from kernel.worker.transcribe import Recogniser, choose

FOOTAGE = Path(__file__).parents[1] / "footage"
MUSIC = Path(__file__).parents[2] / "kernel" / "worker" / "music"
FILES = {
    "s1": FOOTAGE / "speech_two_cities_44s.flac",
    "s2": FOOTAGE / "shots_trailer_bbb_32s.mp4",
    "s3": FOOTAGE / "broll_city_mpeg2.mpg",
    "s5": MUSIC / "guit_em9.flac",
    "s6": MUSIC / "loop_garzul.flac",
}
LOGO = "s4"
OUTPUT = {"width": 1280, "height": 720, "rate": {"num": 24, "den": 1}}
RED = "#e23a2e"
AGAIN = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "256k")
"""How a spoilt copy is encoded: so well that nothing but the spoiling shows."""

Operation = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """Where the ladders stand."""

    folder: Path
    """Kept from run to run: renders and analyses are found again."""
    ffmpeg: Ffmpeg
    media: Mapping[str, Path]
    sources: Mapping[str, Inspection]
    recogniser: Recogniser | None
    reader: Reader

    def plan(self, *operations: Operation, **output: Any) -> EditPlan:
        """Return a plan of these operations over the stage's sources."""
        rows = [
            Source.of(id, hash_of(self.media[id]), self.media[id].name, found).model_dump(mode="json")
            for id, found in self.sources.items()
        ]
        body = {"confidence": 1.0, "output": {**OUTPUT, **output}, "sources": rows, "operations": list(operations)}
        return EditPlan.read(body)

    def render(self, plan: EditPlan) -> Path:
        """Return the render of a plan, made once."""
        out = self.folder / f"render-{plan.digest[:16]}.mp4"
        if not out.is_file():
            render(plan, self.media, out, self.folder / "cache", self.ffmpeg)
        return out

    def spoilt(
        self, video: Path, picture: str = "null", sound: str = "anull", *more: str, over: Path | None = None
    ) -> Path:
        """Return a copy of a render that went through filters, made once.

        Args:
            picture: the filters of the picture; `over` is their second input.
            sound: those of the sound.
            more: how it is encoded, where that is not `AGAIN`.
            over: a picture that is laid over it.
        """
        key = hashlib.sha256("\n".join((video.name, picture, sound, *more)).encode()).hexdigest()
        out = self.folder / f"spoilt-{key[:16]}.mp4"
        if not out.is_file():
            half = out.with_name(f"half-{out.name}")
            filters = ["-filter_complex", f"{picture}[v];[0:a]{sound}[a]", "-map", "[v]", "-map", "[a]"]
            laid = opening_ours(over, "png_pipe") if over else []
            made = [*opening(video), *laid, *filters, *AGAIN, *more, f"file:{half}"]
            self.ffmpeg.run(made, cwd=self.folder, timeout=300)
            half.replace(out)
        return out


def stage(folder: Path, ffmpeg: Ffmpeg) -> Stage:
    """Inspect the footage once and return the stage."""
    folder.mkdir(parents=True, exist_ok=True)
    logo = folder / "logo.png"
    if not logo.is_file():
        _logo(logo)
    media = {**FILES, LOGO: logo}
    recogniser = choose(folder)
    found = {id: _inspected(id, path, folder, ffmpeg, recogniser) for id, path in sorted(media.items())}
    return Stage(folder, ffmpeg, media, found, recogniser, Reader())


def _inspected(id: str, path: Path, folder: Path, ffmpeg: Ffmpeg, recogniser: Recogniser | None) -> Inspection:
    return inspect(path, id, ffmpeg, folder, recogniser, kept=Kept.of(folder, hash_of(path)))


def _logo(path: Path) -> None:
    picture = Image.new("RGBA", (960, 320), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((4, 4, 955, 315), 80, fill=RED)
    draw.text((480, 161), "RUSHES", font=ImageFont.truetype(str(heavy().path), 190), anchor="mm", fill="white")
    picture.resize((480, 160), Image.Resampling.LANCZOS).save(path, format="PNG")


def kit(stage: Stage) -> BrandKit:
    """Return the brand that the narration is made for."""
    mark = {"file": "logo.png", "hash": hash_of(stage.media[LOGO]), "corner": MARK["corner"], "size": MARK["size"]}
    colours = [{"colour": RED}, {"colour": "#ffffff", "role": "text"}, {"colour": "#000000", "role": "ground"}]
    look = {"style": CAPTIONS["style"], "case": "as spoken", "colour": "#ffffff"}
    return BrandKit.read({"name": "Rushes", "colours": colours, "logo": mark, "captions": look})


def spoken(clip: str, first: int, last: int) -> Operation:
    """Return a clip of the speech, by the numbers of its words."""
    words = {"first_word": f"s1w{first}", "last_word": f"s1w{last}"}
    return {"type": "cut", "id": clip, "source": "s1", **words, "why": "a whole sentence"}


def covered(
    id: str, clip: str, source: str, start: float, offset: float = 0.0, length: float | None = None
) -> Operation:
    """Return a picture over a clip."""
    place = {"offset": offset, "length": length, "source": source, "start": start}
    return {"type": "cover", "id": id, "clip": clip, **place, "why": "shows it"}


def shown(clip: str, source: str, start: float, length: float) -> Operation:
    """Return a clip of the picture alone, without its sound."""
    span = {"start": start, "end": round(start + length, 4), "gain_db": -60.0}
    return {"type": "cut", "id": clip, "source": source, **span, "why": "it moves"}


CLIPS: Sequence[Operation] = (spoken("c1", 1, 12), spoken("c2", 37, 48), spoken("c3", 61, 70), spoken("c4", 71, 85))
COVERS: Sequence[Operation] = (
    covered("b1", "c1", "s2", 11.0),
    covered("b2", "c2", "s2", 23.5),
    covered("b3", "c3", "s3", 0.2),
    covered("b4", "c4", "s3", 4.7, 0.0, 2.8),
    covered("b5", "c4", "s2", 29.6, 2.8),
)
CAPTIONS: Operation = {"type": "captions", "style": "bold", "size": "medium"}
MARK: Operation = {"type": "logo", "source": LOGO, "corner": "top_right", "size": 0.16}
BED: Operation = {"type": "music", "source": "s5", "level_db": -20.0, "duck_db": 8.0}
LOUD: Operation = {"type": "loudness", "lufs": -14.0, "true_peak_db": -1.0}
FADE: Operation = {"type": "fade", "start": 0.0, "end": 0.4}
BEATS = (0.0, 2.49, 4.49, 6.49, 8.49, 10.49, 12.49)
"""Seconds at which the montage cuts: beats of its music."""
PICTURES = (("s2", 11.0), ("s2", 23.6), ("s3", 0.2), ("s2", 27.1), ("s2", 29.6), ("s2", 13.6))


def narration(
    clips: Sequence[Operation] = CLIPS,
    covers: Sequence[Operation] = COVERS,
    captions: Operation = CAPTIONS,
    mark: Operation | None = MARK,
    *more: Operation,
) -> tuple[Operation, ...]:
    """Return the operations of the narration: a voice, pictures over it, captions, a logo, a quiet bed."""
    marks = [mark] if mark else []
    return (*clips, *covers, captions, *marks, BED, LOUD, FADE, *more)


def montage(moved: Sequence[float] = (0.0,) * 5) -> tuple[Operation, ...]:
    """Return the operations of the montage: pictures cut to music, with a title.

    Args:
        moved: seconds by which each cut comes later than its beat.
    """
    at = [0.0, *(beat + late for beat, late in zip(BEATS[1:-1], moved, strict=True)), BEATS[-1]]
    lengths = [after - before for before, after in pairwise(at)]
    clips = [
        shown(f"c{n + 1}", source, start, length)
        for n, ((source, start), length) in enumerate(zip(PICTURES, lengths, strict=True))
    ]
    title = {"type": "title", "id": "t1", "text": "One day out", "clip": "c1", "offset": 0.1, "length": 2.0}
    music = {"type": "music", "source": "s6", "level_db": 0.0, "duck_db": 0.0}
    return (*clips, title, music, LOUD, FADE)


_SENTENCES = ((1, 12), (13, 24), (25, 36), (37, 48), (49, 60), (61, 70), (71, 85))
_SHOTS = (("s2", 11.0), ("s2", 23.4), ("s3", 0.2), ("s2", 18.6), ("s2", 2.2), ("s2", 27.1), ("s2", 5.8))
FULL = narration(
    clips=[spoken(f"c{n}", first, last) for n, (first, last) in enumerate(_SENTENCES, 1)],
    covers=[covered(f"b{n}", f"c{n}", source, start) for n, (source, start) in enumerate(_SHOTS, 1)],
)
"""A longer narration: about half a minute."""
