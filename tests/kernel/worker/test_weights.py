"""The weights that packages carry: found, joined once, held to their checksums."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.errors import SetUp
from kernel.worker import weights as rules
from kernel.worker.weights import Weights, carried


def test_both_models_are_found_and_the_halves_are_joined_once(tmp_path: Path) -> None:
    found = carried(tmp_path)
    assert found.english is not None
    assert found.every == tmp_path / "weights" / "base"
    model = found.every / "model.bin"
    made = model.stat().st_mtime_ns
    assert carried(tmp_path) == found
    assert model.stat().st_mtime_ns == made
    assert [path.name for path in (tmp_path / "weights").iterdir()] == ["base"]


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "weights" / "base").mkdir(parents=True)
    (tmp_path / "weights" / "base" / "model.bin").write_bytes(b"other")
    with pytest.raises(SetUp, match="not the ones expected"):
        carried(tmp_path)


def test_without_packages_there_are_no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TINY_PACKAGE", "no_such_package")
    monkeypatch.setattr(rules, "BASE_PACKAGES", ("no_such_package", "nor_this"))
    assert not carried(tmp_path)
    assert not Weights()
