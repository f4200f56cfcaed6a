"""The command that runs the checks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.__main__ import CHECKS, Check, Ran, asked, run, split, told


def python(code: str) -> Check:
    """A check that is a few lines of Python."""
    return Check("sample", Path(sys.executable).name, ("-c", code), "mend it")


def test_the_checks_stand_in_the_order_in_which_they_are_cheap() -> None:
    assert [check.name for check in CHECKS] == ["format", "lint", "types", "imports", "pytest"]


def test_a_check_that_passes_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(python("print('noise')")).passed
    assert "noise" not in capfd.readouterr().out


def test_a_check_that_fails_shows_what_it_said(capfd: pytest.CaptureFixture[str]) -> None:
    assert not run(python("print('reason'); raise SystemExit(3)")).passed
    assert "reason" in capfd.readouterr().out


def test_one_failure_makes_the_whole_fail_and_says_what_to_type(capfd: pytest.CaptureFixture[str]) -> None:
    good, bad = Ran(CHECKS[0], True, 1.0), Ran(CHECKS[1], False, 2.0)
    assert told([good]) == 0
    assert told([good, bad]) == 1
    out = capfd.readouterr().out
    assert "1 of 2 failed in 3 s" in out
    assert "FAIL  lint" in out
    assert CHECKS[1].mend in out


def test_what_stands_after_two_dashes_is_for_pytest() -> None:
    assert split(["pytest", "--", "-k", "cut"]) == (["pytest"], ["-k", "cut"])
    options = asked(["pytest", "--", "-k", "cut"])
    assert options.checks == ["pytest"]
    assert CHECKS[-1].command(options.more)[-2:] == ["-k", "cut"]
    assert "-k" not in CHECKS[0].command(options.more)


def test_an_unknown_check_is_refused_with_the_names_there_are(root: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "tests", "spelling"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 2
    assert "no check is called spelling; there are format, lint, types, imports, pytest" in done.stderr
