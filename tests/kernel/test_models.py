"""Which model answers, what it costs, and what the trace says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.errors import Denied, NotFound, Unreachable
from kernel.messages import Request, said
from kernel.models import Caller
from kernel.store.records import Charge
from tests.kernel.house import House

ASKED = Request(model="scripted:big", system="You log.", messages=(said("user", "Go on."),), expert="cut.log")


def test_a_tier_has_its_model_and_a_job_may_have_its_own(house: House) -> None:
    models, job = house.services.models, house.open()
    assert (models.name("large"), models.name("small", job)) == ("scripted:big", "scripted:small")
    own = job.model_copy(update={"settings": {"model": "scripted:other"}})
    assert models.name("large", own) == models.name("small", own) == "scripted:other"


def test_a_provider_that_is_not_set_up_is_told_with_what_to_do(house: House) -> None:
    with pytest.raises(
        NotFound, match=r"No provider 'openai' is set up \(there are: offline, scripted\); set its key, or choose `off"
    ):
        house.services.models.ask(ASKED.model_copy(update={"model": "openai:gpt-5"}), Caller(None, "", ""))


def test_a_provider_is_asked_by_its_own_name_of_the_model(house: House) -> None:
    house.services.models.ask(ASKED, Caller(None, "", ""))
    assert house.scripted.requests[0].model == "big"


def test_every_reply_is_charged_to_its_job_step_and_run(house: House) -> None:
    job = house.open()
    house.services.models.ask(ASKED, Caller(job, "log", "run"))
    [charge] = house.store.ledger.list(job.id)
    assert (charge.step, charge.run, charge.model) == ("log", "run", "scripted")
    assert (charge.prompt_tokens, charge.completion_tokens) == (100, 20)
    assert charge.usd > 0, "a model whose price is not known is counted as the dearest"


def test_a_used_up_budget_stops_the_call_before_it_is_made(house: House) -> None:
    job = house.open()
    house.store.ledger.charge(Charge(job=job.id, model="m", usd=job.budget_usd))
    with pytest.raises(Denied, match=r"The budget of \$5\.00 is used up; raise it and go on\."):
        house.services.models.ask(ASKED, Caller(job, "log", "run"))
    assert house.scripted.requests == []


def test_the_trace_has_the_prompt_the_reply_and_the_tokens(house: House) -> None:
    job = house.open()
    house.services.models.ask(ASKED, Caller(job, "log", "run"))
    [span] = [span for span in house.store.traces.list(job.id) if span.name == "ask scripted:big"]
    assert span.attributes["prompt"] == "You log.\nGo on."
    assert "I look first." in span.attributes["reply"]
    assert span.attributes["tokens"] == "[100, 20]"


def test_a_failed_attempt_is_logged_and_costs_nothing(tmp_path: Path) -> None:
    house = House(tmp_path)
    job = house.open()
    house.lines["cut.log"].append(Unreachable("No answer."))
    house.services.models.ask(ASKED, Caller(job, "log", "run"))
    [line] = house.store.logs.list(job.id)
    assert (line.level, line.step) == ("warning", "log")
    assert line.message.startswith("Attempt 1 failed after 0.")
    assert line.message.endswith("s: No answer.")
    assert len(house.store.ledger.list(job.id)) == 1
    house.close()
