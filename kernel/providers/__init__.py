"""Places where models live: one file each, and one line in `PROVIDERS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from kernel.errors import NotFound
from kernel.messages import Provider
from kernel.providers.anthropic import Anthropic
from kernel.providers.openai import OpenAI


@dataclass(frozen=True)
class Place:
    """A provider that can be reached with a key.

    Attributes:
        name: what stands before the colon in a model's name.
        make: makes the provider from a key and a base URL; raises SetUp where they do not do.
        families: how the names of its models begin, for names without a colon.
    """

    name: str
    make: Callable[[SecretStr | None, str | None], Provider]
    families: tuple[str, ...]


PROVIDERS: tuple[Place, ...] = (
    Place(OpenAI.name, OpenAI, ("gpt-", "chatgpt-", "o1", "o3", "o4")),
    Place(Anthropic.name, Anthropic, ("claude-",)),
)


def provider_for(
    model: str, keys: Mapping[str, SecretStr | None], base_urls: Mapping[str, str | None]
) -> tuple[Provider, str]:
    """Return the provider of a model and the model's name there.

    Args:
        model: `openai:NAME`, `anthropic:NAME`, or the bare name of a model of a known family.
        keys: by provider's name.
        base_urls: by provider's name, for compatible servers.

    Raises:
        NotFound: nobody here has such a model.
        SetUp: its provider's key is missing or cannot be one.
    """
    place, name = place_of(model)
    return place.make(keys.get(place.name), base_urls.get(place.name)), name


def place_of(model: str) -> tuple[Place, str]:
    """Return where a model lives and its name there; makes nothing.

    Raises:
        NotFound: nobody here has such a model.
    """
    before, colon, after = model.partition(":")
    for place in PROVIDERS:
        if colon and before == place.name and after:
            return place, after
        if model.startswith(place.families):
            return place, model
    names = ", ".join(f"{place.name}:NAME" for place in PROVIDERS)
    raise NotFound(f"There is no model {model!r}: write {names}, or offline.")
