"""The rivals that are ffmpeg itself: one filter_complex that does the whole edit, and the floor, which does nothing.

The graph is what a person writes by hand: trim and concat over one input, an xfade, libass, an overlay, a one-pass
loudnorm; the same encoder settings as ours, x264's threads left to itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kernel.worker.ass import TICK
from kernel.worker.ffmpeg import bundled
from kernel.worker.formats import base, format_of
from kernel.worker.formats.mp4 import LOOKAHEAD
from kernel.worker.ops.logo import Logo
from kernel.worker.ops.transition import Transition
from kernel.worker.subtitles import script
from tests.bench.edit import Edit, Spans
from tests.bench.footage import FPS
from tests.bench.meter import Usage, metered

LOSSLESS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p")


def encoder(edit: Edit) -> tuple[str, ...]:
    """Return the encoder's arguments: those of ours, but for the threads, which are as x264 likes."""
    said = base.encoder(format_of(edit.plan.output), edit.plan.output)
    same = ("-c:v", "-preset", "-crf", "-bf", "-g", "-pix_fmt")
    ahead = ("-rc-lookahead", str(LOOKAHEAD))
    return (*(part for name in same for part in (name, said[said.index(name) + 1])), *ahead)


def floor(edit: Edit, kept: Path, out: Path) -> Usage:
    """Decode and encode the frames of the edit alone: no filter, no sound."""
    return _run(["-i", str(kept), "-an", *encoder(edit), str(out)], out.parent)


def one_graph(edit: Edit, out: Path) -> Usage:
    """Make the whole edit with one filter_complex."""
    video = f"{pictures(edit)};{drawn(edit, out.parent)}"
    graph = f"{video};{sound(edit)}"
    ends = ["-map", "[v]", "-map", "[a]", *encoder(edit), "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart"]
    return _run([*_inputs(edit), "-filter_complex", graph, *ends, str(out)], out.parent)


def reference(edit: Edit, out: Path, first: int, frames: int) -> Usage:
    """Write a stretch of the same pictures without any loss."""
    stretch = f"[v]trim=start_frame={first}:end_frame={first + frames},setpts=PTS-STARTPTS[part]"
    graph = f"{pictures(edit)};{drawn(edit, out.parent)};{stretch}"
    ends = ["-map", "[part]", "-frames:v", str(frames), *LOSSLESS, str(out)]
    return _run([*_inputs(edit), "-filter_complex", graph, *ends], out.parent)


def _inputs(edit: Edit) -> list[str]:
    return ["-i", str(edit.clip.path), "-i", str(edit.logo)]


def _run(arguments: Sequence[str], cwd: Path) -> Usage:
    return metered([str(bundled()), "-nostdin", "-v", "error", "-y", *arguments], cwd)


def _reached(edit: Edit) -> tuple[Spans, int, int]:
    """Return the clips with what they lend to the dissolve, its first frame and its frames."""
    reached = edit.spans
    transition = edit.plan.only(Transition)
    if transition is None:
        return reached, 0, 0
    before = next(n for n, clip in enumerate(edit.timeline.clips) if clip.id == transition.after)
    cut = edit.timeline.clips[before].end_frame
    first, frames = transition.window(cut, edit.timeline.rate)
    (start, length), (next_start, next_length) = reached[before : before + 2]
    reached[before] = (start, length + first + frames - cut)
    reached[before + 1] = (next_start - (cut - first), next_length + cut - first)
    return reached, first, frames


def _groups(edit: Edit) -> tuple[int, int]:
    """Return how many clips there are, and after how many the dissolve stands; 0 without one."""
    transition = edit.plan.only(Transition)
    ids = [clip.id for clip in edit.timeline.clips]
    return len(ids), ids.index(transition.after) + 1 if transition else 0


def pictures(edit: Edit) -> str:
    """Return the graph that cuts, joins and dissolves the pictures, to [cut]."""
    reached, first, frames = _reached(edit)
    parts = [
        f"[0:v]trim=start_frame={start}:end_frame={start + length},setpts=PTS-STARTPTS[v{n}]"
        for n, (start, length) in enumerate(reached)
    ]
    count, split = _groups(edit)
    if not split:
        return ";".join([*parts, f"{_joined(0, count, 'v')}concat=n={count}:v=1:a=0,fps={FPS}[cut]"])
    parts += [f"{_joined(0, split, 'v')}concat=n={split}:v=1:a=0,fps={FPS},settb=1/{FPS}[left]"]
    parts += [f"{_joined(split, count, 'v')}concat=n={count - split}:v=1:a=0,fps={FPS},settb=1/{FPS}[right]"]
    faded = f"[left][right]xfade=transition=fade:duration={frames / FPS:.6f}:offset={first / FPS:.6f}[cut]"
    return ";".join([*parts, faded])


def _joined(first: int, end: int, letter: str) -> str:
    return "".join(f"[{letter}{n}]" for n in range(first, end))


def drawn(edit: Edit, folder: Path) -> str:
    """Return the graph that writes the captions and lays the logo on [cut], to [v]."""
    everything = edit.timeline.pictures[0].model_copy(update={"first_frame": 0, "frames": edit.timeline.frames})
    words = script(edit.plan, edit.timeline, everything)
    (folder / "words.ass").write_text(words or "", encoding="utf-8")
    fonts = Path(script.__code__.co_filename).parent / "fonts"
    clock = f"settb=1/100,setpts=N*{TICK}"
    captions = f"{clock},ass=words.ass:fontsdir={fonts},settb=1/{FPS},setpts=N" if words else "null"
    logo = edit.plan.only(Logo)
    if logo is None:
        return f"[cut]{captions}[v]"
    width, margin = round(logo.size * edit.clip.height), round(edit.clip.height * 0.05)
    laid = f"[1:v]scale={width}:-1[logo];[words][logo]overlay=W-w-{margin}:{margin}[v]"
    return f"[cut]{captions}[words];{laid}"


def sound(edit: Edit) -> str:
    """Return the graph that cuts, joins, cross-fades and levels the sound, to [a]."""
    reached, _, frames = _reached(edit)
    parts = [
        f"[0:a]atrim=start={start / FPS:.6f}:end={(start + length) / FPS:.6f},asetpts=PTS-STARTPTS[a{n}]"
        for n, (start, length) in enumerate(reached)
    ]
    count, split = _groups(edit)
    level = "loudnorm=I=-14:TP=-1:LRA=11,aresample=48000,aformat=channel_layouts=stereo[a]"
    if not split:
        return ";".join([*parts, f"{_joined(0, count, 'a')}concat=n={count}:v=0:a=1,{level}"])
    parts += [f"{_joined(0, split, 'a')}concat=n={split}:v=0:a=1[la]"]
    parts += [f"{_joined(split, count, 'a')}concat=n={count - split}:v=0:a=1[ra]"]
    return ";".join([*parts, f"[la][ra]acrossfade=d={frames / FPS:.6f},{level}"])
