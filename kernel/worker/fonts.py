"""Fonts: those that come along, and those of the machine for scripts that they do not have.

Sizes are pixels per em. libass counts a font's size otherwise, from its Windows ascent to its descent; `Font.ass_size`
translates. Widths are HarfBuzz's, as in libass, so that what is measured here is what is drawn there. Which font stands
in is found by its file's name and what it covers, in a fixed order: the same fonts on a machine always give the same
choice, and the file's hash is part of what a piece is cached under.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property, lru_cache
from pathlib import Path

import uharfbuzz
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from fontTools.unicodedata import script_name

from kernel.worker.writing import COMMON, HAN, JOINERS, script

FOLDER = Path(__file__).parent / "fonts"
TEXT = "Inter-SemiBold.otf"
HEAVY = "Inter-Bold.otf"
BLACK = "Inter-Black.otf"
FOLDERS = (
    FOLDER,
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
    Path("/usr/local/share/fonts"),
    Path("/usr/share/fonts"),
    Path("~/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
)
"""Where fonts are looked for, in this order."""
SUFFIXES = (".otf", ".ttf", ".ttc", ".otc")
WEIGHTS = {"Bold": ("Bold", "SemiBold", "Medium", "Regular"), "Regular": ("Regular", "Medium", "SemiBold", "Bold")}
CJK, CORE, SYMBOLS = "fonts-noto-cjk", "fonts-noto-core", "fonts-symbola"
"""Debian's packages: Chinese, Japanese and Korean; every other script; emoji and symbols as shapes."""
REGIONS = ("JP", "KR", "SC", "TC", "HK")
FEATURES = {"kern": True, "liga": True, "clig": True}
IGNORED = frozenset(JOINERS) | {"\N{VARIATION SELECTOR-15}", "\N{VARIATION SELECTOR-16}", "\N{WORD JOINER}"}
"""What has no shape of its own, so that no font needs it."""


class Font:
    """One font of a file."""

    def __init__(self, path: Path, index: int = 0) -> None:
        self.path = path
        self.index = index
        with path.open("rb") as file, TTFont(file, fontNumber=index, lazy=True) as tables:
            names, os2 = tables["name"], tables["OS/2"]
            self.em: int = tables["head"].unitsPerEm
            self.family = str(names.getName(1, 3, 1, 0x409) or names.getDebugName(1))
            """The family by which libass finds it; fonts with PostScript outlines are not found by their full name."""
            self.weight: int = os2.usWeightClass
            self.up: float = os2.usWinAscent / self.em
            self.down: float = os2.usWinDescent / self.em
            """Windows ascent and descent in em: the box that libass gives a line."""
            self.outlined = any(kind in tables for kind in ("glyf", "CFF ", "CFF2")) and "CBDT" not in tables
            """Whether its letters are shapes: libass draws no bitmaps, and no colours."""
            self._characters = frozenset(tables.getBestCmap() or ())
        self._advance: Callable[[str, bool], int] = lru_cache(maxsize=8192)(self._shaped)

    @cached_property
    def hash(self) -> str:
        """sha256 of its file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def filename(self) -> str:
        """A name that no other font's file has."""
        return f"{self.hash[:16]}{self.path.suffix}"

    def ass_size(self, size: float) -> float:
        """Return the font size to write into an ASS script for so many pixels per em."""
        return size * (self.up + self.down)

    def width(self, text: str, size: float, *, rtl: bool = False) -> float:
        """Return how many pixels wide a text of one direction is."""
        return self._advance(text, rtl) * size / self.em

    def covers(self, text: str) -> bool:
        """Say whether it can draw every character."""
        return all(ord(c) in self._characters or c in IGNORED for c in text)

    def missing(self, text: str) -> str:
        """Return the characters of a text that the font cannot draw, each once."""
        return "".join(dict.fromkeys(c for c in text if not c.isspace() and not self.covers(c)))

    def _shaped(self, text: str, rtl: bool) -> int:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        uharfbuzz.shape(self._shaper, buffer, FEATURES)
        return sum(position.x_advance for position in buffer.glyph_positions)

    @cached_property
    def _shaper(self) -> uharfbuzz.Font:
        return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(self.path)), self.index))


@cache
def font(path: Path, index: int = 0) -> Font:
    """Return a font; its file is opened once."""
    return Font(path, index)


def text() -> Font:
    """Return the font of captions and of quiet lines."""
    return font(FOLDER / TEXT)


