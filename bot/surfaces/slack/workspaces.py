"""Workspaces: who installed the bot, with which token, and what happens to their jobs when they take it out again.

Kept are two kinds of rows, keyed by (organisation, workspace):

    (E or "", T)   sealed         a workspace that installed the bot by itself
    (E, "")        sealed         an organisation that installed it for all its workspaces
    (E, T)         nothing        a workspace that was heard from through its organisation's installation

A token stands in no other place than the sealed text, whose key is not in the database.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from pydantic import AwareDatetime, Field

from bot.office import Office
from kernel.document import Value
from kernel.errors import SetUp
from kernel.store import Store
from kernel.store.records import Installation, now

SLACK = "slack"
DEPARTED = "Rushes, as it was removed from this workspace,"
"""Who stops the jobs of a workspace that took the bot out: it stands where a person's name would."""
ALL = 100_000
OVER = ("completed", "cancelled", "paused")


class Bundle(Value):
    """All that is kept of an installation."""

    enterprise: str = ""
    """The organisation, `E...`; empty where there is none."""
    team: str = ""
    """The workspace, `T...`; empty where the whole organisation installed it."""
    org: bool = False
    name: str = ""
    """What people call the workspace or the organisation."""
    app: str = ""
    token: str = Field(repr=False)
    """xoxb-..."""
    bot: str = ""
    """The bot's `B...` id."""
    user: str = ""
    """The bot's user id."""
    scopes: tuple[str, ...] = ()
    by: str = ""
    """Who installed it."""
    since: AwareDatetime = Field(default_factory=now)


class Departure(Value):
    """A workspace or an organisation that took the bot out, or its token back."""

    enterprise: str = ""
    team: str = ""
    org: bool = False
    lost: tuple[str, ...] = ()
    """Workspaces that an organisation takes the bot from, which stays in the others."""
    at: float = 0.0
    """When, in Slack's seconds since 1970: what was installed later stays."""


class Workspaces:
    """The installations. Every method is short and may be called from any thread."""

    def __init__(self, store: Store, seal: Fernet) -> None:
        self._kept = store.installations
        self._seal = seal
        self._heard: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def keep(self, bundle: Bundle) -> None:
        """Keep an installation; it takes the place of the same workspace's older one."""
        sealed = self._seal.encrypt(bundle.model_dump_json().encode()).decode()
        team = "" if bundle.org else bundle.team
        self._kept.keep(
            Installation(surface=SLACK, enterprise=bundle.enterprise, team=team, sealed=sealed, by=bundle.by)
        )

    def find(self, team: str, enterprise: str = "", *, org: bool = False) -> Bundle | None:
        """Return the installation by which a workspace is spoken with, None where there is none.

        Args:
            team: the workspace; may be empty where its organisation is named.
            enterprise: its organisation, where that is known; a workspace that was heard from is found without.
            org: whether the organisation's installation is meant, though the workspace may have one of its own.

        Raises:
            SetUp: it was sealed with another secret than this machine's.
        """
        rows = self._kept.of_team(SLACK, team) if team else []
        own = [row for row in rows if row.sealed]
        if own and not org:
            return self._opened(own[0])
        organisation = enterprise or next((row.enterprise for row in rows if not row.sealed), "")
        whole = self._kept.find(SLACK, organisation, "") if organisation else None
        return self._opened(whole) if whole else None

    def token(self, team: str) -> str | None:
        """Return the bot's token for a workspace; None: it has taken the bot out, and nothing is posted there."""
        found = self.find(team)
        return found.token if found else None

    def heard(self, enterprise: str, team: str) -> None:
        """Remember that a workspace belongs to an organisation that installed the bot for all."""
        with self._lock:
            if not team or (enterprise, team) in self._heard:
                return
            if self._kept.find(SLACK, enterprise, team) is None:
                self._kept.keep(Installation(surface=SLACK, enterprise=enterprise, team=team, sealed=""))
            self._heard.add((enterprise, team))

    def leave(self, gone: Departure) -> tuple[str, ...]:
        """Forget the tokens of who left; return the workspaces that have none now.

        What was installed after they left stays: Slack may tell of a departure minutes late.
        """
        if gone.lost:
            return tuple(sorted(team for team in gone.lost if self._loses(team, gone)))
        rows = [row for row in self._concerned(gone) if not row.sealed or int(row.created.timestamp()) <= gone.at]
        for row in (row for row in rows if row.sealed):
            self._kept.remove(SLACK, row.enterprise, row.team)
        teams = {row.team for row in rows if row.team} | {gone.team}
        return tuple(sorted(team for team in teams if team and self._without(team)))

    def forget(self, teams: tuple[str, ...]) -> None:
        """Forget that workspaces were heard from, once all else of their departure is done."""
        with self._lock:
            self._heard = {(enterprise, team) for enterprise, team in self._heard if team not in teams}
        for row in self._kept.list(SLACK):
            if row.team in teams and not row.sealed:
                self._kept.remove(SLACK, row.enterprise, row.team)

    def _concerned(self, gone: Departure) -> list[Installation]:
        """Return the rows that a departure is about: an organisation's with all its workspaces, or a workspace's."""
        if not gone.org:
            return self._kept.of_team(SLACK, gone.team)
        return [row for row in self._kept.list(SLACK) if row.enterprise == gone.enterprise and _by_org(row)]

    def _loses(self, team: str, gone: Departure) -> bool:
        """Say whether a workspace has no token once its organisation's does not open it: none of its own."""
        rows = self._kept.of_team(SLACK, team)
        return not any(row.sealed or int(row.created.timestamp()) > gone.at for row in rows)

    def _without(self, team: str) -> bool:
        """Say whether a workspace has no token of its own and no organisation's."""
        return self.find(team) is None

    def _opened(self, row: Installation) -> Bundle:
        try:
            bundle = Bundle.model_validate_json(self._seal.decrypt(row.sealed))
        except (InvalidToken, ValueError) as error:
            raise SetUp(
                "The kept Slack tokens were encrypted with another secret: put the old RUSHES_SECRET_KEY (or the file "
                "secret.key) back, or have the workspaces install Rushes again."
            ) from error
        if (bundle.enterprise, "" if bundle.org else bundle.team) != (row.enterprise, row.team):
            raise SetUp("A kept Slack token belongs to another workspace: have this one install Rushes again.")
        return bundle


