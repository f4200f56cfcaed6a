"""The operations of an EditPlan: one file each, named as its `type`. Models read their docstrings and notes.

To add one: a file with the model and an `EXAMPLE`, one line in `OPS`; the contract test runs its promise.
"""

from typing import Annotated

from pydantic import Field

from kernel.worker.ops.bars import Bars
from kernel.worker.ops.blur import Blur
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.clean import Clean
from kernel.worker.ops.colour import Colour
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.denoise import Denoise
from kernel.worker.ops.effect import Effect
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.freeze import Freeze
from kernel.worker.ops.logo import Logo
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music
from kernel.worker.ops.pip import Pip
from kernel.worker.ops.progress import Progress
from kernel.worker.ops.reframe import Reframe
from kernel.worker.ops.speed import Speed
from kernel.worker.ops.split import Split
from kernel.worker.ops.stabilise import Stabilise
from kernel.worker.ops.title import Title
from kernel.worker.ops.transition import Transition
from kernel.worker.ops.zoom import Zoom

OPS = (
    Cut,
    Cover,
    Transition,
    Split,
    Speed,
    Freeze,
    Reframe,
    Zoom,
    Stabilise,
    Colour,
    Denoise,
    Captions,
    Title,
    Logo,
    Pip,
    Blur,
    Bars,
    Progress,
    Clean,
    Music,
    Effect,
    Loudness,
    Fade,
)

Operation = Annotated[
    Cut
    | Cover
    | Transition
    | Split
    | Speed
    | Freeze
    | Reframe
    | Zoom
    | Stabilise
    | Colour
    | Denoise
    | Captions
    | Title
    | Logo
    | Pip
    | Blur
    | Bars
    | Progress
    | Clean
    | Music
    | Effect
    | Loudness
    | Fade,
    Field(discriminator="type"),
]
