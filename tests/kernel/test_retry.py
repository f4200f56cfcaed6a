"""kernel/retry.py."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from kernel.errors import BadReply, Busy, Refused, RushesError, TryAgain, Unreachable
from kernel.messages import Provider, Reply, Request, said
from kernel.providers.openai import OpenAI
from kernel.providers.scripted import Line, Scripted, says
from kernel.retry import CAP, PARK, Asker, BreakerOpen, Fallback, Guards, ask, persist
from tests.fakes.models.server import Fault, ModelServer

REQUEST = Request(model="model-a", system="", messages=(said("user", "Hello."),), timeout=5)
DOWN = Unreachable("It is down.")
GOOD = says("Good.")


@dataclass
class Bench:
    """A patient asker whose sleeps are written down; `uniform` draws the largest."""

    guards: Guards = field(default_factory=Guards)
    slept: list[float] = field(default_factory=list)
    told: list[tuple[int, RushesError | None]] = field(default_factory=list)
    uniform: Callable[[float, float], float] = max

    def ask(self, provider: Provider, fallback: Fallback | None = None, attempts: int = 3) -> Reply:
        return ask(
            provider,
            REQUEST,
            guards=self.guards,
            attempts=attempts,
            fallback=fallback,
            sleep=self.slept.append,
            uniform=self.uniform,
            on_attempt=lambda number, error, seconds: self.told.append((number, error)),
        )


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def bench() -> Bench:
    return Bench()


def other(*lines: Line) -> tuple[Scripted, Fallback]:
    provider = Scripted(lines)
    provider.name = "other"
    return provider, lambda error: (provider, "model-b")


def test_an_answer_is_asked_for_once(bench: Bench) -> None:
    assert bench.ask(Scripted([GOOD])).message.text == "Good."
    assert (bench.slept, bench.told) == ([], [(1, None)])


def test_what_failed_is_tried_three_times_with_growing_waits(bench: Bench) -> None:
    provider = Scripted([DOWN, DOWN, DOWN, GOOD])
    with pytest.raises(Unreachable, match="It is down"):
        bench.ask(provider)
    assert len(provider.requests) == 3
    assert bench.slept == [0.5, 1.0]
    assert [number for number, _ in bench.told] == [1, 2, 3]


def test_a_wait_is_drawn_from_nothing_to_all_and_never_over_the_cap() -> None:
    drawn: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        drawn.append((low, high))
        return low

    bench = Bench(Guards(failures=99), uniform=draw)
    for _ in range(30):
        bench.guards.budget("scripted").asked()
    with pytest.raises(Unreachable):
        bench.ask(Scripted([DOWN] * 4), attempts=4)
    assert drawn == [(0.0, 0.5), (0.0, 1.0), (0.0, 2.0)]


def test_the_wait_that_a_provider_asks_for_is_the_least(bench: Bench) -> None:
    provider = Scripted([Busy("wait", 7.0), Busy("wait", 0.1), GOOD])
    assert bench.ask(provider).message.text == "Good."
    assert bench.slept == [7.0, 1.0]


def test_a_wait_of_over_a_minute_is_the_callers(bench: Bench) -> None:
    provider = Scripted([Busy("wait", 61.0), GOOD])
    with pytest.raises(Busy) as raised:
        bench.ask(provider)
    assert raised.value.retry_after == 61.0
    assert bench.slept == []


def test_what_was_refused_is_not_tried_again(bench: Bench) -> None:
    provider = Scripted([Refused("No credit."), GOOD])
    with pytest.raises(Refused, match="No credit"):
        bench.ask(provider)
    assert len(provider.requests) == 1


def test_an_answer_that_makes_no_sense_is_tried_once_more(bench: Bench) -> None:
    provider = Scripted([BadReply("What?")] * 3)
    with pytest.raises(BadReply):
        bench.ask(provider)
    assert len(provider.requests) == 2


def test_an_error_of_ours_is_never_tried_again(bench: Bench) -> None:
    def broken(request: Request) -> Reply:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bench.ask(Scripted([broken, GOOD]))
    assert bench.slept == []


@pytest.mark.parametrize(
    "lines", [[Refused("No credit.")], [Busy("wait", 3600.0)], [DOWN, DOWN, DOWN], [BadReply("What?")] * 2]
)
def test_what_the_first_model_cannot_do_goes_to_the_fallback(bench: Bench, lines: list[Line]) -> None:
    second, fallback = other(GOOD)
    assert bench.ask(Scripted(lines), fallback).message.text == "Good."
    assert [request.model for request in second.requests] == ["model-b"]
    assert [number for number, _ in bench.told] == list(range(1, len(lines) + 2))


def test_a_fallback_that_costs_too_much_is_not_asked(bench: Bench) -> None:
    with pytest.raises(Refused, match="No credit"):
        bench.ask(Scripted([Refused("No credit.")]), lambda error: None)


@pytest.mark.parametrize(
    ("first", "second", "raised"),
    [
        (Busy("wait", 90.0), Refused("no"), Busy),
        (Refused("no"), Busy("wait", 90.0), Busy),
        (Refused("first"), Refused("second"), Refused),
        (Busy("wait", 90.0), BadReply("what?"), Busy),
    ],
)
def test_when_both_fail_the_error_is_the_one_that_may_pass(
    bench: Bench, first: RushesError, second: RushesError, raised: type[RushesError]
) -> None:
    with pytest.raises(raised) as error:
        bench.ask(Scripted([first]), other(second, second)[1])
    assert isinstance(error.value, TryAgain) or error.value is first


def test_a_refusal_gets_one_second_opinion(bench: Bench) -> None:
    no = says("I cannot help with that.").model_copy(update={"stop": "refusal"})
    assert bench.ask(Scripted([no]), other(GOOD)[1]).message.text == "Good."
    assert bench.ask(Scripted([no]), other(Refused("no"))[1]).stop == "refusal"
    assert bench.ask(Scripted([no])).stop == "refusal"


def test_five_failures_in_a_row_open_the_breaker(bench: Bench) -> None:
    provider = Scripted([DOWN] * 5 + [GOOD])
    for attempts in (3, 2):
        with pytest.raises(Unreachable):
            bench.ask(provider, attempts=attempts)
    with pytest.raises(BreakerOpen) as raised:
        bench.ask(provider)
    assert len(provider.requests) == 5
    assert raised.value.retry_after is not None
    assert 25 < raised.value.retry_after <= 30


def test_an_open_breaker_sends_to_the_fallback_at_once() -> None:
    bench = opened(Guards(failures=2))
    first = Scripted([GOOD])
    second, fallback = other(GOOD)
    assert bench.ask(first, fallback).message.text == "Good."
    assert (len(first.requests), len(second.requests)) == (0, 1)


def test_an_answer_in_between_keeps_the_breaker_closed() -> None:
    bench = Bench(Guards(failures=2))
    provider = Scripted([DOWN, GOOD, DOWN, GOOD, DOWN, GOOD])
    assert [bench.ask(provider).message.text for _ in range(3)] == ["Good."] * 3


def test_a_refusal_to_answer_is_no_failure_of_the_provider(bench: Bench) -> None:
    provider = Scripted([Refused("no")] * 9 + [GOOD])
    for _ in range(9):
        with pytest.raises(Refused):
            bench.ask(provider)
    assert bench.ask(provider).message.text == "Good."


def opened(guards: Guards) -> Bench:
    bench = Bench(guards)
    for _ in range(2):
        with pytest.raises(Unreachable):
            bench.ask(Scripted([DOWN]), attempts=1)
    return bench


def test_after_its_rest_a_good_probe_closes_the_breaker() -> None:
    bench = opened(Guards(failures=2, rest=0.0))
    assert bench.ask(Scripted([GOOD])).message.text == "Good."
    assert bench.ask(Scripted([DOWN, GOOD])).message.text == "Good."


def test_a_bad_probe_opens_the_breaker_again() -> None:
    bench = opened(Guards(failures=2, rest=0.0))
    with pytest.raises(Unreachable):
        bench.ask(Scripted([DOWN]), attempts=1)
    assert bench.guards.breaker("scripted").state == "open"


def test_only_one_call_probes_at_a_time() -> None:
    bench = opened(Guards(failures=2, rest=0.0))
    second = Scripted([GOOD])

    def probe(request: Request) -> Reply:
        with pytest.raises(BreakerOpen):
            bench.ask(second)
        return GOOD

    assert bench.ask(Scripted([probe])).message.text == "Good."
    assert second.requests == []


def test_calls_to_one_provider_run_at_once(bench: Bench) -> None:
    meet = threading.Barrier(2, timeout=10)

    def together(request: Request) -> Reply:
        meet.wait()
        return GOOD

    provider = Scripted([together, together])
    threads = [threading.Thread(target=bench.ask, args=(provider,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [error for _, error in bench.told] == [None, None]


def test_retries_are_at_most_a_tenth_of_the_requests_of_a_minute_or_three() -> None:
    clock = Clock()
    budget = Guards(clock=clock).budget("any")
    assert [budget.spend() for _ in range(4)] == [True, True, True, False]
    for _ in range(50):
        budget.asked()
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    clock.now += 60.0
    assert [budget.spend() for _ in range(4)] == [True, True, True, False]


def test_without_budget_the_error_is_raised_at_once(bench: Bench) -> None:
    budget = bench.guards.budget("scripted")
    while budget.spend():
        pass
    with pytest.raises(Unreachable):
        bench.ask(Scripted([DOWN, GOOD]))
    assert bench.slept == []


def test_an_asker_finds_the_provider_and_the_fallback_by_their_full_names() -> None:
    first, second = Scripted([Refused("no")]), Scripted([GOOD])
    places = {"one": first, "two": second}

    def split(full: str) -> tuple[Provider, str]:
        before, _, after = full.partition(":")
        return places[before], after

    asker = Asker(fallback="two:model-b", sleep=lambda seconds: None)
    reply = asker.ask(split, REQUEST.model_copy(update={"model": "one:model-a"}))
    assert reply.message.text == "Good."
    assert (first.requests[0].model, second.requests[0].model) == ("model-a", "model-b")


def test_a_real_provider_that_asks_to_wait_a_second_is_asked_again_after_it(bench: Bench) -> None:
    with ModelServer([Fault(429, "rate_limit_exceeded", headers={"retry-after": "1"}), Fault(503), GOOD]) as server:
        provider = OpenAI(SecretStr("sk-test"), server.openai_url)
        assert bench.ask(provider).message.text == "Good."
        provider.close()
    assert len(server.asked) == 3
    assert bench.slept == [1.0, 1.0]


class Download:
    """Something that comes a stretch further with each try, up to where it is whole."""

    def __init__(self, *stretches: int, error: TryAgain = DOWN) -> None:
        self.stretches = list(stretches)
        self.error = error
        self.here = 0
        self.slept: list[float] = []

    def whole(self) -> int:
        """Come a stretch further; break off unless it was the last."""
        if self.stretches:
            self.here += self.stretches.pop(0)
            raise self.error
        return self.here

    def brought(self) -> int:
        """Persist."""
        return persist(self.whole, lambda: self.here, sleep=self.slept.append, uniform=max)


def test_what_gets_further_with_each_try_is_never_given_up() -> None:
    download = Download(*[10_000] * 50)
    assert download.brought() == 500_000
    assert max(download.slept) == 0.5


def test_what_gets_no_further_is_given_up_after_three_tries() -> None:
    for stretches in ([0, 0, 0, 0], [10_000, 0, 0, 0], [1, 1, 1, 1], [10_000, 0, 10_000, 0, 0, 0]):
        download = Download(*stretches)
        with pytest.raises(Unreachable):
            download.brought()
        assert len(download.stretches) <= 1


def test_who_asks_to_wait_is_waited_for_within_reason() -> None:
    download = Download(0, error=Busy("Wait.", 7.0))
    assert download.brought() == 0
    assert download.slept == [7.0]
    download = Download(0, error=Busy("Wait.", PARK + 1))
    with pytest.raises(Busy):
        download.brought()
    assert download.slept == []
    assert CAP < PARK
