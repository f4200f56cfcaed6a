"""Plans without files: sources that only exist by name."""

from __future__ import annotations

from typing import Any

from kernel.worker.plan import EditPlan
from tests.kernel.worker.scenes import cut, plan, words


def named(id: str, kind: str = "video", duration: float = 30.0, **more: Any) -> dict[str, Any]:
    """Return a source that nobody will open."""
    shape = {} if kind == "audio" else {"width": 320, "height": 180}
    rate = {"rate": {"num": 30, "den": 1}} if kind == "video" else {}
    sound = {"has_sound": kind != "still", "channels": 0 if kind == "still" else 2}
    hash = id[1] * 64
    return {"id": id, "hash": hash, "name": id, "kind": kind, "duration": duration, **shape, **rate, **sound, **more}


def talk(said: str, pace: float = 0.4, **captions: Any) -> EditPlan:
    """Return one clip in which somebody says that, a word every `pace` seconds, with captions of that style."""
    spoken = [(word, 0.5 + n * pace, 0.5 + n * pace + pace * 0.8) for n, word in enumerate(said.split())]
    whole = cut("c1", "s1", 0.0, 1.0 + pace * len(spoken))
    return plan([named("s1", words=words("s1", *spoken))], whole, {"type": "captions", **captions}, height=320)
