"""The people of the stand-in: what they say and press, and what they see. They may wait, so never in a bot's loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.fakes.slack import events, interactions
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.elements import find, unfilled
from tests.fakes.slack.senses import PATIENCE, Senses, Where
from tests.fakes.slack.things import Channel, File, Json, Message, Posted, View


class Refused(Exception):
    """Slack itself does not let a person do that; the text is what it says."""


class Person(Senses):
    """Somebody at a keyboard. Each method does what the hand would, and waits for Slack's answer, not for the bot's."""

    # -- talking ------------------------------------------------------------------------------------------------

    def says(
        self,
        channel: Channel | str,
        text: str,
        files: Sequence[Path | File] = (),
        thread: Where | None = None,
        broadcast: bool = False,
    ) -> Posted:
        """Say something, `<@BOT>` or `@rushes` for the bot, with files; in a thread, and in the channel too.

        Raises:
            PermissionError: they may not write there.
        """
        place = channel if isinstance(channel, str) else channel.id
        more: dict[str, Any] = {"files": [self._file(each).id for each in files]}
        if thread is not None:
            more["thread_ts"] = self._message(thread).root
        if broadcast:
            more["subtype"] = "thread_broadcast"
        sent = events.typed(text, self.world.teams[self.world.channels[place].team].bot)
        return self.world.posted(self.world.say(self.id, place, sent, blocks=events.rich(sent), **more))

    def replies(self, thread: Where, text: str, files: Sequence[Path | File] = (), broadcast: bool = False) -> Posted:
        """Say something in a thread."""
        message = self._message(thread)
        return self.says(message.channel, text, files, thread=message, broadcast=broadcast)

    def writes(self, text: str, files: Sequence[Path | File] = (), thread: Where | None = None) -> Posted:
        """Say something to the bot in the direct messages with it."""
        return self.says(self.world.im(self.id), text, files, thread)

    def invites(self, where: Where) -> None:
        """Let the bot in, as Slack proposes to whoever mentions it where it is no member."""
        self.world.invite(self._message(where))

    def edits(self, where: Where, text: str) -> None:
        """Change one's own message."""
        message = self._own(where)
        sent = events.typed(text, self.world.teams[message.team].bot)
        self.world.edit(message, sent, events.rich(sent))

    def deletes(self, where: Where) -> None:
        """Take one's own message away."""
        self.world.delete(self._own(where))

    def deletes_file(self, file: File | str) -> None:
        """Take a file of one's own away."""
        self.world.delete_file(self.world.files[file] if isinstance(file, str) else file)

    def has(self, path: Path, name: str | None = None, **changes: Any) -> File:
        """Have a file to share; `changes` as for `World.add_file` (a size that lies, an external file, ...)."""
        return self.world.add_file(self.id, path, name, **changes)

    # -- pressing -----------------------------------------------------------------------------------------------

    def clicks(
        self, where: Where | View, name: str, value: Any = None, confirm: bool = True, wait: bool = True
    ) -> Delivery | None:
        """Press a button, or choose `value` (an option's value or label, a user's id, ...) in a select.

        A `Posted` that was kept is pressed as it was seen then, as on a screen that was not refreshed: so a button
        that is gone by now is still pressed.

        Args:
            where: the message, the modal or the home tab.
            name: the element's action_id, or the block_id of a block with one element.
            value: what to choose; of several buttons of one name, the one with this value or label.
            confirm: what to answer if a dialog asks whether they are sure.
            wait: wait until the app has acknowledged it.

        Returns:
            The delivery; None if they were not sure.

        Raises:
            LookupError: there is no such button for them to see.
            TimeoutError: the app did not acknowledge it.
        """
        blocks = self._seen(where)
        block, element = find(blocks, name, value)
        self._visible(element)
        if "confirm" in element:
            self.world.note("confirm", text=element["confirm"]["text"]["text"], yes=confirm)
            if not confirm:
                return None
        self._hold(where, block, element, value)
        act = interactions.action(self.world, block, element, value)
        return self._sent(self.world.interact(self._pressed(where, [act]), self.team), wait)

    def picks(self, where: Where | View, name: str, value: Any, wait: bool = True) -> Delivery | None:
        """Choose something in a select, a menu, a date."""
        return self.clicks(where, name, value, wait=wait)

    def opens(self, where: Where | View, name: str, value: Any = None, seconds: float = PATIENCE) -> View:
        """Press what opens a form, and wait for the form."""
        before = {view.id for view in self.views}
        self.clicks(where, name, value)
        return self.sees_view(before, seconds)

    def shortcut(self, name: str, where: Where | None = None, wait: bool = True, channel: str = "") -> Delivery | None:
        """Take a shortcut by its callback id: a global one, or from the menu of a message.

        Args:
            name: its callback id.
            where: the message.
            wait: wait until the app has acknowledged it.
            channel: what they look at while they take a global one.

        Raises:
            LookupError: the manifest has no such shortcut.
        """
        kind = "global" if where is None else "message"
        known = self.world.manifest["features"].get("shortcuts", [])
        if (name, kind) not in {(each["callback_id"], each["type"]) for each in known}:
            raise LookupError(f"The manifest has no {kind} shortcut {name!r}")
        if where is None:
            payload = interactions.shortcut(self.world, self.user, name, channel)
        else:
            payload = interactions.message_shortcut(self.world, self.user, name, self._message(where))
        return self._sent(self.world.interact(payload, self.team), wait)

    def command(self, line: str, channel: Channel | str, thread: Where | None = None) -> Json | None:
        """Type a slash command, `/rushes status`; what the app acknowledges with is shown to them.

        Returns:
            What the app acknowledged with.

        Raises:
            Refused: it is typed in a thread, or no app knows it.
        """
        name = line.strip().partition(" ")[0]
        if thread is not None:
            raise Refused(f"{name} is not supported in threads. Sorry!")
        if name not in {each["command"] for each in self.world.manifest["features"].get("slash_commands", [])}:
            raise Refused(f"{name} is not a valid command.")
        place = channel if isinstance(channel, str) else channel.id
        payload = interactions.command(self.world, self.user, line, place)
        answer = self.world.command(payload, self.team).wait(PATIENCE)
        if answer and (answer.get("text") or answer.get("blocks")):
            self.world.respond(str(payload["response_url"]).rsplit("/", 1)[1], answer)
        return answer

    def stops(self, where: Where) -> None:
        """Press Stop in a thread whose session is processing.

        Raises:
            Refused: there is no Stop button now.
        """
        message = self._message(where)
        if self.world.status(message.channel, message.root) != "processing":
            raise Refused("There is no Stop button: nothing is processing in this thread.")
        self.world.emit(events.session_stopped(self.id, message.channel, message.root), self.team)

    def renames(self, where: Where, title: str) -> None:
        """Give a thread's session another title."""
        message = self._message(where)
        session = self.world.sessions.get((message.channel, message.root))
        if session is None:
            raise Refused("There is no session in this thread.")
        session.title = title
        self.world.emit(events.session_renamed(self.id, message.channel, message.root, title), self.team)

    def opens_home(self, tab: str = "home") -> None:
        """Open the app at a tab: `home` or `messages`."""
        home = self.home
        shown = self.world.shown_view(home) if home else None
        self.world.emit(events.home_opened(self.id, self.world.im(self.id).id, tab, shown), self.team)

    # -- forms --------------------------------------------------------------------------------------------------

    def fills(self, view: View, values: Mapping[str, Any]) -> None:
        """Fill fields in, by action_id or block_id: text, an option's value or label, lists of them, user ids."""
        for name, value in values.items():
            block, element = find(view.view["blocks"], name)
            self._hold(view, block, element, value)

    def submits(self, view: View, values: Mapping[str, Any] | None = None) -> View:
        """Fill a form in and send it off; look at `closed`, `errors` and `view` (its topmost one) afterwards.

        Raises:
            Refused: Slack itself asks for a field first.
            TimeoutError: the app did not acknowledge it.
        """
        self.fills(view, values or {})
        interactions.complete(view)
        wrong = unfilled(view.view["blocks"], view.state["values"])
        if wrong:
            raise Refused("; ".join(f"{block}: {said}" for block, said in wrong.items()))
        view.errors = {}
        sent = self.world.interact(interactions.submission(self.world, self.user, view), self.team)
        self.world.answer_view(view, sent.wait(PATIENCE))
        return view

    def closes(self, view: View) -> None:
        """Close a form without sending it off."""
        view.closed = True
        self.world.note("view_closed", id=view.id)
        if view.view.get("notify_on_close"):
            self._sent(self.world.interact(interactions.closing(self.world, self.user, view), self.team), wait=True)

    # -- the inside ---------------------------------------------------------------------------------------------

    def _sent(self, delivery: Delivery, wait: bool) -> Delivery:
        if wait:
            delivery.wait(PATIENCE)
        return delivery

    def _file(self, file: Path | File) -> File:
        return file if isinstance(file, File) else self.has(file)

    def _own(self, where: Where) -> Message:
        message = self._message(where)
        if message.user != self.id:
            raise Refused("Only one's own messages can be changed or deleted.")
        return message
