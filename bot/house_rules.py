"""House rules: what holds in a channel for every job: brand, names and how they are spelt, who approves, the platform.

Set once, by a form, by dropping files or by a word in a thread, and kept with every earlier form. They fill in what a
brief leaves open and never overrule what somebody says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from pydantic import Field, ValidationError

from bot.replies import SLACK, listed
from experts.edit.brief import Brief
from experts.edit.spelling import Spelling, merged
from kernel.brand import COLOUR, BrandColour, BrandKit, Fonts
from kernel.document import Value, told
from kernel.errors import BadInput, Denied
from kernel.store import Store
from kernel.store.records import Conversation, Event, HouseRules, Turn

Platform = Literal["youtube", "shorts", "reels", "tiktok", "linkedin", "slack", "web"]
Who = Literal["owner", "named", "anyone"]
Count = Literal["any", "all", "majority"]
PLATFORMS: tuple[str, ...] = get_args(Platform)
OURS = "this channel's brand"
NAMED = 50
"""Names that are told."""
OPERATOR = "operator"
"""Who sets rules from the shell: no person of a surface is called so."""
ROLES: tuple[Literal["primary", "accent", "ground", "text"], ...] = ("primary", "accent", "ground", "text")
"""What colours are for, in the order in which they are named."""


class Rules(Value):
    """What holds in one place."""

    brand: BrandKit | None = None
    logo: str = ""
    """Where the file of the brand's logo lies."""
    glossary: tuple[Spelling, ...] = ()
    approvers: tuple[str, ...] = Field(default=(), max_length=20)
    who: Who = "owner"
    """`owner`: the owner of a job and the approvers; `named`: the approvers alone; `anyone`."""
    rule: Count = "any"
    """How many of them have to say yes."""
    self_approval: bool = True
    """Whether the owner's own yes counts."""
    platform: Platform | None = None
    caption_wishes: str = Field(default="", max_length=300)
    broadcast: bool = False
    """Whether the finished video is shown to the whole channel, not in its thread alone."""


def place_of(conversation: Conversation) -> str:
    """Return the place whose rules hold in a conversation: team and channel; at a terminal the conversation itself."""
    return ":".join(conversation.address.split(":")[:2]) if conversation.surface == SLACK else conversation.address


def rules_of(store: Store, conversation: str) -> Rules:
    """Return the rules that hold in a conversation."""
    here = store.conversations.get(conversation)
    return rules_at(store, here.surface, place_of(here))


def rules_at(store: Store, surface: str, place: str) -> Rules:
    """Return the rules of a place; those that nobody set are the usual ones."""
    kept = store.house_rules.of(surface, place)
    return Rules.model_validate(kept.body) if kept else Rules()


def forms_since(store: Store, conversation: str, when: datetime) -> list[HouseRules]:
    """Return the rules that held in a conversation's place at a moment, and all later forms of them, oldest first."""
    here = store.conversations.get(conversation)
    return store.house_rules.since(here.surface, place_of(here), when)


def keep(store: Store, conversation: str, rules: Rules, by: str, id: str) -> None:
    """Keep rules for the place of a conversation; the same id again changes nothing."""
    change(store, conversation, lambda _: rules, by, id)


def change(store: Store, conversation: str, make: Callable[[Rules], Rules], by: str, id: str) -> Rules:
    """Change the rules of a conversation's place, whoever else changes them meanwhile, and return what holds then.

    Args:
        make: makes them of those that hold.
        id: done again under the same one it changes nothing.
    """
    here = store.conversations.get(conversation)
    rules = change_at(store, here.surface, place_of(here), make, by, id)
    payload = {"by": by, "text": rules_text(rules, here.surface)}
    store.events.append(Event(id=f"{id}:changed", conversation=conversation, kind="rules_changed", payload=payload))
    return rules


def change_at(store: Store, surface: str, place: str, make: Callable[[Rules], Rules], by: str, id: str) -> Rules:
    """Change the rules of a place, as `change`."""

    def made(body: dict[str, Any]) -> dict[str, Any]:
        return make(Rules.model_validate(body)).model_dump(mode="json")

    kept = store.house_rules.change(HouseRules(id=id, surface=surface, place=place, by=by), made)
    return Rules.model_validate(kept.body)


