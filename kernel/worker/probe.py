"""Look at a file of unknown origin: what it holds, measured, or a clear no.

Declared values are never trusted: a file may claim 40 hours and hold a second, or claim a minute and end after eight
seconds. So the packets' clock is read once, and the frames are decoded: all of them where that is quick, else the
beginning and the end.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from kernel.errors import BadInput, TimedOut, WorkerError
from kernel.worker.clock import OWN_CLOCK, Track, rate_of, read_tracks
from kernel.worker.cube import is_cube, load_cube
from kernel.worker.ffmpeg import Ffmpeg, Run, Wish, opening
from kernel.worker.listing import Listing, Shown, Stream, read_listing, read_shown
from kernel.worker.media import Probe, Rate

LONGEST = 12 * 3600.0
"""Seconds; footage beyond that is a camera left running or a clock gone wrong."""
SLOWEST, FASTEST = 0.1, 2000
"""Pictures per second."""
LONGEST_GAP = 600.0
"""Seconds between two pictures: more is a clock gone wrong, and filling it would never end."""
SMALLEST = 16
"""Pixels on a side."""
MAX_ANIMATION = 2_000_000_000
"""Pixels times frames of an animated picture; a few bytes can claim any number."""
FULL_DECODE = 3_000_000_000
"""Pixels times frames that are decoded whole: about a minute and a half of 720p, two to three seconds of work."""
SAMPLE = 8.0
"""Seconds decoded at the beginning and at the end where the whole would take too long."""
LONGEST_NAME = 120
"""Characters of a file's name that a message shows."""
MOST_STREAMS = 32
"""Pictures, sounds and the rest; a file with more is made to be slow."""
TRIED_SOUNDS = 4
"""Sound streams that are tried until one decodes."""
LISTING_TIME = 20.0
PACKETS_TIME = 300.0
DECODE_TIME = 60.0
ANIMATIONS = ("gif", "apng")

_PAGE = (
    "it is a web page (HTML), perhaps a sign-in page saved in place of the video: check that whoever fetched it"
    " may read files (in Slack the scope files:read)"
)
_HEADS = (
    (b"#EXTM3U", "it is a playlist, which only points at other files"),
    (b"ffconcat", "it is a list of other files, not footage"),
    (b"%PDF", "it is a PDF document"),
    (b"\x7fELF", "it is a program"),
    (b"MZ", "it is a program"),
    (b"PK\x03\x04", "it is an archive or an office document"),
    (b"<!doctype html", _PAGE),
    (b"<html", _PAGE),
    (b"<?xml", "it is text with tags (XML), as a drawing or a playlist, not footage"),
    (b"<svg", "it is a drawing made of text (SVG), not footage"),
    (b"<mpd", "it is a playlist, which only points at other files"),
    (b"{", "it is text (JSON), perhaps an error message saved in place of the video"),
    (b"<", "it is text with tags, not footage"),
)
_SERIES = re.compile(r"%\d*d")
"""How ffmpeg writes the numbers of a series of pictures, which it then looks for on the disk."""
_UNPRINTED = set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b")
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
"""What the boxes are called that an MP4 or MOV begins with."""
_LOCKED = (b"encv", b"enca")
"""What sample descriptions are called once they are encrypted."""
HEAD = 1 << 20
"""Bytes that are looked at to say why a file is refused."""
_REASONS = (
    ("exceeds specified max pixel count", "its picture is larger than 40 million pixels"),
    ("Picture size", "its picture has an impossible size"),
    ("Format not on whitelist", "it is no kind of video, sound or picture file that can be used"),
    ("Cannot allocate memory", "it asks for more memory than any honest file needs"),
)


class Decoded(NamedTuple):
    """What came of decoding a file."""

    seen: Track | None
    heard: Track | None
    """The clocks of picture and sound; None where nothing of them came out."""
    faults: int


