"""Experts: data. Who makes a document, from which prompt, with which tools, and who stands in without a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kernel.document import Document
from kernel.store.records import Job
from kernel.studio import Studio
from kernel.tool import Tool


@dataclass(frozen=True)
class Scene:
    """What an understudy plays from: the same values that the prompt was rendered from."""

    documents: Mapping[str, Document]
    """The input documents, by step name and by group name."""
    previous: Mapping[str, Any] | None = None
    """The body of the document that a rerun starts from."""
    instructions: tuple[str, ...] = ()
    """All that was asked for so far, oldest first."""
    scopes: tuple[Mapping[str, Any] | None, ...] = ()
    """What each of them may touch, None for all; empty where nothing is known of that."""
    measured: tuple[bool, ...] = ()
    """Whether each comes from a failed score, and yields to what people asked for; empty where all are people's."""
    scope: Mapping[str, Any] | None = None
    """What the last instruction may touch; None for all."""
    new: int | None = None
    """How many of the last instructions the previous document does not hold yet; None for all."""
    by_hand: bool = False
    """Whether the previous document holds what a person did with their own hands."""


Understudy = Callable[[Scene], Mapping[str, Any]]
"""Makes the body of the expert's document by plain rules."""


@dataclass(frozen=True)
class Expert:
    """Who makes a step's document in a subchat."""

    name: str
    """Pipeline, dot, step: `edit.log`."""
    document: type[Document]
    prompt: str
    """Path in prompts/: `edit/log.j2`; the generic one where the step has none of its own."""
    understudy: Understudy
    tools: tuple[Tool[Any], ...] = ()
    """Read-only tools to look at things; those that write the document come by themselves."""
    tier: Literal["large", "small"] = "large"
    max_turns: int = 24
    max_tokens: int = 200_000
    """Prompt and completion tokens of the whole subchat."""
    max_minutes: float = 20.0
    draft: Callable[[Mapping[str, Document]], Mapping[str, Any]] | None = None
    """Makes the draft that the expert starts from; None for an empty one."""
    fixed: tuple[str, ...] = ()
    """Top-level fields that the kernel fills in and the expert may not change."""
    rules: Callable[[Any, Mapping[str, Document]], list[str]] | None = None
    """What besides the document's own rules must hold, given the input documents; one sentence for each breach."""
    places: Callable[[Mapping[str, Any], float, float], tuple[str, ...]] | None = None
    """Which paths of a document belong to a span of seconds of the finished cut: the guard of a timed note."""
    fed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By need: the types of list items that are taken over from it as they stand. When only such needs have newer
    versions, a rerun takes these items over and keeps the rest; with any other newer need it begins anew."""
    tells: Callable[[Any, Mapping[str, Document]], str] | None = None
    """What a draft amounts to, in a sentence for the expert: how long it is now, and how long it should be."""
    finishes: Callable[[Any, Mapping[str, Document], Sequence[str]], Any] | None = None
    """Puts the last touch on a document that was handed in, by rules, given the input documents and all instructions:
    what must hold whoever made it, such as how names are spelt."""
    shows: Callable[[Mapping[str, Document], Studio, Job], tuple[str, ...]] | None = None
    """Draws the pictures that the model is shown with its first message, and returns the hashes of their kept files
    (PNG or JPEG, best below a million pixels). Done once a run, and not at all where no model is set."""
