"""The set-up, on a tiny project that needs nothing from the network: real environments, real pip, real locks."""

from __future__ import annotations

import ast
import fcntl
import importlib.util
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "tiny"
version = "1"
[project.optional-dependencies]
check = []
"""

BACKEND = """
import pathlib, zipfile
INFO = "tiny-1.dist-info/"
FILES = {
    "tiny.pth": str(pathlib.Path.cwd()),
    INFO + "METADATA": "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\nProvides-Extra: check\\n",
    INFO + "WHEEL": "Wheel-Version: 1.0\\nGenerator: tiny\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    INFO + "RECORD": "",
}
def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(pathlib.Path(folder) / "tiny-1-py3-none-any.whl", "w") as wheel:
        for name, text in FILES.items():
            wheel.writestr(name, text)
    return "tiny-1-py3-none-any.whl"
"""

BOT = "import sys\nprint('bot', *sys.argv[1:])\nsys.exit(sys.argv[1] == 'doctor')\n"
CHECK = "import sys\nprint('tests', *sys.argv[1:])\nsys.exit(7)\n"


@pytest.fixture(scope="module")
def install() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", ROOT / "install.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["install"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    texts = {
        "install.py": (ROOT / "install.py").read_text(),
        "constraints.txt": "# nothing is pinned, so nothing is fetched\n",
        "pyproject.toml": PYPROJECT,
        "backend.py": BACKEND,
        "bot/__main__.py": BOT,
        "tests/__main__.py": CHECK,
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    return root


def typed(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Type `python install.py ...` in a shell that has nothing in its environment, and no index."""
    alone = {"HOME": str(project), "PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, "install.py", *arguments]
    return subprocess.run(command, cwd=project, env=alone, capture_output=True, text=True, encoding="utf-8")


class TestAWholeSetUp:
    """In order: each goes on from where the one before it left the project."""

    def test_the_report_says_what_is_missing_before_anything_is_there(self, project: Path) -> None:
        done = typed(project, "--check")
        assert done.returncode == 1
        assert "not set up yet" in done.stdout
        assert "type: python3 install.py" in done.stdout
        assert not (project / ".venv").exists()

    def test_a_first_set_up_makes_the_environment_and_runs_the_projects_own(self, project: Path) -> None:
        done = typed(project)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "environment .venv" in done.stdout
        assert "bot setup" in done.stdout
        assert "Ready." in done.stdout

    def test_a_second_set_up_leaves_the_packages_alone(self, project: Path) -> None:
        done = typed(project, "demo", "--yes")
        assert "unchanged" in done.stdout
        assert done.stdout.splitlines()[-2:] == ["bot setup", "bot demo --yes"]

    def test_the_exit_status_is_that_of_what_was_run(self, project: Path) -> None:
        assert typed(project, "test", "lint").returncode == 7

    def test_a_changed_version_is_installed(self, project: Path) -> None:
        with (project / "constraints.txt").open("a") as constraints:
            constraints.write("# another word\n")
        done = typed(project)
        assert "unchanged" not in done.stdout
        assert "made anew" not in done.stdout
        assert done.returncode == 0

    def test_a_set_up_that_was_killed_is_made_anew(self, project: Path) -> None:
        (project / ".venv" / "rushes-unfinished").touch()
        (project / ".venv" / "bin" / "pip").unlink()
        done = typed(project)
        assert "made anew" in done.stdout
        assert done.returncode == 0
        assert (project / ".venv" / "bin" / "pip").exists()
        assert not (project / ".venv" / "rushes-unfinished").exists()

    def test_the_report_asks_the_project_about_its_own_things(self, project: Path) -> None:
        done = typed(project, "--check")
        assert re.search(r"environment +.venv, up to date", done.stdout)
        assert re.search(r"database +not in order +type: .venv/bin/rushes doctor", done.stdout)
        assert done.returncode == 1

    def test_a_package_that_cannot_be_had_is_told_in_a_sentence(self, project: Path) -> None:
        (project / "constraints.txt").write_text("setuptools==1.999\n")
        done = typed(project)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert done.stderr.splitlines()[-1].startswith("A pinned package does not exist for this Python or machine")

    def test_pinning_writes_what_is_installed_but_the_project_itself(self, project: Path) -> None:
        assert typed(project, "--pin").returncode == 0
        lines = (project / "constraints.txt").read_text().splitlines()
        assert lines[0].startswith("# Every package")
        assert any(line.startswith("pip==") for line in lines)


@pytest.mark.parametrize(
    ("version", "platform", "word"),
    [((3, 10), "linux", "3.11 or newer, this is 3.10"), ((3, 6), "darwin", "3.11"), ((3, 12), "win32", "WSL")],
)
def test_an_older_python_or_windows_is_told_in_one_sentence(
    install: ModuleType, version: tuple[int, int], platform: str, word: str
) -> None:
    sentence = install.refusal(version, platform)
    assert word in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("minor", [11, 12, 14])
def test_newer_pythons_are_welcome(install: ModuleType, minor: int) -> None:
    assert install.refusal((3, minor), "linux") == ""


def test_an_older_python_stops_before_it_meets_what_it_does_not_know() -> None:
    source = (ROOT / "install.py").read_text()
    program = "import sys; sys.version_info = (3, 6, 15); exec(compile(sys.stdin.read(), 'install.py', 'exec'))"
    done = subprocess.run([sys.executable, "-c", program], input=source, capture_output=True, text=True)
    assert done.returncode == 1
    assert (
        done.stderr
        == "Rushes needs Python 3.11 or newer, this is 3.6: install a newer one and start install.py with it.\n"
    )
    ast.parse(source, feature_version=(3, 6))


def test_it_needs_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "install.py").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_a_missing_venv_module_is_told_with_what_to_type(install: ModuleType) -> None:
    assert install.absent(("venv", "no_such_module")) == ["no_such_module"]
    said = install.NO_VENV.format(missing="ensurepip", package=install.venv_package())
    assert f"sudo apt install python3.{sys.version_info.minor}-venv" in said


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "PIP_CERT"),
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution", "check the network"),
        ("NewConnectionError ...\nERROR: No matching distribution found for rich", "check the network"),
        ("ERROR: Could not install: [Errno 13] Permission denied: '/x'", "without sudo"),
        ("ERROR: No matching distribution found for rich==0", "does not exist for this Python"),
        ("Segmentation fault", "All it said is in"),
    ],
)
def test_each_failure_of_pip_says_what_to_try(install: ModuleType, said: str, advice: str) -> None:
    told = install.failure(said, Path("install.log"))
    assert said.splitlines()[-1] in told
    assert advice in told.splitlines()[-1]