Decode = Callable[[Probe], Decoded]
"""Decodes a file whole, told what its packets say."""
_ASK = "Please export or send it again as MP4, MOV, WAV or another common format."


def probe(path: Path, ffmpeg: Ffmpeg, work: Path, cancelled: Wish | None = None, decode: Decode | None = None) -> Probe:
    """Return what a file holds.

    Durations are what can be shown: for a video the end of its last picture, for sound the end of its last sample.

    Args:
        path: the file, of any origin.
        ffmpeg: reads it.
        work: a folder of the job; nothing is written there.
        cancelled: asked all along.
        decode: decodes it in the probe's place, for whoever wants more of that one decoding; never asked for a still.

    Raises:
        BadInput: it cannot be used; the text says why and what to do.
        Cancelled: `cancelled` said so.
    """
    size = _guard(path)
    if is_cube(path):
        return _lut(path, size)
    try:
        return _Look(path, ffmpeg, work, cancelled, decode).probe(size)
    except TimedOut as error:
        raise BadInput(f"{named(path)} cannot be used: reading it took too long. {_ASK}") from error
    except WorkerError as error:
        raise _refusal(path, _reason(path, error.stderr)) from error


class _Look:
    """One look at one file."""

    def __init__(self, path: Path, ffmpeg: Ffmpeg, work: Path, cancelled: Wish | None, decode: Decode | None) -> None:
        self.decode = decode
        self.path = path
        self.ffmpeg = ffmpeg
        self.work = work
        self.cancelled = cancelled
        self.said: list[str] = []

    def probe(self, size: int) -> Probe:
        listing, said = self._listing()
        if listing.streams > MOST_STREAMS:
            raise _refusal(self.path, f"it holds {listing.streams} streams, and {MOST_STREAMS} is the most")
        video = _best_picture(listing)
        shown = self._first_picture(video) if video else None
        if video and shown is None and not listing.audios:
            raise _refusal(self.path, _reason(self.path, said, "no picture of it can be read: it is badly damaged"))
        if video and shown:
            self._check_size(shown)
            if _is_still(listing):
                return _still(listing, video, shown, size)
        picture = video if shown else None
        sound = self._best_sound(listing)
        if picture is None and sound is None:
            raise _refusal(
                self.path, _reason(self.path, said, "it holds neither a picture nor a sound that can be read")
            )
        return self._measured(listing, picture, shown, sound, size)

    def _listing(self) -> tuple[Listing, str]:
        said = self._run(["-f", "ffmetadata", "-"], LISTING_TIME)
        listing = read_listing(said)
        if listing is None or not (listing.videos or listing.audios):
            raise _refusal(self.path, _reason(self.path, said))
        return listing, said

    def _first_picture(self, video: Stream) -> Shown | None:
        look = ["-map", f"0:v:{video.index}", "-frames:v", "1", "-vf", "showinfo", "-f", "null", "-"]
        before = ("-c:v", video.decoder) if video.decoder else ()
        try:
            return read_shown(self._run(look, LISTING_TIME, *before))
        except TimedOut:
            raise
        except WorkerError as error:
            if "max pixel count" in error.stderr:
                raise
            return None

    def _best_sound(self, listing: Listing) -> Stream | None:
        for sound in _sounds(listing)[:TRIED_SOUNDS]:
            if self._tracks(0.0, ["-t", "2"], [f"0:a:{sound.index}"], ["-c:a", "pcm_s16le"], LISTING_TIME):
                return sound
        return None

    def _check_size(self, shown: Shown) -> None:
        if min(shown.width, shown.height) < SMALLEST:
            raise _refusal(self.path, f"its picture is only {shown.width}x{shown.height} pixels")

    def _measured(
        self, listing: Listing, picture: Stream | None, shown: Shown | None, sound: Stream | None, size: int
    ) -> Probe:
        maps = [f"0:v:{picture.index}"] if picture else []
        maps += [f"0:a:{sound.index}"] if sound else []
        packets = self._tracks(listing.start, [], maps, ["-c", "copy"], PACKETS_TIME)
        self._check_clock(packets, listing, picture)
        seen, heard, damage = self._decoded(listing, packets, maps, (picture, shown, sound), size)
        if sound and not picture and heard is None:
            raise _refusal(self.path, "none of its sound can be read: it is badly damaged")
        if picture and seen is None:
            raise _refusal(self.path, "none of its pictures can be read: it is badly damaged")
        if seen and not SLOWEST * (lasts := seen.end - seen.start) <= len(seen.times) <= FASTEST * lasts:
            raise _refusal(self.path, f"its clock is wrong: {lasts:.3g} seconds with {len(seen.times)} pictures")
        return _compose(named(self.path), listing, (picture, shown, seen), (sound, heard), size, damage)

    def _check_clock(self, packets: dict[int, Track], listing: Listing, picture: Stream | None) -> None:
        end = max((track.end for track in packets.values()), default=0.0)
        if end > LONGEST:
            raise _refusal(self.path, f"its clock runs to {end / 3600:.0f} hours, and {LONGEST / 3600:.0f} is the most")
        if picture is None or 0 not in packets:
            return
        if packets[0].gap > LONGEST_GAP:
            raise _refusal(self.path, f"its clock jumps by {packets[0].gap:.0f} seconds between two pictures")
        pixels = picture.width * picture.height * len(packets[0].times)
        if listing.container in ANIMATIONS and pixels > MAX_ANIMATION:
            raise _refusal(self.path, f"it is an animation of {pixels / 1e9:.0f} billion pixels in all")

    def _decoded(
        self,
        listing: Listing,
        packets: dict[int, Track],
        maps: list[str],
        chosen: tuple[Stream | None, Shown | None, Stream | None],
        size: int,
    ) -> Decoded:
        """Return the clocks as decoded; the packets' own where only samples are decoded."""
        picture, shown, sound = chosen
        tracks, faults = packets, 0
        if self.decode is None or len(packets) < len(maps):
            tracks, faults = self._sampled(listing.start, packets, maps, picture, sound)
        seen, heard = tracks.get(0) if picture else None, tracks.get(len(maps) - 1) if sound else None
        if self.decode is None or not tracks:
            return Decoded(seen, heard, faults)
        return self.decode(_compose(named(self.path), listing, (picture, shown, seen), (sound, heard), size, 0))

    def _sampled(
        self, zero: float, packets: dict[int, Track], maps: list[str], picture: Stream | None, sound: Stream | None
    ) -> tuple[dict[int, Track], int]:
        """Decode all where that is quick, else the beginning and the end."""
        end = max((track.end for track in packets.values()), default=0.0)
        how = ["-vf", "crop=2:2:0:0", "-fps_mode:v", "passthrough", "-enc_time_base:v", "demux", "-c:v", "rawvideo"]
        how = [*(how if picture else []), *(["-c:a", "pcm_s16le"] if sound else [])]
        cost = picture.width * picture.height * len(packets[0].times) if picture and 0 in packets else 0
        if cost <= FULL_DECODE:
            return self._tracks(zero, ["-noautorotate"], maps, how, DECODE_TIME), len(self.said)
        self._tracks(zero, ["-noautorotate", "-t", f"{SAMPLE:g}"], maps, how, DECODE_TIME)
        self._tracks(zero, ["-noautorotate", "-ss", f"{max(0.0, end - SAMPLE):.3f}"], maps, how, DECODE_TIME)
        return packets, len(self.said)

    def _tracks(
        self, zero: float, before: list[str], maps: list[str], how: list[str], timeout: float
    ) -> dict[int, Track]:
        """Return the clock of the streams; `zero` is what the file's own shows where it begins."""
        chosen = [part for name in maps for part in ("-map", name)]
        arguments = [*opening(self.path, *OWN_CLOCK, *before), *chosen, *how, "-f", "framecrc", "pipe:1"]
        try:
            lines = self.ffmpeg.lines(
                arguments, cwd=self.work, timeout=timeout, cancelled=self.cancelled, told=self._remember
            )
            return read_tracks(lines, zero)
        except TimedOut:
            raise
        except WorkerError:
            # What came before the end does not count: ffmpeg gives up when most of a stream is damaged.
            return {}

    def _run(self, arguments: list[str], timeout: float, *before: str) -> str:
        run = self.ffmpeg.run(
            [*opening(self.path, *before), *arguments],
            cwd=self.work,
            timeout=timeout,
            cancelled=self.cancelled,
            level="info",
            kept=1 << 18,
        )
        return run.stderr

    def _remember(self, run: Run) -> None:
        self.said = [line for line in run.stderr.splitlines() if line.strip()]


