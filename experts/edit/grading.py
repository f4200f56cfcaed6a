"""Grading: what a person's sentence says about colours, zooms, shaking and grain, and the operations that do it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from experts.edit.footage import Footage
from kernel.worker.ops import Operation
from kernel.worker.ops.colour import Colour
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.denoise import Denoise
from kernel.worker.ops.stabilise import Stabilise
from kernel.worker.ops.zoom import Zoom

PUNCH, PUSH = 1.15, 1.08
"""How near a punch-in and a slow push go."""
_COLOUR = r"colou?rs?"
_WHO = r"(?:her|him|them|me|us|the (?:speaker|person|face|presenter|host|woman|man|girl|boy|guy))"
_PICTURE = r"(?:picture|image|video|footage|shot|clip)s?"
PATTERNS: tuple[tuple[str, str, float | str | None], ...] = (
    (r"\bblack(?: ?and ?|[- ]and[- ]| ?& ?)white\b|\bb ?(?:&|/|and) ?w\b|\bmono(?:chrome)?\b", "look", "mono"),
    (rf"\bfilm(?:ic)? look\b|\blike (?:a )?film\b|\bcinematic (?:look|{_COLOUR}|grade)\b", "look", "film"),
    (rf"\bvivid\b|\bvibrant\b|\bcolou?rful\b|\bpunch(?:y|ier) {_COLOUR}\b", "look", "vivid"),
    (r"\bwarm (?:look|tones?|grade|feel)\b", "look", "warm"),
    (r"\bcool (?:look|tones?|grade|feel)\b", "look", "cool"),
    (rf"\b(?:no|without(?: the)?|remove the|drop the|lose the) (?:colou?r )?(?:grad(?:e|ing)|look|filter)\b"
     rf"|\b(?:natural|original|plain) {_COLOUR}\b|\bback to {_COLOUR}\b", "plain", None),
    (r"\bwarm(?:er|th)\b|\btoo (?:cold|cool|blue)\b", "temperature", 0.25),
    (r"\b(?:cool|cold)er\b|\btoo (?:warm|orange|yellow)\b", "temperature", -0.25),
    (r"\b(?:bright|light)er\b|\bbrighten\b|\btoo dark\b|\bunderexposed\b", "exposure", 0.35),
    (r"\bdarker\b|\bdarken\b|\btoo bright\b|\boverexposed\b", "exposure", -0.35),
    (rf"\bmore contrast\b|\btoo flat\b|\bpunch(?:y|ier) {_PICTURE}\b", "contrast", 0.25),
    (r"\bless contrast\b|\btoo (?:harsh|contrasty)\b", "contrast", -0.25),
    (r"\bmore (?:colou?r|saturat\w+)\b|\btoo (?:dull|gr[ae]y|pale)\b", "saturation", 0.3),
    (r"\bless (?:colou?r|saturat\w+)\b|\bdesaturate\w*|\bmuted\b|\btoo saturated\b", "saturation", -0.3),
    (r"\b(?:no|without|don'?t) stabili[sz]\w*", "stabilise", None),
    (r"\bstabili[sz]\w*|\bshak(?:y|es?|ing)\b|\bwobbl\w+|\bsteady (?:it|the)\b", "stabilise", "medium"),
    (rf"\bgrainy\b|\bless grain\b|\btoo much grain\b|\bnoisy {_PICTURE}\b|\b{_PICTURE} (?:is |are )?(?:too )?nois[ye]\b"
     rf"|\bdenoise (?:the |this )?{_PICTURE}\b", "denoise", "medium"),
    (r"\b(?:no|without|don'?t|stop) (?:the )?(?:zoom\w*|punch[- ]?ins?)\b", "zoom", None),
    (r"\bslow(?:ly)? (?:zoom|push)\w*|\bken burns\b|\b(?:push|zoom) in slowly\b", "zoom", "push"),
    (r"\bpunch[- ]?ins?\b|\bzoom\w* (?:in )?(?:on|at|with|after) (?:the |every |each |all )?cuts?\b", "zoom", "punch"),
    (rf"\b(?:follow|track|stay with) {_WHO}\b", "follow", "follow"),
)  # fmt: skip
"""What is asked for, the field that it is about, and by how much, or what, or None for none of it."""
_OTHER = re.compile(
    r"\b(?:captions?|subtitles?|subs|text|letters|words|titles?|logo|music|song|soundtrack|sound|voice|audio|bar)\b",
    re.IGNORECASE,
)
_LUT, _SHARE = re.compile(r"\bluts?\b", re.IGNORECASE), re.compile(r"\b(\d{1,3}) ?(?:%|percent\b)", re.IGNORECASE)
_NONE = re.compile(r"\b(?:no|without|don'?t|remove|drop|lose|skip)\b", re.IGNORECASE)
_LESS = re.compile(r"\b(?:half|less|weaker|softer|subtler?)\b", re.IGNORECASE)
_FROM_LOG = re.compile(r"log.*(?:709|srgb)", re.IGNORECASE)
"""How a LUT is called that brings log to a picture as it is shown: SLog3_to_Rec709."""
_LITTLE, _MUCH = re.compile(r"\b(?:bit|little|slightly|touch)\b"), re.compile(r"\b(?:much|lot|way|really)\b")
_CLAUSES = re.compile(r"[,.;\n]|\bbut\b|\band\b(?! ?white\b| ?w\b)", re.IGNORECASE)


class Wish(NamedTuple):
    """One wish about the picture."""

    field: str
    value: float | str | None
    span: tuple[float, float] | None = None
    """Seconds of the cut that it is about; None for the whole."""


class Lut(NamedTuple):
    """A table of colours that the person sent."""

    id: str
    name: str

    @property
    def expects(self) -> Literal["rec709", "log"]:
        """Which pictures it is made for."""
        return "log" if _FROM_LOG.search(self.name) else "rec709"


def lut_of(footage: Footage, text: str) -> Lut | None:
    """Return the person's LUT: of several the first that the text names, else the first."""
    luts = [Lut(reel.id, reel.name) for reel in footage.reels if reel.role == "lut"]
    stems = [re.escape(lut.name.casefold().removesuffix(".cube")) for lut in luts]
    named = [lut for lut, stem in zip(luts, stems, strict=True) if re.search(rf"\b{stem}\b", text.casefold())]
    return next(iter([*named, *luts]), None)


