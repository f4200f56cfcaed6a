"""A whole job with a model behind each provider's wire format: it errs, is led back, and everything is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.prices import cost
from kernel.providers.scripted import USAGE
from kernel.store.records import Charge, Kept
from tests.fakes.models.server import ModelServer
from tests.scenarios.conftest import BRIEF, Footage
from tests.scenarios.play import MISTAKES, Play, led_back, who
from tests.scenarios.stage import Stage, seconds

MODELS = {"openai": "gpt-5-mini", "anthropic": "claude-haiku-4-5"}
CONFIDENCES = {"log": 0.83, "selects_narration": 0.91, "captions": 0.72, "sound": 0.9, "titles": 0.9, "judgement": 0.7}
SHEETS = {"captions": 2, "sound": 2, "titles": 2}
ASKED = {"orchestrator": 4 + 3, "log": 7, "selects_narration": 5, **SHEETS, "plan": 1, "judgement": 2}
"""How often each is asked: the orchestrator for the brief and for three ends of walks."""


def environ(server: ModelServer, provider: str) -> dict[str, str]:
    """Return the settings that lead to a server, and leave what the scores find wanting to a person."""
    url = server.openai_url if provider == "openai" else server.anthropic_url
    name = provider.upper()
    return {
        f"{name}_API_KEY": "sk-test-0123456789",
        f"{name}_BASE_URL": url,
        "RUSHES_MODEL": f"{provider}:{MODELS[provider]}",
        "RUSHES_ROUNDS": "0",
    }


@pytest.mark.parametrize("provider", MODELS)
def test_a_model_makes_the_video_and_is_led_back_from_every_mistake(
    provider: str, clips: Footage, machine: Path, tmp_path: Path
) -> None:
    play = Play(MODELS[provider])
    with ModelServer(play, key="sk-test-0123456789") as server:
        stage = Stage(tmp_path, environ(server, provider), machine)
        out = tmp_path / "out.mp4"
        said = stage.run("edit", clips.talk, clips.city, "--brief", BRIEF, "--yes", "-o", out)
        asked = server.requests
    assert said.status == 0, said.err
    assert server.bad == []
    assert {request.model for request in asked} == {MODELS[provider]}
    assert said.out.startswith(f"The editor is {provider}:{MODELS[provider]}.")
    assert abs(seconds(out) - 3.7) < 0.3

    [handed_in] = [request for request in asked if who(request) == "Log" and len(led_back(request)) == 6]
    told = "\n".join(led_back(handed_in))
    for mistake, words in MISTAKES.items():
        assert words in told, mistake
    first, *_ = [request for request in asked if who(request) == "orchestrator" and led_back(request)]
    assert "There is no tool 'approve'; there are: hand_in" in led_back(first)[-1]

    documents = stage.documents()
    assert documents["judgement"].body["hook"] == 0.6, "its judge saw no pictures"
    assert {name: documents[name].confidence for name in CONFIDENCES} == CONFIDENCES
    for step, times in ASKED.items():
        if step != "orchestrator":
            check(documents[step], MODELS[provider], times)
    with stage.store() as store:
        charges = store.ledger.list(stage.job().id)
        runs = store.runs.list(stage.job().id)
        errors = {attempt.error for run in runs for attempt in store.runs.attempts(run.id)}
    assert errors == {None}
    assert counted(charges) == {**ASKED, "orchestrator": ASKED["orchestrator"] - 2}
    assert sum(charge.usd for charge in charges) == pytest.approx(len(charges) * cost(MODELS[provider], USAGE))


def check(kept: Kept, model: str, times: int) -> None:
    """Check what is kept beside a document that a model made."""
    assert kept.expert == f"edit.{kept.step}@1"
    assert kept.model == model
    assert (kept.prompt_tokens, kept.completion_tokens) == (
        times * USAGE.prompt_tokens,
        times * USAGE.completion_tokens,
    )
    assert kept.cost_usd == pytest.approx(times * cost(model, USAGE))


def counted(charges: list[Charge]) -> dict[str, int]:
    """Return how many calls were charged to each step."""
    found: dict[str, int] = {}
    for charge in charges:
        found[charge.step] = found.get(charge.step, 0) + 1
    return found
