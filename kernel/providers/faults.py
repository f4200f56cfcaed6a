"""What can go wrong between Rushes and a provider, as Rushes' own errors. Shared by the adapters; knows no SDK."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from kernel.errors import BadReply, Busy, Refused, RushesError, SetUp, Unreachable

_CREDIT = ("insufficient_quota", "credit", "billing", "spend_limit")
"""Parts of the codes that mean money: OpenAI's `insufficient_quota`, Anthropic's `billing_error`."""

_TOO_LONG = ("context_length", "context length", "context window", "prompt is too long", "too many tokens", "too large")
_SECRET = re.compile(r"\b(sk|xox[abprs]|xapp|ya29|AIza)[-._\w*]{4,}")


class Wire(BaseModel):
    """The part of a provider's answer that is read; whatever else stands in it is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Body = TypeVar("Body", bound=Wire)


class Fault(BaseModel):
    """An answer of a provider that is not 2xx.

    Attributes:
        codes: the provider's own codes and kinds for it.
        headers: the answer's headers, names in lower case.
    """

    status: int
    codes: tuple[str, ...]
    message: str
    headers: Mapping[str, str]


def error_of(provider: str, model: str, fault: Fault) -> RushesError:
    """Return the error that a provider's refusal stands for; the text says what a person may do.

    Args:
        provider: the provider as people know it, such as OpenAI.
        model: the model that was asked.
        fault: what came back.
    """
    codes = " ".join(fault.codes).lower()
    message = fault.message.lower()
    if fault.status == 402 or any(word in codes for word in _CREDIT) or "credit balance" in message:
        return Refused(
            f"{provider} says the account is out of credit or over its limit: top it up, or set another model."
        )
    if fault.status == 429:
        return Busy(f"{provider} asks to wait: too many requests at the moment.", retry_after(fault.headers))
    if fault.status == 413 or (fault.status == 400 and any(word in f"{codes} {message}" for word in _TOO_LONG)):
        return Refused(
            f"The conversation is too long for {model}: use less footage at once, or a model that reads more."
        )
    if fault.status in (408, 409) or not 400 <= fault.status < 500:
        return Unreachable(f"{provider} failed on its side (status {fault.status}).")
    return Refused(_refusal(provider, model, fault))


def _refusal(provider: str, model: str, fault: Fault) -> str:
    known = {
        401: f"{provider} does not accept the key: set a valid one.",
        403: f"{provider} does not let this key use {model}: ask the account's owner for access, or set another model.",
        404: f"{provider} knows no model {model} here: check the model's name and, if one is set, the base URL.",
    }
    said = f"{provider} refused the question (status {fault.status}): {_line(fault.message)} Try another model."
    return known.get(fault.status, said)


def _line(message: str) -> str:
    """Return a provider's own words as one short line without keys or markup."""
    text = "" if "<" in message else " ".join(_SECRET.sub("[hidden]", message).split())[:200]
    return f"{text.rstrip('.')}." if text else "it did not say why."


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how long the provider asks to wait, in seconds; None where it does not say (names in lower case)."""
    if "retry-after-ms" in headers:
        milliseconds = _seconds(headers["retry-after-ms"])
        return None if milliseconds is None else milliseconds / 1000
    return _seconds(headers.get("retry-after", ""))


def _seconds(text: str) -> float | None:
    if re.fullmatch(r"\s*\d{1,12}(\.\d+)?\s*", text):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def timed_out(provider: str, seconds: float) -> Unreachable:
    """Return the error for an answer that did not come in time."""
    return Unreachable(f"{provider} did not answer within {seconds:g} seconds.")


def cut_off(provider: str) -> Unreachable:
    """Return the error for a connection that could not be made or broke."""
    return Unreachable(f"{provider} cannot be reached: check the network and, if one is set, the base URL.")


def garbled(provider: str, what: str) -> BadReply:
    """Return the error for an answer that is incomplete or makes no sense; `what` says in which way."""
    return BadReply(f"{provider}'s answer cannot be used: {what}.")


def read(provider: str, kind: type[Body], text: str) -> Body:
    """Read the text of an answer.

    Raises:
        BadReply: it is empty, no JSON, or not of this shape.
    """
    if not text.strip():
        raise garbled(provider, "it is empty")
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        raise garbled(provider, "it is not of the agreed form") from None


def clean_key(provider: str, key: SecretStr | None, needed: bool) -> str:
    """Return the key to send; a placeholder where a compatible server needs none.

    Raises:
        SetUp: there is none though one is needed, or it holds what no key can.
    """
    text = key.get_secret_value().strip() if key else ""
    if not text and needed:
        raise SetUp(f"There is no key for {provider}: set one, or use the model `offline`, which needs none.")
    if not re.fullmatch(r"[!-~]*", text):
        raise SetUp(f"The key for {provider} holds a character that no key has: copy it again.")
    return text or "none"
