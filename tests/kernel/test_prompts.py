"""Prompts: strict, sandboxed, and known by their hash."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from kernel.prompts import Prompts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "edit").mkdir()
    (tmp_path / "generic.j2").write_text("You are {{ expert }}.")
    (tmp_path / "edit" / "log.j2").write_text(
        "{% import '_shared.j2' as shared %}\n{{ shared.role() }} {{ words | loud }}"
    )
    (tmp_path / "_shared.j2").write_text("{% macro role() %}You log.{% endmacro %}")
    return tmp_path


@pytest.fixture
def prompts(folder: Path) -> Prompts:
    return Prompts(folder, {"loud": str.upper})


def test_a_step_has_its_own_prompt_or_the_generic_one(prompts: Prompts) -> None:
    assert prompts.render("edit/log.j2", {"words": "hey"}).strip() == "You log. HEY"
    assert prompts.path("edit/plan.j2") == "generic.j2"
    assert prompts.render("edit/plan.j2", {"expert": "edit.plan"}) == "You are edit.plan."


def test_a_name_that_is_not_given_is_an_error(prompts: Prompts) -> None:
    with pytest.raises(UndefinedError, match="expert"):
        prompts.render("edit/plan.j2", {})


def test_a_hash_follows_the_text_and_the_macros_it_may_import(prompts: Prompts, folder: Path) -> None:
    hashes = [prompts.hash("edit/log.j2"), prompts.hash("edit/plan.j2")]
    (folder / "_shared.j2").write_text("{% macro role() %}You log all.{% endmacro %}")
    hashes.append(prompts.hash("edit/log.j2"))
    (folder / "edit" / "log.j2").write_text("Another.")
    hashes.append(prompts.hash("edit/log.j2"))
    assert len(set(hashes)) == 4
    assert prompts.hash("edit/titles.j2") == prompts.hash("edit/plan.j2")


@pytest.mark.parametrize("attack", ["{{ ().__class__.__base__.__subclasses__() }}", "{{ words.append(1) }}"])
def test_a_prompt_reaches_nothing_but_its_values(folder: Path, attack: str) -> None:
    (folder / "generic.j2").write_text(attack)
    with pytest.raises(SecurityError):
        Prompts(folder, {}).render("x.j2", {"words": []})


def test_the_hash_follows_macros_in_folders_too(tmp_path: Path) -> None:
    (tmp_path / "edit").mkdir()
    (tmp_path / "edit" / "log.j2").write_text("You log.")
    (tmp_path / "edit" / "_shared.j2").write_text("one")
    before = Prompts(tmp_path, {}).hash("edit/log.j2")
    (tmp_path / "edit" / "_shared.j2").write_text("two")
    assert Prompts(tmp_path, {}).hash("edit/log.j2") != before
