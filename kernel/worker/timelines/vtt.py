"""vtt: captions as WebVTT, the form that browsers take."""

from __future__ import annotations

from kernel.worker.timelines.base import Laid, TimelineFormat
from kernel.worker.timelines.srt import lost
from kernel.worker.timing import Timeline


def vtt(timeline: Timeline) -> str:
    """Return the captions of a timeline as WebVTT text; the header alone without captions."""
    blocks = (
        f"\n{number}\n{_stamp(cue.start)} --> {_stamp(cue.end)}\n{_plain(cue.text)}\n"
        for number, cue in enumerate(timeline.cues, 1)
    )
    return "WEBVTT\n" + "".join(blocks)


def _stamp(seconds: float) -> str:
    """Return 1.5 as 00:00:01.500."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}.{thousandths:03}"


def _plain(lines: tuple[str, ...]) -> str:
    """Return words in which nothing is taken for a tag: `<` and `&` begin one."""
    return "\n".join(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines)


def write(laid: Laid) -> str:
    """Return the captions."""
    return vtt(laid.timeline)


VTT = TimelineFormat("vtt", write, lost)
