"""What models cost: a small dated table, USD per million tokens.

The numbers are from the providers' public price pages as they stood at DATE; check them before relying on them.
Writing to a provider's cache costs more than the prompt rate at some (Anthropic: a quarter more): that is not counted.
"""

from __future__ import annotations

import re

from kernel.document import Value
from kernel.messages import Usage

DATE = "2025-12-01"


class Price(Value):
    """USD per million tokens."""

    prompt: float
    cached: float
    """For the part of the prompt that was read from the provider's cache."""
    completion: float


FREE = "offline"
PRICES: dict[str, Price] = {
    FREE: Price(prompt=0, cached=0, completion=0),
    "gpt-5": Price(prompt=1.25, cached=0.125, completion=10),
    "gpt-5.1": Price(prompt=1.25, cached=0.125, completion=10),
    "gpt-5-mini": Price(prompt=0.25, cached=0.025, completion=2),
    "gpt-5-nano": Price(prompt=0.05, cached=0.005, completion=0.4),
    "gpt-5-pro": Price(prompt=15, cached=15, completion=120),
    "gpt-4.1": Price(prompt=2, cached=0.5, completion=8),
    "gpt-4.1-mini": Price(prompt=0.4, cached=0.1, completion=1.6),
    "gpt-4o": Price(prompt=2.5, cached=1.25, completion=10),
    "gpt-4o-mini": Price(prompt=0.15, cached=0.075, completion=0.6),
    "claude-opus-4-1": Price(prompt=15, cached=1.5, completion=75),
    "claude-opus-4-5": Price(prompt=5, cached=0.5, completion=25),
    "claude-sonnet-4": Price(prompt=3, cached=0.3, completion=15),
    "claude-sonnet-4-5": Price(prompt=3, cached=0.3, completion=15),
    "claude-haiku-4-5": Price(prompt=1, cached=0.1, completion=5),
}
DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$")
"""What providers put behind a model's name."""


def price(model: str) -> Price | None:
    """Return a model's price, by its name with or without provider and date; None where the table lacks it."""
    name = model.rpartition(":")[2]
    return PRICES.get(name) or PRICES.get(DATED.sub("", name))


def dearest() -> Price:
    """Return a price that no known model exceeds, in any of its parts."""
    known = PRICES.values()
    return Price(
        prompt=max(one.prompt for one in known),
        cached=max(one.cached for one in known),
        completion=max(one.completion for one in known),
    )


def cost(model: str, usage: Usage) -> float:
    """Return what a call cost, in USD; an unknown model is priced as the dearest known, so that a budget holds."""
    rate = price(model) or dearest()
    fresh = max(usage.prompt_tokens - usage.cached_tokens, 0)
    micro = fresh * rate.prompt + usage.cached_tokens * rate.cached + usage.completion_tokens * rate.completion
    return micro / 1e6


def note(model: str) -> str:
    """Return a sentence for a model whose price is not known; empty for the others."""
    return "" if price(model) else f"The price of {model} is not known: it is counted as the dearest known on {DATE}."
