"""brand: the brand kit: what makes a video look like its owner's: colours, letters, the logo and its place, captions.

On disk it is a folder with `kit.json` and the logo beside it; a job carries it whole in its brief.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from kernel.document import Document, Value
from kernel.errors import BadDocument, BadInput
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Probe
from kernel.worker.probe import probe

KIT = "kit.json"
COLOUR = r"^#[0-9a-fA-F]{6}$"
LARGEST = 1 << 20
"""Bytes of a kit.json; more is another kind of file."""
WANTED = "Give a PNG, best with a transparent ground."
Role = Literal["primary", "accent", "ground", "text"]
Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]
Style = Literal["clean", "subtle", "bold", "karaoke", "marker", "boxed", "pop"]
Case = Literal["as spoken", "upper", "lower"]
Position = Literal["bottom", "middle", "top"]


class BrandColour(Value):
    """A colour of the brand."""

    colour: str = Field(pattern=COLOUR)
    role: Role = "primary"
    """`primary`: what the brand is known by; `accent`: bars, highlights, calls to action; `ground`: what lies behind
    words; `text`: letters."""


class Fonts(Value):
    """Families of letters; null where the brand does not care."""

    captions: str | None = Field(default=None, min_length=1, max_length=80)
    titles: str | None = Field(default=None, min_length=1, max_length=80)


class Mark(Value):
    """The logo, and where it stands."""

    file: str = Field(min_length=1, max_length=200)
    """Its name beside the kit."""
    hash: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """sha256 of its bytes: a job finds it among its files by this. Filled in when the kit is read."""
    corner: Corner = "top_right"
    size: float = Field(default=0.14, ge=0.03, le=0.5)
    """Width, as a share of the picture's short side."""
    clear: float = Field(default=0.25, ge=0, le=2)
    """What is kept free all round it, as a share of its own shorter side."""
    opacity: float = Field(default=1.0, gt=0, le=1)
    share: float = Field(default=1.0, gt=0, le=1)
    """Of the video, during which it is to be seen."""


class CaptionLook(Value):
    """How captions look; null where the brand does not care."""

    style: Style | None = None
    case: Case | None = None
    colour: str | None = Field(default=None, pattern=COLOUR)
    """Of the letters; of the ground where the style is `boxed`."""
    highlight: str | None = Field(default=None, pattern=COLOUR)
    position: Position | None = None

    @property
    def asked(self) -> dict[str, str]:
        """What the brand asks for, by the names that the operation `captions` has for it."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


class BrandKit(Document):
    """What makes a video look like its owner's."""

    SCHEMA: ClassVar[str] = "BrandKit"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "Tall Ships",
        "colours": [
            {"colour": "#0b3d91", "role": "primary"},
            {"colour": "#ff6b35", "role": "accent"},
            {"colour": "#10141f", "role": "ground"},
            {"colour": "#ffffff", "role": "text"},
        ],
        "fonts": {"captions": "Inter", "titles": "Inter"},
        "logo": {"file": "logo.png", "hash": "4" * 64, "corner": "top_right", "size": 0.16, "clear": 0.25},
        "captions": {"style": "bold", "case": "upper", "colour": "#ffffff", "highlight": "#ff6b35"},
    }

    name: str = Field(min_length=1, max_length=80)
    colours: tuple[BrandColour, ...] = Field(default=(), max_length=16)
    fonts: Fonts = Fonts()
    logo: Mark | None = None
    """Null where the brand has none in its videos."""
    no_marks: bool = False
    """Whether no logo or watermark but the brand's own may be seen."""
    captions: CaptionLook = CaptionLook()

    def colour(self, role: Role) -> str | None:
        """Return the first colour of a role; None where there is none."""
        return next((found.colour for found in self.colours if found.role == role), None)

    @property
    def palette(self) -> tuple[str, ...]:
        """All colours that may be drawn: the palette, and what captions are asked to have; each once."""
        asked = (self.captions.colour, self.captions.highlight)
        named = [found.colour.lower() for found in self.colours]
        return tuple(dict.fromkeys([*named, *(colour.lower() for colour in asked if colour)]))

    def lines(self) -> tuple[str, ...]:
        """Say in a few plain lines what it asks for, as an expert or a person reads it."""
        found = [f"{colour.role} {colour.colour}" for colour in self.colours]
        fonts = {name: font for name, font in self.fonts.model_dump().items() if font}
        asked = {
            "colours": found,
            "fonts": _pairs(fonts),
            "captions": _pairs(self.captions.asked),
            "logo": self._mark(),
        }
        return (self.name, *(f"{name}: {', '.join(said)}" for name, said in asked.items() if said))

    def _mark(self) -> list[str]:
        mark = self.logo
        if mark is None:
            return ["none, nor any watermark"] if self.no_marks else []
        said = [mark.file, mark.corner.replace("_", " "), f"{mark.size:.0%} of the short side wide"]
        said += [f"{mark.opacity:.0%} opaque"] if mark.opacity < 1 else []
        return [*said, f"{mark.clear:.0%} of its own size kept free round it"]


