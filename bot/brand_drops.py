"""Brand drops: a logo, a kit or a video of the house's look that is dropped becomes the brand of the channel."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from bot.dropped import Brand, brand_in
from bot.house_rules import OURS, Rules, keep, place_of, rules_of
from bot.office import Office
from experts.edit.brief import Brief
from kernel.brand import BrandKit, Kit, Mark, check_logo, read_kit
from kernel.document import Value
from kernel.errors import BadInput, RushesError
from kernel.reference import Guess, corner_of, guess, looks
from kernel.store.records import Turn
from kernel.studio import hash_of, place
from kernel.worker.analysis.texts import Reader

FOLDER = "brands"


class Taken(Value):
    """What was taken in, and whether that is all that the turn was about."""

    text: str = ""
    whole: bool = False


def take_in(office: Office, turn: Turn) -> Taken:
    """Keep what a turn drops for the brand of its channel, and say what was understood; nothing where it drops none."""
    here = [file for file in turn.files if Path(file.get("path", "")).is_file()]
    found = brand_in(turn.text, here)
    if turn.kind not in ("message", "files") or not found.files:
        return Taken()
    try:
        rules, notes = _read(office, turn, found)
    except BadInput as error:
        return Taken(text=str(error), whole=found.whole)
    keep(office.services.store, turn.conversation, rules, turn.author, f"{turn.id}:brand")
    lines = [f"I keep this as the brand of this channel: {'; '.join(rules.brand.lines()[1:] if rules.brand else ())}."]
    return Taken(text="\n".join([*lines, *notes, *_now(office, turn)]), whole=found.whole)


def _read(office: Office, turn: Turn, found: Brand) -> tuple[Rules, list[str]]:
    """Return the rules with a new brand, and what to say of it.

    Raises:
        BadInput: a file cannot be used; says why.
    """
    rules, notes = rules_of(office.services.store, turn.conversation), list[str]()
    kit, logo = rules.brand or BrandKit(name=OURS), Path(rules.logo) if rules.logo else None
    if found.kit is not None:
        kit, logo = _kit(office, turn, found)
    if found.reference is not None:
        seen = _seen(office, Path(found.reference["path"]))
        kit, notes = _guessed(kit, seen), [*notes, *_told(seen)]
    if found.logo is not None and found.kit is None:
        logo = _kept(office, turn, Path(found.logo["path"]), str(found.logo["name"]))
        kit = _marked(kit, logo, str(found.logo["name"]), found)
    elif found.corner and kit.logo:
        kit = kit.model_copy(update={"logo": kit.logo.model_copy(update={"corner": found.corner})})
    return rules.model_copy(update={"brand": kit, "logo": str(logo) if logo else ""}), notes


def _kit(office: Office, turn: Turn, found: Brand) -> tuple[BrandKit, Path | None]:
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
        logo = _kept(office, turn, kit.logo, kit.logo.name) if kit.logo else None
    return kit.kit, logo


def _kept(office: Office, turn: Turn, logo: Path, name: str) -> Path:
    """Look at a logo and copy it where the channel's brand lies.

    Raises:
        BadInput: it can be no logo.
    """
    studio, store = office.services.studio, office.services.store
    with tempfile.TemporaryDirectory() as work:
        check_logo(logo, studio.ffmpeg, Path(work))
    where = hashlib.sha256(place_of(store.conversations.get(turn.conversation)).encode()).hexdigest()[:16]
    folder = office.services.settings.data / FOLDER / where / hash_of(logo)[:16]
    return place(logo, folder / Path(name).name)


def _marked(kit: BrandKit, logo: Path, name: str, found: Brand) -> BrandKit:
    before = kit.logo or Mark(file=name)
    changed = {
        "file": Path(name).name[:200],
        "hash": hash_of(logo),
        **({"corner": found.corner} if found.corner else {}),
    }
    return kit.model_copy(update={"logo": before.model_copy(update=changed)})


def _seen(office: Office, path: Path) -> Guess:
    with tempfile.TemporaryDirectory() as work:
        return guess(looks(path.resolve(), office.services.studio.ffmpeg, Path(work)), Reader())


def _guessed(kit: BrandKit, seen: Guess) -> BrandKit:
    return kit.model_copy(update={"colours": seen.colours or kit.colours, "captions": seen.captions})


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