def named(path: Path) -> str:
    """Return a file's name as a message may show it: no control or direction characters in it, and not too long."""
    shown = "".join(mark if mark.isprintable() else "?" for mark in path.name) or str(path)
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 20]}...{shown[-17:]}"


def _guard(path: Path) -> int:
    """Return the size of a plain, readable file that has something in it."""
    name = named(path)
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise BadInput(f"{name} cannot be used: there is no such file. Check its name and place.") from error
    if stat.S_ISDIR(found.st_mode):
        raise BadInput(f"{name} cannot be used: it is a folder. Name the files in it.")
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(f"{name} cannot be used: it is a device or a pipe, not a file. Save it as a file first.")
    if found.st_size == 0:
        raise BadInput(f"{name} cannot be used: it is empty (0 bytes). Please send it again.")
    if _SERIES.search(path.name):
        raise BadInput(f"{name} cannot be used: its name stands for a series of pictures. Rename it and send it again.")
    return found.st_size


def _best_picture(listing: Listing) -> Stream | None:
    """Return the default picture, the largest of several, the first of equals; cover pictures are no footage."""
    footage = [video for video in listing.videos if not video.attached and video.readable]
    return max(footage, key=lambda video: (video.default, video.width * video.height), default=None)


def _sounds(listing: Listing) -> list[Stream]:
    ranked = sorted(listing.audios, key=lambda sound: (not sound.default, -sound.channels, -sound.sample_rate))
    return [sound for sound in ranked if sound.readable]


