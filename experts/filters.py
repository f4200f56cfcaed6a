"""How documents look to a model: compact tables and transcripts in place of raw JSON. The prompts' filters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from experts import screening, timeline
from kernel.brand import BrandKit
from kernel.draft import laid_out

Body = Mapping[str, Any]

LONG = ("words", "beats", "motion", "light", "faces")
LINE = 40
"""Words after which a transcript's line is broken even without a full stop."""
CLAUSE = 5
"""Words that a clause has at least, so that where the next one begins is marked."""
REST = 0.6
"""Seconds of rest between two words that break a line, and are shown."""
LONG_SHOT, MOST_PEAKS = 6, 24
"""Seconds from which on a shot is told with its liveliest seconds, and how many of them at most."""
LOOKS = 2.0
"""Looks for faces in a second of a source, as the worker takes them."""
BEDS = {
    "ambi_glass_hum.flac": "a low glassy swell that comes and goes, calm",
    "guit_em9.flac": "one soft guitar chord that rings out, calm",
    "loop_garzul.flac": "driving electronic loop",
    "loop_tabla.flac": "hand drums, light and warm, leaves room for a voice",
}
"""How the beds sound that came along, as their own page says (kernel/worker/music/README.md)."""


def brief(body: Body) -> str:
    """Return what the person wants, without what they left to the editor."""
    said = {name: value for name, value in body.items() if name != "brand" and value not in (None, "", [], ())}
    return laid_out(said)


def brand(brief: Body) -> str:
    """Return what the brand kit asks for, a line for each thing; empty where there is none."""
    return "\n".join(BrandKit.read(brief["brand"]).lines()) if brief.get("brand") else ""


def reels(footage: Body) -> str:
    """Return a line for each source: id, role, kind, length, size, sound, what was noticed."""
    return "\n".join(_reel(reel) for reel in footage["reels"]) or "(no usable source)"


def _reel(reel: Body) -> str:
    found = reel["inspection"]
    probe = found["probe"]
    if probe["kind"] == "lut":
        return f"{reel['id']} lut {json.dumps(reel['name'])}: a table of colours, which only `colour` can name"
    facts = [f"{probe['duration']:.1f} s"] if probe["kind"] != "still" else []
    if probe["kind"] != "audio":
        facts.append(f"{probe['width']}x{probe['height']}")
    facts.append("sound" if probe["channels"] else "no sound")
    facts += [f"{len(found['words'])} words"] if found["words"] else []
    facts += [f"{len(found['shots'])} shots"] if len(found["shots"]) > 1 else []
    facts += [f"{found['tempo']:.0f} bpm"] if found["tempo"] else []
    facts += ["faces"] if found["faces"] else []
    facts += ["came along with Rushes"] if reel["bundled"] else []
    facts += [BEDS[reel["name"]]] if reel["bundled"] and reel["name"] in BEDS else []
    said = () if reel["role"] == "music" else (*probe["warnings"], *found["notes"])
    notes = "".join(f" ! {note}" for note in said)
    return f"{reel['id']} {reel['role']} {probe['kind']} {json.dumps(reel['name'])}: {', '.join(facts)}{notes}"


def transcript(footage: Body, source: str = "") -> str:
    """Return what is said, a line for each sentence: first..last word id, seconds, words; rests between lines.

    Before a clause within a sentence stand the id of its first word and the second at which it can be cut.
    """
    spoken = [reel for reel in footage["reels"] if reel["inspection"]["words"] and source in ("", reel["id"])]
    return "\n".join(_heard(reel["id"], reel["inspection"]["words"]) for reel in spoken) or "(nobody speaks)"


def spoken_in(reel: Body, start: float, end: float) -> str:
    """Return what is said between two seconds of a source, as `transcript` does; empty where nobody speaks."""
    words = _between(reel, start, end)
    return _heard(reel["id"], words) if words else ""


def words_in(reel: Body, start: float, end: float) -> str:
    """Return each word between two seconds of a source with its id, and the seconds between which it can be cut."""
    return "\n".join(f"{w['id']} {w['cut_in']:.2f}-{w['cut_out']:.2f} {w['text']}" for w in _between(reel, start, end))


def _between(reel: Body, start: float, end: float) -> list[Body]:
    return [word for word in reel["inspection"]["words"] if word["end"] > start and word["start"] < end]


def found(wanted: str, footage: Body) -> str:
    """Return the lines of the transcript that hold all the words; empty where none does."""
    asked = [_bare(word) for word in wanted.split()]
    lines = [line for reel in footage["reels"] for line in lines_of(reel["inspection"]["words"])]
    holding = [line for line in lines if set(asked) <= {_bare(word["text"]) for word in line}]
    return "\n".join(_line(line) for line in holding)