def test_a_long_log_is_cut_to_its_end(install: ModuleType) -> None:
    told = install.failure("\n".join(f"line {number}" for number in range(500)), Path("install.log"))
    assert "line 499" in told
    assert "line 480" not in told


def test_progress_names_the_last_package(install: ModuleType) -> None:
    assert install.doing("Collecting rich==15 (from x)\n  Using cached\nCollecting numpy\n") == "2, numpy"


def test_a_second_set_up_waits_and_says_so(install: ModuleType, tmp_path: Path) -> None:
    place = install.Place(tmp_path)
    program = (
        "import importlib.util as u, pathlib, sys\n"
        "s = u.spec_from_file_location('install', sys.argv[1]); m = u.module_from_spec(s)\n"
        "sys.modules['install'] = m; s.loader.exec_module(m)\n"
        "with m.alone(m.Place(pathlib.Path(sys.argv[2])), m.Show()): print('mine', flush=True)\n"
    )
    with redirect_stdout(io.StringIO()), install.alone(place, install.Show()):
        command = [sys.executable, "-c", program, str(ROOT / "install.py"), str(tmp_path)]
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert other.stdout
        assert "waiting for it" in other.stdout.readline()
        assert other.poll() is None
    assert other.communicate(timeout=30)[0] == "mine\n"


def test_a_pip_that_outlives_its_set_up_keeps_the_others_waiting(install: ModuleType, tmp_path: Path) -> None:
    place = install.Place(tmp_path)
    with install.alone(place, install.Show()) as lock:
        pip = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(lock,))
    with (tmp_path / ".install.lock").open() as mine:
        with pytest.raises(BlockingIOError):
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        pip.send_signal(signal.SIGKILL)
        pip.communicate()
        fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.fixture
def pinned() -> dict[str, str]:
    text = (ROOT / "constraints.txt").read_text()
    return dict(re.findall(r"^([^#=\s]+)==(\S+)$", text, flags=re.MULTILINE))


def test_every_dependency_has_one_exact_version(pinned: dict[str, str], install: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["check"]]
    names = {install.plain(re.split(r"[\[<>=!~ ]", line)[0]) for line in wanted}
    assert names - {install.plain(name) for name in pinned} == set()


def test_what_runs_here_is_what_is_pinned(pinned: dict[str, str]) -> None:
    assert pinned["pytest"] == version("pytest")
    assert len(pinned) > 50


APT = """#!/bin/sh
echo "$@" >> {log}
[ "$1" = update ] && touch {folder}/fresh
[ "$1" = install ] && [ -f {folder}/fresh ] && cp $0 {folder}/bwrap
exit 0
"""


def _apt(place: Path) -> Path:
    """Put an apt-get there that installs bubblewrap once its lists are fresh, and notes what it was asked."""
    place.mkdir()
    (place / "apt-get").write_text(APT.format(log=place / "log", folder=place))
    (place / "apt-get").chmod(0o755)
    return place / "log"


def test_bubblewrap_is_fetched_where_that_is_possible(
    install: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        pytest.skip("only root on Linux has anything installed")
    log = _apt(tmp_path / "bin")
    for tool in ("cp", "touch"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with redirect_stdout(io.StringIO()) as said:
        install.fetch_box(install.Place(ROOT), install.Show())
        install.fetch_box(install.Place(ROOT), install.Show())
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["install", "update", "install"]
    assert said.getvalue().count("bubblewrap") == 1


def test_without_bubblewrap_the_set_up_goes_on_and_says_how_to_get_it(
    install: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("bubblewrap is for Linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    with redirect_stdout(io.StringIO()) as said:
        install.fetch_box(install.Place(ROOT), install.Show())
    assert "goes on without; for it: sudo apt install bubblewrap" in said.getvalue()


def test_without_fonts_of_other_scripts_the_set_up_goes_on_and_says_how_to_get_them(
    install: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("the package is Debian's")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(install, "NOTO", tmp_path / "none.ttf")
    with redirect_stdout(io.StringIO()) as said:
        install.fetch_fonts(install.Place(ROOT), install.Show())
    assert "for them: sudo apt install fonts-noto-core" in said.getvalue()


def test_without_a_browser_the_check_goes_on_and_says_how_to_get_one(
    install: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("the package is Debian's")
    monkeypatch.setenv("PATH", str(tmp_path))
    with redirect_stdout(io.StringIO()) as said:
        install.fetch_browser(install.Place(ROOT), install.Show())
    assert "goes on without; for it: sudo apt install chromium" in said.getvalue()


def test_a_browser_that_is_there_is_left_alone(
    install: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "google-chrome").write_text("#!/bin/sh\n")
    (tmp_path / "google-chrome").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with redirect_stdout(io.StringIO()) as said:
        install.fetch_browser(install.Place(ROOT), install.Show())
    assert said.getvalue() == ""
