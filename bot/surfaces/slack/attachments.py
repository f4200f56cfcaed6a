"""Attachments: the files that go into a thread at a gate and at the end, or what is said where one is too big.

A storyboard stands above its card, not within it: it opens big, stays once the card is decided, and no card is refused
(and left without its buttons) because Slack has not worked through its picture yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from bot.office import Office
from bot.surfaces.slack import handing
from bot.surfaces.slack.blocks.text import bytes_of, line, link
from experts.edit.delivery import Delivery
from kernel.errors import NotFound
from kernel.store.records import Asset, Job, Kept
from kernel.studio import hash_of


class Attached(NamedTuple):
    """A file, or the words that stand for it: a row of the outbox."""

    id: str
    body: dict[str, Any]


def of_gate(office: Office, job: Job, kept: Kept) -> Iterator[Attached]:
    """Yield what a person judges by: the preview and its storyboard, or the final and the picture of its scores."""
    video, picture = (f"gate:{job.id}:{kept.hash}:{thing}" for thing in ("video", "picture"))
    if kept.step == "preview":
        yield from _video(office, job, video, kept.body["video"], f"Preview v{kept.version}")
        yield from _picture(office, job, picture, kept.body["storyboard"], f"Storyboard v{kept.version}")
    if kept.step == "scorecard":
        if master := _master(office, job, kept):
            yield from _video(office, job, video, master.body["video"], f"Final v{kept.version}")
        if scores := _scores(office, job, kept):
            yield from _picture(office, job, picture, scores.hash, f"Scores v{kept.version}")


def of_delivery(office: Office, job: Job, there: set[str | None]) -> Iterator[Attached]:
    """Yield the finished video and every other format of it that is not in the thread yet.

    Args:
        there: the hashes of the files that are.
    """
    kept = office.services.store.documents.latest(job.id, "delivery")
    if kept is None or kept.schema != Delivery.SCHEMA:
        return
    delivery = Delivery.open(kept.body, kept.schema_version)
    shown = any(
        row.id == f"large:{job.id}:{delivery.video}" for row in office.services.store.posts.list(job.conversation)
    )
    if delivery.video not in there and not shown:
        yield from _video(office, job, f"delivered:{job.id}:{delivery.video}", delivery.video, "The video")
    for other in delivery.others:
        if other.hash not in there:
            yield from _video(office, job, f"delivered:{job.id}:{other.hash}", other.hash, f"As {other.format}")


def _master(office: Office, job: Job, kept: Kept) -> Kept | None:
    """Return the final that a scorecard is about."""
    store = office.services.store
    for origin in kept.lineage:
        if origin.step == "master":
            with suppress(NotFound):
                return store.documents.get(origin.hash, job.id)
    return store.documents.latest(job.id, "master")


def _scores(office: Office, job: Job, kept: Kept) -> Asset | None:
    """Return the picture of a scorecard that is read at a glance; two that say the same are one file."""
    path = office.services.studio.folder(job.id, "pictures") / f"scorecard-{kept.hash[:12]}-glance.png"
    if not path.is_file():
        return None
    with suppress(NotFound):
        return office.services.store.assets.get(hash_of(path), job.id)
    return None


def _picture(office: Office, job: Job, id: str, hash_: str, name: str) -> Iterator[Attached]:
    with suppress(NotFound):
        asset = office.services.store.assets.get(hash_, job.id)
        yield Attached(id, _body(asset, job, name))


def _video(office: Office, job: Job, id: str, hash_: str, name: str) -> Iterator[Attached]:
    """Yield a video; where it is bigger than a thread takes, its preview and a line on where the whole is."""
    with suppress(NotFound):
        asset = office.services.store.assets.get(hash_, job.id)
        if asset.size <= office.services.settings.slack_upload_limit:
            yield Attached(id, _body(asset, job, name))
            return
        yield Attached(f"large:{job.id}:{hash_}", {"text": _too_big(office, asset, job, name)})
        if small := _smaller(office, job):
            yield Attached(id, _body(small, job, f"{name}, smaller"))


def _smaller(office: Office, job: Job) -> Asset | None:
    """Return the newest preview, if it fits."""
    store = office.services.store
    kept = store.documents.latest(job.id, "preview")
    with suppress(NotFound):
        asset = store.assets.get(kept.body["video"], job.id) if kept else None
        return asset if asset and asset.size <= office.services.settings.slack_upload_limit else None
    return None


def _body(asset: Asset, job: Job, name: str) -> dict[str, Any]:
    comment = f"{name} of {line(job.title)}"
    return {"hash": asset.hash, "name": _name(asset, name), "comment": comment, "instead": instead(job, comment)}


def instead(job: Job, name: str) -> str:
    """Return what is said where Slack does not take a file."""
    return f"{name} could not be put into this thread. {_ask(job)}"


def _name(asset: Asset, name: str) -> str:
    """Return what a file is called where people save it."""
    return f"{name.lower().replace(' ', '-').replace(',', '')}{Path(asset.name).suffix or Path(asset.url).suffix}"


def _too_big(office: Office, asset: Asset, job: Job, name: str) -> str:
    """Say where a file is that does not go into a thread: behind a link, or with whoever runs the bot."""
    size = f"{name} of {line(job.title)} has {bytes_of(asset.size)}, which is more than Slack takes."
    address = handing.link(office.services.settings, job.id, asset, _name(asset, name))
    there = f"It is here for {handing.DAYS} days: {link(address, 'watch or download it')}." if address else _ask(job)
    return f"{size} {there}"


def _ask(job: Job) -> str:
    return f"It is kept: ask whoever runs Rushes for the files of job {job.id[:8]}."