def _is_still(listing: Listing) -> bool:
    return listing.container.endswith("_pipe")


def _lut(path: Path, size: int) -> Probe:
    """Return what a person's table of colours is; ffmpeg never opens it."""
    load_cube(path, named(path))
    return Probe(kind="lut", duration=0.0, size=size, container="cube", bitrate=0)


def _still(listing: Listing, video: Stream, shown: Shown, size: int) -> Probe:
    return Probe(
        kind="still",
        duration=0.0,
        start=listing.start,
        size=size,
        container=listing.container,
        bitrate=0,
        width=shown.width,
        height=shown.height,
        rotation=video.rotation,
        pixel_aspect=shown.pixel_aspect,
        video_codec=video.codec,
        video_stream=video.index,
        hdr=shown.hdr or video.hdr,
        matrix=shown.matrix,
        alpha=shown.alpha,
        decoder=video.decoder,
    )


def _compose(
    name: str,
    listing: Listing,
    picture: tuple[Stream | None, Shown | None, Track | None],
    sound: tuple[Stream | None, Track | None],
    size: int,
    damage: int,
) -> Probe:
    video, shown, seen = picture
    audio, heard = sound
    duration = seen.end if seen else heard.end if heard else 0.0
    rate, variable = rate_of(seen) if seen else (None, False)
    return Probe(
        kind="video" if seen else "audio",
        duration=round(duration, 6),
        start=listing.start,
        size=size,
        container=listing.container,
        bitrate=round(size * 8 / duration) if duration else 0,
        width=shown.width if shown and seen else 0,
        height=shown.height if shown and seen else 0,
        rate=(rate or Rate(num=25, den=1)) if seen else None,
        variable_rate=variable,
        rotation=video.rotation if video else 0,
        pixel_aspect=shown.pixel_aspect if shown else Rate(num=1, den=1),
        video_codec=video.codec if video else "",
        video_stream=video.index if video else 0,
        hdr=bool((video and video.hdr) or (shown and shown.hdr)),
        interlaced=bool((video and video.interlaced) or (shown and shown.interlaced)),
        matrix=shown.matrix if shown else "",
        alpha=bool(shown and shown.alpha),
        decoder=video.decoder if video else "",
        audio_codec=audio.codec if audio and heard else "",
        audio_stream=audio.index if audio and heard else 0,
        sample_rate=audio.sample_rate if audio and heard else 0,
        channels=audio.channels if audio and heard else 0,
        warnings=(
            *_chosen(name, listing, video if seen else None, audio if heard else None),
            *_warnings(name, listing, seen, heard, damage),
        ),
    )


