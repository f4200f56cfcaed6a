"""What every document promises: its example opens, hashes alike, goes to JSON and back, and says what breaks it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from experts.pipelines import PIPELINES
from kernel.document import Document
from kernel.errors import BadDocument

DOCUMENTS = list(dict.fromkeys(step.document for pipeline in PIPELINES for step in pipeline.steps))
each = pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: str(kind.__name__))


def test_schemas_have_names_of_their_own() -> None:
    names = [kind.SCHEMA for kind in DOCUMENTS]
    assert len(set(names)) == len(names)


@each
def test_the_example_opens_and_its_hash_is_the_same_each_time(kind: type[Document]) -> None:
    first, second = kind.open(kind.EXAMPLE, kind.VERSION), kind.read(json.loads(json.dumps(kind.EXAMPLE)))
    assert first == second
    assert first.digest == second.digest
    assert re.fullmatch(r"[0-9a-f]{64}", first.digest)


def test_hashes_are_the_same_in_another_process(root: Path) -> None:
    code = "from tests.contracts.test_documents import DOCUMENTS as D; print([d.read(d.EXAMPLE).digest for d in D])"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([kind.read(kind.EXAMPLE).digest for kind in DOCUMENTS])


@each
def test_a_document_goes_to_json_and_back(kind: type[Document]) -> None:
    document = kind.read(kind.EXAMPLE)
    again = kind.read(json.loads(json.dumps(document.body(), allow_nan=False)))
    assert (again, again.digest) == (document, document.digest)


@each
def test_the_example_breaks_no_rule_of_its_own(kind: type[Document]) -> None:
    assert kind.read(kind.EXAMPLE).problems({}) == []


@each
def test_an_unknown_field_is_named(kind: type[Document]) -> None:
    with pytest.raises(BadDocument, match=rf"This is no valid {kind.SCHEMA}: .*surprise"):
        kind.read({**kind.EXAMPLE, "surprise": 1})


@each
def test_a_newer_version_is_refused_and_every_older_one_has_an_upgrade(kind: type[Document]) -> None:
    with pytest.raises(BadDocument, match="update it"):
        kind.open(kind.EXAMPLE, kind.VERSION + 1)
    assert set(kind.UPGRADES) == set(range(1, kind.VERSION))


@each
def test_it_says_what_it_is_for(kind: type[Document]) -> None:
    assert kind.__doc__ not in (None, Document.__doc__)
