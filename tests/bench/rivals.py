"""The rivals that are other programs: MoviePy, in an environment of its own, and Debian's auto-editor, unpacked.

Nothing is installed into the system or into the project's environment. Both get the ffmpeg that we use.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kernel.worker import fonts
from kernel.worker.ffmpeg import bundled
from kernel.worker.ops.logo import Logo
from kernel.worker.ops.transition import Transition
from tests.bench.edit import Edit
from tests.bench.footage import FPS
from tests.bench.meter import Failed, Usage, metered
from tests.bench.single import encoder

MOVIEPY = ("moviepy==2.2.1",)
AUTO_EDITOR = ("av<13", "numpy<2", "opencv-python-headless<5", "pillow")
"""What auto-editor 22w52a needs beside ffmpeg: it speaks PyAV's language of its day."""


class Missing(Exception):
    """A rival cannot be had here; the text says why."""


def moviepy(edit: Edit, folder: Path, assets: Path) -> Usage:
    """Make the whole edit with MoviePy, but for the loudness, which it does not know.

    Raises:
        Missing: it cannot be installed, or it failed.
    """
    python = _environment(assets / "moviepy", MOVIEPY)
    job, out = folder / "moviepy.json", folder / "moviepy.mp4"
    job.write_text(json.dumps(_told(edit, out)))
    env = {**os.environ, "IMAGEIO_FFMPEG_EXE": str(bundled())}
    return _tried([str(python), str(Path(__file__).with_name("moviepy_edit.py")), str(job)], folder, env)


def _told(edit: Edit, out: Path) -> dict[str, object]:
    transition, mark = edit.plan.only(Transition), edit.plan.only(Logo)
    cues = [
        {
            "start": cue.first_frame / FPS,
            "frames": cue.frames,
            "text": "\n".join(cue.text),
            "size": cue.size,
            "y": cue.box.y,
        }
        for cue in edit.timeline.cues
    ]
    return {
        "source": str(edit.clip.path),
        "spans": edit.spans,
        "fps": FPS,
        "dissolve_after": [clip.id for clip in edit.timeline.clips].index(transition.after) if transition else None,
        "dissolve": transition.length if transition else 0,
        "cues": cues,
        "font": str(fonts.text().path),
        "logo": str(edit.logo),
        "logo_width": round(mark.size * edit.clip.height) if mark else 0,
        "margin": round(edit.clip.height * 0.05),
        "codec": list(encoder(edit)),
        "out": str(out),
    }


def auto_editor(edit: Edit, folder: Path, assets: Path) -> Usage:
    """Make the cuts of an edit with auto-editor.

    Raises:
        Missing: it cannot be had, or it failed.
    """
    room = assets / "auto-editor"
    python = _environment(room, AUTO_EDITOR)
    code = _unpacked(room, "auto-editor") / "usr/lib/python3/dist-packages"
    tools = _tools(room, edit)
    out = folder / "auto-editor.mp4"
    asked = ["--edit", "none", "--cut-out", *_gaps(edit), "--video-codec", "libx264", "--audio-codec", "aac"]
    asked += ["--audio-bitrate", "192k", "--no-open", "--ffmpeg-location", str(tools / "ffmpeg"), "--output", str(out)]
    env = {**os.environ, "PYTHONPATH": str(code)}
    return _tried([str(python), "-m", "auto_editor", str(edit.clip.path), *asked], folder, env)


def _gaps(edit: Edit) -> list[str]:
    """Return what lies between the clips, as auto-editor reads it, in frames."""
    ends = [0, *(first + frames for first, frames in edit.spans)]
    starts = [*(first for first, _ in edit.spans), edit.clip.frames]
    return [f"{end},{start}" for end, start in zip(ends, starts, strict=True) if end < start]


def _tools(room: Path, edit: Edit) -> Path:
    """Return a folder with an ffmpeg that encodes as all others here do, and an ffprobe that knows this one file.

    auto-editor hands no preset on, and the ffmpeg of the worker comes without an ffprobe.
    """
    tools = room / "tools"
    tools.mkdir(exist_ok=True)
    settings = " ".join(encoder(edit)[2:])
    chosen = f'case "$a" in libx264) set -- "$@" libx264 {settings};; *) set -- "$@" "$a";; esac'
    _script(tools / "ffmpeg", f'for a; do shift; {chosen}; done\nexec "{bundled()}" "$@"')
    _script(tools / "ffprobe", f"cat <<'END'\n{json.dumps(_facts(edit))}\nEND")
    return tools


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def _facts(edit: Edit) -> dict[str, object]:
    clip = edit.clip
    seen = {
        "codec_type": "video",
        "codec_name": "h264",
        "width": clip.width,
        "height": clip.height,
        "pix_fmt": "yuv420p",
    }
    rate = {"r_frame_rate": f"{FPS}/1", "time_base": "1/15360", "sample_aspect_ratio": "1:1"}
    tags = {"color_range": "tv", "color_space": "bt709", "color_primaries": "bt709", "color_transfer": "bt709"}
    heard = {"codec_type": "audio", "codec_name": "aac", "sample_rate": "48000"}
    lasts = f"{clip.seconds:.6f}"
    streams = [{**seen, **rate, **tags, "duration": lasts}, {**heard, "duration": lasts}]
    return {"streams": streams, "format": {"duration": lasts, "bit_rate": "5000000"}}


def _environment(folder: Path, packages: Sequence[str]) -> Path:
    """Return the Python of an environment with some packages, made now or found."""
    python, done = folder / "venv" / "bin" / "python", folder / "venv" / "done"
    if not done.exists():
        shutil.rmtree(folder / "venv", ignore_errors=True)
        _made([sys.executable, "-m", "venv", str(folder / "venv")])
        _made([str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *packages])
        done.touch()
    return python


def _unpacked(folder: Path, package: str) -> Path:
    """Return a folder with the files of a Debian package, without those that it depends on."""
    files = folder / "files"
    if not files.exists():
        _made(["apt-get", "download", package], folder)
        (found,) = folder.glob(f"{package}_*.deb")
        _made(["dpkg", "-x", str(found), str(files)])
    return files


def _made(command: Sequence[str], cwd: Path | None = None) -> None:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=900, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"cannot be had here: {error}") from error
    if done.returncode:
        last = (done.stderr.strip() or "no word").splitlines()[-1]
        raise Missing(f"cannot be had here: {command[0]}: {last}")


def _tried(command: Sequence[str], cwd: Path, env: dict[str, str]) -> Usage:
    try:
        return metered(command, cwd, env)
    except Failed as error:
        raise Missing(f"it failed: {str(error).splitlines()[-1]}") from error
