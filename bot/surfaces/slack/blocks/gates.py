"""The cards of gates: the preview and the final with what a person needs to judge them, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.surfaces.slack import manifest as ids
from bot.surfaces.slack.blocks.parts import (
    Dict,
    actions,
    button,
    chosen,
    context,
    header,
    message,
    option,
    section,
    words,
)
from bot.surfaces.slack.blocks.text import (
    date,
    line,
    listed,
    mention,
    mentions,
    percent,
    prose,
    quote,
    spoken_date,
)
from bot.surfaces.slack.views import GateView, ScoreView
from bot.wording import bare, capital, thing_of

DOWNLOADS = {
    "scores": "The scores with their evidence",
    "plan": "The edit plan",
    "captions": "Captions (SRT)",
    "otio": "Timeline (OTIO)",
    "fcpxml": "Timeline (FCPXML)",
    "log": "The log of the job",
}
"""What may be asked for at a review, by the value of its option after the token."""


def gate_card(view: GateView) -> Dict:
    """Return the card of a gate, whichever it is and however it stands."""
    cards = {"preview": preview_card, "scorecard": review_card}
    return cards.get(view.step, general_card)(view)


def preview_card(view: GateView) -> Dict:
    """Return what a person approves before the final is rendered."""
    buttons = (
        button(ids.APPROVE, "Approve and render", view.token, "primary"),
        button(ids.CHANGE, "Change…", view.token),
        button(ids.NEXT, "Edit the next step…", view.token),
        _reject(view),
    )
    return _card(view, _described(view), buttons)


def review_card(view: GateView) -> Dict:
    """Return what a person accepts before the video is delivered: the scores and what did not pass."""
    buttons = (
        button(ids.ACCEPT, "Accept", view.token, "primary"),
        button(ids.REVISE, "Request changes…", view.token),
        button(ids.RERUN, "Rerun a step…", view.token),
        *downloads(view.token, view.downloads),
    )
    return _card(view, _described(view), buttons)


def general_card(view: GateView) -> Dict:
    """Return the card of any other gate."""
    buttons = (
        button(ids.APPROVE, "Approve", view.token, "primary"),
        button(ids.CHANGE, "Change…", view.token),
        _reject(view),
    )
    return _card(view, _described(view), buttons)


def downloads(token: str, names: tuple[str, ...]) -> list[Dict]:
    """Return what files are chosen from; the value of each option is its token, a colon and its name."""
    known = [option(DOWNLOADS[name], f"{token}:{name}") for name in names if name in DOWNLOADS]
    return [{**chosen(known, shadow="Downloads"), "action_id": ids.DOWNLOAD}] if known and token else []


def name_of(view: GateView) -> str:
    """Return what waits, with its version: preview v2."""
    return f"{bare(thing_of(view.step))} v{view.version}"


def _card(view: GateView, shown: list[Dict], buttons: Sequence[Dict]) -> Dict:
    if view.state != "open":
        return message(_spoken(view), [header(_headline(view)), section(_outcome(view)), *_facts(view)])
    block = f"job:{view.job}:{view.step}:{view.version}"
    asked = context(" ".join(filter(None, (who_may(view), _votes(view)))))
    return message(_spoken(view), [header(_headline(view)), *shown, asked, actions(block, *buttons)])


def _headline(view: GateView) -> str:
    endings = {
        "open": "is ready",
        "approved": "is accepted" if view.step == "scorecard" else "is approved",
        "rejected": "is rejected",
        "changing": "is being changed",
        "superseded": "is an older version",
        "expired": "has expired",
        "cancelled": "is not needed any more",
    }
    return f"{capital(name_of(view))} {endings[view.state]}"


def _spoken(view: GateView) -> str:
    """Say it in a sentence or two, for a notification and for who listens."""
    title = line(view.title, 80)
    if view.state != "open":
        return f"{_headline(view)}: “{title}”. {_outcome(view, spoken_date)}"
    facts = f": {', '.join(line(fact) for fact in view.facts)}" if view.facts else ""
    return f"{_asked(view)} {capital(name_of(view))} of “{title}” needs your approval{facts}. {_failed(view)}".strip()


def _asked(view: GateView) -> str:
    """Mention whoever is waited for; where it is anybody, the owner."""
    said = {vote.by for vote in view.votes}
    people = [person for person in view.people if person not in said] or [view.owner]
    return mentions(person for person in people if person)


def who_may(view: GateView) -> str:
    """Say whose yes is waited for."""
    verb = "accept" if view.step == "scorecard" else "approve"
    if not view.people:
        but = f" but {mention(view.barred)}" if view.barred else ""
        return f"Anybody here{but} can {verb} it."
    if view.people == (view.barred,):
        owner = mention(view.barred)
        return f"Nobody can {verb} it yet: {owner} approves no work of their own, and nobody else is named."
    if view.needed <= 1:
        return f"{mentions(view.people, 'or')} can {verb} it."
    if view.needed >= len(view.people):
        return f"{mentions(view.people)} all have to {verb} it."
    return f"{view.needed} of these have to {verb} it: {mentions(view.people)}."


def _votes(view: GateView) -> str:
    said = {"approved": "yes", "rejected": "no"}
    told = [f"{mention(vote.by)} said {said[vote.verdict]}" for vote in view.votes]
    return f"So far {listed(told)}." if told else ""


def _described(view: GateView) -> list[Dict]:
    """Show the editor's words, the facts, what a yes takes, and what there is to know."""
    seen = {"preview": "Watch it above", "scorecard": "Watch it above"}.get(view.step, "Look at it")
    lead = prose(view.lead, 1500) or f"{seen}, then tell me whether it is right."
    told = [section(f"{_asked(view)} {lead}"), *_facts(view), *_scores(view)]
    yes = "accept" if view.step == "scorecard" else "approve"
    said = {"Good to know": prose(view.note, 1500), f"If you {yes}": prose(view.estimate, 600)}
    return [*told, *(section(f"*{about}:* {words}") for about, words in said.items() if words)]