def set_rules(store: Store, turn: Turn) -> str:
    """Keep the rules that somebody filled in, and return what holds now.

    Raises:
        BadInput: what they filled in is wrong. Denied: they may not change the rules here.
    """
    surface = store.conversations.get(turn.conversation).surface

    def make(before: Rules) -> Rules:
        require_may_set(before, turn.author, surface)
        return read_settings(turn.payload["rules"], before)

    return rules_text(change(store, turn.conversation, make, turn.author, f"{turn.id}:rules"), surface)


def require_may_set(rules: Rules, person: str, surface: str) -> None:
    """Refuse to change the rules for somebody who may not.

    Raises:
        Denied: names who may.
    """
    if not may_set(rules, person, surface):
        raise Denied(
            f"Only {listed(surface, rules.approvers, 'or')} can change what holds in this channel; whoever looks after "
            "me can free it, should they be gone."
        )


def may_set(rules: Rules, person: str, surface: str) -> bool:
    """Say whether a person may change the rules: where approvers are named, they alone."""
    return surface != SLACK or not rules.approvers or person in rules.approvers


def filled_in(brief: Brief, rules: Rules) -> Brief:
    """Return a brief with what the place's rules say where it says nothing; names are spelt as the place has them."""
    found: dict[str, Any] = {"spellings": rules.glossary}
    if brief.brand is None:
        found["brand"] = rules.brand
    if brief.platform is None:
        found["platform"] = rules.platform
    if not brief.caption_wishes:
        found["caption_wishes"] = rules.caption_wishes
    return brief.model_copy(update=found)


def with_spelling(rules: Rules, spelling: Spelling) -> Rules:
    """Return rules with one more name in their glossary."""
    return rules.model_copy(update={"glossary": merged(rules.glossary, [spelling])})


def read_settings(values: Mapping[str, Any], before: Rules | None = None) -> Rules:
    """Return the rules that a form asks for; what the form does not name stays as it was.

    Args:
        values: `platform`, `caption_wishes`, `approvers` (ids), `who`, `rule`, `self_approval` (yes or no, or a truth
            value), `broadcast`, `glossary` (lines such as "Siân: Sean, Shawn"), `glossary_shown` (the lines that the
            form showed: names that were not among them stay), `colours` (#rrggbb, in the order of ROLES),
            `caption_font`, `title_font`. An empty one takes a rule back.

    Raises:
        BadInput: one sentence for the person who filled it in.
    """
    old = before or Rules()
    found: dict[str, Any] = {name: read(values[name]) for name, read in _READERS.items() if name in values}
    if "glossary" in values:
        found["glossary"] = _glossary(values, old)
    try:
        if any(name in values for name in ("colours", "caption_font", "title_font")):
            found["brand"] = _brand(values, old.brand)
        rules = Rules.model_validate({**old.model_dump(), **{name: _plain(value) for name, value in found.items()}})
    except ValidationError as error:
        raise BadInput(f"This cannot be kept: {told(error)}") from error
    if rules.who == "named" and not rules.approvers:
        raise BadInput("Name at least one approver, or let the owner of a job approve.")
    return rules


def _glossary(values: Mapping[str, Any], before: Rules) -> tuple[Spelling, ...]:
    new = read_glossary(str(values["glossary"] or ""))
    if "glossary_shown" not in values:
        return new
    shown = {spelling.right for spelling in read_glossary(str(values["glossary_shown"] or ""))}
    return merged([spelling for spelling in before.glossary if spelling.right not in shown], new)


def read_glossary(text: str) -> tuple[Spelling, ...]:
    """Return the names of a glossary, a line each: "Siân: Sean, Shawn", or "Kubernetes" alone.

    Raises:
        BadInput: names the line that is no name.
    """
    found: list[Spelling] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        right, _, wrong = line.partition(":")
        heard = tuple(filter(None, (part.strip() for part in wrong.split(","))))
        try:
            found = list(merged(found, [Spelling(right=right, wrong=heard)]))
        except ValidationError as error:
            raise BadInput(f'"{line[:60]}" is no name: write it as "Siân: Sean, Shawn", one name a line.') from error
    return tuple(found)