def wishes(text: str, span: tuple[float, float] | None = None) -> tuple[Wish, ...]:
    """Return what a text wants of the picture; captions, music and the like are not the picture."""
    return tuple(Wish(*found, span) for clause in _CLAUSES.split(text) for found in _wish(clause))


def about_picture(clause: str) -> bool:
    """Say whether a clause is about colours, zooms, shaking or grain."""
    return bool(wishes(clause))


def _wish(clause: str) -> list[tuple[str, float | str | None]]:
    """Return the wishes of a clause: of each field the first that fits."""
    if _OTHER.search(clause):
        return []
    fits = [(field, value) for pattern, field, value in PATTERNS if re.search(pattern, clause, re.IGNORECASE)]
    first = dict(reversed(fits))
    if _LUT.search(clause):
        return [(field, value) for field, value in first.items() if field != "plain"] + [("lut", _lut_share(clause))]
    times = 0.5 if _LITTLE.search(clause) else 1.6 if _MUCH.search(clause) else 1.0
    return [(field, value * times if isinstance(value, float) else value) for field, value in first.items()]


def _lut_share(clause: str) -> float | None:
    """Return how much of the LUT a clause asks for; None for none."""
    if _NONE.search(clause):
        return None
    told = _SHARE.search(clause)
    return min(max(int(told[1]), 1), 100) / 100 if told else 0.5 if _LESS.search(clause) else 1.0


