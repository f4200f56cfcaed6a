"""rounds: machines may ask for a rerun only so often; then a person decides."""

from kernel.policies.base import Question, Ruling


def rounds(question: Question) -> Ruling:
    """Ask a person once the worker or a metric sent a step back as often as is allowed."""
    asked, limit = question.rounds_asked_by_machine, question.rounds_limit
    if asked > limit:
        why = f"{question.step} was sent back {asked} times without a person; look at it and say what to do."
        return Ruling(policy="rounds", answer="ask", why=why)
    return Ruling(policy="rounds", answer="allow", why=f"round {asked} of {limit}")
