"""How messages and files look to the app: in events, in payloads, in answers."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from tests.fakes.slack.state import State
from tests.fakes.slack.things import File, Json, Kind, Message, Posted

TEAMLESS = ("file_share", "thread_broadcast")
"""Messages that do not name their workspace (bolt-js#435, java-slack-sdk#521, bolt-python's own payloads)."""
KINDS: dict[Kind, str] = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
"""How events name a kind of channel: `message.channels` and so on."""


class Looks(State):
    """Messages and files as Slack sends them."""

    def told(self, message: Message) -> Json:
        """The `message` event of a message."""
        kind = self.channels[message.channel].kind
        more = {"channel": message.channel, "event_ts": message.ts, "channel_type": kind}
        return {**self.shown(message), **more}

    def shown(self, message: Message, metadata: bool = False) -> Json:
        """A message as Web API answers and events carry it; its metadata only if asked for."""
        body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
        optional: Json = {
            "subtype": message.subtype,
            "team": None if message.subtype in TEAMLESS else message.team,
            "blocks": message.blocks,
            **self._stranger(message),
            **self._in_thread(message),
            "client_msg_id": None if message.bot_id else message.client,
            "bot_id": None if message.files else message.bot_id,  # java-slack-sdk#521
            "app_id": None if message.files else message.app_id,
            "edited": message.edited,
            "files": [self.file_shown(self.files[id_]) for id_ in message.files],
            "upload": bool(message.files and message.bot_id),
            "metadata": message.metadata if metadata else None,
            "reactions": [{"name": n, "users": u, "count": len(u)} for n, u in message.reactions.items()],
        }
        return {**body, **{key: value for key, value in optional.items() if value}}

    def tombstone(self, message: Message) -> Json:
        """What stands in the place of a message that was deleted and from which a thread hangs."""
        words = "This message was deleted."
        body = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "text": words, "hidden": True}
        return {**body, "ts": message.ts, "thread_ts": message.ts}

    def _stranger(self, message: Message) -> Json:
        """What a message carries of somebody of another workspace."""
        user = self.users[message.user]
        if user.team == message.team:
            return {}
        named = {"name": user.name, "real_name": user.real_name, "display_name": user.name, "team": user.team}
        profile = {**named, "is_restricted": user.guest, "is_ultra_restricted": False}
        return {"user_team": user.team, "source_team": user.team, "user_profile": profile}

    def _in_thread(self, message: Message) -> Json:
        kept = self.channels[message.channel].messages
        if not message.thread_ts:
            return {"thread_ts": message.ts if self.answered(message.channel, message.ts) else None}
        root = kept.get(message.thread_ts)
        own: Json = {"thread_ts": message.thread_ts, "parent_user_id": root.user if root else None}
        if message.subtype == "thread_broadcast" and root is not None:
            own["root"] = self.tombstone(root) if root.deleted else self.shown(root)
        return own

    def file_shown(self, file: File, whole: bool = False) -> Json:
        """A file as events (`whole=False`) and `files.info` (`whole=True`, with its shares) carry it."""
        if file.deleted:
            return {"id": file.id, "mode": "tombstone"}
        if file.access == "check_file_info" and not whole:
            return {"id": file.id, "mode": "file_access", "file_access": "check_file_info"}
        external = file.mode == "external"
        body = {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title or file.name,
            "mimetype": file.mimetype,
            "filetype": Path(file.name).suffix.lstrip("."),
            "user": file.user,
            "user_team": file.team,
            "size": 0 if external else file.size,
            "mode": file.mode,
            "is_external": external,
            "external_type": "gdrive" if external else "",
            "file_access": "visible",
            "is_public": any(self.channels[c].kind == "channel" for c in file.shares),
            **self._addresses(file),
        }
        return body | self._shares(file) if whole else body

    def _addresses(self, file: File) -> Json:
        if file.mode == "external":
            return {"url_private": file.where or "https://drive.example.com/d/1"}
        own, name = f"{self.url}files-pri/{file.team}-{file.id}/", quote(file.name, safe="")
        return {"url_private": own + name, "url_private_download": file.where or f"{own}download/{name}"}

    def _shares(self, file: File) -> Json:
        shares: Json = {}
        for channel, stamps in file.shares.items():
            side = "public" if self.channels[channel].kind == "channel" else "private"
            shares.setdefault(side, {})[channel] = [self._share(channel, ts) for ts in stamps]
        where = {kind: [c for c in file.shares if self.channels[c].kind == kind] for kind in KINDS}
        return {
            "shares": shares,
            "channels": where["channel"],
            "groups": [*where["group"], *where["mpim"]],
            "ims": where["im"],
        }

    def _share(self, channel: str, ts: str) -> Json:
        root = self.channels[channel].messages[ts].thread_ts
        return {"ts": ts, "channel_name": self.channels[channel].name, **({"thread_ts": root} if root else {})}

    def posted(self, message: Message) -> Posted:
        """A message as a person sees it now."""
        return Posted(
            ts=message.ts,
            channel=message.channel,
            user=message.user,
            text=message.text,
            blocks=tuple(message.blocks),
            files=tuple(message.files),
            edited=message.edited is not None,
            ephemeral_to=message.ephemeral_to,
            thread_ts=message.thread_ts,
            metadata=message.metadata,
        )
