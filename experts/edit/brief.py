"""brief: what the person wants, as the orchestrator understood it from the conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from experts.edit.conflicts import conflicts
from experts.edit.formats import Extra
from experts.edit.spelling import Spelling
from kernel.brand import BrandKit
from kernel.document import Document


class Brief(Document):
    """What the person wants, taken from their own words; a null is something they left to the editor."""

    SCHEMA: ClassVar[str] = "Brief"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "Launch teaser",
        "text": "30 seconds, vertical, with captions. Keep the line about the launch, drop the weather.",
        "length": 30.0,
        "length_is_exact": False,
        "shape": "9:16",
        "captions": True,
        "caption_wishes": "",
        "pace": "normal",
        "keep": ["the line about the launch"],
        "drop": ["the weather"],
        "title": None,
        "hook": False,
        "music": None,
        "platform": None,
        "formats": [],
        "language": None,
        "kind": None,
    }

    name: str | None = Field(default=None, max_length=60)
    """What people would call the video, in two to five words: its subject and its kind, no length and no shape. It
    stays as it is when the brief changes."""
    text: str = Field(min_length=1)
    """The person's own words, whole, but for what they took back; what a file is for that they point at ("use this")
    stands here with its name."""
    length: float | None = Field(default=None, gt=0, le=4 * 3600)
    """Seconds asked for."""
    length_is_exact: bool = False
    """Whether they said "exactly"; otherwise 5 % more or less is fine."""
    shape: Literal["16:9", "9:16", "1:1", "4:5"] | None = None
    """Wide 16:9, vertical or tall 9:16, square 1:1; null: the footage and the platform decide."""
    captions: bool | None = None
    """True or false where they said so; null: captions wherever somebody speaks."""
    caption_wishes: str = ""
    """How captions should look, in their words: bigger, yellow, upper case, at the top."""
    pace: Literal["slow", "normal", "fast"] = "normal"
    """How quickly the pictures change: `normal` unless they speak of pace; a wish for calm music is none."""
    keep: tuple[str, ...] = ()
    """What must stay, in their words."""
    drop: tuple[str, ...] = ()
    """What must go, in their words."""
    title: str | None = None
    """Words to show as the title at the beginning; what an end card says stays in the text."""
    hook: bool = False
    """Whether the strongest line should come first."""
    music: bool | None = None
    """True or false where they said so (what kind stays in the text); null: under a montage, or theirs."""
    platform: Literal["youtube", "shorts", "reels", "tiktok", "linkedin", "slack", "web"] | None = None
    """Where it will be seen: Instagram is `reels`, a plain YouTube video `youtube`."""
    formats: tuple[Extra, ...] = ()
    """Files they want beside the mp4, which is always made: "also as gif", "the sound as mp3", thumbnails (stills)."""
    language: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    """Language that is spoken in the footage, two letters, where they said so; else it is heard."""
    kind: Literal["dialogue", "narration", "montage"] | None = None
    """What kind of edit they asked for, where they said so."""
    # Left out of the schema: no model could copy a kit as surely as it is kept.
    brand: SkipJsonSchema[BrandKit] | None = None
    """The brand kit that the person gave, put in by itself; no model sees the field."""

    # Left out of the schema likewise: what holds in a channel is not a model's to say.
    spellings: SkipJsonSchema[tuple[Spelling, ...]] = ()
    """How names are written in captions and titles, whatever was heard: the channel's glossary, put in by itself."""

    def problems(self, documents: Mapping[str, Document]) -> list[str]:
        """A brief that contradicts itself, or asks for what cannot be, is asked about, not guessed at."""
        keep, drop = ({_bare(wish) for wish in wishes} for wishes in (self.keep, self.drop))
        both = (f'The brief both keeps and drops "{what}": which of the two?' for what in sorted(keep & drop))
        return [*both, *conflicts(self.text)]


def _bare(wish: str) -> str:
    """Return a wish without the words that only point."""
    return re.sub(
        r"^(?:the |that |my )?(?:(?:line|part|bit|joke|section)s? (?:about|on|with) )?(?:the |that |my )?",
        "",
        wish.casefold(),
    ).strip()
