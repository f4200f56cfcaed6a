"""The preview: what a person is told with it."""

from __future__ import annotations

from experts.edit.preview import told
from kernel.worker.box import Bare, Bubblewrap
from kernel.worker.ffmpeg import Ffmpeg, bundled


def test_a_machine_without_a_box_is_said_with_every_cut() -> None:
    bare = Ffmpeg(bundled(), box=Bare(), weak=True)
    assert told("It is short.", bare) == f"It is short. {bare.warning}"
    assert told("", bare).startswith("Nothing but limits holds ffmpeg")
    assert told("It is short.", Ffmpeg(bundled(), box=Bubblewrap())) == "It is short."


def test_a_cut_that_is_too_long_for_where_it_goes_is_said() -> None:
    ffmpeg = Ffmpeg(bundled(), box=Bubblewrap())
    assert told("It is short.", ffmpeg, "It lasts 200 s.") == "It is short. It lasts 200 s."
