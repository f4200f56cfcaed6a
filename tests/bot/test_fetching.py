"""What a turn drops or names is here before the turn is handled; what cannot come is told once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot import app as apps
from bot import fetching
from bot.app import build, register
from bot.surfaces.slack.intake import row
from kernel import errors
from kernel.engine import InlineEngine
from kernel.fetch import part
from kernel.settings import Settings
from kernel.store.records import Event, Turn
from tests.bot.room import WISH, Room
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import File
from tests.fakes.web import FakeWeb, Page

SIZE = 400_000


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(scale=1 / 50) as fake:
        yield fake


@pytest.fixture
def web() -> Iterator[FakeWeb]:
    with FakeWeb() as fake:
        yield fake


class Chat:
    """A conversation whose files lie in Slack and behind links."""

    def __init__(self, slack: FakeSlack, folder: Path, web: FakeWeb | None = None, workers: int = 0) -> None:
        self.slack, self.folder = slack, folder
        (folder / "footage" / "day one").mkdir(parents=True)
        links = {"RUSHES_FOOTAGE_LINKS": f"{web.url}open/"} if web else {}
        variables = {**slack.environ(), **links, "RUSHES_FOOTAGE_FOLDERS": str(folder / "footage")}
        self.room = Room(folder, engine=InlineEngine(workers=workers), variables=variables)
        self.ann = slack.person("ann")
        self.channel = slack.channel("videos", members=[self.ann])

    def file(self, name: str = "clip.mp4", **changes: Any) -> File:
        """Put a file into the channel."""
        path = self.folder / f"theirs {name}"
        path.write_bytes(os.urandom(SIZE))
        file = self.slack.world.add_file(self.ann.id, path, name, **changes)
        self.ann.says(self.channel, "here", files=[file])
        return file

    def turn(self, text: str, *files: File) -> Turn:
        """Return a turn with files of Slack's, as it comes in."""
        data = self.room.settings.data
        rows = [
            row({"id": f.id, "name": f.name, "size": f.size, "mimetype": f.mimetype}, self.slack.team.id, data)
            for f in files
        ]
        return self.room.turn(text).model_copy(update={"files": tuple(rows)})

    def say(self, text: str, *files: File) -> str:
        """Say something, and return the answer; nothing where there was none."""
        turn = self.turn(text, *files)
        self.room.app.conversations.receive(turn)
        self.room.drain()
        said = [e.payload["text"] for e in self.room.events("said") if e.payload["turn"] == turn.id]
        return said[0] if said else ""

    def names(self) -> list[str]:
        """Return the footage that is here."""
        return [file["name"] for file in self.room.office.dropped(self.room.here)]

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Return what was told of files."""
        return [event.payload for event in self.room.events(kind)]

    def ranges(self, file: File) -> list[str | None]:
        """Return the ranges of a file that were asked for."""
        with self.slack.world.changed:
            lines = [line for line in self.slack.world.journal if line["what"] == "download"]
            return [line["range"] for line in lines if file.id in line["path"]]


@pytest.fixture
def chat(slack: FakeSlack, tmp_path: Path, web: FakeWeb) -> Iterator[Chat]:
    made = Chat(slack, tmp_path, web)
    yield made
    made.room.close()
    slack.faults.clear()
    assert slack.problems == []


def test_a_dropped_file_is_here_before_its_turn_is_handled(chat: Chat) -> None:
    file = chat.file()
    assert "I begin" in chat.say(WISH, file)
    assert chat.names() == ["clip.mp4"]
    [arrived] = chat.told("file_arrived")
    assert (arrived["name"], arrived["size"], arrived["id"]) == ("clip.mp4", SIZE, file.id)
    [asset] = [a for a in chat.room.store.assets.list(chat.room.job.id) if a.name == "clip.mp4"]
    assert Path(asset.url).read_bytes() == (chat.folder / "theirs clip.mp4").read_bytes()


def test_what_cannot_come_is_told_and_the_rest_is_worked_with(chat: Chat) -> None:
    gone, here = chat.file("gone.mp4", deleted=True), chat.file("here.mp4")
    assert "I begin" in chat.say(WISH, gone, here)
    assert chat.names() == ["here.mp4"]
    [refused] = chat.told("file_refused")
    assert (refused["name"], refused["id"]) == ("gone.mp4", gone.id)
    assert "in Slack" in refused["why"]


def test_a_turn_of_nothing_but_refused_files_is_answered_by_their_reasons_alone(chat: Chat) -> None:
    assert chat.say("", chat.file("plan.docx")) == ""
    [refused] = chat.told("file_refused")
    assert "I take videos" in refused["why"]
    assert chat.names() == []


def test_words_beside_a_refused_file_are_answered(chat: Chat) -> None:
    assert "Drop the footage here" in chat.say(WISH, chat.file(size=0))
    assert chat.room.store.jobs.list() == []


def test_passing_faults_are_got_over_and_at_last_told(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching.Fetching, "_sleep", lambda *_: lambda seconds: None)
    chat.slack.faults.next("download", status=500, times=2)
    chat.say("", chat.file("late.mp4"))
    assert chat.names() == ["late.mp4"]
    chat.slack.faults.next("download", status=500, times=3)
    chat.say("", chat.file("never.mp4"))
    [refused] = chat.told("file_refused")
    assert refused["why"].endswith("I tried again and again: drop it here once more, or at another time.")
    assert not list(chat.room.settings.data.glob("incoming/**/*.part"))


class Hurried:
    """A clock whose minutes pass as soon as somebody looks at it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        self.now += 60
        return self.now


