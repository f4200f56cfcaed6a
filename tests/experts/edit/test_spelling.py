"""Names: read from a person's words, laid on what was heard, right in every caption whoever made it."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit import captions, plan, titles
from experts.edit.brief import Brief
from experts.edit.captions import CaptionSheet
from experts.edit.changes import read_change
from experts.edit.spelling import (
    Spelling,
    merged,
    near,
    read_spelling,
    respelt,
    respelt_text,
    spellings_in,
    without_spellings,
)
from kernel.document import Document
from kernel.worker.compile import compile
from kernel.worker.media import Word
from kernel.worker.ops.captions import Captions, Correction
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan
from tests.experts.edit.house import bed, made, played, revised, spoken, talk

SIAN = Spelling(right="Siân", wrong=("Sean",))
CLUSTER = Spelling(right="Kubernetes", wrong=("Cooper Netties",))


def heard(text: str) -> tuple[Word, ...]:
    """Return the words of a text, one after the other."""
    return spoken("s1", [text])[0]


def written(text: str, *spellings: Spelling) -> str:
    """Return what stands in the captions for a text."""
    words = heard(text)
    known = {c.word: c.text for c in respelt(words, spellings, {})}
    return " ".join(filter(None, (known.get(word.id, word.text) for word in words)))


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        ("it's Siân, not Sean", "Siân", "Sean"),
        ("It’s Siân, not Sean.", "Siân", "Sean"),
        ("its Siân not Sean", "Siân", "Sean"),
        ("No, it is Siân (not Sean)!", "Siân", "Sean"),
        ("her name is Siân, not Sean", "Siân", "Sean"),
        ("Siân is spelled S-i-â-n, not Sean", "Siân", "Sean"),
        ("spell it Kubernetes", "Kubernetes", ""),
        ("please spell it as GPT-4", "GPT-4", ""),
        ("Spell it Kubernetes, not Cooper Netties", "Kubernetes", "Cooper Netties"),
        ("spell it colour, not color", "colour", "color"),
        ("it is spelt O'Brien, not O Brian", "O'Brien", "O Brian"),
        ('It\'s "Nguyen", not "Wynn"', "Nguyen", "Wynn"),
    ],
)
def test_a_person_says_how_a_name_is_spelt(said: str, right: str, wrong: str) -> None:
    assert read_spelling(said) == Spelling(right=right, wrong=(wrong,) if wrong else ())


@pytest.mark.parametrize(
    "said",
    [
        "",
        "it's slow, not fast",
        "It's Instagram, not TikTok",
        "It's Tuesday, not Monday",
        "it's 20 seconds, not 30",
        "spell it right",
        "Siân is spelled with an accent",
        "It's spelled with a K",
        "it's Siân, not Sean, and make it shorter",
        "drop Sean, not Siân",
        "It's the launch, not the price",
    ],
)
def test_what_may_be_another_wish_is_no_spelling(said: str) -> None:
    assert read_spelling(said) is None


def test_what_a_spelling_says_of_itself_is_read_again() -> None:
    assert [read_spelling(known.line) for known in (SIAN, CLUSTER, Spelling(right="GPT-4"))] == [
        SIAN, CLUSTER, Spelling(right="GPT-4"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "comes_out"),
    [
        ("Then Sean spoke, and Sean's dog.", "Then Siân spoke, and Siân's dog."),
        ('"Sean," said SEAN’S friend.', '"Siân," said SIÂN’S friend.'),
        ("A seance with sian.", "A seance with Siân."),
        ("We run Cooper Netties, as Cooper Netties' fans do.", "We run Kubernetes, as Kubernetes' fans do."),
        ("Our kubernetes is fine.", "Our Kubernetes is fine."),
        ("Color is a color.", "Colour is a colour."),
    ],
)
def test_a_name_is_written_so_with_its_marks_and_its_owner_kept(text: str, comes_out: str) -> None:
    assert written(text, SIAN, CLUSTER, Spelling(right="colour", wrong=("color",))) == comes_out


def test_what_is_right_already_is_not_touched() -> None:
    assert respelt(heard("Siân runs Kubernetes."), [SIAN, CLUSTER], {}) == ()


def test_what_was_corrected_before_is_corrected_further() -> None:
    [found] = respelt(heard("Shown spoke."), [SIAN], {"s1w0": "Sean"})
    assert found == Correction(word="s1w0", text="Siân")


def test_a_title_is_spelt_likewise() -> None:
    assert respelt_text("Sean Jones\nCooper  Netties", [SIAN, CLUSTER]) == "Siân Jones\nKubernetes"


def test_a_second_thought_takes_over_what_the_first_one_knew() -> None:
    [kept] = merged([Spelling(right="Shawn", wrong=("Sean",))], [Spelling(right="Siân", wrong=("Shawn",))])
    assert (kept.right, set(kept.wrong)) == ("Siân", {"Sean", "Shawn"})
    [back] = merged([SIAN], [Spelling(right="Sean", wrong=("Siân",))])
    assert (back.right, back.wrong) == ("Sean", ("Siân",))


def test_a_name_without_its_mistake_finds_what_was_heard_in_its_place() -> None:
    assert near("Kubernetes", heard("we run Kubernetties on cubes")) == ("kubernetties",)
    assert near("Siân", heard("nothing like it")) == ()


def test_a_note_about_a_name_is_understood_and_changes_nothing_else() -> None:
    change = read_change(SIAN.line)
    assert change.understood
    assert change.spells == (SIAN,)
    assert change.brief == ""
    both = read_change("It's Siân, not Sean. Make the captions bigger.")
    assert (both.spells, both.steps) == ((SIAN,), 1)
    assert spellings_in(["It's Siân, not Sean, and make it shorter"]) == (SIAN,)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("drop the joke and the weather.\nNo music", "drop the joke and the weather.\nNo music"),
        ("It's Siân, not Sean, and drop the joke and the weather", "drop the joke and the weather"),
        ("Make it shorter. It's Siân, not Sean. Drop the joke", "Make it shorter. Drop the joke"),
        ("it's Siân, not Sean", ""),
    ],
)
def test_what_is_left_of_a_message_beside_its_names(text: str, left: str) -> None:
    assert without_spellings(text) == left


def job(text: str = "captions, please", *spellings: Spelling) -> dict[str, Document]:
    """Return the documents of a job in which Sean is heard, in a channel that spells names so."""
    reels = [talk("s1", ["We met Sean in spring.", 0.9, "Then Sean's letter came."]), bed("s2")]
    documents = played(reels, text)
    brief = documents["brief"]
    assert isinstance(brief, Brief)
    documents["brief"] = brief.model_copy(update={"spellings": spellings})
    return documents


def cues(documents: dict[str, Document]) -> str:
    """Return all captions of a plan, as they are burnt in."""
    found = documents["plan"]
    assert isinstance(found, EditPlan)
    return " ".join(word.text for cue in compile(found).cues for line in cue.lines for word in line)


def test_every_caption_of_a_later_job_has_the_channels_spelling() -> None:
    documents = job("captions, please", SIAN)
    before = cues(documents)
    documents["captions"] = made(captions.EXPERT, documents)
    documents["plan"] = made(plan.EXPERT, documents)
    assert "Sean" in before
    assert cues(documents) == before.replace("Sean", "Siân")


def test_a_note_alone_spells_the_captions_of_this_job() -> None:
    documents = job()
    documents["captions"] = made(captions.EXPERT, documents, SIAN.line)
    documents["plan"] = revised(documents)
    assert "Siân's" in cues(documents)
    assert "Sean" not in cues(documents)


def test_the_times_of_the_words_stay_as_they_were() -> None:
    documents = job("captions, please", SIAN)

    def times() -> list[Any]:
        found = documents["plan"]
        assert isinstance(found, EditPlan)
        words = [word for cue in compile(found).cues for line in cue.lines for word in line]
        return [(word.id, word.first_frame, word.last_frame) for word in words]

    before = times()
    documents["captions"] = made(captions.EXPERT, documents)
    documents["plan"] = made(plan.EXPERT, documents)
    assert times() == before


def test_a_models_own_sheet_and_plan_are_spelt_so_too() -> None:
    documents = job("captions, please", SIAN)
    sheet = CaptionSheet(confidence=0.9, captions=Captions(corrections=(Correction(word="s1w0", text="They"),)), why="")
    done = captions.finished(sheet, documents, [])
    assert done.captions is not None
    assert {c.word: c.text for c in done.captions.corrections} == {"s1w0": "They", "s1w2": "Siân", "s1w6": "Siân's"}
    wrote = documents["plan"]
    assert isinstance(wrote, EditPlan)
    named = wrote.model_copy(
        update={"operations": (*wrote.operations, Title(id="t9", text="Sean", clip="c1", length=1.0))}
    )
    spelt = plan.finished(named, documents, [])
    assert [title.text for title in spelt.each(Title)] == ["Siân"]
    documents["plan"] = spelt
    assert "Sean" not in cues(documents)


def test_a_title_that_the_brief_gives_is_spelt_so_too() -> None:
    documents = job('captions, titled "Sean comes home"', SIAN)
    sheet = made(titles.EXPERT, documents)
    assert [card["text"] for card in sheet.body()["titles"]] == ["Siân comes home"]


def test_a_cut_without_captions_stays_without() -> None:
    documents = job("no captions", SIAN)
    sheet = made(captions.EXPERT, documents)
    assert isinstance(sheet, CaptionSheet)
    assert sheet.captions is None


def test_no_model_is_asked_for_the_glossary() -> None:
    assert "spellings" not in str(Brief.model_json_schema())
