"""footage: every source inspected; made by the worker, not by a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Document, Value
from kernel.errors import BadInput
from kernel.store.records import Asset
from kernel.tasks import Task, Work
from kernel.worker.analysis.inspect import inspect
from kernel.worker.analysis.kept import Kept
from kernel.worker.media import Inspection

Role = Literal["raw_footage", "b_roll", "audio", "music", "logo", "still", "lut"]


class Reel(Value):
    """One source: which file it is and all that was found in it."""

    id: str = Field(pattern=r"^s\d+$")
    hash: str
    name: str
    role: Role
    """`raw_footage` by default; `music` for the bundled bed or a file that is music."""
    bundled: bool = False
    """Whether it came along with Rushes (music beds), not from the person."""
    inspection: Inspection


class Footage(Document):
    """All sources of the job, inspected."""

    SCHEMA: ClassVar[str] = "Footage"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "reels": [
            {
                "id": "s1",
                "hash": "1" * 64,
                "name": "talk.mp4",
                "role": "raw_footage",
                "inspection": {
                    "probe": {
                        "kind": "video",
                        "duration": 7.0,
                        "size": 900_000,
                        "container": "mp4",
                        "bitrate": 1_000_000,
                        "width": 1280,
                        "height": 720,
                        "rate": {"num": 30, "den": 1},
                        "video_codec": "h264",
                        "audio_codec": "aac",
                        "sample_rate": 48_000,
                        "channels": 2,
                    },
                    "language": "en",
                    "words": [
                        {
                            "id": f"s1w{n}",
                            "text": text,
                            "start": 0.5 + n * 0.5,
                            "end": 0.9 + n * 0.5,
                            "probability": 0.9,
                            "cut_in": 0.45 + n * 0.5,
                            "cut_out": 0.95 + n * 0.5,
                        }
                        for n, text in enumerate(
                            ["Right.", "We", "launch", "on", "Monday,", "and", "Sean", "will", "be", "there."]
                        )
                    ],
                    "speech": [{"start": 0.4, "end": 5.5}],
                    "silences": [{"start": 5.5, "end": 7.0}],
                    "shots": [{"start": 0.0, "end": 7.0}],
                    "faces": [{"at": 1.0, "x": 0.5, "y": 0.4, "height": 0.3}],
                    "loudness": -20.0,
                    "motion": [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
                },
            },
            {
                "id": "s2",
                "hash": "2" * 64,
                "name": "city.mp4",
                "role": "b_roll",
                "inspection": {
                    "probe": {
                        "kind": "video",
                        "duration": 5.0,
                        "size": 700_000,
                        "container": "mp4",
                        "bitrate": 1_100_000,
                        "width": 1280,
                        "height": 720,
                        "rate": {"num": 30, "den": 1},
                        "video_codec": "h264",
                    },
                    "shots": [{"start": 0.0, "end": 2.0}, {"start": 2.0, "end": 5.0}],
                    "motion": [0.2, 0.3, 0.6, 0.5, 0.4],
                    "notes": ["There is no sound."],
                },
            },
            {
                "id": "s3",
                "hash": "3" * 64,
                "name": "bed.flac",
                "role": "music",
                "bundled": True,
                "inspection": {
                    "probe": {
                        "kind": "audio",
                        "duration": 8.0,
                        "size": 300_000,
                        "container": "flac",
                        "bitrate": 300_000,
                        "audio_codec": "flac",
                        "sample_rate": 48_000,
                        "channels": 2,
                    },
                    "tempo": 120.0,
                    "beats": [0.5, 1.0, 1.5, 2.0],
                    "loudness": -16.0,
                },
            },
        ],
        "refused": ["notes.docx is no video, sound or picture file: export it as one."],
    }

    reels: tuple[Reel, ...] = ()
    refused: tuple[str, ...] = ()
    """One sentence for each file that could not be used."""

    def reel(self, source: str) -> Reel:
        """Return the reel with that id; KeyError where there is none."""
        return {reel.id: reel for reel in self.reels}[source]


def make(work: Work) -> Footage:
    """Inspect every source of the job; what cannot be used is named, and the rest goes on.

    Raises:
        BadInput: nothing usable is left; the sentence names each file and its reason.
    """
    reels, refused = [], []
    assets = sources(work)
    for index, asset in enumerate(assets):
        try:
            reels.append(_reel(work, asset, index, len(assets)))
        except BadInput as error:
            refused.append(str(error))
    if not any(not reel.bundled and reel.role not in ("lut", "logo") for reel in reels):
        raise BadInput(" ".join(refused) or "There is no footage yet: add at least one video, sound or picture file.")
    return Footage(reels=tuple(reels), refused=tuple(refused))


def sources(work: Work) -> list[Asset]:
    """Return the job's sources in the order of their ids."""
    found = [asset for asset in work.studio.store.assets.list(work.job.id) if asset.source]
    return sorted(found, key=lambda asset: int(asset.source[1:]))


def _reel(work: Work, asset: Asset, index: int, count: int) -> Reel:
    found = _inspected(work, asset, lambda share: work.progress((index + share) / count, asset.name))
    return Reel(
        id=asset.source,
        hash=asset.hash,
        name=asset.name,
        role=_role(asset, found),
        bundled=bool(asset.metadata.get("bundled")),
        inspection=found,
    )


def _role(asset: Asset, found: Inspection) -> Role:
    if found.probe.kind in ("still", "lut"):
        return "logo" if asset.role == "logo" and found.probe.kind == "still" else found.probe.kind
    return asset.role if asset.role in ("b_roll", "audio", "music", "logo") else "raw_footage"


def _inspected(work: Work, asset: Asset, progress: Callable[[float], None]) -> Inspection:
    """Inspect a file once for its content: what is known of the same bytes is taken as it is."""
    kept = Kept.of(work.studio.cache, asset.hash)
    path, ears = work.studio.path(asset.hash, work.job.id), work.studio.recogniser
    with work.studio.scratch(work.job.id) as scratch:
        return inspect(path, asset.source, work.studio.ffmpeg, scratch, ears, progress, work.cancelled, kept)


FOOTAGE = Task("inspect", Footage, make)