def lut_said(asked: Sequence[Wish], lut: Lut | None, made: Sequence[Operation]) -> list[str]:
    """Say what became of the LUT that was sent, or is spoken of."""
    if lut is None:
        spoken = any(wish.field == "lut" and wish.value is not None for wish in asked)
        return ["No LUT was sent: drop it as a .cube file."] if spoken else []
    used = {colour.of for colour in made if isinstance(colour, Colour) and colour.lut}
    if not used:
        return [f"The LUT {lut.name} is not used: the words about the colours say otherwise."]
    where = "all clips" if "*" in used else f"the clips {', '.join(sorted(used))}"
    how = "brings {} from log to Rec.709" if lut.expects == "log" else "gives {} its colours"
    return [f"The LUT {lut.name} {how.format(where)}."]


def pictured(
    asked: Sequence[Wish],
    cuts: Sequence[Cut],
    lengths: Sequence[float],
    faces: Sequence[tuple[float, float] | None],
    lut: Lut | None = None,
) -> list[Operation]:
    """Return the operations that do what was asked, the latest wish winning.

    Args:
        lengths: seconds of each cut.
        faces: where a face is in each cut, if anywhere.
        lut: what the person sent; without a word about it, it is for all clips.
    """
    made: list[Operation] = []
    whole = _colour("*", (wish for wish in asked if wish.span is None), lut)
    made += [whole] if whole else []
    for cut, wanted in _local(asked, cuts, lengths):
        own = _colour(cut.id, wanted, lut) or (Colour(of=cut.id) if whole else None)
        made += [own] if own else []
    last = {wish.field: wish.value for wish in asked}
    made += [Stabilise(of="*")] if last.get("stabilise") else []
    made += [Denoise(of="*")] if last.get("denoise") else []
    if last.get("zoom") == "push":
        made.append(Zoom(of="*", scale=1, to=PUSH))
    return [*made, *_punches(cuts, faces)] if last.get("zoom") == "punch" else made


def _colour(of: str, asked: Iterable[Wish], lut: Lut | None) -> Colour | None:
    """Return the colours that wishes add up to; None where they change nothing. A look that is asked for by name goes
    before the LUT, until the LUT is asked for."""
    values: dict[str, float] = {}
    look: str | None = None
    share: float | None = 1.0
    for wish in asked:
        if wish.field == "plain":
            values, look, share = {}, None, None
        elif wish.field == "look":
            look, share = str(wish.value), None
        elif wish.field == "lut":
            share = wish.value if isinstance(wish.value, float) else None
            look = None if lut and share else look
        elif isinstance(wish.value, float):
            values[wish.field] = round(min(1.0, max(-1.0, values.get(wish.field, 0.0) + wish.value)), 3)
    if lut and share:
        return Colour.model_validate({"of": of, "lut": lut.id, "lut_from": lut.expects, "amount": share, **values})
    return Colour.model_validate({"of": of, "look": look, **values}) if look or any(values.values()) else None


def _local(asked: Sequence[Wish], cuts: Sequence[Cut], lengths: Sequence[float]) -> Iterable[tuple[Cut, list[Wish]]]:
    """Yield the cuts that wishes about a stretch fall on, with all that holds for them."""
    at = 0.0
    for cut, length in zip(cuts, lengths, strict=True):
        hit = [w for w in asked if w.span and _falls(w.span, at, at + length)]
        if hit:
            yield cut, [w for w in asked if w.span is None or w in hit]
        at += length


def _falls(span: tuple[float, float], start: float, end: float) -> bool:
    """Say whether a wish about a stretch means a cut: it has its middle there, or covers most of it."""
    middle, shared = (span[0] + span[1]) / 2, min(span[1], end) - max(span[0], start)
    return start <= middle < end or shared > 0.5 * (end - start)


def _punches(cuts: Sequence[Cut], faces: Sequence[tuple[float, float] | None]) -> list[Operation]:
    """Return a punch-in for every second one of the cuts that go on in the same source."""
    made: list[Operation] = []
    near, last = False, None
    for cut, face in zip(cuts, faces, strict=True):
        near = cut.source == last and not near
        last = cut.source
        if near:
            x, y = face or (0.5, 0.45)
            made.append(Zoom(of=cut.id, scale=PUNCH, x=x, y=y))
    return made