def hurried(chat: Chat, web: FakeWeb, *asks: str, then: str = "") -> tuple[fetching.Brought, float]:
    """Fetch a file behind a link whose server asks to wait; return what came of it, and the seconds that it took.

    Args:
        then: what somebody says meanwhile.
    """
    web.pages["/open/clip.mp4"] = Page(b"pictures", statuses=[(429, {"Retry-After": ask}) for ask in asks])
    clock = Hurried()
    fetching_ = fetching.Fetching(chat.room.app.services, {}, clock=clock)
    turn = chat.turn(f"{web.url}open/clip.mp4")
    for each in (turn, chat.room.turn(then)):
        chat.room.store.turns.keep(each)
    return fetching_.take_in(turn, chat.room.engine), clock.now


def test_a_server_that_asks_to_wait_for_long_is_waited_for_and_that_is_said_once(chat: Chat, web: FakeWeb) -> None:
    brought, took = hurried(chat, web, "300", "1200")
    assert brought.arrived == ("clip.mp4",)
    assert took > 1500
    [told] = chat.told("file_waits")
    assert told["why"] == (
        "127.0.0.1 asks to wait before it sends clip.mp4. I go on by myself in about 5 minutes: say `stop` where you"
        " would rather not wait for it."
    )


def test_nobody_waits_for_longer_than_an_hour(chat: Chat, web: FakeWeb) -> None:
    for asks in (["7200"], ["2000", "2000"]):
        brought, took = hurried(chat, web, *asks)
        assert took < 3600
        assert brought.arrived == ()
    assert [told["why"] for told in chat.told("file_refused")] == [
        f"127.0.0.1 asks to wait before it sends clip.mp4. Drop it here once more in {time}."
        for time in ("about 2 hours", "about 33 minutes")
    ]


def test_a_person_may_say_stop_while_a_server_is_waited_for(chat: Chat, web: FakeWeb) -> None:
    brought, took = hurried(chat, web, "3000", then="stop")
    assert brought.arrived == ()
    assert "because you said stop" in brought.refused[0]
    assert took < 1000


