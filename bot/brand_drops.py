"""Brand drops: a logo, a kit or a video of the house's look that is dropped becomes the brand of the channel."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import NamedTuple

from bot.dropped import Brand, brand_in
from bot.house_rules import OURS, Rules, change, place_of, require_may_set, rules_of
from bot.office import Office
from bot.replies import refused
from experts.edit.brief import Brief
from kernel.brand import BrandKit, Kit, Mark, check_logo, read_kit
from kernel.document import Value
from kernel.errors import BadInput, Denied, RushesError
from kernel.reference import Guess, corner_of, guess, looks
from kernel.store.records import Turn
from kernel.studio import hash_of, place
from kernel.worker.analysis.texts import Reader

FOLDER = "brands"
LONGEST = 100
"""Characters of a file's name: its end, by which its kind is known."""
BOXED = "It stands on a box of its own ground: a PNG with a transparent ground looks better on pictures."


class Taken(Value):
    """What was taken in, and whether that is all that the turn was about."""

    text: str = ""
    whole: bool = False
    people: tuple[str, ...] = ()
    """Who is named in the text."""


class Made(NamedTuple):
    """A brand as it will be."""

    kit: BrandKit
    logo: Path | None
    notes: tuple[str, ...] = ()
    """What a person should know of it."""


def take_in(office: Office, turn: Turn) -> Taken:
    """Keep what a turn drops for the brand of its channel, and say what was understood; nothing where it drops none."""
    here = [file for file in turn.files if Path(file.get("path", "")).is_file()]
    found = brand_in(turn.text, here)
    if turn.kind not in ("message", "files") or not found.files:
        return Taken()
    unused = [f"I write in Inter alone so far, so {file['name']} is not used." for file in found.fonts]
    try:
        said = _kept_as_brand(office, turn, found) if found.files != found.fonts else []
    except (BadInput, Denied) as error:
        reply = refused(error)
        return Taken(text="\n".join([reply.text, *unused]), whole=found.whole, people=reply.people)
    return Taken(text="\n".join([*said, *unused]), whole=found.whole)


def _kept_as_brand(office: Office, turn: Turn, found: Brand) -> list[str]:
    require(office, turn)
    made = read(office, turn, found)
    kept = keep(office, turn, made)
    line = f"I keep this as the brand of this channel: {'; '.join(kept.lines()[1:])}."
    return [line, *made.notes, *_now(office, turn)]


def require(office: Office, turn: Turn) -> None:
    """Refuse what somebody drops for the brand who may not change what holds in the channel.

    Raises:
        Denied: names who may.
    """
    store = office.services.store
    require_may_set(rules_of(store, turn.conversation), turn.author, store.conversations.get(turn.conversation).surface)


def keep(office: Office, turn: Turn, made: Made) -> BrandKit:
    """Keep a brand for the channel, beside whatever else was set there meanwhile."""
    logo = str(made.logo) if made.logo else ""

    def make(rules: Rules) -> Rules:
        return rules.model_copy(update={"brand": made.kit, "logo": logo})

    change(office.services.store, turn.conversation, make, turn.author, f"{turn.id}:brand")
    return made.kit


def read(office: Office, turn: Turn, found: Brand) -> Made:
    """Return the brand of a channel with what a turn drops for it.

    Raises:
        BadInput: a file cannot be used; says why.
    """
    rules, notes = rules_of(office.services.store, turn.conversation), list[str]()
    kit, logo = rules.brand or BrandKit(name=OURS), Path(rules.logo) if rules.logo else None
    if found.kit is not None:
        kit, logo, own = _kit(office, turn, found)
        notes += own
    if found.reference is not None:
        seen = _seen(office, Path(found.reference["path"]))
        kit, notes = _guessed(kit, seen), [*notes, *_told(seen)]
    if found.logo is not None and found.kit is None:
        logo, own = _kept(office, turn, Path(found.logo["path"]), str(found.logo["name"]))
        kit, notes = _marked(kit, logo, str(found.logo["name"]), found), [*notes, *own]
    elif found.corner and kit.logo:
        kit = kit.model_copy(update={"logo": kit.logo.model_copy(update={"corner": found.corner})})
    return Made(kit, logo, tuple(notes))


def _kit(office: Office, turn: Turn, found: Brand) -> Made:
    """Read a kit that was dropped, with its logo where that was dropped beside it."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        for file in found.files:
            place(Path(file["path"]), folder / Path(str(file["name"])).name)
        name = Path(str(found.kit["name"] if found.kit else "")).name
        try:
            kit: Kit = read_kit(folder / name, office.services.studio.ffmpeg, folder)
        except BadInput as error:
            raise BadInput(str(error).replace(f"{folder}/", "")) from error
        logo, notes = _kept(office, turn, kit.logo, kit.logo.name) if kit.logo else (None, ())
    return Made(kit.kit, logo, notes)


def _kept(office: Office, turn: Turn, logo: Path, name: str) -> tuple[Path, tuple[str, ...]]:
    """Look at a logo and copy it where the channel's brand lies; return that, and what to say of it.

    Raises:
        BadInput: it can be no logo.
    """
    studio, store = office.services.studio, office.services.store
    with tempfile.TemporaryDirectory() as work:
        seen = check_logo(logo, studio.ffmpeg, Path(work))
    where = hashlib.sha256(place_of(store.conversations.get(turn.conversation)).encode()).hexdigest()[:16]
    folder = office.services.settings.data / FOLDER / where / hash_of(logo)[:16]
    return place(logo, folder / Path(name).name[-LONGEST:]), () if seen.alpha else (BOXED,)


def _marked(kit: BrandKit, logo: Path, name: str, found: Brand) -> BrandKit:
    short = Path(name).name[-LONGEST:]
    before = kit.logo or Mark(file=short)
    changed = {
        "file": short,
        "hash": hash_of(logo),
        **({"corner": found.corner} if found.corner else {}),
    }
    return kit.model_copy(update={"logo": before.model_copy(update=changed)})


def _seen(office: Office, path: Path) -> Guess:
    with tempfile.TemporaryDirectory() as work:
        return guess(looks(path.resolve(), office.services.studio.ffmpeg, Path(work)), Reader())


def _guessed(kit: BrandKit, seen: Guess) -> BrandKit:
    captions = seen.captions if seen.read else kit.captions
    return kit.model_copy(update={"colours": seen.colours or kit.colours, "captions": captions})


def _told(seen: Guess) -> list[str]:
    lines = [
        f"I guessed that from its pictures and {seen.read} lines of writing: look at it, `/rushes rules` shows it."
    ]
    if seen.logo:
        where = corner_of(seen.logo).replace("_", " ")
        lines.append(f"A mark stands still in the {where}: drop its file with the words `our logo, {where}`.")
    return lines


def _now(office: Office, turn: Turn) -> list[str]:
    """Have the video that is being made take the brand over, and say so."""
    job = office.job_or_none(turn.conversation)
    brief = office.services.store.documents.latest(job.id, "brief") if job else None
    if job is None or brief is None or office.jobs.status(job) in ("completed", "cancelled"):
        return []
    own = Brief.open({**brief.body, "brand": None}, brief.schema_version)
    office.hand_in(turn.conversation, own, turn.author, f"{turn.id}:brand")
    try:
        office.jobs.run_all(office.job(turn.conversation), f"{turn.id}:brand")
    except RushesError as error:
        return [str(error)]
    return ["This video is made anew with it."]
