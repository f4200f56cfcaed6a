"""captions: the words of the kept clips, written on the picture."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value


class Correction(Value):
    """One word that is spelt otherwise than it was heard."""

    word: str
    """Id of the word."""
    text: str
    """What to write for it; empty to leave it out."""


class Captions(Value):
    """Captions burned into the picture, made of the words of the kept clips; the worker sets times and lines."""

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "type": "captions",
        "style": "bold",
        "position": "bottom",
        "corrections": [{"word": "s1w2", "text": "Rushes"}],
    }

    type: Literal["captions"] = "captions"
    style: Literal["clean", "subtle", "bold", "karaoke", "marker", "boxed", "pop"] = "clean"
    """`clean`: a dark outline; `subtle`: smaller, a soft shadow, for films and interviews; `bold`: on a dark box;
    `karaoke`: the spoken word lights up; `marker`: a coloured box moves along with the spoken word; `boxed`: each line
    on a tight box of `colour`; `pop`: one to three big words at a time, the spoken one springs up."""
    size: Literal["small", "medium", "large", "huge"] = "medium"
    colour: str = Field(default="#ffffff", pattern=r"^#[0-9a-fA-F]{6}$")
    highlight: str = Field(default="#ffd400", pattern=r"^#[0-9a-fA-F]{6}$")
    """Colour of the spoken word (`karaoke`, `pop`) or of its box (`marker`)."""
    position: Literal["bottom", "middle", "top"] = "bottom"
    """Always inside the platform's safe zone."""
    case: Literal["as spoken", "upper", "lower"] = "as spoken"
    corrections: tuple[Correction, ...] = ()
