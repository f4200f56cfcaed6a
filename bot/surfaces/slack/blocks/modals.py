"""Forms: what to change, which step to make anew, why not, a new job, and the rules of a channel.

The fields are known by the names that their answers are read by; `ids` is what private_metadata carries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.house_rules import PLATFORMS, Rules
from bot.surfaces.slack import manifest as ids
from bot.surfaces.slack.blocks.parts import Dict, chosen, context, field, label, modal, option, section, typed
from bot.surfaces.slack.blocks.text import channel as linked
from bot.surfaces.slack.views import Choice

WORDS, STEP, BRIEF, CHANNEL, APPROVERS = "words", "step", "brief", "channel", "approvers"
"""Names of fields."""
GLOSSARY = 2500
"""Characters of names that a form shows; Slack takes 3000, and some more are to be written."""
LEAST = 3
"""Characters that say what to change at the least."""
HINT = "A few words are enough: what, and where in the video."
EDITOR = "editor"
"""The choice that leaves the step to the editor."""
STEPS = tuple(
    Choice(name=name, label=label)
    for name, label in (
        ("plan", "The edit plan: what is shown, in which order"),
        ("captions", "The captions"),
        ("sound", "The sound"),
        ("titles", "The titles"),
        ("selects", "Which lines and shots are chosen"),
        ("log", "Which takes count as good"),
        ("footage", "Look at the footage once more"),
    )
)
"""What may be made anew; `selects` stands for whichever choice this job made."""
PLATFORM_NAMES = {
    "youtube": "YouTube",
    "shorts": "YouTube Shorts",
    "tiktok": "TikTok",
    "linkedin": "LinkedIn",
    "web": "A website",
}
NEXT = (Choice(name="delivery", label="The delivery: which files beside the mp4"),)
"""Steps that may be told beforehand how they are to be done."""


def change_modal(ids_: str, steps: Sequence[Choice] = STEPS) -> Dict:
    """Return the form that asks what to change; by default the editor finds which steps that touches."""
    choices = [option("Let the editor decide", EDITOR), *_options(steps)]
    return modal(
        ids.CHANGE_VIEW,
        "What should change?",
        "Send",
        [
            field(WORDS, "Your words", _words("Shorter, and start with the line about the launch"), HINT),
            field(STEP, "Apply it to", chosen(choices, EDITOR)),
        ],
        ids_,
    )


def rerun_modal(ids_: str, steps: Sequence[Choice] = STEPS, begun: str | None = None) -> Dict:
    """Return the form that asks which step to make anew, and how."""
    choices = _options(steps)
    return modal(
        ids.RERUN_VIEW,
        "Rerun a step",
        "Rerun",
        [
            field(STEP, "Step", chosen(choices, begun or choices[0]["value"])),
            field(WORDS, "What should be different?", _words("Bigger, and yellow"), HINT),
            context("What follows from this step is brought up to date with it. The version you have now is kept."),
        ],
        ids_,
    )


def next_modal(ids_: str) -> Dict:
    """Return the form that says beforehand how a later step is to be done."""
    choices = _options(NEXT)
    return modal(
        ids.RERUN_VIEW,
        "Edit the next step",
        "Keep it",
        [
            field(STEP, "Which step", chosen(choices, choices[0]["value"])),
            field(WORDS, "How is it to be done?", _words("Also as gif, and the sound as mp3"), HINT),
            context("It is kept for when that step is made. What you have been shown stays as it is."),
        ],
        ids_,
    )


def reject_modal(ids_: str) -> Dict:
    """Return the form that asks why not; the answer may be left out."""
    reason = typed(shadow="The opening is too slow", rows=True, most=2000)
    return modal(
        ids.REJECT_VIEW,
        "Reject this version",
        "Reject",
        [field(WORDS, "What is wrong with it?", reason, "You can leave this empty.", optional=True)],
        ids_,
    )


def job_modal(ids_: str = "", channel: str = "", brief: str = "") -> Dict:
    """Return the form that begins a job; the footage comes in its thread, since forms take small files only."""
    where: Dict = {"type": "conversations_select", "placeholder": label("Choose a channel")}
    where |= {"initial_conversation": channel} if channel else {"default_to_current_conversation": True}
    shadow = "30 seconds, vertical, with captions. Keep the line about the launch, drop the weather."
    return modal(
        ids.JOB_VIEW,
        "New video edit",
        "Start",
        [
            field(BRIEF, "What shall I make?", typed(brief, shadow, rows=True, least=LEAST)),
            field(CHANNEL, "Where?", {**where, "filter": {"exclude_bot_users": True}}),
            field(APPROVERS, "Who else may approve it?", _people(), optional=True),
            context("I open a thread there. Drop the footage into it, over as many messages as you like."),
        ],
        ids_,
    )


def settings_modal(ids_: str, rules: Rules, channel: str = "") -> Dict:
    """Return the form of a channel's rules, filled in with those that hold.

    Args:
        channel: its id; empty in a direct message.
    """
    lead = f"These rules hold for every new video in {linked(channel)}." if channel else "These rules hold here."
    fields = [*_approving(rules), *_wishes(rules), *_brand(rules)]
    return modal(ids.SETTINGS_VIEW, "Channel settings", "Save", [section(lead), *fields], ids_)


def _approving(rules: Rules) -> list[Dict]:
    who = {
        "owner": "Whoever asked for the video, and the approvers",
        "named": "The approvers alone",
        "anyone": "Anyone in the channel",
    }
    rule = {"any": "One of them", "all": "All of them", "majority": "More than half of them"}
    people = _people() | ({"initial_users": list(rules.approvers)} if rules.approvers else {})
    own = {"yes": "Yes, their own yes counts", "no": "No, somebody else has to"}
    return [
        field(APPROVERS, "Approvers", people, optional=True),
        field("who", "Who may approve?", _one_of(who, rules.who)),
        field("rule", "How many have to say yes?", _one_of(rule, rules.rule)),
        field("self_approval", "May people approve their own video?", _one_of(own, _yes(rules.self_approval))),
    ]


def _people() -> Dict:
    return {"type": "multi_users_select", "max_selected_items": 20, "placeholder": label("Choose people")}


def _wishes(rules: Rules) -> list[Dict]:
    platforms = {"none": "As the brief says", **{name: PLATFORM_NAMES.get(name, name.title()) for name in PLATFORMS}}
    shown = {"no": "In its thread only", "yes": "Also in the channel"}
    captions = typed(rules.caption_wishes, "Bold, upper case, yellow highlight", most=300)
    rows = _glossary(rules)
    more = len(rules.glossary) - len(rows)
    hint = "One a line: right: wrong, wrong" + (f". {more} older ones are not shown, and stay" if more else "")
    names = typed("\n".join(rows), "Siân: Sean, Shaun", rows=True)
    return [
        field("platform", "Where are the videos shown?", _one_of(platforms, rules.platform or "none")),
        field("broadcast", "Where is the finished video posted?", _one_of(shown, _yes(rules.broadcast))),
        field("caption_wishes", "How should captions look?", captions, optional=True),
        field(
            "glossary",
            "Names and how to spell them",
            names,
            f"{hint}. {more} more are kept" if more else hint,
            optional=True,
        ),
    ]


def _brand(rules: Rules) -> list[Dict]:
    kit = rules.brand
    colours = " ".join(colour.colour for colour in kit.colours) if kit else ""
    captions, titles = (kit.fonts.captions or "", kit.fonts.titles or "") if kit else ("", "")
    shadow = "#0b3d91 #ff6b35 #10141f #ffffff"
    hint = "In this order: main, accent, background, letters. For a logo, drop it in the channel and say it is ours."
    return [
        field("colours", "Brand colours", typed(colours, shadow, most=200), hint, optional=True),
        field("caption_font", "Font of captions", typed(captions, "Inter", most=80), optional=True),
        field("title_font", "Font of titles", typed(titles, "Inter", most=80), optional=True),
    ]


def _glossary(rules: Rules) -> list[str]:
    """Return the lines of the newest names, as many as the form can show whole."""
    rows, left = list[str](), GLOSSARY
    for name in reversed(rules.glossary):
        row = f"{name.right}: {', '.join(name.wrong)}" if name.wrong else name.right
        left -= len(row) + 1
        if left < 0:
            break
        rows.insert(0, row)
    return rows


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _one_of(choices: Mapping[str, str], begun: str) -> Dict:
    return chosen([option(text, value) for value, text in choices.items()], begun)


def _words(shadow: str) -> Dict:
    return typed(shadow=shadow, rows=True, least=LEAST, most=2000)


def _options(steps: Sequence[Choice]) -> list[Dict]:
    return [option(step.label, step.name) for step in steps]