def _bare(word: str) -> str:
    return word.strip(".,;:!?\"'…()").casefold()


def shots_of(reel: Body) -> str:
    """Return the shots of one source and where faces are; empty without a picture."""
    found_faces = f"\nfaces: {_faces(reel)}" if reel["inspection"]["faces"] else ""
    return f"{_shots(reel)}{found_faces}" if reel["inspection"]["shots"] else ""


def beats_of(reel: Body) -> str:
    """Return the tempo and all beats of one source."""
    inspection = reel["inspection"]
    if not inspection["tempo"]:
        return f"{reel['id']} has no steady beat."
    return f"{inspection['tempo']:.1f} bpm, beats at " + ", ".join(f"{beat:.2f}" for beat in inspection["beats"])


def trimmed(value: Any) -> Any:
    """Return a document's body without its word lists, beats, motion and faces, which have tools of their own."""
    if isinstance(value, Mapping):
        return {name: trimmed(item) for name, item in value.items() if name not in LONG}
    return [trimmed(item) for item in value] if isinstance(value, list) else value


def _heard(id: str, spoken: Sequence[Body]) -> str:
    lines = [f"{id}:"]
    before: float | None = None
    for words in lines_of(spoken):
        first, last = words[0], words[-1]
        rest = first["start"] - before if before is not None else 0.0
        lines += [f"    ({rest:.1f} s of rest)"] if rest >= REST else []
        lines.append(f"  {_line(words)}")
        before = last["end"]
    return "\n".join(lines)


def _line(words: Sequence[Body]) -> str:
    first, last = words[0], words[-1]
    text = " ".join(_marked(words))
    return f"[{first['id']}..{last['id']}] {first['cut_in']:.2f}-{last['cut_out']:.2f} {text}"


def _marked(words: Sequence[Body]) -> Iterator[str]:
    """Yield the words of a line, with a mark before each clause that is long enough to be cut."""
    since = 0
    for index, word in enumerate(words):
        if since >= CLAUSE and words[index - 1]["text"].endswith((",", ";", ":", "–", "—")):
            yield f"({word['id']} {word['cut_in']:.2f})"
            since = 0
        yield word["text"]
        since += 1


def lines_of(words: Sequence[Body]) -> Iterator[Sequence[Body]]:
    """Part words into lines at full stops, rests, and every LINE words."""
    line: list[Body] = []
    for index, word in enumerate(words):
        line.append(word)
        following = words[index + 1] if index + 1 < len(words) else None
        rests = following is not None and following["start"] - word["end"] >= REST
        if following is None or rests or word["text"].endswith((".", "!", "?", "…")) or len(line) >= LINE:
            yield line
            line = []


def shots(footage: Body) -> str:
    """Return the shots of every picture source with how lively each is: how much changes from frame to frame."""
    seen = [reel for reel in footage["reels"] if reel["inspection"]["shots"]]
    return "\n".join(_shots(reel) for reel in seen) or "(no moving pictures)"


def _shots(reel: Body) -> str:
    motion = reel["inspection"]["motion"]
    spans = (
        f"#{number} {span['start']:.2f}-{span['end']:.2f} ({_mean(motion, span):.2%} changes{_peaks(motion, span)})"
        for number, span in enumerate(reel["inspection"]["shots"], 1)
    )
    return f"{reel['id']}: {'; '.join(spans)}"


def _peaks(motion: Sequence[float], span: Body) -> str:
    """Say at which seconds of a long shot clearly more moves than on the average, so that they can be chosen."""
    first, last = int(span["start"]), int(span["end"])
    if last - first < LONG_SHOT:
        return ""
    usual = _mean(motion, span)
    peaks = [second for second in range(first, min(last, len(motion))) if motion[second] > 1.5 * usual]
    return f", most at {', '.join(str(second) for second in peaks[:MOST_PEAKS])} s" if peaks else ""


def _mean(motion: Sequence[float], span: Body) -> float:
    part = motion[int(span["start"]) : max(int(span["end"]), int(span["start"]) + 1)]
    return sum(part) / len(part) if part else 0.0


def beats(footage: Body) -> str:
    """Return tempo and first beats of every source that has a steady beat."""
    steady = [reel for reel in footage["reels"] if reel["inspection"]["tempo"]]
    lines = (
        f"{reel['id']}: {reel['inspection']['tempo']:.1f} bpm, beats at "
        + ", ".join(f"{beat:.2f}" for beat in reel["inspection"]["beats"][:16])
        for reel in steady
    )
    return "\n".join(lines) or "(no source has a steady beat)"


def faces(footage: Body) -> str:
    """Return where faces are in every source that shows any: the median centre, as shares of the picture."""
    seen = [reel for reel in footage["reels"] if reel["inspection"]["faces"]]
    return "\n".join(_faces(reel) for reel in seen) or "(no faces)"


