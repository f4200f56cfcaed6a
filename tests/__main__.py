"""The one command that says whether it is right: `python -m tests`.

Runs the checks in order, one line each, and goes on after one that fails, so that a single run tells everything:

    format    ruff format --check         lint     ruff check
    types     mypy (strict)               imports  import-linter: who may import whom
    pytest    the tests, with real ffmpeg and no network
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Check:
    """One check: a program of the environment and its arguments."""

    name: str
    program: str
    arguments: tuple[str, ...]
    mend: str
    """What to type when it fails."""
    live: bool = False
    """Whether its output is shown as it comes; else only after a failure."""

    def command(self, more: Sequence[str] = ()) -> list[str]:
        """Return what to start, with further arguments for a live check."""
        return [str(BIN / self.program), *self.arguments, *(more if self.live else ())]


SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile", "--no-loadscope-reorder")
"""One process a core; the tests of a file stay together, for they share what was made for them, and files come in the
order of tests/conftest.py: by the number of its tests, the longest file would come last."""
CHECKS = (
    Check("format", "ruff", ("format", "--check", "."), "python -m tests --fix"),
    Check("lint", "ruff", ("check", "."), "python -m tests --fix mends some of it"),
    Check("types", "mypy", (), "python -m tests types"),
    Check("imports", "lint-imports", ("--no-cache",), "the map of rooms in README.md says who may import whom"),
    Check("pytest", "pytest", SIDE_BY_SIDE, "python -m tests pytest -- --last-failed", live=True),
)


@dataclass(frozen=True)
class Ran:
    """How a check went."""

    check: Check
    passed: bool
    seconds: float

    def line(self) -> str:
        """Return the check's line in the summary."""
        advice = "" if self.passed else f"   next: {self.check.mend}"
        return f"{'ok  ' if self.passed else 'FAIL'}  {self.check.name:<8} {self.seconds:6.1f} s{advice}"


def run(check: Check, more: Sequence[str] = ()) -> Ran:
    """Run one check from the root; what it says is shown when it fails or is live."""
    began = time.monotonic()
    quiet = None if check.live else subprocess.PIPE
    done = subprocess.run(check.command(more), cwd=ROOT, stdout=quiet, stderr=quiet and subprocess.STDOUT, text=True)
    if done.returncode and done.stdout:
        print(done.stdout.rstrip(), flush=True)
    return Ran(check, done.returncode == 0, time.monotonic() - began)


def fix() -> None:
    """Mend what ruff can mend by itself."""
    for arguments in (("check", "--fix", "--quiet", "."), ("format", "--quiet", ".")):
        subprocess.run([str(BIN / "ruff"), *arguments], cwd=ROOT, check=False)


def asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    names = [check.name for check in CHECKS]
    parser = argparse.ArgumentParser(prog="python -m tests", description="Run the whole check, or parts of it.")
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"only these: {', '.join(names)}")
    parser.add_argument("--fix", action="store_true", help="first let ruff mend and format what it can")
    given, more = split(sys.argv[1:] if arguments is None else arguments)
    options = parser.parse_args(given)
    unknown = sorted(set(options.checks) - set(names))
    if unknown:
        parser.error(f"no check is called {', '.join(unknown)}; there are {', '.join(names)}")
    options.more = more
    return options


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part our arguments from pytest's, which stand after `--`."""
    words = list(arguments)
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks that were asked for; return 0 only when all of them pass."""
    options = asked(arguments)
    if options.fix:
        fix()
    ran = []
    for check in CHECKS:
        if not options.checks or check.name in options.checks:
            ran.append(run(check, options.more))
            print(ran[-1].line(), flush=True)
    return told(ran)


def told(ran: Sequence[Ran]) -> int:
    """Print the summary; return the exit status."""
    failed = [each for each in ran if not each.passed]
    seconds = sum(each.seconds for each in ran)
    word = f"{len(failed)} of {len(ran)} failed" if failed else f"all {len(ran)} passed"
    print(f"\n{word} in {seconds:.0f} s", *(each.line() for each in failed), sep="\n  ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