def _facts(view: GateView) -> list[Dict]:
    facts = " · ".join(filter(None, map(line, view.facts)))
    return [section(facts)] if facts else []


def _scores(view: GateView) -> list[Dict]:
    """Show the total, every metric in two columns, and one sentence on what did not pass."""
    told = [section(_total(view))] if view.total is not None else []
    if view.scores:
        told.append({"type": "section", "fields": [words(_score(score)) for score in view.scores[:10]]})
    failed = _failed(view)
    return [*told, *([section(failed)] if failed else [])]


def _total(view: GateView) -> str:
    return f"*Score {percent(view.total or 0)} of 100*, {'passed' if view.passed else 'not passed'}"


def _score(score: ScoreView) -> str:
    if score.score is None:
        return f"*{line(score.title)}*\nnothing to measure"
    return f"*{line(score.title)}*\n{percent(score.score)}, {'passed' if score.passed else 'not passed'}"


def _failed(view: GateView) -> str:
    return line(view.failed, 600)


def _outcome(view: GateView, at: Callable[[datetime], str] = date) -> str:
    """Say what became of it, who said so and when."""
    by = f" by {mention(view.by)}" if view.by else ""
    when = f" on {at(view.when)}" if view.when else ""
    said = f"\n{quote(view.words, 1500)}" if line(view.words) else ""
    verb = "Accepted" if view.step == "scorecard" else "Approved"
    asked = f" {mention(view.by)} had asked for a change{when}:{said}" if view.by and said else ""
    newer = f"v{view.successor}" if view.successor else "A newer one"
    return {
        "open": "",
        "approved": f"{verb}{by}{when}.{said}",
        "rejected": f"Rejected{by}{when}.{said}\n"
        "Write here what to change, and I make a new version; or write `start over`.",
        "changing": f"A change was asked for{by}{when}.{said}\nA new version is on its way.",
        "superseded": f"{newer} has taken its place: look at that one.{asked}",
        "expired": "Nobody answered for a week. Write `resume` here to bring it back.",
        "cancelled": f"The job was cancelled{by}, so nothing comes of this version.",
    }[view.state]


def _reject(view: GateView) -> Dict:
    # No question of its own: the form that it opens asks, and can be left.
    return button(ids.REJECT, "Reject…", view.token, "danger")
