"""Secrets."""

from __future__ import annotations

import pytest

from kernel.redact import redact, redacted

SECRETS = (
    "xoxb-123-456-abcDEF",
    "xoxp-1-2",
    "xapp-1-A0-xyz",
    "sk-proj-abc_DEF-123",
    "sk-ant-api03-xyz",
    "ya29.a0Af-B_c",
    "AIzaSyD-abc_123",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_taken_out_wherever_it_stands(secret: str) -> None:
    for text in (secret, f"key={secret},", f'{{"key": "{secret}"}}', f"KEY_{secret} and more"):
        assert secret not in redact(text)
        assert "[secret]" in redact(text)


@pytest.mark.parametrize("text", ["Authorization: Bearer abc.def-123", "authorization: bearer abc.def-123"])
def test_a_bearer_token_is_taken_out(text: str) -> None:
    assert redact(text).lower() == "authorization: bearer [secret]"


def test_the_password_in_an_address_is_taken_out() -> None:
    assert redact("postgresql://ada:hush@host/db") == "postgresql://[secret]@host/db"


@pytest.mark.parametrize("text", ["task-list, disk-cache and risk-averse", "the bearer of news", "/a/b.mp4:3", "12:30"])
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


def test_values_are_redacted_at_every_depth() -> None:
    assert redacted({"a": ["sk-abcdef", 1], "b": {"c": None}}) == {"a": ["[secret]", 1], "b": {"c": None}}
