"""Reads what one person sees in App Home: what waits for them, their jobs, and what was finished last."""

from __future__ import annotations

from collections.abc import Callable

from bot.approvers import asked_of
from bot.office import Office
from bot.surfaces.slack.blocks.status_card import WORDS, standing
from bot.surfaces.slack.readers import job_view
from bot.surfaces.slack.views import HomeJob, HomeView
from kernel.jobs import Status
from kernel.store.records import Job

RECENT = 60
"""Jobs of all people, newest first, among which what waits for somebody is looked for."""
OWN = 30
"""A person's own jobs that are looked at."""
RESULTS = 10
ENDED = ("completed", "cancelled")
Links = Callable[[str], str]


def thread_link(address: str) -> str:
    """Return a link to a thread by its address (team:channel:ts); it opens in the reader's own Slack."""
    team, channel, root = address.split(":")
    return f"https://app.slack.com/client/{team}/{channel}/thread/{channel}-{root}"


def home_view(office: Office, user: str, team: str = "", links: Links = thread_link) -> HomeView:
    """Return what a person sees in App Home.

    Args:
        team: their workspace; jobs of others are left out.
        links: gives the link to a thread by its address.
    """
    store = office.services.store
    known = {job.id: job for job in (*store.jobs.asked_by(user, "slack", OWN), *store.jobs.list(RECENT))}
    here = [job for job in known.values() if _is_here(office, job, team)]
    stand = {job.id: office.jobs.status(job) for job in here}
    own = [job for job in here if job.asker == user]
    waits = [job for job in here if stand[job.id] == "review_required" and _is_asked(office, job, user)]
    done = [job for job in own if stand[job.id] == "completed"]

    def row(job: Job) -> HomeJob:
        return _row(office, job, stand[job.id], links)

    return HomeView(
        user=user,
        waiting=tuple(map(row, waits)),
        mine=tuple(row(job) for job in own if stand[job.id] not in ENDED and job not in waits),
        results=tuple(map(row, done[:RESULTS])),
    )


def _is_asked(office: Office, job: Job, user: str) -> bool:
    """Say whether a job waits for a person; where anybody may answer, for those who spoke in its thread.

    Anybody of the channel may, but who that is nobody tells us, and a closed channel's jobs are for nobody else's eyes.
    """
    asked = asked_of(office, job)
    spoke = {turn.author for turn in office.services.store.turns.list(job.conversation)}
    return asked.has(user) and (bool(asked.people) or user in spoke)


def _is_here(office: Office, job: Job, team: str) -> bool:
    if job.surface != "slack":
        return False
    return not team or office.conversation(job.conversation).address.startswith(f"{team}:")


def word(office: Office, job: Job, status: Status) -> str:
    """Return how a job stands: while it is worked on, at which step and how far."""
    return standing(job_view(office, job)) if status == "processing" else WORDS[status]


def _row(office: Office, job: Job, status: Status, links: Links) -> HomeJob:
    kept = office.services.store.documents.latest(job.id, "delivery") if status == "completed" else None
    return HomeJob(
        job=job.id[:8],
        title=job.title,
        word=word(office, job, status),
        link=links(office.conversation(job.conversation).address),
        when=kept.created if kept else None,
    )
