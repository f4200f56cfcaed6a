"""cleaning: the filters that a clip's own sound goes through, built as text from a list that our code owns."""

from __future__ import annotations

from kernel.errors import WorkerError
from kernel.worker.denoise import DEPTH
from kernel.worker.ops.clean import Clean
from kernel.worker.plan import EditPlan

AUDIO_FILTERS = frozenset(
    [
        "adeclick",
        "aformat",
        "ametadata",
        "aresample",
        "asetpts",
        "atrim",
        "bandreject",
        "deesser",
        "ebur128",
        "highpass",
        "pan",
    ]
)
"""Every filter that a sound may pass: none of them opens a file. None of them is late, which a test holds."""
OVERTONES = 8
"""Multiples of the mains frequency that are taken out."""
NOTCH_HZ = 2
"""Width of a notch: as wide as the mains stray; a wider one is heard in deep voices."""

STRANGE, FUSED = 4, 10
"""How far from its neighbours a sample is to be taken for a click, and the percentage of a window over which clicks are
mended as one. Of clicks that last 10 samples ffmpeg's own 2 and 2 left four of twelve as they were; these leave none,
and change a fifth as much of the speech beside them."""


def audio(name: str, *plain: str, **options: object) -> str:
    """Return one filter as text.

    Raises:
        WorkerError: it is not on the list, or an option holds more than one value can.
    """
    said = [*plain, *(f"{key}={value}" for key, value in options.items())]
    if name not in AUDIO_FILTERS or any(mark in part for part in said for mark in ",;[]'\\\n"):
        raise WorkerError(f"The filter {name} is not among those that Rushes uses.")
    return name + ("=" + ":".join(said) if said else "")


def clean_of(plan: EditPlan, clip: str) -> Clean | None:
    """Return how a clip is cleaned: by its own operation, or that of all; None where it is not."""
    found = {clean.of: clean for clean in plan.each(Clean)}
    return found.get(clip) or found.get("*")


def filters(clean: Clean) -> tuple[str, ...]:
    """Return what ffmpeg does to a sound, in order."""
    notches = [clean.hum_hz * number for number in range(1, OVERTONES + 1)] if clean.hum_hz else []
    return (
        *([audio("adeclick", t=STRANGE, b=FUSED)] if clean.declick else []),
        *([audio("highpass", f=f"{clean.highpass_hz:g}")] if clean.highpass_hz else []),
        *(audio("bandreject", f=hertz, t="h", w=NOTCH_HZ) for hertz in notches),
        *([audio("deesser", i=0.5, m=0.5, f=0.5)] if clean.deess else []),
    )


def depth(clean: Clean) -> float:
    """Return by how many decibels noise is turned down."""
    return DEPTH.get(clean.denoise, 0.0)
