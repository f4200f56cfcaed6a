"""What a conversation knows of its job: opens it, takes footage in, tells how it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.dropped import brand_in
from bot.house_rules import filled_in, rules_of
from experts.edit.brief import Brief
from kernel.brand import BrandKit
from kernel.errors import BadDocument, BadInput, NotFound
from kernel.fetch import FETCHERS
from kernel.fetch.kinds import is_footage
from kernel.jobs import Jobs
from kernel.services import Services
from kernel.store.records import Asset, Conversation, Instruction, Job, Kept, Turn
from kernel.studio import hash_of
from kernel.worker.timelines.files import kind_of

MUSIC = Path(__file__).resolve().parent.parent / "kernel" / "worker" / "music"
"""The beds that come along."""
CUTS = ("preview", "master")
"""Steps that make a video: people ask how long it is."""
New = dict[str, dict[str, Any]]
"""Dropped files by the hashes of their bytes."""


class Office:
    """The jobs of conversations."""

    def __init__(self, services: Services, pipeline: str = "edit") -> None:
        self.services = services
        self.jobs = Jobs(services)
        self._pipeline = pipeline

    def conversation(self, id: str) -> Conversation:
        """Return a conversation."""
        return self.services.store.conversations.get(id)

    def job_or_none(self, conversation: str) -> Job | None:
        """Return the job that the conversation is about, None before there is one."""
        found = self.conversation(conversation).job
        return self.services.store.jobs.get(found) if found else None

    def job(self, conversation: str) -> Job:
        """Return the job that the conversation is about.

        Raises:
            NotFound: there is none yet; says what to do.
        """
        job = self.job_or_none(conversation)
        if job is None:
            raise NotFound("There is no job yet: drop footage and say what to make of it.")
        return job

    def hand_in(self, conversation: str, brief: Brief, author: str, turn: str) -> Kept:
        """Keep a brief; it opens a job where there is none, and takes in what was dropped so far.

        Raises:
            BadInput: no footage was dropped yet. BadDocument: the brief breaks its rules; no job is opened for it.
        """
        if found := brief.problems({}):
            raise BadDocument(" ".join(found))
        brief = self._branded(conversation, brief)
        job = self.job_or_none(conversation)
        if job is None or job.decision == "cancelled":
            job = self._open(conversation, brief, author, turn)
        new = self._new(conversation, job)
        self._tell_of_more(new, job, author, turn)
        self._take_in(new, job)
        return self.jobs.hand_in(job, "brief", brief.body(), author, f"{turn}:brief")

    def _open(self, conversation: str, brief: Brief, author: str, turn: str) -> Job:
        dropped = self.dropped(conversation)
        if not dropped:
            raise BadInput("There is no footage yet: ask the person to drop at least one video, sound or picture file.")
        settings = self._settings(conversation)
        here = self.conversation(conversation)
        job = Job(
            id=trace_of(turn),
            trace_id=trace_of(turn),
            pipeline=self._pipeline,
            title=_title(brief, dropped[0]["name"]),
            asker=author,
            surface=here.surface,
            conversation=conversation,
            settings=settings,
            budget_usd=self.services.settings.budget_usd,
            fingerprint=here.address,
        )
        self.services.store.jobs.create(job)
        self.services.store.conversations.set_job(conversation, job.id)
        return job

    def _settings(self, conversation: str) -> dict[str, Any]:
        """Return what was said beside the words: the model, the brand, where the video is to go."""
        return {k: v for t in self._turns(conversation) for k, v in t.payload.get("settings", {}).items()}

    def _branded(self, conversation: str, brief: Brief) -> Brief:
        """Return the brief with the brand kit that the person gave, if any, and what the channel's rules add to it."""
        given = self._settings(conversation).get("brand")
        branded = brief.model_copy(update={"brand": BrandKit.read(given["kit"])}) if given else brief
        return filled_in(branded, rules_of(self.services.store, conversation))

    def _logo(self, conversation: str) -> list[dict[str, Any]]:
        """Return the file of the brand's logo."""
        given = self._settings(conversation).get("brand")
        path = given.get("logo") if given else rules_of(self.services.store, conversation).logo
        return [{"path": path, "name": Path(path).name, "role": "logo"}] if path else []

    def dropped(self, conversation: str) -> list[dict[str, Any]]:
        """Return the footage that was dropped in the conversation, in its order, each file once."""
        return [file for file in self._files(conversation) if is_footage(file["name"])]

    def arrived(self, turn: Turn) -> list[dict[str, Any]]:
        """Return the files of a turn that are here: those that were dropped, and those of the places that it names."""
        return _here([*turn.files, *self._fetched(turn.conversation).get(turn.id, ())])

    def refused(self, turn: Turn) -> list[dict[str, Any]]:
        """Return the files of a turn that did not come: name and why."""
        told = self.services.store.events.told(turn.conversation, "file_refused")
        return [event.payload for event in told if event.payload["turn"] == turn.id]

    def timeline(self, conversation: str, name: str) -> Path:
        """Return where a timeline lies that was dropped in the conversation: the newest of that name.

        Raises:
            NotFound: names those that were dropped.
        """
        files = [file for file in self._files(conversation) if kind_of(file["name"])]
        found = [file for file in files if file["name"] == name]
        if not found:
            known = ", ".join(dict.fromkeys(file["name"] for file in files)) or "none"
            raise NotFound(f"There is no timeline {name!r} in this conversation; dropped were: {known}.")
        return Path(found[-1]["path"])

    def _files(self, conversation: str) -> list[dict[str, Any]]:
        """Return what was dropped and is here by now; what is for the brand is no footage."""
        turns, fetched = self._turns(conversation), self._fetched(conversation)
        return _here(file for turn in turns for file in (*_footage(turn), *fetched.get(turn.id, ())))

    def _fetched(self, conversation: str) -> dict[str, list[dict[str, Any]]]:
        """Return what came from the places that turns name, and from above them, by turn."""
        found: dict[str, list[dict[str, Any]]] = {}
        for event in self.services.store.events.told(conversation, "file_arrived"):
            if event.payload["from"] in FETCHERS or "above" in event.payload:
                found.setdefault(event.payload["turn"], []).append(event.payload)
        return found

    def _turns(self, conversation: str) -> list[Turn]:
        return self.services.store.turns.list(conversation)

    def _tell_of_more(self, new: New, job: Job, author: str, turn: str) -> None:
        """Make what was seen of the footage stale where more has come; the brief may be the same as before.

        Kept before the files themselves: should the process die between the two, nothing is lost.
        """
        names = [str(file["name"]) for file in new.values()]
        if names and self.services.store.documents.latest(job.id, "footage"):
            text = f"Take in {', '.join(names)} as well."
            asked = Instruction(id=f"{turn}:footage", job=job.id, step="footage", text=text, by=author)
            self.services.store.instructions.add(asked)

    def _take_in(self, new: New, job: Job) -> None:
        store = self.services.store
        first = 1 + len([asset for asset in store.assets.list(job.id) if asset.source])
        for number, (hash_, file) in enumerate(new.items(), first):
            path = Path(file["path"])
            store.assets.keep(
                Asset(
                    job=job.id,
                    hash=hash_,
                    role=file.get("role", "raw_footage"),
                    name=file["name"],
                    url=str(path.resolve()),
                    size=path.stat().st_size,
                    metadata={"bundled": True} if file.get("bundled") else {},
                    source=f"s{number}",
                )
            )

    def _new(self, conversation: str, job: Job) -> New:
        """Return the files that are no sources of the job yet; the beds that come along follow the dropped ones."""
        known = {asset.hash for asset in self.services.store.assets.list(job.id)}
        beds = [
            {"path": str(p), "name": p.name, "role": "music", "bundled": True} for p in sorted(MUSIC.glob("*.flac"))
        ]
        found: New = {}
        for file in (*self.dropped(conversation), *self._logo(conversation), *beds):
            found.setdefault(hash_of(Path(file["path"])), file)
        return {hash_: file for hash_, file in found.items() if hash_ not in known}

    def shown(self, conversation: str, step: str) -> dict[str, Any]:
        """Return the newest document of a step.

        Raises:
            NotFound: no such step, or nothing was made yet.
        """
        job = self.job(conversation)
        self.jobs.pipeline(job).step(step)
        kept = self.services.store.documents.latest(job.id, step)
        if kept is None:
            raise NotFound(f"{step} was not made yet.")
        return {"step": step, "version": kept.version, "confidence": kept.confidence, "document": kept.body}

    def status_text(self, conversation: str) -> str:
        """Say in plain lines how the job stands."""
        job = self.job_or_none(conversation)
        if job is None:
            files = ", ".join(file["name"] for file in self.dropped(conversation)) or "none"
            return f"No job yet. Footage dropped so far: {files}."
        return self.job_text(job)

    def job_text(self, job: Job) -> str:
        """Say in plain lines how a job stands."""
        current = self.services.store.documents.current(job.id)
        running = {run.step for run in self.services.store.runs.active(job.id)}
        lines = [f"{job.title} ({job.id[:8]}): {self.jobs.status(job).replace('_', ' ')}"]
        for name, state in self.jobs.states(job).items():
            version = f" v{current[name].version}" if name in current else ""
            length = current[name].body.get("length") if name in CUTS and name in current else None
            lasts = f", {length:g} s long" if length else ""
            lines.append(f"  {name}{version}: {'running' if name in running else state}{lasts}")
        lines.append(f"  spent ${self.services.store.ledger.spent(job.id):.4f} of ${job.budget_usd:.2f}")
        return "\n".join(lines)


def trace_of(turn: str) -> str:
    """Return the id of the job, and of its trace, that a turn opens: a repeated turn opens no second one."""
    return hashlib.sha256(turn.encode()).hexdigest()[:32]


def _footage(turn: Turn) -> list[dict[str, Any]]:
    brand = brand_in(turn.text, turn.files).files
    return [file for file in turn.files if file not in brand]


def _here(files: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the files that stand in their places, each once."""
    return list({file["path"]: file for file in files if Path(file["path"]).is_file()}.values())


def _title(brief: Brief, first_file: str) -> str:
    if named := brief.name or brief.title:
        return named
    short = brief.text if len(brief.text) <= 60 else f"{brief.text[:57]}..."
    return f"{short} ({first_file})"
