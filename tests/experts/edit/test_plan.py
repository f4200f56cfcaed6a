"""The plan: put together from all that was decided, and changed by notes."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit import plan as planning
from experts.edit import selects
from experts.edit.footage import Reel
from experts.edit.mend import mended
from experts.edit.selects import Selects
from kernel.document import Document
from kernel.guard import require_within
from kernel.worker.compile import check, compile
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music
from kernel.worker.ops.reframe import Reframe
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan
from tests.experts.edit.house import bed, made, pictures, planned, played, revised, talk, voice

SCRIPT: list[str | float] = [
    "We met in the spring by the river.", 0.9, "Glue is made of bones and water.", 0.9,
    "Nobody knew what it was good for.", 0.9, "Then a letter came from the city.", 0.9, "It ended well for everyone.",
]  # fmt: skip


def one_talk(text: str) -> dict[str, Document]:
    return played([talk("s1", SCRIPT), bed("s2")], text)


def one_voice(text: str) -> dict[str, Document]:
    return played([voice("s1", SCRIPT), pictures("s2", [6.0, 7.0, 8.0]), bed("s3")], text)


def plan_of(documents: dict[str, Document]) -> EditPlan:
    found = documents["plan"]
    assert isinstance(found, EditPlan)
    return found


def test_a_draft_is_the_plan_that_the_offline_director_hands_in_first() -> None:
    documents = one_talk("10 seconds, vertical")
    assert planning.draft(documents) == documents["plan"].body()
    assert check(plan_of(documents)) == []


def test_captions_come_with_speech_bold_on_a_tall_picture_and_never_when_unwanted() -> None:
    assert plan_of(one_talk("vertical")).only(Captions) == Captions(style="bold")
    assert plan_of(one_talk("wide")).only(Captions) == Captions(style="clean")
    assert plan_of(one_talk("no captions")).only(Captions) is None
    wished = plan_of(one_talk("big yellow captions at the top")).only(Captions)
    assert wished
    assert (wished.size, wished.colour, wished.position) == ("large", "#ffd400", "top")


def test_a_tall_picture_is_framed_round_the_face() -> None:
    frames = plan_of(one_talk("vertical")).each(Reframe)
    assert frames
    assert {(frame.mode, frame.x, frame.y) for frame in frames} == {("crop", 0.7, 0.5)}
    assert plan_of(one_talk("landscape")).each(Reframe) == ()


def test_a_tall_source_without_a_face_is_not_cut_to_a_strip_of_itself() -> None:
    plan = planned([pictures("s1", [9.0], size=(720, 1280)), bed("s2")], "5 seconds, widescreen")
    assert {frame.mode for frame in plan.each(Reframe)} == {"blur"}


def test_sound_is_at_fourteen_and_music_only_where_it_belongs() -> None:
    plain = plan_of(one_talk("10 seconds"))
    assert plain.only(Loudness) == Loudness(lufs=-14)
    assert plain.only(Music) is None
    assert plan_of(one_talk("10 seconds with music")).only(Music) == Music(source="s2")
    montage = planned([pictures("s1", [9.0]), bed("s2")], "5 seconds")
    assert montage.only(Music) == Music(source="s2")
    assert {cut.gain_db for cut in montage.each(Cut)} == {-60.0}
    assert planned([pictures("s1", [9.0]), bed("s2")], "5 seconds, no music").only(Music) is None


def test_the_music_that_the_person_sent_comes_before_the_bundled_one() -> None:
    plan = planned([pictures("s1", [9.0]), bed("s2"), bed("s3", tempo=100, bundled=False)], "5 seconds")
    assert plan.only(Music) == Music(source="s3")


def test_a_calm_bed_lies_under_a_voice_and_a_driving_one_under_a_fast_montage() -> None:
    beds = [bed("s2", tempo=120), bed("s3", tempo=90)]
    assert planned([talk("s1", SCRIPT), *beds], "with music").only(Music) == Music(source="s3")
    assert planned([pictures("s1", [9.0, 9.0]), *beds], "8 s, fast").only(Music) == Music(source="s2")


def test_a_title_stands_over_the_opening_and_only_when_asked_for() -> None:
    assert [title.text for title in plan_of(one_talk("title: Glue")).each(Title)] == ["Glue"]
    assert plan_of(one_talk("10 seconds")).each(Title) == ()


def test_a_title_that_would_be_gone_too_soon_stands_longer() -> None:
    plan = plan_of(one_talk("title: Glue"))
    hasty = Title(id="t9", text="Six words that take two seconds", clip="c1", length=0.5)
    mend = mended(plan.model_copy(update={"operations": (*plan.operations, hasty)}))
    assert [title.length for title in mend.each(Title) if title.id == "t9"] == [2.1]


def test_a_title_that_cannot_be_set_is_left_out_and_told() -> None:
    plan = planned([talk("s1", SCRIPT)], f'vertical, title: "{"Donaudampfschifffahrt" * 5}"')
    assert plan.each(Title) == ()
    assert "is left out" in plan.note


def test_a_word_that_no_font_can_write_does_not_stop_the_plan() -> None:
    plan = planned([talk("s1", ["We met 🦜 in the spring."])], "vertical, captions")
    captions = plan.only(Captions)
    assert captions
    assert [c.text for c in captions.corrections] == [""]


def test_the_fade_keeps_to_the_quiet_after_the_last_word() -> None:
    plan = planned([talk("s1", ["We met in the spring."], tail=0.4)], "cut it")
    fade = plan.only(Fade)
    assert fade
    assert 0.2 < fade.end < 0.4


def test_a_name_that_the_brief_spells_is_spelt_so_in_the_captions() -> None:
    plan = planned([talk("s1", ["This is Jonathon by the river."])], "captions, the speaker is Jonathan")
    captions = plan.only(Captions)
    assert captions
    assert [(c.word, c.text) for c in captions.corrections] == [("s1w2", "Jonathan")]


@pytest.mark.parametrize("documents", [one_talk("14 seconds, vertical"), one_voice("14 seconds, vertical")])
def test_another_length_is_cut_from_what_is_in_the_plan(documents: dict[str, Document]) -> None:
    before, after = plan_of(documents), revised(documents, "make it 8 seconds")
    assert abs(compile(after).duration - 8) <= 0.4
    assert {w for c in compile(after).clips for w in c.words} <= {w for c in compile(before).clips for w in c.words}


def test_a_longer_cut_takes_from_all_of_the_footage_again() -> None:
    documents = one_talk("5 seconds")
    assert abs(compile(revised(documents, "make it 10 seconds")).duration - 10) <= 0.5


def test_all_notes_hold_oldest_first() -> None:
    documents = one_talk("14 seconds, vertical, captions")
    plan = revised(documents, "bigger", "yellow", "bigger", "make it 8 seconds")
    captions = plan.only(Captions)
    assert captions
    assert (captions.size, captions.colour) == ("huge", "#ffd400")
    assert abs(compile(plan).duration - 8) <= 0.4


def test_a_shorter_opening_begins_later_and_leaves_the_rest() -> None:
    documents = one_talk("cut it")
    before, after = plan_of(documents), revised(documents, "make the opening shorter")
    assert after.each(Cut) == before.each(Cut)[1:]


@pytest.mark.parametrize(
    ("note", "kind", "field", "value"),
    [
        ("no captions", Captions, None, None),
        ("captions at the top", Captions, "position", "top"),
        ("upper case", Captions, "case", "upper"),
        ("with music", Music, "source", "s2"),
        ("title: Glue", Title, "text", "Glue"),
    ],
)
def test_a_note_changes_what_it_names_and_no_clip(note: str, kind: Any, field: str | None, value: Any) -> None:
    documents = one_talk("10 seconds")
    before, after = plan_of(documents), revised(documents, note)
    assert after.each(Cut) == before.each(Cut)
    found = after.only(kind)
    assert (getattr(found, field) if field and found else found) == value


def test_music_gets_softer_and_louder_by_steps() -> None:
    documents = one_talk("10 seconds with music")
    levels = [revised(documents, *notes).only(Music) for notes in (["music louder"], ["music quieter"], ["no music"])]
    assert [music.level_db if music else None for music in levels] == [-16.0, -24.0, None]


def test_another_shape_brings_its_own_size_framing_and_captions() -> None:
    plan = revised(one_talk("10 seconds, landscape"), "vertical")
    assert (plan.output.width, plan.output.height) == (1080, 1920)
    assert plan.each(Reframe)
    assert plan.only(Captions) == Captions(style="bold")


@pytest.mark.parametrize("note", ["this is slow", "drop that line"])
@pytest.mark.parametrize("documents", [one_talk("vertical"), one_voice("vertical, title: Glue")])
@pytest.mark.parametrize("span", [(1.0, 2.0), (4.0, 6.5), (9.0, 11.0)])
def test_a_timed_note_changes_nothing_outside_its_stretch(
    note: str, documents: dict[str, Document], span: tuple[float, float]
) -> None:
    before = plan_of(documents)
    after = revised(documents, note, scope={"from": span[0], "to": span[1], "fields": []})
    require_within(before.body(), after.body(), planning.places(before.body(), *span))
    assert compile(after).duration <= compile(before).duration
    if note.startswith("drop"):
        assert compile(after).duration < compile(before).duration


def test_a_timed_note_keeps_the_pictures_at_their_words() -> None:
    documents = one_voice("vertical")
    before = plan_of(documents)
    after = revised(documents, "drop that line", scope={"from": 0.5, "to": 1.5})
    kept = {cut.id for cut in after.each(Cut)} & {cut.id for cut in before.each(Cut)[1:]}
    assert kept
    assert [c for c in after.each(Cover) if c.clip in kept] == [c for c in before.each(Cover) if c.clip in kept]


def test_a_note_that_nothing_can_be_done_for_is_told() -> None:
    documents = played([talk("s1", ["We met in the spring."], tail=0.1)], "cut it")
    assert "Nothing could be taken out" in revised(documents, "0:01 is slow").note
    assert "did not understand" in revised(documents, "more cowbell energy vibes").note


def test_a_scope_of_fields_leaves_the_others() -> None:
    documents = one_talk("10 seconds, landscape")
    plan = revised(documents, "square", scope={"fields": ["/operations"]})
    assert plan.output == plan_of(documents).output


def test_two_plays_of_the_same_scene_are_the_same() -> None:
    assert one_voice("12 seconds, vertical")["plan"].digest == one_voice("12 seconds, vertical")["plan"].digest


def test_a_plan_from_selects_alone_takes_the_rest_from_the_rules() -> None:
    documents = one_talk("10 seconds")
    few = {name: documents[name] for name in ("brief", "footage", "selects")}
    assert made(planning.EXPERT, few).body()["operations"] == documents["plan"].body()["operations"]


def test_an_expert_is_told_how_long_its_draft_is() -> None:
    documents = one_talk("10 seconds")
    assert planning.tells(plan_of(documents), documents).startswith("It lasts 1")
    assert "asks for 10 s" in selects.tells(Selects.read(documents["selects"].body()), documents)


def reel(rate: tuple[int, int], varies: bool = False, size: tuple[int, int] = (1920, 1080)) -> Reel:
    found = talk("s1", ["We met in the spring."], size=size)
    probe = found.inspection.probe.model_dump()
    probe |= {"rate": {"num": rate[0], "den": rate[1]}, "variable_rate": varies}
    return Reel.model_validate({**found.model_dump(), "inspection": {**found.inspection.model_dump(), "probe": probe}})


@pytest.mark.parametrize(
    ("rate", "varies", "expected"),
    [
        ((25, 1), False, "25/1"),
        ((30000, 1001), False, "30000/1001"),
        ((2997, 100), False, "30000/1001"),
        ((25, 2), False, "30/1"),
        ((120, 1), False, "30/1"),
        ((43, 1), True, "50/1"),
        ((29, 1), True, "30000/1001"),
        ((24, 1), False, "24/1"),
    ],
)
def test_the_rate_is_the_source_s_own_where_it_is_usual(rate: tuple[int, int], varies: bool, expected: str) -> None:
    assert str(planned([reel(rate, varies)], "cut it").output.rate) == expected


@pytest.mark.parametrize(
    ("size", "text", "expected"),
    [
        ((3840, 2160), "cut it", (1920, 1080)),
        ((1280, 720), "cut it", (1280, 720)),
        ((640, 360), "cut it", (1280, 720)),
        ((1280, 720), "for YouTube", (1280, 720)),
        ((1280, 720), "vertical", (1080, 1920)),
        ((1280, 720), "square", (1080, 1080)),
        ((1280, 720), "4:5", (1080, 1350)),
        ((640, 480), "cut it", (960, 720)),
        ((1080, 1920), "cut it", (1080, 1920)),
    ],
)
def test_the_size_is_what_was_asked_for_and_no_larger_than_needed(
    size: tuple[int, int], text: str, expected: tuple[int, int]
) -> None:
    output = planned([reel((30, 1), size=size)], text).output
    assert (output.width, output.height) == expected


def test_a_shot_that_runs_on_over_a_cut_does_so_without_a_stutter_whoever_wrote_the_plan() -> None:
    documents = one_voice("10 seconds")
    written = plan_of(documents)
    first, second, *_ = written.each(Cover)
    assert first.clip != second.clip
    whole = next(clip for clip in compile(written).clips if clip.id == first.clip)
    runs_on: dict[str, dict[str, Any]] = {
        first.id: {"start": 1.0, "offset": 0.0, "length": None},
        second.id: {"source": first.source, "start": 0.95 + whole.frames / 30, "offset": 0.0},
    }
    operations = tuple(
        op.model_copy(update=runs_on.get(op.id, {})) if isinstance(op, Cover) else op for op in written.operations
    )
    kept = planning.finished(written.model_copy(update={"operations": operations}), documents, [])
    assert kept.each(Cover)[1].start == pytest.approx(1.0 + whole.frames / 30, abs=1e-6)
