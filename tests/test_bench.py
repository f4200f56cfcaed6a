"""The benchmark's own measures: they must see what is wrong, or its figures are worth nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from kernel.worker.compile import check, compile
from kernel.worker.ffmpeg import Ffmpeg, Run, bundled, opening_ours
from kernel.worker.render import render
from tests.bench import barcode, edit, exact, meter, ours, reading
from tests.bench.report import Line, ratio, summary
from tests.kernel.worker import scenes


def test_a_figure_over_its_bar_is_called_a_miss() -> None:
    assert ratio("ours / theirs", 9.1, 10.0, 0.9).verdict == "MISS"
    assert ratio("ours / theirs", 9.0, 10.0, 0.9).verdict == "PASS"


def test_a_bar_without_a_figure_is_not_met() -> None:
    line = Line("ours / a rival that is not there", None, 0.5, note="cannot be had here")
    assert line.verdict == "NONE"
    assert "0 of 1 bars met" in summary([line])


def test_every_frame_is_read_by_its_number(tmp_path: Path) -> None:
    raw, made, ffmpeg = tmp_path / "strip.raw", tmp_path / "strip.mp4", Ffmpeg(bundled())
    barcode.strip(90).tofile(raw)
    side = barcode.block(90)
    chain = f"scale={barcode.BITS * side}:{side}:flags=neighbor,pad=160:90,format=yuv420p"
    opened = opening_ours(raw, "rawvideo", "-pix_fmt", "gray", "-s", f"{barcode.BITS}x2", "-r", "30")
    ffmpeg.run([*opened, "-vf", chain, "-c:v", "libx264", "-crf", "22", f"file:{made}"], cwd=tmp_path, timeout=60)
    assert barcode.read(made, ffmpeg, 90) == list(range(90))


def test_the_clips_are_of_the_planned_length_and_do_not_overlap() -> None:
    spans = edit.spans()
    assert len(spans) == edit.CUTS
    assert sum(frames for _, frames in spans) == edit.KEPT
    ends = [first + frames for first, frames in spans]
    assert all(end < first for end, (first, _) in zip(ends, spans[1:], strict=False))


def test_a_sound_that_comes_late_is_found_to_the_sample() -> None:
    source = np.random.default_rng(1).normal(size=4 * exact.RATE)
    late = np.concatenate([np.zeros(37), source])
    assert exact.lag(source, late, exact.RATE, exact.RATE) == 37
    assert exact.lag(source, source[37:], exact.RATE, exact.RATE) == -37


def test_what_a_grandchild_uses_is_counted() -> None:
    code = "import time; held = bytearray(b'x') * (80 << 20); end = time.process_time() + 0.3\n"
    code += "while time.process_time() < end: pass"
    usage = meter.metered(["sh", "-c", f'"{sys.executable}" -c "$0" & wait', code], Path("/"))
    assert usage.tree > 80 << 20
    assert usage.cpu > 0.3
    assert usage.root < 20 << 20


def test_every_run_of_a_render_is_known_by_what_it_was_for(tmp_path: Path) -> None:
    runs: list[Run] = []
    ffmpeg = Ffmpeg(bundled(), runs.append)
    path = scenes.write_video(tmp_path / "a.mp4", ffmpeg, scenes.numbered(60), "30", scenes.tone(2.0))
    plan = scenes.plan([scenes.source("s1", path, 2.0)], scenes.cut("c1", "s1", 0, 1.5), {"type": "loudness"})
    runs.clear()
    render(plan, {"s1": path}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
    kinds = {ours.kind(run.command) for run in runs if "-version" not in run.command}
    assert {"picture: encode", "sound: encode", "join"} < kinds
    assert "other" not in kinds


def test_the_captions_that_are_read_are_those_of_plans_that_hold() -> None:
    for style in reading.STYLES:
        edit = reading.spoken(style, 1280, 720)
        assert check(edit) == []
        assert sum(len(cue.words) for cue in compile(edit).cues) == len(reading.SAID.split())
