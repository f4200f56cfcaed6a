"""Power cuts: the process is killed again and again, and the same command goes on where it was."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kernel.store.records import Event
from tests.fakes.models.server import ModelServer
from tests.scenarios.conftest import BRIEF, Footage
from tests.scenarios.play import Play
from tests.scenarios.stage import Stage, kill, seconds
from tests.scenarios.test_models import MODELS, environ

BACK = 15.0
"""Seconds within which work goes on after a restart; five on a machine that does nothing else."""
ASKED_FOR = ("walk_begun", "resumed", "approved")
"""Events of a restart that are no progress yet."""


@dataclass
class Cuts:
    """One job under one command that is killed and started again."""

    stage: Stage
    command: tuple[str | Path, ...]
    back: list[float] = field(default_factory=list)
    """Seconds from each restart to the first thing that was done."""

    def until(self, happened: Callable[[Event], bool]) -> None:
        """Start the command and kill it when something has happened."""
        began, after = time.monotonic(), self.stage.last()
        process = self.stage.begin(*self.command)
        self._progress(began, after)
        self.stage.wait(happened, after)
        kill(process)

    def at_request(self, play: Play, expert: str, number: int) -> None:
        """Start the command and kill it while the model thinks about an answer."""
        killed = list[subprocess.Popen[str]]()
        play.at, play.act = (expert, number), lambda: killed[0].kill()
        began, after = time.monotonic(), self.stage.last()
        killed.append(self.stage.begin(*self.command))
        self._progress(began, after)
        killed[0].communicate(timeout=60)
        assert killed[0].returncode == -9

    def _progress(self, began: float, after: int) -> None:
        if after:
            self.stage.wait(lambda event: event.kind not in ASKED_FOR, after)
            self.back.append(round(time.monotonic() - began, 2))


def is_of(kind: str, step: str) -> Callable[[Event], bool]:
    """Return whether an event is of a kind and a step."""
    return lambda event: (event.kind, event.step) == (kind, step)


def pieces(stage: Stage) -> dict[str, int]:
    """Return the finished pieces of renders, each with the number of its file on the disk: a new one when made anew."""
    files = [path for path in (stage.data / "cache").iterdir() if len(path.stem) == 64]
    return {path.name: path.stat().st_ino for path in files}


@pytest.mark.timeout(400)
def test_a_job_that_is_killed_at_every_turn_ends_as_if_it_had_not_been(clips: Footage, tmp_path: Path) -> None:
    play = Play(MODELS["openai"])
    out = tmp_path / "out.mp4"
    with ModelServer(play) as server:
        stage = Stage(tmp_path, environ(server, "openai"))
        cuts = Cuts(stage, ("edit", clips.talk, clips.city, "--brief", BRIEF, "--yes", "-o", out))
        cuts.until(lambda event: event.kind == "progressed" and event.payload["share"] > 0.2)
        cuts.at_request(play, "Log", 3)
        cuts.at_request(play, "Selects", 2)
        cuts.until(is_of("progressed", "preview"))
        cuts.until(is_of("approved", "preview"))
        before = pieces(stage)
        cuts.until(lambda event: event.step == "master" and event.kind == "progressed" and event.payload["share"] > 0.3)
        finished = pieces(stage)
        said = stage.run(*cuts.command)
    print(f"seconds from each restart to the first progress: {cuts.back}")

    assert said.status == 0, said.err
    assert abs(seconds(out) - 3.7) < 0.3
    assert {name: statuses[-1] for name, statuses in stage.runs().items()} == dict.fromkeys(stage.runs(), "done")
    assert {kept.version for kept in stage.documents().values()} == {1}
    assert len(cuts.back) == 5
    assert max(cuts.back) < BACK, cuts.back

    assert set(play.repeated()) == {("Log", 3), ("Selects", 2)}, "only what was in flight may be asked again"
    with stage.store() as store:
        charges = store.ledger.list(stage.job().id)
    assert len([charge for charge in charges if charge.step == "log"]) == 7

    assert before
    assert set(before) <= set(finished)
    now = pieces(stage)
    assert {name: now[name] for name in finished} == finished, "a finished piece is made once"
