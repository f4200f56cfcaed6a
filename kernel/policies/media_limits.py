"""media_limits: footage that is too large or too long for this installation is refused before work begins."""

from kernel.policies.base import Question, Ruling


def media_limits(question: Question) -> Ruling:
    """Deny when a source is over the operator's limits, naming the file, its size and the limit."""
    for source in question.sources:
        if source["size"] > question.max_source_bytes:
            gigabytes = source["size"] / 1e9
            why = (
                f"{source['name']} has {gigabytes:.1f} GB; the limit here is {question.max_source_bytes / 1e9:.1f} GB."
            )
            return Ruling(policy="media_limits", answer="deny", why=why)
        if source["duration"] > question.max_source_seconds:
            lasts, limit = source["duration"], question.max_source_seconds
            why = f"{source['name']} lasts {lasts:.0f} s; the limit here is {limit:.0f} s."
            return Ruling(policy="media_limits", answer="deny", why=why)
    return Ruling(policy="media_limits", answer="allow", why=f"{len(question.sources)} sources within the limits")
