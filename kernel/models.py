"""Which model answers, and asking it once: with retries, budget, charge and span."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.errors import Denied, NotFound, RushesError
from kernel.messages import Message, Provider, Reply, Request, Text
from kernel.prices import cost
from kernel.retry import Asker
from kernel.store import Store
from kernel.store.records import Charge, Job, Log
from kernel.telemetry import Telemetry


@dataclass(frozen=True)
class Caller:
    """Who asks: for the ledger, the log and the trace."""

    job: Job | None
    step: str
    run: str


class Models:
    """The providers by name, and the model chosen for each tier: `openai:NAME`, `anthropic:NAME` or `offline`."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        chosen: Mapping[str, str],
        asker: Asker,
        store: Store,
        telemetry: Telemetry,
        timeout: float = 180.0,
    ) -> None:
        self.chosen = chosen
        self.timeout = timeout
        self._providers = providers
        self._asker = asker
        self._store = store
        self._telemetry = telemetry

    def name(self, tier: str, job: Job | None = None) -> str:
        """Return the full name of the model for a tier; a job may have one of its own."""
        asked = job.settings.get("model") if job else None
        return str(asked) if asked else self.chosen[tier]

    def ask(self, request: Request, caller: Caller) -> Reply:
        """Ask the model that `request.model` names in full; its reply is charged and traced.

        Raises:
            Denied: the job's budget is used up.
            TryAgain, Refused: neither the model nor its stand-in answered.
        """
        self._require_budget(caller)
        with self._telemetry.span(f"ask {request.model}", **_whose(caller), prompt=_shown(request)) as span:
            reply = self._asker.ask(self.split, request, on_attempt=self._teller(caller))
            span.set_attribute("reply", reply.message.model_dump_json())
            span.set_attribute("tokens", [reply.usage.prompt_tokens, reply.usage.completion_tokens])
        self._charge(request, reply, caller)
        return reply

    def split(self, full: str) -> tuple[Provider, str]:
        """Return the provider and the model's name there.

        Raises:
            NotFound: no such provider is set up; says what to set.
        """
        provider, _, model = full.partition(":")
        if provider not in self._providers:
            known = ", ".join(sorted(self._providers))
            raise NotFound(
                f"No provider {provider!r} is set up (there are: {known}); set its key, or choose `offline`."
            )
        return self._providers[provider], model or provider

    def _require_budget(self, caller: Caller) -> None:
        if caller.job and self._store.ledger.spent(caller.job.id) >= caller.job.budget_usd:
            raise Denied(f"The budget of ${caller.job.budget_usd:.2f} is used up; raise it and go on.")

    def _charge(self, request: Request, reply: Reply, caller: Caller) -> None:
        usd = cost(reply.model, reply.usage) if not request.model.startswith("offline") else 0.0
        self._store.ledger.charge(
            Charge(
                job=caller.job.id if caller.job else None,
                step=caller.step,
                run=caller.run,
                model=reply.model,
                usd=usd,
                **reply.usage.model_dump(),
            )
        )

    def _teller(self, caller: Caller) -> Callable[[int, RushesError | None, float], None]:
        def told(number: int, error: RushesError | None, seconds: float) -> None:
            if error is not None:
                self._store.logs.add(
                    Log(
                        job=caller.job.id if caller.job else None,
                        level="warning",
                        step=caller.step,
                        message=f"Attempt {number} failed after {seconds:.1f} s: {error}",
                    )
                )

        return told


def _whose(caller: Caller) -> dict[str, Any]:
    job = caller.job
    return {
        "job": job.id if job else None,
        "trace_id": job.trace_id if job else None,
        "step": caller.step,
        "parent": caller.run,
    }


def _shown(request: Request) -> str:
    last: Message = request.messages[-1]
    words = [
        part.text if isinstance(part, Text) else part.model_dump_json() for part in last.parts if part.type != "image"
    ]
    return "\n".join([request.system, *words])
