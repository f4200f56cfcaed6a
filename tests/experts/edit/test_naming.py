"""What people say about how a name is written: read by rules, and nothing else taken for it."""

from __future__ import annotations

import pytest

from experts.edit.naming import read_spelling, spellings_in, taken_back, without_spellings
from experts.edit.spelling import Spelling, merged


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
        ("Sean should be Siân everywhere", "Siân", "Sean"),
        ("the name Sean should be spelled Siân", "Siân", "Sean"),
        ("please spell Sean as Siân", "Siân", "Sean"),
        ("spell color as colour", "colour", "color"),
        ("Cooper Netties is spelled Kubernetes", "Kubernetes", "Cooper Netties"),
        ("Sean is spelled Siân", "Siân", "Sean"),
        ("change Sean to Siân in all captions", "Siân", "Sean"),
        ("Sean → Siân", "Siân", "Sean"),
        ("Siân, not Sean please", "Siân", "Sean"),
        ("Hi, that should say Siân, not Sean", "Siân", "Sean"),
        ("you wrote Sean, it's Siân", "Siân", "Sean"),
        ("the captions say Sean but it should be Siân", "Siân", "Sean"),
        ("it's Siân, not Sean, in every caption", "Siân", "Sean"),
        ("It's Mae, not May", "Mae", "May"),
        ("it's Jean-Luc, not Jean Luc", "Jean-Luc", "Jean Luc"),
        ("It's St. John, not Saint Jon", "St. John", "Saint Jon"),
        ("spell it 陳, not 程", "陳", "程"),
        ("spell it Johnson and Johnson", "Johnson and Johnson", ""),
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
        "It's May, not June",
        "spell Priya with a y",
        "Drop Sean, not Siân",
        "Sunset, not Sunrise",
        "Tom, not Sam",
        "change Music to Jazz",
        "replace the intro with the outro",
        "Sean should be first",
        "Reels should be Shorts",
        "replace Intro.mp4 with Intro2.mp4",
        "Change Scene One to Scene Two",
        "Title should be Titles",
        "spell the numbers as words",
        "Nothing in this video is written so",
        "what is written is made anew",
        "It's Anna, not Hanna, who should speak first",
    ],
)
def test_what_may_be_another_wish_is_no_spelling(said: str) -> None:
    assert read_spelling(said) is None


@pytest.mark.parametrize(
    "known",
    [
        Spelling(right="Siân", wrong=("Sean",)),
        Spelling(right="Siân", wrong=("Sean", "Shawn", "Sian Ed")),
        Spelling(right="GPT-4"),
        Spelling(right="adidas", wrong=("a D does",)),
        Spelling(right="3M", wrong=("3 M", "three M")),
        Spelling(right="St. John", wrong=("Sent John.", "Saint John")),
        Spelling(right="Johnson and Johnson", wrong=("Jonson and Jonson",)),
        Spelling(right="Sammy Davis, Jr.", wrong=("Sammy Davis; junior",)),
        Spelling(right='Dwayne "The Rock" Johnson', wrong=('Dwain "the rock" Jonson',)),
        Spelling(right="Mission: Impossible III – The One With Five Words", wrong=("not this",)),
        Spelling(right="王小明", wrong=("王晓明",)),
    ],
)
def test_what_a_spelling_says_of_itself_is_read_again_whatever_it_is_made_of(known: Spelling) -> None:
    assert merged((), spellings_in([f"Make it shorter. {known.line} No music, and drop the joke."])) == (known,)
    assert without_spellings(f"Make it shorter. {known.line}") == "Make it shorter."
    assert without_spellings(known.line) == ""


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("no, Sean was right", "Sean"),
        ("Sorry, sean was right after all!", "Sean"),
        ("It's Sean after all.", "Sean"),
        ("it was Shawn after all", "Shawn"),
        ("Sean was right about the budget", None),
        ("no, Tom was right", None),
        ("Sean", None),
    ],
)
def test_what_was_corrected_is_taken_back_by_a_word(said: str, right: str | None) -> None:
    known = [Spelling(right="Priya", wrong=("Pria",)), Spelling(right="Siân", wrong=("Sean", "Shawn"))]
    back = Spelling(right=right, wrong=("Siân",)) if right else None
    assert taken_back(said, known) == back


def test_what_cannot_be_seen_is_no_part_of_a_name() -> None:
    assert Spelling(right=" Si\u0061\u0302n\n\u202e\x00 Jones ").right == "Siân Jones"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("drop the joke and the weather.\nNo music", "drop the joke and the weather.\nNo music"),
        ("It's Siân, not Sean, and drop the joke and the weather", "drop the joke and the weather"),
        ("Make it shorter. It's Siân, not Sean. Drop the joke", "Make it shorter. Drop the joke"),
        ("it's Siân, not Sean", ""),
        ("It's St. John, not Saint Jon", ""),
        ("It's Priya (not Pria) and Siân (not Sean), and drop the joke", "drop the joke"),
    ],
)
def test_what_is_left_of_a_message_beside_its_names(text: str, left: str) -> None:
    assert without_spellings(text) == left


def test_several_wrong_forms_may_be_named_at_once() -> None:
    assert read_spelling("it's Siân, not Sean or Shawn") == Spelling(right="Siân", wrong=("Sean", "Shawn"))
