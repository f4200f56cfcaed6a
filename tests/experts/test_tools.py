"""The experts' read-only tools: what they show, and what they say where there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from experts.tools import LOOKING, MOST
from kernel.document import Document
from kernel.errors import BadCall
from kernel.tool import pick
from tests.experts.edit.house import bed, brief, footage, pictures, talk


@dataclass(frozen=True)
class Desk:
    documents: dict[str, Document]


DESK = Desk(
    {
        "brief": brief("10 seconds"),
        "footage": footage(
            talk("s1", ["We met in the spring.", 1.0, "Glue is made of bones."]), pictures("s2", [4.0, 2.0]), bed("s3")
        ),
    }
)


def asked(tool_name: str, /, **given: Any) -> str:
    tool = pick(LOOKING, tool_name)
    answer = tool.run(tool.arguments.model_validate(given), {"draft": {}}, DESK)
    assert answer.state == {"draft": {}}
    return answer.text


def test_a_transcript_names_the_words_of_each_sentence() -> None:
    text = asked("read_transcript", source="s1")
    assert "s1w0..s1w4" in text
    assert "Glue is made of bones." in text


def test_a_transcript_can_be_read_from_a_second_on_and_word_by_word() -> None:
    text = asked("read_transcript", source="s1", start=3.0, every_word=True)
    assert "s1w5" in text
    assert "s1w0 " not in text


def test_words_are_found_wherever_they_are_said() -> None:
    assert "s1w5..s1w9" in asked("find_words", words="bones glue")
    assert asked("find_words", words="penguins") == "Nobody says 'penguins'."


def test_shots_beats_and_documents_are_shown() -> None:
    assert "0.00-4.00" in asked("show_shots", source="s2")
    assert "120" in asked("show_beats", source="s3")
    assert '"length": 10.0' in asked("show_document", name="brief")
    assert len(asked("show_document", name="footage")) < MOST


def test_what_is_not_there_is_told_with_what_there_is() -> None:
    with pytest.raises(BadCall, match="s1, s2, s3"):
        asked("read_transcript", source="s9")
    with pytest.raises(BadCall, match="brief, footage"):
        asked("show_document", name="log")


@pytest.mark.parametrize("tool", LOOKING, ids=lambda tool: str(tool.name))
def test_every_tool_says_what_it_is_for(tool: Any) -> None:
    assert len(tool.spec.description) > 20
    assert tool.spec.parameters["additionalProperties"] is False
