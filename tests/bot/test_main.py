"""The command line as a person meets it: a real process, its words and its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

WORKING = ("edit", "chat", "slack", "work", "resume", "render", "export", "import", "score", "demo")
LOOKING = ("status", "show", "trace", "logs", "pause", "cancel", "doctor", "setup")
Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def shell(root: Path, tmp_path: Path) -> Shell:
    """Return a function that runs `rushes ARGUMENTS` with a data folder of its own."""

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=root,
            env={**os.environ, "RUSHES_DATA": str(tmp_path / "data"), "COLUMNS": "200", **environ},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )

    return run


def test_help_names_every_command_with_a_line_for_a_person(shell: Shell) -> None:
    done = shell("--help")
    assert done.returncode == 0
    commands = *WORKING, *LOOKING
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.startswith("  ") and line.split()}
    for command in commands:
        assert len(lines[command].split()) > 4, command


def test_without_a_command_it_shows_the_help(shell: Shell) -> None:
    assert "Usage:" in "".join((shell().stdout, shell().stderr))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("status", "ffffffff"), "ffffffff"),
        (("show", "ffffffff", "plan"), "ffffffff"),
        (("trace", "ffffffff"), "ffffffff"),
        (("logs", "ffffffff"), "ffffffff"),
        (("pause", "ffffffff"), "ffffffff"),
        (("resume", "ffffffff"), "ffffffff"),
        (("cancel", "ffffffff"), "ffffffff"),
        (("render", "nowhere.json", "-o", "out.mp4"), "nowhere.json"),
        (("export", "ffffffff"), "ffffffff"),
        (("import", "ffffffff", "cut.otio"), "ffffffff"),
        (("score", "nowhere.mp4"), "nowhere.mp4"),
        (("edit", "nowhere.mp4", "--brief", "12 seconds"), "nowhere.mp4"),
        (
            ("edit", "nowhere.mp4", "--brief", "x", "-o", "a.mov"),
            'call it a.mp4, and say "also as prores" in the brief',
        ),
    ],
)
def test_what_is_not_there_is_one_sentence_and_exit_status_1(
    shell: Shell, arguments: tuple[str, ...], words: str
) -> None:
    done = shell(*arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("rushes: ")
    assert words in line


def test_a_setting_that_cannot_be_used_is_one_sentence(shell: Shell) -> None:
    done = shell("status", RUSHES_WORKERS="many")
    assert done.returncode == 1
    assert done.stderr.startswith("rushes: RUSHES_WORKERS cannot be used")
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_command_line_says_what_is_wrong(shell: Shell) -> None:
    done = shell("edit", "--brief", "12 seconds")
    assert done.returncode == 2
    assert "FOOTAGE" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_house_can_be_looked_at(shell: Shell) -> None:
    done = shell("status")
    assert done.returncode == 0
    assert done.stdout.startswith("There are no jobs yet")
    assert shell("doctor").returncode == 0
    assert "registered" in shell("setup").stdout
