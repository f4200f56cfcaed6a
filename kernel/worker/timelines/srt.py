"""srt: captions as SubRip, the plain file that every player and platform takes."""

from __future__ import annotations

from kernel.worker.timelines.base import Laid, TimelineFormat
from kernel.worker.timing import Timeline


def srt(timeline: Timeline) -> str:
    """Return the captions of a timeline as SubRip text; empty without captions."""
    blocks = (
        f"{number}\n{_stamp(cue.start)} --> {_stamp(cue.end)}\n{chr(10).join(cue.text)}\n"
        for number, cue in enumerate(timeline.cues, 1)
    )
    return "\n".join(blocks)


def _stamp(seconds: float) -> str:
    """Return 1.5 as 00:00:01,500."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02},{thousandths:03}"


def write(laid: Laid) -> str:
    """Return the captions."""
    return srt(laid.timeline)


def lost(laid: Laid) -> list[str]:
    """Say that there are none, where there are none."""
    return [] if laid.timeline.cues else ["The plan has no captions, so this file is empty."]


SRT = TimelineFormat("srt", write, lost)
