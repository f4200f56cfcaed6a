"""budget: no paid call once the job's money is used up."""

from kernel.policies.base import Question, Ruling


def budget(question: Question) -> Ruling:
    """Deny an expert's step when the budget is spent; plain functions cost nothing."""
    left = question.budget_usd - question.spent_usd
    if question.made_by == "expert" and left <= 0:
        why = (
            f"The budget of ${question.budget_usd:.2f} is used up (${question.spent_usd:.2f} spent): raise it to go on."
        )
        return Ruling(policy="budget", answer="deny", why=why)
    return Ruling(policy="budget", answer="allow", why=f"${left:.2f} of ${question.budget_usd:.2f} left")