class Away:
    """A place whose file comes while the database is away; it comes back a moment later."""

    kind = "away"

    def __init__(self, database: str) -> None:
        self._database = database.removeprefix("sqlite:///")

    def files(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the row."""
        return [row]

    def fetch(self, row: dict[str, Any], errand: part.Errand) -> int:
        """Bring the file."""
        self._rename("events", "events_away")
        self._rename("turns", "turns_away")
        errand.check()
        threading.Timer(0.05, self._back).start()
        return 8

    def _back(self) -> None:
        self._rename("turns_away", "turns")
        self._rename("events_away", "events")

    def _rename(self, old: str, new: str) -> None:
        with closing(sqlite3.connect(self._database, isolation_level=None, timeout=10)) as own:
            own.execute(f"ALTER TABLE {old} RENAME TO {new}")


def test_a_place_that_needs_the_database_while_it_is_away_names_it_to_nobody(chat: Chat, tmp_path: Path) -> None:
    class Never(Away):
        def fetch(self, row: dict[str, Any], errand: part.Errand) -> int:
            raise errors.Away("The database postgresql://rushes@db/rushes did not answer (timeout).")

    makers = {"away": lambda settings, _: Never(settings.database_url)}
    fetching_ = fetching.Fetching(chat.room.app.services, makers, clock=Hurried())
    file = {"name": "clip.mp4", "id": "F1", "from": "away", "path": str(tmp_path / "in" / "clip.mp4")}
    brought = fetching_.take_in(chat.room.turn("").model_copy(update={"files": (file,)}), chat.room.engine)
    assert brought.refused == ("I could not reach my own records while clip.mp4 came: drop it here once more.",)


def test_a_database_that_is_away_while_a_file_comes_costs_nothing_but_time(chat: Chat, tmp_path: Path) -> None:
    makers = {"away": lambda settings, _: Away(settings.database_url)}
    fetching_ = fetching.Fetching(chat.room.app.services, makers, clock=Hurried())
    file = {"name": "clip.mp4", "id": "F1", "from": "away", "path": str(tmp_path / "in" / "clip.mp4")}
    turn = chat.room.turn("").model_copy(update={"files": (file,)})
    chat.room.store.turns.keep(turn)
    assert fetching_.take_in(turn, chat.room.engine).arrived == ("clip.mp4",)
    [arrived] = chat.told("file_arrived")
    assert arrived["size"] == 8


def test_a_link_that_is_allowed_brings_footage(chat: Chat, web: FakeWeb) -> None:
    web.pages["/open/clip.mp4"] = Page(b"pictures" * 100)
    assert "I begin" in chat.say(f"{WISH} from {web.url}open/clip.mp4")
    assert chat.names() == ["clip.mp4"]
    assert "127.0.0.1" not in chat.room.kept("brief").body["text"]


def test_a_place_that_is_not_allowed_is_refused_once(chat: Chat, web: FakeWeb) -> None:
    for number in range(3):
        chat.say(f"{WISH} https://drive.google.com/file/d/{number}")
    [refused] = chat.told("file_refused")
    assert refused["why"] == (
        "I may not fetch from drive.google.com: ask whoever runs me to allow it, or drop the file here."
    )
    assert web.asked == []


def test_a_folder_brings_its_files_from_where_they_lie(chat: Chat) -> None:
    for name in ("b.mp4", "a.mp4"):
        (chat.folder / "footage" / "day one" / name).write_bytes(name.encode())
    assert "I begin" in chat.say(f'{WISH}, the folder "day one"')
    assert chat.names() == ["a.mp4", "b.mp4"]
    assert len(chat.told("file_arrived")) == 2


def test_a_folder_that_cannot_be_used_is_told(chat: Chat) -> None:
    chat.say(f'{WISH}, the folder "day one"')
    assert "no footage in the folder" in chat.told("file_refused")[0]["why"]


def test_a_refused_place_does_not_keep_a_command_from_being_one(chat: Chat) -> None:
    assert "No job yet" in chat.say("status")


def test_what_is_here_is_not_fetched_again(chat: Chat) -> None:
    file = chat.file()
    chat.say("", file)
    chat.say("", file)
    assert len(chat.ranges(file)) == 1
    assert chat.names() == ["clip.mp4"]


def test_a_process_that_dies_on_the_way_goes_on_where_it_stood(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    file = chat.file()
    write, dead = part.Part.write, list[int]()

    def dies(self: part.Part, piece: bytes) -> None:
        write(self, piece)
        if not dead:
            dead.append(self.at)
            raise KeyboardInterrupt

    monkeypatch.setattr(part.Part, "write", dies)
    turn = chat.turn(WISH, file)
    chat.room.app.conversations.receive(turn)
    with pytest.raises(KeyboardInterrupt):
        chat.room.drain()
    assert chat.names() == []
    chat.room.drain()
    assert chat.names() == ["clip.mp4"]
    assert chat.ranges(file) == ([None] if dead == [SIZE] else [None, f"bytes={dead[0]}-"])
    assert len(chat.told("file_arrived")) == 1


def test_footage_over_several_messages_is_asked_about_once(chat: Chat) -> None:
    first = chat.say("", chat.file("a.mp4"))
    assert first.count("What shall I make of it?") == 1
    assert chat.say("", chat.file("b.mp4")) == "Got it: 2 files so far."
    assert chat.say("and one more", chat.file("c.mp4")) == "Got it: 3 files so far."
    assert "I begin" in chat.say("20 seconds, vertical")
    assert chat.room.kept("brief").body["length"] == 20
    assert len(chat.room.events("gate_opened")) == 1


def test_a_brief_before_its_footage_waits_for_it(chat: Chat) -> None:
    assert "Drop the footage here" in chat.say("20 seconds, vertical")
    assert chat.say("and with captions") == "Got it: now the footage."
    assert "I begin" in chat.say("here you go", chat.file("a.mp4"))
    body = chat.room.kept("brief").body
    assert (body["length"], body["captions"]) == (20, True)


def test_nothing_is_asked_while_more_was_said_already(chat: Chat) -> None:
    turns = [chat.turn("", chat.file("a.mp4")), chat.turn(WISH, chat.file("b.mp4"))]
    for turn in turns:
        chat.room.app.conversations.receive(turn)
    chat.room.drain()
    said = [event.payload["text"] for event in chat.room.events("said")]
    assert said[0] == "Got it: 1 file so far."
    assert not any("What shall I make" in text for text in said)
    assert chat.names() == ["a.mp4", "b.mp4"]


def test_more_footage_after_the_preview_is_taken_in(chat: Chat) -> None:
    chat.say(WISH, chat.file("a.mp4"))
    chat.say("", chat.file("b.mp4"))
    assert chat.names() == ["a.mp4", "b.mp4"]
    assert chat.say("", chat.file("plan.docx")) == ""


def test_stop_stops_a_file_that_is_on_its_way(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LOOK", 0.05)
    chat = Chat(slack, tmp_path, workers=2)
    slow = chat.file("slow.mp4", pace=SIZE / 50 / 20)
    chat.room.app.conversations.receive(chat.turn("", slow))
    until(lambda: bool(chat.ranges(slow)))
    chat.room.app.conversations.receive(chat.turn("stop"))
    until(lambda: bool(chat.told("file_refused")))
    assert "because you said stop" in chat.told("file_refused")[0]["why"]
    chat.room.close()


def until(so: Callable[[], bool], seconds: float = 50.0) -> None:
    """Wait until something is so."""
    last = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < last, "it never came to be"
        time.sleep(0.02)


def test_a_worker_that_is_killed_goes_on_where_it_stood(slack: FakeSlack, tmp_path: Path) -> None:
    source = tmp_path / "theirs.mp4"
    source.write_bytes(os.urandom(SIZE))
    ann = slack.person("ann")
    file = slack.world.add_file(ann.id, source, "clip.mp4", pace=SIZE / 50 / 2)
    ann.says(slack.channel("videos", members=[ann]), "here", files=[file])
    variables = {**slack.environ(), "RUSHES_DATA": str(tmp_path / "data"), "RUSHES_WEAK_BOX": "true"}
    settings = Settings.read(variables)
    where = row({"id": file.id, "name": file.name, "size": file.size}, slack.team.id, settings.data)
    half = Path(f"{where['path']}.part")
    with build(settings, works=False) as app:
        register(app)
        here = app.services.store.conversations.ensure("slack", f"{slack.team.id}:C1:1.1")
        app.conversations.receive(Turn(conversation=here, surface="slack", author="ann", files=(where,)))
        worker = _worker(variables)
        until(lambda: half.exists() and half.stat().st_size > SIZE // 5)
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        stood = half.stat().st_size
        assert 0 < stood < SIZE
        file.pace = None
        left = settings.data / "incoming" / "slack" / "T1" / "F1" / "nobody waits.mp4.part"
        for path in (left, half):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            os.utime(path, (1, 1))
        again = _worker(variables)
        try:
            until(lambda: bool(_arrived(app, here)))
        finally:
            again.terminate()
            again.wait(20)
        assert len(_arrived(app, here)) == 1
    assert Path(where["path"]).read_bytes() == source.read_bytes()
    assert not left.exists()
    with slack.world.changed:
        ranges = [j["range"] for j in slack.world.journal if j["what"] == "download" and file.id in j["path"]]
    assert ranges == [None, f"bytes={stood}-"]


def _worker(variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bot", "work"]
    return subprocess.Popen(command, env={**os.environ, **variables}, stdout=subprocess.DEVNULL, cwd=apps.ROOT)


def _arrived(app: apps.App, conversation: str) -> list[Event]:
    return app.services.store.events.told(conversation, "file_arrived")
