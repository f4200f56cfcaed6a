"""Names: read from a person's words, laid on what was heard, right in every caption whoever made it."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest

from experts.edit import captions, plan, titles
from experts.edit.brief import Brief
from experts.edit.captions import CaptionSheet
from experts.edit.changes import read_change
from experts.edit.naming import spellings_in
from experts.edit.respelling import respelt, respelt_text
from experts.edit.spelling import Spelling, merged, near
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
    ("text", "comes_out"),
    [
        ("Then Sean spoke, and Sean's dog.", "Then Siân spoke, and Siân's dog."),
        ('"Sean," said SEAN’S friend.', '"Siân," said SIÂN’S friend.'),
        ("A seance with sian.", "A seance with Siân."),
        ("We run Cooper Netties, as Cooper Netties' fans do.", "We run Kubernetes, as Kubernetes' fans do."),
        ("Our kubernetes is fine.", "Our Kubernetes is fine."),
        ("Color is a color.", "Colour is a colour."),
        ("Sean-Paul met a Sean-led team.", "Sean-Paul met a Siân-led team."),
        ("(Cooper Netties), an anti-Cooper Netties-based plan.", "(Kubernetes), an anti-Kubernetes-based plan."),
    ],
)
def test_a_name_is_written_so_with_its_marks_and_its_owner_kept(text: str, comes_out: str) -> None:
    assert written(text, SIAN, CLUSTER, Spelling(right="colour", wrong=("color",))) == comes_out


@pytest.mark.parametrize(
    ("text", "comes_out", "name"),
    [
        ("We will go. Will said so, will he? Wil did.", "We will go. Will said so, will he? Will did.", "Will: Wil"),
        ("We may go. May we? May came, and we like May.", "We may go. May we? Mae came, and we like Mae.", "Mae: May"),
        ("Mark the date, mark my words. Marc did.", "Mark the date, mark my words. Mark did.", "Mark: Marc"),
        ("It was seen so.", "It was Sean so.", "Sean: seen"),
        ("Obrien, O brien and O'brien's dog.", "O'Brien, O'Brien and O'Brien's dog.", "O'Brien"),
        ("Jean luc met Jeanluc.", "Jean-Luc met Jean-Luc.", "Jean-Luc"),
        ("At McDonald's, on McDonald street.", "At MacDonald, on McDonald street.", "MacDonald: McDonald's"),
        ("We ate at Maisie's.", "We ate at Macy's.", "Macy's: Maisie's"),
        ("Sent John's church.", "St. John's church.", "St. John: Sent John"),
        ("Sean Ed Jones spoke.", "Siân Jones spoke.", "Siân: Sean Ed"),
        ("王 晓 明 说 王晓明先生", "王小明 说 王小明先生", "王小明: 王晓明"),
        ("過程 程 说", "過程 陳 说", "陳: 程"),
    ],
)
def test_a_name_is_found_in_every_form_and_no_other_word_is_taken_for_it(text: str, comes_out: str, name: str) -> None:
    right, _, wrong = name.partition(": ")
    assert written(text, Spelling(right=right, wrong=(wrong,) if wrong else ())) == comes_out


def test_two_hundred_names_are_laid_on_an_hour_of_talk_in_a_moment() -> None:
    names = [Spelling(right=f"Nàme{n}ix", wrong=(f"Wrong{n}", f"Two Words{n}")) for n in range(200)]
    words = heard("We met Wrong7 and Two Words8 of the club. " * 1_000)
    begun = perf_counter()
    assert len(respelt(words, names, {})) == 3_000
    assert perf_counter() - begun < 2


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


def test_neither_a_common_word_nor_another_name_is_taken_for_a_misheard_one() -> None:
    assert near("Wil", heard("We will go there")) == near("Thera", heard("over there")) == ()
    assert near("Maria", heard("Mario and Marya came")) == ("mario", "marya")
    assert near("Maria", heard("Mario and Marya came"), ["Mario"]) == ("marya",)


def test_a_note_about_a_name_is_understood_and_changes_nothing_else() -> None:
    change = read_change(SIAN.line)
    assert change.understood
    assert change.spells == (SIAN,)
    assert change.brief == ""
    both = read_change("It's Siân, not Sean. Make the captions bigger.")
    assert (both.spells, both.steps) == ((SIAN,), 1)
    assert spellings_in(["It's Siân, not Sean, and make it shorter"]) == (SIAN,)


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