def _chosen(name: str, listing: Listing, video: Stream | None, audio: Stream | None) -> list[str]:
    """Say which streams are used where there are several of a kind."""
    pictures = [stream for stream in listing.videos if not stream.attached]
    said = []
    if video and len(pictures) > 1:
        place = f"{pictures.index(video) + 1} of {len(pictures)}"
        said.append(f"{name} holds {len(pictures)} pictures: {place} is used, {video.width}x{video.height} pixels.")
    if audio and len(listing.audios) > 1:
        place = f"{audio.index + 1} of {len(listing.audios)}"
        said.append(f"{name} holds {len(listing.audios)} sounds: {place} is used, {audio.sample_rate} Hz.")
    return said


def _warnings(name: str, listing: Listing, seen: Track | None, heard: Track | None, damage: int) -> list[str]:
    said = []
    end = max(track.end for track in (seen, heard) if track)
    # Some containers count the time before the first frame in, others do not: the doubt goes to the file.
    if listing.duration and listing.duration - max(0.0, listing.start) > end + max(0.5, 0.02 * end):
        said.append(f"{name} says it lasts {listing.duration:.1f} s, but only {end:.1f} s of it can be read.")
    if damage:
        faults = "a fault was" if damage == 1 else f"{damage} faults were"
        said.append(f"{name} is damaged: {faults} met while reading it, so look closely at the result.")
    if seen and heard is None:
        reason = "its sound cannot be read" if listing.audios else "it has no sound"
        said.append(f"{name} is used as a silent picture: {reason}.")
    if seen and heard and seen.end - heard.end > 0.5:
        said.append(f"The sound of {name} ends at {heard.end:.1f} s, its picture at {seen.end:.1f} s.")
    if seen and heard and heard.end - seen.end > 0.5:
        said.append(
            f"The picture of {name} ends at {seen.end:.1f} s, its sound at {heard.end:.1f} s; the rest is not used."
        )
    if seen is None and any(not video.attached for video in listing.videos):
        said.append(f"{name} is used as sound alone: its picture cannot be read.")
    return said


def _refusal(path: Path, reason: str) -> BadInput:
    return BadInput(f"{named(path)} cannot be used: {reason}. {_ASK}")


def _reason(path: Path, said: str, otherwise: str = "it is no video, sound or picture that can be read") -> str:
    """Say why a file is refused: by its own bytes where they tell, else by ffmpeg's words."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    text = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for start, reason in _HEADS:
        if text[: len(start)].lower() == start.lower():
            return reason
    if not text.strip(b"\0"):
        return "it holds nothing but zeros, which happens when a copy or a download broke off"
    if not set(text) & _UNPRINTED:
        return "it is text, not footage"
    if any(box in head for box in _LOCKED):
        return "it is encrypted (DRM)"
    if "moov atom not found" in said and head[4:8] in _BOXES:
        return "its index is missing, which happens when a recording or a download was cut off"
    return next((reason for words, reason in _REASONS if words in said), otherwise)
