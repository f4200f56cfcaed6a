"""Who may import what: one door for each outside library, how far the worker reaches, and what is loaded late.

The directions between the rooms are import-linter's contracts (pyproject.toml); this guards what a contract cannot say.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.settings import Settings
from kernel.store import Store

ROOMS = ("bot", "experts", "kernel", "prompts")

DOORS: dict[str, tuple[str, ...]] = {
    "alembic": ("kernel/store/",),
    "anthropic": ("kernel/providers/anthropic.py",),
    "asyncio.create_subprocess_exec": ("bot/surfaces/slack/worker.py",),  # the worker: Rushes itself, no tool
    "asyncio.create_subprocess_shell": (),
    "dbos": ("kernel/durable.py", "kernel/liveness.py"),  # liveness recovers with the one call DBOS does not publish
    "defusedxml": ("kernel/worker/timelines/",),
    "faster_whisper": ("kernel/worker/transcribe.py",),
    "jinja2": ("kernel/prompts.py",),
    "openai": ("kernel/providers/openai.py",),
    "opentimelineio": ("kernel/worker/timelines/",),
    "os.environ": ("kernel/settings.py",),
    "os.environb": ("kernel/settings.py",),
    "os.fork": (),
    "os.getenv": ("kernel/settings.py",),
    "os.popen": (),
    "os.posix_spawn": (),
    "os.system": (),
    "otio_cmx3600_adapter": ("kernel/worker/timelines/edl.py",),
    "otio_fcpx_xml_adapter": (),
    "rapidocr": ("kernel/worker/analysis/texts.py",),
    "slack_bolt": ("bot/surfaces/slack/",),
    "slack_sdk": ("bot/surfaces/slack/",),
    "sqlalchemy": (
        "kernel/store/",
        "kernel/durable.py",
        "kernel/liveness.py",
    ),  # the engine's own tables are read there
    "subprocess": ("kernel/worker/ffmpeg.py",),
}
"""What is used -> where alone it may be; a folder ends with a slash, () means nowhere."""

REACH = ("kernel.document", "kernel.errors", "kernel.worker")
"""All of ours that the worker may import."""

LATE = (
    "Crypto",
    "alembic",
    "anthropic",
    "av",
    "ctranslate2",
    "faster_whisper",
    "huggingface_hub",
    "minio",
    "onnxruntime",
    "openai",
    "opentelemetry.exporter",
    "rapidocr.main",
    "requests",
    "shapely",
    "tokenizers",
    "urllib3",
)
"""What takes long or much memory to load, and is loaded by whoever hears, reads pictures, asks models, fetches from
buckets, or has a database of an older form."""


def named(source: str) -> Iterator[str]:
    """Yield the dotted names that a module imports or takes from the modules it imports, at any depth."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def within(name: str, package: str) -> bool:
    """Say whether a dotted name is a package or lies in it."""
    return name == package or name.startswith(f"{package}.")


def trespasses(path: str, source: str) -> list[str]:
    """Return what a module uses that only another's door may."""
    names = set(named(source))
    return sorted(
        f"{path} uses {thing}, whose door is {' or '.join(doors) or 'nowhere'}"
        for thing, doors in DOORS.items()
        if any(within(name, thing) for name in names) and not path.startswith(doors)
    )


def overreaches(path: str, source: str) -> list[str]:
    """Return what of ours a module of the worker imports beyond its reach."""
    ours = {name for name in named(source) if name.split(".")[0] in ROOMS and "." in name}
    return sorted(f"{path} reaches {name}" for name in ours if not any(within(name, package) for package in REACH))


def modules(root: Path) -> Iterator[tuple[str, str]]:
    """Yield path and source of every module of the product."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def test_each_outside_library_has_one_door(root: Path) -> None:
    assert [line for path, source in modules(root) for line in trespasses(path, source)] == []


def test_the_worker_knows_documents_errors_and_itself_only(root: Path) -> None:
    worker = [each for each in modules(root) if each[0].startswith("kernel/worker/")]
    assert worker
    assert [line for path, source in worker for line in overreaches(path, source)] == []


@pytest.mark.parametrize("command", [("status",), ("slack", "--manifest")])
def test_who_only_looks_or_listens_loads_none_of_what_only_work_needs(
    command: tuple[str, ...], root: Path, tmp_path: Path
) -> None:
    environ = {"RUSHES_DATA": str(tmp_path)}
    Store.open(Settings.read(environ).database_url).close()
    line = [sys.executable, "-X", "importtime", "-m", "bot", *command]
    said = subprocess.run(line, cwd=root, env=os.environ | environ, capture_output=True, text=True, check=True).stderr
    loaded = {row.rpartition("|")[2].strip() for row in said.splitlines() if row.startswith("import time:")}
    assert "kernel.worker.transcribe" in loaded
    assert [late for late in LATE if any(within(name, late) for name in loaded)] == []


def test_every_folder_of_code_is_a_package(root: Path) -> None:
    folders = {(root / path).parent for path, _ in modules(root)}
    bare = sorted(folder.relative_to(root).as_posix() for folder in folders if not (folder / "__init__.py").is_file())
    assert bare == [], "import-linter and setuptools do not see a folder without __init__.py"


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("kernel/run_step.py", "import sqlalchemy as sa"),
        ("bot/tools.py", "from sqlalchemy.orm import Session"),
        ("kernel/worker/render.py", "def run():\n    import subprocess"),
        ("kernel/worker/render.py", "from subprocess import Popen"),
        ("kernel/worker/box.py", "import os\nhome = os.environ['HOME']"),
        ("kernel/worker/box.py", "from os import environ"),
        ("bot/app.py", "import os\nos.getenv('KEY')"),
        ("kernel/providers/anthropic.py", "import openai"),
        ("experts/tools.py", "from jinja2 import Template"),
        ("bot/conversation.py", "from slack_sdk.web import WebClient"),
        ("kernel/worker/ffmpeg.py", "import os\nos.system('true')"),
    ],
)
def test_a_library_outside_its_door_is_found(path: str, source: str) -> None:
    assert len(trespasses(path, source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("kernel/store/tables.py", "import sqlalchemy as sa\nfrom alembic import op"),
        ("kernel/worker/ffmpeg.py", "import subprocess\nsubprocess.Popen"),
        ("kernel/settings.py", "import os\nos.environ.get('X')"),
        ("kernel/durable.py", "from dbos import DBOS"),
        ("bot/surfaces/slack/files.py", "from slack_sdk import WebClient"),
    ],
)
def test_a_library_at_its_door_is_fine(path: str, source: str) -> None:
    assert trespasses(path, source) == []


@pytest.mark.parametrize(
    "source", ["from kernel.store import jobs", "import kernel.messages", "from kernel import tool"]
)
def test_a_worker_that_reaches_too_far_is_found(source: str) -> None:
    assert len(overreaches("kernel/worker/render.py", source)) == 1


def test_a_worker_may_reach_documents_errors_and_its_own() -> None:
    source = "from kernel.document import Value\nfrom kernel.errors import PlanError\nfrom kernel.worker.ops import cut"
    assert overreaches("kernel/worker/render.py", source) == []
