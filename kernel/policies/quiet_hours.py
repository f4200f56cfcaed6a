"""quiet_hours: in the hours that were set nothing begins that no person asked for."""

from kernel.policies.base import Question, Ruling


def quiet_hours(question: Question) -> Ruling:
    """Ask a person when a step would begin by itself within the quiet hours ("22-07", in the machine's local time)."""
    if question.quiet_hours is None or question.asked_by_person:
        return Ruling(policy="quiet_hours", answer="allow", why="no quiet hours, or a person asked")
    first, last = _hours(question.quiet_hours)
    if is_quiet(question.quiet_hours, question.now.hour):
        return Ruling(policy="quiet_hours", answer="ask", why=f"It is quiet from {first:02} to {last:02} h: say go on.")
    return Ruling(policy="quiet_hours", answer="allow", why=f"{question.now.hour:02} h is not quiet")


def is_quiet(hours: str, hour: int) -> bool:
    """Say whether an hour of the local day lies in the quiet ones ("22-07")."""
    first, last = _hours(hours)
    return first <= hour < last if first < last else hour >= first or hour < last


def _hours(hours: str) -> tuple[int, int]:
    first, last = (int(hour) for hour in hours.split("-"))
    return first, last
