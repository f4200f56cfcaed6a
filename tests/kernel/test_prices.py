"""Prices."""

from __future__ import annotations

import pytest

from kernel.messages import Usage
from kernel.prices import PRICES, cost, dearest, note, price


def test_cached_tokens_cost_less_than_fresh_ones() -> None:
    usage = Usage(prompt_tokens=1_000_000, cached_tokens=400_000, completion_tokens=100_000)
    assert cost("gpt-5", usage) == pytest.approx(0.6 * 1.25 + 0.4 * 0.125 + 0.1 * 10)


@pytest.mark.parametrize("name", ["openai:gpt-5", "gpt-5-2025-08-07", "gpt-5"])
def test_a_model_is_known_with_and_without_its_provider_and_date(name: str) -> None:
    assert price(name) == PRICES["gpt-5"]
    assert note(name) == ""


@pytest.mark.parametrize("name", ["gpt-5-enormous", "gpt-6", "llama"])
def test_an_unknown_model_is_priced_as_the_dearest_and_said_so(name: str) -> None:
    usage = Usage(prompt_tokens=1000, cached_tokens=500, completion_tokens=1000)
    assert all(cost(name, usage) >= cost(known, usage) for known in PRICES)
    assert name in note(name)


def test_the_offline_director_is_free() -> None:
    assert cost("offline", Usage(prompt_tokens=10**6, completion_tokens=10**6)) == 0


def test_no_part_of_a_known_price_exceeds_the_dearest() -> None:
    top = dearest()
    assert all(one.prompt <= top.prompt and one.completion <= top.completion for one in PRICES.values())