def lines_of(rules: Rules, surface: str) -> tuple[str, ...]:
    """Say rules in plain lines, each with what it is about; what is as usual is said too."""
    approvers = listed(surface, rules.approvers, "and")
    who = {"owner": "whoever asked for the video", "named": "", "anyone": "anyone in the channel"}[rules.who]
    people = " and ".join(filter(None, [who, approvers if rules.who != "anyone" else ""]))
    count = {"any": "one yes is enough", "all": "all of them have to", "majority": "more than half of them have to"}
    own = "" if rules.self_approval else "; nobody approves their own video"
    found = {
        "Approvals": f"{people}; {count[rules.rule]}{own}",
        "Platform": rules.platform or "as the brief says",
        "Captions": rules.caption_wishes or "as the brief says",
        "Names": _names(rules.glossary) or "none yet",
        "Brand": "; ".join(rules.brand.lines()) if rules.brand else "none yet: drop a logo and say that it is ours",
        "Finished video": "shown to the whole channel" if rules.broadcast else "in its thread",
    }
    return tuple(f"{name}: {text}" for name, text in found.items())


def rules_text(rules: Rules, surface: str = SLACK) -> str:
    """Return what `/rushes rules` answers."""
    return "\n".join(("What holds in this channel:", *(f"• {line}" for line in lines_of(rules, surface))))


def _names(glossary: Sequence[Spelling]) -> str:
    """Say names, the newest first and as many as somebody reads."""
    newest = [each.right + (f" (not {', '.join(each.wrong)})" if each.wrong else "") for each in reversed(glossary)]
    return ", ".join(newest[:NAMED]) + (f" and {len(newest) - NAMED} more" if len(newest) > NAMED else "")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.model_dump() if isinstance(value, Value) else value


def _brand(values: Mapping[str, Any], before: BrandKit | None) -> BrandKit | None:
    """Return the brand with what the form says of colours and fonts; None where nothing is left of it."""
    kit = before or BrandKit(name=OURS)
    colours = _colours(values["colours"]) if "colours" in values else kit.colours
    fonts = {
        "captions": values.get("caption_font", kit.fonts.captions),
        "titles": values.get("title_font", kit.fonts.titles),
    }
    changed = kit.model_copy(update={"colours": colours, "fonts": Fonts(**{k: v or None for k, v in fonts.items()})})
    return None if changed == BrandKit(name=OURS) else changed


def _colours(given: Any) -> tuple[BrandColour, ...]:
    named = re.findall(r"[^\s,;]+", given if isinstance(given, str) else " ".join(given or ()))
    for colour in named:
        if not re.fullmatch(COLOUR, colour):
            raise BadInput(f'"{colour[:20]}" is no colour: write it as #rrggbb, such as #0b3d91.')
    return tuple(BrandColour(colour=c, role=ROLES[min(n, 3)]) for n, c in enumerate(named[:16]))


def _chosen(known: Iterable[str], name: str) -> Any:
    choices = tuple(known)

    def read(value: Any) -> str:
        if value not in choices:
            raise BadInput(f"{name} is one of: {', '.join(choices)}.")
        return str(value)

    return read


def _yes(value: Any) -> bool:
    return value is True or str(value).strip().lower() in ("yes", "true", "on", "1")


def _people(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(person) for person in value or ()))


def _words(value: Any) -> str:
    words = " ".join(str(value or "").split())
    if len(words) > 300:
        raise BadInput("Say how captions should look in 300 characters at most.")
    return words


def _platform(value: Any) -> str | None:
    return _chosen(PLATFORMS, "The platform")(value) if value and value != "none" else None


_READERS: Mapping[str, Any] = {
    "platform": _platform,
    "caption_wishes": _words,
    "approvers": _people,
    "who": _chosen(get_args(Who), "Who approves"),
    "rule": _chosen(get_args(Count), "How many have to say yes"),
    "self_approval": _yes,
    "broadcast": _yes,
}
