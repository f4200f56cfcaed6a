"""Broken and hostile timeline files: one clear sentence each, nothing opened, nothing hung."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kernel.errors import BadInput, RushesError
from kernel.worker.compile import check
from kernel.worker.plan import EditPlan
from kernel.worker.timelines.base import TimelineFormat
from kernel.worker.timelines.edl import EDL
from kernel.worker.timelines.fcpxml import FCPXML
from kernel.worker.timelines.files import LARGEST, load
from kernel.worker.timelines.otio import OTIO
from kernel.worker.timelines.recut import recut
from kernel.worker.timelines.strips import edited
from tests.kernel.worker.timelines.cuts import laid

PLAN = EditPlan.read(EditPlan.EXAMPLE)
RATE = PLAN.output.rate
ENTITY = '<!DOCTYPE fcpxml [<!ENTITY a "{}">]><fcpxml version="1.8"><resources/>&a;</fcpxml>'
BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


def refused(kind: TimelineFormat, held: bytes) -> str:
    """Return the one sentence with which a file is refused."""
    with pytest.raises(BadInput) as told:
        edited(kind, held, RATE)
    assert len(str(told.value)) < 500
    return str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        f'<!DOCTYPE fcpxml [<!ENTITY a0 "ha">{BOMB}]><fcpxml>&a9;</fcpxml>',
        '<!DOCTYPE fcpxml [<!ENTITY x SYSTEM "file:///etc/passwd">]><fcpxml>&x;</fcpxml>',
        '<!DOCTYPE fcpxml [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]><fcpxml/>',
        ENTITY.format("x" * 1000),
    ],
    ids=["bomb", "file", "network", "harmless"],
)
def test_xml_that_defines_entities_is_refused(text: str) -> None:
    assert refused(FCPXML, text.encode()).startswith("This XML defines entities")


def test_a_document_type_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    text = FCPXML.write(laid(PLAN)).replace("<!DOCTYPE fcpxml>", '<!DOCTYPE fcpxml SYSTEM "file:///dev/zero">')
    assert recut(PLAN, edited(FCPXML, text.encode(), RATE)).plan is PLAN


def test_what_is_nested_without_end_is_refused() -> None:
    assert "nested" in refused(OTIO, b"[" * 100_000)
    assert "nested" in refused(OTIO, ('{"a":' * 200 + "1" + "}" * 200).encode())
    assert "nested" in refused(FCPXML, ("<fcpxml>" * 5_000 + "</fcpxml>" * 5_000).encode())


def test_a_timeline_that_refers_to_itself_is_refused() -> None:
    body = json.loads(OTIO.write(laid(PLAN)))
    body["tracks"]["children"].append({"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "Stack-1"})
    assert "refers to itself" in refused(OTIO, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("value", "rate"),
    [(float("nan"), 30.0), (float("inf"), 30.0), (1e300, 30.0), (5.0, 0.0), (5.0, -1.0), (-90.0, 30.0)],
)
def test_times_that_are_none_are_one_sentence(value: float, rate: float) -> None:
    body = json.loads(OTIO.write(laid(PLAN)))
    duration: dict[str, Any] = body["tracks"]["children"][0]["children"][0]["source_range"]["duration"]
    duration |= {"value": value, "rate": rate}
    assert refused(OTIO, json.dumps(body).encode())


def test_a_moment_of_xml_that_is_none_is_named() -> None:
    text = FCPXML.write(laid(PLAN)).replace('start="3s"', 'start="3/0s"')
    assert "'3/0s'" in refused(FCPXML, text.encode())
    text = FCPXML.write(laid(PLAN)).replace('start="3s"', f'start="{10**17}s"')
    assert "hours away" in refused(FCPXML, text.encode())


def test_an_edl_of_another_rate_says_what_to_do() -> None:
    text = "001  AX V C 00:00:00:00 00:00:02:45 00:00:00:00 00:00:02:45\n"
    assert "export it again at" in refused(EDL, text.encode())


def test_far_too_much_on_a_timeline_is_refused() -> None:
    body = json.loads(OTIO.write(laid(PLAN)))
    track = body["tracks"]["children"][0]["children"]
    track += [track[0]] * 6_000
    assert "More than 5000 things" in refused(OTIO, json.dumps(body).encode())
    lines = "001  AX V C 00:00:00:00 00:00:00:01 00:00:00:00 00:00:00:01\n" * 30_000
    assert "more than 20000 lines" in refused(EDL, lines.encode())


def test_a_file_that_is_too_large_empty_missing_or_of_another_kind_is_named(tmp_path: Path) -> None:
    large, empty = tmp_path / "a.otio", tmp_path / "b.edl"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    empty.touch()
    for path, words in (
        (large, "more than any cut needs"),
        (empty, "is empty"),
        (tmp_path / "c.otio", "There is no file"),
        (tmp_path / "d.aaf", "is no timeline that can be read: export it as otio, fcpxml, edl"),
    ):
        with pytest.raises(BadInput, match=words):
            load(path, RATE)


def test_the_folder_that_final_cut_writes_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "cut.fcpxmld"
    folder.mkdir()
    (folder / "Info.fcpxml").write_text(FCPXML.write(laid(PLAN)))
    assert recut(PLAN, load(folder, RATE)).plan is PLAN


@pytest.mark.parametrize("kind", [OTIO, FCPXML, EDL], ids=lambda kind: str(kind.name))
def test_a_broken_file_is_a_plan_or_a_sentence(kind: TimelineFormat) -> None:
    whole = kind.write(laid(PLAN)).encode()
    for seed in range(100):
        random, held = Random(seed), bytearray(whole)
        for _ in range(random.randint(1, 12)):
            at = random.randrange(len(held))
            held[at : at + random.randint(0, 8)] = bytes(
                random.choices(b'0123456789-/:;<>"{}[]s, e.', k=random.randint(0, 4))
            )
        with suppress(RushesError):
            made = recut(PLAN, edited(kind, bytes(held), RATE))
            assert check(made.plan) == [], seed