def _by_org(row: Installation) -> bool:
    return not row.team or not row.sealed


def departure(body: Mapping[str, Any]) -> Departure | None:
    """Read who left from an event of Slack's; None where it tells of nobody's leaving.

    `app_uninstalled` is one; `tokens_revoked` is one where the bot's token is named, a person's own token is not ours;
    `team_access_revoked` is one of the workspaces that it names.
    """
    event = body.get("event") or {}
    revoked = event.get("type") == "tokens_revoked" and (event.get("tokens") or {}).get("bot")
    lost = tuple(map(str, event.get("team_ids") or ())) if event.get("type") == "team_access_revoked" else ()
    if event.get("type") != "app_uninstalled" and not revoked and not lost:
        return None
    given: Mapping[str, Any] = next(iter(body.get("authorizations") or ()), {})
    team = str(body.get("team_id") or given.get("team_id") or "")
    return Departure(
        enterprise=str(body.get("enterprise_id") or given.get("enterprise_id") or ""),
        team=team,
        org=bool(given.get("is_enterprise_install") or body.get("is_enterprise_install") or not team),
        lost=lost,
        at=float(body.get("event_time") or now().timestamp()),
    )


def depart(office: Office, workspaces: Workspaces | None, gone: Departure) -> tuple[str, ...]:
    """Honour a departure: forget the tokens, pause the open jobs. Safe to do twice; return the workspaces.

    Args:
        workspaces: None where one workspace's token stands in the settings: then there is nothing to forget.
    """
    teams = workspaces.leave(gone) if workspaces else gone.lost or tuple(filter(None, [gone.team]))
    for team in teams:
        _pause(office, team)
    if workspaces:
        workspaces.forget(teams)
    return teams


def _pause(office: Office, team: str) -> None:
    for conversation in office.services.store.conversations.begun(SLACK, f"{team}:", ALL):
        job = office.job_or_none(conversation.id)
        if job and office.jobs.status(job) not in OVER:
            office.jobs.pause(job, DEPARTED)
