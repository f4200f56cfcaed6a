"""What steps are called where people read of them, and the stages that a card shows in their place."""

from __future__ import annotations

from typing import NamedTuple

NAMES = {
    "footage": "looking at the footage",
    "log": "logging takes",
    "selects_dialogue": "choosing lines",
    "selects_narration": "choosing lines and pictures",
    "selects_montage": "choosing shots",
    "captions": "writing the captions",
    "sound": "choosing the sound",
    "titles": "setting the titles",
    "plan": "writing the edit plan",
    "preview": "rendering the preview",
    "master": "rendering the final",
    "judgement": "looking at the final",
    "scorecard": "measuring the final",
    "delivery": "delivering",
}
"""What each step is called while it runs."""
THINGS = {
    "brief": "the brief",
    "footage": "what was seen in the footage",
    "log": "the log of takes",
    "selects_dialogue": "the choice of lines",
    "selects_narration": "the choice of lines and pictures",
    "selects_montage": "the choice of shots",
    "captions": "the captions",
    "sound": "the sound",
    "titles": "the titles",
    "plan": "the edit plan",
    "preview": "the preview",
    "master": "the final",
    "judgement": "the model's view of the final",
    "scorecard": "the final",
    "delivery": "the delivery",
}
"""What each step makes, as it is spoken of: a person looks at the final, not at its scorecard."""


class Stage(NamedTuple):
    """Steps that a person sees as one."""

    name: str
    label: str
    steps: tuple[str, ...]


STAGES = (
    Stage("footage", "Looking at the footage", ("footage",)),
    Stage("selects", "Choosing the best of it", ("log", "selects_dialogue", "selects_narration", "selects_montage")),
    Stage("elements", "Captions, sound and titles", ("captions", "sound", "titles")),
    Stage("plan", "Writing the edit plan", ("plan",)),
    Stage("preview", "Rendering the preview", ("preview",)),
    Stage("master", "Rendering the final", ("master",)),
    Stage("scorecard", "Measuring the final", ("judgement", "scorecard")),
    Stage("delivery", "Delivering", ("delivery",)),
)
"""The stages of an edit in the order in which they are done; no more than a card has room for."""


def name_of(step: str) -> str:
    """Return what a step is called while it runs."""
    return NAMES.get(step, step.replace("_", " "))


def thing_of(step: str) -> str:
    """Return what a step makes."""
    return THINGS.get(step, f"the {step.replace('_', ' ')}")


def bare(thing: str) -> str:
    """Return a thing without its article, for where its version follows: preview v2."""
    return thing.removeprefix("the ")


def capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]
