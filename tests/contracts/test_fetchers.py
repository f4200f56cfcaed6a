"""What every place promises that footage is fetched from: whole or not at all, within bounds, nowhere uninvited."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import BadInput, Busy, Cancelled, TryAgain
from kernel.fetch import FETCHERS, links_in
from kernel.fetch.base import MOST_FILES, Row
from kernel.fetch.part import Errand
from kernel.retry import persist
from kernel.settings import Settings
from tests.fakes.s3 import FakeS3
from tests.fakes.web import FakeWeb, Page

WINDOW = 0.3
BODY = os.urandom(200_000)
ACCESS, SECRET = "AKIDRUSHES", "a secret of theirs"


class Place(ABC):
    """One kind of place, and what a person writes to name a file there."""

    kind: str
    settings: Settings

    @abstractmethod
    def put(self, name: str, body: bytes) -> str:
        """Lay a file there, and return how it is named in a message."""

    @abstractmethod
    def folder(self) -> str:
        """Return how the folder is named in which `put` lays files."""

    @abstractmethod
    def elsewhere(self) -> str:
        """Return how a file is named that nobody allowed."""

    def rows(self, text: str) -> list[Row]:
        """Return the files that a message names."""
        fetcher = FETCHERS[self.kind](self.settings)
        return [file for row in links_in(text, self.settings) for file in fetcher.files(row)]

    def errand(self, row: Row, **changes: Any) -> Errand:
        """Return the errand for a file."""
        return replace(Errand(row["name"], Path(row["path"]), 10**9, window=WINDOW), **changes)

    def fetch(self, row: Row, errand: Errand | None = None) -> int:
        """Fetch a file as a turn does, with no time between tries."""
        asked = errand or self.errand(row)
        fetcher = FETCHERS[self.kind](self.settings)
        return persist(lambda: fetcher.fetch(row, asked), lambda: asked.here, sleep=lambda _: None)


class FolderPlace(Place):
    kind = "folder"

    def __init__(self, folder: Path, _: ExitStack) -> None:
        self.here = folder / "footage" / "day one"
        self.here.mkdir(parents=True)
        self.private = folder / "private.mp4"
        self.private.write_bytes(BODY)
        self.settings = settings(folder, RUSHES_FOOTAGE_FOLDERS=str(folder / "footage"))

    def put(self, name: str, body: bytes) -> str:
        (self.here / name).write_bytes(body)
        return f'"{self.here / name}"'

    def folder(self) -> str:
        return f"the folder `{self.here.relative_to(self.here.parent)}`"

    def elsewhere(self) -> str:
        return str(self.private)


class Served(Place):
    """A place behind a server."""

    server: FakeWeb

    @abstractmethod
    def page(self, name: str) -> tuple[str, Page]:
        """Return the path of a file and what stands there."""

    @abstractmethod
    def fault(self, name: str, status: int) -> None:
        """Let the next request for a file go wrong."""


class LinkPlace(Served):
    kind = "link"

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.server = stack.enter_context(FakeWeb())
        self.settings = settings(folder, RUSHES_FOOTAGE_LINKS=f"{self.server.url}footage/")

    def put(self, name: str, body: bytes) -> str:
        self.server.pages[f"/footage/{name}"] = Page(body)
        return f"take {self.server.url}footage/{name}, please"

    def folder(self) -> str:
        raise NotImplementedError("a link is one file")

    def elsewhere(self) -> str:
        return f"{self.server.url}private/clip.mp4"

    def page(self, name: str) -> tuple[str, Page]:
        return f"/footage/{name}", self.server.pages[f"/footage/{name}"]

    def fault(self, name: str, status: int) -> None:
        self.page(name)[1].statuses.append((status, {"Retry-After": "1"} if status == 429 else {}))


class S3Place(Served):
    kind = "s3"

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.server: FakeS3 = stack.enter_context(FakeS3({ACCESS: SECRET}))
        self.settings = settings(
            folder,
            RUSHES_FOOTAGE_LINKS="s3://acme-footage/shoots/",
            RUSHES_S3_ENDPOINT=self.server.url.rstrip("/"),
            RUSHES_S3_ACCESS_KEY=ACCESS,
            RUSHES_S3_SECRET_KEY=SECRET,
        )

    def put(self, name: str, body: bytes) -> str:
        self.server.put("acme-footage", f"shoots/day one/{name}", body)
        return f"<s3://acme-footage/shoots/day one/{name}>"

    def folder(self) -> str:
        return "all of <s3://acme-footage/shoots/day one/>"

    def elsewhere(self) -> str:
        return "s3://acme-footage/shoots-of-others/clip.mp4"

    def page(self, name: str) -> tuple[str, Page]:
        path = f"/acme-footage/shoots/day one/{name}"
        return path, self.server.pages[path]

    def fault(self, name: str, status: int) -> None:
        self.server.faults.append(({429: "SlowDown", 503: "ServiceUnavailable"}.get(status, "InternalError"), status))


PLACES: dict[str, Callable[[Path, ExitStack], Place]] = {"folder": FolderPlace, "link": LinkPlace, "s3": S3Place}


def settings(folder: Path, **variables: str) -> Settings:
    return Settings.read({"RUSHES_DATA": str(folder / "data"), **variables})


@pytest.fixture(params=list(FETCHERS))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        yield PLACES[request.param](tmp_path, stack)


@pytest.fixture(params=["link", "s3"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    with ExitStack() as stack:
        found = PLACES[request.param](tmp_path, stack)
        assert isinstance(found, Served)
        yield found


@pytest.fixture(params=["folder", "s3"])
def listed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        yield PLACES[request.param](tmp_path, stack)


def test_it_is_called_as_the_list_says(place: Place) -> None:
    assert FETCHERS[place.kind](place.settings).kind == place.kind


def test_a_file_comes_whole(place: Place) -> None:
    [row] = place.rows(place.put("clip.mp4", BODY))
    assert row["from"] == place.kind
    assert row["name"] == "clip.mp4"
    assert place.fetch(row) == len(BODY)
    assert Path(row["path"]).read_bytes() == BODY


def test_the_same_words_name_the_same_place_on_the_disk(place: Place) -> None:
    words = place.put("clip.mp4", BODY)
    assert place.rows(words) == place.rows(words)


def test_what_nobody_allowed_is_refused_in_a_sentence(place: Place) -> None:
    [row] = links_in(place.elsewhere(), place.settings)
    assert row["refused"].startswith("I may not fetch from ")
    assert row["refused"].endswith("ask whoever runs me to allow it, or drop the file here.")


def test_it_refuses_by_itself_too(place: Place) -> None:
    [row] = place.rows(place.put("clip.mp4", BODY))
    address = place.elsewhere().strip('"')
    with pytest.raises(BadInput):
        place.fetch({**row, "url": address})
    assert not Path(row["path"]).exists() or place.kind == "folder"


def test_an_empty_file_is_refused(place: Place) -> None:
    [row] = place.rows(place.put("clip.mp4", b""))
    with pytest.raises(BadInput, match=r"clip\.mp4 is empty"):
        place.fetch(row)


def test_a_file_that_is_too_big_is_refused(place: Place) -> None:
    [row] = place.rows(place.put("clip.mp4", BODY))
    with pytest.raises(BadInput, match="and I take at most"):
        place.fetch(row, place.errand(row, most=len(BODY) - 1))


def test_a_file_that_is_not_there_is_refused(place: Place) -> None:
    words = place.put("clip.mp4", BODY).replace("clip.mp4", "clap.mp4")
    with pytest.raises(BadInput):
        [place.fetch(row) for row in place.rows(words)]


def test_a_file_of_another_kind_is_refused(place: Place) -> None:
    [row] = place.rows(place.put("plan.docx", BODY))
    if isinstance(place, Served):
        place.page("plan.docx")[1].mimetype = "application/msword"
    with pytest.raises(BadInput, match="I take videos"):
        place.fetch(row)


def test_a_folder_gives_its_media_files_by_name(listed: Place) -> None:
    for name in ("b.mp4", "a.wav", "notes.txt", "c.PNG"):
        listed.put(name, BODY)
    rows = listed.rows(listed.folder())
    assert [row["name"] for row in rows] == ["a.wav", "b.mp4", "c.PNG"]
    assert len({row["id"] for row in rows}) == len({row["path"] for row in rows}) == 3
    assert [listed.fetch(row) for row in rows] == [len(BODY)] * 3


def test_a_folder_without_footage_is_refused(listed: Place) -> None:
    listed.put("notes.txt", BODY)
    with pytest.raises(BadInput, match="no footage"):
        listed.rows(listed.folder())


def test_a_folder_with_too_much_footage_is_refused(listed: Place) -> None:
    for number in range(MOST_FILES + 1):
        listed.put(f"{number:03d}.mp4", b"x")
    with pytest.raises(BadInput, match=f"at most {MOST_FILES}"):
        listed.rows(listed.folder())


def test_a_download_that_is_cut_goes_on_where_it_stood(served: Served) -> None:
    [row] = served.rows(served.put("clip.mp4", BODY))
    path, page = served.page("clip.mp4")
    page.cuts += [50_000, 120_000]
    assert served.fetch(row) == len(BODY)
    assert Path(row["path"]).read_bytes() == BODY
    assert served.server.ranges(path) == [None, "bytes=50000-", "bytes=120000-"]


def test_what_an_earlier_process_brought_is_not_fetched_again(served: Served) -> None:
    [row] = served.rows(served.put("clip.mp4", BODY))
    path, page = served.page("clip.mp4")
    page.cuts.append(70_000)
    with pytest.raises(TryAgain):
        FETCHERS[served.kind](served.settings).fetch(row, served.errand(row))
    assert not Path(row["path"]).exists()
    assert served.fetch(row) == len(BODY)
    assert served.server.ranges(path)[-1] == "bytes=70000-"
    assert [file.name for file in Path(row["path"]).parent.iterdir()] == ["clip.mp4"]


def test_a_file_that_was_changed_meanwhile_comes_anew(served: Served) -> None:
    [row] = served.rows(served.put("clip.mp4", BODY))
    served.page("clip.mp4")[1].cuts.append(70_000)
    with pytest.raises(TryAgain):
        FETCHERS[served.kind](served.settings).fetch(row, served.errand(row))
    other = os.urandom(len(BODY))
    served.put("clip.mp4", other)
    served.page("clip.mp4")[1].tag = '"2"'
    assert served.fetch(row) == len(BODY)
    assert Path(row["path"]).read_bytes() == other


def test_a_server_that_sends_nothing_more_is_given_up(served: Served) -> None:
    [row] = served.rows(served.put("clip.mp4", BODY))
    served.page("clip.mp4")[1].stall = 100_000
    with pytest.raises(TryAgain):
        served.fetch(row)
    assert len(served.server.ranges(served.page("clip.mp4")[0])) == 3
    assert not Path(row["path"]).exists()


def test_a_byte_a_second_is_given_up(served: Served) -> None:
    [row] = served.rows(served.put("clip.mp4", BODY))
    served.page("clip.mp4")[1].pace = 20.0
    with pytest.raises(TryAgain, match="stopped coming"):
        served.fetch(row)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_passing_fault_is_got_over(served: Served, status: int) -> None:
    [row] = served.rows(served.put("clip.mp4", BODY))
    served.fault("clip.mp4", status)
    assert served.fetch(row) == len(BODY)


def test_a_server_that_is_not_there_may_come_back(served: Served) -> None:
    [row] = served.rows(served.put("clip.mp4", BODY))
    served.server.__exit__(None, None, None)
    with pytest.raises(TryAgain):
        served.fetch(row)


def test_a_web_page_is_no_film(served: Served) -> None:
    [row] = served.rows(served.put("clip.mp4", b"<!doctype html><html><title>Sign in</title></html>" * 100))
    with pytest.raises(BadInput, match="web page"):
        served.fetch(row)
    assert not list(Path(row["path"]).parent.iterdir())


def test_stop_leaves_what_has_come_for_the_next_time(served: Served) -> None:
    [row] = served.rows(served.put("clip.mp4", BODY))

    def check() -> None:
        raise Cancelled("This work was stopped.")

    with pytest.raises(Cancelled):
        served.fetch(row, served.errand(row, check=check))
    assert not Path(row["path"]).exists()
    assert served.fetch(row) == len(BODY)


def test_a_server_says_how_long_to_wait(served: Served) -> None:
    [row] = served.rows(served.put("clip.mp4", BODY))
    served.fault("clip.mp4", 429)
    with pytest.raises(Busy):
        FETCHERS[served.kind](served.settings).fetch(row, served.errand(row))
