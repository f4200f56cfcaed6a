"""presets: what the places where videos are shown take. Every number has its source; what nobody publishes is None.

Sources, as read in their stored copies:

- YouTube: "Recommended upload encoding settings", support.google.com/youtube/answer/1722171 (MP4, H.264 high, 24 to 60
  frames a second; "no bitrate limit required"); 12 hours or 256 GB, whichever is less (its page on longer uploads,
  second-hand). Playback is turned down to -14 LUFS: measured ("stats for nerds"; productionadvice.co.uk), nowhere
  published by YouTube itself.
- Shorts: "Understand three-minute YouTube Shorts", support.google.com/youtube/answer/15424877: square or taller, three
  minutes at the most since 15 October 2024.
- Reels: the limits of Instagram's publishing interface (second-hand and agreeing, help.swat.io/en/articles/11663331 and
  help.circleboom.com): 23 to 60 frames a second, 15 minutes, 300 MB, picture at 25 Mbit/s at the most.
- TikTok: "Media Transfer Guide", developers.tiktok.com/doc/content-posting-api-media-transfer-guide: 23 to 60 frames a
  second, 360 to 4096 pixels, 10 minutes, 4 GB.
- LinkedIn (second-hand, agreeing: changethisfile.com, sendspark.com): 10 to 60 frames a second, 256x144 to 4096x2304,
  5 GB. Ten minutes is the length that all of them name; some say fifteen from a desktop.
- Slack and the open web publish nothing on pictures and sound.

The sizes are the usual ones of 1080 lines, which all of these take. The loudness of places that publish none is the
web's, -14 LUFS, and is left to whoever decides on the sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

SIZES: Mapping[str, tuple[int, int]] = {
    "16:9": (1920, 1080),
    "9:16": (1080, 1920),
    "1:1": (1080, 1080),
    "4:5": (1080, 1350),
}
"""Pixels by shape."""
FASTEST = Fraction(60)
"""Frames a second that every place takes."""
WEB_LUFS = -14.0
"""Where nothing else is published or asked for."""


@dataclass(frozen=True)
class Preset:
    """What one place takes."""

    name: str
    called: str
    """As people write it."""
    shape: str | None = None
    """The shape that it is made for; None for the footage's own."""
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=lambda: SIZES)
    """Pixels by shape."""
    slowest: Fraction | None = None
    fastest: Fraction = FASTEST
    """Frames a second."""
    longest: float | None = None
    """Seconds."""
    lufs: float | None = None
    bytes: int | None = None
    """What a file may weigh."""
    bitrate: int | None = None
    """Bits a second that the picture may take at the most, where it must be held to that."""


PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("youtube", "YouTube", "16:9", longest=12 * 3600, lufs=-14.0, bytes=256 * 10**9),
        Preset("shorts", "YouTube Shorts", "9:16", longest=180, lufs=-14.0, bytes=256 * 10**9),
        Preset(
            "reels",
            "Instagram Reels",
            "9:16",
            slowest=Fraction(23),
            longest=15 * 60,
            bytes=300 * 10**6,
            bitrate=25_000_000,
        ),
        Preset("tiktok", "TikTok", "9:16", slowest=Fraction(23), longest=10 * 60, bytes=4 * 10**9),
        Preset("linkedin", "LinkedIn", slowest=Fraction(10), longest=10 * 60, bytes=5 * 10**9),
        Preset("slack", "Slack"),
        Preset("web", "the web"),
    )
}


def preset_of(platform: str | None) -> Preset:
    """Return what a place takes; the web's where none is named."""
    return PRESETS[platform or "web"]


def too_long(platform: str | None, seconds: float) -> str:
    """Say that a cut is longer than a place takes; empty where it is not, or nobody knows."""
    preset = preset_of(platform)
    if preset.longest is None or seconds <= preset.longest:
        return ""
    return f"It lasts {_spelt(seconds)}, but {preset.called} takes {_spelt(preset.longest)} at the most."


def too_large(platform: str | None, size: int) -> str:
    """Say that a file is larger than a place takes; empty where it is not, or nobody knows."""
    preset = preset_of(platform)
    if preset.bytes is None or size <= preset.bytes:
        return ""
    return f"It has {size / 1e6:.0f} MB, but {preset.called} takes {preset.bytes / 1e6:.0f} MB at the most."


def _spelt(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    hours, minutes, rest = int(seconds) // 3600, int(seconds) // 60 % 60, int(seconds) % 60
    return f"{hours}:{minutes:02}:{rest:02} hours" if hours else f"{minutes}:{rest:02} minutes"
