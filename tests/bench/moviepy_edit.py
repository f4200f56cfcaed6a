"""The whole edit in MoviePy 2.2: run by the environment that holds it, with the path of a job in JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from moviepy import CompositeVideoClip, ImageClip, TextClip, VideoFileClip, concatenate_videoclips, vfx


def joined(job: dict[str, Any], source: Any) -> Any:
    """Return the clips one after another, with the one dissolve."""
    fps, after = job["fps"], job["dissolve_after"]
    half = job["dissolve"] / 2
    clips = []
    for number, (first, frames) in enumerate(job["spans"]):
        start, end = first / fps, (first + frames) / fps
        clips.append(source.subclipped(start - half * (number - 1 == after), end + half * (number == after)))
    if after is None:
        return concatenate_videoclips(clips)
    left, right = concatenate_videoclips(clips[: after + 1]), concatenate_videoclips(clips[after + 1 :])
    faded = right.with_effects([vfx.CrossFadeIn(2 * half)]).with_start(left.duration - 2 * half)
    return CompositeVideoClip([left, faded])


def drawn(job: dict[str, Any], cut: Any) -> Any:
    """Return the cut with captions and logo."""
    logo = ImageClip(job["logo"]).resized(width=job["logo_width"]).with_duration(cut.duration)
    layers = [cut, logo.with_position((cut.w - job["logo_width"] - job["margin"], job["margin"]))]
    for cue in job["cues"]:
        text = TextClip(
            font=job["font"],
            text=cue["text"],
            font_size=cue["size"],
            color="white",
            stroke_color="black",
            stroke_width=3,
        )
        layers.append(
            text.with_start(cue["start"]).with_duration(cue["frames"] / job["fps"]).with_position(("center", cue["y"]))
        )
    return CompositeVideoClip(layers)


def main(path: Path) -> None:
    """Render the job."""
    job = json.loads(path.read_text())
    with VideoFileClip(job["source"]) as source:
        whole = drawn(job, joined(job, source))
        codec, preset, more = job["codec"][1], job["codec"][3], job["codec"][4:]
        whole.write_videofile(
            job["out"],
            fps=job["fps"],
            codec=codec,
            preset=preset,
            audio_codec="aac",
            audio_bitrate="192k",
            temp_audiofile_path=str(path.parent),
            ffmpeg_params=more,
            logger=None,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