def _pairs(values: Mapping[str, str]) -> list[str]:
    return [f"{name} {value}" for name, value in values.items()]


class Kit(NamedTuple):
    """A kit and where its logo lies; None where it has none."""

    kit: BrandKit
    logo: Path | None


def read_kit(path: Path, ffmpeg: Ffmpeg, work: Path) -> Kit:
    """Read a kit and look at its logo.

    Args:
        path: its folder, or the kit.json in it.
        ffmpeg: looks at the logo.
        work: a folder of ours.

    Raises:
        BadInput: one sentence: what is wrong with it, and what to do.
    """
    file = path / KIT if path.is_dir() else path
    kit = _parsed(file)
    if kit.logo is None:
        return Kit(kit, None)
    logo = file.parent / kit.logo.file
    if Path(kit.logo.file).name != kit.logo.file:
        raise BadInput(f"{file}: the logo {kit.logo.file!r} must lie beside the kit: put it there and give its name.")
    check_logo(logo, ffmpeg, work)
    with logo.open("rb") as bytes_:
        hash_ = hashlib.file_digest(bytes_, "sha256").hexdigest()
    return Kit(kit.model_copy(update={"logo": kit.logo.model_copy(update={"hash": hash_})}), logo)


def check_logo(logo: Path, ffmpeg: Ffmpeg, work: Path) -> Probe:
    """See that a file can be a logo, a still picture, and return what it holds.

    Raises:
        BadInput: one sentence: why not, and what to do.
    """
    if not logo.is_file():
        raise BadInput(f"There is no logo at {logo}: put it there, or make the kit anew with `rushes brand --logo`.")
    try:
        found = probe(logo.resolve(), ffmpeg, work)
    except BadInput as error:
        why = str(error).partition(": ")[2].partition(". ")[0] or "it cannot be read"
        raise BadInput(f"The logo {logo.name} cannot be used: {why}. {WANTED}") from error
    if found.kind != "still":
        raise BadInput(f"The logo {logo.name} cannot be used: it is no still picture ({found.kind}). {WANTED}")
    return found


def _parsed(file: Path) -> BrandKit:
    try:
        if file.stat().st_size > LARGEST:
            raise BadInput(f"{file} is no brand kit: it has more than a megabyte.")
        body = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"There is no brand kit at {file}: make one with `rushes brand make`.") from error
    except ValueError as error:
        raise BadInput(f"{file} is no brand kit: it is not JSON ({error}).") from error
    if not isinstance(body, dict) or body.pop("schema", BrandKit.SCHEMA) != BrandKit.SCHEMA:
        raise BadInput(f"{file} is no brand kit: its schema is not {BrandKit.SCHEMA}.")
    version = body.pop("version", BrandKit.VERSION)
    try:
        return BrandKit.open(body, version if isinstance(version, int) else BrandKit.VERSION)
    except BadDocument as error:
        raise BadInput(f"{file} is no brand kit that can be used. {plainly(str(error))}") from error


def plainly(text: str) -> str:
    """Return what is wrong with a kit in words that need no knowledge of patterns."""
    return text.replace(f"String should match pattern '{COLOUR}'", "this is no colour, write #rrggbb")


def write_kit(kit: BrandKit, folder: Path) -> Path:
    """Write a kit into an existing folder and return where it lies."""
    file = folder / KIT
    body = {"schema": kit.SCHEMA, "version": kit.VERSION, **kit.body()}
    file.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return file