def heavy() -> Font:
    """Return the font of titles and of captions that shout."""
    return font(FOLDER / HEAVY)


def black() -> Font:
    """Return the heaviest font: for one or two words at a time."""
    return font(FOLDER / BLACK)


class NoFont(LookupError):
    """No font of the machine has these characters."""


@cache
def stand_in(cluster: str, region: str, folders: tuple[Path, ...] = FOLDERS) -> Font:
    """Return the font for characters that the bundled ones do not have.

    Args:
        cluster: what belongs together: a letter with its marks.
        region: whose shapes of Chinese characters are meant, one of `REGIONS`.

    Raises:
        NoFont: there is none. This is not remembered, so that a font that was installed meanwhile is found.
    """
    for found in _candidates(cluster, region, folders):
        if found.covers(cluster) and found.outlined:
            return found
    raise NoFont(cluster)


def package(characters: str) -> str | None:
    """Return the Debian package whose fonts have a script: what a person installs; None where nobody has it."""
    known = [c for c in characters if unicodedata.category(c) not in {"Cn", "Co"}]
    found = {script(character) for character in known}
    if not found:
        return None
    if found & (HAN | {"Hang"}):
        return CJK
    return SYMBOLS if found <= COMMON else CORE


def region_of(text: str) -> str:
    """Return whose shapes a text's Chinese characters should have: by its kana or Hangul, else by old encodings."""
    found = {script(character) for character in text}
    if found & {"Hira", "Kana"}:
        return "JP"
    if "Hang" in found:
        return "KR"
    only = {code: sum(_encodes(c, code) and not _encodes(c, other) for c in text) for code, other in _CHINESE}
    return "TC" if only["big5"] > only["gb2312"] else "SC"


_CHINESE = (("big5", "gb2312"), ("gb2312", "big5"))


def _encodes(character: str, code: str) -> bool:
    try:
        character.encode(code)
    except UnicodeEncodeError:
        return False
    return True


def _candidates(cluster: str, region: str, folders: Sequence[Path]) -> Iterator[Font]:
    """Yield fonts that may have the characters, the best first: Noto's of that script by name, then all others."""
    files = list(_files(folders))
    named = {path.stem: path for path in reversed(files)}
    for family in _families(cluster):
        for weight in WEIGHTS["Bold"]:
            path = named.get(f"{family}-{weight}")
            if path is not None:
                yield from _faces(path, region)
    for path in sorted(files, key=_plainness):
        yield from _faces(path, region)


def _families(cluster: str) -> Iterator[str]:
    """Yield how the files of the fonts for a script are called."""
    for found in dict.fromkeys(map(script, cluster)):
        if found in HAN or found == "Hang":
            yield from ("NotoSansCJK", "NotoSerifCJK")
        elif found not in COMMON:
            name = script_name(found).replace("_", "").replace(" ", "")
            yield from (f"NotoSans{name}", f"NotoSerif{name}")
    yield from ("NotoSans", "NotoEmoji", "NotoSansSymbols", "NotoSansSymbols2", "NotoSansMath")


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for place, inner, names in os.walk(folder.expanduser()):
            inner.sort()
            yield from (Path(place) / name for name in sorted(names) if Path(name).suffix.lower() in SUFFIXES)


def _plainness(path: Path) -> tuple[bool, bool, bool, str]:
    """Order fonts: upright, sans, bold or regular ones first."""
    name = path.stem.lower()
    odd = any(
        word in name for word in ("italic", "oblique", "mono", "condensed", "thin", "light", "nastaliq", "lastresort")
    )
    return odd, "serif" in name, not name.endswith("bold"), path.name


def _faces(path: Path, region: str) -> Iterator[Font]:
    """Yield the fonts of a file; of a collection that region's, and no monospaced one."""
    try:
        if path.suffix.lower() in {".ttc", ".otc"}:
            faces = [font(path, index) for index in range(_count(path))]
            yield from (face for face in faces if face.family.endswith(f" {region}") and "Mono" not in face.family)
            yield from (face for face in faces if face.family.split()[-1] not in REGIONS)
        else:
            yield font(path)
    except (OSError, TTLibError, KeyError, AssertionError):
        # A broken file among the machine's fonts is nobody's font.
        return


@cache
def _count(path: Path) -> int:
    with path.open("rb") as file, TTCollection(file, lazy=True) as collection:
        return len(collection.fonts)
