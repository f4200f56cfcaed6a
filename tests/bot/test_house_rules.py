"""What holds in a channel: kept with every form of it, read from a form, laid on a brief that says nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot import house_rules
from bot.house_rules import OURS, Rules, filled_in, read_glossary, read_settings, rules_of, rules_text, with_spelling
from experts.edit.brief import Brief
from experts.edit.reading import read_brief
from experts.edit.spelling import Spelling
from kernel.brand import BrandKit
from kernel.errors import BadInput
from tests.bot.room import Room

FORM: dict[str, Any] = {
    "platform": "reels",
    "caption_wishes": "bold, upper case",
    "approvers": ["U22", "U33"],
    "who": "named",
    "rule": "majority",
    "self_approval": "no",
    "broadcast": "yes",
    "glossary": "Siân: Sean, Shawn\n\nKubernetes",
    "colours": "#0b3d91 #ff6b35",
    "caption_font": "Inter",
    "title_font": "",
}
SIAN = Spelling(right="Siân", wrong=("Sean", "Shawn"))


def fill_in(room: Room, by: str = "ann", **values: Any) -> dict[str, Any]:
    """Fill in the form of the channel, and return what was said to it."""
    turn = room.turn("", author=by, kind="button", payload={"rules": values, "place": {"channel": "C1"}})
    room.app.conversations.receive(turn)
    room.drain()
    [said] = [event.payload for event in room.events("said") if event.payload["turn"] == turn.id]
    return said


def test_a_form_is_read_whole() -> None:
    rules = read_settings(FORM)
    assert (rules.platform, rules.who, rules.rule, rules.self_approval) == ("reels", "named", "majority", False)
    assert (rules.approvers, rules.broadcast, rules.caption_wishes) == (("U22", "U33"), True, "bold, upper case")
    assert rules.glossary == (SIAN, Spelling(right="Kubernetes"))
    assert rules.brand is not None
    assert [(c.colour, c.role) for c in rules.brand.colours] == [("#0b3d91", "primary"), ("#ff6b35", "accent")]
    assert (rules.brand.fonts.captions, rules.brand.fonts.titles) == ("Inter", None)


def test_what_a_form_leaves_out_stays_and_what_it_empties_goes() -> None:
    rules = read_settings(FORM).model_copy(update={"logo": "/somewhere/logo.png"})
    assert read_settings({}, rules) == rules
    empty: dict[str, Any] = {
        "platform": "none",
        "caption_wishes": "",
        "approvers": [],
        "who": "owner",
        "glossary": None,
    }
    gone = read_settings({**empty, "colours": "", "caption_font": None}, rules)
    assert (gone.platform, gone.caption_wishes, gone.approvers, gone.glossary, gone.brand) == (None, "", (), (), None)
    assert gone.logo == rules.logo


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"who": "named", "approvers": []}, "Name at least one approver"),
        ({"rule": "some"}, "How many have to say yes is one of: any, all, majority"),
        ({"platform": "television"}, "The platform is one of"),
        ({"colours": "blue"}, '"blue" is no colour: write it as #rrggbb'),
        ({"caption_wishes": "x" * 301}, "300 characters"),
        ({"glossary": ": Sean"}, "is no name"),
        ({"glossary": "x" * 61}, "is no name"),
    ],
)
def test_a_wrong_form_is_answered_with_what_to_write(values: dict[str, Any], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read_settings(values)


def test_a_glossary_is_read_line_by_line() -> None:
    assert read_glossary("Siân: Sean, Shawn\nSiân: Shaun") == (
        Spelling(right="Siân", wrong=("Sean", "Shawn", "Shaun")),
    )


def test_a_brief_gets_what_it_leaves_open_and_keeps_what_it_says() -> None:
    rules = read_settings(FORM)
    silent = filled_in(read_brief("30 seconds"), rules)
    assert (silent.platform, silent.caption_wishes, silent.brand) == ("reels", "bold, upper case", rules.brand)
    assert silent.spellings == rules.glossary
    said = read_brief("30 seconds for YouTube, captions small").model_copy(update={"brand": BrandKit(name="Theirs")})
    kept = filled_in(said, rules)
    assert (kept.platform, kept.caption_wishes, kept.brand) == ("youtube", said.caption_wishes, said.brand)


def test_the_rules_of_a_channel_hold_in_each_of_its_threads_and_in_no_other(thread: Room) -> None:
    said = fill_in(thread, **FORM)
    assert said["private"]
    assert "Kubernetes, Siân (not Sean, Shawn)" in said["text"]
    same = thread.store.conversations.ensure("slack", "T1:C1:7.0")
    others = [thread.store.conversations.ensure("slack", address) for address in ("T1:C2:1.0", "T2:C1:1.0")]
    assert rules_of(thread.store, same).platform == "reels"
    assert [rules_of(thread.store, other) for other in others] == [Rules(), Rules()]
    [changed] = thread.events("rules_changed")
    assert changed.payload["by"] == "ann"


def test_where_approvers_are_named_they_alone_change_the_rules(thread: Room) -> None:
    fill_in(thread, approvers=["U22"])
    said = fill_in(thread, approvers=[], who="anyone")
    assert said["private"]
    assert said["text"].startswith("Only @U22 can change what holds in this channel; whoever looks after me")
    assert rules_of(thread.store, thread.here).approvers == ("U22",)
    fill_in(thread, by="U22", approvers=["U22", "ann"])
    assert rules_of(thread.store, thread.here).approvers == ("U22", "ann")


def test_a_form_that_is_wrong_changes_nothing_and_says_why(thread: Room) -> None:
    assert fill_in(thread, who="named")["text"].startswith("Name at least one approver")
    assert rules_of(thread.store, thread.here) == Rules()


def test_a_job_is_begun_by_the_channels_rules(thread: Room) -> None:
    fill_in(thread, platform="reels", glossary="Siân: Sean", colours="#0b3d91")
    thread.opened()
    brief = Brief.read(thread.kept("brief").body)
    assert (brief.platform, brief.spellings) == ("reels", (Spelling(right="Siân", wrong=("Sean",)),))
    assert brief.brand is not None
    assert brief.brand.name == OURS


def test_what_holds_is_said_line_by_line() -> None:
    text = rules_text(Rules())
    assert text.splitlines()[0] == "What holds in this channel:"
    assert "Approvals: whoever asked for the video; one yes is enough" in text
    assert "@U22 and @U33; more than half of them have to; nobody approves their own video" in rules_text(
        read_settings(FORM)
    )


def test_of_very_many_names_the_newest_are_said_and_nothing_else_is_pushed_out() -> None:
    names = tuple(Spelling(right=f"Name {number}") for number in range(200))
    text = rules_text(Rules(glossary=names, broadcast=True))
    assert "• Names: Name 199, Name 198, " in text
    assert " and 150 more\n" in text
    assert text.endswith("shown to the whole channel")
    assert len(text) < 1_000


def test_a_name_that_is_corrected_in_a_thread_is_kept_for_the_channel(thread: Room) -> None:
    thread.opened()
    answer = thread.say("it's Siân, not Sean")
    assert answer == (
        'From now on it is "Siân", not "Sean", in every caption here. I make the captions of this video anew.'
    )
    assert rules_of(thread.store, thread.here).glossary == (Spelling(right="Siân", wrong=("Sean",)),)
    assert thread.kept("captions").version == 2
    assert thread.kept("captions").body["words"] == 'Spell it "Siân", not "Sean".'
    assert thread.states()["preview"] == "awaiting approval"


def test_every_later_job_of_the_channel_gets_it(thread: Room) -> None:
    thread.say("it's Siân, not Sean")
    thread.here = thread.store.conversations.ensure("slack", "T1:C1:7.0")
    thread.opened()
    assert thread.kept("brief").body["spellings"] == [{"right": "Siân", "wrong": ["Sean"]}]


def test_a_correction_that_is_delivered_twice_is_kept_once(thread: Room) -> None:
    thread.opened()
    turn = thread.turn("spell it Kubernetes, not Cooper Netties")
    thread.app.conversations.receive(turn)
    thread.app.conversations.receive(turn)
    thread.drain()
    assert len(rules_of(thread.store, thread.here).glossary) == 1
    assert thread.kept("captions").version == 2
    assert len(thread.events("rules_changed")) == 1


def test_a_correction_beside_another_wish_does_both(thread: Room) -> None:
    thread.opened()
    answer = thread.say("It's Siân, not Sean. Make it 5 seconds")
    assert answer == "I make it anew: Make it 5 seconds"
    assert rules_of(thread.store, thread.here).glossary[0].right == "Siân"
    assert (thread.kept("captions").version, thread.kept("plan").version) == (2, 2)


def test_while_the_job_is_paused_a_name_is_kept_for_when_it_goes_on(thread: Room) -> None:
    thread.opened()
    thread.say("stop")
    assert thread.say("it's Siân, not Sean").endswith("This video gets it too.")
    assert thread.kept("captions").version == 1
    thread.say("resume")
    assert thread.kept("captions").version == 2


def test_at_a_terminal_names_hold_in_that_conversation(room: Room) -> None:
    room.opened()
    room.say("it's Siân, not Sean")
    other = room.store.conversations.ensure("console", "another terminal")
    assert rules_of(room.store, other) == Rules()
    assert rules_of(room.store, room.here).glossary[0].right == "Siân"


def test_a_rerun_of_the_captions_with_a_name_is_a_correction(thread: Room) -> None:
    thread.opened()
    thread.say("rerun captions: it's Siân, not Sean")
    assert rules_of(thread.store, thread.here).glossary[0].wrong == ("Sean",)


def test_the_same_change_is_kept_once(thread: Room) -> None:
    house_rules.keep(thread.store, thread.here, Rules(), "ann", "once")
    house_rules.keep(thread.store, thread.here, Rules(platform="web"), "ann", "once")
    assert rules_of(thread.store, thread.here) == Rules()


def test_of_names_that_are_corrected_at_the_same_moment_none_is_lost(thread: Room) -> None:
    def spell(number: int) -> None:
        name = Spelling(right=f"Name{number}")
        house_rules.change(thread.store, thread.here, lambda rules: with_spelling(rules, name), "ann", f"n{number}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(spell, [*range(24), *range(24)]))
    kept = rules_of(thread.store, thread.here).glossary
    assert sorted(name.right for name in kept) == sorted(f"Name{number}" for number in range(24))