def _faces(reel: Body) -> str:
    found = reel["inspection"]["faces"]
    x, y = (sorted(face[axis] for face in found)[len(found) // 2] for axis in ("x", "y"))
    looks = max(len(found), round(LOOKS * reel["inspection"]["probe"]["duration"]))
    return f"{reel['id']}: seen in {len(found)} of {looks} looks, centre x {x:.2f}, y {y:.2f}"


def log(body: Body, footage: Body) -> str:
    """Return the log: a line for each take with its grade, words and seconds; what was said is in the transcript."""
    words = {word["id"]: word for reel in footage["reels"] for word in reel["inspection"]["words"]}
    lines = [body["summary"], *(_take(take, words) for take in body["takes"])]
    lines += [f"hook: {body['hook'] or 'none'}", f"pictures to lay over speech: {', '.join(body['b_roll']) or 'none'}"]
    return "\n".join([*lines, *(f"name: {name['heard']} is spelt {name['spelt']}" for name in body["names"])])


def _take(take: Body, words: Mapping[str, Body]) -> str:
    start, end = words[take["first_word"]]["cut_in"], words[take["last_word"]]["cut_out"]
    again = f", says {take['retake_of']} again" if take["retake_of"] else ""
    why = f" ({take['why']})" if take["why"] else ""
    return f"{take['id']} {take['grade']}{again} [{take['first_word']}..{take['last_word']}] {end - start:.2f} s{why}"


def heard(body: Body, footage: Body) -> str:
    """Return the words of a cut select by select, each with its id, as captions are made of them."""
    spoken = [word for reel in footage["reels"] for word in reel["inspection"]["words"]]
    ids = [word["id"] for word in spoken]
    lines = []
    for number, select in enumerate(body["selects"]):
        if select["first_word"] is not None:
            kept = spoken[ids.index(select["first_word"]) : ids.index(select["last_word"]) + 1]
            lines.append(f"{number}: " + " ".join(f"{word['id']}={word['text']}" for word in kept))
    return "\n".join(lines) or "(nobody speaks)"


def selects(body: Body, footage: Body) -> str:
    """Return the cut on paper: a line for each select with its number, the seconds of the cut at which it begins, its
    length and words, then what covers it."""
    words = {word["id"]: word for reel in footage["reels"] for word in reel["inspection"]["words"]}
    lines, at = [], 0.0
    for number, select in enumerate(body["selects"]):
        lines.append(f"{number} at {at:.2f}: {_select(select, words)}")
        at += _lasts(select, words)
    lines.append(f"It lasts {at:.1f} s.")
    lines += [
        f"over {c['select']} from {c['offset']:.2f} s for {c['length'] or 'the rest'}: {c['source']} {c['start']:.2f}"
        for c in body["coverings"]
    ]
    return "\n".join([*lines, *([f"note: {body['note']}"] if body["note"] else [])])


def _select(select: Body, words: Mapping[str, Body]) -> str:
    if select["first_word"] is None:
        length = _lasts(select, words)
        return f"{select['source']} {select['start']:.2f}-{select['end']:.2f} {length:.2f} s ({select['why']})"
    first, last = words[select["first_word"]], words[select["last_word"]]
    ids = list(words)
    said = " ".join(words[id]["text"] for id in ids[ids.index(first["id"]) : ids.index(last["id"]) + 1])
    length = _lasts(select, words)
    return f"{select['source']} [{first['id']}..{last['id']}] {length:.2f} s: {said} ({select['why']})"


def _lasts(select: Body, words: Mapping[str, Body]) -> float:
    if select["first_word"] is None:
        return float(select["end"] - select["start"])
    return float(words[select["last_word"]]["cut_out"] - words[select["first_word"]]["cut_in"])


def plain(body: object) -> str:
    """Return a document as readable JSON: a line for each field and each item of a list."""
    return laid_out(body) if isinstance(body, Mapping) else json.dumps(body, ensure_ascii=False)


def fenced(text: object) -> str:
    """Return text from outside within a fence that it cannot close."""
    body = re.sub(r"<\s*/\s*data\b", "<\\\\/data", str(text), flags=re.IGNORECASE)
    return f"<data>\n{body}\n</data>"


FILTERS: Mapping[str, Callable[..., str]] = {
    "brief": brief,
    "brand": brand,
    "reels": reels,
    "transcript": transcript,
    "shots": shots,
    "beats": beats,
    "faces": faces,
    "log": log,
    "heard": heard,
    "selects": selects,
    "timeline": timeline.shown,
    "screening": screening.screening,
    "plain": plain,
    "fenced": fenced,
}
